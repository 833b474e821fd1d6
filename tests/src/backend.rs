//! What one server process costs its owner: the first call, the next ones, the memory it keeps.

use std::time::Duration;
use std::time::Instant;

use postgres::Client;
use serde_json::{Value, json};

use crate::serve::serve;

/// A server process, by the connection it serves.
pub struct Backend {
    client: Client,
    token: String,
    pid: i32,
}

impl Backend {
    /// The process behind a connection; its calls are those of the token's user.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn new(mut client: Client, token: &str) -> Self {
        let pid = client
            .query_one("select pg_catalog.pg_backend_pid()", &[])
            .expect("a pid")
            .get(0);
        Self {
            client,
            token: token.to_owned(),
            pid,
        }
    }

    /// The envelope of one call.
    pub fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        serve(&mut self.client, &self.token, tool, &arguments.to_string())
    }

    /// How long one call takes, from here and back.
    pub fn time(&mut self, tool: &str, arguments: &Value) -> Duration {
        let started = Instant::now();
        self.call(tool, arguments);
        started.elapsed()
    }

    /// The median of some calls.
    pub fn median(&mut self, rounds: usize, tool: &str, arguments: &Value) -> Duration {
        let mut took: Vec<Duration> = (0..rounds).map(|_| self.time(tool, arguments)).collect();
        took.sort_unstable();
        took[rounds / 2]
    }

    /// Makes what the process counted of its scans known to others.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn flush_statistics(&mut self) {
        self.client
            .batch_execute("select pg_catalog.pg_stat_force_next_flush()")
            .expect("anybody may");
    }

    /// Has the process look at each of these models.
    pub fn touch(&mut self, models: &[String]) {
        for model in models {
            self.call("odoo_count", &json!({"model": model}));
        }
    }

    /// Memory that is this process's alone, in bytes. The server's shared memory is left out: its pages count as
    /// private as long as no other process has looked at them.
    ///
    /// # Panics
    /// If the process is not on this machine.
    #[must_use]
    pub fn private_bytes(&self) -> u64 {
        let path = format!("/proc/{}/smaps", self.pid);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut kilobytes = 0;
        let mut is_private = false;
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("Private_Dirty:"), Some(size)) if is_private => {
                    kilobytes += size.parse::<u64>().expect("a number of kB");
                }
                // a mapping begins: `7f…-7f… rw-p`
                (Some(range), Some(rights)) if range.contains('-') && rights.len() == 4 => {
                    is_private = rights.ends_with('p');
                }
                _ => {}
            }
        }
        assert!(kilobytes > 0, "{path} has no private memory");
        kilobytes * 1024
    }
}

/// The names of the models with the most fields among those that have a table.
///
/// # Panics
/// If the server does not answer.
#[must_use]
pub fn widest_models(client: &mut Client, count: i64) -> Vec<String> {
    client
        .query_one(
            "select array_agg(model) from (
                 select f.model from ir_model_fields f
                   join pg_class c on c.oid = to_regclass(replace(f.model, '.', '_')) and c.relkind = 'r'
                  group by f.model order by count(*) desc, f.model limit $1) m",
            &[&count],
        )
        .expect("the models")
        .get(0)
}
