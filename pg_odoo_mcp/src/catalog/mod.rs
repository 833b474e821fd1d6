//! Odoo's tables as the compiler's plain data, read in the call's own snapshot.

mod cache;
mod call;
mod dialect;
pub(crate) mod facts;
mod footprint;
mod load;
mod principal;
mod registry;
mod shape;
pub(crate) mod standing;
mod state;

pub(crate) use call::CallDatabase;
pub(crate) use load::{
    Overview, absent_holders, active_users, database_uuid, overview, user_by_login,
};
pub(crate) use principal::principal;
pub(crate) use registry::registry;
