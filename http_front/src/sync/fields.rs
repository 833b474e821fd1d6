//! What `fields_get` says of fields, in the words of the facts. What it leaves open and what matters
//! makes the field unread, so that it stays with Odoo even where a DBA has SQL answer the model.

use super::{registry::is_name, rows};
use crate::{config::ConfigError, odoo::Session};
use odoo_compiler::facts::{
    Digits,
    document::{FieldFacts, Fields},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A precision by name comes with this many digits in all.
const DIGITS_BY_NAME: i64 = 16;

/// Floats that are amounts of money without saying so, as in the scanner.
const MONEY: [&str; 3] = ["price_tax", "price_reduce_taxexcl", "price_reduce_taxinc"];

/// How many decimal places the precisions have that an administrator may change at any time.
#[derive(Default)]
pub(super) struct Precisions(BTreeSet<i64>);

impl Precisions {
    pub(super) async fn read(session: &Session) -> Result<Self, ConfigError> {
        let rows = rows(session, "decimal.precision", json!([]), &["digits"]).await?;
        Ok(Precisions(
            rows.iter()
                .filter_map(|row| row["digits"].as_i64())
                .collect(),
        ))
    }
}

/// The facts of a model's fields.
pub(super) fn facts(
    told: &Map<String, Value>,
    inherits: &BTreeMap<String, String>,
    precisions: &Precisions,
) -> Fields {
    let mut plain = Vec::new();
    let mut with_facts = BTreeMap::new();
    for (name, said) in told.iter().filter(|(name, _)| is_name(name)) {
        let is_link = inherits.values().any(|link| link == name);
        let facts = of(name, said, is_link, told, precisions);
        match serde_json::to_value(&facts) {
            Ok(Value::Object(facts)) if facts.is_empty() => plain.push(name.as_str()),
            _ => {
                with_facts.insert(name.clone(), facts);
            }
        }
    }
    Fields {
        plain: plain.into_iter().collect(),
        with_facts,
    }
}

fn of(
    name: &str,
    said: &Value,
    is_link: bool,
    all: &Map<String, Value>,
    precisions: &Precisions,
) -> FieldFacts {
    let is = |key: &str| said[key].as_bool().unwrap_or_default();
    let text = |key: &str| said[key].as_str().filter(|text| !text.is_empty());
    let kind = said["type"].as_str().unwrap_or_default();
    let mut facts = FieldFacts {
        groups: text("groups").map(str::to_owned),
        unread: unread(said, kind, precisions).map(str::to_owned),
        open_selection: kind == "selection",
        bypass: is_link,
        open_bypass: kind == "many2one" && !is_link,
        ..FieldFacts::default()
    };
    // a computed field may have a search method beside its column; both are searchable
    let is_computed = said["depends"].as_array().is_some_and(|on| !on.is_empty());
    facts.search = is("searchable") && (!is("store") || is_computed);
    let aggregator = text("aggregator").or_else(|| text("group_operator"));
    facts.aggregator = match kind {
        // of one that is computed it is told only where SQL could group it, which is not asked here
        _ if !is("store") => None,
        "integer" | "float" | "monetary" if name == "id" || aggregator == Some("sum") => None,
        "integer" | "float" | "monetary" => Some(aggregator.unwrap_or_default().to_owned()),
        _ => aggregator.map(str::to_owned),
    };
    if kind == "float" {
        let places = said["digits"].get(1).and_then(Value::as_u64);
        let places = places.and_then(|places| u8::try_from(places).ok());
        facts.digits = places.map(Digits::Places);
        // only prices have that, and whether this is one is not told
        let is_price = said["min_display_digits"].is_number();
        let is_money = (MONEY.contains(&name) || is_price) && all.contains_key("currency_id");
        facts.currency = is_money.then(|| "currency_id".to_owned());
    }
    if kind == "monetary" {
        let currency = text("currency_field").filter(|name| all.contains_key(*name));
        facts.currency = currency.map(str::to_owned);
    }
    facts
}

/// What can't be told of the field, if it is something that a plan goes by.
fn unread(said: &Value, kind: &str, precisions: &Precisions) -> Option<&'static str> {
    let Some(is_stored) = said["store"].as_bool() else {
        return Some("Odoo's RPC does not tell whether it is stored");
    };
    let is_related = !matches!(said["related"], Value::Null | Value::Bool(false));
    match kind {
        // not the one of the web client alone, not what a function makes of it for others, and
        // nothing of bypass_search_access
        "one2many" | "many2many" if is_stored => {
            Some("Odoo's RPC does not tell for certain which of its records count")
        }
        _ if is_related && !is_stored => Some("Odoo's RPC does not tell as whom it is read"),
        "float" => {
            let digits = said["digits"].as_array()?;
            let [all, places] = [0, 1].map(|at| digits.get(at).and_then(Value::as_i64));
            let is_by_name = all == Some(DIGITS_BY_NAME)
                && places.is_none_or(|places| precisions.0.contains(&places));
            is_by_name
                .then_some("its decimal places may be a setting's, which Odoo's RPC does not name")
        }
        // an amount whose currency can't be grouped is said to have none, too
        "monetary" if !is_summed(said) => Some("Odoo's RPC does not tell its aggregator"),
        "" => Some("Odoo's RPC does not tell its type"),
        _ => None,
    }
}

fn is_summed(said: &Value) -> bool {
    ["aggregator", "group_operator"]
        .iter()
        .any(|key| said[key].is_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: Value) -> Fields {
        let told = fields.as_object().cloned().unwrap_or_default();
        let inherits = BTreeMap::from([("res.partner".to_owned(), "partner_id".to_owned())]);
        facts(&told, &inherits, &Precisions(BTreeSet::from([2, 4])))
    }

    fn fact(name: &str, mut field: Value) -> Value {
        field["store"] = field.get("store").cloned().unwrap_or(json!(true));
        field["searchable"] = field.get("searchable").cloned().unwrap_or(json!(true));
        let fields = told(json!({name: field, "currency_id": {"type": "many2one", "store": true}}));
        let facts = fields.get(name).expect("the field is known");
        serde_json::to_value(facts).expect("facts are JSON")
    }

    #[test]
    fn a_plain_field_has_no_facts_and_a_strange_name_is_unknown() {
        let fields = told(json!({
            "name": {"type": "char", "store": true, "searchable": true, "depends": []},
            "x_größe": {"type": "char", "store": true, "searchable": true},
        }));
        assert!(fields.plain.contains("name"));
        assert!(!fields.contains("x_größe"));
    }

    #[test]
    fn groups_and_aggregators_are_taken_as_they_are_told() {
        let of = |field| fact("field", field);
        assert_eq!(
            of(json!({"type": "char", "groups": "base.group_system,!a.b"})),
            json!({"groups": "base.group_system,!a.b"})
        );
        assert_eq!(
            of(json!({"type": "integer", "aggregator": "sum"})),
            json!({})
        );
        assert_eq!(of(json!({"type": "integer"})), json!({"aggregator": ""}));
        assert_eq!(
            of(json!({"type": "float", "group_operator": "avg"})),
            json!({"aggregator": "avg"})
        );
        assert_eq!(
            of(json!({"type": "boolean", "aggregator": "bool_or"})),
            json!({"aggregator": "bool_or"})
        );
        assert_eq!(fact("id", json!({"type": "integer"})), json!({}));
    }

    #[test]
    fn decimal_places_are_known_where_no_setting_can_change_them() {
        let of = |digits| {
            fact(
                "rate",
                json!({"type": "float", "aggregator": "sum", "digits": digits}),
            )
        };
        assert_eq!(of(json!([12, 6])), json!({"digits": 6}));
        assert_eq!(of(json!([16, 3])), json!({"digits": 3}));
        assert!(of(json!([16, 2]))["unread"].is_string());
        assert_eq!(of(Value::Null), json!({}));
    }

    #[test]
    fn what_may_be_a_price_has_a_currency() {
        let of = |name, more| {
            let field = json!({"type": "float", "aggregator": "sum", "min_display_digits": more});
            fact(name, field)
        };
        assert_eq!(
            of("price_unit", json!(2)),
            json!({"currency": "currency_id"})
        );
        assert_eq!(
            of("price_tax", json!(null)),
            json!({"currency": "currency_id"})
        );
        assert_eq!(of("hours", json!(null)), json!({}));
    }

    #[test]
    fn an_amount_of_money_names_its_currency_if_that_is_seen() {
        let of = |currency| {
            fact(
                "amount",
                json!({"type": "monetary", "aggregator": "sum", "currency_field": currency}),
            )
        };
        assert_eq!(of("currency_id"), json!({"currency": "currency_id"}));
        assert_eq!(of("hidden_id"), json!({}));
        assert!(fact("amount", json!({"type": "monetary"}))["unread"].is_string());
    }

    #[test]
    fn paths_are_open_but_for_the_link_to_an_inherited_record() {
        assert_eq!(
            fact("user_id", json!({"type": "many2one"})),
            json!({"open_bypass": true})
        );
        assert_eq!(
            fact("partner_id", json!({"type": "many2one"})),
            json!({"bypass": true})
        );
        let lines = fact("line_ids", json!({"type": "one2many", "domain": []}));
        assert!(lines["unread"].is_string());
    }

    #[test]
    fn what_python_may_compute_read_or_search_stays_with_odoo() {
        let computed = json!({"type": "integer", "store": false, "depends": ["a"]});
        assert_eq!(fact("shown", computed), json!({"search": true}));
        let unsearchable = json!({"type": "char", "store": false, "searchable": false});
        assert_eq!(fact("shown", unsearchable), json!({}));
        let kept = json!({"type": "char", "depends": ["a"]});
        assert_eq!(fact("total", kept), json!({"search": true}));
        let related = json!({"type": "char", "store": false, "related": "partner_id.name"});
        assert!(fact("name", related)["unread"].is_string());
        let untyped = told(json!({"odd": {"store": true}}));
        assert!(
            untyped
                .get("odd")
                .is_some_and(|facts| facts.unread.is_some())
        );
    }
}
