//! The wire of MCP: messages, the two eras of the protocol, and the answers of tools.
//!
//! One `POST /mcp` serves both. [`era`] tells them apart; the tools behind them are the same.
//!
//! | | legacy, 2024-11-05 to 2025-11-25 | modern, 2026-07-28 |
//! |---|---|---|
//! | begins with | `initialize` ([`handshake`]), which leaves no session behind | anything; `server/discover` ([`discovery`]) says what there is |
//! | a request says | its revision, in a header, from 2025-06-18 on | revision and capabilities in `_meta` ([`meta`]), and in headers what gateways read ([`routing`]) |
//! | an answer says | nothing beside its result | also that it is complete, how long it may be kept, and who gives it ([`identity`]) |
//! | an unknown method | 200 | 404 |

pub(crate) mod discovery;
pub(crate) mod era;
pub(crate) mod handshake;
mod identity;
pub(crate) mod jsonrpc;
pub(crate) mod meta;
pub(crate) mod routing;
pub(crate) mod tools;

pub(crate) use era::Era;
pub(crate) use tools::ToolList;
