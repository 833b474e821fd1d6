//! What modules do to reads.

use super::*;
use crate::python::UnreadFunction;
use odoo_compiler::facts::Only;

/// That of one class, after these.
fn with_unread(made: &Models, model: &str) -> Option<String> {
    let found = made.models[model].overridden(Effect::Unread);
    found.map(|found| found.method.clone())
}

fn reviews(json: serde_json::Value) -> Reviews {
    Reviews::parse(&json.to_string()).expect("the test's own is well formed")
}

#[test]
fn what_is_unread_of_a_module_may_be_a_class_of_any_model() {
    let mut acme = module(vec![class("P2", &[("_inherit", text("p"))])]);
    acme.unread.push(Unread {
        what: "a file with an error".to_owned(),
        place: place(3),
    });
    let others = vec![
        base(),
        class("P", &[("_name", text("p"))]),
        class("Q", &[("_name", text("q"))]),
    ];
    let made = make(&[("base", module(others)), ("acme", acme)]);
    for model in ["p", "q"] {
        let found = made.models[model].overridden(Effect::Unread);
        let found = found.map(|found| (found.module.as_str(), found.method.as_str()));
        assert_eq!(found, Some(("acme", "a file with an error")));
    }
}

#[test]
fn a_class_whose_model_is_unread_may_be_of_any() {
    let unplaced = class("X", &[("_inherit", Literal::Unread)]);
    let acme = module(vec![class("P2", &[("_inherit", text("p"))]), unplaced]);
    let others = vec![
        base(),
        class("P", &[("_name", text("p"))]),
        class("Q", &[("_name", text("q"))]),
    ];
    let made = make(&[("base", module(others)), ("acme", acme)]);
    for model in ["p", "q"] {
        let found = made.models[model].overridden(Effect::Unread);
        let expected = "a class whose _inherit can't be read";
        assert_eq!(found.map(|found| found.method.as_str()), Some(expected));
    }
}

#[test]
fn patches_of_the_framework_reach_all_models_and_others_their_own() {
    let patch = |path: Option<&str>, attribute: &str| Patch {
        target: "X".to_owned(),
        path: path.map(str::to_owned),
        attribute: attribute.to_owned(),
        place: place(4),
    };
    let tainted = |patch: Patch| {
        let classes = vec![
            base(),
            with_field(class("P", &[("_name", text("p"))]), "name", "Char", &[]),
            class("Q", &[("_name", text("q"))]),
        ];
        let mut acme = module(Vec::new());
        acme.patches.push(patch);
        let made = make(&[("base", module(classes)), ("acme", acme)]);
        let is = |model: &str| made.models[model].overridden(Effect::Unread).is_some();
        (is("p"), is("q"))
    };
    assert_eq!(
        tainted(patch(Some("odoo.models.BaseModel"), "_search")),
        (true, true)
    );
    assert_eq!(
        tainted(patch(Some("odoo.addons.m.models.x.P"), "_search")),
        (true, false)
    );
    assert_eq!(
        tainted(patch(Some("odoo.addons.m.models.x.P"), "create")),
        (false, false)
    );
    assert_eq!(tainted(patch(None, "_search")), (true, true));
    assert_eq!(tainted(patch(None, "partner_id")), (false, false));
    assert_eq!(
        tainted(patch(Some("requests.Session"), "read")),
        (false, false)
    );
    for (path, attribute) in [
        ("odoo.addons.m.models.x", "safe_eval"),
        ("odoo.tools.safe_eval", "safe_eval"),
        ("builtins", "getattr"),
    ] {
        assert_eq!(tainted(patch(Some(path), attribute)), (true, true));
    }
    for (path, attribute) in [
        ("odoo.http.request.session", "uid"),
        ("odoo.addons.m.models.x.DEFAULT", "read"),
    ] {
        let found = tainted(patch(Some(path), attribute));
        assert_eq!(
            found,
            (path.ends_with("DEFAULT"), path.ends_with("DEFAULT"))
        );
    }
    let of_field = "odoo.addons.m.models.x.P.name";
    assert_eq!(tainted(patch(Some(of_field), "groups")), (true, false));
    let of_class = "odoo.addons.m.models.x.P";
    assert_eq!(tainted(patch(Some(of_class), "name")), (true, false));
    assert_eq!(tainted(patch(Some(of_class), "__bases__")), (true, false));
}

#[test]
fn a_patch_inside_a_method_is_as_harmless_as_the_method() {
    let harmless = reviews(serde_json::json!([
        {"module": "acme", "model": "p", "method": "setup", "digest": "00", "verdict": "harmless", "why": "it is"}
    ]));
    let tainted = |line: u32, file: &str, digest: &str| {
        let mut extension = with_method(class("X", &[("_inherit", text("p"))]), "setup");
        extension.methods[0].digest = digest.to_owned();
        let mut acme = module(vec![extension]);
        acme.patches.push(Patch {
            target: "BaseModel".to_owned(),
            path: Some("odoo.models.BaseModel".to_owned()),
            attribute: "_search".to_owned(),
            place: Place {
                file: file.to_owned(),
                line,
            },
        });
        let p = class("P", &[("_name", text("p"))]);
        let modules = [("base", module(vec![base(), p])), ("acme", acme)];
        with_unread(&reviewed(&modules, &harmless), "p").is_some()
    };
    let file = "m/models/x.py";
    for line in [20, 25, 30] {
        assert!(!tainted(line, file, "00"), "line {line} is the method's");
    }
    for line in [19, 31] {
        assert!(tainted(line, file, "00"), "line {line} is beside it");
    }
    assert!(tainted(25, "m/models/y.py", "00"), "another file");
    assert!(tainted(25, file, "11"), "another text");
}

#[test]
fn who_extends_the_rules_extends_the_reads_of_all() {
    let rule = class("R", &[("_name", text("ir.rule"))]);
    let acme = with_method(
        class("R2", &[("_inherit", text("ir.rule"))]),
        "_compute_domain",
    );
    let others = vec![
        base(),
        with_method(rule, "_compute_domain"),
        class("P", &[("_name", text("p"))]),
    ];
    let made = make(&[("base", module(others)), ("acme", module(vec![acme]))]);
    let found = made.models["p"]
        .overridden(Effect::Rows)
        .expect("the test's own is well formed");
    assert_eq!(
        (found.module.as_str(), found.method.as_str()),
        ("acme", "_compute_domain")
    );
    assert_eq!(made.models["p"].overrides.len(), 1);
}

#[test]
fn who_makes_groups_and_companies_anew_changes_the_reads_of_all() {
    let users = |acme: Class| {
        let base = vec![
            base(),
            class_of_users(),
            with_method(
                class("G", &[("_name", text("res.groups"))]),
                "_compute_all_implied_ids",
            ),
            class("P", &[("_name", text("p"))]),
        ];
        let made = make(&[("base", module(base)), ("acme", module(vec![acme]))]);
        let found = made.models["p"].overridden(Effect::Rows);
        found.map(|found| found.method.clone())
    };
    let extend = |model: &str| class("X", &[("_inherit", text(model))]);
    let method = |model: &str, name: &str| users(with_method(extend(model), name));
    for name in ["_compute_all_group_ids", "_compute_company_ids"] {
        assert_eq!(method("res.users", name).as_deref(), Some(name));
    }
    let name = "_compute_all_implied_ids";
    assert_eq!(method("res.groups", name).as_deref(), Some(name));
    assert_eq!(method("p", name), None);
    let compute = ("compute", text("_compute_own"));
    let field = |model: &str, name: &str, of: &str, keywords: &[(&str, Literal)]| {
        users(with_field(extend(model), name, of, keywords)).is_some()
    };
    for name in ["all_group_ids", "group_ids", "company_ids", "company_id"] {
        let given = std::slice::from_ref(&compute);
        assert!(field("res.users", name, "Many2many", given), "{name}");
        assert!(field("res.users", name, "", &[]), "{name}");
        let label = [("string", text("Own")), ("tracking", Literal::Bool(true))];
        assert!(!field("res.users", name, "Many2many", &label), "{name}");
        assert!(!field("p", name, "Many2many", given), "{name}");
    }
    for name in ["all_implied_ids", "implied_ids"] {
        let given = std::slice::from_ref(&compute);
        assert!(field("res.groups", name, "Many2many", given), "{name}");
    }
}

#[test]
fn a_mixin_of_users_makes_their_groups_too() {
    let of_mixin = |mixin: Class, patches: Vec<Patch>| {
        let users = class(
            "U2",
            &[
                ("_name", text("res.users")),
                ("_inherit", list(&["res.users", "acme.mixin"])),
            ],
        );
        let base = vec![
            base(),
            class_of_users(),
            class("P", &[("_name", text("p"))]),
        ];
        let mut acme = module(vec![as_abstract(mixin), users]);
        acme.patches = patches;
        make(&[("base", module(base)), ("acme", acme)])
    };
    let rows = |mixin: Class| {
        let made = of_mixin(mixin, Vec::new());
        made.models["p"].overridden(Effect::Rows).is_some()
    };
    let mixin = || class("M", &[("_name", text("acme.mixin"))]);
    assert!(!rows(with_method(mixin(), "_compute_own")));
    assert!(rows(with_method(mixin(), "_compute_all_group_ids")));
    let compute = [("compute", text("_compute_own"))];
    assert!(rows(with_field(
        mixin(),
        "company_ids",
        "Many2many",
        &compute
    )));
    let patch = |attribute: &str| Patch {
        target: "M".to_owned(),
        path: Some("odoo.addons.m.models.x.M".to_owned()),
        attribute: attribute.to_owned(),
        place: place(4),
    };
    let patched = |attribute: &str| {
        let made = of_mixin(mixin(), vec![patch(attribute)]);
        with_unread(&made, "p").is_some()
    };
    assert!(patched("has_group") && !patched("own"));
}

fn class_of_users() -> Class {
    let users = class("U", &[("_name", text("res.users"))]);
    let of = [("compute", text("_compute_all_group_ids"))];
    let users = with_field(users, "all_group_ids", "Many2many", &of);
    with_method(users, "_compute_all_group_ids")
}

#[test]
fn what_is_unread_of_a_function_is_somebodys_to_review() {
    let acme = ModuleSource {
        in_functions: vec![UnreadFunction {
            name: "load".to_owned(),
            digest: "00".to_owned(),
            unread: Unread {
                what: "an import by a call".to_owned(),
                place: place(3),
            },
        }],
        ..ModuleSource::default()
    };
    let modules = [
        (
            "base",
            module(vec![base(), class("P", &[("_name", text("p"))])]),
        ),
        ("acme", acme),
    ];
    let unread = |digest: &str| {
        let reviews = reviews(serde_json::json!([
            {"module": "acme", "model": "", "method": "load", "digest": digest, "verdict": "harmless", "why": "it is"}
        ]));
        with_unread(&reviewed(&modules, &reviews), "p")
    };
    assert_eq!(unread("00"), None);
    assert_eq!(unread("11").as_deref(), Some("an import by a call"));
}

#[test]
fn a_class_under_a_condition_may_not_be_there() {
    let mut other = class("P2", &[("_inherit", text("p"))]);
    let made = |other: Class| {
        let p = class("P", &[("_name", text("p"))]);
        make(&[
            ("base", module(vec![base(), p])),
            ("acme", module(vec![other])),
        ])
    };
    assert_eq!(with_unread(&made(other.clone()), "p"), None);
    other.is_conditional = true;
    let expected = "a class under a condition";
    assert_eq!(with_unread(&made(other), "p").as_deref(), Some(expected));
}

#[test]
fn names_that_methods_make_in_two_ways_are_pythons() {
    let name = |of: &str| {
        let class = class("X", &[("_inherit", text("p"))]);
        (of.to_owned(), with_method(class, "_compute_display_name"))
    };
    let kind = |second: &str| {
        let reviews = reviews(serde_json::json!([
            {"module": "one", "model": "p", "method": "_compute_display_name", "digest": "00",
             "verdict": {"display_name": "rec_name"}, "why": "it is"},
            {"module": "two", "model": "p", "method": "_compute_display_name", "digest": "00",
             "verdict": {"display_name": second}, "why": "it is"}
        ]));
        let p = with_field(class("P", &[("_name", text("p"))]), "name", "Char", &[]);
        let display_name = [("compute", text("_compute_display_name"))];
        let base = with_field(base(), "display_name", "Char", &display_name);
        let modules = [
            ("base", module(vec![base, p])),
            ("one", module(vec![name("one").1])),
            ("two", module(vec![name("two").1])),
        ];
        reviewed(&modules, &reviews).models["p"].display_name.kind
    };
    assert_eq!(kind("rec_name"), DisplayNameKind::RecName);
    assert_eq!(kind("partner"), DisplayNameKind::Python);
}

#[test]
fn a_verdict_holds_only_while_its_helpers_are_just_those() {
    let reviews = reviews(serde_json::json!([
        {"module": "acme", "model": "p", "method": "_search", "digest": "00", "verdict": "harmless", "why": "it is",
         "with": [{"module": "acme", "model": "p", "method": "_help", "digest": "00"}]}
    ]));
    let rows = |others: Vec<Class>, digest: &str| {
        let extension = with_method(class("X", &[("_inherit", text("p"))]), "_search");
        let mut extension = with_method(extension, "_help");
        extension.methods[1].digest = digest.to_owned();
        let p = class("P", &[("_name", text("p"))]);
        let modules = [
            ("base", module(vec![base(), p])),
            ("acme", module(vec![extension])),
            ("more", module(others)),
        ];
        let made = reviewed(&modules, &reviews);
        made.models["p"].overridden(Effect::Rows).is_some()
    };
    assert!(!rows(Vec::new(), "00"));
    assert!(rows(Vec::new(), "11"), "another text");
    let other = with_method(class("Y", &[("_inherit", text("p"))]), "_help");
    assert!(rows(vec![other], "00"), "another definition");
}

#[test]
fn a_hook_that_nobody_read_may_change_all_models() {
    let hook = with_method(class("P", &[("_name", text("p"))]), "_register_hook");
    let q = class("Q", &[("_name", text("q"))]);
    let made = make(&[
        ("base", module(vec![base(), q])),
        ("acme", module(vec![hook])),
    ]);
    for model in ["p", "q"] {
        let found = with_unread(&made, model);
        assert_eq!(found.as_deref(), Some("_register_hook"));
    }
}

#[test]
fn a_class_of_a_model_that_nobody_makes_may_be_of_any() {
    let lost = class("P2", &[("_inherit", text("gone"))]);
    let p = class("P", &[("_name", text("p"))]);
    let made = make(&[
        ("base", module(vec![base(), p])),
        ("acme", module(vec![lost])),
    ]);
    assert_eq!(
        with_unread(&made, "p").as_deref(),
        Some("no module makes the model gone")
    );
}

#[test]
fn a_patched_class_that_is_nowhere_may_be_any_model_and_a_plain_one_is_none() {
    let tainted = |path: &str, attribute: &str| {
        let mut acme = module(Vec::new());
        acme.others.push(class("Plain", &[]));
        acme.patches.push(Patch {
            target: "X".to_owned(),
            path: Some(path.to_owned()),
            attribute: attribute.to_owned(),
            place: place(4),
        });
        let p = class("P", &[("_name", text("p"))]);
        let made = make(&[("base", module(vec![base(), p])), ("acme", acme)]);
        with_unread(&made, "p").is_some()
    };
    assert!(tainted("odoo.addons.m.models.gone.Gone", "_search"));
    assert!(!tainted("odoo.addons.m.models.gone.Gone", "create"));
    assert!(!tainted("odoo.addons.m.models.x.Plain", "_search"));
}

#[test]
fn a_verdict_says_how_names_are_made_and_searched_and_for_whom_a_method_is() {
    let made = |methods: &[&str], verdicts: serde_json::Value| {
        let mut class = with_field(class("P", &[("_name", text("p"))]), "name", "Char", &[]);
        let search = [("search", text("_search_who")), ("comodel_name", text("p"))];
        class = with_field(class, "who", "Many2many", &search);
        for method in methods {
            class = with_method(class, method);
        }
        let display_name = [
            ("compute", text("_compute_display_name")),
            ("search", text("_search_display_name")),
        ];
        let base = with_field(base(), "display_name", "Char", &display_name);
        let reviewed_as = verdicts.as_object().expect("verdicts by method").iter();
        let entries: Vec<_> = reviewed_as
            .map(|(method, verdict)| {
                serde_json::json!({"module": "m", "model": "p", "method": method, "digest": "00", "verdict": verdict, "why": "it is"})
            })
            .collect();
        let modules = [("base", module(vec![base])), ("m", module(vec![class]))];
        reviewed(&modules, &reviews(entries.into())).models["p"].clone()
    };
    let form = serde_json::json!({"join": [{"field": "name"}, {"text": "!"}]});
    let verdict = serde_json::json!({"_compute_display_name": {"display_name": {"form": form}}});
    let named = made(&["_compute_display_name"], verdict);
    assert_eq!(named.display_name.kind, DisplayNameKind::Form);
    let said = serde_json::to_value(&named.display_name.form).expect("JSON");
    assert_eq!(said, form);
    let searched = serde_json::json!({"any_of": {"texts": ["name"], "exact": []}});
    let verdict = serde_json::json!({"_search_display_name": {"text_search": searched}});
    let found = made(&["_search_display_name"], verdict.clone());
    assert_eq!(
        (
            serde_json::to_value(&found.text_search).expect("JSON"),
            found.name_finder
        ),
        (searched, NameFinder::Framework)
    );
    // another method that nobody has read takes part, alone or with that one
    for methods in [
        &["_search_display_name", "_name_search"][..],
        &["_name_search"],
    ] {
        let unread = made(methods, verdict.clone());
        assert!(unread.text_search.is_none() && unread.name_search.is_none());
    }
    // what lists records by their names takes no part in conditions
    let listed = made(&["name_search"], serde_json::json!({}));
    assert_eq!(listed.name_finder, NameFinder::Python);
    assert!(listed.name_search.is_some());
    let unless = serde_json::json!({"unless_asked": "id"});
    let verdict = serde_json::json!({"name_search": {"name_finder": unless}});
    let listed = made(&["name_search"], verdict.clone());
    let said = serde_json::to_value(&listed.name_finder).expect("JSON");
    assert_eq!(said, unless);
    let listed = made(&["name_search", "web_name_search"], verdict);
    assert_eq!(listed.name_finder, NameFinder::Python);
    let verdict = serde_json::json!({"_search_who": {"searches": "followers"}, "_search": {"only_where": "unlisted"}});
    let of = made(&["_search_who", "_search"], verdict);
    assert_eq!(
        of.fields.get("who").and_then(|f| f.searched.clone()),
        Some(Searched::Followers)
    );
    assert!(of.overridden(Effect::Rows).is_none());
    assert!(of.overridden_where(Only::Unlisted).is_some());
    let verdict = serde_json::json!({"_search": {"only_where": "checked"}});
    let of = made(&["_search"], verdict);
    assert!(of.overridden(Effect::Rows).is_some());
    assert!(of.overridden_unchecked(Effect::Rows).is_none());
    let of = made(&["_search_who", "_search"], serde_json::json!({}));
    assert!(
        of.fields
            .get("who")
            .is_some_and(|f| f.search && f.searched.is_none())
    );
    assert!(of.overridden(Effect::Rows).is_some());
}
