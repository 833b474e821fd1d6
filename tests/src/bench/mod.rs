//! `make bench`: what a caller waits, over MCP, over Odoo's JSON-2 and for raw SQL, in one run.
//!
//! | module | what it is |
//! |---|---|
//! | [`cluster`] | the server and the machine; refuses what may lose a commit |
//! | [`question`] | each question in three languages |
//! | [`rows`] | the one form in which three answers are compared |
//! | [`wire`], [`database`], [`disk`] | the sides |
//! | [`round`] | each side in turn, round after round |
//! | [`crowd`] | many callers at once |
//! | [`place`] | one database, its front, its Odoo: verify, then measure |
//! | [`sample`], [`report`] | percentiles, tables, aims |
//! | [`delegated`] | what a read that Odoo answers costs through us |
//! | [`process`] | the cache of a server process |

pub mod cluster;
pub mod crowd;
pub mod database;
pub mod delegated;
pub mod disk;
pub mod place;
pub mod process;
pub mod question;
pub mod report;
pub mod round;
pub mod rows;
pub mod sample;
pub mod wire;
