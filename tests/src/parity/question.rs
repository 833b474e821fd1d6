//! A question, made from a seed: model, domain, fields, order, context.

use chrono::Days;
use serde_json::{Value, json};

use super::random::Random;
use super::shape::{Field, MODELS, Model, Shape};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Records.
    Search,
    /// How many.
    Count,
    /// Measures by period.
    Series,
}

/// One question to both.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked.
    pub kind: Kind,
    /// The model.
    pub model: String,
    /// The domain.
    pub domain: Value,
    /// Sent to both, spelled out.
    pub context: Value,
    /// The arguments that only this kind has.
    pub more: Value,
    /// Whether the order of the records is settled.
    pub is_ordered: bool,
}

const PERIODS: &[&str] = &["hour", "day", "week", "month", "quarter", "year"];
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
];
/// A model that time series are asked of.
struct Dated {
    model: &'static str,
    date_field: &'static str,
    measures: &'static [&'static str],
    /// The currency field of the sums of money, if there are some.
    currency: &'static str,
    groups: &'static [&'static str],
}

const SERIES: &[Dated] = &[
    Dated {
        model: "sale.order",
        date_field: "date_order",
        measures: &["amount_total:sum", "amount_untaxed:avg"],
        currency: "currency_id",
        groups: &["state", "partner_id", "user_id", "team_id", "company_id"],
    },
    Dated {
        model: "sale.order.line",
        date_field: "create_date",
        measures: &["price_subtotal:sum", "product_uom_qty:max"],
        currency: "currency_id",
        groups: &["state", "order_id", "company_id"],
    },
    Dated {
        model: "crm.lead",
        date_field: "create_date",
        measures: &["expected_revenue:sum", "probability:avg"],
        currency: "company_currency",
        groups: &["stage_id", "user_id", "type", "active"],
    },
    Dated {
        model: "account.move",
        date_field: "invoice_date",
        measures: &["amount_total:sum", "amount_residual:min"],
        currency: "currency_id",
        groups: &["state", "move_type", "partner_id", "journal_id"],
    },
    Dated {
        model: "account.move.line",
        date_field: "date",
        measures: &["debit:sum", "balance:sum"],
        currency: "company_currency_id",
        groups: &["parent_state", "company_id", "journal_id"],
    },
    Dated {
        model: "purchase.order",
        date_field: "date_order",
        measures: &["amount_total:sum"],
        currency: "currency_id",
        groups: &["state", "partner_id", "company_id"],
    },
    Dated {
        model: "purchase.order.line",
        date_field: "date_planned",
        measures: &["price_subtotal:sum"],
        currency: "currency_id",
        groups: &["state", "company_id"],
    },
    Dated {
        model: "res.partner",
        date_field: "create_date",
        measures: &["color:count"],
        currency: "",
        groups: &["country_id", "is_company", "type"],
    },
];

impl Question {
    /// A question as a user with these companies might ask it, in one of these languages.
    #[must_use]
    pub fn random(
        random: &mut Random,
        shape: &Shape,
        companies: &[i64],
        languages: &[String],
    ) -> Self {
        let context = context(random, companies, languages);
        match random.below(10) {
            0..4 => search(random, shape, context),
            4..6 => {
                let model = model(random, shape);
                Self {
                    kind: Kind::Count,
                    model: model.name.clone(),
                    domain: domain(random, shape, model),
                    context,
                    more: json!({}),
                    is_ordered: true,
                }
            }
            _ => series(random, shape, context),
        }
    }

    /// The tool and its arguments.
    #[must_use]
    pub fn call(&self) -> (&'static str, Value) {
        let mut arguments =
            json!({"model": self.model, "domain": self.domain, "context": self.context});
        for (key, value) in self.more.as_object().into_iter().flatten() {
            if !key.starts_with('_') {
                arguments[key] = value.clone();
            }
        }
        let tool = match self.kind {
            Kind::Search => "odoo_search",
            Kind::Count => "odoo_count",
            Kind::Series => "odoo_time_series",
        };
        (tool, arguments)
    }
}

fn context(random: &mut Random, companies: &[i64], languages: &[String]) -> Value {
    let mut allowed = companies.to_vec();
    if allowed.len() > 1 {
        let turn = random.below(allowed.len());
        allowed.rotate_left(turn);
        allowed.truncate(1 + random.below(companies.len()));
    }
    let mut context = json!({
        "lang": random.pick(languages),
        "tz": random.pick(ZONES),
        "allowed_company_ids": allowed,
    });
    if random.once_in(6) {
        context["active_test"] = json!(false);
    }
    context
}

fn model<'a>(random: &mut Random, shape: &'a Shape) -> &'a Model {
    // the first ones are what people ask about
    let name = if random.once_in(3) {
        random.pick(MODELS)
    } else {
        random.pick(&MODELS[..13])
    };
    shape.model(name).expect("every model is in the shape")
}

fn search(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let model = model(random, shape);
    let mut fields: Vec<&str> = Vec::new();
    for _ in 0..2 + random.below(5) {
        let field = random.pick(&model.fields).name.as_str();
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    let (order, is_ordered) = match random.below(3) {
        0 => (None, model.has_total_order()),
        1 => (Some("id".to_owned()), true),
        _ => {
            let by = random.pick(&model.fields);
            let direction = *random.pick(&["", " desc", " asc nulls first", " desc nulls last"]);
            (Some(format!("{}{direction}, id", by.name)), true)
        }
    };
    let mut more =
        json!({"fields": fields, "limit": if is_ordered { 5 + random.below(60) } else { 1000 }});
    if let Some(order) = order {
        more["order"] = json!(order);
    }
    if is_ordered && random.once_in(4) {
        more["offset"] = json!(random.below(20));
    }
    Question {
        kind: Kind::Search,
        model: model.name.clone(),
        domain: domain(random, shape, model),
        context,
        more,
        is_ordered,
    }
}

fn series(random: &mut Random, shape: &Shape, context: Value) -> Question {
    let dated = random.pick(SERIES);
    let model = shape
        .model(dated.model)
        .expect("every model is in the shape");
    let mut measures: Vec<&str> = vec!["__count"];
    measures.extend(dated.measures.iter().filter(|_| !random.once_in(3)));
    let is_money = measures.iter().any(|measure| {
        let field = measure.split(':').next().unwrap_or_default();
        model
            .fields
            .iter()
            .any(|f| f.name == field && f.kind == "monetary")
    });
    let mut more = json!({
        "date_field": dated.date_field,
        "period": if model.fields.iter().any(|f| f.name == dated.date_field && f.kind == "date") { *random.pick(&PERIODS[1..]) } else { *random.pick(PERIODS) },
        "measures": measures,
        "fill": *random.pick(&["zero", "null", "none", "none"]),
        "_currency": if is_money { dated.currency } else { "" },
    });
    if random.once_in(2) {
        more["group_by"] = json!(random.pick(dated.groups));
    }
    let day = |before: usize| json!((shape.last_day() - Days::new(before as u64)).to_string());
    if more["period"] == "hour" {
        // years of hours are refused; a week of them is a question
        more["from"] = day(5);
        more["to"] = day(0);
    } else {
        if random.once_in(3) {
            more["from"] = day(30 + random.below(900));
        }
        if random.once_in(4) {
            more["to"] = day(random.below(30));
        }
    }
    let domain = if random.once_in(2) {
        domain(random, shape, model)
    } else {
        json!([])
    };
    Question {
        kind: Kind::Series,
        model: model.name.clone(),
        domain,
        context,
        more,
        is_ordered: true,
    }
}

/// A domain of up to three conditions, with connectives in front.
fn domain(random: &mut Random, shape: &Shape, model: &Model) -> Value {
    let count = random.below(4);
    let mut parts: Vec<Value> = Vec::new();
    for _ in 1..count {
        if random.once_in(2) {
            parts.push(json!(*random.pick(&["&", "|"])));
        }
    }
    let connectives = parts.len();
    for _ in 0..count.max(usize::from(connectives > 0)) {
        if random.once_in(5) {
            parts.push(json!("!"));
        }
        parts.push(condition(random, shape, model, 0));
    }
    Value::Array(parts)
}

fn condition(random: &mut Random, shape: &Shape, model: &Model, depth: usize) -> Value {
    let field = random.pick(&model.fields);
    let through = field.relation.as_deref().and_then(|name| shape.model(name));
    if let Some(comodel) = through.filter(|_| depth < 2 && random.once_in(2)) {
        let inner = condition(random, shape, comodel, depth + 1);
        if random.once_in(4) {
            let operator = *random.pick(&["any", "not any"]);
            return json!([field.name, operator, [inner]]);
        }
        let path = format!(
            "{}.{}",
            field.name,
            inner[0].as_str().expect("a condition names a field")
        );
        return json!([path, inner[1], inner[2]]);
    }
    plain_condition(random, field)
}

fn plain_condition(random: &mut Random, field: &Field) -> Value {
    let value = |random: &mut Random| {
        if field.values.is_empty() || random.once_in(8) {
            json!(false)
        } else {
            random.pick(&field.values).clone()
        }
    };
    let equal = *random.pick(&["=", "!=", "in", "not in", "=?"]);
    let one = value(random);
    if equal.ends_with("in") {
        return json!([field.name, equal, [one, value(random)]]);
    }
    let text = one
        .as_str()
        .map(|text| text.chars().take(4).collect::<String>());
    let (operator, value) = match (field.kind.as_str(), random.below(3)) {
        ("char" | "text", 0 | 1) => (
            *random.pick(&["ilike", "not ilike", "like", "=ilike", "=like", "not like"]),
            json!(text.unwrap_or_default()),
        ),
        ("integer" | "float" | "monetary" | "date" | "datetime", 0 | 1) if one != json!(false) => {
            (*random.pick(&["<", "<=", ">", ">="]), one)
        }
        ("datetime", 2) if text.is_some() => (
            *random.pick(&["<", "<=", ">", ">=", "="]),
            json!(one.as_str().unwrap_or_default()[..10]),
        ),
        ("many2one", 0) => (*random.pick(&["ilike", "not ilike"]), json!("a")),
        _ => (equal, one),
    };
    json!([field.name, operator, value])
}
