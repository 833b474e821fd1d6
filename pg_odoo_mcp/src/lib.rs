//! The extension: Odoo's reads inside PostgreSQL, as the Odoo user who asks.
//!
//! Dependencies point down this list: `api` (what SQL sees) calls `doctor` (what is wrong here) and
//! `govern` (who, may they, written down), which answers through `catalog` (Odoo's tables as the compiler's plain data) on top of
//! `exec` (the only SPI, the only catch, the only `unsafe`). All thinking about Odoo is in the
//! crate `odoo_compiler`.
#![deny(unsafe_op_in_unsafe_fn)]

use pgrx::prelude::*;

mod api;
mod catalog;
mod doctor;
mod exec;
mod govern;
mod gucs;
mod report;

pgrx::pg_module_magic!();

extension_sql_file!("../../sql/schema/010_head.sql", name = "head", bootstrap);
extension_sql_file!(
    "../../sql/schema/020_private_tables.sql",
    name = "private_tables",
    requires = ["head"]
);
extension_sql_file!(
    "../../sql/schema/022_facts.sql",
    name = "facts",
    requires = ["private_tables"]
);
extension_sql_file!(
    "../../sql/schema/025_dump.sql",
    name = "dump",
    requires = ["facts"]
);
extension_sql_file!(
    "../../sql/schema/030_public_views.sql",
    name = "public_views",
    requires = ["dump"]
);
extension_sql_file!(
    "../../sql/schema/032_facts_views.sql",
    name = "facts_views",
    requires = [
        "public_views",
        api::facts::facts_now,
        api::facts::model_statuses,
        api::facts::field_statuses
    ]
);
extension_sql_file!(
    "../../sql/schema/040_serve.sql",
    name = "serve",
    requires = ["facts_views", api::serve::admit, api::serve::run]
);
extension_sql_file!(
    "../../sql/schema/050_secret.sql",
    name = "secret",
    requires = ["serve"]
);
extension_sql_file!(
    "../../sql/schema/055_guards.sql",
    name = "guards",
    requires = ["secret"]
);
extension_sql_file!(
    "../../sql/schema/056_members.sql",
    name = "members",
    requires = ["guards"]
);
extension_sql_file!(
    "../../sql/schema/057_minting.sql",
    name = "minting",
    requires = ["members", api::delegation::remove_keys]
);
extension_sql_file!(
    "../../sql/schema/058_reading.sql",
    name = "reading",
    requires = ["minting", api::grants::missing_grants]
);
extension_sql_file!(
    "../../sql/schema/059_restored.sql",
    name = "restored",
    requires = ["reading"]
);
extension_sql_file!(
    "../../sql/schema/060_setup.sql",
    name = "setup",
    requires = [
        "restored",
        api::setup::database_uuid,
        api::setup::system_identifier
    ]
);
extension_sql_file!(
    "../../sql/schema/062_fronts.sql",
    name = "fronts",
    requires = [
        "setup",
        api::delegation::complete,
        api::delegation::delegation_key,
        api::doctor::doctor,
        api::serve::authenticate,
        api::serve::health,
        api::serve::list_tools
    ]
);
extension_sql_file!(
    "../../sql/schema/063_pause.sql",
    name = "pause",
    requires = ["fronts", api::pause::note_pause]
);
extension_sql_file!(
    "../../sql/schema/064_act_as.sql",
    name = "act_as",
    requires = ["pause"]
);
extension_sql_file!(
    "../../sql/schema/066_teardown.sql",
    name = "teardown",
    requires = ["act_as"]
);
extension_sql_file!(
    "../../sql/schema/070_query.sql",
    name = "query",
    requires = ["teardown", api::query::call]
);
extension_sql_file!(
    "../../sql/schema/800_comments.sql",
    name = "comments",
    requires = [
        "query",
        api::facts::installed_modules,
        api::facts::load_facts,
        api::facts::set_model_engine,
        api::query::act_as,
        api::query::explain,
        api::token::active_users,
        api::token::hash_token,
        api::token::issue_token,
        api::token::revoke_token
    ]
);
extension_sql_file!(
    "../../sql/schema/999_privileges.sql",
    name = "privileges",
    finalize
);

// cargo-pgrx wants to know the schemas that functions name; 010_head.sql has made them by then
#[pg_schema]
mod odoo_mcp {}
#[pg_schema]
mod odoo_mcp_dump {}
#[pg_schema]
mod odoo_mcp_private {}

/// Called once when the library is loaded; needs no preload.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    gucs::init();
    exec::invalidation::init();
    exec::function_guard::init();
}
