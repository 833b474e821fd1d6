//! The route tree; a handler a file.

mod health;
mod mcp;

pub(crate) use health::announce;

use crate::{middleware, state::Front};
use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{any, get},
};
use std::sync::Arc;

/// Every route there is.
pub(crate) fn tree(front: Arc<Front>) -> Router {
    Router::new()
        // all methods, because a client learns that it needs a token before it learns the rest
        .route(
            "/mcp",
            any(mcp::handle).layer(from_fn_with_state(front.clone(), middleware::place)),
        )
        .route("/healthz", get(health::process))
        .route("/readyz", get(health::database))
        .with_state(front)
}
