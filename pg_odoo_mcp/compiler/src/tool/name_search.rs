use super::{Arguments, Call, Explained};
use crate::access::asked;
use crate::answer::Answer;
use crate::domain::Operator;
use crate::error::{Code, Error, Result};
use crate::plan;
use crate::scope::{Scope, Warning};
use crate::sql;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// How a name may be compared; other spellings of these are understood, too.
const OPERATORS: &[&str] = &[
    "ilike",
    "not ilike",
    "like",
    "not like",
    "=",
    "!=",
    "=ilike",
    "not =ilike",
    "=like",
    "not =like",
];

/// What is searched for, and how.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) operator: Operator,
    pub(crate) limit: u64,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(arguments: &'a Arguments) -> Result<Self> {
        let name = arguments.text("name")?.ok_or_else(|| {
            Error::new(Code::InvalidArguments, "the argument name is missing")
                .hint("an empty name finds every record")
        })?;
        if name.contains('\0') {
            return Err(Error::new(
                Code::InvalidArguments,
                "name holds a NUL character",
            ));
        }
        let written = arguments.text("operator")?.unwrap_or("ilike");
        let operator = Operator::from_name(written)
            .filter(|operator| OPERATORS.contains(&operator.name()))
            .ok_or_else(|| {
                let shown: String = written.chars().take(80).collect();
                Error::new(
                    Code::InvalidArguments,
                    format!("operator is {shown:?}, which compares no names"),
                )
                .hint(format!("operator is one of {}", OPERATORS.join(", ")))
            })?;
        let limit = arguments.number(
            "limit",
            super::search::DEFAULT_LIMIT,
            1..=super::search::MAX_LIMIT,
        )?;
        Ok(Wanted {
            name,
            operator,
            limit,
        })
    }
}

struct Planned<'a> {
    scope: Scope<'a>,
    model: String,
    limit: u64,
    statement: sql::Statement,
}

fn planned<'a>(call: &'a Call<'_>) -> Result<Planned<'a>> {
    let arguments = &call.arguments;
    let scope = Scope::new(call.principal, call.database, &arguments.context()?)?;
    let of = asked(&scope, arguments.required_text("model")?)?;
    let wanted = Wanted::of(arguments)?;
    // names are all that is asked for
    scope.refuse_open_names();
    // one more tells whether there are more
    let plan = plan::name_search(
        &scope,
        &of,
        wanted.operator,
        wanted.name,
        &arguments.domain()?,
        wanted.limit + 1,
    )?;
    let statement = sql::select(&plan, scope.relations());
    Ok(Planned {
        scope,
        model: of.model.name.clone(),
        limit: wanted.limit,
        statement,
    })
}

#[derive(Deserialize)]
struct Named {
    named: Box<RawValue>,
}

#[derive(Serialize)]
struct Body {
    engine: &'static str,
    records: Vec<Box<RawValue>>,
    has_more: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

/// `odoo_name_search`: records by what they are called, as `[id, "name"]`.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let planned = planned(call)?;
    let mut records = Vec::new();
    call.database.rows(&planned.statement, &mut |row| {
        let row: Named = serde_json::from_str(super::search::record(row)?.get())
            .map_err(|_| Error::new(Code::Internal, "a record without a name"))?;
        records.push(row.named);
        Ok(())
    })?;
    let has_more = records.len() as u64 > planned.limit;
    records.truncate(planned.limit as usize);
    let row_count = records.len() as u64;
    let body = Body {
        engine: "sql",
        records,
        has_more,
        warnings: planned.scope.warnings(),
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(planned.model),
        row_count,
    })
}

/// The statement of the call.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let planned = planned(call)?;
    Ok(Explained {
        scope: super::explain::scope_json(&planned.scope),
        statements: vec![planned.statement],
        model: planned.model,
    })
}
