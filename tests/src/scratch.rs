//! A throwaway copy of the database: hostile objects are planted there, not in the one the other tests read.

use postgres::Client;
use serde_json::Value;

use crate::environment::{Environment, connect};
use crate::query;
use crate::scan;
use crate::serve::serve;

/// Rows of tables that every Odoo fills, and how many tables there are: what must be the same in a copy.
const CONTENTS: &str = "
    select format('%s tables, %s partners, %s order lines, %s views, %s files',
        (select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'),
        (select count(*) from public.res_partner), (select count(*) from public.sale_order_line),
        (select count(*) from public.ir_ui_view), (select count(*) from public.ir_attachment where store_fname is not null))";

/// A copy of the template, with the extension set up; dropped at the end of the test.
pub struct Scratch {
    /// The copy's name.
    pub database: String,
    environment: Environment,
}

impl Scratch {
    /// A copy without the extension.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn bare(environment: &Environment, name: &str) -> Self {
        Self::of(environment, name, &environment.template)
    }

    /// A copy of this one, extension and all.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn copy(&self, name: &str) -> Self {
        // a template must have no connection, and one that was just closed may still be ending
        connect(&self.environment.superuser_url, "postgres")
            .execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1",
                &[&self.database],
            )
            .expect("the connections to the original are ours");
        Self::of(&self.environment, name, &self.database)
    }

    /// Only the name, for a database that the test has made by others; it is dropped at the end, too.
    #[must_use]
    pub fn none(environment: &Environment, name: &str) -> Self {
        let scratch = Self {
            database: format!("scratch_{name}"),
            environment: environment.clone(),
        };
        scratch.drop_database();
        scratch
    }

    /// An empty database of this name, in the place of one that is there, for a dump to be restored into.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn create_empty(&self) {
        self.drop_database();
        connect(&self.environment.superuser_url, "postgres")
            .batch_execute(&format!(
                "create database {} template template0 owner odoo",
                self.database
            ))
            .unwrap_or_else(|error| panic!("{}: {error}", self.database));
    }

    fn of(environment: &Environment, name: &str, template: &str) -> Self {
        let scratch = Self::none(environment, name);
        // OWNER: Odoo's role owns the databases it makes, and with that schema public
        let statement = format!(
            "create database {} template {} owner odoo strategy file_copy",
            scratch.database, template
        );
        connect(&environment.superuser_url, "postgres")
            .batch_execute(&statement)
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        scratch
    }

    /// A copy with the extension set up, the front's role granted and the facts of Odoo's source loaded.
    ///
    /// # Panics
    /// If a step is refused.
    #[must_use]
    pub fn set_up(environment: &Environment, name: &str) -> Self {
        let scratch = Self::bare(environment, name);
        scratch.install();
        scratch
    }

    /// The same without facts: Odoo answers everything.
    ///
    /// # Panics
    /// If a step is refused.
    #[must_use]
    pub fn unscanned(environment: &Environment, name: &str) -> Self {
        let scratch = Self::bare(environment, name);
        scratch.install_without_facts();
        scratch
    }

    /// `CREATE EXTENSION`, `setup()`, `grant_front()`, and the facts that the stack's own scan found.
    ///
    /// # Panics
    /// If a step is refused.
    pub fn install(&self) {
        self.install_without_facts();
        scan::load(&self.environment, &mut self.superuser());
    }

    /// All of that but the facts.
    ///
    /// # Panics
    /// If a step is refused.
    pub fn install_without_facts(&self) {
        self.superuser()
            .batch_execute(
                "create extension pg_odoo_mcp; select odoo_mcp.setup(); select odoo_mcp.grant_front('mcp_front')",
            )
            .unwrap_or_else(|error| panic!("setting {} up: {error:?}", self.database));
    }

    /// A connection as PostgreSQL's superuser.
    #[must_use]
    pub fn superuser(&self) -> Client {
        connect(&self.environment.superuser_url, &self.database)
    }

    /// A connection as Odoo's database role.
    #[must_use]
    pub fn odoo_role(&self) -> Client {
        connect(&self.environment.odoo_role_url, &self.database)
    }

    /// A connection as the front's role.
    #[must_use]
    pub fn front_role(&self) -> Client {
        connect(&self.environment.front_role_url, &self.database)
    }

    /// What a front of this database is told to connect to.
    #[must_use]
    pub fn front_url(&self) -> String {
        self.environment.front_role_url.replace(
            &format!("/{}", self.environment.database),
            &format!("/{}", self.database),
        )
    }

    /// How much is in it, to be compared with a copy.
    ///
    /// # Panics
    /// If it is not Odoo's.
    #[must_use]
    pub fn contents(&self) -> String {
        query::text(&mut self.superuser(), CONTENTS)
    }

    /// How many orders the token's user sees: the envelope.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn count_orders(&self, token: &str) -> Value {
        let arguments = r#"{"model": "sale.order"}"#;
        serve(&mut self.front_role(), token, "odoo_count", arguments)
    }

    /// A token for a user of the copy.
    ///
    /// # Panics
    /// If it is refused.
    #[must_use]
    pub fn token(&self, login: &str) -> String {
        self.superuser()
            .query_one("select odoo_mcp.issue_token($1, 'test')", &[&login])
            .unwrap_or_else(|error| panic!("a token for {login}: {error:?}"))
            .get(0)
    }

    fn drop_database(&self) {
        let mut server = connect(&self.environment.superuser_url, "postgres");
        let name = &self.database;
        for statement in [
            format!("drop database if exists {name} with (force)"),
            // the roles that setup makes belong to the cluster and outlive the database
            format!(
                "drop role if exists odoo_mcp_{name}_owner, odoo_mcp_{name}_reader, odoo_mcp_{name}_admin, odoo_mcp_{name}_minter"
            ),
        ] {
            if let Err(error) = server.batch_execute(&statement) {
                eprintln!("{statement}: {error:?}");
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.drop_database();
    }
}
