//! What a reader should know of a comparison, whichever engine makes it.

use crate::catalog::{Field, FieldType, Model};
use crate::error::Result;
use crate::scope::Scope;
use crate::value::Value;

/// Odoo finds nothing for a selection key that does not exist; of a selection that Python makes,
/// ask nothing.
pub(crate) fn note_selection(scope: &Scope<'_>, of: &Model, field: &Field, values: &[Value]) {
    if field.field_type != FieldType::Selection || field.selection.is_empty() {
        return;
    }
    for value in values {
        if let Value::Text(key) = value
            && !field.selection.iter().any(|(k, _)| k == key)
        {
            let keys: Vec<&str> = field.selection.iter().map(|(k, _)| k.as_str()).collect();
            scope.warn(
                "unknown_selection_value",
                format!(
                    "{:?} of {} has no value {key:?}, so no record has it; its values are: {}",
                    field.name,
                    of.name,
                    keys.join(", ")
                ),
            );
        }
    }
}

/// Of a day that a datetime is compared with by `=`.
pub(crate) fn note_midnight(scope: &Scope<'_>, field: &Field) {
    scope.warn(
        "day_is_midnight",
        format!(
            "{:?} is a datetime, and = compares it with the first second of the day; for the whole day use >= and < the next day",
            field.name
        ),
    );
}

/// Of a field with a value for each company: whose is told. Nothing where the user has no other company.
pub(crate) fn note_company(scope: &Scope<'_>, of: &Model, field: &Field) {
    if !field.company_dependent || scope.principal.companies.len() < 2 {
        return;
    }
    let Some(company) = scope.companies().next() else {
        return;
    };
    scope.warn(
        "company_value",
        format!(
            "{:?} of {} has a value for each company: this is that of {} (company {}), the first of allowed_company_ids",
            field.name, of.name, company.name, company.id
        ),
    );
}

/// Of a sum over currencies: in which it is, and by whose rates of which day. `rates` are those that were taken, by
/// `res_currency.id`; nothing where Odoo takes them.
pub(crate) fn note_converted(
    scope: &Scope<'_>,
    key: &str,
    rates: Option<&[(i64, String)]>,
) -> Result<()> {
    let Some(company) = scope.companies().next() else {
        return Ok(());
    };
    let day = (scope.now()? + scope.offset_of_now()?).date();
    let whose = format!("{} (company {})", company.name, company.id);
    let currency = &company.currency;
    let own_rate = rates.and_then(|rates| {
        let own = rates
            .iter()
            .find(|(id, _)| Some(*id) == company.currency_id)?;
        own.1.parse::<f64>().ok()
    });
    let is_in = match (rates, own_rate) {
        (None, _) => format!(
            "is in the currency whose rate is 1, which is {currency}, that of {whose}, unless it has a rate of its own"
        ),
        (_, Some(rate)) if rate != 1.0 => format!(
            "is not in {currency}, the currency of {whose}, whose own rate is {rate}, but in the one whose rate is 1"
        ),
        _ => format!("is in {currency}, the currency of {whose}"),
    };
    let top = match company.top() {
        Some(top) if top != company.id => format!(" of company {top}, which is above it,"),
        _ => String::new(),
    };
    scope.warn(
        "converted",
        format!(
            "{key:?} {is_in}: as in Odoo each amount is divided by its currency's rate{top} of {day}, the latest up to that day or else the first after it, and the sum is not rounded"
        ),
    );
    Ok(())
}
