//! A field's definitions in several classes, merged as Odoo merges them: what a later one says wins,
//! the rest stays.

use crate::python::{FieldDefinition, Literal, Place};
use std::collections::BTreeMap;

/// A field as the model has it, before what it takes over from others.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    /// The class of the field: `Many2one`.
    pub class: String,
    /// What it was given, by Odoo's own names; only what matters to a read.
    pub given: BTreeMap<&'static str, Literal>,
    /// Where it was last defined; nothing for the framework's own.
    pub place: Option<Place>,
    /// Why it can't be known.
    pub unread: Option<String>,
}

/// What matters to a read.
const KEPT: [&str; 23] = [
    "aggregator",
    "auto_join",
    "bypass_search_access",
    "company_dependent",
    "comodel_name",
    "compute",
    "compute_sudo",
    "context",
    "currency_field",
    "delegate",
    "digits",
    "domain",
    "group_operator",
    "groups",
    "inherited",
    "min_display_digits",
    "model_field",
    "related",
    "related_sudo",
    "search",
    "selection",
    "sparse",
    "store",
];

/// The class with the Odoo name of its type and the names of the arguments that it takes by place.
fn signature(class: &str) -> Option<(&'static str, &'static [&'static str])> {
    Some(match class {
        "Boolean" => ("boolean", &["string"]),
        "Integer" => ("integer", &["string"]),
        "Float" => ("float", &["string", "digits", "min_display_digits"]),
        "Monetary" => ("monetary", &["string", "currency_field"]),
        "Char" => ("char", &["string"]),
        "Text" => ("text", &["string"]),
        "Html" => ("html", &["string"]),
        "Date" => ("date", &["string"]),
        "Datetime" => ("datetime", &["string"]),
        "Binary" | "Image" => ("binary", &["string"]),
        "Selection" => ("selection", &["selection", "string"]),
        "Reference" => ("reference", &["selection", "string"]),
        "Many2one" => ("many2one", &["comodel_name", "string"]),
        "Many2oneReference" => ("many2one_reference", &["string"]),
        "Json" => ("json", &["string"]),
        "Properties" => ("properties", &["string"]),
        "PropertiesDefinition" => ("properties_definition", &["string"]),
        "One2many" => ("one2many", &["comodel_name", "inverse_name", "string"]),
        "Many2many" => (
            "many2many",
            &["comodel_name", "relation", "column1", "column2", "string"],
        ),
        "Id" => ("integer", &["string"]),
        // of the module base_sparse_field
        "Serialized" => ("serialized", &["string"]),
        _ => return None,
    })
}

/// Whether a field of the one class is also one of the other.
fn is_instance(class: &str, of: &str) -> bool {
    class == of
        || matches!(
            (class, of),
            ("Image", "Binary") | ("Many2oneReference", "Integer") | ("Reference", "Selection")
        )
}

impl Merged {
    /// One of the framework's own.
    pub(super) fn own(class: &str, given: &[(&'static str, Literal)]) -> Self {
        Self {
            class: class.to_owned(),
            given: given.iter().cloned().collect(),
            place: None,
            unread: None,
        }
    }

    /// A definition alone.
    pub(super) fn new(field: &FieldDefinition) -> Self {
        let mut merged = Self::own(&field.class, &[]);
        merged.place = Some(field.place.clone());
        let Some((_, places)) = signature(&field.class) else {
            merged.unread = Some(if field.class.is_empty() {
                "it may be a field, made when the code runs".to_owned()
            } else {
                format!("fields.{} is no class of Odoo's own", field.class)
            });
            return merged;
        };
        if field.is_open {
            merged.unread = Some("its arguments are made when the code runs".to_owned());
        }
        let by_place = places.iter().copied().zip(&field.positional);
        let by_name = field
            .keywords
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        for (name, value) in by_place.chain(by_name) {
            if let Some(kept) = KEPT.iter().find(|kept| **kept == name) {
                merged.given.insert(kept, short(name, value));
            }
        }
        if field.class == "Float" && merged.given.contains_key("min_display_digits") {
            // in Odoo, digits for the screen alone make a number without a fixed scale
            merged.given.entry("digits").or_insert(Literal::Bool(false));
        }
        merged
    }

    /// A later definition over this one.
    pub(super) fn with(self, later: &Self) -> Self {
        let mut merged = later.clone();
        if is_instance(&later.class, &self.class) {
            for (name, value) in self.given {
                merged.given.entry(name).or_insert(value);
            }
            merged.unread = merged.unread.or(self.unread);
        }
        merged.place = merged.place.or(self.place);
        merged
    }

    /// Odoo's name of the type.
    pub(super) fn kind(&self) -> &'static str {
        signature(&self.class).map_or("", |(kind, _)| kind)
    }

    /// What it was given, if that is more than nothing.
    pub(super) fn get(&self, name: &str) -> Option<&Literal> {
        self.given.get(name)
    }

    /// A text that it was given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Literal::Str(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether it was given something true; what can't be read may be.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_true)
    }

    /// The path that it follows, in names.
    pub(super) fn related(&self) -> Option<Vec<String>> {
        match self.get("related")? {
            Literal::Str(path) if !path.is_empty() => {
                Some(path.split('.').map(str::to_owned).collect())
            }
            Literal::List(steps) if !steps.is_empty() => steps
                .iter()
                .map(|step| match step {
                    Literal::Str(step) => Some(step.clone()),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}

/// Long selections are known to be there, no more.
fn short(name: &str, value: &Literal) -> Literal {
    match (name, value) {
        ("selection", Literal::List(_)) => Literal::List(Vec::new()),
        _ => value.clone(),
    }
}

/// As Python takes it, and true where that can't be known.
pub(super) fn is_true(value: &Literal) -> bool {
    match value {
        Literal::None => false,
        Literal::Bool(it) => *it,
        Literal::Int(it) => *it != 0,
        Literal::Float(it) => *it != 0.0,
        Literal::Str(it) => !it.is_empty(),
        Literal::List(it) | Literal::Set(it) => !it.is_empty(),
        Literal::Dict(it) => !it.is_empty(),
        Literal::Callable(_) | Literal::ModelName | Literal::Unread => true,
    }
}

#[cfg(test)]
mod tests {
    use super::Merged;
    use crate::python::{FieldDefinition, Literal, Place};

    fn field(class: &str, positional: &[&str], keywords: &[(&str, Literal)]) -> Merged {
        let text = |text: &&str| Literal::Str((*text).to_owned());
        Merged::new(&FieldDefinition {
            name: "x".into(),
            class: class.into(),
            positional: positional.iter().map(text).collect(),
            keywords: keywords
                .iter()
                .map(|(k, v)| ((*k).to_owned(), v.clone()))
                .collect(),
            is_open: false,
            place: Place {
                file: "m/x.py".into(),
                line: 1,
            },
        })
    }

    #[test]
    fn a_later_definition_wins_where_it_says_something() {
        let groups = |name: &str| ("groups", Literal::Str(name.into()));
        let first = field(
            "Char",
            &["Name"],
            &[groups("a.b"), ("store", Literal::Bool(false))],
        );
        let merged = first.clone().with(&field("Char", &[], &[groups("c.d")]));
        assert_eq!(merged.text("groups"), Some("c.d"));
        assert_eq!(merged.get("store"), Some(&Literal::Bool(false)));
        let merged = first.with(&field("Char", &[], &[("groups", Literal::Bool(false))]));
        assert_eq!(merged.text("groups"), None);
        assert!(merged.get("groups").is_some());
    }

    #[test]
    fn another_type_forgets_what_was_said_before() {
        let first = field("Char", &[], &[("groups", Literal::Str("a.b".into()))]);
        let merged = first.with(&field("Many2one", &["res.partner"], &[]));
        assert_eq!((merged.kind(), merged.text("groups")), ("many2one", None));
        assert_eq!(merged.text("comodel_name"), Some("res.partner"));
        // a reference is a selection, and a selection is no reference
        let selection = field("Selection", &[], &[("groups", Literal::Str("a.b".into()))]);
        let merged = selection.clone().with(&field("Reference", &[], &[]));
        assert_eq!(merged.text("groups"), Some("a.b"));
        assert_eq!(
            merged.with(&field("Selection", &[], &[])).text("groups"),
            None
        );
    }

    #[test]
    fn digits_of_the_screen_alone_make_a_plain_number() {
        let both = [("min_display_digits", Literal::Int(2))];
        assert_eq!(
            field("Float", &[], &both).get("digits"),
            Some(&Literal::Bool(false))
        );
        assert_eq!(
            field("Float", &["Price", "Product Price"], &both).text("digits"),
            Some("Product Price")
        );
    }

    #[test]
    fn a_class_of_somebody_elses_is_unread() {
        assert!(field("Signature", &[], &[]).unread.is_some());
    }
}
