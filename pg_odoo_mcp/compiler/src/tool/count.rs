use super::{Call, Explained};
use crate::access::asked;
use crate::answer::{Answer, Database, single};
use crate::error::Result;
use crate::plan;
use crate::scope::Scope;
use crate::sql;
use serde_json::json;

fn planned<'a>(call: &'a Call<'_>) -> Result<(Scope<'a>, String, sql::Statement)> {
    let scope = Scope::new(call.principal, call.database, &call.arguments.context()?)?;
    let of = asked(&scope, call.arguments.required_text("model")?)?;
    let plan = plan::count(&scope, &of, &call.arguments.domain()?)?;
    let statement = sql::count(&plan, scope.relations());
    Ok((scope, of.model.name.clone(), statement))
}

/// `odoo_count`: how many records match.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let (scope, model, statement) = planned(call)?;
    let count = counted(call.database, &statement)?;
    let mut json = json!({"engine": "sql", "count": count});
    super::search::note(&mut json, &scope);
    Ok(Answer {
        json: json.to_string(),
        model: Some(model),
        row_count: 1,
    })
}

/// The statements of the call.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let (scope, model, statement) = planned(call)?;
    Ok(Explained {
        model,
        statements: vec![statement],
        scope: super::explain::scope_json(&scope),
    })
}

/// The number that a counting statement yields.
pub(super) fn counted(database: &dyn Database, statement: &sql::Statement) -> Result<u64> {
    single(database, statement)?
        .parse()
        .map_err(|_| crate::error::Error::new(crate::error::Code::Internal, "a count is no number"))
}
