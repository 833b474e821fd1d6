//! The README's SQL, run in psql: each block does what the page shows after it.
//!
//! In the shown text `…` stands for anything within a line, a line of its own for any number of lines. Spaces and the
//! line under a heading are not compared.

use std::io::Write;
use std::process::{Command, Stdio};

use odoo_mcp_tests::{Environment, Scratch};

const README: &str = include_str!("../../README.md");
const NEXT: &str = "next block of the README";

struct Block {
    sql: String,
    shown: Option<Vec<String>>,
}

fn blocks() -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut lines = README.lines();
    while let Some(line) = lines.next() {
        match line {
            "```sql" => found.push(Block {
                sql: take(&mut lines).join("\n"),
                shown: None,
            }),
            "```text" => {
                found.last_mut().expect("shown text follows the SQL").shown = Some(take(&mut lines))
            }
            _ if line.starts_with("```") => drop(take(&mut lines)),
            _ => {}
        }
    }
    found
}

fn take(lines: &mut std::str::Lines<'_>) -> Vec<String> {
    lines
        .take_while(|line| *line != "```")
        .map(str::to_owned)
        .collect()
}

/// Words only; nothing for an empty line or the line under a heading.
fn plain(line: &str) -> Option<String> {
    let is_rule = line.contains("--") && line.chars().all(|character| "-+ ".contains(character));
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    (!is_rule && !words.is_empty()).then_some(words)
}

fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    if pattern == first {
        return rest.is_empty();
    }
    for part in parts {
        let part = part.trim();
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    true
}

/// Whether the printed lines are the shown ones.
fn is_shown(printed: &[String], shown: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((pattern, others)) if pattern == "…" => {
            (0..=printed.len()).any(|skipped| is_shown(&printed[skipped..], others))
        }
        Some((pattern, others)) => printed
            .split_first()
            .is_some_and(|(line, rest)| fits(line, pattern) && is_shown(rest, others)),
    }
}

fn sections(stream: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(stream);
    text.split(NEXT)
        .map(|section| section.lines().filter_map(plain).collect())
        .collect()
}

#[test]
fn every_block_does_what_the_page_shows() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "readme");
    let mut server = env.superuser();
    server
        .batch_execute("drop role if exists odoo_front")
        .expect("of a run that was broken off");
    let blocks = blocks();
    assert!(
        blocks.len() >= 8,
        "the README has its walkthrough: {} blocks",
        blocks.len()
    );

    let config: postgres::Config = env.superuser_url.parse().expect("a URL");
    let socket = match config.get_hosts() {
        [postgres::config::Host::Unix(path)] => path.clone(),
        other => panic!("the superuser comes by the socket, not by {other:?}"),
    };
    let mut psql = Command::new(env.pg_bin.join("psql"))
        .args([
            "-X",
            "-q",
            "-U",
            "postgres",
            "-d",
            &scratch.database,
            "-p",
            &config.get_ports()[0].to_string(),
            "-h",
        ])
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql is there");
    let script: String = blocks
        .iter()
        .map(|block| format!("{}\n\\echo {NEXT}\n\\warn {NEXT}\n", block.sql))
        .collect();
    let mut input = psql.stdin.take().expect("it was piped");
    input.write_all(script.as_bytes()).expect("psql reads");
    drop(input);
    let output = psql.wait_with_output().expect("psql ends");
    let (answers, errors) = (sections(&output.stdout), sections(&output.stderr));

    let mut wrong = Vec::new();
    for (place, block) in blocks.iter().enumerate() {
        let mut printed = answers[place].clone();
        printed.extend(errors[place].iter().cloned());
        let shown: Vec<String> = block
            .shown
            .iter()
            .flatten()
            .filter_map(|line| plain(line))
            .collect();
        if !is_shown(&printed, &shown) {
            wrong.push(format!(
                "{}\nshown:\n{}\nprinted:\n{}\n",
                block.sql,
                shown.join("\n"),
                printed.join("\n")
            ));
        }
    }
    drop(scratch);
    server
        .batch_execute("drop role odoo_front")
        .expect("nothing of it is left");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn another_output_is_noticed() {
    let lines = |text: &str| text.lines().filter_map(plain).collect::<Vec<_>>();
    assert!(is_shown(
        &lines(" a | b\n---+---\n 1 | 2\n"),
        &lines(" a | b\n…\n")
    ));
    assert!(is_shown(&lines("x 1 y"), &lines("x … y")));
    assert!(!is_shown(&lines("x 1 z"), &lines("x … y")));
    assert!(!is_shown(&lines("x"), &lines("x\ny")));
    assert!(!is_shown(&lines("x\ny"), &lines("x")));
    assert!(!is_shown(&lines("ERROR: no"), &[]));
}
