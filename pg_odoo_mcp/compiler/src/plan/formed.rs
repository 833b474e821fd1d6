//! Names that are put together of stored values: the form that the facts give, with its columns found.

use super::column::plain_column;
use super::condition::{Rights, ruled};
use super::display::{is_sql, record_name};
use super::{Column, Display, Predicate, Source};
use crate::access::{Subject, check_field, check_read, known, subject};
use crate::catalog::{Field, FieldType, Model, Table};
use crate::error::Result;
use crate::facts::{Effect, NameForm, NameTest};
use crate::scope::Scope;
use std::rc::Rc;

/// A name, or a part of it, with its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formed {
    /// These words.
    Text(String),
    /// A text column, false for NULL.
    Column(Column),
    /// The record's own text and those above it, the highest first.
    Lineage {
        /// `parent_path` of the record.
        path: Column,
        /// The model's table.
        table: Table,
        /// The text there.
        text: Column,
        /// What stands between two.
        separator: String,
    },
    /// Another record's name, or one that Odoo is asked for.
    Name(Box<Display>),
    /// One behind the other.
    Join(Vec<Formed>),
    /// The first where the test holds, else the second.
    If(Proof, Box<Formed>, Box<Formed>),
    /// False.
    Nothing,
}

/// A test with its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A text that is neither NULL nor empty.
    HasText(Column),
    /// There is a value.
    IsSet(Column),
    /// A text that is this one.
    Is(Column, String),
    /// Two ids that differ.
    Differ(Column, Column),
    /// NULL, or a text of at most so many characters without blanks but single spaces within.
    Tidy(Column, u16),
}

/// Looks for what a form is made of; nothing where some of it can't be read for certain.
pub(super) struct Former<'a, 'b> {
    pub(super) scope: &'a Scope<'b>,
    pub(super) source: &'a mut Source,
    /// Whose rights Odoo reads the parts with.
    pub(super) rights: Rights,
    /// What stands for a part that is Odoo's alone.
    pub(super) odoo: &'a dyn Fn() -> Result<Display>,
}

impl Former<'_, '_> {
    pub(super) fn form(
        &mut self,
        model: &Rc<Model>,
        alias: u32,
        form: &NameForm,
    ) -> Result<Option<Formed>> {
        Ok(match form {
            NameForm::Text(words) => Some(Formed::Text(words.clone())),
            NameForm::Field(path) => self
                .column(model, alias, path, self.rights)?
                .filter(|(_, on)| is_text(on))
                .map(|(column, _)| Formed::Column(column)),
            NameForm::NameOf(path) => self.name_of(model, alias, path)?,
            NameForm::Lineage { field, separator } => {
                self.lineage(model, alias, field, separator)?
            }
            NameForm::Join(parts) => {
                let mut joined = Vec::new();
                for part in parts {
                    match self.form(model, alias, part)? {
                        Some(part) if part.is_text() => joined.push(part),
                        _ => return Ok(None),
                    }
                }
                Some(Formed::Join(joined))
            }
            NameForm::If(test, one, other) => {
                let Some(proof) = self.proof(model, alias, test)? else {
                    return Ok(None);
                };
                let one = self.form(model, alias, one)?;
                let other = self.form(model, alias, other)?;
                one.zip(other)
                    .map(|(one, other)| Formed::If(proof, Box::new(one), Box::new(other)))
            }
            NameForm::Nothing => Some(Formed::Nothing),
            NameForm::Odoo => Some(Formed::Name(Box::new((self.odoo)()?))),
        })
    }

    fn proof(&mut self, model: &Rc<Model>, alias: u32, test: &NameTest) -> Result<Option<Proof>> {
        let rights = self.rights;
        let mut text = |path: &str| -> Result<Option<Column>> {
            let found = self.column(model, alias, path, rights)?;
            Ok(found
                .filter(|(_, on)| is_text(on))
                .map(|(column, _)| column))
        };
        Ok(match test {
            NameTest::Is(path, words) => text(path)?.map(|c| Proof::Is(c, words.clone())),
            NameTest::Tidy(path, most) => text(path)?.map(|c| Proof::Tidy(c, *most)),
            NameTest::Set(path) => {
                self.column(model, alias, path, rights)?
                    .and_then(|(column, on)| match on.field_type {
                        FieldType::Many2one => Some(Proof::IsSet(column)),
                        _ if is_text(&on) => Some(Proof::HasText(column)),
                        _ => None,
                    })
            }
            NameTest::Differ(one, other) => {
                let one = self.column(model, alias, one, rights)?;
                let other = self.column(model, alias, other, Rights::Superuser)?;
                one.zip(other)
                    .filter(|((_, one), (_, other))| {
                        [one, other].map(|on| on.field_type) == [FieldType::Many2one; 2]
                    })
                    .map(|((one, _), (other, _))| Proof::Differ(one, other))
            }
        })
    }

    /// The column at the end of a path, if Odoo reads just that, and reads it whoever asks.
    fn column(
        &mut self,
        model: &Rc<Model>,
        alias: u32,
        path: &str,
        rights: Rights,
    ) -> Result<Option<(Column, Field)>> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let Some((column, on)) = self.own(model, alias, name, rights) else {
            return Ok(None);
        };
        let Some(rest) = rest else {
            return Ok(Some((column, on)));
        };
        let comodel = match on.relation.as_deref() {
            Some(comodel) if on.field_type == FieldType::Many2one => comodel,
            _ => return Ok(None),
        };
        let Some(comodel) = self.scope.catalog.model(comodel)? else {
            return Ok(None);
        };
        if rights == Rights::User && !self.is_open(&comodel.name)? {
            return Ok(None);
        }
        let Some(table) = comodel.table.clone() else {
            return Ok(None);
        };
        let coalias = self.source.join(self.scope, &column, &table);
        self.column(&comodel, coalias, rest, rights)
    }

    /// A stored field of the model, if Python takes no part in reading it.
    fn own(
        &self,
        model: &Rc<Model>,
        alias: u32,
        name: &str,
        rights: Rights,
    ) -> Option<(Column, Field)> {
        let facts = known(&model.standing).filter(|facts| facts.overridden_fetch().is_none())?;
        let on = model.fields.get(name)?;
        let of_field = facts.fields.get(name)?;
        let effects = [Effect::Values, Effect::Columns];
        if of_field.unread.is_some() || facts.overridden_field(name, &effects).is_some() {
            return None;
        }
        if rights == Rights::User {
            let of = Subject {
                model: model.clone(),
                facts: facts.clone(),
                table: model.table.clone()?,
            };
            check_field(&of, name, self.scope.principal).ok()?;
        }
        let column = plain_column(self.scope, model, alias, on).ok()?;
        Some((column, on.clone()))
    }

    /// Whether the user may read all records of the model: no rule could refuse one.
    fn is_open(&self, model: &str) -> Result<bool> {
        let Ok(of) = subject(self.scope, model) else {
            return Ok(false);
        };
        let is_ruled = || {
            let alias = self.scope.alias(&of.table);
            ruled(self.scope, &of, alias) != Ok(Predicate::Const(true))
        };
        Ok(check_read(&of.model, self.scope.principal).is_ok()
            && of.facts.overridden(Effect::Values).is_none()
            && (of.model.rules.is_empty() && of.facts.inherits.is_empty() || !is_ruled()))
    }

    fn name_of(&mut self, model: &Rc<Model>, alias: u32, path: &str) -> Result<Option<Formed>> {
        let Some((column, on)) = self.column(model, alias, path, self.rights)? else {
            return Ok(None);
        };
        let Some(comodel) = on
            .relation
            .as_deref()
            .filter(|_| on.field_type == FieldType::Many2one)
        else {
            return Ok(None);
        };
        if self.rights == Rights::User && !self.is_open(comodel)? {
            return Ok(None);
        }
        let name = record_name(self.scope, self.source, comodel, &column, None, self.rights)?;
        Ok(is_sql(&name).then(|| Formed::Name(Box::new(name))))
    }

    fn lineage(
        &mut self,
        model: &Rc<Model>,
        alias: u32,
        field: &str,
        separator: &str,
    ) -> Result<Option<Formed>> {
        let is_kept = known(&model.standing)
            .is_some_and(|facts| facts.parent_store && facts.parent_name() == "parent_id");
        if !is_kept || self.rights == Rights::User && !self.is_open(&model.name)? {
            return Ok(None);
        }
        let path = self.own(model, alias, "parent_path", Rights::Superuser);
        let Some(table) = model.table.clone() else {
            return Ok(None);
        };
        let of_each = self.scope.alias(&table);
        let text = self.own(model, of_each, field, self.rights);
        Ok(path
            .zip(text)
            .filter(|((_, path), (_, text))| is_text(path) && is_text(text))
            .map(|((path, _), (text, _))| Formed::Lineage {
                path,
                table,
                text,
                separator: separator.to_owned(),
            }))
    }
}

impl Formed {
    /// Whether it is a text, or false, and nothing that Odoo is asked for.
    fn is_text(&self) -> bool {
        match self {
            Formed::Name(name) => is_sql(name),
            Formed::If(_, one, other) => one.is_text() && other.is_text(),
            _ => true,
        }
    }

    /// What Odoo is asked for where SQL does not make the name.
    pub(super) fn asked(&self) -> Option<&super::AskedName> {
        match self {
            Formed::Name(name) => name.asked(),
            Formed::If(_, one, other) => one.asked().or_else(|| other.asked()),
            _ => None,
        }
    }

    /// Whether SQL makes it for every record.
    pub(super) fn is_sql(&self) -> bool {
        self.is_text()
    }
}

fn is_text(on: &Field) -> bool {
    matches!(
        on.field_type,
        FieldType::Char | FieldType::Text | FieldType::Selection
    )
}
