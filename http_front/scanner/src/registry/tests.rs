//! Models of hand-made modules.

mod overrides;
mod replaced;

use super::{Models, models};
use crate::addons::Series;
use crate::python::{
    Attribute, Class, FieldDefinition, Literal, Method, ModuleSource, Patch, Place, Unread,
};
use crate::review::Reviews;
use odoo_compiler::facts::document::{DisplayNameKind, Effect, FieldFacts, ModelFacts};
use odoo_compiler::facts::{Digits, NameFinder, Searched};

fn text(text: &str) -> Literal {
    Literal::Str(text.to_owned())
}

fn list(texts: &[&str]) -> Literal {
    Literal::List(texts.iter().map(|it| text(it)).collect())
}

fn place(line: u32) -> Place {
    let file = "m/models/x.py".to_owned();
    Place { file, line }
}

/// A class `models.Model` with these attributes.
fn class(name: &str, attributes: &[(&str, Literal)]) -> Class {
    let attribute = |(name, value): &(&str, Literal)| Attribute {
        name: (*name).to_owned(),
        value: value.clone(),
        place: place(2),
    };
    Class {
        name: name.to_owned(),
        path: format!("odoo.addons.m.models.x.{name}"),
        place: place(1),
        bases: vec!["models.Model".to_owned()],
        base_paths: vec![Some("odoo.models.Model".to_owned())],
        is_conditional: false,
        attributes: attributes.iter().map(attribute).collect(),
        fields: Vec::new(),
        methods: Vec::new(),
        unread: Vec::new(),
    }
}

/// That of the base of all models, which a module `base` has.
fn base() -> Class {
    as_abstract(class("Base", &[("_name", text("base"))]))
}

fn as_abstract(mut class: Class) -> Class {
    class.bases = vec!["models.AbstractModel".to_owned()];
    class.base_paths = vec![Some("odoo.models.AbstractModel".to_owned())];
    class
}

fn with_field(mut class: Class, name: &str, of: &str, keywords: &[(&str, Literal)]) -> Class {
    class.fields.push(FieldDefinition {
        name: name.to_owned(),
        class: of.to_owned(),
        positional: Vec::new(),
        keywords: keywords
            .iter()
            .map(|(k, v)| ((*k).to_owned(), v.clone()))
            .collect(),
        is_open: false,
        place: place(10),
    });
    class
}

fn with_method(mut class: Class, name: &str) -> Class {
    class.methods.push(Method {
        name: name.to_owned(),
        place: place(20),
        last_line: 30,
        digest: "00".to_owned(),
        calls_super: true,
        decorators: Vec::new(),
    });
    class
}

fn module(classes: Vec<Class>) -> ModuleSource {
    ModuleSource {
        classes,
        ..ModuleSource::default()
    }
}

fn make(modules: &[(&str, ModuleSource)]) -> Models {
    let reviews = Reviews::built_in().expect("the test's own is well formed");
    reviewed(modules, &reviews)
}

fn reviewed(modules: &[(&str, ModuleSource)], reviews: &Reviews) -> Models {
    let modules: Vec<(&str, &ModuleSource)> = modules.iter().map(|(n, m)| (*n, m)).collect();
    models(
        &modules,
        &Series::new("19.0").expect("the test's own is well formed"),
        reviews,
    )
}

fn field(model: &ModelFacts, name: &str) -> FieldFacts {
    model
        .fields
        .get(name)
        .unwrap_or_else(|| panic!("{name}"))
        .clone()
}

fn modules_of(model: &ModelFacts) -> Vec<&str> {
    model.modules.iter().collect()
}

#[test]
fn a_model_has_the_modules_that_extend_it_or_what_it_inherits_from() {
    let made = make(&[
        (
            "base",
            module(vec![base(), class("P", &[("_name", text("p"))])]),
        ),
        (
            "mail",
            module(vec![as_abstract(class("T", &[("_name", text("thread"))]))]),
        ),
        (
            "sale",
            module(vec![class(
                "S",
                &[("_name", text("s")), ("_inherit", list(&["thread"]))],
            )]),
        ),
        (
            "web",
            module(vec![as_abstract(class("B", &[("_inherit", text("base"))]))]),
        ),
        (
            "acme",
            module(vec![class("S2", &[("_inherit", text("s"))])]),
        ),
        (
            "trap",
            module(vec![as_abstract(class(
                "T2",
                &[("_inherit", text("thread"))],
            ))]),
        ),
    ]);
    assert_eq!(
        modules_of(&made.models["s"]),
        ["acme", "base", "mail", "sale", "trap", "web"]
    );
    assert_eq!(modules_of(&made.models["p"]), ["base", "web"]);
    assert!(!made.models.contains_key("thread"), "it has no records");
}

#[test]
fn an_override_of_a_mixin_or_of_base_is_one_of_every_model_under_it() {
    let thread = as_abstract(class("T", &[("_name", text("thread"))]));
    let made = make(&[
        (
            "base",
            module(vec![base(), class("P", &[("_name", text("p"))])]),
        ),
        ("mail", module(vec![with_method(thread, "_search")])),
        (
            "sale",
            module(vec![class(
                "S",
                &[("_name", text("s")), ("_inherit", list(&["thread"]))],
            )]),
        ),
        (
            "acme",
            module(vec![with_method(
                as_abstract(class("B", &[("_inherit", text("base"))])),
                "read",
            )]),
        ),
    ]);
    let of = |model: &str| -> Vec<(Effect, String, u32)> {
        let overrides = made.models[model].overrides.iter();
        overrides
            .map(|o| (o.effect, o.module.clone(), o.line))
            .collect()
    };
    assert_eq!(of("p"), [(Effect::Values, "acme".to_owned(), 20)]);
    assert_eq!(
        of("s"),
        [
            (Effect::Rows, "mail".to_owned(), 20),
            (Effect::Values, "acme".to_owned(), 20)
        ]
    );
}

#[test]
fn a_fields_keywords_come_from_all_its_definitions_the_last_ones_first() {
    let first = with_field(
        class("P", &[("_name", text("p"))]),
        "secret",
        "Char",
        &[
            ("groups", text("base.group_user")),
            ("search", text("_search_secret")),
        ],
    );
    let later = with_field(
        class("P2", &[("_inherit", text("p"))]),
        "secret",
        "Char",
        &[("groups", text("base.group_system"))],
    );
    let made = make(&[
        ("base", module(vec![base(), first])),
        ("acme", module(vec![later])),
    ]);
    let secret = field(&made.models["p"], "secret");
    assert_eq!(secret.groups.as_deref(), Some("base.group_system"));
    assert!(secret.search);
    assert_eq!(made.sources["p"]["secret"], "m/models/x.py:10");
    assert!(made.models["p"].fields.contains("write_date"));
}

#[test]
fn a_parents_fields_are_inherited_with_their_groups_and_the_link_bypasses_rights() {
    let partner = with_field(
        class("P", &[("_name", text("p"))]),
        "vat",
        "Char",
        &[("groups", text("a.b"))],
    );
    let inherits = Literal::Dict(vec![(text("p"), text("partner_id"))]);
    let user = with_field(
        class("U", &[("_name", text("u")), ("_inherits", inherits)]),
        "partner_id",
        "Many2one",
        &[("comodel_name", text("p"))],
    );
    // Odoo takes a link of another kind, whose paths ask for rights
    let inherits = Literal::Dict(vec![(text("p"), text("name"))]);
    let odd = class("V", &[("_name", text("v")), ("_inherits", inherits)]);
    let odd = with_field(odd, "name", "Char", &[]);
    let made = make(&[("base", module(vec![base(), partner, user, odd]))]);
    assert!(!field(&made.models["v"], "name").bypass);
    let user = &made.models["u"];
    assert_eq!(user.inherits["p"], "partner_id");
    assert!(field(user, "partner_id").bypass);
    let vat = field(user, "vat");
    assert!(vat.inherited && vat.search && !vat.related_as_user);
    assert_eq!(vat.groups.as_deref(), Some("a.b"));
}

#[test]
fn a_related_field_takes_over_what_it_does_not_say() {
    let partner = with_field(
        class("P", &[("_name", text("p"))]),
        "vat",
        "Char",
        &[("groups", text("a.b"))],
    );
    let order = with_field(
        class("O", &[("_name", text("o"))]),
        "p_id",
        "Many2one",
        &[("comodel_name", text("p"))],
    );
    let order = with_field(order, "vat", "Char", &[("related", text("p_id.vat"))]);
    let as_user = [
        ("related", text("p_id.vat")),
        ("related_sudo", Literal::Bool(false)),
        ("groups", Literal::None),
    ];
    let order = with_field(order, "own_vat", "Char", &as_user);
    let order = with_field(order, "lost", "Char", &[("related", text("p_id.gone"))]);
    let made = make(&[("base", module(vec![base(), partner, order]))]);
    let order = &made.models["o"];
    assert_eq!(field(order, "vat").groups.as_deref(), Some("a.b"));
    let own = field(order, "own_vat");
    assert!(own.related_as_user && own.groups.is_none());
    assert!(field(order, "lost").unread.is_some());
}

#[test]
fn a_number_that_only_the_screen_rounds_is_kept_whole_in_a_numeric() {
    let screen = ("min_display_digits", text("Product Price"));
    let model = class("P", &[("_name", text("p"))]);
    let model = with_field(model, "plain", "Float", &[]);
    let model = with_field(model, "cost", "Float", std::slice::from_ref(&screen));
    let rounded = [screen, ("digits", text("Product Price"))];
    let model = with_field(model, "price", "Float", &rounded);
    let related = [("related", text("p_id.cost"))];
    let other = with_field(
        class("O", &[("_name", text("o"))]),
        "p_id",
        "Many2one",
        &[("comodel_name", text("p"))],
    );
    let other = with_field(other, "cost", "Float", &related);
    let made = make(&[("base", module(vec![base(), model, other]))]);
    let digits = |model: &str, name: &str| field(&made.models[model], name).digits.clone();
    assert_eq!(digits("p", "plain"), None);
    assert_eq!(digits("p", "cost"), Some(Digits::Unrounded(false)));
    assert_eq!(digits("o", "cost"), Some(Digits::Unrounded(false)));
    let named = Digits::Named("Product Price".to_owned());
    assert_eq!(digits("p", "price"), Some(named));
}

#[test]
fn a_related_field_is_searched_along_its_path_whatever_method_it_names() {
    let partner = with_field(class("P", &[("_name", text("p"))]), "vat", "Char", &[]);
    let computed = [("compute", text("_compute_it"))];
    let partner = with_field(partner, "made", "Char", &computed);
    let order = with_field(
        class("O", &[("_name", text("o"))]),
        "p_id",
        "Many2one",
        &[("comodel_name", text("p"))],
    );
    let own = ("search", text("_search_it"));
    let stored = ("store", Literal::Bool(true));
    for (name, said) in [
        ("vat", vec![("related", text("p_id.vat")), own.clone()]),
        ("kept", vec![("related", text("p_id.vat")), stored]),
        ("made", vec![("related", text("p_id.made")), own]),
    ] {
        // a path that can't be searched leaves the field its own method, and a column is asked itself
        let order = with_field(order.clone(), name, "Char", &said);
        let made = make(&[("base", module(vec![base(), partner.clone(), order]))]);
        let facts = field(&made.models["o"], name);
        let is_by_path = facts.searched == Some(Searched::Related);
        assert_eq!(is_by_path, name == "vat", "{name}");
    }
}

#[test]
fn names_are_the_classes_or_the_frameworks_choice() {
    let named = with_field(class("A", &[("_name", text("a"))]), "name", "Char", &[]);
    let said = with_field(
        class("B", &[("_name", text("b")), ("_rec_name", text("code"))]),
        "code",
        "Char",
        &[],
    );
    let searched = ("_rec_names_search", list(&["name", "code"]));
    let own = with_field(
        class("C", &[("_name", text("c")), searched]),
        "name",
        "Char",
        &[],
    );
    let unread = class("D", &[("_name", text("d")), ("_rec_name", Literal::Unread)]);
    let made = make(&[(
        "base",
        module(vec![
            base(),
            named,
            said,
            with_method(own, "_compute_display_name"),
            unread,
        ]),
    )]);
    let of = |model: &str| {
        let model = &made.models[model];
        (
            model.display_name.kind,
            model.display_name.rec_name.clone(),
            model.name_search.clone(),
        )
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(
        of("a"),
        (
            DisplayNameKind::RecName,
            some("name"),
            Some(vec!["name".into()])
        )
    );
    assert_eq!(
        of("b"),
        (
            DisplayNameKind::RecName,
            some("code"),
            Some(vec!["code".into()])
        )
    );
    let both = Some(vec!["name".to_owned(), "code".to_owned()]);
    assert_eq!(of("c"), (DisplayNameKind::Python, some("name"), both));
    assert_eq!(of("d"), (DisplayNameKind::Python, None, None));
    assert_eq!(made.sources["c"]["display_name"], "m/models/x.py:20");
}

#[test]
fn links_say_what_they_add_to_their_records() {
    let of_no_json = Literal::List(vec![Literal::List(vec![
        text("x"),
        text("in"),
        Literal::Dict(Vec::new()),
    ])]);
    let domain = Literal::List(vec![Literal::List(vec![
        text("active"),
        text("="),
        Literal::Bool(true),
    ])]);
    let context = |key: &str| Literal::Dict(vec![(text(key), Literal::Bool(false))]);
    let model = class("P", &[("_name", text("p"))]);
    let model = with_field(
        model,
        "a",
        "One2many",
        &[("domain", domain), ("context", context("active_test"))],
    );
    let model = with_field(
        model,
        "b",
        "Many2many",
        &[
            ("domain", Literal::Callable(None)),
            ("context", context("lang")),
        ],
    );
    let model = with_field(
        model,
        "c",
        "One2many",
        &[
            ("domain", text("[('x', '=', y)]")),
            ("context", context("default_x")),
        ],
    );
    let model = with_field(model, "d", "One2many", &[("domain", of_no_json)]);
    let made = make(&[("base", module(vec![base(), model]))]);
    let p = &made.models["p"];
    assert!(field(p, "d").open_domain);
    let a = field(p, "a");
    assert_eq!(a.domain, Some(serde_json::json!([["active", "=", true]])));
    assert_eq!((a.active_test, a.open_context), (Some(false), false));
    let b = field(p, "b");
    assert!(b.open_domain && b.open_context);
    assert!(p.fields.plain.contains("c"), "both are for the web client");
}

#[test]
fn a_domain_by_the_model_s_name_is_of_the_model_that_has_the_field() {
    let pair = |of: Literal| Literal::List(vec![text("model"), text("="), of]);
    let list = Literal::List(vec![pair(Literal::ModelName)]);
    let given = Literal::Callable(Some(Box::new(list)));
    let mixin = class("Thread", &[("_name", text("thread"))]);
    let mixin = with_field(mixin, "lines", "One2many", &[("domain", given)]);
    let inherit = Literal::List(vec![text("thread")]);
    let p = class("P", &[("_name", text("p")), ("_inherit", inherit)]);
    let follow = [
        ("related", text("p_id.lines")),
        ("store", Literal::Bool(true)),
    ];
    let q = class("Q", &[("_name", text("q"))]);
    let q = with_field(q, "p_id", "Many2one", &[("comodel_name", text("p"))]);
    let q = with_field(q, "lines", "One2many", &follow);
    let made = make(&[("base", module(vec![base(), mixin, p, q]))]);
    let of_p = Some(serde_json::json!([["model", "=", "p"]]));
    assert_eq!(field(&made.models["p"], "lines").domain, of_p);
    // it is called with the model of the field that is followed
    assert_eq!(field(&made.models["q"], "lines").domain, of_p);
}

#[test]
fn an_id_beside_a_model_s_name_says_which_field_has_that() {
    let p = class("P", &[("_name", text("p"))]);
    let p = with_field(p, "model", "Char", &[]);
    let reference = |name: &str| [("model_field", text(name))];
    let p = with_field(p, "a", "Many2oneReference", &reference("model"));
    let p = with_field(p, "b", "Many2oneReference", &reference("gone"));
    let p = with_field(p, "c", "Integer", &reference("model"));
    let made = make(&[("base", module(vec![base(), p]))]);
    let named = |name: &str| {
        let facts = made.models["p"].fields.get(name).expect("a field");
        facts.model_field.as_deref()
    };
    assert_eq!(
        [named("a"), named("b"), named("c")],
        [Some("model"), None, None]
    );
}

#[test]
fn groups_that_are_no_text_leave_the_field_unread() {
    let model = class("P", &[("_name", text("p"))]);
    let model = with_field(
        model,
        "a",
        "Char",
        &[("groups", list(&["base.group_user"]))],
    );
    let model = with_field(model, "b", "Char", &[("groups", Literal::Unread)]);
    let model = with_field(model, "c", "Char", &[("groups", Literal::Bool(false))]);
    let made = make(&[("base", module(vec![base(), model]))]);
    let p = &made.models["p"];
    assert!(field(p, "a").unread.is_some() && field(p, "b").unread.is_some());
    assert!(field(p, "c").unread.is_none());
}

#[test]
fn an_odd_addon_does_not_keep_the_facts_of_others_from_being_loaded() {
    use odoo_compiler::facts::document::{Document, FORMAT, Origin};
    let odd = class("P", &[("_inherit", text("p"))]);
    let odd = with_field(odd, "w\u{e4}hrung_id", "Many2one", &[]);
    let money = [("currency_field", text("w\u{e4}hrung_id"))];
    let odd = with_field(odd, "amount", "Monetary", &money);
    let groups = [("groups", text("a\0b"))];
    let mut odd = with_field(odd, "nul", "Char", &groups);
    odd.fields[0].place.file = format!("acme/{}.py", "x".repeat(2_000));
    odd.unread.push(Unread {
        what: "a\nb".to_owned(),
        place: odd.fields[0].place.clone(),
    });
    let named = class(
        "Q",
        &[("_name", text("q")), ("_rec_name", text("stra\u{df}e"))],
    );
    let named = with_field(named, "stra\u{df}e", "Char", &[]);
    let made = make(&[
        (
            "base",
            module(vec![base(), class("P", &[("_name", text("p"))])]),
        ),
        ("acme", module(vec![odd, named])),
    ]);
    let document = Document {
        read_at: None,
        format: FORMAT,
        origin: Origin::ScanAddons,
        program: "x".to_owned(),
        modules: std::collections::BTreeMap::new(),
        models: made.models,
        sources: made.sources,
    };
    let json = serde_json::to_value(&document).expect("the test's own is well formed");
    assert!(!json.to_string().contains("\\u0000"));
    let read = odoo_compiler::facts::reading::read(&json).expect("a document that is read");
    let models: Vec<&str> = read.models.keys().map(String::as_str).collect();
    assert_eq!(models, ["p"]);
    assert_eq!(field(&read.models["p"], "amount").currency, None);
    assert!(field(&read.models["p"], "nul").unread.is_some());
}
