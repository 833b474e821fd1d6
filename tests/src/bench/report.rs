//! The tables, in Markdown.

use std::fmt::Write;

use super::place::{DISK, HTTP, JSON2, MCP, Measured, SERVE, SQL};
use super::sample::figure;

/// Ours at most as long as this share of JSON-2.
const SHARE: f64 = 0.25;
/// Milliseconds above raw SQL and one fdatasync.
const ABOVE: f64 = 1.5;
/// Milliseconds for a search of each of 16 callers at once.
const AT_ONCE: f64 = 60.0;

/// An aim and whether it is met.
fn verdict(value: f64, unit: &str, is_met: bool) -> String {
    format!(
        "{}{unit} {}",
        figure(value),
        if is_met { "met" } else { "**missed**" }
    )
}

/// One caller: a line for each question, then how to tell the aims.
#[must_use]
pub fn one_caller(measured: &[Measured]) -> String {
    let has_parts = measured.iter().any(|m| m.alone.len() > SERVE);
    let mut text = format!(
        "| question | rounds | MCP | {}JSON-2 | raw SQL | fdatasync | MCP ÷ JSON-2 | MCP − SQL − fdatasync |\n|---|--:|--:|{}--:|--:|--:|--:|--:|\n",
        if has_parts {
            "`CALL serve` alone | "
        } else {
            ""
        },
        if has_parts { "--:|" } else { "" },
    );
    for one in measured {
        let side = |side: usize| one.alone[side].p50();
        let share = side(MCP) / side(JSON2);
        let above = side(MCP) - side(SQL) - side(DISK);
        let serve = one
            .alone
            .get(SERVE)
            .map_or_else(String::new, |serve| format!("{serve} | "));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {serve}{} | {} | {} | {} | {} |",
            one.name,
            one.alone[MCP].count(),
            one.alone[MCP],
            one.alone[JSON2],
            one.alone[SQL],
            one.alone[DISK],
            verdict(share, "", share < SHARE),
            verdict(above, " ms", above <= ABOVE),
        );
    }
    text
}

/// Many callers at once.
#[must_use]
pub fn many_callers(measured: &[Measured], clients: usize) -> String {
    let mut text = format!(
        "| question | side | a call | all {clients} at once | answers a second | aim |\n|---|---|--:|--:|--:|--:|\n"
    );
    for one in measured {
        let Some(crowded) = &one.crowded else {
            continue;
        };
        for (side, name) in [(MCP, "MCP"), (JSON2, "JSON-2"), (SQL, "raw SQL")] {
            let found = &crowded[side];
            let wall = found.walls.p50();
            // the aim is of 16 searches
            let aim = if side == MCP && clients == 16 && one.name.contains("partners") {
                verdict(wall, " ms", wall < AT_ONCE)
            } else {
                String::new()
            };
            let _ = writeln!(
                text,
                "| {} | {name} | {} | {} | {:.0} | {aim} |",
                one.name, found.calls, found.walls, found.throughput
            );
        }
    }
    text
}

/// What the bench's own HTTP costs, over all questions.
#[must_use]
pub fn http_cost(measured: &[Measured]) -> String {
    let mut medians: Vec<f64> = measured.iter().map(|m| m.alone[HTTP].p50()).collect();
    medians.sort_unstable_by(f64::total_cmp);
    medians
        .get(medians.len() / 2)
        .map_or_else(String::new, |median| figure(*median))
}

#[cfg(test)]
mod tests {
    use super::{many_callers, one_caller};
    use crate::bench::crowd::{Burst, Crowded};
    use crate::bench::place::Measured;
    use crate::bench::sample::Samples;
    use std::time::Duration;

    fn measured(milliseconds: &[f64], burst: u64) -> Measured {
        let samples = |ms: &f64| -> Samples {
            std::iter::once(Duration::from_secs_f64(ms / 1000.0)).collect()
        };
        let once = Burst {
            wall: Duration::from_millis(burst),
            calls: vec![Duration::from_millis(burst); 16],
        };
        Measured {
            name: "20 partners",
            alone: milliseconds.iter().map(samples).collect(),
            crowded: Some(vec![
                Crowded::of(
                    std::slice::from_ref(&once),
                    std::slice::from_ref(&once)
                );
                3
            ]),
        }
    }

    #[test]
    fn aims_are_said_to_be_met_or_missed() {
        let met = one_caller(&[measured(&[2.0, 10.0, 0.4, 0.3, 0.1], 50)]);
        assert!(
            met.contains("| 20 partners | 1 | 2.00 / 2.00 | 10.0 / 10.0 | 0.40 / 0.40 | 0.30 / 0.30 | 0.20 met | 1.30 ms met |"),
            "{met}"
        );
        let missed = one_caller(&[measured(&[3.0, 10.0, 0.4, 0.3, 0.1], 50)]);
        assert!(
            missed.contains("| 0.30 **missed** | 2.30 ms **missed** |"),
            "{missed}"
        );
    }

    #[test]
    fn parts_have_a_column_where_they_were_measured() {
        let with = one_caller(&[measured(&[2.0, 10.0, 0.4, 0.3, 0.1, 1.8], 50)]);
        assert!(
            with.contains("| 2.00 / 2.00 | 1.80 / 1.80 | 10.0 / 10.0 |"),
            "{with}"
        );
        assert!(
            with.lines().all(|line| line.matches('|').count() == 10),
            "{with}"
        );
    }

    #[test]
    fn the_aim_of_many_is_of_sixteen_searches() {
        let sides = [1.0, 1.0, 1.0, 1.0, 1.0];
        let said = many_callers(&[measured(&sides, 50)], 16);
        assert!(said.contains("| 320 | 50.0 ms met |"), "{said}");
        assert!(many_callers(&[measured(&sides, 70)], 16).contains("**missed**"));
        assert!(!many_callers(&[measured(&sides, 70)], 8).contains("missed"));
    }
}
