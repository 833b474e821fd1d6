//! The texts of rules, as the compiler reads them and as Odoo's own `safe_eval` does.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use odoo_compiler::domain::{Names, evaluate};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::value::Value as Literal;
use odoo_mcp_tests::Environment;
use odoo_mcp_tests::parity::Random;
use serde_json::{Value, json};

const PIECES: &[&str] = &[
    "[",
    "]",
    "(",
    ")",
    ",",
    "+",
    "-",
    "'",
    "\"",
    "#",
    "\n",
    "\r",
    "\t",
    " ",
    "\u{a0}",
    "\\",
    ".",
    "0",
    "7",
    "_",
    "e5",
    "True",
    "False",
    "None",
    "user.id",
    "user.ids",
    "company_ids",
    "company_id",
    "('id', '=', 1)",
    "[1]",
    "(1,)",
];

/// What rules may name; the script has the same.
struct Fixed;

impl Names for Fixed {
    fn value(&self, name: &str) -> Result<Literal> {
        match name {
            "company_id" | "user.id" | "user.partner_id.id" => Ok(Literal::Int(7)),
            "company_ids" | "user.ids" => Ok(Literal::List(vec![Literal::Int(1), Literal::Int(2)])),
            "user.manager_id.parent_id.id" => Ok(Literal::FALSE),
            _ => Err(Error::new(Code::NotSupported, "not a name of rules")),
        }
    }
}

/// JSON as the compiler has it: what is not set is false.
fn falsy(json: &Value) -> Value {
    match json {
        Value::Null => json!(false),
        Value::Array(items) => items.iter().map(falsy).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_is_understood_of_a_rule_is_what_odoo_makes_of_it() {
    let corpus =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../pg_odoo_mcp/compiler/fuzz/corpus/rule");
    let mut files: Vec<_> = std::fs::read_dir(&corpus)
        .expect("the fuzzer's corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let kept: Vec<String> = files
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("a text"))
        .collect();
    let mut random = Random::new(11);
    let mut texts = kept.clone();
    for _ in 0..40_000 {
        let mut text: Vec<char> = random.pick(&kept).chars().collect();
        for _ in 0..=random.below(3) {
            let at = random.below(text.len() + 1);
            let end = (at + random.below(4)).min(text.len());
            let piece = if random.once_in(3) {
                ""
            } else {
                *random.pick(PIECES)
            };
            text.splice(at..end, piece.chars());
        }
        texts.push(text.into_iter().collect());
    }
    texts.sort();
    texts.dedup();
    let understood: Vec<(&str, Value)> = texts
        .iter()
        .filter_map(|text| Some((text.as_str(), evaluate(text.trim(), &Fixed).ok()?.to_json())))
        .collect();
    let asked: Vec<&str> = understood.iter().map(|(text, _)| *text).collect();
    let said = odoo_s(&json!(asked));
    let said = said.as_array().expect("a list");
    assert_eq!(said.len(), understood.len());
    let differing: Vec<String> = understood
        .iter()
        .zip(said)
        .filter(|((_, ours), theirs)| falsy(theirs) != json!([ours]))
        .map(|((text, ours), theirs)| format!("{text:?}: {ours}, odoo {theirs}"))
        .collect();
    println!(
        "{} of {} texts are understood",
        understood.len(),
        texts.len()
    );
    assert!(
        differing.is_empty(),
        "{} differ:\n{}",
        differing.len(),
        differing[..differing.len().min(20)].join("\n")
    );
    assert!(understood.len() > 1000);
}

fn odoo_s(texts: &Value) -> Value {
    let home = Environment::load().odoo_home;
    let mut python = Command::new(home.join("venv/bin/python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rule_expressions.py"))
        .env("PYTHONPATH", home.join("usr/lib/python3/dist-packages"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONWARNINGS", "ignore")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python starts");
    let mut stdin = python.stdin.take().expect("its input");
    stdin
        .write_all(texts.to_string().as_bytes())
        .expect("it reads");
    drop(stdin);
    let output = python.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("it says JSON")
}
