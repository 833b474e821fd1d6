//! What a reader should know of a comparison, whichever engine makes it.

use super::moment::{begins_day, day_of};
use crate::catalog::{Field, FieldType, Model};
use crate::domain::Operator;
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

/// Of a day that a datetime is compared with, where Odoo takes it for its first second alone: a relative one with every
/// operator, of which `<=` and `>` show it, and a written one with `=`.
pub(crate) fn note_midnight(
    scope: &Scope<'_>,
    field: &Field,
    operator: Operator,
    values: &[Value],
) {
    use Operator::{Equal, Greater, In, LessOrEqual, NotEqual, NotIn};
    let (sign, is_written_too) = match operator {
        Equal | In => ("=", true),
        NotEqual | NotIn => ("!=", true),
        LessOrEqual => ("<=", false),
        Greater => (">", false),
        _ => return,
    };
    if field.field_type != FieldType::Datetime {
        return;
    }
    for value in values {
        let Value::Text(text) = value else {
            continue;
        };
        let is_day = match day_of(text) {
            Some(is_day) => is_day && is_written_too,
            None => begins_day(scope, text),
        };
        if is_day {
            scope.warn(
                "day_is_midnight",
                format!(
                    "{:?} is a datetime, and {sign} compares it with the first second of the day {text:?}; for the whole day use >= and < the next day",
                    field.name
                ),
            );
        }
    }
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

/// Of groups by a number of a moment, such as its hour: which it is depends on the timezone, and so do the records that
/// `__extra_domain` finds. Nothing in the user's own timezone, which a call has that names none.
pub(crate) fn note_part(scope: &Scope<'_>, key: &str) {
    let tz = scope.tz.name();
    if scope.principal.tz.as_deref().unwrap_or("UTC") == tz {
        return;
    }
    scope.warn(
        "timezone_of_part",
        format!(
            "{key:?} is a number in {tz}: its __extra_domain finds these records only with context.tz {tz:?}"
        ),
    );
}
