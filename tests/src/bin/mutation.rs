//! Plants the bugs of `tests/mutation` in a copy of the compiler, one at a time, and demands that the compiler's own
//! tests catch each. `tests/run mutation` runs it; a name as argument runs that one only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::Instant;

use odoo_mcp_tests::mutation::Mutation;

/// What came of a bug.
enum Outcome {
    /// These tests failed.
    Caught(Vec<String>),
    /// No test did.
    Survived,
    /// It is no bug but nonsense.
    Broken(String),
}

fn main() -> ExitCode {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repository.join("target"), PathBuf::from);
    let copy = target.join("mutation");
    let only = std::env::args().nth(1);
    let mutations: Vec<(String, Mutation)> = read(&repository.join("tests/mutation"))
        .into_iter()
        .filter(|(name, _)| only.as_ref().is_none_or(|only| only == name))
        .collect();
    assert!(!mutations.is_empty(), "there is no mutation {only:?}");
    prepare(&repository, &copy);

    let begin = Instant::now();
    let untouched = cargo_test(&copy);
    assert!(
        untouched.status.success(),
        "the compiler's tests fail without any bug:\n{}",
        text(&untouched)
    );
    println!(
        "{:6.1} s  without a bug all tests pass",
        begin.elapsed().as_secs_f64()
    );
    let (mut caught, mut failed) = (0, 0);
    for (name, mutation) in &mutations {
        let begin = Instant::now();
        let outcome = try_out(&repository, &copy, mutation);
        let seconds = begin.elapsed().as_secs_f64();
        match outcome {
            Outcome::Caught(tests) => {
                caught += 1;
                println!(
                    "{seconds:6.1} s  caught    {name}: {} ({} tests)",
                    mutation.what,
                    tests.len()
                );
                println!(
                    "                    by {}",
                    tests.first().map_or("", String::as_str)
                );
            }
            Outcome::Survived => {
                failed += 1;
                println!("{seconds:6.1} s  SURVIVED  {name}: {}", mutation.what);
            }
            Outcome::Broken(why) => {
                failed += 1;
                println!("{seconds:6.1} s  BROKEN    {name}: {why}");
            }
        }
    }
    // in the words of a test runner, which tests/run counts
    println!(
        "test result: {}. {caught} passed; {failed} failed",
        if failed == 0 { "ok" } else { "FAILED" }
    );
    ExitCode::from(u8::from(failed > 0))
}

fn read(folder: &Path) -> Vec<(String, Mutation)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "mutation"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(path).expect("a text");
            let mutation = Mutation::parse(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
            (name.into_owned(), mutation)
        })
        .collect()
}

/// A workspace of the compiler alone. Its own build stays from run to run: only files that differ are written.
fn prepare(repository: &Path, copy: &Path) {
    let compiler = repository.join("pg_odoo_mcp/compiler");
    mirror(&compiler, &copy.join("compiler"));
    let manifest = fs::read_to_string(repository.join("Cargo.toml")).expect("the manifest");
    let lines: Vec<String> = manifest
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some(("members", _)) => r#"members = ["compiler"]"#.to_owned(),
            _ => line.replace("\"pg_odoo_mcp/compiler\"", "\"compiler\""),
        })
        .collect();
    write(
        &copy.join("Cargo.toml"),
        (lines.join("\n") + "\n").as_bytes(),
    );
    if !copy.join("Cargo.lock").exists() {
        fs::copy(repository.join("Cargo.lock"), copy.join("Cargo.lock")).expect("the lock file");
    }
}

fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder in target");
    for entry in fs::read_dir(to).expect("the copy") {
        let path = entry.expect("an entry").path();
        let is_gone = path
            .file_name()
            .is_some_and(|name| !from.join(name).exists());
        if is_gone && path.is_dir() {
            fs::remove_dir_all(&path).expect("a folder of the copy");
        } else if is_gone {
            fs::remove_file(&path).expect("a file of the copy");
        }
    }
    for entry in fs::read_dir(from).expect("the crate") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            mirror(&path, &to);
        } else {
            write(&to, &fs::read(&path).expect("a file of the crate"));
        }
    }
}

fn write(path: &Path, contents: &[u8]) {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return;
    }
    fs::write(path, contents).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn try_out(repository: &Path, copy: &Path, mutation: &Mutation) -> Outcome {
    let file = |root: PathBuf| root.join(&mutation.file);
    let source = match fs::read_to_string(file(repository.join("pg_odoo_mcp/compiler"))) {
        Ok(source) => source,
        Err(error) => return Outcome::Broken(format!("{}: {error}", mutation.file)),
    };
    let mutated = match mutation.plant(&source) {
        Ok(mutated) => mutated,
        Err(why) => return Outcome::Broken(why),
    };
    write(&file(copy.join("compiler")), mutated.as_bytes());
    let output = cargo_test(copy);
    write(&file(copy.join("compiler")), source.as_bytes());
    let text = text(&output);
    let failed: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("---- ")?.strip_suffix(" stdout ----"))
        .map(str::to_owned)
        .collect();
    if output.status.success() {
        Outcome::Survived
    } else if failed.is_empty() {
        let errors = text.lines().filter(|line| line.starts_with("error"));
        Outcome::Broken(errors.take(3).collect::<Vec<_>>().join("; "))
    } else {
        Outcome::Caught(failed)
    }
}

fn cargo_test(copy: &Path) -> Output {
    Command::new(env!("CARGO"))
        .args([
            "test",
            "-q",
            "-p",
            "odoo_compiler",
            "--lib",
            "--test",
            "compile",
            "--no-fail-fast",
        ])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", copy.join("target"))
        // what the bug makes unused is no error
        .env("RUSTFLAGS", "--cap-lints=allow")
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("cargo runs")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
