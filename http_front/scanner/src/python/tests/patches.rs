use super::*;

/// Attribute and resolved class of each patch.
fn patches(text: &str) -> Vec<(String, String)> {
    let source = module(format!(
        "from odoo import api, models\nfrom odoo.models import BaseModel\nimport odoo\n{text}"
    ));
    let patches = source.patches.into_iter();
    patches
        .map(|patch| {
            (
                patch.attribute,
                patch.path.unwrap_or_else(|| format!("? {}", patch.target)),
            )
        })
        .collect()
}

#[test]
fn a_change_of_a_class_from_outside_is_found_wherever_it_stands() {
    let base = "odoo.models.BaseModel";
    for (text, attribute, path) in [
        ("BaseModel._search = f\n", "_search", base),
        ("models.BaseModel._search = f\n", "_search", base),
        (
            "odoo.models.BaseModel._search: object = f\n",
            "_search",
            base,
        ),
        ("setattr(models.BaseModel, '_search', f)\n", "_search", base),
        ("del BaseModel._search\n", "_search", base),
        (
            "def hook(env):\n    BaseModel._search = f\n",
            "_search",
            base,
        ),
        (
            "def hook(env):\n    from odoo.models import Model\n    Model.read = f\n",
            "read",
            "odoo.models.Model",
        ),
        (
            "for name in ('_search',):\n    setattr(BaseModel, name, f)\n",
            "_search",
            base,
        ),
        ("setattr(BaseModel, name(), f)\n", "*", base),
        (
            "def patch(name):\n    setattr(BaseModel, name, f)\npatch('read')\n",
            "read",
            base,
        ),
        (
            "def patch(name):\n    setattr(BaseModel, name, f)\n",
            "*",
            base,
        ),
        (
            "def patch(cls, name, f):\n    setattr(cls, name, f)\npatch(name='read', cls=BaseModel, f=f)\n",
            "read",
            base,
        ),
        (
            "def patch(cls):\n    def decorate(f):\n        setattr(cls, f.__name__, f)\n    return decorate\n@patch(BaseModel)\ndef _search(): pass\n",
            "_search",
            base,
        ),
        (
            "from x import patch\n@patch(BaseModel)\ndef _search(): pass\n",
            "_search",
            base,
        ),
        (
            "from x import patch\npatch(BaseModel, '_search', f)\n",
            "_search",
            base,
        ),
        ("BaseModel._patch_method('read', f)\n", "read", base),
        (
            "class A(models.Model):\n    _name = 'a'\nA.read = f\n",
            "read",
            "odoo.addons.own.A",
        ),
        (
            "class A(models.Model):\n    def _register_hook(self):\n        type(self).read = f\n",
            "read",
            "odoo.addons.own.A",
        ),
        (
            "class A(models.Model):\n    def _register_hook(self):\n        self.__class__.read = f\n",
            "read",
            "odoo.addons.own.A",
        ),
        (
            "from odoo.addons.sale.models.sale_order import SaleOrder\nSaleOrder.read = f\n",
            "read",
            "odoo.addons.sale.models.sale_order.SaleOrder",
        ),
        (
            "def hook(env):\n    env.registry['a'].read = f\n",
            "read",
            "? env.registry['a']",
        ),
        ("def hook(cls):\n    cls.read = f\n", "read", "? cls"),
        ("models.BaseModel = f\n", "BaseModel", "odoo.models"),
    ] {
        let found = patches(text);
        assert!(
            found.contains(&(attribute.to_owned(), path.to_owned())),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn an_object_of_its_own_may_have_attributes() {
    assert_eq!(
        patches(
            "class A:\n    def f(self):\n        self.read = 1\n        setattr(self, 'x', 2)\n"
        ),
        []
    );
}

#[test]
fn a_class_that_a_call_makes_is_told() {
    let source =
        module("from odoo import models\nA = type('A', (models.Model,), {'_name': 'a'})\n");
    assert_eq!(whats(&source.unread), ["a class that is made by a call"]);
    let source = module("A = type('A', (object,), {})\nB = type(A)\n");
    assert_eq!(source.unread, []);
}
