//! Questions about partners.

use serde_json::{Value, json};

use super::{Contents, Question, array, flatten, flatten_link, records};
use crate::bench::rows::Rows;

const PARTNERS: &str = "from res_partner p
    left join res_country c on c.id = p.country_id
    left join res_users u on u.id = p.user_id left join res_partner up on up.id = u.partner_id
    left join res_company o on o.id = p.company_id";
const VISIBLE_PARTNER: &str =
    "p.active and (p.company_id = 1 or p.company_id is null or p.partner_share is not true)";
/// Part of a name that some have.
const TYPED: &str = "der";

fn partner_fields() -> Value {
    json!([
        "name",
        "email",
        "city",
        "country_id",
        "user_id",
        "company_id"
    ])
}

fn partners_sql() -> String {
    format!(
        "select p.id, p.name, p.email, p.city, c.id, c.name ->> 'en_US', u.id, up.name, o.id, o.name,
                (select count(*) from res_partner p where {VISIBLE_PARTNER}) as total
         {PARTNERS} where {VISIBLE_PARTNER} order by p.complete_name, p.id desc limit 20"
    )
}

pub(super) fn twenty() -> Question {
    Question {
        name: "20 partners, 6 fields",
        tool: "odoo_search",
        arguments: json!({"model": "res.partner", "fields": partner_fields(), "limit": 20}),
        model: "res.partner",
        method: "search_read",
        body: json!({"domain": [], "fields": partner_fields(), "limit": 20}),
        sql: partners_sql(),
        of_tool: |answer| Rows {
            total: answer["total"].as_i64(),
            ..records(&answer["records"], partner_row)
        },
        of_method: |answer| records(answer, partner_row),
        is_ordered: true,
        is_crowded: true,
    }
}

/// As Odoo's own client asks: our answer says of how many, so this is the like of it.
pub(super) fn twenty_and_their_number() -> Question {
    let name = json!({"fields": {"display_name": {}}});
    Question {
        name: "the same, Odoo asked for the total too (web_search_read)",
        method: "web_search_read",
        body: json!({"domain": [], "limit": 20, "specification": {"name": {}, "email": {}, "city": {},
            "country_id": name, "user_id": name, "company_id": name}}),
        of_method: |answer| Rows {
            total: answer["length"].as_i64(),
            ..records(&answer["records"], |record| {
                let mut row = vec![record["id"].clone()];
                for field in ["name", "email", "city"] {
                    flatten(&record[field], &mut row);
                }
                for field in ["country_id", "user_id", "company_id"] {
                    let link = &record[field];
                    row.extend([link["id"].clone(), link["display_name"].clone()]);
                }
                row
            })
        },
        is_crowded: false,
        ..twenty()
    }
}

fn partner_row(record: &Value) -> Vec<Value> {
    let mut row = vec![record["id"].clone()];
    for field in ["name", "email", "city"] {
        flatten(&record[field], &mut row);
    }
    for field in ["country_id", "user_id", "company_id"] {
        flatten_link(&record[field], &mut row);
    }
    row
}

/// Records that the caller has the ids of.
pub(super) fn hundred_by_id(contents: &Contents) -> Question {
    let ids = &contents.partners;
    let list = ids
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    Question {
        name: "read of 100 partners, 6 fields",
        tool: "odoo_read",
        arguments: json!({"model": "res.partner", "ids": ids, "fields": partner_fields()}),
        method: "read",
        body: json!({"ids": ids, "fields": partner_fields()}),
        sql: format!(
            "select p.id, p.name, p.email, p.city, c.id, c.name ->> 'en_US', u.id, up.name, o.id, o.name
             {PARTNERS} where {VISIBLE_PARTNER} and p.id in ({list}) order by p.id"
        ),
        of_tool: |answer| records(&answer["records"], partner_row),
        is_crowded: false,
        ..twenty()
    }
}

/// What a person types into a field of a form.
pub(super) fn by_name() -> Question {
    let typed = ["complete_name", "email", "ref", "vat", "company_registry"]
        .map(|column| format!("p.{column} ilike '%{TYPED}%'"))
        .join(" or ");
    Question {
        name: "name search among all partners",
        tool: "odoo_name_search",
        arguments: json!({"model": "res.partner", "name": TYPED, "limit": 8}),
        method: "name_search",
        body: json!({"name": TYPED, "limit": 8}),
        sql: format!(
            "select p.id, p.complete_name from res_partner p where {VISIBLE_PARTNER} and ({typed})
              order by p.complete_name, p.id desc limit 8"
        ),
        of_tool: |answer| pairs(&answer["records"]),
        of_method: pairs,
        is_crowded: false,
        ..twenty()
    }
}

/// What a caller asks before anything else.
pub(super) fn described() -> Question {
    Question {
        name: "partners' fields described",
        tool: "odoo_describe_model",
        arguments: json!({"model": "res.partner"}),
        method: "fields_get",
        body: json!({"attributes": ["type", "string", "help", "relation", "selection", "required", "readonly", "store", "groupable"]}),
        // but for those of groups that the user is not in, which Python alone knows
        sql: "select f.name from ir_model_fields f where f.model = 'res.partner' and f.name not in
                ('account_move_count', 'credit', 'credit_limit', 'credit_to_invoice', 'debit', 'employee_ids', 'employees_count',
                 'is_in_call', 'pos_order_count', 'purchase_order_count', 'show_credit_limit', 'signup_type', 'total_invoiced',
                 'use_partner_credit_limit')"
            .to_owned(),
        of_tool: |answer| {
            let told = array(&answer["fields"]).iter().map(|field| &field["name"]);
            let named = answer["unsupported"].as_object().into_iter().flatten();
            let named = named.flat_map(|(_, names)| array(names));
            Rows::new(told.chain(named).map(|name| vec![name.clone()]).collect())
        },
        of_method: |answer| {
            let fields = answer.as_object().expect("fields by name");
            Rows::new(fields.keys().map(|name| vec![json!(name)]).collect())
        },
        is_ordered: false,
        is_crowded: false,
        ..twenty()
    }
}

fn pairs(list: &Value) -> Rows {
    Rows::new(array(list).iter().map(|pair| array(pair).clone()).collect())
}
