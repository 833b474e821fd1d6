//! What a search view looks for: texts that occur, records, periods.

use std::time::SystemTime;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::super::random::Random;
use super::super::shape::{Field, Model, Shape};

/// In place of the record that an action is opened of.
pub(super) const OPENED: &str = "the record that it is opened of";

/// The domain as it is of a record that occurs where it is compared.
pub(super) fn opened(
    random: &mut Random,
    shape: &Shape,
    model: &Model,
    domain: Vec<Value>,
) -> Result<Vec<Value>, String> {
    let is_opened = |term: &&Value| term[2] == OPENED || term[2] == json!([OPENED]);
    let Some(path) = domain.iter().find(is_opened).map(|term| term[0].clone()) else {
        return Ok(domain);
    };
    let path = path.as_str().unwrap_or_default();
    let (way, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut names = way.split('.').filter(|name| !name.is_empty());
    let end = names.try_fold(model, |model, name| shape.comodel(field(model, name)?));
    let record = end
        .and_then(|model| field(model, last))
        .and_then(|field| record(random, shape, field));
    let record = record.ok_or("it is opened of no record")?;
    let filled = |mut term: Value| {
        if is_opened(&&term) {
            term[2] = record.clone();
        }
        term
    };
    Ok(domain.into_iter().map(filled).collect())
}

/// The day it is there.
pub(super) fn today(zone: Tz) -> NaiveDate {
    let now = DateTime::<Utc>::from(SystemTime::now());
    now.with_timezone(&zone).date_naive()
}

/// A field of the model, whether SQL could have it or not.
pub(super) fn field<'a>(model: &'a Model, name: &str) -> Option<&'a Field> {
    model
        .fields
        .iter()
        .chain(&model.others)
        .find(|field| field.name == name)
}

/// A part of a text that occurs: the field's own, or what its records are called, or those of the model.
pub(super) fn text(random: &mut Random, shape: &Shape, model: &Model, field: &Field) -> String {
    let name = |model: &'_ Model| {
        let named = model.field("complete_name").or(model.field("name"));
        named.cloned()
    };
    let places = [
        Some(field.clone()),
        shape.comodel(field).and_then(name),
        name(model),
    ];
    let words = |field: Field| -> Vec<String> {
        let texts = field.values.iter().filter_map(Value::as_str);
        let words = texts.flat_map(str::split_whitespace);
        words.map(str::to_owned).collect()
    };
    let mut found = places.into_iter().flatten().map(words);
    let Some(words) = found.find(|words| !words.is_empty()) else {
        return "abc".into();
    };
    // as far as somebody types
    let most = 3 + random.below(5);
    random.pick(&words).chars().take(most).collect()
}

/// A record that the field has, by its id.
pub(super) fn record(random: &mut Random, shape: &Shape, field: &Field) -> Option<Value> {
    let comodel = shape.comodel(field).and_then(|to| to.field("id"));
    let values = match (&field.values, comodel) {
        (own, _) if !own.is_empty() => own,
        (_, Some(id)) if !id.values.is_empty() => &id.values,
        _ => return None,
    };
    Some(random.pick(values).clone())
}

/// The condition that a web client makes of a month or a year, this one or the last.
pub(super) fn period(
    random: &mut Random,
    name: &str,
    field: &Field,
    today: NaiveDate,
    zone: Tz,
) -> Option<[Value; 3]> {
    let month = today.with_day(1)?;
    let (first, months) = match random.below(4) {
        0 => (month, 1),
        1 => (month - Months::new(1), 1),
        2 => (month.with_month(1)?, 12),
        _ => (month.with_month(1)? - Months::new(12), 12),
    };
    let last = (first + Months::new(months)).pred_opt()?;
    let (from, to) = match field.kind.as_str() {
        "date" => (first.to_string(), last.to_string()),
        _ => {
            let utc = |day: NaiveDate, time| {
                let local = zone.from_local_datetime(&day.and_time(time)).earliest()?;
                Some(
                    local
                        .with_timezone(&Utc)
                        .format("%Y-%m-%d %H:%M:%S")
                        .to_string(),
                )
            };
            let end = NaiveTime::from_hms_opt(23, 59, 59)?;
            (utc(first, NaiveTime::MIN)?, utc(last, end)?)
        }
    };
    Some([
        json!("&"),
        json!([name, ">=", from]),
        json!([name, "<=", to]),
    ])
}
