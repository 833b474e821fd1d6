//! `odoo_read_group` as Odoo's `formatted_read_group`: what it is asked.

use super::domain::{DATE_PARTS, check, comodel, has_part};
use super::frame::{Frame, field};
use super::read_groups::{COUNTED, Page};
use super::search::write;
use super::{Delegation, Form};
use crate::answer::weekday;
use crate::catalog::{Field, FieldType, Model, shortened, suggestion};
use crate::domain::{Condition, Domain, MAX_PATH, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::plan::{MAX_MEASURES, Period, check_keys, key_period, listed_aggregates, parse_terms};
use crate::scope::Scope;
use crate::tool::{Call, GROUP_LIMITS, MAX_OFFSET};
use crate::value::Value;
use serde_json::json;

/// How many terms an order may have.
const MAX_TERMS: usize = 16;

/// What Odoo is asked. One group more than shown says whether there are more.
pub(crate) fn delegation(call: &Call<'_>, refusal: Error) -> Result<Delegation> {
    let frame = Frame::new(call, refusal)?;
    let arguments = &call.arguments;
    let (default, most) = GROUP_LIMITS;
    let limit = arguments.number("limit", default, 1..=most)?;
    let offset = arguments.number("offset", 0, 0..=MAX_OFFSET)?;
    let keys = arguments.names("groupby")?.unwrap_or_default();
    check_keys("groupby", &keys)?;
    let buckets = keys
        .iter()
        .map(|key| check_key(&frame.scope, &frame.model, key, key))
        .collect::<Result<Vec<_>>>()?;
    let measures = measures(&frame, &arguments.names("aggregates")?.unwrap_or_default())?;
    let domain = arguments.domain()?;
    check(&frame.scope, &frame.model, &domain)?;
    let having = arguments.having()?;
    if keys.is_empty() && having.is_some() {
        return Err(Error::new(
            Code::InvalidArguments,
            "having filters groups, but nothing is grouped by",
        )
        .hint("name a groupby, or put the condition into the domain"));
    }
    let having = having
        .map(|domain| having_domain(&frame, &domain))
        .transpose()?
        .unwrap_or_default();
    let order = order(&frame, &keys, arguments.text("order")?)?;
    warn_of_money(&frame, &keys, &measures);

    let (domain, having) = (domain.to_json(), having.to_json());
    let asked = |aggregates: &[String], limit: u64, offset: u64| {
        vec![
            ("domain", domain.clone()),
            ("groupby", json!(keys)),
            ("aggregates", json!(aggregates)),
            ("having", having.clone()),
            ("limit", json!(limit)),
            ("offset", json!(offset)),
        ]
    };
    let mut first = asked(&measures, limit + 1, offset);
    first.extend(order.map(|order| ("order", json!(order))));
    let rest = asked(&[], COUNTED + 1, offset + limit);
    let method = "formatted_read_group";
    let requests = vec![
        frame.request(method, first, None),
        frame.request(method, rest, Some(limit + 1)),
    ];
    let has = |test: fn(&Bucket) -> bool| buckets.iter().flatten().any(test);
    let companies = match frame.scope.principal.companies.len() {
        0 | 1 => Vec::new(),
        _ => frame.scope.companies().map(|c| c.name.clone()).collect(),
    };
    let page = Page {
        id_only: frame.limits.id_only(&frame.model, &keys),
        timezone: has(|bucket| bucket.is_datetime).then(|| frame.scope.tz.name().to_owned()),
        week_start: has(|bucket| bucket.period == Some(Period::Week))
            .then(|| weekday(frame.scope.week_start()).to_owned()),
        companies,
        keys,
        measures,
        limit,
        offset,
    };
    Ok(frame.delegation(requests, Form::ReadGroup(page)))
}

/// A key by date.
struct Bucket {
    is_datetime: bool,
    /// Nothing for a part of the date.
    period: Option<Period>,
}

/// Looks at a key, whose spelling as a whole is `spec`: `field`, `date:period`, `many2one.field`.
fn check_key(scope: &Scope<'_>, of: &Model, spec: &str, rest: &str) -> Result<Option<Bucket>> {
    let (path, period) = match rest.split_once(':') {
        Some((path, period)) => (path, Some(period)),
        None => (rest, None),
    };
    if path.matches('.').count() > MAX_PATH {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("the path of a group key takes at most {MAX_PATH} steps"),
        ));
    }
    if let Some((step, inner)) = path.split_once('.') {
        let on = field(scope, of, step)?;
        if on.field_type == FieldType::Properties && has_part(on, inner) {
            return check_property_period(spec, period).map(|()| None);
        }
        let comodel = match on.field_type {
            FieldType::Many2one => comodel(scope, on)?,
            _ => None,
        };
        let Some(comodel) = comodel else {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("the group key {spec:?} leads through {step:?}, which is no many2one"),
            )
            .hint("paths of group keys lead through many2one fields"));
        };
        let inner = &rest[step.len() + 1..];
        return check_key(scope, &comodel, spec, inner);
    }
    let on = field(scope, of, path)?;
    match (on.field_type, period) {
        (FieldType::Date | FieldType::Datetime, _) => bucket(on, spec, period).map(Some),
        (_, Some(_)) => Err(Error::new(
            Code::InvalidArguments,
            format!("the group key {spec:?} has a period, but {path:?} is no date"),
        )
        .hint(format!("write {path}"))),
        (FieldType::One2many, None) => Err(Error::new(
            Code::InvalidArguments,
            format!(
                "{path:?} of {} cannot be grouped by: it holds several records",
                of.name
            ),
        )),
        (FieldType::Many2many, None) => {
            scope.warn(
                "overlapping_groups",
                format!("a record with several {path} counts in the group of each, so the groups add up to more than there is"),
            );
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn bucket(on: &Field, spec: &str, period: Option<&str>) -> Result<Bucket> {
    let is_datetime = on.field_type == FieldType::Datetime;
    let bucket = |period| Bucket {
        is_datetime,
        period,
    };
    match key_period(on, spec, period) {
        Ok(known) => Ok(bucket(Some(known))),
        Err(error) if error.code == Code::NotSupported => {
            check_date_part(spec, period.unwrap_or_default()).map(|()| bucket(None))
        }
        Err(error) => Err(error),
    }
}

fn check_property_period(spec: &str, period: Option<&str>) -> Result<()> {
    match period {
        Some(period) if !Period::NAMES.iter().any(|(name, _)| *name == period) => {
            check_date_part(spec, period)
        }
        _ => Ok(()),
    }
}

fn check_date_part(spec: &str, part: &str) -> Result<()> {
    if DATE_PARTS.contains(&part) {
        return Ok(());
    }
    let error = Error::new(
        Code::InvalidArguments,
        format!(
            "unknown period {:?} in {:?}",
            shortened(part),
            shortened(spec)
        ),
    );
    let hint = suggestion(part, DATE_PARTS.iter().copied());
    Err(error.hint(hint.unwrap_or_else(|| format!("parts of dates: {}", DATE_PARTS.join(", ")))))
}

/// The measures of these spellings; the number of records where there is none.
fn measures(frame: &Frame<'_>, keys: &[String]) -> Result<Vec<String>> {
    if keys.is_empty() {
        return Ok(vec!["__count".into()]);
    }
    if keys.len() > MAX_MEASURES {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("at most {MAX_MEASURES} measures a call"),
        ));
    }
    for (at, key) in keys.iter().enumerate() {
        if keys[..at].contains(key) {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("the measure {key:?} is named twice"),
            ));
        }
        check_measure(frame, key)?;
    }
    Ok(keys.to_vec())
}

/// Looks at a measure; whether it is a number.
fn check_measure(frame: &Frame<'_>, key: &str) -> Result<bool> {
    if key == "__count" {
        return Ok(true);
    }
    let aggregates = listed_aggregates();
    let wrong = |what: &str, hint: String| {
        Err(Error::new(
            Code::InvalidArguments,
            format!("the measure {:?} {what}", shortened(key)),
        )
        .hint(hint))
    };
    let Some((name, function)) = key.split_once(':') else {
        return wrong(
            "says no aggregate",
            format!(
                "write field:sum, or another of {aggregates}; __count is the number of records"
            ),
        );
    };
    if name.contains('.') {
        return wrong(
            "leads through a path",
            "measures are of the model's own fields; ask the other model instead".into(),
        );
    }
    let on = frame.field(name)?;
    if !aggregates.split(", ").any(|known| known == function) {
        let near = suggestion(function, aggregates.split(", "));
        return wrong(
            "has an unknown aggregate",
            near.unwrap_or_else(|| format!("aggregates: {aggregates}")),
        );
    }
    let is_number = matches!(
        on.field_type,
        FieldType::Integer | FieldType::Float | FieldType::Monetary
    );
    let fits = match function {
        "count" | "count_distinct" => return Ok(true),
        "bool_and" | "bool_or" => on.field_type == FieldType::Boolean,
        "min" | "max" => {
            is_number || matches!(on.field_type, FieldType::Date | FieldType::Datetime)
        }
        _ => is_number,
    };
    if !fits {
        return wrong(
            &format!("does not fit the {} field", on.field_type.name()),
            format!("use {name}:count, {name}:count_distinct or __count"),
        );
    }
    Ok(is_number)
}

/// Odoo adds up amounts whatever their currency, and which they are in is not known here.
fn warn_of_money(frame: &Frame<'_>, keys: &[String], measures: &[String]) {
    for measure in measures {
        let Some((name, function)) = measure.split_once(':') else {
            continue;
        };
        let Some(on) = frame.model.fields.get(name) else {
            continue;
        };
        if on.field_type != FieldType::Monetary || function.starts_with("count") {
            continue;
        }
        let currency = on.currency_field.as_deref().unwrap_or("currency_id");
        let is_split = keys.iter().any(|key| key == currency);
        let advice = if is_split {
            "each group is in one: do not compare or add them up".to_owned()
        } else if frame.model.fields.contains_key(currency) {
            format!(
                "which currency each record is in is not known here, it may be several, and sums are of plain numbers as in Odoo: group by {currency}"
            )
        } else {
            "which currency each record is in is not known here: it may be several".to_owned()
        };
        let code = if is_split {
            "several_currencies"
        } else {
            "no_currency"
        };
        frame
            .scope
            .warn(code, format!("{name:?} is money, and {advice}"));
    }
}

/// An order of groups by its grammar, with the keys last so that pages do not overlap; nothing for
/// the keys alone, which Odoo takes by itself.
fn order(frame: &Frame<'_>, keys: &[String], text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let terms = parse_terms(&frame.model.name, text)?;
    if terms.len() > MAX_TERMS {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("an order has at most {MAX_TERMS} terms"),
        ));
    }
    for term in &terms {
        if !keys.iter().any(|key| key == term.path) {
            check_measure(frame, term.path)?;
        }
    }
    if keys.is_empty() {
        return Ok(None);
    }
    let more = keys
        .iter()
        .filter(|key| !terms.iter().any(|term| term.path == *key));
    let written: Vec<String> = terms.iter().map(write).chain(more.cloned()).collect();
    Ok(Some(written.join(", ")))
}

/// A filter of groups as Odoo takes it: comparisons of measures with numbers, one number each, and
/// no constants among them.
fn having_domain(frame: &Frame<'_>, domain: &Domain) -> Result<Domain> {
    Ok(match having_part(frame, domain)? {
        Domain::Const(false) => Domain::condition("__count", Operator::Less, Value::Int(0)),
        other => other,
    })
}

fn having_part(frame: &Frame<'_>, domain: &Domain) -> Result<Domain> {
    let each = |parts: &[Domain]| -> Result<Vec<Domain>> {
        parts.iter().map(|part| having_part(frame, part)).collect()
    };
    Ok(match domain {
        Domain::Const(value) => Domain::Const(*value),
        Domain::All(parts) => Domain::all(each(parts)?),
        Domain::Any(parts) => Domain::any(each(parts)?),
        Domain::Not(inner) => match having_part(frame, inner)? {
            Domain::Const(value) => Domain::Const(!value),
            other => Domain::Not(Box::new(other)),
        },
        Domain::Condition(condition) => having_condition(frame, condition)?,
    })
}

fn having_condition(frame: &Frame<'_>, condition: &Condition) -> Result<Domain> {
    let invalid = |problem: String| {
        Error::new(Code::InvalidArguments, problem)
            .hint("write having as [[\"amount_total:sum\", \">\", 1000]]; operators: =, !=, <, <=, >, >=, in, not in")
    };
    let (measure, operator) = (condition.field_path.as_str(), condition.operator);
    if !check_measure(frame, measure)? {
        return Err(invalid(format!(
            "having compares numbers, and {measure:?} is none"
        )));
    }
    let Operand::Value(value) = &condition.operand else {
        return Err(invalid("having takes no any".into()));
    };
    let compared = |operator: Operator, value: &Value| match value {
        Value::Int(_) | Value::Float(_) => Ok(Domain::condition(measure, operator, value.clone())),
        other => Err(invalid(format!(
            "{measure:?} is compared with {}, but takes a number",
            shortened(&other.to_string())
        ))),
    };
    match (operator, value) {
        (Operator::In | Operator::NotIn, value) => {
            let values = match value {
                Value::List(values) => values.as_slice(),
                one => std::slice::from_ref(one),
            };
            let is_in = operator == Operator::In;
            let one = if is_in {
                Operator::Equal
            } else {
                Operator::NotEqual
            };
            let parts = values
                .iter()
                .map(|value| compared(one, value))
                .collect::<Result<_>>()?;
            Ok(if is_in {
                Domain::any(parts)
            } else {
                Domain::all(parts)
            })
        }
        (Operator::Equal | Operator::NotEqual, value) => compared(operator, value),
        (other, value) if other.is_inequality() => compared(operator, value),
        (other, _) => Err(invalid(format!("having takes no {}", other.name()))),
    }
}
