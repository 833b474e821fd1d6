//! The front against a database that has its SQL surface as stand-ins (`surface.sql`).
//!
//! Needs `ODOO_MCP_TEST_DATABASE_URL`: a superuser's URL of a cluster that may be used for tests.
//! Each test makes a database of its own there and drops it.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod calls;
mod client;
mod delegation;
mod handshake;
mod health;
mod modern;
mod odoo;
mod process;
mod routes;
mod scan;
mod stage;
mod sync;
mod trouble;
