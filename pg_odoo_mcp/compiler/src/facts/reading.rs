//! A document as it comes from outside: nothing of it is kept unless all of it is understood.

use super::Names;
use super::document::{Document, FORMAT, ModelFacts};
use crate::catalog::shortened;
use crate::error::{Code, Error, Result};
use serde::Deserialize;
use serde_json::Value as Json;

/// PostgreSQL's longest name.
const TABLE_LENGTH: usize = 63;

/// Longer than any name that Odoo's fields and models have.
const NAME_LENGTH: usize = 200;

/// The same from its text: JSON that PostgreSQL has taken, and which may be deeper than any facts, or have numbers that are
/// larger.
pub fn read_text(json: &str) -> Result<Document> {
    let json: Json = serde_json::from_str(json).map_err(|fault| refused("", &fault.to_string()))?;
    read(&json)
}

/// A document of [`FORMAT`] without unknown keys, whose names are ones that Odoo could have.
pub fn read(json: &Json) -> Result<Document> {
    let format = json.get("format");
    if format.and_then(Json::as_u64) != Some(u64::from(FORMAT)) {
        let said = format.map_or_else(|| "none".into(), |format| shortened(&format.to_string()));
        return Err(Error::new(
            Code::InvalidArguments,
            format!("facts of the form {FORMAT} are kept here, not of {said}"),
        )
        .hint("take odoo-mcp and the extension from one release, then: odoo-mcp scan-addons"));
    }
    let document = Document::deserialize(json)
        .map_err(|fault| refused(&place_of(json).unwrap_or_default(), &fault.to_string()))?;
    check(&document)?;
    Ok(document)
}

fn refused(place: &str, why: &str) -> Error {
    Error::new(
        Code::InvalidArguments,
        "the facts are not ones that this release reads",
    )
    .detail(format!("{place}{}", shortened_fault(why)))
    .hint("have them made by odoo-mcp scan-addons of the same release")
}

/// What serde says of an unknown key ends in a list of all that are known.
fn shortened_fault(why: &str) -> String {
    let (said, _) = why.split_once(", expected one of").unwrap_or((why, ""));
    shortened(said)
}

/// The model that can't be read, for serde doesn't say which.
fn place_of(json: &Json) -> Option<String> {
    let Some(models) = json.get("models")?.as_object() else {
        return Some("models: ".into());
    };
    let (name, _) = models
        .iter()
        .find(|(_, model)| ModelFacts::deserialize(*model).is_err())?;
    Some(format!("{}: ", shortened(name)))
}

fn check(document: &Document) -> Result<()> {
    let program = &document.program;
    if program.is_empty() || program.chars().count() > NAME_LENGTH || !is_line(program) {
        return Err(refused("program: ", "a name of one line is expected"));
    }
    for (name, module) in &document.modules {
        is_name(name, "")
            .then_some(())
            .ok_or_else(|| refused("modules: ", &format!("no module is called {name:?}")))?;
        if !is_line(&module.version) || !is_line(&module.digest) {
            return Err(refused(
                &format!("{name}: "),
                "version and digest are lines",
            ));
        }
    }
    for (name, model) in &document.models {
        if !is_name(name, ".") {
            return Err(refused("models: ", &format!("no model is called {name:?}")));
        }
        check_model(name, model)?;
    }
    for (model, fields) in &document.sources {
        if !document.models.contains_key(model) {
            return Err(refused(
                "sources: ",
                &format!("there are no facts of {model:?}"),
            ));
        }
        for (field, place) in fields {
            if !is_name(field, "") || !is_line(place) {
                return Err(refused(
                    &format!("sources of {model}: "),
                    &format!("{field:?}"),
                ));
            }
        }
    }
    Ok(())
}

fn check_model(name: &str, model: &ModelFacts) -> Result<()> {
    let no =
        |what: &str, said: &str| Err(refused(&format!("{name}: "), &format!("{what} {said:?}")));
    if let Some(table) = &model.table
        && !(is_name(table, "$") && table.len() <= TABLE_LENGTH)
    {
        return no("no table is called", table);
    }
    if let Some(module) = model.modules.iter().find(|module| !is_name(module, "")) {
        return no("no module is called", module);
    }
    let parents = model.inherits.keys().find(|parent| !is_name(parent, "."));
    if let Some(parent) = parents {
        return no("no model is called", parent);
    }
    let fields = &model.fields;
    let named = [&model.active_name, &model.parent_name, &model.order_suffix];
    let field = named
        .into_iter()
        .flatten()
        .chain(&model.display_name.rec_name)
        .chain(model.inherits.values())
        .chain(fields.with_facts.keys())
        .chain(fields.with_facts.values().flat_map(|facts| &facts.currency))
        .chain(
            fields
                .with_facts
                .values()
                .flat_map(|facts| &facts.model_field),
        )
        .map(String::as_str)
        .chain(Names::iter(&fields.plain))
        .find(|field| !is_name(field, ""));
    if let Some(field) = field {
        return no("no field is called", field);
    }
    if let Some(form) = &model.display_name.form {
        if !form.is_bounded() {
            return no("no name has so many parts as", "display_name");
        }
        if let Some(field) = form
            .field_names()
            .into_iter()
            .find(|name| !is_name(name, ""))
        {
            return no("no field is called", field);
        }
    }
    let of_texts = model
        .text_search
        .iter()
        .flat_map(|by| by.texts.iter().chain(&by.exact));
    let paths = model.name_search.iter().flatten().chain(of_texts);
    if let Some(path) = paths.into_iter().find(|path| !is_name(path, ".")) {
        return no("no field is called", path);
    }
    for by in &model.overrides {
        if ![&by.method, &by.module, &by.file]
            .into_iter()
            .all(|text| is_line(text))
        {
            return no("an override has a text of several lines:", &by.method);
        }
    }
    Ok(())
}

/// Letters, digits and underscores, and these; as Odoo and Python have names.
fn is_name(text: &str, also: &str) -> bool {
    (1..=NAME_LENGTH).contains(&text.len())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || also.contains(letter))
}

/// Something to show to people.
fn is_line(text: &str) -> bool {
    text.len() <= 1000 && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::{read, read_text};
    use serde_json::{Value, json};

    fn document(model: &str, facts: Value) -> Value {
        json!({
            "format": 1, "origin": "scan_addons", "program": "odoo-mcp 0.1.0",
            "modules": {"sale": {"version": "19.0.1.2", "digest": "00"}},
            "models": {model: facts},
        })
    }

    fn said(document: &Value) -> String {
        let error = read(document).expect_err("it must be refused");
        format!("{} | {}", error.message, error.detail.unwrap_or_default())
    }

    #[test]
    fn a_document_is_read_whole() {
        let facts = json!({"modules": "base sale", "table": "sale_order", "fields": {"plain": "name state",
            "with_facts": {"margin": {"groups": "base.group_user"}}}, "name_search": ["name", "partner_id.name"]});
        let found = read(&document("sale.order", facts)).expect("facts");
        assert!(found.models["sale.order"].fields.contains("margin"));
    }

    #[test]
    fn another_form_is_said_before_anything_else() {
        let mut other = document("sale.order", json!({"unheard": 1}));
        other["format"] = json!(2);
        assert!(said(&other).contains("not of 2"), "{}", said(&other));
        assert!(said(&json!([])).contains("not of none"));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_model() {
        let said = said(&document("sale.order", json!({"unheard": 1})));
        assert!(
            said.contains("sale.order: unknown field `unheard`"),
            "{said}"
        );
        let mut other = document("sale.order", json!({}));
        other["more"] = json!(1);
        assert!(self::said(&other).contains("unknown field `more`"));
    }

    #[test]
    fn what_is_deeper_or_larger_than_can_be_read_is_refused_in_words() {
        let facts = document("sale.order", json!({})).to_string();
        assert!(read_text(&facts).is_ok());
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for (odd, word) in [(deep.as_str(), "recursion limit"), ("1e999", "number")] {
            let facts = facts.replacen('{', &format!("{{\"more\": {odd}, "), 1);
            let error = read_text(&facts).expect_err("it must be refused");
            assert_eq!(error.code.name(), "invalid_arguments");
            let detail = error.detail.unwrap_or_default();
            assert!(detail.contains(word), "{detail}");
            assert!(error.hint.is_some_and(|hint| hint.contains("scan-addons")));
        }
    }

    #[test]
    fn a_name_that_odoo_could_not_have() {
        for model in ["", "a b", "x\"; drop table y; --", "é", "x\u{0}"] {
            let said = said(&document(model, json!({})));
            assert!(said.contains("no model is called"), "{said}");
        }
        for facts in [
            json!({"table": "x; y"}),
            json!({"modules": "sale;"}),
            json!({"inherits": {"res.partner": "a b"}}),
            json!({"fields": {"plain": "a b-c"}}),
            json!({"fields": {"with_facts": {"a'": {}}}}),
            json!({"fields": {"with_facts": {"a": {"model_field": "b; c"}}}}),
            json!({"display_name": {"kind": "rec_name", "rec_name": "a,b"}}),
        ] {
            let said = said(&document("sale.order", facts));
            assert!(said.contains("is called"), "{said}");
        }
    }

    #[test]
    fn a_path_of_a_name_search_has_dots_and_nothing_else() {
        for path in ["", "a b", "name'", "partner_id.name; drop", "name\n"] {
            let said = said(&document(
                "sale.order",
                json!({"name_search": ["name", path]}),
            ));
            assert!(
                said.contains("sale.order: no field is called"),
                "{path:?}: {said}"
            );
        }
    }

    #[test]
    fn what_people_are_shown_is_of_one_line() {
        let long = "x".repeat(1001);
        for text in ["two\nlines", "a\u{1b}[31mred", long.as_str()] {
            for key in ["version", "digest"] {
                let mut other = document("sale.order", json!({}));
                other["modules"]["sale"][key] = json!(text);
                assert!(
                    said(&other).contains("sale: version and digest"),
                    "{key} {text:?}"
                );
            }
            for key in ["method", "module", "file"] {
                let mut by = json!({"effect": "rows", "method": "m", "module": "sale", "file": "sale/m.py", "line": 1});
                by[key] = json!(text);
                let said = said(&document("sale.order", json!({"overrides": [by]})));
                assert!(said.contains("several lines"), "{key}: {said}");
            }
            let mut other = document("sale.order", json!({}));
            other["program"] = json!(text);
            assert!(said(&other).contains("program"), "{text:?}");
        }
        let mut other = document("sale.order", json!({}));
        other["modules"]["a b"] = json!({"version": "1", "digest": "00"});
        assert!(said(&other).contains("no module is called"));
    }

    #[test]
    fn places_are_of_fields_of_models_that_are_there() {
        let placed = |model: &str, field: &str, place: &str| {
            let mut document = document("sale.order", json!({}));
            document["sources"] = json!({model: {field: place}});
            document
        };
        let place = "sale/models/sale_order.py:7";
        read(&placed("sale.order", "name", place)).expect("a place");
        let said = |model: &str, field: &str, place: &str| said(&placed(model, field, place));
        let of_another = said("sale.other", "name", place);
        assert!(
            of_another.contains("no facts of \"sale.other\""),
            "{of_another}"
        );
        for (field, place) in [("a b", place), ("", place), ("name", "two\nlines")] {
            let said = said("sale.order", field, place);
            assert!(
                said.contains("sources of sale.order"),
                "{field:?} {place:?}: {said}"
            );
        }
    }
}
