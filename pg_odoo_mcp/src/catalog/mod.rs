//! Odoo's tables as the compiler's plain data, read in the call's own snapshot.

mod call;
mod load;

pub(crate) use call::CallDatabase;
pub(crate) use load::{database_uuid, principal, user_by_login};
