use super::{Call, Explained};
use crate::access::asked;
use crate::answer::{Answer, Row};
use crate::error::{Code, Error, Result};
use crate::plan::{self, CountPlan, ReadPlan, Source};
use crate::scope::Scope;
use crate::sql;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

pub(super) const DEFAULT_LIMIT: u64 = 100;
pub(super) const MAX_LIMIT: u64 = 1000;
pub(crate) const MAX_OFFSET: u64 = 10_000_000;

struct Planned<'a> {
    scope: Scope<'a>,
    model: String,
    plan: ReadPlan,
}

fn planned<'a>(call: &'a Call<'_>) -> Result<Planned<'a>> {
    let arguments = &call.arguments;
    let scope = Scope::new(call.principal, call.database, &arguments.context()?)?;
    let of = asked(&scope, arguments.required_text("model")?)?;
    let limit = arguments.number("limit", DEFAULT_LIMIT, 1..=MAX_LIMIT)?;
    let offset = arguments.number("offset", 0, 0..=MAX_OFFSET)?;
    let fields = arguments.names("fields")?.filter(|f| !f.is_empty());
    scope.ask_names();
    if fields.is_some() {
        scope.refuse_open_names();
    }
    let plan = plan::read(
        &scope,
        &of,
        &arguments.domain()?,
        fields.as_deref(),
        arguments.text("order")?,
        limit,
        offset,
    )?;
    Ok(Planned {
        scope,
        model: of.model.name.clone(),
        plan,
    })
}

impl Planned<'_> {
    fn select(&self) -> sql::Statement {
        sql::select(&self.plan, self.scope.relations())
    }

    fn count(&self) -> sql::Statement {
        let source = Source {
            joins: Vec::new(),
            ..self.plan.source.clone()
        };
        sql::count(
            &CountPlan {
                source,
                predicate: self.plan.predicate.clone(),
            },
            self.scope.relations(),
        )
    }
}

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    records: Vec<Box<RawValue>>,
    total: u64,
    has_more: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    skipped_fields: &'a [plan::Skipped],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<crate::scope::Warning>,
}

/// `odoo_search`: records, and how many there are in all.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let planned = planned(call)?;
    let mut records = Vec::new();
    call.database.rows(&planned.select(), &mut |row| {
        records.push(record(row)?);
        Ok(())
    })?;
    let (limit, offset) = (planned.plan.limit, planned.plan.offset);
    let found = records.len() as u64;
    if let Some(denied) = planned.plan.denied().filter(|_| found > 0) {
        return Err(denied.clone());
    }
    // a page that is not full is the last one
    let total = if found < limit && (found > 0 || offset == 0) {
        offset + found
    } else {
        super::count::counted(call.database, &planned.count())?
    };
    let body = Body {
        engine: "sql",
        records,
        total,
        has_more: offset + found < total,
        skipped_fields: &planned.plan.skipped,
        warnings: planned.scope.warnings(),
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(planned.model),
        row_count: found,
    })
}

/// The record of a row.
pub(super) fn record(row: Row) -> Result<Box<RawValue>> {
    let text = row
        .into_iter()
        .next()
        .flatten()
        .ok_or_else(|| Error::new(Code::Internal, "a record without a value"))?;
    RawValue::from_string(text).map_err(|_| Error::new(Code::Internal, "a record that is no JSON"))
}

/// The statements of the call.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let planned = planned(call)?;
    Ok(Explained {
        statements: vec![planned.select(), planned.count()],
        scope: super::explain::scope_json(&planned.scope),
        model: planned.model,
    })
}

/// Adds the warnings of the scope to an answer.
pub(super) fn note(json: &mut Json, scope: &Scope<'_>) {
    let warnings = scope.warnings();
    if !warnings.is_empty() {
        json["warnings"] = json!(warnings);
    }
}
