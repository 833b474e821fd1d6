//! A pivot as a table: a row for each combination of row values and currency, a figure for each
//! combination of column values and measure, and totals.

use super::Row;
use super::group::{AskedRecords, Group, period_start};
use super::timeline::truncate;
use crate::error::{Code, Error, Result};
use crate::plan::{PivotPart, PivotPlan};
use crate::scope::Scope;
use chrono::NaiveDateTime;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, HashMap};

/// How many groups one call may collect.
const MAX_FOUND: usize = 50_000;
/// How many figures an answer shows.
const MAX_FIGURES: usize = 20_000;
/// How many combinations of column values an answer shows.
const MAX_COLUMNS: usize = 200;

/// The values of row keys or column keys; nothing where a group is over all of them.
type Values = Vec<Option<Json>>;

/// A row, or the rows that a total is over.
#[derive(Debug)]
struct Line {
    values: Values,
    currency: Option<String>,
}

impl Line {
    /// How many row keys have a value.
    fn depth(&self) -> usize {
        self.values.iter().flatten().count()
    }

    fn is_within(&self, total: &Line) -> bool {
        let depth = total.depth();
        self.currency == total.currency && self.values[..depth] == total.values[..depth]
    }
}

/// What the statements of a pivot yielded.
#[derive(Debug, Default)]
pub(crate) struct Pivot {
    found: usize,
    lines: Vec<Line>,
    line_places: HashMap<String, usize>,
    /// Lines in the order of the statements.
    ordered_lines: Vec<usize>,
    columns: Vec<Values>,
    column_places: HashMap<String, usize>,
    /// Columns in the order of the statements.
    ordered_columns: Vec<usize>,
    /// Figures by the places of line and column.
    cells: HashMap<(usize, usize), Vec<Option<String>>>,
    currencies: BTreeSet<Option<String>>,
    record_count: u64,
    asked: AskedRecords,
}

/// The finished table.
#[derive(Debug)]
pub(crate) struct PivotTable {
    pub(crate) columns: Vec<Json>,
    pub(crate) rows: Vec<Vec<Box<RawValue>>>,
    pub(crate) totals: Option<Vec<Vec<Box<RawValue>>>>,
    /// Rows there are, shown or not.
    pub(crate) total: usize,
    /// ISO codes of the currencies of the sums, in order.
    pub(crate) currencies: Vec<String>,
    /// Records in all rows, where totals were asked for.
    pub(crate) record_count: u64,
}

/// What a table shows, and in which order.
struct Layout {
    lines: Vec<usize>,
    columns: Vec<usize>,
    by_currency: bool,
}

impl Pivot {
    /// Takes one row of a part's statement.
    pub(crate) fn push(&mut self, plan: &PivotPlan, part: &PivotPart, row: Row) -> Result<()> {
        self.found += 1;
        if self.found > MAX_FOUND {
            return Err(Error::new(
                Code::OverBudget,
                format!("the pivot holds more than {MAX_FOUND} groups"),
            )
            .hint("take longer periods or fewer keys, or narrow the domain"));
        }
        let group = Group::read(&part.groups, row, &mut self.asked)?;
        let width = part.places.len();
        let mut values: Values = vec![None; plan.keys.len()];
        for (at, cell) in group.keys.into_iter().enumerate() {
            if group.set >> (width - 1 - at) & 1 == 0 {
                values[part.places[at]] = Some(cell.into_json());
            }
        }
        let column_values = values.split_off(plan.row_keys);
        let is_over_columns = column_values.iter().all(Option::is_none);
        let is_over_rows = values.iter().all(Option::is_none);
        let line = place(
            &mut self.line_places,
            &mut self.lines,
            format!("{}{:?}", identity(&values), group.currency),
            || Line {
                values: values.clone(),
                currency: group.currency.clone(),
            },
        );
        name(&mut self.lines[line].values, values);
        let column = place(
            &mut self.column_places,
            &mut self.columns,
            identity(&column_values),
            || column_values.clone(),
        );
        name(&mut self.columns[column], column_values);
        if is_over_columns {
            self.ordered_lines.push(line);
            if is_over_rows {
                self.record_count = self.record_count.saturating_add(group.record_count);
            }
        } else if is_over_rows && !self.ordered_columns.contains(&column) {
            self.ordered_columns.push(column);
            if self.ordered_columns.len() > MAX_COLUMNS {
                return Err(Error::new(
                    Code::OverBudget,
                    format!("the pivot has more than {MAX_COLUMNS} columns"),
                )
                .hint("take a longer period, or make the key a row"));
            }
        }
        self.currencies.insert(group.currency);
        self.cells.insert((line, column), group.figures);
        Ok(())
    }

    /// The table, of at most `top` rows in each currency.
    pub(crate) fn assemble(
        self,
        plan: &PivotPlan,
        top: usize,
        now: NaiveDateTime,
        scope: &Scope<'_>,
    ) -> Result<PivotTable> {
        let by_currency = self.currencies.len() > 1;
        let currencies: Vec<String> = self.currencies.iter().flatten().cloned().collect();
        if by_currency {
            scope.warn(
                "several_currencies",
                format!("the records are in several currencies ({}): every figure, counts too, is for one currency, and rows are sorted and cut within each; do not add them up", currencies.join(", ")),
            );
        }
        let over_columns = self
            .column_places
            .get(&identity(&vec![None; plan.keys.len() - plan.row_keys]));
        let (mut rows, of_totals): (Vec<usize>, Vec<usize>) = self
            .ordered_lines
            .iter()
            .partition(|line| self.lines[**line].depth() == plan.row_keys);
        let total = rows.len();
        rows.sort_by(|a, b| {
            let by_figure = match (plan.sort, over_columns) {
                (Some((measure, descending)), Some(column)) => {
                    let figure = |line| self.cells.get(&(line, *column))?.get(measure)?.as_deref();
                    compare(figure(*a), figure(*b), descending)
                }
                _ => Ordering::Equal,
            };
            let currency = |line: usize| &self.lines[line].currency;
            currency(*a).cmp(currency(*b)).then(by_figure)
        });
        let mut kept: HashMap<&Option<String>, usize> = HashMap::new();
        rows.retain(|line| {
            let kept = kept.entry(&self.lines[*line].currency).or_default();
            *kept += 1;
            *kept <= top
        });
        // subtotals of what is shown, the longest prefixes first, and last the grand total; each
        // where its first row is among the rows
        let mut totals_by_place: Vec<(Reverse<usize>, Option<usize>, usize)> = Vec::new();
        for at in of_totals {
            let total = &self.lines[at];
            let place = rows
                .iter()
                .position(|row| self.lines[*row].is_within(total));
            if total.depth() == 0 || place.is_some() {
                totals_by_place.push((Reverse(total.depth()), place, at));
            }
        }
        totals_by_place.sort();
        let shown_totals: Vec<usize> = totals_by_place.into_iter().map(|(.., at)| at).collect();
        let mut columns = self.ordered_columns.clone();
        if plan.keys.len() == plan.row_keys || plan.totals {
            columns.extend(over_columns);
        }
        let layout = Layout {
            lines: rows,
            columns,
            by_currency,
        };
        let shown_lines = layout.lines.len() + shown_totals.len() * usize::from(plan.totals);
        let figures = shown_lines.saturating_mul(layout.columns.len() * plan.measures().len());
        if figures > MAX_FIGURES {
            return Err(Error::new(
                Code::OverBudget,
                format!("the pivot would show {figures} figures"),
            )
            .hint("lower top, take longer periods, or use fewer keys and measures"));
        }
        self.note_running(plan, &layout, now, scope);
        let totals = plan
            .totals
            .then(|| self.lines(&shown_totals, plan, &layout));
        Ok(PivotTable {
            columns: self.headers(plan, &layout),
            rows: self.lines(&layout.lines, plan, &layout)?,
            totals: totals.transpose()?,
            total,
            currencies,
            record_count: self.record_count,
        })
    }

    fn lines(
        &self,
        lines: &[usize],
        plan: &PivotPlan,
        layout: &Layout,
    ) -> Result<Vec<Vec<Box<RawValue>>>> {
        let mut shown = Vec::new();
        for line in lines {
            let Line { values, currency } = &self.lines[*line];
            let mut cells = Vec::new();
            for value in values {
                cells.push(raw(&value.clone().unwrap_or(json!("total")).to_string())?);
            }
            if layout.by_currency {
                let code = currency.as_ref().map_or(json!(false), |code| json!(code));
                cells.push(raw(&code.to_string())?);
            }
            for column in &layout.columns {
                let figures = self.cells.get(&(*line, *column));
                for at in 0..plan.measures().len() {
                    let figure = figures.and_then(|figures| figures.get(at)?.as_deref());
                    cells.push(raw(figure.unwrap_or("null"))?);
                }
            }
            shown.push(cells);
        }
        Ok(shown)
    }

    /// Warns of periods that are shown beside whole ones before they have ended.
    fn note_running(
        &self,
        plan: &PivotPlan,
        layout: &Layout,
        now: NaiveDateTime,
        scope: &Scope<'_>,
    ) {
        for (at, key) in plan.keys.iter().enumerate() {
            let Some(bucket) = plan.bucket(at) else {
                continue;
            };
            let running = truncate(now, bucket.period, bucket.week_start);
            let running = period_start(running, bucket.period);
            let is_running = |value: &Option<Json>| *value == Some(json!(running));
            let is_shown = match at.checked_sub(plan.row_keys) {
                None => {
                    let mut lines = layout.lines.iter();
                    lines.any(|line| is_running(&self.lines[*line].values[at]))
                }
                Some(at) => {
                    let mut columns = layout.columns.iter();
                    columns.any(|column| is_running(&self.columns[*column][at]))
                }
            };
            if is_shown {
                scope.warn(
                    "running_period",
                    format!("the period {running} of {key} is still running"),
                );
            }
        }
    }

    fn headers(&self, plan: &PivotPlan, layout: &Layout) -> Vec<Json> {
        let (row_keys, column_keys) = plan.keys.split_at(plan.row_keys);
        let mut headers: Vec<Json> = row_keys.iter().map(|key| json!(key)).collect();
        if layout.by_currency {
            headers.push(json!("currency"));
        }
        for column in &layout.columns {
            let values = &self.columns[*column];
            for measure in plan.measures() {
                headers.push(if column_keys.is_empty() {
                    json!(measure.key)
                } else if values.iter().all(Option::is_none) {
                    json!({"measure": measure.key, "total": true})
                } else {
                    let mut header = Map::from_iter([("measure".into(), json!(measure.key))]);
                    for (key, value) in column_keys.iter().zip(values) {
                        header.insert(key.clone(), value.clone().unwrap_or_default());
                    }
                    Json::Object(header)
                });
            }
        }
        headers
    }
}

/// The place of a thing among those that are known, by its text.
fn place<T>(
    places: &mut HashMap<String, usize>,
    known: &mut Vec<T>,
    text: String,
    thing: impl FnOnce() -> T,
) -> usize {
    *places.entry(text).or_insert_with(|| {
        known.push(thing());
        known.len() - 1
    })
}

/// What makes values the same: a record is its id, for not every statement has room to make its name.
fn identity(values: &Values) -> String {
    let of = |value: &Option<Json>| match (value.as_ref().and_then(record), value) {
        (Some((id, _)), _) => format!("[{id}]"),
        (None, Some(value)) => value.to_string(),
        (None, None) => String::new(),
    };
    values.iter().map(of).collect::<Vec<_>>().join(",")
}

/// Takes the names of records that had none yet.
fn name(known: &mut Values, values: Values) {
    for (known, value) in known.iter_mut().zip(values) {
        if let Some((_, Json::Null)) = known.as_ref().and_then(record) {
            *known = value;
        }
    }
}

/// The id and the name of a record.
fn record(value: &Json) -> Option<(&Json, &Json)> {
    match value.as_array()?.as_slice() {
        [id, name] => Some((id, name)),
        _ => None,
    }
}

/// Figures in order; what has none is last, whatever the direction.
fn compare(a: Option<&str>, b: Option<&str>, descending: bool) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else {
        return a.is_none().cmp(&b.is_none());
    };
    let order = match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        // dates in quotes
        _ => a.cmp(b),
    };
    if descending { order.reverse() } else { order }
}

fn raw(json: &str) -> Result<Box<RawValue>> {
    RawValue::from_string(json.to_owned()).map_err(|e| Error::new(Code::Internal, e.to_string()))
}
