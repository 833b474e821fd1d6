//! What somebody read of a method is no longer what a model does by its name.

use super::*;
use crate::python::tests::module as read;

const SOURCE: &str = "
from odoo import fields, models

class Mixin(models.AbstractModel):
    _name = 'mixin'
    def _help(self):
        return self.name
    def _search_who(self, operator, value):
        return [('name', operator, value)]

class P(models.Model):
    _name = 'p'
    _inherit = ['mixin']
    name = fields.Char()
    who = fields.Char(compute='_compute_who', search='_search_who')
    def _compute_display_name(self):
        self.display_name = self._help()
    def _search_display_name(self, operator, value):
        return [('name', operator, self._help())]
    def name_search(self, name=''):
        return self._help()

class Q(models.Model):
    _name = 'q'
    name = fields.Char()
    who = fields.Char(compute='_compute_who', search='_search_who')
    def _search_who(self, operator, value):
        return [('name', operator, value)]

def nothing(self):
    return []
";

/// The models, after this is said at the end of their file.
fn after(said: &str) -> Models {
    let source = read(format!("{SOURCE}{said}\n"));
    let text = |class: &str, method: &str| {
        let mut classes = source.classes.iter();
        let of = classes.find(|of| of.name == class).expect("its class");
        let mut methods = of.methods.iter();
        let of = methods.find(|of| of.name == method).expect("its method");
        serde_json::json!({"module": "own", "model": class.to_lowercase(), "method": method, "digest": of.digest})
    };
    let entry = |class: &str, method: &str, verdict: serde_json::Value, with: &[&str]| {
        let mut entry = text(class, method);
        entry["verdict"] = verdict;
        entry["why"] = "it is".into();
        entry["with"] = with.iter().map(|helper| text("Mixin", helper)).collect();
        entry
    };
    let by_name = serde_json::json!({"searches": {"domain": [{"means": {"domain": [["name", "=", "$value"]]}}]}});
    let form = serde_json::json!({"display_name": {"form": {"field": "name"}}});
    let texts = serde_json::json!({"text_search": {"any_of": {"texts": ["name"], "exact": []}}});
    let finder = serde_json::json!({"name_finder": {"unless_asked": "id"}});
    let entries = serde_json::json!([
        entry("Mixin", "_search_who", by_name.clone(), &[]),
        entry("Q", "_search_who", by_name, &[]),
        entry("P", "_compute_display_name", form, &["_help"]),
        entry("P", "_search_display_name", texts, &["_help"]),
        entry("P", "name_search", finder, &["_help"]),
    ]);
    let reviews = Reviews::parse(&entries.to_string()).expect("the test's own is well formed");
    let display_name = [
        ("compute", super::text("_compute_display_name")),
        ("search", super::text("_search_display_name")),
    ];
    let base = with_field(base(), "display_name", "Char", &display_name);
    reviewed(&[("base", module(vec![base])), ("own", source)], &reviews)
}

/// Whether the field `who` is known to be searched, of each of the models.
fn searched(made: &Models) -> (bool, bool) {
    let of = |model: &str| {
        let who = field(&made.models[model], "who");
        assert!(who.search);
        who.searched.is_some()
    };
    (of("p"), of("q"))
}

/// Whether all that is read of the names holds, or else none of it.
fn is_named(made: &Models) -> bool {
    let p = &made.models["p"];
    let named = p.display_name.kind == DisplayNameKind::Form;
    if named {
        assert!(p.text_search.is_some() && p.name_search.is_some());
        assert_ne!(p.name_finder, NameFinder::Python);
    } else {
        assert_eq!(p.display_name.kind, DisplayNameKind::Python);
        assert!(p.text_search.is_none() && p.name_search.is_none());
        assert_eq!(p.name_finder, NameFinder::Python);
    }
    named
}

#[test]
fn a_method_that_searches_is_unread_where_it_is_replaced() {
    for (said, expected) in [
        ("", (true, true)),
        ("P.other = nothing", (true, true)),
        ("P._search_who = nothing", (false, true)),
        ("Q._search_who = nothing", (true, false)),
        ("Mixin._search_who = nothing", (false, true)),
        ("setattr(P, '_search_who', nothing)", (false, true)),
        ("del P._search_who", (false, true)),
        (
            "for name in ('_search_it', '_search_who'):\n    setattr(P, name, nothing)",
            (false, true),
        ),
        ("def hook(env):\n    Q._search_who = nothing", (true, false)),
        // it may be any model
        (
            "def hook(env):\n    type(env['p'])._search_who = nothing",
            (false, false),
        ),
        (
            "from odoo.addons.other.models.gone import Gone\nGone._search_who = nothing",
            (false, false),
        ),
        (
            "class P2(models.Model):\n    _inherit = 'p'\n    _search_who = nothing",
            (false, true),
        ),
    ] {
        let made = after(said);
        assert_eq!(searched(&made), expected, "{said}");
        assert!(is_named(&made), "{said}");
        for model in ["p", "q"] {
            let unread = made.models[model].overridden(Effect::Unread);
            assert!(unread.is_none(), "{said}");
        }
    }
}

#[test]
fn what_relies_on_a_helper_is_unread_where_that_is_replaced() {
    for (said, expected) in [
        ("P._help = nothing", false),
        ("Mixin._help = nothing", false),
        ("setattr(Mixin, '_help', nothing)", false),
        (
            "for name in ('_help',):\n    setattr(Mixin, name, nothing)",
            false,
        ),
        ("def hook(env):\n    type(env['p'])._help = nothing", false),
        (
            "class Mixin2(models.AbstractModel):\n    _inherit = 'mixin'\n    _help = nothing",
            false,
        ),
        ("Q._help = nothing", true),
    ] {
        let made = after(said);
        assert_eq!(is_named(&made), expected, "{said}");
        assert_eq!(searched(&made), (true, true), "{said}");
    }
}
