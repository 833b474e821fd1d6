use super::labels::{Labelled, Labels};
use super::{Call, Explained};
use crate::access::asked;
use crate::answer::{Answer, Pivot};
use crate::error::{Code, Error, Result};
use crate::plan::{self, PivotPlan, PivotRequest};
use crate::scope::{Scope, timezone};
use crate::sql;
use chrono::TimeZone;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

pub(super) const DEFAULT_TOP: u64 = 200;
pub(super) const MAX_TOP: u64 = 2000;

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    columns: Vec<Json>,
    rows: Vec<Vec<Box<RawValue>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Vec<Vec<Box<RawValue>>>>,
    total: usize,
    has_more: bool,
    as_of: String,
    #[serde(flatten)]
    labels: Labels<'a>,
}

struct Planned<'a> {
    scope: Scope<'a>,
    model: String,
    plan: PivotPlan,
    top: u64,
}

impl Planned<'_> {
    fn statements(&self) -> Vec<sql::Statement> {
        let parts = self.plan.parts.iter();
        parts
            .map(|part| sql::groups(&part.groups, part.relations.clone()))
            .collect()
    }
}

fn planned<'a>(call: &'a Call<'_>) -> Result<Planned<'a>> {
    let arguments = &call.arguments;
    let mut scope = Scope::new(call.principal, call.database, &arguments.context()?)?;
    if let Some(name) = arguments.text("timezone")? {
        scope.tz = timezone(name)?;
    }
    // Odoo groups and names with it, but forgets it where names are asked for: in a search
    if scope.active_test {
        scope.ask_names();
    }
    let of = asked(&scope, arguments.required_text("model")?)?;
    let plan = plan::pivot(
        &scope,
        &of,
        &PivotRequest {
            rows: &arguments.names("rows")?.unwrap_or_default(),
            columns: &arguments.names("columns")?.unwrap_or_default(),
            measures: &arguments.names("measures")?.unwrap_or_default(),
            domain: &arguments.domain()?,
            totals: arguments.flag("totals", true)?,
            sort: arguments.text("sort")?,
        },
    )?;
    Ok(Planned {
        model: of.model.name.clone(),
        top: arguments.number("top", DEFAULT_TOP, 1..=MAX_TOP)?,
        scope,
        plan,
    })
}

/// `odoo_pivot`: figures by rows and columns.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let planned = planned(call)?;
    let (plan, scope) = (&planned.plan, &planned.scope);
    let mut pivot = Pivot::default();
    for (part, statement) in plan.parts.iter().zip(planned.statements()) {
        call.database
            .rows(&statement, &mut |row| pivot.push(plan, part, row))?;
    }
    let top = usize::try_from(planned.top).unwrap_or(usize::MAX);
    let environment = call.database.environment()?;
    let now = scope
        .tz
        .from_utc_datetime(&environment.now()?)
        .naive_local();
    let table = pivot.assemble(plan, top, now, scope)?;
    let row_count = table.rows.len();
    let has_more = row_count < table.total;
    if has_more && plan.totals {
        scope.warn(
            "truncated",
            format!(
                "{row_count} of {} rows are shown; totals are over all of them",
                table.total
            ),
        );
    }
    let keys = plan.parts.first().map_or(&[][..], |part| &part.groups.keys);
    let body = Body {
        engine: "sql",
        columns: table.columns,
        rows: table.rows,
        totals: table.totals,
        total: table.total,
        has_more,
        as_of: format!("{} UTC", environment.now_utc),
        labels: Labels::new(
            scope,
            Labelled {
                model: &planned.model,
                date_field: None,
                keys,
                currencies: table.currencies,
                record_count: plan.totals.then_some(table.record_count),
            },
        ),
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(planned.model.clone()),
        row_count: row_count as u64,
    })
}

/// The statements of the call.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let planned = planned(call)?;
    Ok(Explained {
        statements: planned.statements(),
        scope: super::explain::scope_json(&planned.scope),
        model: planned.model,
    })
}
