use super::*;

fn text(value: &str) -> Literal {
    Literal::Str(value.to_owned())
}

/// What an expression is in the body of a class, after these lines of the file.
fn value(before: &str, expression: &str) -> Literal {
    let mut source = module(format!(
        "from odoo import _, fields, models, tools\nfrom odoo.fields import Domain\nimport functools\n{before}\nclass Own(models.Model):\n    \
         _name = 'own'\n    LOCAL = 'local'\n    def method(self): pass\n    x = {expression}\n"
    ));
    let class = source.classes.remove(0);
    let attribute = class
        .attributes
        .into_iter()
        .find(|attribute| attribute.name == "x");
    attribute.expect("the attribute").value
}

#[test]
fn constants_are_what_they_are() {
    for (expression, expected) in [
        ("None", Literal::None),
        ("True", Literal::Bool(true)),
        ("not True", Literal::Bool(false)),
        ("-3", Literal::Int(-3)),
        ("60 * 60", Literal::Int(3600)),
        ("+1.5", Literal::Float(1.5)),
        ("'a' \"b\"", text("ab")),
        ("'a' + 'b'", text("ab")),
        ("'%s-%d%%' % ('a', 2)", text("a-2%")),
        ("'%s' % 'a'", text("a")),
        ("', '.join(['a', 'b'])", text("a, b")),
        ("_('a')", text("a")),
        ("LOCAL", text("local")),
        ("fields.NO_ACCESS", text(".")),
        ("['a'] + ['b']", Literal::List(vec![text("a"), text("b")])),
        ("('a', *['b'])", Literal::List(vec![text("a"), text("b")])),
        ("{'a', }", Literal::Set(vec![text("a")])),
        (
            "{'a': 1, 'a': 2}",
            Literal::Dict(vec![(text("a"), Literal::Int(2))]),
        ),
        (
            "dict(a=1)",
            Literal::Dict(vec![(text("a"), Literal::Int(1))]),
        ),
        (
            "{**{'a': 1}}",
            Literal::Dict(vec![(text("a"), Literal::Int(1))]),
        ),
        (
            "list({'a': 1}.items())",
            Literal::List(vec![Literal::List(vec![text("a"), Literal::Int(1)])]),
        ),
        ("['a', 'b'][1]", text("b")),
        ("1 if True else 2", Literal::Int(1)),
        ("lambda self: 1", Literal::Callable(None)),
        ("method", Literal::Callable(None)),
        ("fields.Date.today", Literal::Callable(None)),
        ("functools.partial(f)", Literal::Callable(None)),
        ("property(method)", Literal::Callable(None)),
        ("tools.html_translate", Literal::Callable(None)),
    ] {
        assert_eq!(value("", expression), expected, "{expression}");
    }
}

#[test]
fn what_a_lambda_gives_is_told_where_it_looks_at_the_model_s_name_alone() {
    let pair = |name: &str, of: Literal| Literal::List(vec![text(name), text("="), of]);
    let gives = |list: Vec<Literal>| Literal::Callable(Some(Box::new(Literal::List(list))));
    for (expression, expected) in [
        (
            "lambda self: [('model', '=', self._name), ('a', '=', -1)]",
            gives(vec![
                pair("model", Literal::ModelName),
                pair("a", Literal::Int(-1)),
            ]),
        ),
        (
            "lambda m, /: ['|', ('a', '=', True), ['model', '=', m._name]]",
            Literal::Callable(None),
        ),
        (
            "lambda m: [['model', '=', m._name], ('a', '=', None)]",
            gives(vec![
                pair("model", Literal::ModelName),
                pair("a", Literal::None),
            ]),
        ),
        ("lambda self: []", gives(Vec::new())),
        ("LIST", Literal::Callable(None)),
    ] {
        let before = "NAME = 'x'\ndef LIST(self): return []";
        assert_eq!(value(before, expression), expected, "{expression}");
    }
    for body in [
        "self._name",
        "(self._name, )",
        "[('model', '=', self._table)]",
        "[('model', '=', self.env._name)]",
        "[('model', '=', other._name)]",
        "[('model', '=', self)]",
        "[('model', '=', self._name())]",
        "[('model', '=', self._name + 'x')]",
        "[('model', '=', f'{self._name}')]",
        "[('model', '=', NAME)]",
        "[*self._name]",
        "[('a', '=', 1.5)]",
        "[('a', '=', {1: 2})]",
        "[('a', '=', (lambda: 1))]",
        "[(a := self._name)]",
        "[self._name for self in x]",
        "[('id', 'in', self.env.companies.ids)]",
        "str([('model', '=', self._name)])",
        "self._domain()",
    ] {
        let expression = format!("lambda self: {body}");
        let found = value("NAME = 'x'\nother = 1", &expression);
        assert_eq!(found, Literal::Callable(None), "{expression}");
    }
    for parameters in [
        "",
        "*self",
        "**self",
        "self=None",
        "*, self",
        "self, other",
        "self, other=1",
        "self, *others",
    ] {
        let expression = format!("lambda {parameters}: [('model', '=', self._name)]");
        assert_eq!(
            value("", &expression),
            Literal::Callable(None),
            "{expression}"
        );
    }
    let long = format!("lambda self: [{}]", "1, ".repeat(500));
    assert_eq!(value("", &long), Literal::Callable(None));
}

#[test]
fn what_is_not_certain_is_not_told() {
    for expression in [
        "f'{LOCAL}'",
        "unknown",
        "'%s' % 1.5",
        "'%s' % ['a']",
        "'%s %s' % 'a'",
        "'%(a)s' % {'a': 1}",
        "'{}'.format(1)",
        "[x for x in y]",
        "99999999999999999999",
        "9223372036854775807 + 1",
        "b'bytes'",
        "1j",
        "{**unknown}",
        "[*unknown]",
        "Domain('a', '=', 1)",
        "Domain.TRUE & Domain('a', '=', 1)",
        "fields.Command.link(1)",
        "_('a %s', 1)",
        "sorted(['b', 'a'])",
        "{unknown: 1}['a']",
    ] {
        assert_eq!(value("", expression), Literal::Unread, "{expression}");
    }
    assert_eq!(
        value("", "[('a', '=', unknown)]"),
        Literal::List(vec![Literal::List(vec![
            text("a"),
            text("="),
            Literal::Unread,
        ])])
    );
}

#[test]
fn a_name_is_its_value_if_it_is_bound_once_and_never_changed() {
    let list = Literal::List(vec![text("a")]);
    assert_eq!(value("X = ['a']", "X"), list);
    assert_eq!(value("X: list = ['a']\nY = X", "Y"), list);
    assert_eq!(value("def f(): pass", "f"), Literal::Callable(None));
    for before in [
        "X = ['a']\nX = ['b']",
        "X = ['a']\nX += ['b']",
        "if y:\n    X = ['a']\nelse:\n    X = ['b']",
        "X = ['a']\nX.append('b')",
        "X = ['a']\ndef f():\n    X.append('b')",
        "X = ['a']\nX[0] = 'b'",
        "X = ['a']\ndel X[0]",
        "X = ['a']\ndef f():\n    global X\n    X = ['b']",
        "X, Y = ['a'], 1",
        "for X in ['a']: pass",
        "X = X",
        "X = Y\nY = X",
    ] {
        assert_eq!(value(before, "X"), Literal::Unread, "{before}");
    }
}

#[test]
fn names_are_followed_into_other_files_of_the_module() {
    let addons = Addons::new();
    addons
        .write("own/__init__.py", "from . import const\nfrom .models import a\n")
        .write("own/const.py", "KINDS = [('a', 'A')]\nDEEP = {'x': KINDS}\n")
        .write("own/models/__init__.py", "from ..const import KINDS\nfrom .a import *\n")
        .write(
            "own/models/a.py",
            "from odoo import models\nfrom odoo.addons.own import const\nfrom . import KINDS\nfrom odoo.addons.other import OTHER\n\
             class A(models.Model):\n    _name = 'a'\n    x = KINDS + [('b', 'B')]\n    y = const.DEEP['x'][0][1]\n    z = OTHER\n",
        );
    let source = addons.read("own");
    assert_eq!(source.unread, []);
    let value = |name: &str| {
        let attributes = &source.classes[0].attributes;
        attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|a| a.value.clone())
    };
    let pair = |a: &str, b: &str| Literal::List(vec![text(a), text(b)]);
    assert_eq!(
        value("x"),
        Some(Literal::List(vec![pair("a", "A"), pair("b", "B")]))
    );
    assert_eq!(value("y"), Some(text("A")));
    assert_eq!(value("z"), Some(Literal::Unread));
}

#[test]
fn a_list_of_the_class_that_is_changed_is_not_told() {
    let class = class(
        "_rec_names_search = ['a']\n_rec_names_search.append('b')\n_inherit = ['a']\n_inherit += ['b']",
    );
    let values: Vec<&Literal> = class.attributes[1..]
        .iter()
        .map(|attribute| &attribute.value)
        .collect();
    assert_eq!(values, [&Literal::Unread, &Literal::Unread]);
    assert_eq!(class.unread, []);
}
