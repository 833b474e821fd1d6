//! Whether the role that connects may carry calls. A superuser could without being asked, and
//! whoever broke into such a front would have the whole cluster. Looked at once per connection, so
//! that it costs a call nothing.

use crate::db;
use deadpool_postgres::{ClientWrapper, HookError};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::timeout;

/// What the pool says of a connection whose role was not granted.
pub(super) const NOT_GRANTED: &str = "the role is no front's";

/// Refuses a new connection of a role that the extension does not know as a front's. Whatever else
/// is wrong, the call that the connection is for finds out, and says it better.
pub(super) async fn check(client: &ClientWrapper, limit: Duration) -> Result<(), HookError> {
    #[derive(Deserialize)]
    struct Health {
        is_set_up: bool,
        is_front: bool,
    }
    let rows = match timeout(limit, client.query_typed(db::HEALTH, &[])).await {
        Ok(Ok(rows)) => rows,
        Ok(Err(_)) => return Ok(()),
        Err(_) => return Err(HookError::message("the database does not answer in time")),
    };
    let health = rows
        .first()
        .and_then(|row| row.try_get::<_, String>(0).ok())
        .and_then(|text| serde_json::from_str(&text).ok());
    match health {
        Some(Health {
            is_set_up: true,
            is_front: false,
        }) => Err(HookError::message(NOT_GRANTED)),
        _ => Ok(()),
    }
}
