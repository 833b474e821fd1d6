//! What a reader should know of a comparison, whichever engine makes it.

use crate::catalog::{Field, FieldType, Model};
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
