//! What one call knows of the database: each model is read once, nothing outlives the call.

use super::load;
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use odoo_compiler::answer::{Database, Environment, Row, Token};
use odoo_compiler::catalog::{Catalog, ListedModel, Model, ModelDescription, Unaccent};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::principal::Principal;
use odoo_compiler::sql::{Param, PgType, Statement};
use pgrx::pg_sys;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// The compiler's view of the database for one call.
pub(crate) struct CallDatabase<'a> {
    reader: &'a Reader<'a>,
    token: Option<Token>,
    models: RefCell<HashMap<String, Option<Rc<Model>>>>,
    unaccent: OnceCell<Unaccent>,
}

impl<'a> CallDatabase<'a> {
    pub(crate) fn new(reader: &'a Reader<'a>, token: Option<Token>) -> Self {
        CallDatabase {
            reader,
            token,
            models: RefCell::default(),
            unaccent: OnceCell::new(),
        }
    }
}

impl Catalog for CallDatabase<'_> {
    fn model(&self, name: &str) -> Result<Option<Rc<Model>>> {
        if let Some(model) = self.models.borrow().get(name) {
            return Ok(model.clone());
        }
        let model = load::model(self.reader, name)?.map(Rc::new);
        self.models
            .borrow_mut()
            .insert(name.to_owned(), model.clone());
        Ok(model)
    }

    fn model_names(&self) -> Result<Vec<String>> {
        load::model_names(self.reader)
    }

    fn decimal_precision(&self, name: &str) -> Result<Option<u8>> {
        load::decimal_precision(self.reader, name)
    }

    fn unaccent(&self) -> Result<Unaccent> {
        if let Some(unaccent) = self.unaccent.get() {
            return Ok(*unaccent);
        }
        let unaccent = load::unaccent(self.reader)?;
        Ok(*self.unaccent.get_or_init(|| unaccent))
    }
}

impl Database for CallDatabase<'_> {
    fn rows(&self, statement: &Statement, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let binds = statement
            .params
            .iter()
            .map(bind)
            .collect::<Result<Vec<Bind>>>()?;
        self.reader.rows(statement, &binds, each)
    }

    fn readable_models(&self, principal: &Principal) -> Result<Vec<String>> {
        load::readable_models(self.reader, principal)
    }

    fn environment(&self) -> Result<Environment> {
        load::environment(self.reader, self.token.clone())
    }

    fn listed_models(
        &self,
        principal: &Principal,
        lang: &str,
        examined: &[&str],
    ) -> Result<Vec<ListedModel>> {
        load::listed_models(self.reader, principal, lang, examined)
    }

    fn described_models(
        &self,
        names: &[&str],
        lang: &str,
    ) -> Result<BTreeMap<String, ModelDescription>> {
        load::described_models(self.reader, names, lang)
    }
}

fn bind(param: &Param) -> Result<Bind> {
    if param.text.as_ref().is_some_and(|text| text.contains('\0')) {
        return Err(
            Error::new(Code::InvalidArguments, "a text value holds a NUL character")
                .hint("PostgreSQL stores none, so no record can match; leave it out"),
        );
    }
    let type_oid = match param.pg_type {
        PgType::Bool => pg_sys::BOOLOID,
        PgType::Int4 => pg_sys::INT4OID,
        PgType::Int8 => pg_sys::INT8OID,
        PgType::Float8 => pg_sys::FLOAT8OID,
        PgType::Numeric => pg_sys::NUMERICOID,
        PgType::Text => pg_sys::TEXTOID,
        PgType::Date => pg_sys::DATEOID,
        PgType::Timestamp => pg_sys::TIMESTAMPOID,
        PgType::Int4Array => pg_sys::INT4ARRAYOID,
        PgType::Int8Array => pg_sys::INT8ARRAYOID,
        PgType::NumericArray => pg_sys::NUMERICARRAYOID,
        PgType::Float8Array => pg_sys::FLOAT8ARRAYOID,
        PgType::TextArray => pg_sys::TEXTARRAYOID,
        PgType::DateArray => pg_sys::DATEARRAYOID,
        PgType::TimestampArray => pg_sys::TIMESTAMPARRAYOID,
    };
    Ok(Bind::new(type_oid, param.text.clone()))
}
