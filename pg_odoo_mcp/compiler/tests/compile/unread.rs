//! A model that Odoo alone can answer.

use crate::odoo::Odoo;
use serde_json::{Value, json};

/// The small Odoo with a model that nobody has read the Python of.
pub(crate) fn odoo() -> Odoo {
    let mut odoo = Odoo::new();
    let fields = [
        ("id", "integer", None),
        ("display_name", "char", None),
        ("name", "char", None),
        ("active", "boolean", None),
        ("access_token", "char", None),
        ("amount", "monetary", None),
        ("weight", "float", None),
        ("currency_id", "many2one", Some("res.currency")),
        ("day", "date", None),
        ("moment", "datetime", None),
        ("partner_id", "many2one", Some("res.partner")),
        ("bank_id", "many2one", Some("res.bank")),
        ("tag_ids", "many2many", Some("crm.tag")),
        ("line_ids", "one2many", Some("sale.order.line")),
        ("props", "properties", None),
    ];
    let fields: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|(name, kind, relation)| {
            let field = json!({"name": name, "type": kind, "relation": relation});
            (name.to_owned(), field)
        })
        .collect();
    odoo.add(json!({
        "name": "acme.thing", "label": "Thing", "table": null, "order": "name", "modules": ["acme"],
        "fields": fields, "rules": [], "access_lists": [{"group_id": 10, "group": "Role / User"}],
    }));
    odoo.change("res.bank", |model| {
        model["fields"]["bank_code"] = json!({"name": "bank_code", "type": "char"});
    });
    odoo
}
