//! What stands for tables that some Odoos lack, where a statement joins them.

use super::native;
use std::borrow::Cow;

/// Tables, with their columns that statements read.
const TABLES: [(&str, &str); 2] = [
    (
        "ir_model_inherit",
        "null::integer as model_id, null::integer as parent_id",
    ),
    (
        "res_groups_privilege",
        "null::integer as id, null::jsonb as name",
    ),
];

/// The statement with an empty relation for each table of Odoo's that is not there.
pub(super) fn with<'a>(text: &'a str, odoo_schema: &str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    for (table, columns) in TABLES {
        // with the blank before its alias: another table's name may begin like it
        let named = format!(":odoo.{table} ");
        if text.contains(&named) && native::relation_oid(odoo_schema, table).is_none() {
            let empty = format!("(select {columns} where false) ");
            text = Cow::Owned(text.replace(&named, &empty));
        }
    }
    text
}
