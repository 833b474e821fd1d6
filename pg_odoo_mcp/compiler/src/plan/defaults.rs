//! The fields that a person would want of a record when none is named.

use super::column::{check_known, is_inherited, parent_link};
use crate::access::Subject;
use crate::catalog::{Field, FieldType, Model};
use crate::facts::ModelFacts;
use crate::scope::Scope;

/// So many besides the id, and one more where the last of them is an amount: its currency comes with it.
const MOST: usize = 12;

/// Whether there is always place for what a line names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Who, what, when, how far, and how much: what Odoo's lists of records have in their first columns and under them.
    Kept,
    /// Where the others leave room.
    Left,
}

use Place::{Kept, Left};

/// What records are known by, in the order in which people read it. Of each line the first that a
/// model has is taken.
const WANTED: &[(Place, &[&str])] = &[
    (Kept, &["complete_name", "name", "display_name"]),
    (
        Left,
        &["login", "default_code", "code", "ref", "alias_name"],
    ),
    (
        Kept,
        &[
            "order_id",
            "move_id",
            "picking_id",
            "production_id",
            "title",
        ],
    ),
    (Kept, &["product_id", "product_tmpl_id"]),
    (
        Kept,
        &["partner_id", "employee_id", "commercial_partner_id"],
    ),
    (
        Kept,
        &["account_id", "stage_id", "location_id", "department_id"],
    ),
    (Left, &["email", "email_normalized"]),
    (Left, &["phone"]),
    (
        Kept,
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
    ),
    (
        Left,
        &[
            "invoice_date_due",
            "date_stop",
            "date_to",
            "stop",
            "date_end",
        ],
    ),
    (Kept, &["state", "parent_state", "invoice_status"]),
    (Left, &["move_type", "type", "categ_id"]),
    (Left, &["payment_state"]),
    (Left, &["user_id"]),
    (Left, &["team_id", "city"]),
    (Left, &["country_id"]),
    (
        Kept,
        &[
            "product_uom_qty",
            "product_qty",
            "quantity",
            "qty",
            "unit_amount",
        ],
    ),
    (Left, &["price_unit", "list_price", "standard_price"]),
    (Kept, &["debit"]),
    (Kept, &["credit"]),
    (
        Kept,
        &[
            "amount_total",
            "expected_revenue",
            "amount",
            "price_subtotal",
        ],
    ),
    (Left, &["amount_residual", "balance", "probability"]),
    (Kept, &["currency_id"]),
    (Left, &[COMPANY, "parent_id"]),
    (Left, &["active"]),
    (Left, &["project_id", "journal_id"]),
];

/// The fields, by what the model has: stored ones that SQL reads, its name first.
pub(crate) fn default_fields(scope: &Scope<'_>, of: &Subject) -> Vec<String> {
    let is_wanted = |name: &str| {
        let on = of.model.fields.get(name);
        on.is_some_and(|on| is_plain(scope, of, on))
    };
    wanted_fields(&of.facts, tells_company(scope, &of.model), is_wanted)
}

/// What records of several companies are told apart by.
const COMPANY: &str = "company_id";

/// Whether a person would want to know whose each record is.
pub(crate) fn tells_company(scope: &Scope<'_>, model: &Model) -> bool {
    let on = model.fields.get(COMPANY);
    scope.principal.companies.len() > 1
        && on.is_some_and(|on| on.store && on.field_type == FieldType::Many2one)
}

/// What a person would want, of what is wanted at all; with the company's place kept where `tells_company`.
pub(crate) fn wanted_fields(
    facts: &ModelFacts,
    tells_company: bool,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<String> {
    let named = facts.display_name.rec_name.as_deref();
    let named = named.filter(|name| is_wanted(name));
    // of each line the field that is there; one name is enough
    let of_line = |(place, line): &(Place, &[&'static str])| {
        let name = line.iter().copied().find(|name| is_wanted(name))?;
        let is_second = named.is_some_and(|named| line.contains(&"name") || named == name);
        (!is_second).then_some((*place, name))
    };
    let lines: Vec<(Place, &str)> = named
        .map(|name| (Kept, name))
        .into_iter()
        .chain(WANTED.iter().filter_map(of_line))
        .collect();
    let mut room = MOST;
    let mut taken: Vec<&str> = Vec::new();
    if tells_company && is_wanted(COMPANY) {
        taken.push(COMPANY);
        room -= 1;
    }
    for place in [Kept, Left] {
        let mut of_place = lines.iter().filter(|(at, _)| *at == place);
        while room > 0 {
            let Some((_, name)) = of_place.next() else {
                break;
            };
            // money is nothing without its currency
            let currency = currency(facts, name).filter(|name| is_wanted(name));
            for name in [Some(*name), currency].into_iter().flatten() {
                if !taken.contains(&name) {
                    taken.push(name);
                    room = room.saturating_sub(1);
                }
            }
        }
    }
    let mut fields: Vec<String> = Vec::new();
    for (_, name) in lines {
        let currency = currency(facts, name).filter(|_| taken.contains(&name));
        for name in [Some(name), currency].into_iter().flatten() {
            if taken.contains(&name) && !fields.iter().any(|field| field == name) {
                fields.push(name.to_owned());
            }
        }
    }
    if fields.is_empty() {
        fields.push("display_name".into());
    }
    fields
}

/// The field of a field's currency, as far as it is known.
fn currency<'f>(facts: &'f ModelFacts, name: &str) -> Option<&'f str> {
    facts.fields.get(name)?.currency.as_deref()
}

/// Neither long nor a list, nor another value for each company.
pub(crate) fn is_single(on: &Field) -> bool {
    let is_one = !matches!(
        on.field_type,
        FieldType::One2many | FieldType::Many2many | FieldType::Binary | FieldType::Html
    );
    is_one && !on.company_dependent
}

/// A value of the record's own, or of the `_inherits` parent that it is one with.
fn is_plain(scope: &Scope<'_>, of: &Subject, on: &Field) -> bool {
    if check_known(of, on).is_err() || !is_single(on) {
        return false;
    }
    if !is_inherited(of, on) {
        return on.store && on.column.is_some();
    }
    let parent = parent_link(of, on).ok().and_then(|link| {
        let relation = of.model.fields.get(link)?.relation.as_deref()?;
        scope.catalog.model(relation).ok().flatten()
    });
    // a grandparent's is no rare case, and a field that is not answered is left out and named
    parent
        .and_then(|parent| {
            let on = parent.fields.get(&on.name)?;
            let is_plain = on.related.is_some() || on.store && on.column.is_some();
            Some(is_plain && !on.company_dependent)
        })
        .unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What is shown of a model that has these fields, those of money with their currency's.
    fn shown(rec_name: Option<&str>, fields: &str) -> String {
        shown_to(false, rec_name, fields)
    }

    fn shown_to(tells_company: bool, rec_name: Option<&str>, fields: &str) -> String {
        let mut facts = ModelFacts::default();
        facts.display_name.rec_name = rec_name.map(Into::into);
        let mut names = Vec::new();
        for field in fields.split(' ') {
            let (name, currency) = match field.split_once('/') {
                Some((name, currency)) => (name, Some(currency)),
                None => (field, None),
            };
            let of = serde_json::from_value(json!({"currency": currency})).expect("facts");
            facts.fields.with_facts.insert(name.into(), of);
            names.push(name);
        }
        wanted_fields(&facts, tells_company, |name| names.contains(&name)).join(" ")
    }

    #[test]
    fn money_and_its_currency_have_a_place_before_what_else_there_is() {
        for (rec_name, fields, expected) in [
            (
                Some("name"),
                "name partner_id stage_id email_normalized phone date_deadline type user_id team_id country_id \
                 expected_revenue/company_currency probability company_id active city",
                "name partner_id stage_id email_normalized phone date_deadline type user_id team_id country_id \
                 expected_revenue probability",
            ),
            (
                None,
                "name ref partner_id invoice_date invoice_date_due state move_type payment_state user_id team_id \
                 amount_total/currency_id amount_residual/currency_id currency_id company_id journal_id",
                "name ref partner_id invoice_date invoice_date_due state move_type payment_state user_id team_id \
                 amount_total currency_id",
            ),
            (
                None,
                "name ref move_id product_id partner_id account_id date parent_state quantity price_unit/currency_id \
                 debit/company_currency_id credit/company_currency_id balance/company_currency_id \
                 price_subtotal/currency_id currency_id company_currency_id company_id journal_id",
                "name move_id product_id partner_id account_id date parent_state quantity \
                 debit company_currency_id credit price_subtotal currency_id",
            ),
            (
                Some("name"),
                "name login ref email phone partner_id active company_id",
                "name login partner_id email phone company_id active",
            ),
        ] {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(shown(rec_name, &words(fields)), words(expected));
        }
        assert_eq!(shown(None, "colour"), "display_name");
    }

    #[test]
    fn the_company_has_a_place_where_there_are_several() {
        let order = "name ref partner_id date_order state type payment_state user_id team_id \
                     amount_total/currency_id amount_residual currency_id company_id journal_id";
        let line = "name move_id product_id partner_id account_id date parent_state quantity \
                    debit/company_currency_id credit/company_currency_id price_subtotal/currency_id currency_id \
                    company_currency_id company_id";
        for (fields, expected) in [
            (
                order,
                "name ref partner_id date_order state type payment_state user_id team_id \
                 amount_total currency_id company_id",
            ),
            (
                line,
                "name move_id product_id partner_id account_id date parent_state quantity \
                 debit company_currency_id credit company_id",
            ),
            ("name parent_id", "name parent_id"),
        ] {
            assert_eq!(shown_to(true, None, fields), expected);
        }
    }
}
