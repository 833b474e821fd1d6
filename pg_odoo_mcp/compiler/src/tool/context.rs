use super::Call;
use crate::answer::Answer;
use crate::catalog::KNOWN_MODELS;
use crate::error::Result;
use crate::scope::{Context, Scope};
use serde_json::json;

/// `odoo_context`: who the caller is.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let scope = Scope::new(call.principal, call.database, &Context::default())?;
    let environment = call.database.environment()?;
    let principal = call.principal;
    let companies: Vec<_> = principal
        .companies
        .iter()
        .map(|c| json!({"id": c.id, "name": c.name, "currency": c.currency}))
        .collect();
    let mut models = call.database.readable_models(principal)?;
    let all = models.len();
    models.retain(|model| KNOWN_MODELS.iter().any(|(known, _)| known == model));
    let json = json!({
        "engine": "sql",
        "user": {"id": principal.user_id, "login": principal.login, "name": principal.name, "lang": scope.lang, "tz": scope.tz.name()},
        "companies": companies,
        "company_id": principal.company_id,
        "now_utc": environment.now_utc,
        "odoo_version": environment.odoo_version,
        "token": environment.token.map(|t| json!({"name": t.name, "scope": t.scope, "expires_at": t.expires_at})),
        "can": {"read": models, "read_others": all - models.len(), "write": false},
    });
    Ok(Answer {
        json: json.to_string(),
        model: None,
        row_count: 1,
    })
}
