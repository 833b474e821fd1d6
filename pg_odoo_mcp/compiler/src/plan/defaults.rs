//! The fields that a person would want of a record when none is named.

use super::column::check_known;
use crate::access::Subject;
use crate::catalog::{Field, FieldType};
use crate::facts::ModelFacts;

/// So many besides the id.
const MOST: usize = 10;

/// What records are known by, in the order in which people read it. Of each line the first that a
/// model has is taken.
const WANTED: &[&[&str]] = &[
    &["complete_name", "name", "display_name"],
    &["default_code", "code", "ref", "alias_name", "login"],
    &[
        "order_id",
        "move_id",
        "picking_id",
        "production_id",
        "title",
    ],
    &["product_id", "product_tmpl_id"],
    &["partner_id", "employee_id", "commercial_partner_id"],
    &["account_id", "stage_id", "location_id", "department_id"],
    &["email", "email_normalized"],
    &["phone"],
    &[
        "date_order",
        "invoice_date",
        "scheduled_date",
        "date_deadline",
        "date",
        "date_start",
        "date_from",
        "start",
        "date_planned",
    ],
    &[
        "invoice_date_due",
        "date_stop",
        "date_to",
        "stop",
        "date_end",
    ],
    &["state", "parent_state", "invoice_status"],
    &["move_type", "type", "categ_id"],
    &["payment_state"],
    &["user_id"],
    &["team_id", "city"],
    &["country_id"],
    &[
        "product_uom_qty",
        "product_qty",
        "quantity",
        "qty",
        "unit_amount",
    ],
    &["price_unit", "list_price", "standard_price", "debit"],
    &[
        "price_subtotal",
        "amount_total",
        "expected_revenue",
        "credit",
        "amount",
        "balance",
    ],
    &["amount_residual", "balance", "probability"],
    &["currency_id"],
    &["company_id", "parent_id"],
    &["active"],
    &["project_id", "journal_id"],
];

/// The fields, by what the model has: stored ones that SQL reads, its name first.
pub(crate) fn default_fields(of: &Subject) -> Vec<String> {
    wanted_fields(&of.facts, |name| {
        of.model.fields.get(name).is_some_and(|on| is_plain(of, on))
    })
}

/// What a person would want, of what is wanted at all.
pub(crate) fn wanted_fields(facts: &ModelFacts, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    let named = facts.display_name.rec_name.as_deref();
    for name in named.into_iter().filter(|name| is_wanted(name)) {
        fields.push(name.to_owned());
    }
    for group in WANTED {
        let is_said = |name: &&&str| fields.iter().any(|field| field == **name);
        let wanted = group.iter().find(|name| is_wanted(name));
        let Some(name) = wanted.filter(|name| !is_said(name) && fields.len() < MOST) else {
            continue;
        };
        // one name is enough
        if !group.contains(&"name") || fields.is_empty() {
            fields.push((*name).to_owned());
        }
    }
    if fields.is_empty() {
        fields.push("display_name".into());
    }
    fields
}

/// Neither long nor a list.
pub(crate) fn is_single(on: &Field) -> bool {
    !matches!(
        on.field_type,
        FieldType::One2many | FieldType::Many2many | FieldType::Binary | FieldType::Html
    )
}

/// A value of the record's own, or of the `_inherits` parent that it is one with.
fn is_plain(of: &Subject, on: &Field) -> bool {
    let is_inherited = of.facts.fields.get(&on.name).is_some_and(|f| f.inherited);
    let is_single = is_single(on);
    check_known(of, on).is_ok() && is_single && (is_inherited || on.store && on.column.is_some())
}
