//! The SQL of the README and of the pages in `doc/`, run in psql: each block does what the page shows after it.
//!
//! A page that another test walks through, or that has nothing to run, is named here with the reason.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use odoo_mcp_tests::page::{Block, blocks, is_shown, plain};
use odoo_mcp_tests::{Administrator, Environment, Scratch};

/// Pages whose SQL needs more than a database with Odoo's demo data, and who runs it.
const ELSEWHERE: &[(&str, &str)] = &[("install.md", "tests/own_odoo.rs")];

/// Pages that need no superuser: whoever is on call types them.
const ON_CALL: &[&str] = &["troubleshooting.md"];

const NEXT: &str = "next block of the page";

/// The pages in `doc/` that have SQL, by name.
fn pages() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../doc");
    std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a page").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let name = path.file_name().expect("it has one").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a page is text");
            (name.into_owned(), text)
        })
        .filter(|(_, text)| !sql_of(text).is_empty())
        .collect()
}

fn sql_of(page: &str) -> Vec<Block> {
    blocks(page)
        .into_iter()
        .filter(|block| block.language == "sql")
        .collect()
}

/// What is typed in order: SQL, and the scan, which needs Odoo's source.
fn steps_of(page: &str) -> Vec<Block> {
    blocks(page)
        .into_iter()
        .filter(|block| block.language == "sql" || is_scan(block))
        .collect()
}

fn is_scan(block: &Block) -> bool {
    block.language == "sh" && block.text.contains("odoo-mcp scan-addons")
}

/// The block as psql takes it: what the stack's own scan found stands for one of the same source.
fn as_typed(env: &Environment, block: &Block) -> String {
    if is_scan(block) {
        let facts = env.facts.display();
        return format!(
            "\\set facts `cat {facts}`\nselect odoo_mcp.load_facts(:'facts') \\g /dev/null"
        );
    }
    block.text.clone()
}

fn sections(stream: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(stream);
    text.split(NEXT)
        .map(|section| section.lines().filter_map(plain).collect())
        .collect()
}

/// Runs the blocks in one session of psql; what differs from the page, as text.
fn differences(env: &Environment, database: &str, user: &str, blocks: &[Block]) -> String {
    let config: postgres::Config = env.superuser_url.parse().expect("a URL");
    let socket = match config.get_hosts() {
        [postgres::config::Host::Unix(path)] => path.clone(),
        other => panic!("the superuser comes by the socket, not by {other:?}"),
    };
    let port = config.get_ports()[0].to_string();
    let mut psql = Command::new(env.pg_bin.join("psql"))
        .args(["-X", "-q", "-U", user, "-d", database, "-p", &port])
        .env("PGPASSWORD", Administrator::PASSWORD)
        .arg("-h")
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql is there");
    let script: String = blocks
        .iter()
        .map(|block| {
            let typed = as_typed(env, block);
            format!("{typed}\n\\echo {NEXT}\n\\warn {NEXT}\n")
        })
        .collect();
    let mut input = psql.stdin.take().expect("it was piped");
    input.write_all(script.as_bytes()).expect("psql reads");
    drop(input);
    let output = psql.wait_with_output().expect("psql ends");
    let (answers, errors) = (sections(&output.stdout), sections(&output.stderr));

    let mut wrong = Vec::new();
    for (place, block) in blocks.iter().enumerate() {
        if is_scan(block) && errors[place].is_empty() {
            continue; // what it shows is the program's, which own_odoo.rs runs
        }
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
                block.text,
                shown.join("\n"),
                printed.join("\n")
            ));
        }
    }
    wrong.join("\n")
}

#[test]
fn every_block_of_the_readme_does_what_it_shows() {
    let env = Environment::load();
    let scratch = Scratch::bare(&env, "readme");
    let mut server = env.superuser();
    server
        .batch_execute("drop role if exists odoo_front")
        .expect("of a run that was broken off");
    let blocks = steps_of(include_str!("../../README.md"));
    assert!(blocks.len() >= 2, "the README has its first steps");
    let wrong = differences(&env, &scratch.database, "postgres", &blocks);
    drop(scratch);
    server
        .batch_execute("drop role odoo_front")
        .expect("nothing of it is left");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_block_of_a_page_does_what_it_shows() {
    let env = Environment::load();
    let pages = pages();
    for (page, walker) in ELSEWHERE {
        assert!(
            pages.contains_key(*page),
            "doc/{page} has no SQL for {walker}"
        );
    }
    for page in ON_CALL {
        assert!(pages.contains_key(*page), "doc/{page} has no SQL");
    }
    let run: Vec<_> = pages
        .iter()
        .filter(|(name, _)| ELSEWHERE.iter().all(|(page, _)| page != name))
        .collect();
    assert!(!run.is_empty(), "no page has SQL");
    let mut wrong = String::new();
    for (place, (name, text)) in run.into_iter().enumerate() {
        // a page starts from what setup leaves, not from the page before it
        let copy = Scratch::set_up(&env, &format!("page_{place}"));
        let on_call = ON_CALL
            .contains(&name.as_str())
            .then(|| Administrator::of(&env, &copy));
        let user = on_call.as_ref().map_or("postgres", |person| &person.name);
        let found = differences(&env, &copy.database, user, &steps_of(text));
        if !found.is_empty() {
            wrong += &format!("doc/{name}:\n{found}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
