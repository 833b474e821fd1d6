//! What the integration tests and the demo share: where the stack is, and a client for each of its doors.
//!
//! `tests/run` brings the stack up and says where it is in `ODOO_MCP_TEST_*` variables; without them every test fails
//! with the name of the missing one, because a test that quietly does nothing would read as a pass.
//!
//! | module | what it is |
//! |---|---|
//! | [`environment`] | the stack's addresses, and connections as each database role |
//! | [`users`] | the Odoo users with their API keys |
//! | [`mcp`] | a client of the front |
//! | [`proxy`] | adds the token that a client can't send |
//! | [`facts`] | facts of a few models, as a scan would find them |
//! | [`conformance`] | what the official suite found, held against what of it applies |
//! | [`odoo`] | a client of Odoo's JSON-2: the oracle |
//! | [`parity`] | the same question to both, and what came of it |
//! | [`mutation`] | a bug to be planted in the compiler |
//! | [`odoo_command`] | Odoo's own command line, and pg_dump as superuser and as Odoo's role |
//! | [`odoo_server`] | an Odoo of a test's own, to be stopped and started again |
//! | [`site`] | a copy of the database with an Odoo and a front of its own |
//! | [`tap`] | what a front says to Odoo, overheard; answers in Odoo's place |
//! | [`scan`] | what the stack's own scan of Odoo's source found, for copies of the database |
//! | [`privileges`] | who may do what in our schemas |
//! | [`scratch`] | a throwaway copy of the database, for tests that plant hostile objects |
//! | [`serve`] | one call of the SQL function that the front calls |
//! | [`front`] | a front process of the test's own, to be killed |
//! | [`doctor`] | what the two doctors say |
//! | [`query`] | queries that answer one value |
//! | [`cluster`] | a PostgreSQL of a test's own, to be broken |
//! | [`administrator`] | a login on call, granted what the page says |
//! | [`backend`] | one server process: how long its calls take, what it keeps in memory |
//! | [`bench`] | times of MCP, JSON-2 and raw SQL |
//! | [`page`] | a page of the documentation as blocks to run |
//! | [`machine`] | a machine of the test's own, to install a package on |
//! | [`stage`] | a server process that has answered before, and a change behind its back |
//! | [`waiting`] | a call that waits for Odoo, as the front's role finishes it |
//! | [`wait`] | waiting for something to become true |

pub mod administrator;
pub mod backend;
pub mod bench;
pub mod cluster;
pub mod conformance;
pub mod doctor;
pub mod environment;
pub mod facts;
pub mod front;
pub mod machine;
pub mod mcp;
pub mod mutation;
pub mod odoo;
pub mod odoo_command;
pub mod odoo_server;
pub mod page;
pub mod parity;
pub mod privileges;
pub mod proxy;
pub mod query;
pub mod scan;
pub mod scratch;
pub mod serve;
pub mod site;
pub mod stage;
pub mod tap;
pub mod users;
pub mod wait;
pub mod waiting;

pub use administrator::Administrator;
pub use environment::Environment;
pub use front::Front;
pub use mcp::{McpClient, ToolAnswer};
pub use odoo::{OdooClient, OdooError};
pub use odoo_command::OdooCommand;
pub use odoo_server::OdooServer;
pub use proxy::Proxy;
pub use scratch::Scratch;
pub use site::Site;
pub use tap::Tap;
pub use users::{User, Users};
