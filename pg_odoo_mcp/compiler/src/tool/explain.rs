use super::{Call, find};
use crate::answer::{Answer, Database};
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
    let explained = explain(&Call {
        arguments,
        principal,
        database,
    })?;
    let statements: Vec<Json> = explained.statements.iter().map(statement_json).collect();
    let mut json = json!({
        "engine": "sql",
        // a tool that knows better says so in its frame
        "reason": "the model is vetted: no Python of the installed modules governs which of its records are read",
        "model": explained.model,
        "statements": statements,
    });
    if let (Json::Object(json), Json::Object(scope)) = (&mut json, explained.scope) {
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

/// The frame of a call, with what was noticed while planning it.
pub(super) fn scope_json(scope: &Scope<'_>) -> Json {
    let mut json = json!({
        "user": scope.principal.login,
        "lang": scope.lang,
        "timezone": scope.tz.name(),
        "companies": scope.companies().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        "active_test": scope.active_test,
        "rules": scope.rules(),
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
