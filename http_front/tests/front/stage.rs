//! A database and a front for one test.

use crate::client::{Reply, Request};
use http_front::{config::Config, secret::Secret, server, state::Front};
use std::{
    net::SocketAddr,
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tokio_postgres::{Client, NoTls};

/// The one token that `surface.sql` knows.
pub(crate) const TOKEN: &str = "omcp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Well formed, but nobody's.
pub(crate) const UNKNOWN_TOKEN: &str = "omcp_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// A database with the surface; dropped with the value.
pub(crate) struct Database {
    pub(crate) url: String,
    config: tokio_postgres::Config,
    name: String,
}

impl Database {
    pub(crate) async fn empty() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var("ODOO_MCP_TEST_DATABASE_URL").unwrap_or_else(|_| {
            panic!(
                "set ODOO_MCP_TEST_DATABASE_URL to a superuser's URL of a PostgreSQL cluster for tests, e.g. \
                 postgresql://postgres@/postgres?host=/tmp&port=5439; databases front_test_* are made and dropped there"
            )
        });
        let name = format!(
            "front_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let mut config =
            tokio_postgres::Config::from_str(&url).expect("ODOO_MCP_TEST_DATABASE_URL is a URL");
        admin(&config, &format!("create database {name}")).await;
        config.dbname(&name);
        Database {
            url: with_database(&url, &name),
            config,
            name,
        }
    }

    pub(crate) async fn with_surface() -> Self {
        let database = Self::empty().await;
        database
            .client()
            .await
            .batch_execute(include_str!("surface.sql"))
            .await
            .unwrap();
        database
    }

    pub(crate) async fn client(&self) -> Client {
        connect(&self.config).await
    }

    /// The only number that a query answers.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        // unnamed, so that the tests run through PgBouncer, too
        self.client()
            .await
            .query_typed_one(query, &[])
            .await
            .unwrap()
            .get(0)
    }

    /// Waits until so many calls are past their admission and at work.
    pub(crate) async fn wait_for_sleeping(&self, count: i64) {
        self.wait_for(count, "wait_event = 'PgSleep'").await;
    }

    /// Waits until nothing is at work.
    pub(crate) async fn wait_for_rest(&self) {
        self.wait_for(0, "state <> 'idle'").await;
    }

    async fn wait_for(&self, count: i64, state: &str) {
        let query = format!(
            "select count(*) from pg_stat_activity where datname = current_database() \
             and application_name = 'odoo-mcp' and pid <> pg_backend_pid() and {state}"
        );
        for _ in 0..200 {
            if self.count(&query).await == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("there are not {count} statements with {state}");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut config = self.config.clone();
        config.dbname("postgres");
        let statement = format!("drop database {} with (force)", self.name);
        // dropping is not async, and a panic of the test must not leave the database behind
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(admin(&config, &statement))
        });
        let _ = thread.join();
    }
}

async fn connect(config: &tokio_postgres::Config) -> Client {
    let (client, connection) = config
        .connect(NoTls)
        .await
        .expect("the test database answers");
    tokio::spawn(connection);
    client
}

async fn admin(config: &tokio_postgres::Config, statement: &str) {
    connect(config)
        .await
        .batch_execute(statement)
        .await
        .unwrap();
}

/// The same URL with another database, for a process that takes only text.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = base.rsplit_once('/').expect("a URL that names a database");
    format!("{server}/{name}?{query}")
}

/// A front of its own on a port of its own.
pub(crate) struct Stage {
    pub(crate) database: Database,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::over(Database::with_surface().await, |_| {}).await
    }

    pub(crate) async fn over(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = config(&database, address);
        change(&mut config);
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve(listener, Front::new(&config), async move {
            let _ = stopped.await;
        }));
        Stage {
            database,
            address,
            stop: Some(stop),
            server,
        }
    }

    pub(crate) async fn send(&self, request: &Request) -> Reply {
        request.send(self.address).await
    }

    /// What SIGTERM does.
    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    pub(crate) async fn ended(&mut self) {
        (&mut self.server).await.unwrap();
    }
}

fn config(database: &Database, listen: SocketAddr) -> Config {
    let mut url = database.config.clone();
    url.application_name("odoo-mcp");
    Config {
        database_url: Secret::new(url),
        database_url_from: "ODOO_MCP_DATABASE_URL".into(),
        odoo_url: None,
        odoo_db: None,
        listen,
        public_url: None,
        pool_size: 2,
        pool_wait: Duration::from_millis(500),
        max_requests: 16,
        call_timeout: Duration::from_secs(20),
        shutdown_timeout: Duration::from_secs(10),
        log_level: tracing::Level::INFO,
    }
}
