//! Views as a user gets them: `get_views`, taken apart by PostgreSQL's own reader of XML.

use std::collections::BTreeMap;

use postgres::Client;
use serde_json::{Value, json};

use super::super::models::MODELS;
use super::expression::{Names, evaluate};
use crate::odoo::{OdooClient, OdooError};

/// What of each view is asked, with the attributes that say how.
const ELEMENTS: &str = "
select parent, tag, name, domain, context, filter_domain, operator, date, type, \"interval\", optional, column_invisible,
       invisible, sum, avg, default_order
  from xmltable(
    '/search//filter | /search//separator | /search/field | /search/group/field | /search/searchpanel/field | /list/field | /pivot/field | /graph/field'
    passing xmlparse(document $1::text)
    columns parent text path 'name(..)', tag text path 'name(.)', name text path '@name', domain text path '@domain',
      context text path '@context', filter_domain text path '@filter_domain', operator text path '@operator',
      date text path '@date', type text path '@type', \"interval\" text path '@interval', optional text path '@optional',
      column_invisible text path '@column_invisible', invisible text path '@invisible', sum text path '@sum',
      avg text path '@avg', default_order text path '/list/@default_order')";

/// A filter, a column, a key, a measure: its attributes, those that it has.
pub(super) type Element = BTreeMap<String, String>;

/// A filter of a search view. Of those with the same number, between two separators, one is enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Filter<'a> {
    pub(super) name: &'a str,
    /// Python's text.
    pub(super) domain: &'a str,
    pub(super) group: usize,
}

/// What a pivot or a graph shows.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<String>,
    pub(super) columns: Vec<String>,
    pub(super) measures: Vec<String>,
    /// The field that holds the currency of measures of money.
    pub(super) currency: String,
}

/// A window action on one of the models that people use.
#[derive(Clone, Debug)]
pub struct Action {
    pub(super) model: String,
    /// Python's text.
    pub(super) domain: String,
    /// The filters that are chosen when it opens.
    pub(super) chosen: Vec<String>,
    /// `[id or false, "list"]`
    views: Vec<Value>,
}

/// The elements of an action's views, by the view's type; and what Odoo says of the fields of the model.
pub(super) struct Views {
    elements: BTreeMap<String, Vec<Element>>,
    fields: Value,
}

const TYPES: [&str; 4] = ["search", "list", "pivot", "graph"];

impl Action {
    /// All of them, by model; a model that none opens has its ordinary views.
    ///
    /// # Panics
    /// If Odoo does not tell.
    #[must_use]
    pub fn all(odoo: &OdooClient) -> BTreeMap<String, Vec<Self>> {
        let question = json!({
            "domain": [["res_model", "in", MODELS.as_slice()]], "order": "id",
            "fields": ["res_model", "domain", "context", "views", "search_view_id"],
        });
        let actions = odoo
            .call("ir.actions.act_window", "search_read", &question)
            .expect("the window actions");
        let mut all: BTreeMap<String, Vec<Self>> = BTreeMap::new();
        for action in actions.as_array().into_iter().flatten() {
            let model = action["res_model"].as_str().expect("a model");
            let mut views = vec![json!([
                action["search_view_id"].get(0).unwrap_or(&json!(false)),
                "search"
            ])];
            let shown = action["views"].as_array().into_iter().flatten();
            views.extend(
                shown
                    .filter(|view| TYPES.iter().any(|kind| view[1] == *kind))
                    .cloned(),
            );
            all.entry(model.to_owned()).or_default().push(Self {
                model: model.to_owned(),
                domain: action["domain"].as_str().unwrap_or("[]").trim().to_owned(),
                chosen: chosen(action["context"].as_str().unwrap_or_default()),
                views,
            });
        }
        for model in MODELS {
            all.entry(model.to_owned()).or_insert_with(|| {
                vec![Self {
                    model: model.to_owned(),
                    domain: "[]".into(),
                    chosen: Vec::new(),
                    views: vec![json!([false, "search"]), json!([false, "list"])],
                }]
            });
        }
        all
    }
}

/// The names in `'search_default_name': 1`; of a record, of which it is opened, the context says more.
fn chosen(context: &str) -> Vec<String> {
    let parts = context.split("search_default_").skip(1);
    let named = parts.filter_map(|part| part.split_once(['\'', '"']));
    named
        .filter(|(_, rest)| {
            let value = rest.trim_start_matches([' ', ':']);
            value.starts_with('1') || value.starts_with("True")
        })
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Whether the attribute says yes, whatever the context.
fn is(element: &Element, key: &str) -> bool {
    element
        .get(key)
        .is_some_and(|text| text == "1" || text == "True")
}

impl Views {
    /// As the user gets them.
    pub(super) fn of(
        action: &Action,
        odoo: &OdooClient,
        reader: &mut Client,
    ) -> Result<Self, OdooError> {
        let answer = odoo.call(&action.model, "get_views", &json!({"views": action.views}))?;
        let mut elements = BTreeMap::new();
        for (kind, view) in answer["views"].as_object().into_iter().flatten() {
            let rows = reader
                .query(ELEMENTS, &[&view["arch"].as_str()])
                .expect("a view is XML");
            let of_view = rows.iter().map(|row| {
                let columns = row.columns().iter();
                columns
                    .filter_map(|column| {
                        Some((
                            column.name().to_owned(),
                            row.get::<_, Option<String>>(column.name())?,
                        ))
                    })
                    .collect()
            });
            elements.insert(kind.clone(), of_view.collect());
        }
        Ok(Self {
            elements,
            fields: answer["models"][&action.model]["fields"].clone(),
        })
    }

    /// The elements of one of its views.
    pub(super) fn elements(&self, kind: &str) -> impl Iterator<Item = &Element> {
        self.elements.get(kind).into_iter().flatten()
    }

    /// What Odoo says of a field.
    pub(super) fn field(&self, name: &str) -> &Value {
        &self.fields[name]
    }

    /// The columns that are shown until somebody chooses others.
    pub(super) fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for element in self.elements("list") {
            let is_optional = element
                .get("optional")
                .is_some_and(|text| text.starts_with("hid"));
            if let Some(name) = element
                .get("name")
                .filter(|_| !is(element, "column_invisible") && !is_optional)
                && !columns.contains(&name.as_str())
            {
                columns.push(name);
            }
        }
        columns
    }

    /// A measure as it is added up, or what is counted.
    pub(super) fn measure(&self, name: &str) -> Option<String> {
        match (name, self.field(name)["aggregator"].as_str()) {
            ("__count", _) => Some(name.to_owned()),
            (name, Some(function)) => Some(format!("{name}:{function}")),
            _ => None,
        }
    }

    /// A key; of a date, its months unless something else is said.
    pub(super) fn key(&self, spec: &str, interval: Option<&String>) -> String {
        let is_date = self.field(spec)["type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("date"));
        match is_date {
            true => format!("{spec}:{}", interval.map_or("month", String::as_str)),
            false => spec.to_owned(),
        }
    }

    /// The order of its list.
    pub(super) fn order(&self) -> Option<&str> {
        let column = self.elements("list").next()?;
        column.get("default_order").map(String::as_str)
    }

    /// Its filters; hidden ones are chosen where a user's activities are shown.
    pub(super) fn filters(&self, is_hidden: bool) -> Vec<Filter<'_>> {
        let mut filters = Vec::new();
        let mut group = 0;
        for element in self.elements("search") {
            let text = |key: &str| element.get(key).map_or("", String::as_str);
            match text("tag") {
                "separator" => group += 1,
                "filter"
                    if is(element, "invisible") == is_hidden && !element.contains_key("date") =>
                {
                    let domain = element.get("domain").filter(|domain| *domain != "[]");
                    filters.extend(domain.map(|domain| Filter {
                        name: text("name"),
                        domain,
                        group,
                    }));
                }
                _ => {}
            }
        }
        filters
    }

    /// What its search view looks for, of what it shows.
    pub(super) fn searched(&self) -> impl Iterator<Item = &Element> {
        self.elements("search")
            .filter(|element| !is(element, "invisible"))
    }

    /// What filters group by, as their contexts say it.
    pub(super) fn contexts(&self) -> impl Iterator<Item = &String> {
        let contexts = self
            .elements("search")
            .filter_map(|filter| filter.get("context"));
        contexts.filter(|context| context.contains("group_by"))
    }

    /// The key of such a context.
    pub(super) fn key_of(&self, context: &str) -> Result<String, String> {
        let context = evaluate(context, &Names::new())?;
        let key = context["group_by"].as_str().ok_or("several keys")?;
        Ok(self.key(key, None))
    }

    /// What its pivot or graph shows.
    pub(super) fn table(&self, kind: &str) -> Option<Table> {
        let mut table = Table::default();
        for element in self
            .elements(kind)
            .filter(|element| !is(element, "invisible"))
        {
            let name = element.get("name")?;
            let is_figure = matches!(
                self.field(name)["type"].as_str(),
                Some("float" | "monetary")
            );
            match (element.get("type").map(String::as_str), kind) {
                (Some("measure"), _) => {
                    let currency = self.field(name)["currency_field"]
                        .as_str()
                        .unwrap_or_default();
                    // figures in two currencies are two questions
                    if table.currency.is_empty()
                        || currency.is_empty()
                        || table.currency == currency
                    {
                        table.currency.push_str(if table.currency.is_empty() {
                            currency
                        } else {
                            ""
                        });
                        table.measures.extend(self.measure(name));
                    }
                }
                (Some("col"), _) => table.columns.push(self.key(name, element.get("interval"))),
                // a graph has a figure on its other axis
                (None, "graph") if is_figure => {}
                (Some("row"), _) | (None, "graph") => {
                    table.rows.push(self.key(name, element.get("interval")))
                }
                _ => {}
            }
        }
        if table.measures.is_empty() {
            table.measures.push("__count".into());
        }
        if table.rows.is_empty() {
            table.rows.append(&mut table.columns);
        }
        self.elements(kind).next().map(|_| table)
    }
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn the_filters_that_an_action_chooses_are_read_beside_what_is_unknown() {
        let context = "{'search_default_a_b': 1, \"search_default_c\":True, 'search_default_d': [active_id], 'search_default_e': 0, 'x': uid}";
        assert_eq!(chosen(context), ["a_b", "c"]);
    }
}
