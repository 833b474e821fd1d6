//! Display names: the stored ones in SQL, the others asked of Odoo or left open.

use super::condition::Rights;
use super::formed::Former;
use super::{Column, Form, Formed, Source};
use crate::access::{Subject, known};
use crate::catalog::{Field, FieldType, Model, Table};
use crate::error::Result;
use crate::facts::{DisplayNameKind, Effect, NameForm};
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
        /// `name`, and what stands for a contact without one, if SQL does not make that.
        nameless: Option<(Column, Box<Display>)>,
    },
    /// Stored values, put together.
    Formed(Formed),
    /// Odoo's Python decides, and Odoo is asked when all else is answered.
    Asked(AskedName),
    /// Odoo's Python decides, and it is not reproduced here.
    Open,
}

/// A name as Odoo shows it with a many2one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedName {
    /// The model that has the field.
    pub model: String,
    /// The field.
    pub field: String,
    /// Its value: whose name it is.
    pub id: Column,
    /// A record that has the value, and that the user may read.
    pub holder: Column,
}

impl AskedName {
    /// The name of what a record's field points to, if names are asked for.
    pub(super) fn of(
        scope: &Scope<'_>,
        of: &Subject,
        on: &Field,
        column: &Column,
    ) -> Option<AskedName> {
        scope.asks_names().then(|| AskedName {
            model: of.model.name.clone(),
            field: on.name.clone(),
            id: column.clone(),
            holder: Column::plain(column.alias, "id"),
        })
    }
}

impl Display {
    /// What Odoo is asked for where SQL does not make the name.
    pub(super) fn asked(&self) -> Option<&AskedName> {
        match self {
            Display::Asked(asked) => Some(asked),
            Display::Partner { nameless, .. } => nameless.as_ref()?.1.asked(),
            Display::Formed(formed) => formed.asked(),
            Display::Column(_) | Display::Open => None,
        }
    }
}

/// Whether SQL makes the name of every record.
pub(super) fn is_sql(name: &Display) -> bool {
    match name {
        Display::Column(_) => true,
        Display::Partner { nameless, .. } => nameless.is_none(),
        Display::Formed(formed) => formed.is_sql(),
        Display::Asked(_) | Display::Open => false,
    }
}

/// The display name of the records of a model that `alias` stands for; where SQL can't make it, it is
/// asked for or left open. Odoo reads what it is made of with the rights of `rights`.
pub(super) fn display(
    scope: &Scope<'_>,
    source: &mut Source,
    model_name: &str,
    alias: u32,
    asked: Option<&AskedName>,
    rights: Rights,
) -> Result<Display> {
    let open = || {
        if let Some(asked) = asked {
            return Ok(Display::Asked(asked.clone()));
        }
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
    let formed = |source: &mut Source, form: &NameForm| {
        let before = source.joins.len();
        let mut former = Former {
            scope,
            source: &mut *source,
            rights,
            odoo: &open,
        };
        let formed = match scope.has_room() {
            true => former.form(&model, alias, form)?,
            false => None,
        };
        if formed.is_none() {
            source.joins.truncate(before);
        }
        Ok(formed.map(Display::Formed))
    };
    let found = match facts.display_name.kind {
        DisplayNameKind::RecName => {
            let rec_name = facts.display_name.rec_name.as_deref();
            let effects = [Effect::Values, Effect::Columns];
            let is_overridden =
                rec_name.is_some_and(|name| facts.overridden_field(name, &effects).is_some());
            let column = rec_name.and_then(|name| text_column(scope, &model, name, alias));
            let of_another = |name: &str| {
                let on = model.fields.get(name);
                on.is_some_and(|on| on.field_type == FieldType::Many2one)
            };
            match (column, rec_name) {
                _ if is_overridden => None,
                (Some(column), _) => Some(Display::Column(column)),
                // the framework's own where a model has no name
                (None, None) => {
                    let id = Formed::Column(Column::plain(alias, "id"));
                    let of = Formed::Text(format!("{model_name},"));
                    Some(Display::Formed(Formed::Join(vec![of, id])))
                }
                (None, Some(name)) if of_another(name) => {
                    formed(&mut *source, &NameForm::NameOf(name.to_owned()))?
                }
                _ => None,
            }
        }
        DisplayNameKind::Partner => partner(scope, &model, alias, asked),
        DisplayNameKind::User => {
            return user(scope, source, &model, alias)?.map_or_else(open, Ok);
        }
        DisplayNameKind::Form => match &facts.display_name.form {
            Some(form) => formed(&mut *source, form)?,
            None => None,
        },
        DisplayNameKind::Python => None,
    };
    found.map_or_else(open, Ok)
}

/// The name of the record that `link` points to. For a field's value Odoo reads it without asking rights.
pub(super) fn record_name(
    scope: &Scope<'_>,
    source: &mut Source,
    comodel: &str,
    link: &Column,
    asked: Option<AskedName>,
    rights: Rights,
) -> Result<Display> {
    let Some(table) = scope.catalog.model(comodel)?.and_then(|m| m.table.clone()) else {
        if let Some(asked) = asked {
            return Ok(Display::Asked(asked));
        }
        scope.open_names(comodel)?;
        scope.warn(
            "display_name_open",
            format!("the names of {comodel} are shown as null; the ids are right"),
        );
        return Ok(Display::Open);
    };
    let before = source.joins.len();
    let coalias = source.join(scope, link, &table);
    let name = display(scope, source, comodel, coalias, asked.as_ref(), rights)?;
    if matches!(name, Display::Asked(_) | Display::Open) {
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

fn partner(
    scope: &Scope<'_>,
    model: &Model,
    alias: u32,
    asked: Option<&AskedName>,
) -> Option<Display> {
    let complete_name = text_column(scope, model, "complete_name", alias)?;
    // the stored name holds the English label of a nameless contact's type
    let nameless = if scope.lang == "en_US" {
        None
    } else {
        let name = text_column(scope, model, "name", alias)?;
        let shown = match asked {
            Some(asked) => Display::Asked(asked.clone()),
            None => {
                scope.open_names(&model.name).ok()?;
                scope.warn(
                    "display_name_open",
                    "contacts without a name of their own are shown as null in languages other than en_US",
                );
                Display::Open
            }
        };
        Some((name, Box::new(shown)))
    };
    Some(Display::Partner {
        complete_name,
        nameless,
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
