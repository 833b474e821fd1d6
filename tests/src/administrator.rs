//! Who is on call: a login that was granted what `doc/install.md` says, and no superuser.

use postgres::Client;

use crate::environment::{Environment, try_connect};
use crate::scratch::Scratch;

/// A role with a password, dropped at the end of the test.
pub struct Administrator {
    /// Its name.
    pub name: String,
    superuser_url: String,
    database: String,
}

impl Administrator {
    /// Its password.
    pub const PASSWORD: &str = "on call";

    /// Of the copy, where `setup` has made the admin role.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn of(environment: &Environment, scratch: &Scratch) -> Self {
        let (database, name) = (&scratch.database, format!("dba_of_{}", scratch.database));
        scratch
            .superuser()
            .batch_execute(&format!(
                "drop role if exists {name};
                 create role {name} login password '{}';
                 grant odoo_mcp_{database}_admin, pg_read_all_stats, pg_signal_backend to {name}",
                Self::PASSWORD
            ))
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        Self {
            superuser_url: environment.superuser_url.clone(),
            database: database.clone(),
            name,
        }
    }

    /// What a program is told that works for them.
    ///
    /// # Panics
    /// If the stack's own URL has another form.
    #[must_use]
    pub fn url(&self, environment: &Environment) -> String {
        let address = environment
            .front_role_url
            .split_once('@')
            .and_then(|(_, rest)| rest.split_once('/'))
            .expect("user:password@address/database")
            .0;
        let (name, password) = (&self.name, Self::PASSWORD.replace(' ', "%20"));
        format!("postgresql://{name}:{password}@{address}/{}", self.database)
    }

    /// A connection to the copy.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn connect(&self) -> Client {
        let mut config: postgres::Config = self.superuser_url.parse().expect("a URL");
        config
            .user(&self.name)
            .password(Self::PASSWORD)
            .dbname(&self.database)
            .connect(postgres::NoTls)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

impl Drop for Administrator {
    fn drop(&mut self) {
        let statement = format!("drop owned by {0}; drop role {0}", self.name);
        let dropped = try_connect(&self.superuser_url, &self.database)
            .and_then(|mut server| server.batch_execute(&statement));
        if let Err(error) = dropped {
            eprintln!("{statement}: {error:?}");
        }
    }
}
