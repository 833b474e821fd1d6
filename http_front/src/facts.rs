//! What `scan-addons` and `sync-facts` have the database keep.

use crate::{administrator::Administrator, config::ConfigError};
use serde::Deserialize;
use std::fmt;
use tokio_postgres::types::Type;

/// What `odoo_mcp.load_facts` answers.
#[derive(Debug, Deserialize)]
pub struct Summary {
    models: u64,
    sql: u64,
    /// By the facts that were there before.
    #[serde(default)]
    sql_before: u64,
    odoo: u64,
    /// The same facts were there before.
    pub unchanged: bool,
    reasons: Vec<Reason>,
}

/// Why Odoo answers some models.
#[derive(Debug, Deserialize)]
struct Reason {
    reason: String,
    models: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let news = if self.unchanged {
            "as they were loaded before"
        } else {
            "new"
        };
        writeln!(f, "facts of {} models, {news}", self.models)?;
        write!(
            f,
            "answered by SQL: {} models, by Odoo: {}",
            self.sql, self.odoo
        )?;
        if !self.reasons.is_empty() {
            write!(
                f,
                "; why by Odoo, and of how many models it is the first reason:"
            )?;
        }
        for Reason { reason, models } in &self.reasons {
            write!(f, "\n{models:6}  {reason}")?;
        }
        write!(f, "\neach model: select * from odoo_mcp.model_status")
    }
}

impl Summary {
    /// What was good is not given up by mistake: a folder that was not named, say.
    fn check_loss(&self) -> Result<(), ConfigError> {
        if self.sql.saturating_mul(4) >= self.sql_before.saturating_mul(3) {
            return Ok(());
        }
        let reasons = self.reasons.iter().take(3);
        let reasons: Vec<String> = reasons
            .map(|Reason { reason, models }| format!("{reason} ({models} models)"))
            .collect();
        Err(ConfigError {
            message: format!(
                "SQL answered {} models and would answer {}; the facts stay as they were. Why by Odoo: {}",
                self.sql_before,
                self.sql,
                reasons.join("; ")
            ),
            hint: "name the folders of all addons; --replace loads these facts all the same"
                .to_owned(),
        })
    }
}

impl Administrator {
    /// Odoo's installed modules, with their versions.
    ///
    /// # Errors
    /// The role may not ask, or there is no such extension.
    pub async fn installed_modules(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let statement = "SELECT coalesce(json_agg(json_build_array(name, version)), '[]')::text \
                         FROM odoo_mcp.installed_modules()";
        self.object(statement, &[]).await
    }

    /// Where the facts come from that the database keeps, if it keeps any.
    ///
    /// # Errors
    /// The role may not ask, or there is no such extension.
    pub async fn origin(&self) -> Result<Option<String>, ConfigError> {
        let origins = self
            .texts("SELECT origin::text FROM odoo_mcp.facts", &[])
            .await?;
        Ok(origins.into_iter().next())
    }

    /// Has the database keep a document of facts; one that leaves SQL far fewer models than it had only where that is meant.
    ///
    /// # Errors
    /// The role may not, the database refuses the document, or SQL would lose too much by it.
    pub async fn load_facts(&self, document: &str, replace: bool) -> Result<Summary, ConfigError> {
        self.batch("BEGIN").await?;
        let summary = self.put_facts(document).await;
        let checked = summary.and_then(|summary| {
            if !replace {
                summary.check_loss()?;
            }
            Ok(summary)
        });
        self.batch(if checked.is_ok() {
            "COMMIT"
        } else {
            "ROLLBACK"
        })
        .await?;
        checked
    }

    async fn put_facts(&self, document: &str) -> Result<Summary, ConfigError> {
        let statement = "SELECT odoo_mcp.load_facts($1::jsonb)::text";
        self.object(statement, &[(&document, Type::TEXT)]).await
    }

    /// What [`Administrator::load_facts`] would say, without keeping anything.
    ///
    /// # Errors
    /// As there.
    pub async fn compare_facts(&self, document: &str) -> Result<Summary, ConfigError> {
        self.batch("BEGIN").await?;
        let summary = self.put_facts(document).await;
        self.batch("ROLLBACK").await?;
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn the_summary_says_who_answers_what_and_why() {
        let json = r#"{"models": 3, "sql": 2, "odoo": 1, "unchanged": false,
            "reasons": [{"reason": "_search decides which rows there are", "models": 1}]}"#;
        let summary: Summary = serde_json::from_str(json).expect("the test's own is well formed");
        let text = summary.to_string();
        assert!(text.starts_with("facts of 3 models, new\nanswered by SQL: 2 models, by Odoo: 1;"));
        assert!(text.contains("     1  _search decides"));
    }
}
