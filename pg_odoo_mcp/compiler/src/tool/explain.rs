use super::{Call, find};
use crate::answer::{Answer, Database};
use crate::delegate::Delegation;
use crate::error::{Code, Error, Result};
use crate::principal::Principal;
use crate::scope::Scope;
use crate::sql::Statement;
use serde_json::{Value as Json, json};

/// How a call would be answered: engine and reason, the statements with their parameters, the
/// rules that apply, and the frame of the call.
pub(crate) fn explain(
    name: &str,
    arguments: &str,
    principal: &Principal,
    database: &dyn Database,
) -> Result<Answer> {
    let tool = find(name)?;
    let Some(explain) = tool.explain else {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{name} reads no model, so there is nothing to explain"),
        ));
    };
    let arguments = super::Arguments::parse(tool.name, arguments, &(tool.schema)())?;
    let call = Call {
        arguments,
        principal,
        database,
    };
    let explained = match explain(&call) {
        Ok(explained) => explained,
        Err(error) => return delegated(&call, &tool.delegation(&call, error)?),
    };
    let mut scope = explained.scope;
    let before = scope["before"].take();
    let statements = explained.statements.iter().map(statement_json);
    let statements: Vec<Json> = before
        .as_array()
        .cloned()
        .unwrap_or_default()
        .into_iter()
        .chain(statements)
        .collect();
    let mut json = json!({
        "engine": "sql",
        // a tool that knows better says so in its frame
        "reason": "no Python of the installed modules, as it was scanned, takes part in what is asked",
        "model": explained.model,
        "statements": statements,
    });
    if let (Json::Object(json), Json::Object(mut scope)) = (&mut json, scope) {
        scope.remove("before");
        json.extend(scope);
    }
    let model = Some(explained.model).filter(|model| !model.is_empty());
    if let (None, Json::Object(json)) = (&model, &mut json) {
        json.remove("model");
    }
    Ok(Answer {
        json: json.to_string(),
        model,
        row_count: statements.len() as u64,
    })
}

/// What Odoo would be asked. The key is minted when it is, so there is none to show.
fn delegated(call: &Call<'_>, delegation: &Delegation) -> Result<Answer> {
    let scope = Scope::new(call.principal, call.database, &call.arguments.context()?)?;
    let mut json = json!({
        "engine": "odoo",
        "reason": delegation.reason,
        "model": delegation.model,
        "statements": [],
        "requests": delegation.requests,
    });
    if let (Json::Object(json), Json::Object(scope)) = (&mut json, scope_json(&scope)) {
        json.extend(scope);
        // Odoo looks for them itself
        json.remove("rules");
        json.remove("before");
    }
    Ok(Answer {
        json: json.to_string(),
        model: Some(delegation.model.clone()),
        row_count: delegation.requests.len() as u64,
    })
}

/// The frame of a call, with what was noticed while planning it.
pub(super) fn scope_json(scope: &Scope<'_>) -> Json {
    let mut json = json!({
        "user": scope.principal.login,
        "lang": scope.lang,
        "timezone": scope.tz.name(),
        "companies": scope.companies().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        "active_test": scope.active_test,
        "rules": scope.rules(),
        "before": scope.before().iter().map(statement_json).collect::<Vec<_>>(),
    });
    super::search::note(&mut json, scope);
    json
}

fn statement_json(statement: &Statement) -> Json {
    let params: Vec<Json> = statement
        .params
        .iter()
        .map(|p| json!({"type": p.pg_type.name(), "value": p.text}))
        .collect();
    json!({"sql": statement.text, "params": params})
}
