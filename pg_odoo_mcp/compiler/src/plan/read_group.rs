//! Grouped reads: Odoo's own figures, in Odoo's own order.

use super::group::{Currencies, GroupPlan, GroupRequest, grouped, key_column, measure_column};
use super::key::is_record_field;
use super::moment::moment_of as moment;
use super::order::{OrderTerm, Written, order_of_records, parse_terms};
use super::{Column, DatePart, Figure, Inequality, KeyValue, Predicate, Sorting};
use crate::access::Subject;
use crate::catalog::shortened;
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::sql::{Param, PgType};
use crate::value::Value;

/// What a grouped read is asked for.
#[derive(Debug)]
pub struct ReadGroupRequest<'a> {
    /// Keys as written.
    pub groupby: &'a [String],
    /// Measures as written.
    pub aggregates: &'a [String],
    /// Which records.
    pub domain: &'a Domain,
    /// Which groups: a domain whose fields are measures.
    pub having: Option<&'a Domain>,
    /// Keys and measures to sort by.
    pub order: Option<&'a str>,
    /// At most so many groups.
    pub limit: u64,
    /// After so many.
    pub offset: u64,
}

/// A planned grouped read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadGroupPlan {
    /// The groups.
    pub groups: GroupPlan,
    /// The measures that are answered come first; so many are.
    pub shown: usize,
}

const MAX_KEYS: usize = 5;

/// Plans a grouped read.
pub fn read_group(
    scope: &Scope<'_>,
    of: &Subject,
    request: &ReadGroupRequest<'_>,
) -> Result<ReadGroupPlan> {
    let keys = request.groupby;
    check_keys("groupby", keys)?;
    if keys.is_empty() && request.having.is_some() {
        return Err(Error::new(
            Code::InvalidArguments,
            "having filters groups, but nothing is grouped by",
        )
        .hint("name a groupby, or put the condition into the domain"));
    }
    let written = match request.order.map(str::trim).filter(|o| !o.is_empty()) {
        Some(order) => parse_terms(&of.model.name, order)?,
        None => Vec::new(),
    };
    // what groups are only sorted or filtered by is computed too
    let mut measures = request.aggregates.to_vec();
    if measures.is_empty() {
        measures.push("__count".into());
    }
    let shown = measures.len();
    let mut named: Vec<&str> = written
        .iter()
        .map(|term| term.path)
        .filter(|path| !keys.iter().any(|key| key == path))
        .collect();
    if let Some(having) = request.having {
        names(having, &mut named);
    }
    for name in named {
        if !measures.iter().any(|m| m == name) {
            measures.push(name.to_owned());
        }
    }
    let mut groups = grouped(
        scope,
        of,
        GroupRequest {
            keys,
            measures: &measures,
            domain: request.domain,
            currencies: Currencies::Watched,
            sets: Vec::new(),
        },
    )?;
    if let Some(domain) = request.having {
        groups.having = having(&groups, domain, false)?;
    }
    if !keys.is_empty() {
        groups.order = order(scope, of, &mut groups, &written)?;
    }
    groups.limit = Some(request.limit);
    groups.offset = request.offset;
    Ok(ReadGroupPlan { groups, shown })
}

/// Plans the currencies that the records are in: groups without keys, split by currency.
pub fn currencies(
    scope: &Scope<'_>,
    of: &Subject,
    measures: &[String],
    domain: &Domain,
) -> Result<GroupPlan> {
    grouped(
        scope,
        of,
        GroupRequest {
            keys: &[],
            measures,
            domain,
            currencies: Currencies::Split,
            sets: Vec::new(),
        },
    )
}

/// Keys are few, and each is named once.
pub(crate) fn check_keys(argument: &str, keys: &[String]) -> Result<()> {
    if keys.len() > MAX_KEYS {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{argument} takes at most {MAX_KEYS} keys"),
        ));
    }
    match keys
        .iter()
        .enumerate()
        .find(|(i, key)| keys[..*i].contains(key))
    {
        Some((_, twice)) => Err(Error::new(
            Code::InvalidArguments,
            format!("{argument} names {twice:?} twice"),
        )),
        None => Ok(()),
    }
}

/// The terms as written, else the keys; then the keys, so that pages do not overlap.
pub(super) fn order(
    scope: &Scope<'_>,
    of: &Subject,
    groups: &mut GroupPlan,
    written: &[Written<'_>],
) -> Result<Vec<OrderTerm>> {
    let mut terms = Vec::new();
    let keys: Vec<String> = groups.keys.iter().map(|k| k.key.clone()).collect();
    let defaults: Vec<Written<'_>> = keys
        .iter()
        .map(|key| Written {
            path: key,
            descending: false,
            nulls_first: None,
        })
        .collect();
    let is_default = written.is_empty();
    for term in if is_default { &defaults } else { written } {
        let by = |by: Sorting| OrderTerm {
            by,
            descending: term.descending,
            nulls_first: term.nulls_first,
        };
        let plain = |column: Column| by(Sorting::Column(column));
        let Some(at) = keys.iter().position(|key| key == term.path) else {
            let at = groups.measures.iter().position(|m| m.key == term.path);
            let at = at.ok_or_else(|| {
                Error::new(Code::Internal, "an order by a measure that is not computed")
            })?;
            terms.push(plain(measure_column(&groups.source, at)));
            continue;
        };
        let column = key_column(&groups.source, at);
        if let KeyValue::Part {
            part: DatePart::DayOfWeek,
            ..
        } = groups.keys[at].value
        {
            let first = scope.week_start();
            terms.push(by(Sorting::Weekday { column, first }));
            continue;
        }
        // Odoo sorts by the comodel's order only where the field is the model's own
        let comodel = is_record_field(of, term.path)
            .filter(|_| matches!(groups.keys[at].value, KeyValue::Record { .. }));
        let Some(comodel) = comodel else {
            terms.push(plain(column));
            continue;
        };
        let joined = groups.source.joins.len();
        match order_of_records(scope, &mut groups.source, &column, comodel, term) {
            Ok(expanded) => terms.extend(expanded),
            // Odoo knows its order, where it can be asked
            Err(e) if is_default && e.code == Code::NotSupported && !scope.refuses_open_names() => {
                groups.source.joins.truncate(joined);
                scope.warn(
                    "order_by_id",
                    format!(
                        "the groups of {:?} are in the order of ids: {}",
                        term.path, e.message
                    ),
                );
                terms.push(plain(column));
            }
            Err(e) => return Err(e),
        }
    }
    for at in 0..keys.len() {
        let by = Sorting::Column(key_column(&groups.source, at));
        if !terms.iter().any(|term| term.by == by) {
            terms.push(OrderTerm {
                by,
                descending: false,
                nulls_first: None,
            });
        }
    }
    Ok(terms)
}

/// The measures that a having names.
fn names<'a>(having: &'a Domain, named: &mut Vec<&'a str>) {
    match having {
        Domain::Const(_) => {}
        Domain::All(parts) | Domain::Any(parts) => {
            parts.iter().for_each(|part| names(part, named));
        }
        Domain::Not(inner) => names(inner, named),
        Domain::Condition(condition) => named.push(&condition.field_path),
    }
}

/// A filter of groups. NULL compares as in SQL: it is neither equal nor unequal.
fn having(groups: &GroupPlan, domain: &Domain, negated: bool) -> Result<Predicate> {
    let each = |parts: &[Domain]| -> Result<Vec<Predicate>> {
        parts
            .iter()
            .map(|part| having(groups, part, negated))
            .collect()
    };
    Ok(match domain {
        Domain::Const(value) => Predicate::Const(*value != negated),
        Domain::Not(inner) => having(groups, inner, !negated)?,
        Domain::All(parts) if negated => Predicate::any(each(parts)?),
        Domain::All(parts) => Predicate::all(each(parts)?),
        Domain::Any(parts) if negated => Predicate::all(each(parts)?),
        Domain::Any(parts) => Predicate::any(each(parts)?),
        Domain::Condition(condition) => having_condition(groups, condition, negated)?,
    })
}

fn having_condition(groups: &GroupPlan, condition: &Condition, negated: bool) -> Result<Predicate> {
    let at = groups
        .measures
        .iter()
        .position(|m| m.key == condition.field_path)
        .ok_or_else(|| Error::new(Code::Internal, "a having of a measure that is not computed"))?;
    let column = measure_column(&groups.source, at);
    let (operator, values) = compared(condition, groups.measures[at].figure)?;
    let Some(inequality) = Inequality::of(operator) else {
        let negated = operator.is_negative() != negated;
        let texts = || values.iter().filter_map(|value| value.text.clone());
        return Ok(match values.first().map(|value| value.pg_type) {
            None => Predicate::Const(negated),
            // there are two of them, however often they are named
            Some(PgType::Bool) => {
                let names = |truth: &str| texts().any(|text| text == truth);
                let (is_true, is_false) = (names("true") != negated, names("false") != negated);
                let known = Predicate::Null {
                    column: column.clone(),
                    negated: true,
                };
                let is = |truth: bool| Predicate::True {
                    column: column.clone(),
                    negated: !truth,
                };
                match (is_true, is_false) {
                    (false, false) => Predicate::Const(false),
                    (true, true) => known,
                    (truth, _) => Predicate::all(vec![known, is(truth)]),
                }
            }
            Some(pg_type) => Predicate::In {
                column,
                values: Param::array(pg_type, texts()),
                negated,
                or_null: false,
            },
        });
    };
    let inverse = operator.inverse_inequality().and_then(Inequality::of);
    let inequality = inverse.filter(|_| negated).unwrap_or(inequality);
    let compare = |value: &Param| Predicate::Compare {
        column: column.clone(),
        inequality,
        value: value.clone(),
        or_null: false,
    };
    Ok(Predicate::all(values.iter().map(compare).collect()))
}

/// A condition on a figure: its operator, and what it is compared with, one value where it is no `in`.
pub(crate) fn compared(condition: &Condition, figure: Figure) -> Result<(Operator, Vec<Param>)> {
    let (measure, operator) = (&condition.field_path, condition.operator);
    let invalid = |problem: String| {
        Error::new(Code::InvalidArguments, problem)
            .hint("write having as [[\"amount_total:sum\", \">\", 1000]]; operators: =, !=, <, <=, >, >=, in, not in")
    };
    let Operand::Value(value) = &condition.operand else {
        return Err(invalid("having takes no any".into()));
    };
    let is_in = matches!(operator, Operator::In | Operator::NotIn);
    let is_equality = is_in || matches!(operator, Operator::Equal | Operator::NotEqual);
    if !is_equality && Inequality::of(operator).is_none() {
        return Err(invalid(format!("having takes no {}", operator.name())));
    }
    let (pg_type, wanted) = match figure {
        Figure::Number => (PgType::Numeric, "a number"),
        Figure::Float => (PgType::Float8, "a number"),
        Figure::Boolean => (PgType::Bool, "true or false"),
        Figure::Date => (PgType::Date, "a date such as \"2026-01-31\""),
        Figure::Datetime => (
            PgType::Timestamp,
            "a datetime in UTC such as \"2026-01-31 13:00:00\"",
        ),
        Figure::Text => (PgType::Text, "a text"),
        Figure::Array { .. } => {
            return Err(invalid(format!(
                "having compares no lists, and {measure:?} is one"
            )));
        }
    };
    let one = |value: &Value| {
        let text = match (figure, value) {
            (Figure::Number | Figure::Float, Value::Int(i)) => Some(i.to_string()),
            (Figure::Number | Figure::Float, Value::Float(x)) if x.is_finite() => {
                Some(format!("{x:?}"))
            }
            (Figure::Boolean, Value::Bool(truth)) => Some(truth.to_string()),
            (Figure::Text, Value::Text(text)) => Some(text.clone()),
            (Figure::Date, Value::Text(text)) => moment(text).map(|at| at.date().to_string()),
            (Figure::Datetime, Value::Text(text)) => moment(text).map(|at| at.to_string()),
            _ => None,
        };
        let text = text.ok_or_else(|| {
            invalid(format!(
                "{measure:?} is compared with {}, but takes {wanted}",
                shortened(&value.to_string())
            ))
        })?;
        Ok(Param {
            pg_type,
            text: Some(text),
        })
    };
    let values = match value {
        Value::List(values) if is_in => values.as_slice(),
        Value::List(_) => return Err(invalid(format!("{} takes one value", operator.name()))),
        one => std::slice::from_ref(one),
    };
    Ok((operator, values.iter().map(one).collect::<Result<_>>()?))
}
