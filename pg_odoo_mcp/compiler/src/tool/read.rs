use super::{Call, Explained};
use crate::access::{Subject, asked, asked_by_id};
use crate::answer::Answer;
use crate::error::{Code, Error, Result};
use crate::plan::{self, ReadPlan};
use crate::scope::{Scope, Warning};
use crate::sql;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// How many ids one call may name.
pub(super) const MAX_IDS: usize = super::search::MAX_LIMIT as usize;

/// An id that is named often repeats its record: budgets count what is read, not what is repeated.
const MOST_REPEATED: usize = 16 * 1024 * 1024;

/// How many ids a message names.
const SHOWN_IDS: usize = 20;

struct Planned<'a> {
    scope: Scope<'a>,
    of: Subject,
    ids: Vec<i64>,
    plan: ReadPlan,
    statement: sql::Statement,
}

fn planned<'a>(call: &'a Call<'_>) -> Result<Planned<'a>> {
    let arguments = &call.arguments;
    let scope = Scope::new(call.principal, call.database, &arguments.context()?)?;
    let name = arguments.required_text("model")?;
    let ids = match arguments.ids("ids", MAX_IDS) {
        Ok(ids) => ids,
        // who may not read the model is told that first
        Err(error) => return Err(asked(&scope, name).err().unwrap_or(error)),
    };
    let of = asked_by_id(&scope, name, &ids)?;
    let fields = arguments.names("fields")?.filter(|f| !f.is_empty());
    // Odoo reads and names with it, but forgets it where names are asked for: in a search
    if scope.active_test {
        scope.ask_names();
    }
    if fields.is_some() {
        scope.refuse_open_names();
    }
    let plan = plan::by_id(&scope, &of, &ids, fields.as_deref())?;
    let statement = sql::select(&plan, scope.relations());
    Ok(Planned {
        scope,
        of,
        ids,
        plan,
        statement,
    })
}

impl Planned<'_> {
    /// Which of these there are, whoever may see them.
    fn existing(&self, ids: &[i64]) -> Result<sql::Statement> {
        self.scope.begin_statement();
        let plan = plan::existing(&self.scope, &self.of, ids)?;
        Ok(sql::select(&plan, self.scope.relations()))
    }

    fn forbidden(&self, ids: &[i64]) -> Error {
        let model = &self.of.model;
        let rules: Vec<String> = self
            .scope
            .rules()
            .into_iter()
            .filter(|rule| {
                rule.model == model.name || self.of.facts.inherits.contains_key(&rule.model)
            })
            .map(|rule| format!("{:?}", rule.name))
            .collect();
        Error::new(
            Code::AccessDenied,
            format!(
                "user {:?} may not read {} of {} ({})",
                self.scope.principal.login,
                listed(ids),
                model.name,
                model.label
            ),
        )
        .detail(format!("record rules that apply: {}", rules.join(", ")))
        .hint("leave these ids out; odoo_search finds only what the user may read")
    }
}

#[derive(Deserialize)]
struct Identified {
    id: i64,
}

/// Records by their ids; an id that comes twice is kept once.
fn records(call: &Call<'_>, statement: &sql::Statement) -> Result<BTreeMap<i64, Box<RawValue>>> {
    let mut records = BTreeMap::new();
    call.database.rows(statement, &mut |row| {
        let record = super::search::record(row)?;
        let Identified { id } = serde_json::from_str(record.get())
            .map_err(|_| Error::new(Code::Internal, "a record without an id"))?;
        records.insert(id, record);
        Ok(())
    })?;
    Ok(records)
}

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    records: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    skipped_fields: &'a [plan::Skipped],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

/// `odoo_read`: the records of these ids, in their order, as Odoo's `read`: one that is gone is left out, one that
/// the rules keep from the user refuses the call.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let planned = planned(call)?;
    let found = match planned.ids.is_empty() {
        true => BTreeMap::new(),
        false => records(call, &planned.statement)?,
    };
    let absent: Vec<i64> = distinct(&planned.ids)
        .into_iter()
        .filter(|id| !found.contains_key(id))
        .collect();
    if !absent.is_empty() {
        let there = records(call, &planned.existing(&absent)?)?;
        if !there.is_empty() {
            return Err(planned.forbidden(&there.into_keys().collect::<Vec<_>>()));
        }
        let (code, message) = missing(&planned.of.model.name, &absent);
        planned.scope.warn(code, message);
    }
    if let Some(denied) = planned.plan.denied().filter(|_| !found.is_empty()) {
        return Err(denied.clone());
    }
    let records: Vec<&RawValue> = planned
        .ids
        .iter()
        .filter_map(|id| found.get(id).map(|record| &**record))
        .collect();
    let length = |records: &mut dyn Iterator<Item = &RawValue>| -> usize {
        records.map(|record| record.get().len()).sum()
    };
    let repeated = length(&mut records.iter().copied()) - length(&mut found.values().map(|r| &**r));
    if repeated > MOST_REPEATED {
        return Err(Error::new(
            Code::OverBudget,
            "ids are named so often that the answer would be larger than any budget",
        )
        .hint("name each id once"));
    }
    let row_count = records.len() as u64;
    let body = Body {
        engine: "sql",
        records,
        skipped_fields: &planned.plan.skipped,
        warnings: planned.scope.warnings(),
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(planned.of.model.name.clone()),
        row_count,
    })
}

/// The statements of the call; the second is run for ids that the first finds nothing of.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let planned = planned(call)?;
    let scope = super::explain::scope_json(&planned.scope);
    let ids: Vec<i64> = distinct(&planned.ids).into_iter().collect();
    let existing = planned.existing(&ids)?;
    Ok(Explained {
        statements: vec![planned.statement, existing],
        scope,
        model: planned.of.model.name.clone(),
    })
}

fn distinct(ids: &[i64]) -> BTreeSet<i64> {
    ids.iter().copied().collect()
}

/// The warning of ids that there are no records of: Odoo passes over them in silence.
pub(crate) fn missing(model: &str, ids: &[i64]) -> (&'static str, String) {
    (
        "missing_record",
        format!("{model} has no {}: deleted, or never there", listed(ids)),
    )
}

/// `record 7`, `records 7, 8`
fn listed(ids: &[i64]) -> String {
    let shown: Vec<String> = ids.iter().take(SHOWN_IDS).map(i64::to_string).collect();
    let noun = if ids.len() == 1 { "record" } else { "records" };
    match ids.len() - shown.len() {
        0 => format!("{noun} {}", shown.join(", ")),
        more => format!("{noun} {} and {more} more", shown.join(", ")),
    }
}
