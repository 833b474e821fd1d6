//! Named statements in, plain data out.

use super::facts;
use super::standing::{self, StandingModel};
use crate::exec::plan::Bind;
use crate::exec::read_only::{Reader, Source};
use odoo_compiler::access::Coverage;
use odoo_compiler::answer::{Environment, Token};
use odoo_compiler::catalog::{ListedModel, ModelDescription, Unaccent, suggestion};
use odoo_compiler::error::{Code, Error, Result};
use odoo_compiler::principal::Principal;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const READABLE_MODELS: &str = include_str!("../../../sql/statements/readable_models.sql");
const UNACCENT: &str = include_str!("../../../sql/statements/unaccent.sql");
const ENVIRONMENT: &str = include_str!("../../../sql/statements/environment.sql");
const DECIMAL_PRECISION: &str = include_str!("../../../sql/statements/decimal_precision.sql");
const COMPANY_DEFAULTS: &str = include_str!("../../../sql/statements/company_defaults.sql");
const USER_BY_LOGIN: &str = include_str!("../../../sql/statements/user_by_login.sql");
const ACTIVE_USERS: &str = include_str!("../../../sql/statements/active_users.sql");
const LOGINS: &str = include_str!("../../../sql/statements/logins.sql");
const LIST_MODELS: &str = include_str!("../../../sql/statements/list_models.sql");
const DESCRIBE_MODELS: &str = include_str!("../../../sql/statements/describe_models.sql");
const DOCTOR_ODOO: &str = include_str!("../../../sql/statements/doctor_odoo.sql");
const ABSENT_HOLDERS: &str = include_str!("../../../sql/statements/absent_holders.sql");
const DATABASE_UUID: &str = include_str!("../../../sql/statements/database_uuid.sql");

/// The models that an access list lets the principal read.
pub(crate) fn readable_models(reader: &Reader<'_>, principal: &Principal) -> Result<Vec<String>> {
    let groups = Bind::int4_array(principal.group_ids.iter());
    Ok(json(reader, READABLE_MODELS, &[groups])?.unwrap_or_default())
}

/// The digits of the decimal precision of that name.
pub(crate) fn decimal_precision(reader: &Reader<'_>, name: &str) -> Result<Option<u8>> {
    let rows = reader.named(DECIMAL_PRECISION, &[Bind::text(name)])?;
    Ok(rows
        .into_iter()
        .flatten()
        .flatten()
        .next()
        .and_then(|digits| digits.parse().ok()))
}

/// What the fields of a model hold for a company that has no value of its own, as JSON.
pub(crate) fn company_defaults(
    reader: &Reader<'_>,
    model: &str,
    company_id: i64,
) -> Result<BTreeMap<String, String>> {
    let rows = reader.named(
        COMPANY_DEFAULTS,
        &[Bind::text(model), Bind::int4(company_id)],
    )?;
    let pair = |row: Vec<Option<String>>| {
        let mut cells = row.into_iter();
        cells.next().flatten().zip(cells.next().flatten())
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// What `unaccent(text)` in Odoo's schema is; from now on statements may call it if it is trusted.
pub(crate) fn unaccent(reader: &Reader<'_>) -> Result<Unaccent> {
    let rows = reader.named(UNACCENT, &[Bind::text(reader.odoo_schema())])?;
    let Some(row) = rows.first() else {
        return Ok(Unaccent::Absent);
    };
    match (oid(row.first()), row.get(1)) {
        (Some(function), Some(Some(is_trusted))) if is_trusted == "true" => {
            reader.trust_unaccent(function);
            Ok(Unaccent::Trusted)
        }
        _ => Ok(Unaccent::Foreign),
    }
}

/// What the answer needs to know of the surroundings.
pub(crate) fn environment(reader: &Reader<'_>, token: Option<Token>) -> Result<Environment> {
    let row = reader
        .named(ENVIRONMENT, &[])?
        .into_iter()
        .next()
        .unwrap_or_default();
    let mut cells = row.into_iter().map(Option::unwrap_or_default);
    Ok(Environment {
        now_utc: cells.next().unwrap_or_default(),
        odoo_version: cells.next().unwrap_or_default(),
        token,
    })
}

/// The id of the active user with that login; the error names logins that are near.
pub(crate) fn user_by_login(reader: &Reader<'_>, login: &str) -> Result<i64> {
    let rows = reader.named(USER_BY_LOGIN, &[Bind::text(login)])?;
    if let Some(id) = rows
        .first()
        .and_then(|row| row.first()?.as_deref()?.parse().ok())
    {
        return Ok(id);
    }
    let logins: Vec<String> = reader
        .named(LOGINS, &[])?
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    let error = Error::new(
        Code::InvalidArguments,
        format!("no active Odoo user has the login {login:?}"),
    );
    Err(match suggestion(login, logins.iter().map(String::as_str)) {
        Some(suggestion) => error.hint(suggestion),
        None => error.hint("logins are in Odoo under Settings, Users"),
    })
}

/// Active users: login, whether they are internal, the groups that they were put into.
pub(crate) fn active_users(reader: &Reader<'_>) -> Result<Vec<(String, bool, Vec<i32>)>> {
    let rows = reader.named(ACTIVE_USERS, &[])?;
    let user = |row: Vec<Option<String>>| {
        let [login, is_internal, group_ids] = <[Option<String>; 3]>::try_from(row).ok()?;
        let group_ids = group_ids.and_then(|list| serde_json::from_str(&list).ok());
        Some((
            login?,
            is_internal.as_deref() == Some("true"),
            group_ids.unwrap_or_default(),
        ))
    };
    Ok(rows.into_iter().filter_map(user).collect())
}

/// What a look at the whole database shows.
#[derive(Debug)]
pub(crate) struct Overview {
    /// Of the module `base`.
    pub odoo_version: String,
    /// Modules that are another way into Odoo for agents, comma separated.
    pub other_surfaces: String,
    /// How much of it SQL answers, over all models that anybody may read.
    pub coverage: Coverage,
}

/// Looks at the whole database, as everybody.
pub(crate) fn overview(reader: &Reader<'_>) -> Result<Overview> {
    let rows = reader.named(DOCTOR_ODOO, &[])?;
    let mut cells = rows.into_iter().flatten().map(Option::unwrap_or_default);
    let mut cell = || cells.next().unwrap_or_default();
    let (odoo_version, other_surfaces, group_ids) = (cell(), cell(), cell());
    let models = listed_models(reader, &parsed(&group_ids)?, "en_US")?;
    Ok(Overview {
        odoo_version,
        other_surfaces,
        coverage: Coverage::of(&models),
    })
}

/// How many of these users, one for each token, are archived or gone.
pub(crate) fn absent_holders(reader: &Reader<'_>, user_ids: &[i64]) -> Result<usize> {
    let holders = Bind::int4_array(user_ids.iter());
    let rows = reader.named(ABSENT_HOLDERS, &[holders])?;
    let count = rows.into_iter().flatten().flatten().next();
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
}

/// Odoo's `database.uuid`, read as Odoo's own role.
pub(crate) fn database_uuid(source: &Source) -> Result<Option<String>> {
    let source = Source {
        role: source.odoo_role,
        ..source.clone()
    };
    let rows = Reader::within(&source, |reader| reader.named(DATABASE_UUID, &[]))?;
    Ok(rows.into_iter().flatten().flatten().next())
}

pub(super) fn json<T: DeserializeOwned>(
    reader: &Reader<'_>,
    text: &'static str,
    binds: &[Bind],
) -> Result<Option<T>> {
    let rows = reader.named(text, binds)?;
    rows.into_iter()
        .flatten()
        .flatten()
        .next()
        .map(|body| parsed(&body))
        .transpose()
}

pub(super) fn parsed<T: DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|fault| {
        Error::new(
            Code::NotSupported,
            format!("Odoo's catalog has an unexpected shape: {fault}"),
        )
    })
}

fn oid(cell: Option<&Option<String>>) -> Option<pgrx::pg_sys::Oid> {
    cell?
        .as_ref()?
        .parse::<u32>()
        .ok()
        .map(pgrx::pg_sys::Oid::from_u32)
}

/// The models of a list, for somebody in these groups.
pub(crate) fn listed_models(
    reader: &Reader<'_>,
    group_ids: &BTreeSet<i64>,
    lang: &str,
) -> Result<Vec<ListedModel>> {
    let binds = [Bind::int4_array(group_ids.iter()), Bind::text(lang)];
    let mut models: Vec<ListedModel> = json(reader, LIST_MODELS, &binds)?.unwrap_or_default();
    let scan = facts::scan(reader.source())?;
    let standing = standing::all(reader, facts::all(), &scan.modules)?;
    let mut standing: HashMap<String, StandingModel> = standing
        .into_iter()
        .map(|model| (model.name.clone(), model))
        .collect();
    for model in &mut models {
        if let Some(of_it) = standing.remove(&model.name) {
            model.standing = of_it.standing;
            model.table = of_it.table;
        }
    }
    Ok(models)
}

/// What Odoo tells people of these models.
pub(crate) fn described_models(
    reader: &Reader<'_>,
    names: &[&str],
    lang: &str,
) -> Result<BTreeMap<String, ModelDescription>> {
    let binds = [Bind::text_array(names.iter().copied()), Bind::text(lang)];
    Ok(json(reader, DESCRIBE_MODELS, &binds)?.unwrap_or_default())
}
