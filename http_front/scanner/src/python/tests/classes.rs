use super::*;

#[test]
fn models_are_known_through_every_form_of_import() {
    let source = module(
        "import odoo\nimport odoo.models as m\nfrom odoo import models, models as mm\nfrom odoo.models import Model, TransientModel as T\n\
         from odoo.orm.models import BaseModel\nfrom openerp.osv import osv, orm\nAlias = models.AbstractModel\n\
         class A(odoo.models.Model): _name = 'a'\nclass B(m.Model): _name = 'b'\nclass C(mm.Model): _name = 'c'\n\
         class D(Model): _name = 'd'\nclass E(T): _name = 'e'\nclass F(BaseModel): _name = 'f'\nclass G(osv.osv): _name = 'g'\n\
         class H(orm.AbstractModel): _name = 'h'\nclass I(Alias): _name = 'i'\nclass J(I): _name = 'j'\n\
         class No(Exception): pass\nclass Nor(object): pass\n",
    );
    assert_eq!(
        names(&source),
        ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]
    );
    assert_eq!(source.others.len(), 2);
    assert_eq!(source.classes[4].bases, ["T"]);
    assert_eq!(
        source.classes[4].base_paths,
        [Some("odoo.models.TransientModel".to_owned())]
    );
}

#[test]
fn fields_are_known_through_every_form_of_import() {
    let mut source = module(
        "import odoo\nfrom odoo import fields as f, models\nfrom odoo.fields import Char, Many2one as M\n\
         class Own(Char): pass\nclass A(models.Model):\n    _name = 'a'\n    a = odoo.fields.Char()\n    b = f.Integer()\n    c = Char()\n\
         \x20   d: object = M('res.partner')\n    e = f.Many2one['X']('x')\n    g = Own()\n    h, i = Char(), f.Text()\n    j = k = Char()\n",
    );
    let class = source.classes.remove(0);
    let fields: Vec<(&str, &str)> = class
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.class.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("a", "Char"),
            ("b", "Integer"),
            ("c", "Char"),
            ("d", "Many2one"),
            ("e", "Many2one"),
            ("g", "Own"),
            ("h", "Char"),
            ("i", "Text"),
            ("j", "Char"),
            ("k", "Char"),
        ]
    );
    assert_eq!(class.unread, []);
}

#[test]
fn a_field_has_its_arguments_and_says_if_there_may_be_more() {
    let class = class(
        "COMMON = dict(readonly=True)\na = fields.Char('A', size=3, **COMMON)\nb = fields.Char(*names)\nc = fields.Char(**kwargs)\n\
         d = fields.Char()\nd.groups = 'x'\ne = fields.One2many('x')\ne.write_sequence = 19",
    );
    let field = |name: &str| {
        class
            .fields
            .iter()
            .find(|field| field.name == name)
            .expect(name)
    };
    assert_eq!(field("a").positional, [Literal::Str("A".to_owned())]);
    assert_eq!(
        field("a").keywords,
        [
            ("size".to_owned(), Literal::Int(3)),
            ("readonly".to_owned(), Literal::Bool(true))
        ]
    );
    let open: Vec<bool> = ["a", "b", "c", "d", "e"]
        .map(|name| field(name).is_open)
        .into();
    assert_eq!(open, [false, true, true, true, false]);
    assert_eq!(field("a").place.line, 7);
}

#[test]
fn a_method_has_its_place_digest_and_super() {
    let class = class(
        "@api.model\n@api.depends('a')\ndef f(self):\n    return super().f()\n\n# a comment after it\n\nasync def g(self):\n    pass\n\
         h = f\n_table_query = property(lambda self: 'x')\n@property\ndef i(self):\n    def super2(): pass",
    );
    let method = |name: &str| {
        class
            .methods
            .iter()
            .find(|method| method.name == name)
            .expect(name)
    };
    assert_eq!(method("f").place.line, 8);
    assert!(method("f").calls_super);
    assert!(!method("i").calls_super);
    assert_eq!(method("f").decorators, ["api.model", "api.depends"]);
    // python3 -c 'import hashlib; print(hashlib.sha256(
    //   b"@api.model\n@api.depends(\x27a\x27)\ndef f(self):\n    return super().f()").hexdigest())'
    assert_eq!(
        method("f").digest,
        "8f07c3a175198c9242ae3e0a882fabdb65bedb979d9c215ea2874b5f071135a1"
    );
    assert_eq!(method("g").place.line, 13);
    assert_eq!(method("h").place.line, 15);
    assert_eq!(method("_table_query").place.line, 16);
    let value = |name: &str| {
        class
            .attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|a| &a.value)
    };
    assert_eq!(value("_table_query"), Some(&Literal::Callable(None)));
}

#[test]
fn of_what_is_assigned_twice_the_last_counts() {
    let class = class(
        "_order = 'a'\n_order = 'b'\nx = fields.Char()\nx = fields.Text()\ny = fields.Char()\ny = 1\nz = 1\nz = fields.Char()",
    );
    let orders: Vec<&Literal> = class
        .attributes
        .iter()
        .filter(|a| a.name == "_order")
        .map(|a| &a.value)
        .collect();
    assert_eq!(orders, [&Literal::Str("b".to_owned())]);
    let fields: Vec<&str> = class
        .fields
        .iter()
        .map(|field| field.class.as_str())
        .collect();
    assert_eq!(fields, ["Text", "Char"]);
    assert!(
        !class
            .attributes
            .iter()
            .any(|attribute| attribute.name == "z")
    );
}

#[test]
fn what_may_define_something_unseen_is_told() {
    for (body, what) in [
        (
            "if x:\n    def _search(self): pass",
            "a condition in a class body",
        ),
        (
            "try:\n    a = fields.Char()\nexcept E:\n    pass",
            "a condition in a class body",
        ),
        ("for x in y:\n    locals()[x] = 1", "a loop in a class body"),
        ("vars().update(x)", "a call in a class body"),
        ("locals()['a'] = fields.Char()", "a change in a class body"),
        ("from x import *", "an import in a class body"),
        ("from .hidden import _search", "an import in a class body"),
        ("from .hidden import x as name", "an import in a class body"),
        ("import hidden as name", "an import in a class body"),
        (
            "_x = (name := other)",
            "an assignment in an expression of a class body",
        ),
        (
            "def f(self, a=[_search := other]): pass",
            "an assignment in an expression of a class body",
        ),
        (
            "class _Inner(object, a=(name := other)): pass",
            "an assignment in an expression of a class body",
        ),
        (
            "_x = [locals().update(name=other)]",
            "code made in a class body when it runs",
        ),
        (
            "assert vars().update(name=other)",
            "code made in a class body when it runs",
        ),
        (
            "_x = locals or 1\n_x.update(name=other)",
            "a call in a class body",
        ),
        (
            "a, b = both()",
            "an assignment to several names in a class body",
        ),
        ("del _order", "a statement in a class body"),
        (
            "def make(): pass\na = make()",
            "a call that may make a field: make",
        ),
        (
            "a = unknown.make()",
            "a call that may make a field: unknown.make",
        ),
        ("a = fields.Char()\nb = a", "a field under two names"),
    ] {
        let class = class(body);
        assert_eq!(
            class.unread.first().map(|unread| unread.what.as_str()),
            Some(what),
            "{body}"
        );
    }
    // and is there all the same
    assert_eq!(
        class("if x:\n    def _search(self): pass").methods[0].name,
        "_search"
    );
    let source = module(
        "from odoo import models\n@decorated\nclass A(models.Model, metaclass=M):\n    _name = 'a'\n",
    );
    assert_eq!(
        whats(&source.classes[0].unread),
        ["a class decorator", "arguments of a class"]
    );
}

#[test]
fn what_may_be_a_field_is_one_that_is_unknown() {
    for value in [
        "other",
        "other.name",
        "OTHER['name']",
        "fields.Text() if other else fields.Char()",
        "fields.Char(compute='x') if other else fields.Char()",
        "None or fields.Char()",
        "other and fields.Char()",
        "(_x := fields.Char())",
        "copy.copy(fields.Char())",
        "getattr(fields, 'Char')()",
        "[fields.Char()][0]",
        "{'a': fields.Char()}['a']",
        "next(iter([fields.Char()]))",
        "(lambda: fields.Char())()",
    ] {
        let class = class(&format!("name = {value}"));
        let found: Vec<_> = class
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field.class.as_str()))
            .collect();
        assert_eq!(found, [("name", "")], "{value}");
        assert!(class.fields[0].is_open);
    }
    let twice = class("name = fields.Char()\nname = other");
    assert_eq!(twice.fields.len(), 1);
    assert_eq!(twice.fields[0].class, "");
    assert_eq!(class("name = 1\nname |= other").fields.len(), 1);
    assert_eq!(class("name, _x = *other, 1").fields[0].name, "name");
    // what it may be else is told too
    assert_eq!(class("search = other").methods[0].name, "search");
    // plain to see that it is none
    for body in [
        "name = 'a'",
        "name = ['a', other]",
        "name = {'a': other}",
        "name = lambda self: other",
        "def f(self): pass\nname = f",
        "name = property(f)",
        "name = []\nname.append(other)",
        "_name_index = other",
        "_unique = models.Constraint('x')",
    ] {
        assert_eq!(class(body).fields.len(), 0, "{body}");
    }
}

#[test]
fn what_older_versions_write_is_read() {
    let class = class(
        "_columns = {}\n_sql_constraints = [('a', 'unique(a)', 'A')]\na = fields.Float(group_operator='avg', digits=(16, 2))\n\
         b = fields.Many2one('x', auto_join=True, track_visibility='onchange')\n@api.multi\ndef name_get(self):\n    return [(r.id, u'%s' % r.a) for r in self]",
    );
    assert_eq!(class.unread, []);
    assert_eq!(
        class.fields[0].keywords[0],
        ("group_operator".to_owned(), Literal::Str("avg".to_owned()))
    );
    assert_eq!(
        class.fields[1].keywords[0],
        ("auto_join".to_owned(), Literal::Bool(true))
    );
    assert_eq!(class.methods[0].name, "name_get");
}

#[test]
fn a_model_takes_over_what_plain_classes_have() {
    let addons = Addons::new();
    addons
        .write("own/__init__.py", "from . import tools, models\n")
        .write("own/tools.py", "class Deep:\n    def exists(self): pass\nclass Mixin(Deep):\n    _order = 'x'\n    def _search(self): pass\n    def read(self): pass\n")
        .write(
            "own/models.py",
            "from odoo import models\nfrom .tools import Mixin\nclass A(Mixin, models.Model):\n    _name = 'a'\n    def read(self): pass\n",
        )
        .write("next/__init__.py", "from odoo.addons.own.tools import Mixin\nfrom odoo.addons.own.models import A\nfrom odoo import models\n\
            from odoo.addons.gone import Gone\nfrom enum import Enum\n\
            class B(models.Model, Mixin):\n    _inherit = 'a'\nclass C(A):\n    _inherit = 'a'\nclass D(Mixin): pass\n\
            class E(models.Model, Gone):\n    _name = 'e'\nclass F(models.Model, Enum):\n    _name = 'f'\nclass G(Gone): pass\n");
    let all = addons.linked(&["own", "next"]);
    let own = &all["own"].classes;
    let methods: Vec<(&str, u32)> = own[0]
        .methods
        .iter()
        .map(|m| (m.name.as_str(), m.place.line))
        .collect();
    assert_eq!(methods, [("read", 5), ("_search", 5), ("exists", 2)]);
    assert_eq!(
        own[0].attributes.last().map(|a| a.name.as_str()),
        Some("_order")
    );
    let next = &all["next"];
    assert_eq!(names(next), ["B", "C", "E", "F"]);
    assert_eq!(next.classes[0].methods.len(), 3);
    assert_eq!(next.classes[0].methods[0].place.file, "own/tools.py");
    assert_eq!(next.classes[1].methods.len(), 3);
    assert_eq!(
        whats(&next.classes[2].unread),
        ["a base that is not read: Gone"]
    );
    assert_eq!(
        whats(&next.classes[3].unread),
        ["a base that is not read: Enum"]
    );
}

#[test]
fn a_class_of_unknown_bases_is_a_model_if_it_looks_like_one() {
    let source =
        module("from .x import *\nclass A(make()):\n    _name = 'a'\nclass B(make()): pass\n");
    assert_eq!(names(&source), ["A"]);
    assert_eq!(
        whats(&source.classes[0].unread),
        ["a class of unknown bases: make()"]
    );
}

#[test]
fn a_class_that_a_library_makes_a_model_of_is_one() {
    for head in [
        "from own_library import OwnModel\nclass A(OwnModel):\n",
        "from odoo import models\nclass A(metaclass=models.MetaModel):\n",
    ] {
        let addons = Addons::new();
        addons.write("own/__init__.py", format!("{head}    _inherit = 'a'\n"));
        let all = addons.linked(&["own"]);
        assert_eq!(names(&all["own"]), ["A"], "{head}");
        assert!(!all["own"].classes[0].unread.is_empty(), "{head}");
    }
    let plain = module(
        "import logging\nclass A(logging.Handler):\n    name = 'a'\nclass B:\n    _name = 'b'\n",
    );
    assert_eq!(names(&plain), Vec::<&str>::new());
}

#[test]
fn a_class_that_is_not_registered_is_there_for_others() {
    let addons = Addons::new();
    addons.write(
        "own/__init__.py",
        "from odoo import fields, models\nclass Base(models.AbstractModel):\n    _register = False\n    a = fields.Char()\n\
         class A(Base):\n    _name = 'a'\n",
    );
    let all = addons.linked(&["own"]);
    assert_eq!(names(&all["own"]), ["A"]);
    assert_eq!(all["own"].classes[0].fields[0].name, "a");
}
