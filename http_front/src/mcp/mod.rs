//! The wire of MCP, as the handshake revisions (2025-03-26 to 2025-11-25) have it.
//!
//! The stateless revision 2026-07-28 is not served yet. Where it comes in: [`handshake::era`]
//! tells it apart by the version header, and clients that speak it fall back to the handshake.

pub(crate) mod handshake;
pub(crate) mod jsonrpc;
pub(crate) mod tools;

pub(crate) use tools::ToolList;
