//! What the official conformance suite found, held against what of it applies to this server.
//!
//! The suite tests servers that have everything: prompts, resources, tools with names of its own. What applies to ours
//! is in `tests/clients/conformance/REVISION.txt`, a line a scenario:
//!
//! ```text
//! + scenario            it applies: every check must succeed, except
//!     check: reason     this one, which must not
//! - scenario: reason    it does not apply, and so must not pass
//! ~ scenario: reason    it passes without having looked
//! ```
//!
//! A scenario that is in the suite and not in the file, or the other way round, is a mistake like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

/// What every scenario checks of all that it saw; it holds for those that don't apply, too.
const WIRE: &str = "wire-schema-valid";

/// One check of a scenario.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name in the suite. Several checks may share it.
    pub id: String,
    /// `SUCCESS`, `FAILURE`, `WARNING`, `SKIPPED`, or `INFO`, which is no verdict.
    pub status: String,
    /// What went wrong.
    pub message: String,
}

/// The checks of each scenario.
pub type Results = BTreeMap<String, Vec<Check>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Applies {
    Yes,
    No,
    Vacuously,
}

struct Entry {
    applies: Applies,
    reason: String,
    /// The checks that can't succeed.
    except: BTreeSet<String>,
}

/// How a run compares with the file.
#[derive(Debug)]
pub struct Report {
    /// A line a scenario.
    pub table: String,
    /// What is not as the file says; empty, if all is well.
    pub mistakes: Vec<String>,
    /// Scenarios that apply.
    pub applying: usize,
    /// Their checks.
    pub checks: usize,
    /// Those of them that succeeded.
    pub succeeded: usize,
}

/// Reads the folder that the suite wrote: one folder a scenario, `server-NAME-TIME/checks.json`.
///
/// # Panics
/// If it is not readable or has another form.
#[must_use]
pub fn read_results(folder: &Path) -> Results {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{shown}: {error}"));
    entries
        .map(|entry| {
            let path = entry
                .unwrap_or_else(|error| panic!("{shown}: {error}"))
                .path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let scenario =
                scenario_of(name).unwrap_or_else(|| panic!("{name}: no scenario's folder"));
            let text = std::fs::read_to_string(path.join("checks.json"))
                .unwrap_or_else(|error| panic!("{scenario}: {error}"));
            let checks: Vec<Value> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{scenario}: {error}"));
            let word =
                |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
            let checks = checks
                .iter()
                .map(|check| Check {
                    id: word(check, "id"),
                    status: word(check, "status"),
                    message: word(check, "errorMessage"),
                })
                .collect();
            (scenario.to_owned(), checks)
        })
        .collect()
}

/// `server-ping-2026-11-21T14-12-25-460Z` is of `ping`.
fn scenario_of(folder: &str) -> Option<&str> {
    let name = folder.strip_prefix("server-")?;
    name.get(..name.len().checked_sub("-2026-11-21T14-12-25-460Z".len())?)
}

fn parse(text: &str) -> BTreeMap<String, Entry> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    let mut last = String::new();
    for line in text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
    {
        let (subject, reason) = line.split_once(": ").unwrap_or((line, ""));
        if let Some(check) = subject.strip_prefix("    ") {
            assert!(!reason.is_empty(), "{line}: a reason is missing");
            let entry = entries
                .get_mut(&last)
                .unwrap_or_else(|| panic!("{line}: of no scenario"));
            assert_eq!(
                entry.applies,
                Applies::Yes,
                "{line}: its scenario does not apply"
            );
            assert!(entry.except.insert(check.to_owned()), "{line}: twice");
            continue;
        }
        let (applies, scenario) = match subject.split_once(' ') {
            Some(("+", scenario)) => (Applies::Yes, scenario),
            Some(("-", scenario)) => (Applies::No, scenario),
            Some(("~", scenario)) => (Applies::Vacuously, scenario),
            _ => panic!("{line}: begins with none of + - ~"),
        };
        assert!(
            applies == Applies::Yes || !reason.is_empty(),
            "{line}: a reason is missing"
        );
        scenario.clone_into(&mut last);
        let entry = Entry {
            applies,
            reason: reason.to_owned(),
            except: BTreeSet::new(),
        };
        let before = entries.insert(last.clone(), entry);
        assert!(before.is_none(), "{line}: twice");
    }
    entries
}

/// Holds a run against the text of the file.
///
/// # Panics
/// If the file has another form.
#[must_use]
pub fn judge(file: &str, results: &Results) -> Report {
    let entries = parse(file);
    let mut report = Report {
        table: String::new(),
        mistakes: Vec::new(),
        applying: 0,
        checks: 0,
        succeeded: 0,
    };
    for scenario in entries.keys().filter(|name| !results.contains_key(*name)) {
        report
            .mistakes
            .push(format!("{scenario}: the suite did not run it"));
    }
    for (scenario, checks) in results {
        let Some(entry) = entries.get(scenario) else {
            report.mistakes.push(format!(
                "{scenario}: new in the suite; say whether it applies"
            ));
            continue;
        };
        let verdicts: Vec<&Check> = checks
            .iter()
            .filter(|check| check.status != "INFO")
            .collect();
        for check in &verdicts {
            if check.id == WIRE && check.status != "SUCCESS" {
                report
                    .mistakes
                    .push(format!("{scenario}: {WIRE}: {}", check.message));
            }
        }
        let mut row = |sign: &str, said: String| {
            let _ = writeln!(report.table, "  {sign} {scenario:<46} {said}");
        };
        match entry.applies {
            Applies::Yes => {
                let (fine, left): (Vec<&Check>, Vec<&Check>) =
                    verdicts.iter().partition(|check| check.status == "SUCCESS");
                report.applying += 1;
                report.checks += verdicts.len();
                report.succeeded += fine.len();
                let count = format!("{} of {} checks", fine.len(), verdicts.len());
                row(
                    "+",
                    match left.len() {
                        0 => count,
                        n => format!("{count}, {n} do not apply"),
                    },
                );
                compare(scenario, &entry.except, &fine, &left, &mut report.mistakes);
            }
            Applies::No => {
                row("-", entry.reason.clone());
                if passes(&verdicts) {
                    report
                        .mistakes
                        .push(format!("{scenario}: is said not to apply, and passes"));
                }
            }
            Applies::Vacuously => {
                row("~", entry.reason.clone());
                if !passes(&verdicts) {
                    report
                        .mistakes
                        .push(format!("{scenario}: is said to pass, and does not"));
                }
            }
        }
    }
    report
}

/// What differs in a scenario that applies.
fn compare(
    scenario: &str,
    except: &BTreeSet<String>,
    fine: &[&Check],
    left: &[&Check],
    mistakes: &mut Vec<String>,
) {
    if fine.iter().all(|check| check.id == WIRE) {
        mistakes.push(format!("{scenario}: checked nothing"));
    }
    for check in left.iter().filter(|check| !except.contains(&check.id)) {
        let Check {
            id,
            status,
            message,
        } = check;
        mistakes.push(format!("{scenario}: {id}: {status} {message}"));
    }
    for id in except {
        if fine.iter().any(|check| check.id == *id) {
            mistakes.push(format!(
                "{scenario}: {id}: is said not to apply, and succeeds"
            ));
        }
        if !left.iter().any(|check| check.id == *id) {
            mistakes.push(format!("{scenario}: {id}: is listed, and not in the suite"));
        }
    }
}

/// Whether something of its own was looked at, and all was well.
fn passes(verdicts: &[&Check]) -> bool {
    verdicts.iter().any(|check| check.id != WIRE)
        && verdicts.iter().all(|check| check.status == "SUCCESS")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a comment\n\n+ ping\n+ partly\n    odd: needs a tool of the suite\n- prompts: there are none\n~ empty: an unknown tool is refused anyway\n";

    fn results(changes: &[(&str, &[(&str, &str)])]) -> Results {
        let mut all: BTreeMap<&str, &[(&str, &str)]> = BTreeMap::from([
            (
                "ping",
                &[("ping", "SUCCESS"), ("x", "INFO"), (WIRE, "SUCCESS")][..],
            ),
            ("partly", &[("even", "SUCCESS"), ("odd", "SKIPPED")]),
            ("prompts", &[("prompts", "FAILURE"), (WIRE, "SUCCESS")]),
            ("empty", &[("refused", "SUCCESS")]),
        ]);
        all.extend(changes.iter().copied());
        let check = |(id, status): &(&str, &str)| Check {
            id: (*id).to_owned(),
            status: (*status).to_owned(),
            message: String::new(),
        };
        all.into_iter()
            .filter(|(_, checks)| *checks != [("gone", "")])
            .map(|(name, checks)| (name.to_owned(), checks.iter().map(check).collect()))
            .collect()
    }

    #[test]
    fn a_run_as_the_file_says_has_no_mistakes() {
        let report = judge(FILE, &results(&[]));
        assert_eq!(report.mistakes, Vec::<String>::new());
        assert_eq!(
            (report.applying, report.checks, report.succeeded),
            (2, 4, 3)
        );
        assert!(
            report.table.contains("1 of 2 checks, 1 do not apply"),
            "{}",
            report.table
        );
    }

    #[test]
    fn every_difference_is_one() {
        for (scenario, checks, expected) in [
            (
                "ping",
                &[("ping", "FAILURE"), (WIRE, "SUCCESS")][..],
                "FAILURE",
            ),
            (
                "ping",
                &[("ping", "WARNING"), ("other", "SUCCESS")],
                "WARNING",
            ),
            (
                "ping",
                &[("ping", "SUCCESS"), ("new", "SKIPPED")],
                "SKIPPED",
            ),
            ("ping", &[], "checked nothing"),
            (
                "ping",
                &[("x", "INFO"), (WIRE, "SUCCESS")],
                "checked nothing",
            ),
            ("ping", &[("gone", "")], "did not run"),
            (
                "partly",
                &[("even", "SUCCESS"), ("odd", "SUCCESS")],
                "and succeeds",
            ),
            ("partly", &[("even", "SUCCESS")], "not in the suite"),
            (
                "prompts",
                &[("prompts", "SUCCESS"), (WIRE, "SUCCESS")],
                "and passes",
            ),
            (
                "prompts",
                &[("prompts", "FAILURE"), (WIRE, "FAILURE")],
                WIRE,
            ),
            ("empty", &[("refused", "FAILURE")], "and does not"),
            ("empty", &[], "and does not"),
            ("brand-new", &[("a", "SUCCESS")], "say whether it applies"),
        ] {
            let mistakes = judge(FILE, &results(&[(scenario, checks)])).mistakes;
            assert!(
                mistakes
                    .iter()
                    .any(|text| text.starts_with(scenario) && text.contains(expected)),
                "{scenario} {checks:?}: {mistakes:?}"
            );
        }
    }

    #[test]
    fn folders_are_named_after_scenarios() {
        assert_eq!(
            scenario_of("server-ping-2026-11-21T14-12-25-460Z"),
            Some("ping")
        );
        assert_eq!(
            scenario_of("server-server-stateless-2026-11-21T14-12-25-460Z"),
            Some("server-stateless")
        );
        assert_eq!(scenario_of("ping"), None);
    }
}
