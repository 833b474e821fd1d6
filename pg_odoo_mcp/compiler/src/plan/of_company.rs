//! Fields with a value for each company: a jsonb column, and a default where a company has none.

use super::noted::note_company;
use super::{Column, Form, OfCompany};
use crate::access::known;
use crate::catalog::{Field, FieldType, Model};
use crate::error::{Error, Result};
use crate::facts::Digits;
use crate::scope::Scope;
use crate::sql::{Param, PgType};
use serde_json::Value as Json;

/// The column of the first company of the answer.
pub(super) fn of_company(
    scope: &Scope<'_>,
    model: &Model,
    alias: u32,
    field: &Field,
) -> Result<Column> {
    let refuse = |why: &str| Error::of_field(&model.name, &field.name, why);
    if !field.store || field.column.as_deref() != Some("jsonb") {
        return Err(refuse("it has a value for each company"));
    }
    note_company(scope, model, field);
    let first = scope.company_ids.first();
    let company = first.copied().unwrap_or(scope.principal.company_id);
    let defaults = scope.catalog.company_defaults(&model.name, company)?;
    let written: Json = match defaults.get(&field.name) {
        None => Json::Null,
        Some(text) => serde_json::from_str(text).map_err(|_| refuse("its default is no JSON"))?,
    };
    let (pg_type, default) = default(scope, model, field, &written)?
        .ok_or_else(|| refuse("its default is not what Odoo keeps for its type"))?;
    let comodel = match (field.field_type, &field.relation) {
        (FieldType::Many2one, Some(relation)) => {
            let comodel = scope.catalog.model(relation)?;
            let table = comodel.and_then(|comodel| comodel.table.clone());
            let table = table.ok_or_else(|| refuse("the model it leads to has no table"))?;
            let alias = scope.alias(&table);
            Some((table, alias))
        }
        (FieldType::Many2one, None) => return Err(refuse("it leads nowhere")),
        _ => None,
    };
    Ok(Column {
        alias,
        name: field.name.clone(),
        form: Form::OfCompany(Box::new(OfCompany {
            company: company.to_string(),
            pg_type,
            default: default.map(|text| Param {
                pg_type,
                text: Some(text),
            }),
            comodel,
        })),
    })
}

/// The field's type, and its default as a text of that type: Odoo's `False` is zero and false, or nothing. Nothing for what Odoo would
/// change before it took it.
fn default(
    scope: &Scope<'_>,
    model: &Model,
    field: &Field,
    written: &Json,
) -> Result<Option<(PgType, Option<String>)>> {
    let typed = |pg_type: PgType, text: Option<String>| Some((pg_type, text));
    let is_unset = matches!(written, Json::Null | Json::Bool(false));
    let text = written.as_str().filter(|text| !text.is_empty());
    Ok(match (field.field_type, written) {
        (FieldType::Boolean, _) if is_unset => typed(PgType::Bool, Some("false".into())),
        (FieldType::Boolean, Json::Bool(true)) => typed(PgType::Bool, Some("true".into())),
        (FieldType::Integer, _) if is_unset => typed(PgType::Int4, Some("0".into())),
        (FieldType::Integer, Json::Number(number)) if number.is_i64() => {
            typed(PgType::Int4, Some(number.to_string()))
        }
        (FieldType::Float, written) => {
            let number = written.as_f64().unwrap_or(0.0);
            let facts = known(&model.standing).and_then(|facts| facts.fields.get(&field.name));
            let digits = facts.and_then(|facts| facts.digits.as_ref());
            let places = match digits {
                None | Some(Digits::Unrounded(_)) => None,
                Some(Digits::Places(places)) => Some(*places),
                Some(Digits::Named(name)) => {
                    Some(scope.catalog.decimal_precision(name)?.unwrap_or(2))
                }
            };
            let text = match places {
                None => format!("{number:?}"),
                Some(places) => format!("{number:.*}", usize::from(places)),
            };
            let pg_type = match digits {
                None => PgType::Float8,
                Some(_) => PgType::Numeric,
            };
            // what has more places is rounded by Odoo
            let is_kept = text.parse::<f64>() == Ok(number) && (is_unset || written.is_number());
            typed(pg_type, Some(text)).filter(|_| is_kept)
        }
        (FieldType::Many2one, _) if is_unset => typed(PgType::Int4, None),
        (FieldType::Many2one, Json::Number(id)) if id.is_i64() => {
            typed(PgType::Int4, Some(id.to_string()))
        }
        (FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection, _)
            if is_unset =>
        {
            typed(PgType::Text, None)
        }
        (FieldType::Char | FieldType::Text | FieldType::Selection, _) => {
            text.and_then(|text| typed(PgType::Text, Some(text.to_owned())))
        }
        (FieldType::Date, _) if is_unset => typed(PgType::Date, None),
        (FieldType::Datetime, _) if is_unset => typed(PgType::Timestamp, None),
        _ => None,
    })
}
