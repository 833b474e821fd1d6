//! The findings on paper: aligned lines for people, or JSON.

use super::{Finding, Status};
use serde_json::json;
use std::fmt::Write;

/// Aligned lines, hints under their findings, and a line that sums up.
pub fn as_text(findings: &[Finding]) -> String {
    let width = |of: fn(&Finding) -> &str| findings.iter().map(|f| of(f).len()).max().unwrap_or(0);
    let (checks, words) = (width(|f| &f.check), width(|f| word(f.status)));
    let mut text = String::new();
    for finding in findings {
        let (check, word) = (&finding.check, word(finding.status));
        let _ = writeln!(
            text,
            "{word:words$}  {check:checks$}  {}",
            plain(&finding.finding)
        );
        if let Some(hint) = &finding.hint {
            let _ = writeln!(text, "{:words$}  {:checks$}  → {}", "", "", plain(hint));
        }
    }
    let count = |status| findings.iter().filter(|f| f.status == status).count();
    let (errors, warnings) = (count(Status::Error), count(Status::Warning));
    let _ = write!(
        text,
        "\n{} looked at: {errors} {}, {warnings} {}",
        findings.len(),
        if errors == 1 { "error" } else { "errors" },
        if warnings == 1 { "warning" } else { "warnings" },
    );
    text
}

/// An array of objects with `check`, `status`, `finding` and `hint`, and the counts.
pub fn as_json(findings: &[Finding]) -> String {
    let count = |status| findings.iter().filter(|f| f.status == status).count();
    json!({
        "findings": findings,
        "errors": count(Status::Error),
        "warnings": count(Status::Warning),
    })
    .to_string()
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Warning => "warning",
        Status::Error => "ERROR",
    }
}

/// Characters of a finding or a hint that are shown.
const LONGEST: usize = 1000;

/// Names in a database, and what a stranger's server answers, may hold anything: nothing that
/// moves a terminal's cursor or turns the direction of writing gets out, and nothing endless.
fn plain(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .take(LONGEST)
        .map(|c| if is_odd(c) { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned_and_summed_up() {
        let text = as_text(&[
            Finding::ok("clock", "they agree"),
            Finding::error("server", "it is off\u{1b}[2J\u{202e}", "switch it on"),
        ]);
        assert_eq!(
            text,
            "ok     clock   they agree\n\
             ERROR  server  it is off\u{fffd}[2J\u{fffd}\n               → switch it on\n\n\
             2 looked at: 1 error, 0 warnings"
        );
    }
}
