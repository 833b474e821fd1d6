//! Records: the list of a menu, what a filter leaves of it, what a text finds.

use serde_json::{Value, json};

use super::super::question::Kind;
use super::super::shape::{Field, Model, is_total};
use super::arch::{Element, Filter};
use super::asked::{Maker, OF_PROPERTIES, Setting, terms, together, zone};
use super::searched;

/// Records of a page, as the web client shows them.
pub(super) const PAGE: usize = 80;
/// Columns of a question about a filter.
const COLUMNS: usize = 4;
/// Names that are offered while somebody types; where their order is open, all of them.
const OFFERED: usize = 8;
const ALL: usize = 1000;

impl Maker<'_> {
    /// What a menu shows first.
    pub(super) fn list(&mut self) -> Result<(), String> {
        let setting = self.setting();
        let mut domain = self.opened(&setting)?;
        let views = self.views;
        let all = [views.filters(false), views.filters(true)].concat();
        let chosen =
            |filter: &Filter<'_>| self.action.chosen.iter().any(|name| name == filter.name);
        domain.extend(together(
            &all.into_iter().filter(chosen).collect::<Vec<_>>(),
            &setting.names,
        )?);
        self.page("list", domain, &views.columns(), setting);
        Ok(())
    }

    /// How many, or a page of them with some columns.
    pub(super) fn records(
        &mut self,
        of: &'static str,
        filters: &[Filter<'_>],
    ) -> Result<(), String> {
        let setting = self.setting();
        let domain = self.domain(&setting, filters)?;
        self.counted_or_shown(of, domain, setting);
        Ok(())
    }

    fn counted_or_shown(&mut self, of: &'static str, domain: Vec<Value>, setting: Setting) {
        if self.random.once_in(3) {
            return self.push(of, Kind::Count, domain, json!({}), setting, true);
        }
        let mut columns = self.views.columns();
        while columns.len() > COLUMNS {
            columns.remove(self.random.below(columns.len()));
        }
        self.page(of, domain, &columns, setting);
    }

    fn page(&mut self, of: &'static str, domain: Vec<Value>, columns: &[&str], setting: Setting) {
        let fields = match columns {
            [] => &["display_name"],
            columns => columns,
        };
        let is_unordered = |name: &&&str| {
            let field = searched::field(self.model, name);
            field.is_some_and(|field| field.is_to_many() && !field.has_ordered_comodel)
        };
        let unordered: Vec<_> = fields.iter().filter(is_unordered).collect();
        let mut more = json!({"fields": fields, "limit": PAGE, "_unordered": unordered});
        match self.views.order() {
            Some(order) if is_total(order) => more["order"] = json!(order),
            Some(order) => more["order"] = json!(format!("{order}, id")),
            None if self.model.has_total_order() => {}
            None => more["order"] = json!(format!("{}, id", self.model.order)),
        }
        self.push(of, Kind::Search, domain, more, setting, true);
    }

    /// A text that somebody types, or a record that they choose.
    pub(super) fn field(&mut self, element: &Element) -> Result<(), String> {
        let name = element.get("name").map_or("", String::as_str);
        let field = searched::field(self.model, name).ok_or("no such field of the database's")?;
        let mut setting = self.setting();
        let text = searched::text(self.random, self.shape, self.model, field);
        let chosen = self.chosen(field)?;
        let mut domain = match self.random.once_in(2) {
            true => self.opened(&setting).unwrap_or_default(),
            false => Vec::new(),
        };
        let raw = chosen.clone().unwrap_or_else(|| json!(text));
        if let (Some(comodel), None, true) =
            (self.shape.comodel(field), &chosen, self.random.once_in(3))
        {
            self.offered(comodel, &text, element, setting)?;
            return Ok(());
        }
        if let Some(said) = element.get("filter_domain").filter(|said| *said != "[]") {
            setting.names.insert("self", json!(text));
            setting.names.insert("raw_value", raw);
            domain.extend(terms(said, &setting.names)?);
        } else {
            let operator = element.get("operator").map(String::as_str);
            let usual = if chosen.is_some() { "=" } else { "ilike" };
            domain.push(json!([name, operator.unwrap_or(usual), raw]));
        }
        self.counted_or_shown("field", domain, setting);
        Ok(())
    }

    /// The names that are offered while somebody types.
    fn offered(
        &mut self,
        comodel: &Model,
        text: &str,
        element: &Element,
        setting: Setting,
    ) -> Result<(), String> {
        let said = element.get("domain").map_or("[]", String::as_str);
        let domain = terms(said, &setting.names)?;
        let is_ordered = comodel.has_total_order();
        let limit = if is_ordered { OFFERED } else { ALL };
        let more = json!({"name": text, "limit": limit});
        self.push("field", Kind::NameSearch, domain, more, setting, is_ordered);
        if let Some((_, question)) = self.found.questions.last_mut() {
            question.model.clone_from(&comodel.name);
        }
        Ok(())
    }

    /// What somebody chooses rather than types: a record (or types all the same), a value.
    fn chosen(&mut self, field: &Field) -> Result<Option<Value>, String> {
        let own = field.values.first().cloned();
        let none = "no value occurs";
        Ok(match field.kind.as_str() {
            "char" | "text" | "html" => None,
            "boolean" => Some(json!(true)),
            "selection" => {
                let first = self.views.field(&field.name)["selection"][0][0].clone();
                Some(own.unwrap_or(first))
            }
            "properties" => return Err(OF_PROPERTIES.into()),
            _ if field.relation.is_none() => Some(own.ok_or(none)?),
            _ if self.random.once_in(2) => None,
            _ => searched::record(self.random, self.shape, field),
        })
    }

    /// What stands in a search panel, or a choice of it.
    pub(super) fn panel(&mut self, element: &Element) -> Result<(), String> {
        let name = element.get("name").ok_or("no name")?;
        let setting = self.setting();
        let mut domain = self.opened(&setting)?;
        if self.random.once_in(2) {
            self.grouped(
                "search panel",
                domain,
                &["__count".to_owned()],
                &[name],
                setting,
            );
            return Ok(());
        }
        let field = searched::field(self.model, name).ok_or("no such field of the database's")?;
        let record = searched::record(self.random, self.shape, field).ok_or("no value occurs")?;
        let operator = if field.has_hierarchy { "child_of" } else { "=" };
        domain.push(json!([name, operator, record]));
        self.counted_or_shown("search panel", domain, setting);
        Ok(())
    }

    /// A month or a year.
    pub(super) fn period(&mut self, element: &Element) -> Result<(), String> {
        let setting = self.setting();
        let name = element.get("date").ok_or("no date")?;
        let field = searched::field(self.model, name).ok_or("no such field of the database's")?;
        let zone = zone(&setting.context);
        let period = searched::period(self.random, name, field, self.shape.last_day(), zone);
        let own = element.get("domain").map_or("[]", String::as_str);
        let mut domain = terms(own, &setting.names)?;
        domain.extend(period.ok_or("no such day")?);
        self.counted_or_shown("period", domain, setting);
        Ok(())
    }
}
