//! What one call knows of the database: the state of each model is read once, in the call's snapshot.

use super::facts::{self, Known};
use super::state::Asked;
use super::{cache, dialect, load, shape, state};
use crate::exec::native;
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use crate::gucs;
use odoo_compiler::answer::{Database, Environment, Row, Token};
use odoo_compiler::catalog::{
    Catalog, Dialect, ListedModel, Model, ModelDescription, Step, Table, Unaccent,
};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::principal::Principal;
use odoo_compiler::sql::{Param, PgType, Statement, currency_rates, user_path};
use pgrx::pg_sys;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// The compiler's view of the database for one call.
pub(crate) struct CallDatabase<'a> {
    reader: &'a Reader<'a>,
    tool: &'a str,
    token: Option<Token>,
    /// Whether Odoo can be asked what SQL may not answer.
    delegates: bool,
    models: RefCell<Models>,
    unaccent: OnceCell<Unaccent>,
    precisions: RefCell<HashMap<String, Option<u8>>>,
    defaults: RefCell<HashMap<(String, i64), Rc<CompanyDefaults>>>,
}

/// Of one model for one company, as JSON by field.
type CompanyDefaults = BTreeMap<String, String>;

/// The models of this call.
#[derive(Default)]
struct Models {
    known: HashMap<String, Option<Rc<Model>>>,
    /// Those that were asked for, in that order.
    touched: Vec<String>,
}

impl<'a> CallDatabase<'a> {
    pub(crate) fn new(
        reader: &'a Reader<'a>,
        tool: &'a str,
        token: Option<Token>,
        delegates: bool,
    ) -> Self {
        CallDatabase {
            reader,
            tool,
            token,
            delegates,
            models: RefCell::default(),
            unaccent: OnceCell::new(),
            precisions: RefCell::default(),
            defaults: RefCell::default(),
        }
    }

    /// Reads the model, and with the first one those that the same question touched before: one
    /// statement for all costs less than one for each, and none where nothing was written since.
    fn read(&self, name: &str) -> Result<()> {
        let is_first = self.models.borrow().touched.is_empty();
        if !is_first {
            return self.read_states(&[name], name).map(|_| ());
        }
        if let Some(models) = self.settled(name) {
            let mut known = self.models.borrow_mut();
            known.known.extend(
                models
                    .into_iter()
                    .map(|model| (model.name.clone(), Some(model))),
            );
            if known.known.contains_key(name) {
                return Ok(());
            }
        }
        let Some(companions) = cache::companions(self.tool, name) else {
            return self.read_states(&[name], name).map(|_| ());
        };
        let names: Vec<&str> = companions.iter().map(String::as_str).collect();
        if !self.read_states(&names, name)? {
            // one of them is gone, or was not kept: the question's models are found out anew
            cache::forget(self.tool, name);
        } else if cache::footprint(self.tool, name).is_none_or(|found| !found.is_out_of_reach()) {
            let known = self.models.borrow();
            let models: Vec<&Model> = names
                .iter()
                .filter_map(|name| known.known.get(*name)?.as_deref())
                .collect();
            let scan = facts::scan(self.reader.source())?;
            let footprint = state::footprint(self.reader, &scan, &models)?;
            cache::settle(self.tool, name, footprint);
        }
        Ok(())
    }

    /// The models of this question, where they are known and none of their rows was written since.
    fn settled(&self, first: &str) -> Option<Vec<Rc<Model>>> {
        let footprint = cache::footprint(self.tool, first)?;
        match footprint.holds(self.reader) {
            true => cache::settled(self.reader.source(), self.tool, first),
            false => None,
        }
    }

    /// Reads these models, `wanted` among them, and says whether all of them are known now.
    fn read_states(&self, names: &[&str], wanted: &str) -> Result<bool> {
        let source = self.reader.source();
        let scan = facts::scan(source)?;
        let kept: Vec<(&str, Known)> = names
            .iter()
            .filter_map(|name| match cache::known(source, name) {
                Some(known) => Some((*name, known)),
                None if *name == wanted => Some((*name, facts::of(name))),
                // not kept, and perhaps not asked for
                None => None,
            })
            .collect();
        let asked: Vec<Asked<'_>> = kept
            .iter()
            .map(|(name, known)| Asked {
                name,
                facts: known.facts.as_deref(),
            })
            .collect();
        let mut known = HashMap::new();
        known.insert(wanted.to_owned(), None);
        for state in state::states(self.reader, &scan, &asked)? {
            let model = match cache::find(&state, &scan.modules)? {
                Some(model) => model,
                None if state.name == wanted => {
                    let shape = shape::shape(self.reader, &scan, wanted)?;
                    let of_it = kept.iter().find(|(name, _)| *name == wanted);
                    let of_it = of_it.map(|(_, known)| known.clone()).unwrap_or_default();
                    cache::keep(state, shape, of_it, &scan.modules)?
                }
                // perhaps it is not asked for
                None => continue,
            };
            known.insert(model.name.clone(), Some(model));
        }
        let is_complete = known.values().all(Option::is_some) && known.len() == names.len();
        self.models.borrow_mut().known.extend(known);
        Ok(is_complete)
    }
}

// at the end of a call however it ends: one that is refused touches the same models the next time
impl Drop for CallDatabase<'_> {
    fn drop(&mut self) {
        let touched = std::mem::take(&mut self.models.get_mut().touched);
        if let [first, ..] = touched.as_slice() {
            let first = first.clone();
            cache::remember(self.tool, &first, touched);
        }
    }
}

impl Catalog for CallDatabase<'_> {
    fn dialect(&self) -> Dialect {
        dialect::of(self.reader.odoo_schema())
    }

    fn delegates(&self) -> bool {
        self.delegates
    }

    fn delegates_all(&self) -> bool {
        self.delegates && gucs::delegate_all()
    }

    fn model(&self, name: &str) -> Result<Option<Rc<Model>>> {
        // PostgreSQL's texts hold none, so there is no such model
        if name.contains('\0') {
            return Ok(None);
        }
        if !self.models.borrow().known.contains_key(name) {
            self.read(name)?;
        }
        let mut models = self.models.borrow_mut();
        if !models.touched.iter().any(|touched| touched == name) {
            models.touched.push(name.to_owned());
        }
        Ok(models.known.get(name).cloned().flatten())
    }

    fn decimal_precision(&self, name: &str) -> Result<Option<u8>> {
        if let Some(digits) = self.precisions.borrow().get(name) {
            return Ok(*digits);
        }
        let digits = load::decimal_precision(self.reader, name)?;
        let mut precisions = self.precisions.borrow_mut();
        Ok(*precisions.entry(name.to_owned()).or_insert(digits))
    }

    fn company_defaults(
        &self,
        model: &str,
        company_id: i64,
    ) -> Result<Rc<BTreeMap<String, String>>> {
        let key = (model.to_owned(), company_id);
        if let Some(defaults) = self.defaults.borrow().get(&key) {
            return Ok(defaults.clone());
        }
        let defaults = Rc::new(load::company_defaults(self.reader, model, company_id)?);
        let mut known = self.defaults.borrow_mut();
        Ok(known.entry(key).or_insert(defaults).clone())
    }

    fn now(&self) -> Result<String> {
        Ok(self.environment()?.now_utc)
    }

    fn currency_rates(
        &self,
        rates: &Table,
        company_id: i64,
        timezone: &str,
    ) -> Result<Vec<(i64, String)>> {
        let mut found = Vec::new();
        self.rows(&currency_rates(rates, company_id, timezone), &mut |row| {
            let mut cells = row.into_iter();
            let id = cells.next().flatten().and_then(|id| id.parse().ok());
            // a currency without a rate is as good as none
            found.extend(id.zip(cells.next().flatten()));
            Ok(())
        })?;
        Ok(found)
    }

    fn user_path(&self, user_id: i64, steps: &[Step]) -> Result<Option<i64>> {
        let mut found = None;
        self.rows(&user_path(user_id, steps), &mut |row| {
            found = row.into_iter().flatten().next();
            Ok(())
        })?;
        // the column is an integer
        Ok(found.and_then(|id| id.parse().ok()))
    }

    fn row_estimate(&self, table: &Table) -> Option<f64> {
        let relation = native::relation_oid(&table.schema, &table.name)?;
        let rows = f64::from(native::row_estimate(relation));
        (rows >= 0.0).then_some(rows)
    }

    fn ids(&self, statement: &Statement, most: u64) -> Result<Option<Vec<i64>>> {
        let mut ids = Vec::new();
        self.rows(statement, &mut |row| {
            let id = row.into_iter().flatten().next();
            ids.extend(id.and_then(|id| id.parse::<i64>().ok()));
            Ok(())
        })?;
        Ok((ids.len() as u64 <= most).then_some(ids))
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

    fn listed_models(&self, principal: &Principal, lang: &str) -> Result<Vec<ListedModel>> {
        load::listed_models(self.reader, &principal.group_ids, lang)
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
