//! `odoo_read_group` as Odoo's `formatted_read_group`: what it is asked.

use super::domain::check;
use super::frame::Frame;
use super::group_key::{Bucket, check_key};
use super::having::having;
use super::money::{sums_of_money, warn_of_sums};
use super::read_groups::{COUNTED, Page};
use super::search::write;
use super::{Delegation, Form};
use crate::answer::weekday;
use crate::error::{Code, Error, Result};
use crate::plan::{
    Figure, Granularity, Spelled, as_answered, check_keys, check_measures, note_company, note_part,
    parse_terms,
};
use crate::tool::{Call, GROUP_LIMITS, MAX_OFFSET};
use serde_json::json;

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
    for (key, bucket) in keys.iter().zip(&buckets) {
        if let Some(Bucket {
            is_datetime: true,
            granularity: Granularity::Part(_),
        }) = bucket
        {
            note_part(&frame.scope, key);
        }
    }
    let measures = measures(
        &frame,
        as_answered(arguments.names("aggregates")?.unwrap_or_default()),
    )?;
    let domain = arguments.domain()?;
    check(&frame.scope, &frame.model, &domain)?;
    let filter = arguments.having()?;
    if keys.is_empty() && filter.is_some() {
        return Err(Error::new(
            Code::InvalidArguments,
            "having filters groups, but nothing is grouped by",
        )
        .hint("name a groupby, or put the condition into the domain"));
    }
    let filter = filter
        .map(|domain| having(&frame, &domain))
        .transpose()?
        .unwrap_or_default();
    let order = order(&frame, &keys, arguments.text("order")?)?;
    warn_of_sums(&frame, &keys, &measures)?;

    let (domain, filter) = (domain.to_json(), filter.to_json());
    let asked = |aggregates: &[String], limit: u64, offset: u64| {
        vec![
            ("domain", domain.clone()),
            ("groupby", json!(keys)),
            ("aggregates", json!(aggregates)),
            ("having", filter.clone()),
            ("limit", json!(limit)),
            ("offset", json!(offset)),
        ]
    };
    let mut first = asked(&measures, limit + 1, offset);
    first.extend(order.map(|order| ("order", json!(order))));
    let method = "formatted_read_group";
    let mut requests = vec![frame.request(method, first, None)];
    // a page that is not full says it all if it is the first; one that is far behind is not counted for; where nothing
    // is grouped by, there is one group, and Odoo, asked for no figure of it, would answer none
    if offset <= COUNTED && !keys.is_empty() {
        let all = asked(&[], offset + limit + COUNTED + 1, 0);
        let is_first = (offset == 0).then_some(limit + 1);
        requests.push(frame.request(method, all, is_first));
    }
    let has = |test: fn(&Bucket) -> bool| buckets.iter().flatten().any(test);
    let companies = match frame.scope.principal.companies.len() {
        0 | 1 => Vec::new(),
        _ => frame.scope.companies().map(|c| c.name.clone()).collect(),
    };
    let page = Page {
        timezone: has(|bucket| bucket.is_datetime).then(|| frame.scope.tz.name().to_owned()),
        week_start: has(|bucket| bucket.granularity.has_weeks())
            .then(|| weekday(frame.scope.week_start()).to_owned()),
        companies,
        money: sums_of_money(&frame, &measures),
        keys,
        measures,
        limit,
        offset,
    };
    Ok(frame.delegation(requests, Form::ReadGroup(page)))
}

/// The measures of these spellings; the number of records where there is none.
fn measures(frame: &Frame<'_>, keys: Vec<String>) -> Result<Vec<String>> {
    if keys.is_empty() {
        return Ok(vec!["__count".into()]);
    }
    check_measures(&keys)?;
    for key in &keys {
        if let Figure::Array { .. } = figure(frame, key)? {
            // Odoo makes lists without a bound, in the same server's memory
            let refusal = &frame.refusal;
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "the list {key:?} is made in SQL alone, which does not answer this: {}",
                    refusal.message
                ),
            )
            .hint("take count or count_distinct, or search for the records"));
        }
    }
    Ok(keys)
}

/// Looks at a measure: what its figures are.
pub(super) fn figure(frame: &Frame<'_>, key: &str) -> Result<Figure> {
    match key {
        "__count" => Ok(Figure::Number),
        key => {
            let spelled = Spelled::new(key, |name| frame.field(name))?;
            note_company(&frame.scope, &frame.model, spelled.on());
            spelled.figure()
        }
    }
}

/// An order of groups by its grammar, with the keys last so that pages do not overlap; nothing for
/// the keys alone, which Odoo takes by itself.
fn order(frame: &Frame<'_>, keys: &[String], text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let terms = parse_terms(&frame.model.name, text)?;
    for term in &terms {
        if !keys.iter().any(|key| key == term.path) {
            figure(frame, term.path)?;
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
