//! What every statement is made of, whatever a caller wrote.

use crate::odoo::Odoo;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Where SQL text is made: nothing else may bring words into it.
const SOURCES: &[&str] = &[
    include_str!("../../src/sql/cell.rs"),
    include_str!("../../src/sql/fragment.rs"),
    include_str!("../../src/sql/groups.rs"),
    include_str!("../../src/sql/hierarchy.rs"),
    include_str!("../../src/sql/path.rs"),
    include_str!("../../src/sql/predicate.rs"),
    include_str!("../../src/sql/select.rs"),
    include_str!("../../src/sql/statement.rs"),
];

/// The words and quoted texts that stand in literals there.
static OWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut own = BTreeSet::new();
    for source in SOURCES {
        // quotes that neither open nor close a literal
        let source = source.replace("'\"'", "").replace("\\\"", "");
        let mut parts = source.split('"');
        while let (Some(code), Some(literal)) = (parts.next(), parts.next()) {
            let text = match code.ends_with('r') {
                true => literal.to_owned(),
                false => literal.replace("\\n", "\n"),
            };
            for token in tokens(&text) {
                match token {
                    Token::Word(word) | Token::Text(word) => drop(own.insert(word)),
                    Token::Name(_) | Token::Placeholder(_) | Token::Bracket(_) => {}
                }
            }
        }
    }
    own
});

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    /// In single quotes.
    Text(String),
    /// In double quotes.
    Name(String),
    Placeholder(usize),
    Bracket(bool),
}

/// The tokens of a text; one whose quotes are open at its end has them as words.
fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = sql;
    let word = |rest: &str| {
        rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len())
    };
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\'' | '"' => match after.split_once(c) {
                Some((quoted, after)) => {
                    found.push(match c {
                        '"' => Token::Name(quoted.into()),
                        _ => Token::Text(quoted.into()),
                    });
                    after
                }
                None => after,
            },
            '$' => {
                let end = word(after);
                let number = after[..end].parse();
                found.push(number.map_or(Token::Word("$".into()), Token::Placeholder));
                &after[end..]
            }
            '(' | ')' => {
                found.push(Token::Bracket(c == '('));
                after
            }
            c if c.is_alphanumeric() || c == '_' => {
                let end = word(rest);
                found.push(Token::Word(rest[..end].into()));
                &rest[end..]
            }
            ';' | '\\' | '\0' => {
                found.push(Token::Word(c.into()));
                after
            }
            _ => after,
        };
    }
    found
}

/// Whether a word is an alias or a number of ours.
fn is_counted(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
    word.len() - digits.len() <= 1 && digits.chars().all(|c| c.is_ascii_digit())
}

/// A statement has balanced brackets, all of its parameters and no other, and nothing in it but what
/// the compiler's own text says and names that the catalog has.
pub(crate) fn check(names: &BTreeSet<String>, sql: &str, params: usize) -> Result<(), String> {
    let (mut placeholders, mut depth) = (BTreeSet::new(), 0_usize);
    for token in tokens(sql) {
        match token {
            Token::Bracket(true) => depth += 1,
            Token::Bracket(false) => {
                depth = depth.checked_sub(1).ok_or(format!("brackets: {sql}"))?;
            }
            Token::Placeholder(at) => drop(placeholders.insert(at)),
            Token::Name(name) if names.contains(&name) => {}
            Token::Word(word) | Token::Name(word) if is_counted(&word) || OWN.contains(&word) => {}
            Token::Text(text) if OWN.contains(&text) => {}
            other => return Err(format!("{other:?} is not the compiler's: {sql}")),
        }
    }
    if depth != 0 || sql.contains("--") {
        return Err(format!("not one statement: {sql}"));
    }
    if !placeholders.iter().copied().eq(1..=params) {
        return Err(format!("{params} parameters for {placeholders:?}: {sql}"));
    }
    Ok(())
}

/// The names that statements about these models may have.
pub(crate) fn names(odoo: &Odoo) -> BTreeSet<String> {
    let mut names = odoo.identifiers();
    // schema, key, and the column of names that a search by name makes
    names.extend(["public", "id", "named"].map(str::to_owned));
    names
}

/// Every statement of an explanation.
pub(crate) fn check_all(names: &BTreeSet<String>, explained: &Value) -> Result<(), String> {
    for statement in explained["statements"].as_array().into_iter().flatten() {
        let sql = statement["sql"].as_str().ok_or("a statement has no text")?;
        let params = statement["params"].as_array().map_or(0, Vec::len);
        check(names, sql, params)?;
    }
    Ok(())
}

#[test]
fn what_is_not_the_compiler_s_is_seen() {
    let names = BTreeSet::from(["name".to_owned()]);
    let check = |sql: &str, params| check(&names, sql, params);
    assert_eq!(check(r#"SELECT t0."name" WHERE ($1) AND $2"#, 2), Ok(()));
    for (sql, params) in [
        ("SELECT ($1", 1),
        ("SELECT )$1(", 1),
        ("SELECT $1", 2),
        ("SELECT $2", 1),
        (r#"SELECT t0."other""#, 0),
        ("SELECT 'other'", 0),
        ("SELECT 'open", 0),
        ("SELECT pg_sleep(1)", 0),
        ("SELECT 1; SELECT 1", 0),
        ("SELECT 1 -- SELECT", 0),
    ] {
        assert!(check(sql, params).is_err(), "{sql}");
    }
}
