//! The layers around every route, outermost first: the log line, the doors, the places.

mod request_line;

pub(crate) use request_line::RequestLine;

use crate::{
    doors,
    error::{Failure, Kind},
    state::Front,
};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use std::sync::Arc;

/// Puts the layers around a tree of routes.
pub(crate) fn stack(tree: Router, front: Arc<Front>) -> Router {
    // the layer that is added last is the first to see a request
    tree.layer(from_fn_with_state(front, doors::guard))
        // outermost, so that refusals of the others have their line too
        .layer(from_fn(request_line::write))
}

/// The ceiling on requests at once. Only around `/mcp`: the health pages answer under any load.
pub(crate) async fn place(
    State(front): State<Arc<Front>>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    // waiting would only move the queue from the client, who can see it, to here
    let _place = front.places.try_acquire().map_err(|_| Kind::Busy)?;
    Ok(next.run(request).await)
}
