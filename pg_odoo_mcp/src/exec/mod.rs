//! Running SQL safely: the only SPI, the only catch, the only `unsafe`.

pub(crate) mod function_guard;
pub(crate) mod invalidation;
pub(crate) mod jsonb;
pub(crate) mod key_table;
pub(crate) mod native;
pub(crate) mod owner;
pub(crate) mod plan;
mod plan_cache;
pub(crate) mod read_only;
pub(crate) mod relation;
pub(crate) mod role;
pub(crate) mod row_versions;
pub(crate) mod settings;
mod stand_in;
#[cfg(not(feature = "pg13"))]
mod stream;
pub(crate) mod subxact;
pub(crate) mod timeout;
