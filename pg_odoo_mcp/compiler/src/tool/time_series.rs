use super::labels::{Labelled, Labels};
use super::{Call, Explained};
use crate::access::asked;
use crate::answer::{Answer, Fill, Frame, Timeline, assemble};
use crate::error::{Code, Error, Result};
use crate::plan::{self, Period, SeriesPlan, SeriesRequest};
use crate::scope::{Scope, timezone};
use crate::sql;
use chrono::{NaiveDate, TimeZone};
use serde::Serialize;
use serde_json::value::RawValue;

pub(super) const FILLS: &[(&str, Fill)] = &[
    ("zero", Fill::Zero),
    ("null", Fill::Null),
    ("previous", Fill::Previous),
    ("linear", Fill::Linear),
    ("none", Fill::None),
];

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<Box<RawValue>>>,
    period: &'static str,
    fill: &'static str,
    as_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more: Option<bool>,
    #[serde(flatten)]
    labels: Labels<'a>,
}

struct Planned<'a> {
    scope: Scope<'a>,
    model: String,
    plan: SeriesPlan,
    fill: Fill,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Planned<'_> {
    fn statement(&self) -> sql::Statement {
        sql::groups(&self.plan.groups, self.scope.relations())
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
    if arguments.text("period")? == Some("fiscal_year") {
        return Err(
            Error::new(Code::NotSupported, "fiscal years are not answered yet")
                .hint("use the period year, with from and to"),
        );
    }
    let day = |name: &str| {
        let text = arguments.text(name)?;
        text.map(|text| plan::named_day(&scope, name, text))
            .transpose()
    };
    let (from, to) = (day("from")?, day("to")?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("from ({from}) is after to ({to})"),
        ));
    }
    let request = SeriesRequest {
        date_field: arguments.required_text("date_field")?,
        period: arguments.choice("period", Period::NAMES, None)?,
        measures: &arguments.names("measures")?.unwrap_or_default(),
        group_by: &arguments.names("group_by")?.unwrap_or_default(),
        domain: arguments.domain()?,
        from,
        to,
    };
    let fill = arguments.choice("fill", FILLS, Some(Fill::Zero))?;
    let plan = plan::series(&scope, &of, &request)?;
    Ok(Planned {
        scope,
        model: of.model.name.clone(),
        plan,
        fill,
        from,
        to,
    })
}

/// `odoo_time_series`: measures by period, gaps filled.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let planned = planned(call)?;
    let plan = &planned.plan;
    let mut timeline = Timeline::default();
    call.database.rows(&planned.statement(), &mut |row| {
        timeline.push(&plan.groups, row)
    })?;
    let environment = call.database.environment()?;
    let (as_of, now) = (&environment.now_utc, environment.now()?);
    let frame = Frame {
        fill: planned.fill,
        from: planned.from,
        to: planned.to,
        now: planned.scope.tz.from_utc_datetime(&now).naive_local(),
    };
    let table = assemble(plan, &timeline, frame, &planned.scope)?;
    let row_count = table.rows.len() as u64;
    let is_grouped = plan.groups.keys.len() > 1;
    let body = Body {
        engine: "sql",
        columns: table.columns,
        rows: table.rows,
        period: plan.bucket.period.name(),
        fill: FILLS
            .iter()
            .find(|(_, fill)| *fill == planned.fill)
            .map_or("", |(name, _)| name),
        as_of: format!("{as_of} UTC"),
        total: is_grouped.then_some(table.group_count),
        has_more: is_grouped.then_some(table.is_cut),
        labels: Labels::new(
            &planned.scope,
            Labelled {
                model: &planned.model,
                date_field: Some(&plan.date_field),
                keys: &plan.groups.keys,
                currencies: table.currencies,
                record_count: Some(timeline.record_count()),
            },
        ),
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(planned.model.clone()),
        row_count,
    })
}

/// The statements of the call.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let planned = planned(call)?;
    Ok(Explained {
        statements: vec![planned.statement()],
        scope: super::explain::scope_json(&planned.scope),
        model: planned.model,
    })
}
