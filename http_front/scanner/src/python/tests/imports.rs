use super::*;

#[test]
fn classes_come_in_the_order_of_pythons_imports() {
    let addons = Addons::new();
    addons
        .write("own/__init__.py", "from . import b, models\nfrom .a import A as Other\n")
        .write("own/a.py", "from odoo import models\nclass A(models.Model):\n    _name = 'a'\n")
        .write(
            "own/b.py",
            "import odoo.addons.own.models.c\nfrom odoo import models\nclass B(models.Model):\n    _name = 'b'\n",
        )
        .write(
            "own/models/__init__.py",
            "from odoo import models\nclass First(models.Model):\n    _name = 'first'\nfrom . import c\nfrom . import d\n",
        )
        .write("own/models/c.py", "from odoo import models\nclass C(models.Model):\n    _name = 'c'\n")
        .write("own/models/d.py", "from odoo import models\nclass D(models.Model):\n    _name = 'd'\n")
        .write("own/tests/__init__.py", "from odoo import models\nclass T(models.Model):\n    _name = 't'\n")
        .write("own/models/unused.py", "from odoo import models\nclass U(models.Model):\n    _name = 'u'\n");
    let source = addons.read("own");
    assert_eq!(source.unread, []);
    assert_eq!(names(&source), ["First", "C", "D", "B", "A"]);
    assert_eq!(source.classes[1].place.file, "own/models/c.py");
    assert_eq!(source.classes[1].path, "odoo.addons.own.models.c.C");
}

#[test]
fn a_condition_counts_as_true_and_is_told() {
    let source = module(
        "from odoo import models\ntry:\n    import other\n    class A(models.Model):\n        _name = 'a'\nexcept ImportError:\n    pass\n\
         from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .nowhere import X\nif False:\n    from . import gone\n\
         def make():\n    class B(models.Model):\n        _name = 'b'\n",
    );
    assert_eq!(source.unread, []);
    assert_eq!(names(&source), ["A", "B"]);
    assert!(source.classes.iter().all(|class| class.is_conditional));
}

#[test]
fn what_only_a_type_checker_runs_does_not_count_unless_it_may_run() {
    let class = "class A(models.Model):\n        _name = 'a'\n";
    let read = |head: &str, test: &str| {
        let source = module(format!(
            "from odoo import models\n{head}if {test}:\n    {class}"
        ));
        let unread = whats(&source.unread).join(" ");
        (names(&source).join(" "), unread)
    };
    let nothing = (String::new(), String::new());
    let plain = "TYPE_CHECKING";
    for head in [
        "from typing import TYPE_CHECKING\n",
        "try:\n    from typing import TYPE_CHECKING\nexcept ImportError:\n    TYPE_CHECKING = False\n",
    ] {
        assert_eq!(read(head, plain), nothing, "{head}");
    }
    assert_eq!(read("import typing\n", "typing.TYPE_CHECKING"), nothing);
    for head in [
        "TYPE_CHECKING = True\n",
        "from typing import TYPE_CHECKING\nTYPE_CHECKING = not TYPE_CHECKING\n",
        "from own_library import TYPE_CHECKING\n",
        "def f():\n    global TYPE_CHECKING\n    TYPE_CHECKING = True\n",
    ] {
        assert_eq!(read(head, plain).1, "a TYPE_CHECKING of its own", "{head}");
    }
    assert_eq!(read("from . import own\n", "own.TYPE_CHECKING").0, "A");
}

#[test]
fn classes_of_a_file_that_is_imported_under_a_condition_are_conditional() {
    let addons = Addons::new();
    addons
        .write(
            "own/__init__.py",
            "import os\nif os.environ.get('X'):\n    from . import a\nelse:\n    from . import b\n\
             try:\n    from . import c\nexcept ImportError:\n    pass\nfrom . import d\n",
        )
        .write("own/a.py", "from . import deep\n")
        .write(
            "own/deep.py",
            "from odoo import models\nclass A(models.Model):\n    _name = 'a'\n",
        )
        .write(
            "own/b.py",
            "from odoo import models\nclass B(models.Model):\n    _name = 'b'\n",
        )
        .write(
            "own/c.py",
            "from odoo import models\nclass C(models.Model):\n    _name = 'c'\n",
        )
        .write(
            "own/d.py",
            "try:\n    import phonenumbers\nexcept ImportError:\n    phonenumbers = None\n\
             from odoo import models\nclass D(models.Model):\n    _name = 'd'\n",
        );
    let source = addons.read("own");
    assert_eq!(source.unread, []);
    assert_eq!(names(&source), ["A", "B", "C", "D"]);
    let conditional: Vec<bool> = source
        .classes
        .iter()
        .map(|class| class.is_conditional)
        .collect();
    assert_eq!(conditional, [true, true, true, false]);
}

#[test]
fn what_only_a_function_imports_may_be_there_or_not() {
    let addons = Addons::new();
    addons
        .write(
            "own/__init__.py",
            "def hook():\n    from . import late\n    from . import nothing\n",
        )
        .write(
            "own/late.py",
            "from odoo import models\nclass Late(models.Model):\n    _name = 'late'\n",
        );
    let source = addons.read("own");
    assert_eq!(source.unread, []);
    assert_eq!(names(&source), ["Late"]);
    assert!(source.classes[0].is_conditional);
}

#[test]
fn an_import_that_leads_nowhere_is_told() {
    let source =
        module("from . import nowhere\nfrom ..... import far\nimport odoo.addons.own.gone\n");
    assert_eq!(
        whats(&source.unread),
        [
            "an import that leads nowhere: odoo.addons.own.nowhere",
            "an import from above all modules",
            "an import that leads nowhere: odoo.addons.own.gone",
        ]
    );
    assert_eq!(source.unread[1].place.line, 2);
    let source =
        module("VALUE = 1\nfrom . import VALUE\nfrom ..other import y\nfrom .. import another\n");
    assert_eq!(source.unread, []);
}

#[test]
fn compiled_code_is_no_source() {
    let addons = Addons::new();
    addons
        .write("own/__init__.py", "from . import secret, models\n")
        .write("own/secret.pyc", "")
        .write("own/models/__init__.pyc", "");
    let unread = addons.read("own").unread;
    let found: Vec<(&str, &str)> = unread
        .iter()
        .map(|unread| (unread.what.as_str(), unread.place.file.as_str()))
        .collect();
    let what = "a compiled file without its source";
    assert_eq!(
        found,
        [(what, "own/secret.pyc"), (what, "own/models/__init__.pyc")]
    );
}

#[test]
fn a_compiled_file_comes_before_the_source() {
    let class = "from odoo import models\nclass A(models.Model):\n    _name = 'a'\n";
    for compiled in [
        "own/models.cpython-311-x86_64-linux-gnu.so",
        "own/models.abi3.so",
        "own/models.so",
        "own/models.pyd",
        "own/models/__init__.so",
        "own/__init__.so",
    ] {
        let addons = Addons::new();
        addons
            .write("own/__init__.py", "from . import models\n")
            .write("own/models.py", class)
            .write(compiled, "");
        let unread = addons.read("own").unread;
        assert_eq!(unread[0].place.file, compiled);
    }
    let addons = Addons::new();
    addons
        .write("own/__init__.py", "from . import models\n")
        .write("own/models.py", class)
        .write("own/models.pyc", "")
        .write("own/models_too.so", "");
    let source = addons.read("own");
    assert_eq!((names(&source), &*source.unread), (vec!["A"], &[][..]));
}

#[test]
fn a_circle_of_imports_ends() {
    let addons = Addons::new();
    addons
        .write("own/__init__.py", "from . import a\n")
        .write(
            "own/a.py",
            "from . import b\nfrom odoo import models\nclass A(models.Model):\n    _name = 'a'\n",
        )
        .write(
            "own/b.py",
            "from . import a\nfrom odoo import models\nclass B(models.Model):\n    _name = 'b'\n",
        );
    assert_eq!(names(&addons.read("own")), ["B", "A"]);
}

#[test]
fn an_import_by_a_call_is_told_if_the_import_runs_it() {
    let source =
        module("import importlib\nfor name in names:\n    importlib.import_module(name)\n");
    assert_eq!(whats(&source.unread), ["an import by a call"]);
    for calls in [
        "load('x')\n",
        "def go():\n    load('x')\ngo()\n",
        "@load\ndef f(): pass\n",
        "def post_load():\n    load('x')\n",
    ] {
        let source = module(format!("def load(name):\n    __import__(name)\n{calls}"));
        let found = &source.in_functions[0];
        assert_eq!(
            (found.name.as_str(), found.unread.what.as_str()),
            ("load", "an import by a call"),
            "{calls}"
        );
    }
    let source = module("def load(name):\n    __import__(name)\n");
    assert_eq!((source.unread, source.in_functions), (vec![], vec![]));
    let source = module("import importlib\nimportlib.import_module('phonenumbers')\n");
    assert_eq!(source.unread, []);
}

#[test]
fn the_digest_is_of_what_was_read() {
    let digest = |text: &str| module(text).digest;
    assert_eq!(digest("x = 1\n"), digest("x = 1\n"));
    assert_ne!(digest("x = 1\n"), digest("x = 2\n"));
}
