//! What a field is, in the words of the facts.

use super::fields::{Field, Fields};
use super::inheritance::Model;
use super::merge::is_true;
use super::resolution::Resolved;
use super::spelling::is_field;
use crate::addons::Series;
use crate::python::Literal;
use odoo_compiler::facts::Digits;
use odoo_compiler::facts::document::FieldFacts;
use serde_json::{Number, Value};

/// Floats that are amounts of money without saying so.
const MONEY: [&str; 3] = ["price_tax", "price_reduce_taxexcl", "price_reduce_taxinc"];

/// The facts of a field of the model, among all of its fields.
pub(super) fn facts(
    series: &Series,
    model: &Model,
    fields: &Fields,
    name: &str,
    field: &Field,
    resolved: &Resolved,
) -> FieldFacts {
    let mut facts = FieldFacts {
        groups: resolved.groups.clone(),
        search: resolved.search,
        inherited: field.is_inherited,
        related_as_user: resolved.is_related && !field.is_inherited && resolved.as_user,
        bypass: bypasses(series, model, name, field),
        currency: resolved
            .currency
            .clone()
            .filter(|name| fields.contains_key(name) && is_field(name)),
        unread: resolved.unread.clone(),
        ..FieldFacts::default()
    };
    match resolved.kind {
        "integer" | "float" | "monetary" => {
            let aggregator = resolved.aggregator.as_deref();
            if aggregator != Some("sum") && name != "id" {
                facts.aggregator = Some(aggregator.unwrap_or_default().to_owned());
            }
        }
        _ => facts.aggregator.clone_from(&resolved.aggregator),
    }
    if resolved.kind == "float" {
        match resolved.digits.as_ref().map(digits) {
            Some(Some(digits)) => facts.digits = digits,
            Some(None) => {
                let what = || "digits can't be read".to_owned();
                facts.unread.get_or_insert_with(what);
            }
            None => {}
        }
        let is_price = |digits: Option<&Literal>| {
            digits.is_some_and(|digits| *digits == Literal::Str("Product Price".into()))
        };
        let screen = field.merged.get("min_display_digits");
        let is_money = if resolved.digits.as_ref().is_some_and(is_true) {
            is_price(resolved.digits.as_ref())
        } else {
            is_price(screen)
        };
        if (is_money || MONEY.contains(&name)) && fields.contains_key("currency_id") {
            facts.currency = Some("currency_id".to_owned());
        }
    }
    if resolved.kind == "selection" {
        let is_list = matches!(field.merged.get("selection"), Some(Literal::List(_)));
        facts.open_selection = resolved.is_related || !is_list;
    }
    if resolved.kind == "many2one_reference" && !resolved.is_related {
        let named = field.merged.text("model_field");
        facts.model_field = named
            .filter(|name| fields.contains_key(*name) && is_field(name))
            .map(str::to_owned);
    }
    if ["one2many", "many2many"].contains(&resolved.kind) && resolved.is_stored {
        x2many(&mut facts, resolved);
    }
    facts
}

/// Whether paths through the field ask no rights of its records.
fn bypasses(series: &Series, model: &Model, name: &str, field: &Field) -> bool {
    let key = if series.major < 19 {
        "auto_join"
    } else {
        "bypass_search_access"
    };
    let is_link =
        field.merged.kind() == "many2one" && model.inherits.iter().any(|(_, link)| link == name);
    is_link
        || matches!(
            field.merged.get(key),
            Some(Literal::Bool(true) | Literal::Int(1))
        )
}

/// The scale; nothing inside for a number without one, nothing at all for what can't be read.
fn digits(value: &Literal) -> Option<Option<Digits>> {
    match value {
        Literal::Str(name) if !name.is_empty() => Some(Some(Digits::Named(name.clone()))),
        Literal::List(pair) => match pair.as_slice() {
            [_, Literal::Int(places)] => Some(Some(Digits::Places(u8::try_from(*places).ok()?))),
            [] => Some(Some(Digits::Unrounded(false))),
            _ => None,
        },
        Literal::None => Some(None),
        value if !is_true(value) => Some(Some(Digits::Unrounded(false))),
        _ => None,
    }
}

/// What a search through the field, and reading it, add to its records.
fn x2many(facts: &mut FieldFacts, resolved: &Resolved) {
    match &resolved.domain {
        // a text is for the web client
        None | Some(Literal::Str(_) | Literal::None | Literal::Bool(false)) => {}
        Some(Literal::List(conditions)) if conditions.is_empty() => {}
        Some(Literal::Callable(_) | Literal::Unread) => facts.open_domain = true,
        Some(domain) => match json(domain) {
            Some(domain) => facts.domain = Some(domain),
            None => facts.open_domain = true,
        },
    }
    match &resolved.context {
        None | Some(Literal::None) => {}
        Some(Literal::Dict(pairs)) => {
            for (key, value) in pairs {
                match (key, value) {
                    (Literal::Str(key), value) if key == "active_test" => match value {
                        Literal::Unread | Literal::Callable(_) => facts.open_context = true,
                        value => facts.active_test = Some(is_true(value)),
                    },
                    // of new records only
                    (Literal::Str(key), _) if key.starts_with("default_") => {}
                    _ => facts.open_context = true,
                }
            }
        }
        Some(value) => facts.open_context = is_true(value),
    }
}

/// A value in JSON, where JSON has it.
fn json(value: &Literal) -> Option<Value> {
    Some(match value {
        Literal::None => Value::Null,
        Literal::Bool(it) => Value::Bool(*it),
        Literal::Int(it) => Value::from(*it),
        Literal::Float(it) => Value::Number(Number::from_f64(*it)?),
        Literal::Str(it) => Value::String(it.clone()),
        Literal::List(it) | Literal::Set(it) => {
            Value::Array(it.iter().map(json).collect::<Option<_>>()?)
        }
        Literal::Dict(_) | Literal::Callable(_) | Literal::ModelName | Literal::Unread => {
            return None;
        }
    })
}
