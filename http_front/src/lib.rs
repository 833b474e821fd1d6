//! The front: MCP over HTTP in, one call of an SQL function out; where that hands the call on to Odoo,
//! a request to Odoo's RPC, and one more call.
//!
//! The map, in the order a request passes through:
//!
//! - [`server`]: sockets, timeouts, the end of the process;
//! - `middleware`: the layers around every route: the request's log line, the checks against
//!   DNS rebinding (`doors`), the ceiling on requests at once;
//! - `routes`: `/mcp` and the two health pages, a handler a file;
//! - `mcp`: the wire: JSON-RPC messages, the protocol's two eras, the answers of tools;
//! - `db`: one function per SQL function that is called, on connections leased from `pool`;
//! - `odoo`: what the database hands on to Odoo's own RPC, by `http_client`, and back;
//! - [`operate`]: what the sub-commands do on a connection of their own;
//! - [`administrator`]: a connection that is not the front's, for commands that decide over rights;
//! - [`facts`]: what `scan-addons` and `sync-facts` have the database keep;
//! - [`sync`]: what `sync-facts` asks Odoo's RPC, and makes of the answers;
//! - [`verify`]: questions asked of SQL and of Odoo, and their answers compared;
//! - [`doctor`]: the same database and settings, looked at for an operator;
//! - [`error`]: every refusal that leaves as a status of HTTP or an error of JSON-RPC.
//!
//! Who may do what is decided behind the SQL functions. What can be refused here is only what
//! is malformed, too large, too slow or from the wrong origin.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod address;
pub mod administrator;
pub mod config;
mod db;
pub mod doctor;
mod doors;
pub mod error;
pub mod facts;
mod http_client;
pub mod log;
mod mcp;
mod middleware;
mod odoo;
pub mod operate;
mod pool;
mod routes;
pub mod secret;
pub mod server;
pub mod state;
pub mod sync;
mod token;
pub mod verify;

use axum::Router;
use state::Front;
use std::sync::Arc;

/// The whole route tree, with its layers.
///
/// A caller other than [`server::serve`] puts the peer's [`std::net::IpAddr`] into the extensions
/// of each request, else they count as coming from `::`.
pub fn build_router(front: Arc<Front>) -> Router {
    middleware::stack(routes::tree(front.clone()), front)
}
