//! What a run found, for people and for programs. It shows values of the data, and no token.

use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// What a run found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The database's name.
    pub database: String,
    /// Odoo's address.
    pub odoo_url: String,
    /// Where the facts are from: a scan, or Odoo's RPC.
    pub facts_origin: String,
    /// When they were loaded.
    pub facts_loaded_at: String,
    /// Modules that are others than those the facts are of.
    pub modules_changed: i64,
    /// What the questions were made of.
    pub seed: u64,
    /// As whom.
    pub users: Vec<String>,
    /// Models that SQL answers, of those that were to be asked about.
    pub models: usize,
    /// Of them, those that questions were asked about.
    pub asked_models: usize,
    /// Of them, those of which none of the users sees a record.
    pub empty_models: usize,
    /// Named models that Odoo answers, with the reason.
    pub models_of_odoo: BTreeMap<String, String>,
    /// Questions.
    pub asked: usize,
    /// The same answer.
    pub same: usize,
    /// Both refuse.
    pub both_refused: usize,
    /// SQL does not answer them; by the reason.
    pub by_odoo: BTreeMap<String, usize>,
    /// By the reason.
    pub not_comparable: BTreeMap<String, usize>,
    /// Another answer, also when asked again.
    pub differences: Vec<Difference>,
    /// Models that Odoo answers from now on.
    pub quarantined: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// A question whose answers differ.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// The model.
    pub model: String,
    /// As whom.
    pub login: String,
    /// The tool.
    pub tool: &'static str,
    /// Its arguments.
    pub arguments: Value,
    /// Where the answers differ first.
    pub place: String,
    /// What SQL has there.
    pub sql: String,
    /// What Odoo has there.
    pub odoo: String,
    /// The command that asks this again.
    pub again: String,
}

impl Report {
    /// Questions that say something of SQL.
    #[must_use]
    pub fn compared(&self) -> usize {
        self.same + self.both_refused + self.differences.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "database {}, Odoo {}", self.database, self.odoo_url)?;
        write!(
            f,
            "facts of {}, loaded {}",
            self.facts_origin, self.facts_loaded_at
        )?;
        if self.modules_changed > 0 {
            write!(f, "; {} modules have changed since", self.modules_changed)?;
        }
        writeln!(
            f,
            "\n{} questions about {} of {} models that SQL answers, as {}; seed {}; {:.0} s",
            self.asked,
            self.asked_models,
            self.models,
            self.users.join(", "),
            self.seed,
            self.seconds
        )?;
        if self.empty_models > 0 {
            writeln!(
                f,
                "none of them sees a record of {} more",
                self.empty_models
            )?;
        }
        for (model, reason) in &self.models_of_odoo {
            writeln!(f, "not asked, for Odoo answers it: {model}: {reason}")?;
        }
        let mut reasons: Vec<String> = Vec::new();
        for (reason, count) in &self.not_comparable {
            reasons.push(format!("{reason} {count}"));
        }
        let not_comparable = self.not_comparable.values().sum::<usize>();
        writeln!(f, "{:8}  the same", self.same)?;
        writeln!(f, "{:8}  refused by both", self.both_refused)?;
        let by_odoo = self.by_odoo.values().sum::<usize>();
        writeln!(f, "{by_odoo:8}  Odoo's to answer anyway")?;
        write!(f, "{not_comparable:8}  not comparable")?;
        if !reasons.is_empty() {
            write!(f, ": {}", reasons.join(", "))?;
        }
        write!(f, "\n{:8}  different", self.differences.len())?;
        for difference in &self.differences {
            write!(f, "\n\n{difference}")?;
        }
        for model in &self.quarantined {
            write!(
                f,
                "\n\nOdoo answers {model} from now on; when it is mended: select odoo_mcp.set_model_engine('{model}', 'auto', '…')"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            model,
            login,
            tool,
            arguments,
            place,
            sql,
            odoo,
            again,
        } = self;
        write!(
            f,
            "{model}, as {login}: {tool}\n  {arguments}\n  {place}\n    sql:  {sql}\n    odoo: {odoo}\n  again: {again}"
        )
    }
}

/// The command that asks the first so many questions of one user about one model.
pub(super) fn again(model: &str, login: &str, seed: u64, count: usize) -> String {
    let login = quoted(login);
    format!("odoo-mcp verify --models {model} --users {login} --seed {seed} --sample {count}")
}

/// As a shell reads it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@._-+".contains(c);
    match text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_report_says_what_differs_and_how_to_ask_it_again() {
        let difference = Difference {
            model: "crm.tag".into(),
            login: "it's me".into(),
            tool: "odoo_count",
            arguments: json!({"model": "crm.tag", "domain": []}),
            place: "count".into(),
            sql: "3".into(),
            odoo: "2".into(),
            again: again("crm.tag", "it's me", 7, 3),
        };
        let report = Report {
            database: "odoo".into(),
            same: 4,
            differences: vec![difference],
            not_comparable: BTreeMap::from([("timed_out".to_owned(), 2)]),
            quarantined: vec!["crm.tag".into()],
            ..Report::default()
        };
        let text = report.to_string();
        for part in [
            "       4  the same\n",
            "       2  not comparable: timed_out 2\n       1  different\n",
            "crm.tag, as it's me: odoo_count\n  {\"model\":\"crm.tag\",\"domain\":[]}\n  count\n    sql:  3\n    odoo: 2\n",
            r"again: odoo-mcp verify --models crm.tag --users 'it'\''s me' --seed 7 --sample 3",
            "set_model_engine('crm.tag', 'auto', '…')",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert_eq!(report.compared(), 5);
    }
}
