//! What the fields of a model hold: how many records have a value, and which values are frequent, among the records
//! with the highest ids, of those that the user sees.

use super::Call;
use crate::access::Subject;
use crate::answer::{FormattedGroups, Row};
use crate::catalog::{Field, FieldType};
use crate::domain::Domain;
use crate::error::{Code, Error, Result};
use crate::plan::{self, ReadGroupPlan, ReadGroupRequest};
use crate::scope::{Context, Scope};
use crate::sql::{self, Statement};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

type Object = serde_json::Map<String, Json>;

/// Fields that one call looks into.
pub(super) const MAX_FIELDS: usize = 10;
/// The records of the table with the highest ids, of which those count that the user sees.
const LATEST: u64 = 10_000;
/// Fields whose figures are asked for at once: up to three of each, and a call has its bound.
const FIELDS_AT_ONCE: usize = 6;
/// Values of a field.
const FREQUENT: u64 = 5;

/// How many records were looked at.
#[derive(Serialize)]
pub(super) struct Sample {
    records: u64,
    /// Of so many with the highest ids, seen or not, where the table has more.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_latest: Option<u64>,
}

/// What a field holds.
#[derive(Serialize, Default)]
pub(crate) struct Held {
    /// The share of the records that have a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    filled: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lowest: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    highest: Option<Json>,
    /// Each with its number of records; false is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frequent: Vec<(Json, Json)>,
}

/// What is asked of the records to tell what fields hold.
pub(super) struct Questions<'a> {
    fields: Vec<&'a Field>,
    /// How many records there are, and the figures of a few fields each.
    figures: Vec<Asked>,
    /// The values of a field.
    frequent: BTreeMap<&'a str, Asked>,
    /// Whether there are records that are not looked at.
    is_cut: Statement,
}

/// The questions about these fields, but for what SQL does not read of them. Nothing where it does not read the
/// records. What is noticed on the way is noted in the scope.
pub(super) fn questions<'a>(
    call: &Call<'_>,
    context: &Context,
    scope: &Scope<'_>,
    of: &Subject,
    fields: &[&'a Field],
) -> Result<Option<Questions<'a>>> {
    // what can't be asked alone can't be asked with others; what is noticed of it does not matter then
    let alone = |keys: &[String], measures: &[String]| -> Result<Option<Asked>> {
        let scope = Scope::new(call.principal, call.database, context)?;
        answered(Asked::new(&scope, of, keys, measures))
    };
    let count = "__count".to_owned();
    let (mut money, mut others) = (Vec::new(), Vec::new());
    for field in fields {
        let mut measures = Vec::new();
        let mut is_money = false;
        for function in functions(field) {
            let measure = format!("{}:{function}", field.name);
            if let Some(asked) = alone(&[], std::slice::from_ref(&measure))? {
                is_money |= asked.plan.groups.watches_currencies;
                measures.push(measure);
            }
        }
        match is_money {
            true => money.push(measures),
            false => others.push(measures),
        }
    }
    let mut figures = Vec::new();
    // each amount may be in the currency of a field of its own
    for some in others.chunks(FIELDS_AT_ONCE).chain(money.chunks(1)) {
        let measures = [std::slice::from_ref(&count), &some.concat()].concat();
        match answered(Asked::new(scope, of, &[], &measures))? {
            Some(asked) => figures.push(asked),
            None => return Ok(None),
        }
    }
    let mut frequent = BTreeMap::new();
    for field in fields.iter().filter(|field| has_frequent_values(field)) {
        let (key, count) = (
            std::slice::from_ref(&field.name),
            std::slice::from_ref(&count),
        );
        if alone(key, count)?.is_some() {
            frequent.insert(field.name.as_str(), Asked::new(scope, of, key, count)?);
        }
    }
    Ok(Some(Questions {
        fields: fields.to_vec(),
        figures,
        frequent,
        is_cut: sql::has_more(&of.table, LATEST),
    }))
}

impl<'a> Questions<'a> {
    pub(super) fn statements(&self) -> Vec<Statement> {
        let asked = self.figures.iter().chain(self.frequent.values());
        let statements = asked.map(|asked| &asked.statement);
        statements.chain([&self.is_cut]).cloned().collect()
    }

    /// What was looked at, and what each field holds.
    pub(super) fn run(
        &self,
        call: &Call<'_>,
        scope: &Scope<'_>,
    ) -> Result<(Sample, BTreeMap<&'a str, Held>)> {
        let mut all = Object::new();
        for asked in &self.figures {
            all.extend(asked.run(call, scope)?.into_iter().flatten());
        }
        let records = all.get("__count").and_then(Json::as_u64).unwrap_or(0);
        let mut held = BTreeMap::new();
        for field in &self.fields {
            let figure = |function: &str| {
                let figure = all.get(&format!("{}:{function}", field.name));
                figure.filter(|figure| **figure != json!(false)).cloned()
            };
            let count = figure("count").and_then(|count| count.as_f64());
            let mut found = Held {
                filled: count.map(|count| share(count, records)),
                lowest: figure("min"),
                highest: figure("max"),
                frequent: Vec::new(),
            };
            if let Some(asked) = self.frequent.get(field.name.as_str()) {
                for mut group in asked.run(call, scope)? {
                    let count = group.remove("__count").unwrap_or_default();
                    // what only one record has says little, and may be long
                    if count != json!(1) || field.field_type == FieldType::Boolean {
                        let value = group.remove(&field.name).unwrap_or_default();
                        found.frequent.push((value, count));
                    }
                }
            }
            held.insert(field.name.as_str(), found);
        }
        let mut is_cut = false;
        call.database.rows(&self.is_cut, &mut |_| {
            is_cut = true;
            Ok(())
        })?;
        if is_cut {
            scope.warn(
                "sample_only",
                format!("values are those of {records} records, of the {LATEST} with the highest ids: older ones may hold others; odoo_read_group looks at all"),
            );
        }
        let sample = Sample {
            records,
            of_latest: is_cut.then_some(LATEST),
        };
        Ok((sample, held))
    }
}

/// Two places.
fn share(count: f64, records: u64) -> f64 {
    match records {
        0 => 0.0,
        records => (100.0 * count / records as f64).round() / 100.0,
    }
}

fn functions(field: &Field) -> &'static [&'static str] {
    match field.field_type {
        // one without a value is false
        FieldType::Boolean | FieldType::One2many | FieldType::Many2many => &[],
        _ if field.name == "id" => &["min", "max"],
        FieldType::Date
        | FieldType::Datetime
        | FieldType::Integer
        | FieldType::Float
        | FieldType::Monetary => &["count", "min", "max"],
        _ => &["count"],
    }
}

fn has_frequent_values(field: &Field) -> bool {
    matches!(
        field.field_type,
        FieldType::Boolean
            | FieldType::Char
            | FieldType::Selection
            | FieldType::Many2one
            | FieldType::Many2many
    )
}

/// A question for groups of the sample.
struct Asked {
    plan: ReadGroupPlan,
    statement: Statement,
}

/// Nothing where SQL does not answer.
fn answered<T>(asked: Result<T>) -> Result<Option<T>> {
    match asked {
        Ok(asked) => Ok(Some(asked)),
        Err(error) if matches!(error.code, Code::NotSupported | Code::AccessDenied) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Asked {
    fn new(scope: &Scope<'_>, of: &Subject, keys: &[String], measures: &[String]) -> Result<Asked> {
        scope.begin_statement();
        let request = ReadGroupRequest {
            groupby: keys,
            aggregates: measures,
            domain: &Domain::Const(true),
            having: None,
            order: (!keys.is_empty()).then_some("__count desc"),
            limit: FREQUENT,
            offset: 0,
        };
        let mut plan = plan::read_group(scope, of, &request)?;
        plan.groups.among_latest(scope, LATEST)?;
        let statement = sql::groups(&plan.groups, scope.relations());
        Ok(Asked { plan, statement })
    }

    fn run(&self, call: &Call<'_>, scope: &Scope<'_>) -> Result<Vec<Object>> {
        let mut found = FormattedGroups::default();
        let mut each = |row: Row| found.push(&self.plan, row, scope);
        call.database.rows(&self.statement, &mut each)?;
        let groups = found.groups.iter();
        let groups = groups.map(|group| serde_json::from_str(group.get()));
        let groups = groups.collect::<Result<_, _>>();
        let mut groups: Vec<Object> =
            groups.map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        if found.has_mixed_sums {
            for group in &mut groups {
                self.leave_out_money(group, scope);
            }
        }
        Ok(groups)
    }

    /// An amount of one currency is no bound of those of another.
    fn leave_out_money(&self, group: &mut Object, scope: &Scope<'_>) {
        for measure in &self.plan.groups.measures {
            if let Some(currency) = &measure.currency_field {
                group.remove(&measure.key);
                let name = measure.key.split(':').next().unwrap_or_default();
                scope.warn(
                    "several_currencies",
                    format!("{name} is in several currencies, so its range is left out: odoo_read_group by {currency}, with {name}:min and {name}:max, has one for each"),
                );
            }
        }
    }
}
