//! Every model that a user may read, every field of it: what both say of the first records, how many there are, and
//! groups by one key of each type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::question::{Kind, Question};
use super::random::Random;
use super::verdict::Verdict;
use crate::mcp::McpClient;
use crate::odoo::OdooClient;

/// Records of a search.
const ROWS: u64 = 40;
/// Fields of a search.
const FIELDS: usize = 25;
/// Types of which one field each is a key.
const KEYS: [&str; 5] = ["many2one", "selection", "boolean", "date", "datetime"];

/// A user who asks both.
pub struct Asker<'a> {
    /// As whom, for the report.
    pub login: &'a str,
    /// The front.
    pub mcp: &'a mut McpClient,
    /// Odoo.
    pub odoo: &'a OdooClient,
    /// Sent to both.
    pub context: &'a Value,
}

/// What one engine answered.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// Models.
    pub models: BTreeSet<String>,
    /// Fields, by model and name.
    pub fields: BTreeSet<String>,
    /// Questions.
    pub questions: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The same answers, by engine.
    pub same: BTreeMap<String, Answered>,
    /// Refused by both: the pair of classes.
    pub refused: BTreeMap<String, usize>,
    /// Odoo fails, and so do we.
    pub fails: BTreeMap<String, usize>,
    /// Fields that hold secrets, which no answer shows.
    pub kept_back: BTreeSet<String>,
    /// Larger than an answer may be.
    pub too_large: BTreeSet<String>,
    /// Fields that Odoo itself answers differently from one moment to the next.
    pub unstable: BTreeSet<String>,
    /// Everything else.
    pub differences: Vec<String>,
}

/// The names of the models that the user may read.
///
/// # Panics
/// If they are more than one list holds.
pub fn models(mcp: &mut McpClient) -> Vec<String> {
    let answer = mcp
        .call_tool("odoo_list_models", &json!({"limit": 1000}))
        .result();
    assert_eq!(answer["has_more"], false, "a longer limit is needed");
    let list = answer["models"].as_array().into_iter().flatten();
    list.filter_map(|model| model["model"].as_str().map(str::to_owned))
        .collect()
}

struct Field {
    name: String,
    kind: String,
    is_groupable: bool,
}

impl Asker<'_> {
    /// Asks everything about a model.
    pub fn sweep(&mut self, model: &str, random: &mut Random, found: &mut Found) {
        self.ask(model, Kind::Count, json!({}), &[], found);
        let fields = match self.fields(model) {
            Ok(fields) => fields,
            Err(error) => {
                let login = self.login;
                let odoo = self.odoo.call(model, "fields_get", &json!({}));
                match odoo {
                    Err(_) => *found.refused.entry("describe".into()).or_default() += 1,
                    Ok(_) => found
                        .differences
                        .push(format!("{login} describe {model}: {error}")),
                }
                return;
            }
        };
        let names: Vec<&Field> = fields.iter().collect();
        for some in names.chunks(FIELDS) {
            self.search(model, some, found);
        }
        for kind in KEYS {
            let keys: Vec<&Field> = fields
                .iter()
                .filter(|field| field.kind == kind && field.is_groupable)
                .collect();
            if keys.is_empty() {
                continue;
            }
            let field = random.pick(&keys);
            let key = if kind.starts_with("date") {
                format!("{}:month", field.name)
            } else {
                field.name.clone()
            };
            let more = json!({"groupby": [key], "aggregates": ["__count"], "limit": 2000});
            self.ask(model, Kind::Group, more, &[], found);
        }
    }

    /// The first records with these fields; with half of them each, where not all are answered, down to one.
    fn search(&mut self, model: &str, fields: &[&Field], found: &mut Found) {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let unordered: Vec<&str> = fields
            .iter()
            .filter(|field| field.kind.ends_with("2many"))
            .map(|field| field.name.as_str())
            .collect();
        let more = json!({"fields": names, "order": "id", "limit": ROWS, "_unordered": unordered});
        if fields.len() == 1 {
            self.ask(model, Kind::Search, more, &names, found);
            return;
        }
        let mut of_all = Found::default();
        self.ask(model, Kind::Search, more, &names, &mut of_all);
        if of_all.same.is_empty() {
            let (first, second) = fields.split_at(fields.len() / 2);
            self.search(model, first, found);
            self.search(model, second, found);
        } else {
            found.absorb(of_all);
        }
    }

    fn ask(&mut self, model: &str, kind: Kind, more: Value, fields: &[&str], found: &mut Found) {
        let question = Question {
            kind,
            model: model.to_owned(),
            domain: json!([]),
            context: self.context.clone(),
            more,
            is_ordered: kind != Kind::Group,
        };
        let place = || match fields {
            [field] => format!("{model}.{field}"),
            _ => format!("{model} ({})", kind.tool()),
        };
        match question.ask(self.mcp, self.odoo) {
            Verdict::Same { engine, .. } => found.add_same(&engine, model, fields),
            Verdict::SameRefusal(pair) => *found.refused.entry(pair).or_default() += 1,
            Verdict::OdooFails(class) => {
                let (tool, arguments) = question.call();
                if self.mcp.call_tool(tool, &arguments).is_error {
                    *found.fails.entry(class).or_default() += 1;
                } else {
                    let login = self.login;
                    found.differences.push(format!(
                        "{login} {}: Odoo fails with {class}, and we answer",
                        place()
                    ));
                }
            }
            Verdict::NotSupported(reason) if reason.starts_with("over_budget") => {
                found.too_large.insert(place());
            }
            // of several fields it is not known yet which one is meant
            Verdict::NotSupported(reason)
                if reason.starts_with("not_permitted") && matches!(fields, [_]) =>
            {
                found.kept_back.insert(place());
            }
            Verdict::NotSupported(reason) => {
                found
                    .differences
                    .push(format!("{} {}: {reason}", self.login, place()))
            }
            Verdict::Different(report) => match question.ask(self.mcp, self.odoo) {
                // once more: what changes by itself may meet by chance, and says no more than that
                Verdict::Same { engine, .. } => found.add_same(&engine, model, fields),
                _ if question.is_unstable(self.odoo) => {
                    found.unstable.insert(place());
                }
                _ => found
                    .differences
                    .push(format!("{} {}: {report}", self.login, place())),
            },
        }
    }

    /// Every field that the user may read, those too that only Odoo answers.
    fn fields(&mut self, model: &str) -> Result<Vec<Field>, String> {
        let describe = json!({"model": model, "context": self.context});
        let answer = self.mcp.call_tool("odoo_describe_model", &describe);
        if answer.is_error {
            return Err(answer.content.to_string());
        }
        let content = answer.content;
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let mut fields: Vec<Field> = Vec::new();
        for row in content["fields"].as_array().into_iter().flatten() {
            fields.push(Field {
                name: text(row, "name"),
                kind: text(row, "type"),
                is_groupable: row["groupable"] == true,
            });
        }
        for names in content["unsupported"].as_object().into_iter().flatten() {
            for name in names.1.as_array().into_iter().flatten() {
                fields.push(Field {
                    name: name.as_str().unwrap_or_default().to_owned(),
                    // whatever it is: an order of ids is no matter here
                    kind: "one2many".into(),
                    is_groupable: false,
                });
            }
        }
        Ok(fields)
    }
}

impl Found {
    fn add_same(&mut self, engine: &str, model: &str, fields: &[&str]) {
        let answered = self.same.entry(engine.to_owned()).or_default();
        answered.models.insert(model.to_owned());
        answered.questions += 1;
        let fields = fields.iter().map(|field| format!("{model}.{field}"));
        answered.fields.extend(fields);
    }

    /// Adds what others found.
    pub fn absorb(&mut self, other: Self) {
        for (engine, answered) in other.same {
            let ours = self.same.entry(engine).or_default();
            ours.models.extend(answered.models);
            ours.fields.extend(answered.fields);
            ours.questions += answered.questions;
        }
        for (ours, theirs) in [
            (&mut self.refused, other.refused),
            (&mut self.fails, other.fails),
        ] {
            for (key, count) in theirs {
                *ours.entry(key).or_default() += count;
            }
        }
        self.kept_back.extend(other.kept_back);
        self.too_large.extend(other.too_large);
        self.unstable.extend(other.unstable);
        self.differences.extend(other.differences);
    }
}
