//! What came of all questions, by tool and by model.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::models::MODELS;
use super::question::{Kind, Question};
use super::verdict::Verdict;

/// Reasons that are shown.
const REASONS: usize = 40;

/// What came of the questions of one tool, or about one model.
#[derive(Clone, Debug, Default)]
struct Line {
    sql: usize,
    odoo: usize,
    refused: usize,
    unsupported: usize,
    different: usize,
    /// Why SQL did not answer, without names: how often, and the first such reason with them.
    reasons: BTreeMap<String, (usize, String)>,
}

/// The verdicts, counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The same answers.
    pub same: BTreeMap<Kind, usize>,
    /// Those with a record, a group or a number in them.
    pub filled: usize,
    /// Refused by both.
    pub refused: usize,
    /// Not answered.
    pub unsupported: usize,
    /// Both answers of each question that they differ in.
    pub differences: Vec<String>,
    tools: BTreeMap<&'static str, Line>,
    models: BTreeMap<String, Line>,
    refusals: BTreeMap<String, usize>,
    odoo_fails: BTreeMap<String, usize>,
    /// By what of a view asked.
    views: BTreeMap<&'static str, Line>,
    /// Why SQL did not answer what views ask, with all names.
    why: BTreeMap<String, usize>,
    left_out: BTreeMap<String, usize>,
    batched: usize,
    asked_names: usize,
    open_names: usize,
}

/// A reason without the names of models and fields, to be counted.
fn without_names(message: &str) -> String {
    message
        .split_whitespace()
        .filter(|word| !word.contains(['.', '"', '_']))
        .collect::<Vec<_>>()
        .join(" ")
}

impl Line {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Same { engine, reason, .. } => {
                if engine == "sql" {
                    self.sql += 1;
                } else {
                    self.odoo += 1;
                }
                self.because(reason.as_deref());
            }
            Verdict::SameRefusal(_) => self.refused += 1,
            Verdict::OdooFails(_) => {}
            Verdict::NotSupported(reason) => {
                self.unsupported += 1;
                self.because(Some(reason));
            }
            Verdict::Different(_) => self.different += 1,
        }
    }

    fn because(&mut self, reason: Option<&str>) {
        if let Some(reason) = reason {
            let entry = self.reasons.entry(without_names(reason));
            entry.or_insert_with(|| (0, reason.to_owned())).0 += 1;
        }
    }

    fn absorb(&mut self, other: &Self) {
        self.sql += other.sql;
        self.odoo += other.odoo;
        self.refused += other.refused;
        self.unsupported += other.unsupported;
        self.different += other.different;
        for (reason, (count, first)) in &other.reasons {
            let entry = self.reasons.entry(reason.clone());
            entry.or_insert_with(|| (0, first.clone())).0 += count;
        }
    }

    /// How many of the questions that were answered SQL answered, in percent.
    fn share(&self) -> f64 {
        let answered = self.sql + self.odoo + self.unsupported;
        100.0 * self.sql as f64 / answered.max(1) as f64
    }

    fn row(&self, name: &str) -> String {
        let reason = self.reasons.values().max_by_key(|(count, _)| *count);
        let reason = reason.map_or_else(String::new, |(count, first)| format!("{count} × {first}"));
        format!(
            "{name:26} {:6} {:6} {:6} {:6} {:6} {:6.1}  {}",
            self.sql,
            self.odoo,
            self.unsupported,
            self.refused,
            self.different,
            self.share(),
            reason.chars().take(150).collect::<String>()
        )
    }
}

fn sum<K: Ord + Clone>(into: &mut BTreeMap<K, usize>, from: &BTreeMap<K, usize>) {
    for (key, count) in from {
        *into.entry(key.clone()).or_default() += count;
    }
}

impl Tally {
    /// Counts what came of a question.
    pub fn add(&mut self, login: &str, question: &Question, verdict: Verdict) {
        self.tools
            .entry(question.kind.tool())
            .or_default()
            .add(&verdict);
        self.models
            .entry(question.model.clone())
            .or_default()
            .add(&verdict);
        match verdict {
            Verdict::Same {
                open_names,
                is_empty,
                asked_names,
                ..
            } => {
                *self.same.entry(question.kind).or_default() += 1;
                self.filled += usize::from(!is_empty);
                self.asked_names += usize::from(asked_names);
                self.open_names += open_names;
            }
            Verdict::SameRefusal(pair) => {
                self.refused += 1;
                *self.refusals.entry(pair).or_default() += 1;
            }
            Verdict::OdooFails(class) => *self.odoo_fails.entry(class).or_default() += 1,
            Verdict::NotSupported(_) => self.unsupported += 1,
            Verdict::Different(report) => self.differences.push(format!("{login}: {report}")),
        }
    }

    /// The same of a question that a batch answered with others.
    pub fn add_batched(&mut self, login: &str, question: &Question, verdict: Verdict) {
        self.batched += 1;
        self.add(login, question, verdict);
    }

    /// The same of a question that something of a view asks.
    pub fn add_of_view(
        &mut self,
        login: &str,
        of: &'static str,
        question: &Question,
        verdict: Verdict,
    ) {
        self.views.entry(of).or_default().add(&verdict);
        if let Verdict::Same {
            reason: Some(reason),
            ..
        }
        | Verdict::NotSupported(reason) = &verdict
        {
            *self.why.entry(reason.clone()).or_default() += 1;
        }
        self.add(login, question, verdict);
    }

    /// Counts what could not be asked, and why.
    pub fn leave_out(&mut self, what: String) {
        *self.left_out.entry(what).or_default() += 1;
    }

    /// How many of the questions about the sixty models that were answered SQL answered, in percent.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.of_people().share()
    }

    fn of_people(&self) -> Line {
        let mut of_people = Line::default();
        for (model, line) in &self.models {
            if MODELS.contains(&model.as_str()) {
                of_people.absorb(line);
            }
        }
        of_people
    }

    /// Adds what others found.
    pub fn absorb(&mut self, other: Self) {
        for (tool, line) in &other.tools {
            self.tools.entry(tool).or_default().absorb(line);
        }
        for (model, line) in &other.models {
            self.models.entry(model.clone()).or_default().absorb(line);
        }
        sum(&mut self.same, &other.same);
        sum(&mut self.refusals, &other.refusals);
        sum(&mut self.odoo_fails, &other.odoo_fails);
        sum(&mut self.why, &other.why);
        sum(&mut self.left_out, &other.left_out);
        for (of, line) in &other.views {
            self.views.entry(of).or_default().absorb(line);
        }
        self.filled += other.filled;
        self.refused += other.refused;
        self.unsupported += other.unsupported;
        self.batched += other.batched;
        self.asked_names += other.asked_names;
        self.open_names += other.open_names;
        self.differences.extend(other.differences);
    }

    /// The same answers of all tools.
    #[must_use]
    pub fn same(&self) -> usize {
        self.same.values().sum()
    }

    /// What was compared: what Odoo fails at is no question of ours.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.same() + self.refused + self.unsupported + self.differences.len()
    }

    /// All of it, as a person reads it.
    #[must_use]
    pub fn report(&self, what: &str) -> String {
        let mut all = Line::default();
        self.tools.values().for_each(|line| all.absorb(line));
        let of_people = self.of_people();
        let mut text = format!(
            "{what}: {} questions about {} models, {} the same ({} with something in them), {} refused by both, {} not supported, {} different; SQL answered {:.1} % of what was answered, {:.1} % of the sixty models that people use; {} in batches, {} with names of Odoo's, {} names left open\n",
            self.asked(),
            self.models.len(),
            self.same(),
            self.filled,
            self.refused,
            self.unsupported,
            self.differences.len(),
            all.share(),
            of_people.share(),
            self.batched,
            self.asked_names,
            self.open_names,
        );
        let head = format!(
            "{:26} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  most often not SQL",
            "", "sql", "odoo", "neither", "refused", "differ", "sql %"
        );
        let mut say = |line: &str| writeln!(text, "{line}").expect("a string takes it");
        say(&head);
        for (tool, line) in &self.tools {
            say(&line.row(tool));
        }
        for (of, line) in &self.views {
            say(&line.row(of));
        }
        say(&all.row("all"));
        say(&of_people.row("the sixty models"));
        say("");
        for model in MODELS {
            say(&self
                .models
                .get(model)
                .cloned()
                .unwrap_or_default()
                .row(model));
        }
        let mut rest = Line::default();
        for (model, line) in &self.models {
            if !MODELS.contains(&model.as_str()) {
                rest.absorb(line);
            }
        }
        say(&rest.row("all other models"));
        for (label, reasons) in [
            ("not SQL, of the sixty:", &of_people.reasons),
            ("not SQL, of the others:", &rest.reasons),
        ] {
            let mut counts: Vec<_> = reasons.values().collect();
            counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            for (count, first) in counts.into_iter().take(REASONS) {
                say(&format!("{count:6} × {label} {first}"));
            }
        }
        for (label, counts) in [
            ("refused by both:", &self.refusals),
            ("Odoo fails itself:", &self.odoo_fails),
            ("not SQL, of what views ask:", &self.why),
        ] {
            let mut counts: Vec<_> = counts.iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            for (reason, count) in counts.into_iter().take(REASONS) {
                say(&format!("{count:6} × {label} {reason}"));
            }
        }
        // what is not asked is told whole
        for (what, count) in &self.left_out {
            say(&format!("{count:6} × left out: {what}"));
        }
        text
    }
}
