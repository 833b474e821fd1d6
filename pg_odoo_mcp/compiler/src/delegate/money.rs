//! What an answer of Odoo's does not say of its amounts.

use super::frame::Frame;
use crate::catalog::FieldType;
use crate::facts::Effect;

/// The fields by which a report tells of currencies.
const CURRENCIES: &[&str] = &["currency_id", "company_currency_id"];

/// A report's amounts are what its own query makes of them: whether it did is answered.
pub(super) fn warn_of_report<'n>(
    frame: &Frame<'_>,
    names: impl IntoIterator<Item = &'n str>,
) -> bool {
    let fields = &frame.model.fields;
    let facts = frame.model.standing.facts.as_ref();
    let is_report = facts.is_some_and(|facts| {
        facts
            .overrides
            .iter()
            .any(|by| by.effect == Effect::RowSource)
    }) && CURRENCIES.iter().any(|name| fields.contains_key(name));
    let is_amount = |name: &&str| {
        let on = fields.get(name);
        on.is_some_and(|on| matches!(on.field_type, FieldType::Monetary | FieldType::Float))
    };
    let amounts: Vec<&str> = names.into_iter().filter(is_amount).collect();
    if !is_report || amounts.is_empty() {
        return false;
    }
    frame.scope.warn(
        "report_currency",
        format!(
            "which currency {} are in is decided by the query of {}: often all are converted into that of the first of allowed_company_ids, whatever currency_id beside them says",
            amounts.join(", "),
            frame.model.name
        ),
    );
    true
}

/// Odoo adds up amounts whatever their currency, and which they are in is not known here.
pub(super) fn warn_of_sums(frame: &Frame<'_>, keys: &[String], measures: &[String]) {
    let summed = measures.iter().filter_map(|measure| {
        let (name, function) = measure.split_once(':')?;
        is_of_money(function).then_some(name)
    });
    if warn_of_report(frame, summed) {
        return;
    }
    for measure in measures {
        let Some((name, function)) = measure.split_once(':') else {
            continue;
        };
        let Some(on) = frame.model.fields.get(name) else {
            continue;
        };
        if on.field_type != FieldType::Monetary || !is_of_money(function) {
            continue;
        }
        let currency = on.currency_field.as_deref().unwrap_or("currency_id");
        let is_split = keys.iter().any(|key| key == currency);
        let advice = if is_split {
            "each group is in one: do not compare or add them up".to_owned()
        } else if frame.model.fields.contains_key(currency) {
            format!(
                "which currency each record is in is not known here, it may be several, and sums are of plain numbers as in Odoo: group by {currency}"
            )
        } else {
            "which currency each record is in is not known here: it may be several".to_owned()
        };
        let code = if is_split {
            "several_currencies"
        } else {
            "no_currency"
        };
        frame
            .scope
            .warn(code, format!("{name:?} is money, and {advice}"));
    }
}

/// Whether a function's figure is an amount of money where the field is.
fn is_of_money(function: &str) -> bool {
    matches!(function, "sum" | "avg" | "min" | "max")
}
