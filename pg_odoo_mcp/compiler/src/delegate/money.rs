//! What an answer of Odoo's does not say of its amounts.

use super::frame::Frame;
use crate::catalog::FieldType;
use crate::error::Result;
use crate::facts::Effect;
use crate::plan::note_converted;
use serde_json::value::RawValue;

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
pub(super) fn warn_of_sums(frame: &Frame<'_>, keys: &[String], measures: &[String]) -> Result<()> {
    for measure in measures {
        if measure.ends_with(":sum_currency") {
            note_converted(&frame.scope, measure, None)?;
        }
    }
    let summed = measures.iter().filter_map(|measure| {
        let (name, function) = measure.split_once(':')?;
        is_of_money(function).then_some(name)
    });
    if warn_of_report(frame, summed) {
        return Ok(());
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
    Ok(())
}

/// The measures that are sums of money: of others a mean may have any number of digits.
pub(super) fn sums_of_money(frame: &Frame<'_>, measures: &[String]) -> Vec<String> {
    let is_sum = |measure: &&String| {
        let Some((name, function)) = measure.split_once(':') else {
            return false;
        };
        let on = frame.model.fields.get(name);
        matches!(function, "sum" | "min" | "max")
            && on.is_some_and(|on| on.field_type == FieldType::Monetary)
    };
    measures.iter().filter(is_sum).cloned().collect()
}

/// Whether a function's figure is an amount of money where the field is.
fn is_of_money(function: &str) -> bool {
    matches!(function, "sum" | "avg" | "min" | "max")
}

/// An amount of money without the noise of Python's arithmetic: 14.999999999999998 as 15.0. Nothing where it is as it
/// should be.
pub(super) fn without_noise(value: &RawValue) -> Option<Box<RawValue>> {
    /// No currency has more, and no price is kept with more.
    const PLACES: usize = 6;
    let text = value.get();
    let (_, decimals) = text.split_once('.')?;
    if decimals.len() <= PLACES {
        return None;
    }
    let amount: f64 = text.parse().ok()?;
    let rounded: f64 = format!("{amount:.PLACES$}").parse().ok()?;
    let is_noise = (amount - rounded).abs() <= 4.0 * f64::EPSILON * amount.abs();
    is_noise
        .then(|| RawValue::from_string(format!("{rounded:?}")).ok())
        .flatten()
}

/// The amounts of money among these fields.
pub(super) fn amounts<'n>(
    frame: &Frame<'_>,
    names: impl IntoIterator<Item = &'n String>,
) -> Vec<String> {
    let is_money = |name: &&String| {
        let on = frame.model.fields.get(name);
        on.is_some_and(|on| on.field_type == FieldType::Monetary)
    };
    names.into_iter().filter(is_money).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::without_noise;
    use serde_json::value::RawValue;

    #[test]
    fn only_the_noise_of_arithmetic_is_taken_off() {
        let clean = |text: &str| {
            let value = RawValue::from_string(text.into()).expect("JSON");
            without_noise(&value).map(|value| value.get().to_owned())
        };
        assert_eq!(clean("14.999999999999998").as_deref(), Some("15.0"));
        assert_eq!(clean("0.30000000000000004").as_deref(), Some("0.3"));
        assert_eq!(clean("-1234.1200000000001").as_deref(), Some("-1234.12"));
        for kept in [
            "33.333333333333336",
            "15.0",
            "0.1",
            "7",
            "false",
            "1e-12",
            "0.000000000001",
        ] {
            assert_eq!(clean(kept), None, "{kept}");
        }
    }
}
