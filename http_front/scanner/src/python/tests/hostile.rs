use super::*;

#[test]
fn a_file_with_an_error_is_told_with_its_line() {
    let source = module("from odoo import models\n\nclass A(models.Model:\n");
    assert_eq!(source.unread.len(), 1);
    assert!(
        source.unread[0].what.starts_with("a syntax error: "),
        "{:?}",
        source.unread
    );
    assert_eq!(source.unread[0].place.line, 3);
    assert!(!module("print 'x'\n").unread.is_empty());
}

#[test]
fn a_module_without_files_is_read_as_python_reads_it() {
    let addons = Addons::new();
    addons.write("own/__manifest__.py", "{}");
    assert_eq!(addons.read("own").unread, []);
    assert_eq!(addons.read("missing").classes.len(), 0);
}

#[test]
fn marks_line_ends_and_encodings_are_python_s() {
    let source = module(b"\xef\xbb\xbf# -*- coding: utf-8 -*-\r\nfrom odoo import models\r\n\r\nclass A(models.Model):\r\n    _name = 'a'\r\n");
    assert_eq!(source.unread, []);
    assert_eq!(source.classes[0].place.line, 4);
    let source = module(
        b"# coding: latin-1\nfrom odoo import models\nclass A(models.Model):\n    _name = '\xe9'\n",
    );
    assert_eq!(
        source.classes[0].attributes[0].value,
        Literal::Str("é".to_owned())
    );
    assert_eq!(
        whats(&module(b"x = '\xe9'\n").unread),
        ["a file that is not in UTF-8"]
    );
    module(b"x = 1\0\n\xff");
}

#[test]
fn nesting_without_end_is_refused() {
    for (piece, end) in [
        ("(", ""),
        ("(", "1"),
        ("-", "1"),
        ("1+", "1"),
        ("a.", "b"),
        ("lambda:", "1"),
        ("f(", ""),
        ("[", ""),
    ] {
        let source = module(format!("x = {}{end}\n", piece.repeat(300_000)));
        assert_eq!(
            whats(&source.unread),
            ["a file that is nested too deep"],
            "{piece}"
        );
    }
    let deep: String = (0..3_000)
        .map(|depth| format!("{}if x:\n", " ".repeat(depth)))
        .collect();
    assert_eq!(module(deep).unread.len(), 1);
}

#[test]
fn what_nesting_is_let_through_is_walked() {
    for (before, piece, middle, after) in [
        ("x = ", "(", "1", ")"),
        ("x = ", "[", "1", "]"),
        ("x = ", "-", "1", ""),
        ("x = ", "1+", "1", ""),
        ("x = ", "f(", "1", ")"),
        ("x = ", "a.", "b", ""),
        ("x = ", "lambda: ", "1", ""),
        ("x = ", "1 if 1 else ", "1", ""),
        ("", "a[", "1", "] = 1"),
    ] {
        let count = 480;
        let text = format!(
            "{before}{}{middle}{}\n",
            piece.repeat(count),
            after.repeat(if after.len() > 1 { 1 } else { count })
        );
        let in_class: String = text.lines().map(|line| format!("    {line}\n")).collect();
        module(format!(
            "from odoo import models\n{text}class A(models.Model):\n    _name = 'a'\n{in_class}"
        ));
    }
    let deep: String = (0..90)
        .map(|depth| format!("{}if x:\n", " ".repeat(depth)))
        .collect();
    let source = module(format!(
        "from odoo import models\n{deep}{}class A(models.Model): _name = 'a'\n",
        " ".repeat(90)
    ));
    assert_eq!(names(&source), ["A"]);
}

#[test]
fn large_files_are_read_and_larger_ones_refused() {
    let line = "X = ['a', 'b', ('c', 1), {'d': -2}, 'e' + 'f', \"g\", lambda a: a.b]\n";
    let text = line.repeat(5_000_000 / line.len());
    let source = module(format!(
        "{text}from odoo import models\nclass A(models.Model):\n    _name = 'a'\n"
    ));
    assert_eq!(names(&source), ["A"]);
    assert_eq!(source.unread, []);
    let source = module("#".repeat(17 << 20));
    assert_eq!(whats(&source.unread), ["a file of more than 16 MiB"]);
}

#[test]
fn values_that_grow_without_end_are_not_told() {
    let mut text = "from odoo import models\nX0 = ['aaaaaaaaaa', 'b']\n".to_owned();
    for step in 1..60 {
        text += &format!("X{step} = X{} + X{}\n", step - 1, step - 1);
    }
    text += "class A(models.Model):\n    _name = 'a'\n    x = X59\n    y = 'b'\n";
    let source = module(text);
    let values: Vec<&Literal> = source.classes[0].attributes[1..]
        .iter()
        .map(|a| &a.value)
        .collect();
    assert_eq!(values[0], &Literal::Unread);
    assert_eq!(values[1], &Literal::Str("b".to_owned()));
}

#[test]
#[cfg(unix)]
fn links_lead_nowhere_outside_and_into_no_circle() {
    use std::os::unix::fs::symlink;
    let addons = Addons::new();
    addons
        .write(
            "own/__init__.py",
            "from . import loop, out, inside, ring\nfrom .ring.ring import ring\n",
        )
        .write(
            "own/real.py",
            "from odoo import models\nclass A(models.Model):\n    _name = 'a'\n",
        )
        .write(
            "secret.py",
            "from odoo import models\nclass S(models.Model):\n    _name = 's'\n",
        );
    let own = addons.folder.join("own");
    symlink("loop.py", own.join("loop.py")).expect("a link");
    symlink("../secret.py", own.join("out.py")).expect("a link");
    symlink("real.py", own.join("inside.py")).expect("a link");
    symlink(".", own.join("ring")).expect("a link");
    let source = addons.read("own");
    assert_eq!(names(&source), ["A"]);
    let whats = whats(&source.unread);
    assert_eq!(whats.len(), 5, "{whats:?}");
    assert!(
        whats[0].starts_with("a file that can't be opened"),
        "{whats:?}"
    );
    assert_eq!(whats[1], "a file outside of the module's folder");
    assert_eq!(whats[2], "a file that is imported under two names");
    // the module's own folder may be a link
    symlink("own", addons.folder.join("linked")).expect("a link");
    assert_eq!(names(&addons.read("linked")), ["A"]);
}

#[test]
fn no_damage_to_a_file_makes_the_scanner_fail() {
    let text = "from odoo import api, fields, models\nfrom . import x\nX = {'a': [1, *(2,)]}\n\n\nclass A(models.Model):\n    _name = 'a'\n    \
        a = fields.Char(f'{X!r:>{1}}', **X)\n    if X:\n        @api.model\n        def f(self, a=lambda b, c: 1):\n            '''é'''\n            return super().f()\n\n\
        setattr(A, 'b', [y for y in X if y])\n";
    let addons = Addons::new();
    // a generator with a fixed beginning: the same damage each time
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    let pieces = [
        "(",
        ")",
        "'",
        "\"\"\"",
        "\n",
        "    ",
        "{",
        "f'",
        "\\",
        ":",
        "=",
        "class",
        "lambda",
        "\0",
        "é",
        ",",
        "*",
        "async ",
        "match x:\n case",
    ];
    for _ in 0..1_500 {
        let mut damaged = text.as_bytes().to_vec();
        for _ in 0..=random(4) {
            let at = random(damaged.len());
            match random(3) {
                0 => damaged.truncate(at.max(1)),
                1 => {
                    let end = (at + random(20)).min(damaged.len());
                    damaged.drain(at..end);
                    damaged.push(b'\n');
                }
                _ => {
                    let piece = pieces[random(pieces.len())];
                    damaged.splice(at..at, piece.bytes());
                }
            }
        }
        addons.write("own/__init__.py", &damaged);
        let source = addons.read("own");
        assert!(
            source
                .unread
                .iter()
                .all(|unread| !unread.what.contains("fails on")),
            "{}",
            String::from_utf8_lossy(&damaged)
        );
    }
}
