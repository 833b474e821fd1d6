//! Display names: the stored ones in SQL, the others left open.

use super::{Column, Form, Source};
use crate::access::known;
use crate::catalog::{FieldType, Model, Table};
use crate::error::Result;
use crate::facts::{DisplayNameKind, Effect};
use crate::scope::Scope;

/// Where a record's display name is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Display {
    /// A text column of a joined table.
    Column(Column),
    /// `res.partner`'s stored `complete_name`, which Odoo trims when it shows it; with the
    /// contact's own name where a nameless one would be shown by its translated type.
    Partner {
        /// `complete_name`
        complete_name: Column,
        /// `name`, if nameless contacts are left open.
        name: Option<Column>,
    },
    /// Odoo's Python decides, and it is not reproduced here.
    Open,
}

/// The display name of the records of a model that `alias` stands for.
pub fn display(
    scope: &Scope<'_>,
    source: &mut Source,
    model_name: &str,
    alias: u32,
) -> Result<Display> {
    let open = || {
        scope.open_names(model_name)?;
        scope.warn("display_name_open", format!("the names of {model_name} are made by Odoo's Python and shown as null; the ids are right, and odoo_search or a group key such as product_id.name gives stored names"));
        Ok(Display::Open)
    };
    let Some(model) = scope.catalog.model(model_name)? else {
        return open();
    };
    let Some(facts) = known(&model.standing).filter(|facts| facts.overridden_fetch().is_none())
    else {
        return open();
    };
    let found = match facts.display_name.kind {
        DisplayNameKind::RecName => facts
            .display_name
            .rec_name
            .as_deref()
            .filter(|rec_name| {
                let effects = [Effect::Values, Effect::Columns];
                facts.overridden_field(rec_name, &effects).is_none()
            })
            .and_then(|rec_name| text_column(scope, &model, rec_name, alias))
            .map(Display::Column),
        DisplayNameKind::Partner => partner(scope, &model, alias),
        DisplayNameKind::User => {
            return user(scope, source, &model, alias)?.map_or_else(open, Ok);
        }
        DisplayNameKind::Python => None,
    };
    found.map_or_else(open, Ok)
}

/// The name of the record that `link` points to; Odoo reads it without asking rights.
pub(super) fn record_name(
    scope: &Scope<'_>,
    source: &mut Source,
    comodel: &str,
    link: &Column,
) -> Result<Display> {
    let Some(table) = scope.catalog.model(comodel)?.and_then(|m| m.table.clone()) else {
        scope.open_names(comodel)?;
        scope.warn(
            "display_name_open",
            format!("the names of {comodel} are shown as null; the ids are right"),
        );
        return Ok(Display::Open);
    };
    let before = source.joins.len();
    let coalias = source.join(scope, link, &table);
    let name = display(scope, source, comodel, coalias)?;
    if name == Display::Open {
        // nothing is read from it
        source.joins.truncate(before);
    }
    Ok(name)
}

fn text_column(scope: &Scope<'_>, model: &Model, name: &str, alias: u32) -> Option<Column> {
    let field = model.fields.get(name)?;
    let expected: &[&str] = if field.translate {
        &["jsonb"]
    } else {
        &["varchar", "text"]
    };
    let is_text = matches!(field.field_type, FieldType::Char | FieldType::Text);
    if !is_text || field.company_dependent || !expected.contains(&field.column.as_deref()?) {
        return None;
    }
    let form = if field.translate {
        Form::Translated(scope.lang.clone())
    } else {
        Form::Plain
    };
    Some(Column {
        alias,
        name: name.to_owned(),
        form,
    })
}

fn partner(scope: &Scope<'_>, model: &Model, alias: u32) -> Option<Display> {
    let complete_name = text_column(scope, model, "complete_name", alias)?;
    let name = if scope.lang == "en_US" {
        None
    } else {
        scope.open_names(&model.name).ok()?;
        // the stored name holds the English label of a nameless contact's type
        scope.warn(
            "display_name_open",
            "contacts without a name of their own are shown as null in languages other than en_US",
        );
        Some(text_column(scope, model, "name", alias)?)
    };
    Some(Display::Partner {
        complete_name,
        name,
    })
}

fn user(
    scope: &Scope<'_>,
    source: &mut Source,
    model: &Model,
    alias: u32,
) -> Result<Option<Display>> {
    let Some(partner) = scope.catalog.model("res.partner")? else {
        return Ok(None);
    };
    let table = |model: &Model| -> Option<Table> { model.table.clone() };
    let has_link = model
        .fields
        .get("partner_id")
        .is_some_and(|f| f.column.as_deref() == Some("int4"));
    let (true, Some(table)) = (has_link, table(&partner)) else {
        return Ok(None);
    };
    let coalias = source.join(scope, &Column::plain(alias, "partner_id"), &table);
    Ok(text_column(scope, &partner, "name", coalias).map(Display::Column))
}
