//! Who answers a model, where a DBA decides.

use super::facts::{lock, move_on};
use super::status::Status;
use crate::catalog::facts::{self, Known};
use crate::catalog::standing::{self, StandingModel};
use crate::exec::owner;
use crate::exec::plan::Bind;
use crate::exec::read_only::Reader;
use crate::govern::installation::Installation;
use odoo_compiler::catalog::{Engine, EngineSetting, shortened, suggestion};
use odoo_compiler::error::{Code, Error, Result};
use pgrx::pg_sys;

const MODEL_ENGINE_WRITE: &str = include_str!("../../../sql/statements/model_engine_write.sql");

/// Longest reason: every answer of a forced model repeats it.
const REASON_LENGTH: usize = 500;

/// Has that engine answer the model from now on; returns what it was before and what it is.
pub(crate) fn set(
    model: &str,
    engine: &str,
    reason: &str,
    force: bool,
) -> Result<(String, String)> {
    let wanted = match engine {
        "auto" => None,
        "odoo" => Some(Engine::Odoo),
        "sql" => Some(Engine::Sql),
        _ => {
            return Err(Error::new(
                Code::InvalidArguments,
                format!("there is no engine {:?}", shortened(engine)),
            )
            .hint("sql or odoo; auto takes a decision back"));
        }
    };
    let reason = reason.trim();
    let is_line = !reason.chars().any(char::is_control);
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH || !is_line {
        return Err(Error::new(
            Code::InvalidArguments,
            "a decision has a reason, a line of up to 500 characters",
        )
        .hint("say why, for whoever finds it later in odoo_mcp.model_engine_changes"));
    }
    let installation = Installation::get()?;
    lock();
    let mut standing = found(&installation, model)?;
    standing.standing.setting = None;
    let is_forced = match wanted {
        Some(Engine::Sql) => is_against(&mut standing, reason, force)?,
        Some(Engine::Odoo) | None => false,
    };
    let rows = owner::run(
        MODEL_ENGINE_WRITE,
        &[
            Bind::text(model),
            Bind::text(engine),
            Bind::new(pg_sys::BOOLOID, Some(is_forced.to_string())),
            Bind::text(reason),
        ],
    );
    move_on();
    let mut cells = rows.into_iter().flatten().map(Option::unwrap_or_default);
    Ok((
        cells.next().unwrap_or_default(),
        cells.next().unwrap_or_default(),
    ))
}

/// The model, with what is known of it; the error names models that are near.
fn found(installation: &Installation, name: &str) -> Result<StandingModel> {
    let known: std::collections::BTreeMap<String, Known> = facts::all();
    let mut models = Reader::within(&installation.source, |reader| {
        let scan = facts::scan(reader.source())?;
        standing::all(reader, known, &scan.modules)
    })?;
    if let Some(at) = models.iter().position(|model| model.name == name) {
        return Ok(models.swap_remove(at));
    }
    let error = Error::new(
        Code::UnknownModel,
        format!("there is no model {:?}", shortened(name)),
    );
    let names = models.iter().map(|model| model.name.as_str());
    Err(match suggestion(name, names) {
        Some(hint) => error.hint(hint),
        None => error.hint("select model, name from odoo_mcp.model_status"),
    })
}

/// Whether SQL may answer the model only by force; an error where it must not or cannot.
fn is_against(model: &mut StandingModel, reason: &str, force: bool) -> Result<bool> {
    let status = Status::of(model);
    if status.is_sql {
        return Ok(false);
    }
    let why = status.reason.unwrap_or_default();
    // what force can't overcome: there is nothing to read, or nothing known of who may
    model.standing.setting = Some(EngineSetting {
        engine: Engine::Sql,
        forced: true,
        reason: reason.to_owned(),
        set_by: String::new(),
    });
    let error = Error::new(
        Code::NotSupported,
        format!("SQL doesn't answer {}: {why}", model.name),
    );
    if !Status::of(model).is_sql {
        let error = error
            .detail("this can't be forced: SQL would not know what to read, or who may read it");
        return Err(match status.remedy {
            Some(remedy) => error.hint(remedy),
            None => error,
        });
    }
    if force {
        return Ok(true);
    }
    const FORCE: &str = "if you have read that code and know that it changes nothing, say force => true; it is at your own risk, and every answer says so";
    // what makes it right comes before what makes it so
    let remedy = status
        .remedy
        .filter(|remedy| remedy.contains("scan-addons"));
    Err(match remedy {
        Some(remedy) if remedy.contains("force") => error.hint(remedy),
        Some(remedy) => error.hint(format!("{remedy}; or, {FORCE}")),
        None => error.hint(FORCE),
    })
}
