//! The fields of every model, with what they take over from the fields that they follow.

use super::inheritance::{Inheritance, Model, Node};
use super::merge::Merged;
use crate::addons::Series;
use crate::python::{Literal, Place};
use std::collections::{BTreeMap, HashMap};

/// The fields of a model, by name.
pub(super) type Fields = BTreeMap<String, Field>;

/// A field of a model.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// What its definitions say.
    pub merged: Merged,
    /// It comes from an `_inherits` parent.
    pub is_inherited: bool,
}

/// The columns that Odoo keeps of every record.
const LOG: [(&str, &str); 4] = [
    ("create_uid", "Many2one"),
    ("create_date", "Datetime"),
    ("write_uid", "Many2one"),
    ("write_date", "Datetime"),
];

/// The fields of all models, in the places of the models. Where `delegate=True` makes an `_inherits`
/// parent, it is added to the models.
pub(super) fn fields(registry: &mut Inheritance<'_>, series: &Series) -> Vec<Fields> {
    let own: Vec<Fields> = registry
        .models
        .iter()
        .map(|model| own_fields(registry, model, series))
        .collect();
    if series.major < 19 {
        registry.delegate(&delegating(&own));
    }
    let mut done: HashMap<usize, Fields> = HashMap::new();
    for at in 0..own.len() {
        with_inherited(registry, &own, at, &mut done, 0);
    }
    (0..own.len())
        .map(|at| done.remove(&at).unwrap_or_default())
        .collect()
}

/// Those that the model's classes and the framework define.
fn own_fields(registry: &Inheritance<'_>, model: &Model, series: &Series) -> Fields {
    let mut merged: BTreeMap<String, Merged> = framework(series);
    for node in model.order.iter().rev() {
        let Node::Definition(at) = node else {
            continue;
        };
        let definition = &registry.definitions[*at];
        // a name stands for what the class assigned to it last
        let of_class: BTreeMap<&str, Merged> = definition
            .class
            .fields
            .iter()
            .map(|field| (field.name.as_str(), Merged::new(field)))
            .collect();
        let is_new = !definition.inherit.contains(&definition.name);
        if is_new && keeps_log(registry, *at) {
            for (name, class) in LOG {
                let is_said = of_class.contains_key(name) || definition.attribute(name).is_some();
                if !is_said {
                    let comodel = ("comodel_name", Literal::Str("res.users".into()));
                    let given = [comodel];
                    let given = if class == "Many2one" { &given[..] } else { &[] };
                    add(&mut merged, name, Merged::own(class, given));
                }
            }
        }
        for (name, field) in of_class {
            add(&mut merged, name, field);
        }
    }
    merged
        .into_iter()
        .map(|(name, merged)| {
            // a class may say so of a field that it defines again
            let is_inherited = merged.has("inherited") && merged.has("related");
            (
                name,
                Field {
                    merged,
                    is_inherited,
                },
            )
        })
        .collect()
}

fn add(merged: &mut BTreeMap<String, Merged>, name: &str, later: Merged) {
    let known = merged.remove(name);
    let now = match known {
        Some(known) => known.with(&later),
        None => later,
    };
    merged.insert(name.to_owned(), now);
}

/// What the base of all models has.
fn framework(series: &Series) -> BTreeMap<String, Merged> {
    let text = |text: &str| Literal::Str(text.to_owned());
    let display_name = [
        ("compute", text("_compute_display_name")),
        ("search", text("_search_display_name")),
    ];
    let searched = if series.major < 17 { 1 } else { 2 };
    let mut fields = BTreeMap::from([
        ("id".to_owned(), Merged::own("Id", &[])),
        (
            "display_name".to_owned(),
            Merged::own("Char", &display_name[..searched]),
        ),
    ]);
    if series.major < 17 {
        let compute = [("compute", text("_compute_concurrency_field"))];
        fields.insert(
            "__last_update".to_owned(),
            Merged::own("Datetime", &compute),
        );
    }
    fields
}

/// Whether the class of a new model has Odoo keep who made and changed a record.
fn keeps_log(registry: &Inheritance<'_>, at: usize) -> bool {
    use super::definition::Base;
    use crate::python::Framework;
    let definition = &registry.definitions[at];
    let own = |name: &str| definition.attribute(name).map(super::merge::is_true);
    let is_abstract = own("_abstract").unwrap_or_else(|| {
        let mut at = at;
        // the first base leads to the framework's class
        loop {
            match registry.definitions[at].bases.first() {
                Some(Base::Definition(base)) if *base != at => at = *base,
                Some(Base::Framework(class)) => break *class == Framework::Abstract,
                _ => break false,
            }
        }
    });
    !is_abstract && own("_log_access").or(own("_auto")).unwrap_or(true)
}

/// The links of models that say `delegate=True`.
fn delegating(own: &[Fields]) -> BTreeMap<usize, Vec<(String, String)>> {
    let mut links: BTreeMap<usize, Vec<(String, String)>> = BTreeMap::new();
    for (at, fields) in own.iter().enumerate() {
        for (name, field) in fields {
            if field.merged.kind() == "many2one"
                && field.merged.has("delegate")
                && let Some(comodel) = field.merged.text("comodel_name")
            {
                let link = (comodel.to_owned(), name.clone());
                links.entry(at).or_default().push(link);
            }
        }
    }
    links
}

/// A model's own fields and those of its `_inherits` parents, of the last of them first.
fn with_inherited(
    registry: &Inheritance<'_>,
    own: &[Fields],
    at: usize,
    done: &mut HashMap<usize, Fields>,
    depth: usize,
) {
    if done.contains_key(&at) || depth > 50 {
        return;
    }
    let model = &registry.models[at];
    let mut fields = own[at].clone();
    if !registry.is_abstract(model) {
        let mut inherited: BTreeMap<String, Field> = BTreeMap::new();
        for (parent, link) in &model.inherits {
            let Some(parent) = registry.by_name.get(parent) else {
                continue;
            };
            with_inherited(registry, own, *parent, done, depth + 1);
            for (name, field) in done.get(parent).into_iter().flatten() {
                inherited.insert(name.clone(), follow(link, name, field));
            }
        }
        for (name, field) in inherited {
            fields.entry(name).or_insert(field);
        }
    }
    done.insert(at, fields);
}

/// A field of a parent, seen through the link.
fn follow(link: &str, name: &str, field: &Field) -> Field {
    let related = Literal::Str(format!("{link}.{name}"));
    let given = [("related", related), ("related_sudo", Literal::Bool(false))];
    let mut merged = Merged::own(&field.merged.class, &given);
    merged.place.clone_from(&field.merged.place);
    merged.unread.clone_from(&field.merged.unread);
    Field {
        merged,
        is_inherited: true,
    }
}

/// A place as people read it.
pub(super) fn line(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}
