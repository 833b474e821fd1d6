//! Fields by name, and the columns that hold them.

use super::of_company::of_company;
use super::{Column, Form};
use crate::access::{Subject, check_field};
use crate::catalog::{Field, FieldType, Model, shortened, suggestion};
use crate::error::{Code, Error, Refused, Result};
use crate::facts::Effect;
use crate::scope::Scope;

/// The field of that name, or an error that names the nearest of those the user may read.
pub(super) fn field<'a>(scope: &Scope<'_>, of: &'a Subject, name: &str) -> Result<&'a Field> {
    of.model.fields.get(name).ok_or_else(|| {
        let shown: String = name.chars().take(80).collect();
        let error = Error::new(
            Code::UnknownField,
            format!("{} has no field {shown:?}", of.model.name),
        );
        let readable = of.model.fields.values().filter(|known| {
            (known.column.is_some() || known.name == "display_name")
                && check_field(of, &known.name, scope.principal).is_ok()
        });
        let readable = readable.map(|known| known.name.as_str());
        match suggestion(&shown, readable) {
            Some(hint) => error.hint(hint),
            None => error.hint("odoo_describe_model lists the fields"),
        }
    })
}

/// The error of a name among fields to read that is a path.
pub(crate) fn not_a_path(name: &str, error: Error) -> Error {
    match name.split_once('.') {
        Some((link, rest)) if error.code == Code::UnknownField => {
            let (link, rest) = (shortened(link), shortened(rest));
            error.hint(format!("fields take no paths: read {link}, then {rest} of its records by odoo_read; odoo_read_group groups by {link}.{rest}"))
        }
        _ => error,
    }
}

/// The stored column of a field, whoever asks.
pub(super) fn stored_column(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    field: &Field,
) -> Result<Column> {
    check_known(of, field)?;
    plain_column(scope, &of.model, alias, field)
}

/// Whether it is known whom the field is for: one that an administrator made is for everybody, unless
/// it is another field's value, whose groups Odoo takes over.
pub(crate) fn has_known_groups(of: &Subject, field: &Field) -> bool {
    of.facts.fields.contains(&field.name) || field.manual && field.related.is_none()
}

/// Whether all is known of the field that only Python knows.
pub(super) fn check_known(of: &Subject, field: &Field) -> Result<()> {
    if !has_known_groups(of, field) {
        return Err(unknown_groups(of, field));
    }
    check_use(of, field, ANY_USE)
}

/// What an override of some fields changes whatever is done with them.
const ANY_USE: &[Effect] = &[
    Effect::Columns,
    Effect::FieldAccess,
    Effect::RowSource,
    Effect::Unread,
];

/// Whether no override of these effects is about the field.
pub(super) fn check_use(of: &Subject, field: &Field, effects: &[Effect]) -> Result<()> {
    match of.facts.overridden_field(&field.name, effects) {
        None => Ok(()),
        Some(by) => Err(Error::refused(Refused {
            model: of.model.name.clone(),
            field: Some(field.name.clone()),
            reason: format!("its own code decides over it: {}", by.place()),
            by: Some(Box::new(by.clone())),
        })),
    }
}

/// A field that may be for some groups only.
pub(crate) fn unknown_groups(of: &Subject, field: &Field) -> Error {
    Error::of_field(
        &of.model.name,
        &field.name,
        "its groups are not known, for no scanned module defines it",
    )
}

/// The column of a field, whatever Python says of it.
pub(super) fn plain_column(
    scope: &Scope<'_>,
    model: &Model,
    alias: u32,
    field: &Field,
) -> Result<Column> {
    let refuse = |why: &str| Err(Error::of_field(&model.name, &field.name, why));
    if matches!(field.field_type, FieldType::One2many | FieldType::Many2many) {
        return refuse("it holds several records");
    }
    if field.company_dependent {
        return of_company(scope, model, alias, field);
    }
    let expected: &[&str] = match field.field_type {
        FieldType::Char | FieldType::Text | FieldType::Html if field.translate => &["jsonb"],
        FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection => {
            &["varchar", "text"]
        }
        FieldType::Integer | FieldType::Many2one => &["int4", "int8"],
        FieldType::Float => &["float8", "numeric"],
        FieldType::Monetary => &["numeric"],
        FieldType::Boolean => &["bool"],
        FieldType::Date => &["date"],
        FieldType::Datetime => &["timestamp"],
        _ => return refuse("fields of its type are not read in SQL"),
    };
    if !field.store {
        return refuse("Odoo computes it");
    }
    let Some(column) = field.column.as_deref() else {
        return refuse(
            "the reading role has no right to its column: it holds a secret, it is gone, or it is new, and a DBA runs: select odoo_mcp.check_grants()",
        );
    };
    if !expected.contains(&column) {
        return refuse(&format!("its column has the type {column}"));
    }
    let form = if field.translate {
        Form::Translated(scope.lang.clone())
    } else {
        Form::Plain
    };
    Ok(Column {
        alias,
        name: field.name.clone(),
        form,
    })
}

/// The comodel's name.
pub(super) fn comodel_name<'a>(of: &Subject, field: &'a Field) -> Result<&'a str> {
    field.relation.as_deref().ok_or_else(|| {
        Error::new(
            Code::NotSupported,
            format!("{:?} of {} names no comodel", field.name, of.model.name),
        )
    })
}

/// Whether the field comes from an `_inherits` parent and has no column here.
pub(super) fn is_inherited(of: &Subject, field: &Field) -> bool {
    let facts = of.facts.fields.get(&field.name);
    facts.is_some_and(|f| f.inherited) && field.column.is_none()
}

/// The link field to the `_inherits` parent that an inherited field comes from.
pub(super) fn parent_link<'a>(of: &'a Subject, field: &Field) -> Result<&'a str> {
    let via = field
        .related
        .as_deref()
        .and_then(|path| path.split_once('.'))
        .map(|(link, _)| link);
    of.facts
        .inherits
        .values()
        .map(String::as_str)
        .find(|link| Some(*link) == via)
        .ok_or_else(|| {
            Error::of_field(
                &of.model.name,
                &field.name,
                "the record that it is inherited from is not known",
            )
        })
}

/// The stored column of a field, for a caller whose groups let it read the field.
pub(super) fn user_column(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    field: &Field,
) -> Result<Column> {
    check_field(of, &field.name, scope.principal)?;
    stored_column(scope, of, alias, field)
}
