//! What the administrator's connection is for: who and what there is, short-lived tokens, and taking a model out of SQL.

use super::people::Person;
use crate::{administrator::Administrator, config::ConfigError, token::TokenHash};
use serde::Deserialize;
use tokio_postgres::types::Type;

/// A model and who answers it.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    pub(super) model: String,
    pub(super) engine: String,
    pub(super) reason: Option<String>,
}

/// What was read of Odoo's source.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    pub(super) database: String,
    pub(super) origin: String,
    pub(super) loaded_at: String,
    pub(super) modules_changed: i64,
}

impl Administrator {
    /// The facts that are there.
    pub(super) async fn facts(&self) -> Result<Facts, ConfigError> {
        let statement = "SELECT json_build_object('database', current_database(), 'origin', f.origin, \
                         'loaded_at', date_trunc('second', f.loaded_at)::text, 'modules_changed', f.modules_changed)::text \
                         FROM odoo_mcp.facts f";
        let found = self.texts(statement, &[]).await?;
        if found.is_empty() {
            return Err(ConfigError {
                message: "there are no facts of Odoo's source, so SQL answers no model".to_owned(),
                hint: "odoo-mcp scan-addons, with the folders of all addons".to_owned(),
            });
        }
        self.object(statement, &[]).await
    }

    /// Every model.
    pub(super) async fn models(&self) -> Result<Vec<Model>, ConfigError> {
        let statement = "SELECT coalesce(json_agg(json_build_object('model', s.model, 'engine', s.engine, 'reason', s.reason) \
                         ORDER BY s.model), '[]')::text FROM odoo_mcp.model_status s";
        self.object(statement, &[]).await
    }

    /// Active users.
    pub(super) async fn people(&self) -> Result<Vec<Person>, ConfigError> {
        let statement = "SELECT coalesce(json_agg(json_build_object('login', u.login, 'is_internal', u.is_internal, \
                         'group_ids', u.group_ids)), '[]')::text FROM odoo_mcp.active_users() u";
        self.object(statement, &[]).await
    }

    /// A token of that user for the next hour. It is nowhere but in this process, as its hash.
    pub(super) async fn issue(&self, login: &str, name: &str) -> Result<TokenHash, ConfigError> {
        let statement = "SELECT odoo_mcp.issue_token($1, $2, expires_in => '1 hour')";
        let parameters = [(&login as _, Type::TEXT), (&name as _, Type::TEXT)];
        let tokens = self.texts(statement, &parameters).await?;
        let token = tokens.first().map(|token| TokenHash::of(token));
        token.ok_or_else(|| ConfigError {
            message: format!("no token was issued for {login}"),
            hint: "odoo-mcp doctor".to_owned(),
        })
    }

    /// Ends all tokens of that name.
    pub(super) async fn revoke(&self, name: &str) -> Result<(), ConfigError> {
        let statement = "SELECT odoo_mcp.revoke_token(t.id)::text FROM odoo_mcp.tokens t WHERE t.name = $1 AND t.is_live";
        let revoked = self.texts(statement, &[(&name, Type::TEXT)]).await;
        revoked.map(drop)
    }

    /// Has Odoo answer the model from now on.
    pub(super) async fn quarantine(&self, model: &str, reason: &str) -> Result<(), ConfigError> {
        let statement = "SELECT odoo_mcp.set_model_engine($1, 'odoo', $2)";
        let parameters = [(&model as _, Type::TEXT), (&reason as _, Type::TEXT)];
        self.texts(statement, &parameters).await.map(drop)
    }
}
