use super::labels::{Labelled, Labels};
use super::{Call, Explained};
use crate::access::{Subject, asked};
use crate::answer::{Answer, FormattedGroups, single};
use crate::error::{Code, Error, Result};
use crate::plan::{
    self, CountPlan, Figure, From, KeyValue, ReadGroupPlan, ReadGroupRequest, as_answered,
};
use crate::scope::Scope;
use crate::sql;
use serde::Serialize;
use serde_json::value::RawValue;

pub(super) const DEFAULT_LIMIT: u64 = 200;
pub(super) const MAX_LIMIT: u64 = 2000;
/// Values in the lists of all groups.
const MAX_LISTED: u64 = 100_000;

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    groups: Vec<Box<RawValue>>,
    total: u64,
    has_more: bool,
    #[serde(flatten)]
    labels: Labels<'a>,
}

struct Planned<'a> {
    scope: Scope<'a>,
    of: Subject,
    plan: ReadGroupPlan,
}

impl Planned<'_> {
    fn statement(&self) -> sql::Statement {
        sql::groups(&self.plan.groups, self.scope.relations())
    }
}

fn planned<'a>(call: &'a Call<'_>) -> Result<Planned<'a>> {
    let arguments = &call.arguments;
    let scope = Scope::new(call.principal, call.database, &arguments.context()?)?;
    let of = asked(&scope, arguments.required_text("model")?)?;
    let domain = arguments.domain()?;
    let having = arguments.having()?;
    // Odoo groups and names with it, but forgets it where names are asked for: in a search
    if scope.active_test {
        scope.ask_names();
    }
    scope.refuse_open_names();
    let plan = plan::read_group(
        &scope,
        &of,
        &ReadGroupRequest {
            groupby: &arguments.names("groupby")?.unwrap_or_default(),
            aggregates: &as_answered(arguments.names("aggregates")?.unwrap_or_default()),
            domain: &domain,
            having: having.as_ref(),
            order: arguments.text("order")?,
            limit: arguments.number("limit", DEFAULT_LIMIT, 1..=MAX_LIMIT)?,
            offset: arguments.number("offset", 0, 0..=super::search::MAX_OFFSET)?,
        },
    )?;
    for key in &plan.groups.keys {
        if matches!(
            &key.value,
            KeyValue::Part {
                timezone: Some(_),
                ..
            }
        ) {
            plan::note_part(&scope, &key.key);
        }
    }
    Ok(Planned { scope, of, plan })
}

/// The currencies that the call's records are in, for measures that are sums of money.
fn currencies(
    call: &Call<'_>,
    measures: &[String],
    (low, high): (i64, i64),
) -> Result<Vec<String>> {
    let arguments = &call.arguments;
    let scope = Scope::new(call.principal, call.database, &arguments.context()?)?;
    let statement = if low == high {
        let currency = scope.catalog.model("res.currency")?;
        let Some(table) = currency.and_then(|model| model.table.clone()) else {
            return Ok(Vec::new());
        };
        sql::currency_code(&table, low)
    } else {
        let of = asked(&scope, arguments.required_text("model")?)?;
        let plan = plan::currencies(&scope, &of, measures, &arguments.domain()?)?;
        sql::groups(&plan, scope.relations())
    };
    let mut codes = Vec::new();
    call.database.rows(&statement, &mut |row| {
        codes.extend(row.into_iter().next().flatten());
        Ok(())
    })?;
    codes.sort_unstable();
    Ok(codes)
}

/// Whether lists of values, which the server makes in its memory, are of so few records that it may.
fn check_lists(call: &Call<'_>, plan: &ReadGroupPlan, scope: &Scope<'_>) -> Result<()> {
    let is_list = |figure| matches!(figure, Figure::Array { .. });
    let measures = plan.groups.measures.iter();
    let lists = measures.filter(|measure| is_list(measure.figure)).count() as u64;
    if lists == 0 {
        return Ok(());
    }
    // a record is in the list of each of its tags
    let From::Groups(groups) = &plan.groups.source.from else {
        return Ok(());
    };
    let listed = CountPlan {
        source: groups.source.clone(),
        predicate: groups.predicate.clone(),
    };
    let count = single(call.database, &sql::count(&listed, scope.relations()))?;
    let listed = count.parse().unwrap_or(u64::MAX).saturating_mul(lists);
    if listed > MAX_LISTED {
        return Err(Error::new(
            Code::OverBudget,
            format!(
                "the lists of all groups would hold {listed} values, at most {MAX_LISTED} may be"
            ),
        )
        .hint("narrow the domain, or take count_distinct"));
    }
    Ok(())
}

/// `odoo_read_group`: Odoo's own grouped figures.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let planned = planned(call)?;
    let (plan, scope) = (&planned.plan, &planned.scope);
    check_lists(call, plan, scope)?;
    let mut found = FormattedGroups::default();
    call.database.rows(&planned.statement(), &mut |row| {
        found.push(plan, row, scope)
    })?;
    let total = match found.total {
        Some(total) => total,
        // beyond the last group no row tells
        None if plan.groups.offset > 0 => {
            let count = sql::group_count(&plan.groups, scope.relations());
            single(call.database, &count)?
                .parse()
                .map_err(|_| Error::new(Code::Internal, "a count is no number"))?
        }
        None => 0,
    };
    let mut codes = Vec::new();
    if let Some(lowest_and_highest) = found.currencies {
        // also those that groups are only sorted or filtered by
        let of_money = plan.groups.measures.iter();
        let of_money = of_money.filter(|m| m.currency_field.is_some());
        let measures: Vec<String> = of_money.map(|m| m.key.clone()).collect();
        codes = currencies(call, &measures, lowest_and_highest)?;
    }
    if codes.len() > 1 {
        scope.warn(
            "several_currencies",
            if found.has_mixed_sums {
                format!("the records are in several currencies ({}), and sums are of plain numbers as in Odoo: group by the currency field, or use odoo_pivot or odoo_time_series, which split by currency", codes.join(", "))
            } else {
                format!("the groups are in several currencies ({}), each in one: do not compare or add them up", codes.join(", "))
            },
        );
    }
    let row_count = found.groups.len() as u64;
    let body = Body {
        engine: "sql",
        has_more: plan.groups.offset + row_count < total,
        groups: found.groups,
        total,
        labels: Labels::new(
            scope,
            Labelled {
                model: &planned.of.model.name,
                date_field: None,
                keys: &plan.groups.keys,
                currencies: codes,
                record_count: None,
            },
        ),
    };
    let json =
        serde_json::to_string(&body).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(Answer {
        json,
        model: Some(planned.of.model.name.clone()),
        row_count,
    })
}

/// The statements of the call.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let planned = planned(call)?;
    let groups = &planned.plan.groups;
    let mut statements = vec![planned.statement()];
    if groups.offset > 0 {
        // run where no group is left to tell
        statements.push(sql::group_count(groups, planned.scope.relations()));
    }
    Ok(Explained {
        statements,
        scope: super::explain::scope_json(&planned.scope),
        model: planned.of.model.name.clone(),
    })
}
