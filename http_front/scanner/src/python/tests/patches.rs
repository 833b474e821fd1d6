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
        ("put = setattr\nput(BaseModel, 'read', f)\n", "read", base),
        ("type.__setattr__(BaseModel, 'read', f)\n", "read", base),
        ("BaseModel.__dict__['read'] = f\n", "read", base),
        ("vars(BaseModel)['read'] = f\n", "read", base),
        ("vars(BaseModel).update(read=f)\n", "*", base),
        ("BaseModel.__bases__ = (A,)\n", "__bases__", base),
        (
            "def hook(obj):\n    obj.__class__ = A\n",
            "__class__",
            "? obj",
        ),
        (
            "from odoo.addons.base.models import ir_rule\nir_rule.safe_eval = f\n",
            "safe_eval",
            "odoo.addons.base.models.ir_rule",
        ),
        (
            "from odoo.addons.base.models import ir_rule as rule\nsetattr(rule, name, f)\n",
            "*",
            "odoo.addons.base.models.ir_rule",
        ),
        (
            "import sys\nsys.modules['odoo.tools.safe_eval'].safe_eval = f\n",
            "safe_eval",
            "odoo.tools.safe_eval",
        ),
        (
            "from importlib import import_module as load\ndef hook():\n    found = load('odoo.models')\n    getattr(found, 'BaseModel').read = f\n",
            "read",
            base,
        ),
        (
            "from odoo.addons.sale.models.sale_order import SaleOrder\nSaleOrder.note._args__['groups'] = 'x'\n",
            "groups",
            "odoo.addons.sale.models.sale_order.SaleOrder.note._args__",
        ),
        (
            "from odoo.addons.sale.models.sale_order import SaleOrder\nSaleOrder.note._args__.update(groups='x')\n",
            "*",
            "odoo.addons.sale.models.sale_order.SaleOrder.note._args__",
        ),
        (
            "class A(models.Model):\n    def f(self):\n        cls = self.env.registry['b']\n        cls.read = f\n",
            "read",
            "? cls",
        ),
        (
            "def hook(env):\n    setattr(env.registry.models['a'], 'read', f)\n",
            "read",
            "? env.registry.models['a']",
        ),
    ] {
        let found = patches(text);
        assert!(
            found.contains(&(attribute.to_owned(), path.to_owned())),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_patch_by_the_text_of_a_name_is_one() {
    let wrapt = "odoo.addons.base.models.res_partner.ResPartner";
    for (text, attribute, path) in [
        (
            "from unittest.mock import patch\npatch('odoo.models.BaseModel.read', f).start()\n",
            "read",
            "odoo.models.BaseModel",
        ),
        (
            "import wrapt\nwrapt.wrap_function_wrapper('odoo.addons.base.models.res_partner', 'ResPartner.read', f)\n",
            "read",
            wrapt,
        ),
        (
            "from wrapt import patch_function_wrapper\n@patch_function_wrapper(module='odoo.addons.base.models.res_partner', name='ResPartner.read')\ndef f(): pass\n",
            "read",
            wrapt,
        ),
        (
            "from own_library import swap\nswap('odoo.addons.base.models.ir_rule.safe_eval', f)\n",
            "safe_eval",
            "odoo.addons.base.models.ir_rule",
        ),
    ] {
        let found = patches(text);
        assert!(
            found.contains(&(attribute.to_owned(), path.to_owned())),
            "{text}: {found:?}"
        );
    }
    let harmless =
        "import logging\nlogging.getLogger('odoo.addons.own').info('odoo.http.x and more')\n";
    assert_eq!(patches(harmless), []);
}

#[test]
fn what_may_patch_anything_is_told() {
    for (text, what) in [
        (
            "import wrapt\nwrapt.wrap_function_wrapper(where(), what(), f)\n",
            "a patch by a library",
        ),
        (
            "import gorilla\n@gorilla.patches(where())\nclass A: pass\n",
            "a patch by a library",
        ),
        (
            "apply(setattr, names)\n",
            "a function that sets attributes and is passed on",
        ),
        (
            "def load():\n    exec(text)\n",
            "code that is run from a text",
        ),
        ("run = eval\nrun(text)\n", "code that is run from a text"),
        (
            "import types\ntypes.FunctionType(code, {})\n",
            "code that is run from a text",
        ),
        ("globals()['A'] = made\n", "names that are made by a call"),
        (
            "globals().update(A=made)\n",
            "names that are made by a call",
        ),
        (
            "import sys\ndef hook():\n    sys.modules['odoo.models'] = own\n",
            "a change of what is imported",
        ),
        (
            "import sys\nsys.meta_path.insert(0, own)\n",
            "a change of what is imported",
        ),
        (
            "__path__.insert(0, 'other')\n",
            "another place to import from",
        ),
        ("__path__ = ['other']\n", "another place to import from"),
        (
            "def hook(env):\n    env.registry['a'] = own\n",
            "a change of the registry",
        ),
        (
            "def hook(env):\n    env.registry.models.update(a=own)\n",
            "a change of the registry",
        ),
        (
            "def hook(env):\n    env['a']._fields['x'].groups = 'b'\n",
            "a change of a model's fields",
        ),
        (
            "class A:\n    def _setup_complete(self):\n        self._fields.get('x').args['groups'] = 'b'\n",
            "a change of a model's fields",
        ),
        (
            "import runpy\nrunpy.run_path('other.py')\n",
            "an import by a call",
        ),
        (
            "from odoo import models\nmake = type\nA = make('A', (models.Model,), {})\n",
            "a class that is made by a call",
        ),
        (
            "from odoo import models\nimport types\nA = types.new_class('A', (models.Model,))\n",
            "a class that is made by a call",
        ),
        (
            "from odoo import models\ndef make(): return models.Model\nclass A(make()): pass\n",
            "a class of bases that a call makes: A",
        ),
    ] {
        assert_eq!(whats(&module(text).unread), [what], "{text}");
    }
}

#[test]
fn what_modules_do_every_day_is_no_patch() {
    let source = module(
        "import sys, types\nfrom odoo import models\nfrom collections import namedtuple\n\
         TABLE = {}\nTABLE['a'] = 1\nTABLE.update(b=2)\nregistry = {}\nregistry['a'] = 1\nvalues = dict(x=1)\n\
         known = sys.modules.get('odoo.models')\n\
         class A(namedtuple('A', 'x')): pass\n\
         class B(models.Model):\n    _name = 'b'\n    def f(self):\n        eval('1')\n\
         \x20       vals = vars(self)\n        vals['x'] = 1\n        self.__dict__.update(x=1)\n\
         \x20       self.env.registry['b'].f\n        isinstance(f, types.FunctionType)\n",
    );
    assert_eq!((source.unread, source.in_functions), (vec![], vec![]));
    assert!(source.patches.is_empty(), "{:?}", source.patches);
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
