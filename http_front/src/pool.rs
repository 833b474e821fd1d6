//! Connections to the database, leased for one statement each.

mod cancel;
mod gate;
mod place;
mod recent;
mod role;
mod trouble;

pub(crate) use place::Place;
pub(crate) use trouble::Trouble;

use crate::config::Config;
use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, PoolError, RecyclingMethod, Runtime,
};
use odoo_compiler::refusal::Refusal;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, time::timeout};
use tokio_postgres::{
    NoTls,
    error::{Severity, SqlState},
    types::{ToSql, Type},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// Age at which a connection is replaced. A backend keeps the extension's library that it loaded
/// first, so after an upgrade of the extension every connection must end at some time.
const MAX_AGE: Duration = Duration::from_secs(600);

/// Why there is no answer. The server's own words are in the log by then, under the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DbError {
    /// No connection was free within the wait.
    Busy,
    /// The operator has paused the front, for so many seconds more.
    Paused(u64),
    /// The database cannot be reached, the connection broke, or calls cannot be admitted there.
    Unavailable(Trouble),
    /// The statement was ended by a limit of time, the server's or ours.
    TimedOut,
    /// Somebody had the server cancel the statement.
    Cancelled,
    /// The statement raised an error, or answered what it must not.
    Internal(Trouble),
}

/// How long the server may take to accept a cancel; more than it ever needs, because a cancel that
/// is given up midway is what PgBouncer stumbles over.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// What `grant_front` sets for the sessions of a front.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// A value to bind, with its type: a statement that must ask for types takes more round trips.
pub(crate) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// The pool, and what is needed to leave no statement running for nobody.
pub(crate) struct Pool {
    connections: deadpool_postgres::Pool,
    call_timeout: Duration,
    halt: CancellationToken,
    cancels: TaskTracker,
    target: Arc<tokio_postgres::Config>,
    gate: gate::Gate,
    recent: recent::Recent,
    place: Place,
}

impl Pool {
    pub(crate) fn new(config: &Config) -> Self {
        let manager = Manager::from_config(
            config.database_url.expose().clone(),
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool_wait = config.pool_wait;
        let connections = deadpool_postgres::Pool::builder(manager)
            .max_size(config.pool_size)
            .wait_timeout(Some(config.pool_wait))
            .create_timeout(Some(config.pool_wait))
            .runtime(Runtime::Tokio1)
            .pre_recycle(Hook::sync_fn(|_, metrics| match metrics.age() > MAX_AGE {
                true => Err(HookError::message("the connection is old")),
                false => Ok(()),
            }))
            .post_create(Hook::async_fn(move |client, _| {
                Box::pin(role::check(client, pool_wait))
            }))
            .build()
            .unwrap_or_else(|_| unreachable!("timeouts have a runtime"));
        Pool {
            connections,
            call_timeout: config.call_timeout,
            halt: CancellationToken::new(),
            cancels: TaskTracker::new(),
            target: Arc::new(config.database_url.expose().clone()),
            gate: gate::Gate::default(),
            recent: recent::Recent::default(),
            place: Place::of(config),
        }
    }

    /// Runs a statement that answers one row of one text, unnamed and in one round trip. The text
    /// is given out only after the server has ended the transaction. When the returned future is
    /// dropped, the statement is cancelled.
    pub(crate) async fn query_text(
        &self,
        reference: Uuid,
        statement: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<String, DbError> {
        self.gate.pass().map_err(DbError::Paused)?;
        self.report_text(reference, statement, parameters).await
    }

    /// The same, also while there is a pause.
    pub(crate) async fn report_text(
        &self,
        reference: Uuid,
        statement: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<String, DbError> {
        let lease = self.lease(reference).await?;
        let started = Instant::now();
        let outcome = tokio::select! {
            outcome = timeout(self.call_timeout, lease.client().query_typed(statement, parameters)) => outcome,
            () = self.halt.cancelled() => return Err(DbError::Unavailable(Trouble::silence(&self.place))),
        };
        let Ok(outcome) = outcome else {
            tracing::error!(%reference, statement, "no answer within the call timeout, cancelling");
            return Err(DbError::TimedOut);
        };
        let is_stale = outcome.as_ref().is_err_and(is_of_the_role);
        if is_stale {
            // a role that was dropped and made again has another identity than its old sessions
            self.connections.retain(|_, _| false);
        }
        let is_broken = outcome.as_ref().is_err_and(is_connection_trouble);
        // a pause that began meanwhile wants all connections gone
        lease.give_back(is_stale || is_broken || self.gate.is_shut());
        match outcome.as_deref() {
            Ok([row]) => row
                .try_get(0)
                .map_err(|error| self.judge(reference, statement, &error, started)),
            Ok(rows) => {
                tracing::error!(%reference, statement, row_count = rows.len(), "expected one row");
                Err(DbError::Internal(Trouble::unknown()))
            }
            Err(error) => Err(self.judge(reference, statement, error, started)),
        }
    }

    /// A call was answered, or failed so: remembered for [`Pool::trouble`].
    pub(crate) fn note_call(&self, outcome: &Result<String, DbError>) {
        match outcome {
            // a refusal comes before anything is written down
            Ok(text) if !text.starts_with(Refusal::START) => self.recent.forget(),
            Err(DbError::Unavailable(trouble)) if trouble.is_lasting => self.recent.note(trouble),
            _ => {}
        }
    }

    /// What keeps calls from being answered, by what the last of them met.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.recent.trouble()
    }

    /// The database said that there is a pause: no connection is kept.
    pub(crate) fn pause(&self, seconds: u64) -> DbError {
        self.gate.shut(seconds);
        let closed = self.connections.retain(|_, _| false).removed.len();
        tracing::info!(seconds, closed, "paused");
        DbError::Paused(seconds)
    }

    /// The database answered as if there were no pause.
    pub(crate) fn resume(&self) {
        self.gate.open();
    }

    /// Ends every running statement; whoever waits for one is told that the database is away.
    pub(crate) fn halt(&self) {
        self.halt.cancel();
    }

    /// Waits until cancelled statements have ended, then closes the connections.
    pub(crate) async fn close(&self) {
        self.cancels.close();
        self.cancels.wait().await;
        self.connections.close();
    }

    fn judge(
        &self,
        reference: Uuid,
        statement: &str,
        error: &tokio_postgres::Error,
        started: Instant,
    ) -> DbError {
        let sqlstate = error.code().map(SqlState::code);
        let server_text = error
            .as_db_error()
            .map_or_else(|| cause(error), |error| error.message().to_owned());
        let trouble = Trouble::of(error, &self.place);
        let Trouble { problem, hint, .. } = &trouble;
        tracing::error!(%reference, problem, hint, statement, sqlstate, server_text, "the database answered an error");
        match error.code() {
            _ if is_connection_trouble(error) || trouble.is_lasting => {
                DbError::Unavailable(trouble)
            }
            Some(code) if *code == SqlState::QUERY_CANCELED => {
                match is_of_limit(&server_text, started.elapsed()) {
                    true => DbError::TimedOut,
                    false => DbError::Cancelled,
                }
            }
            _ => DbError::Internal(trouble),
        }
    }

    async fn lease(&self, reference: Uuid) -> Result<Lease, DbError> {
        match self.connections.get().await {
            Ok(object) => Ok(Lease {
                object: Some(object),
                cancels: self.cancels.clone(),
                target: self.target.clone(),
            }),
            Err(PoolError::Timeout(deadpool_postgres::TimeoutType::Wait)) => {
                tracing::warn!(%reference, "no connection became free in time");
                Err(DbError::Busy)
            }
            Err(error) => {
                let trouble = match &error {
                    PoolError::Backend(error) => Trouble::of(error, &self.place),
                    PoolError::PostCreateHook(HookError::Message(reason))
                        if reason == role::NOT_GRANTED =>
                    {
                        Trouble::not_granted(&self.place)
                    }
                    _ => Trouble::silence(&self.place),
                };
                let Trouble { problem, hint, .. } = &trouble;
                tracing::error!(%reference, problem, hint, %error, cause = cause(&error), "cannot connect to the database");
                Err(DbError::Unavailable(trouble))
            }
        }
    }
}

/// One connection for one statement. Dropped before [`Lease::give_back`], it ends the statement.
struct Lease {
    object: Option<Object>,
    cancels: TaskTracker,
    target: Arc<tokio_postgres::Config>,
}

impl Lease {
    fn client(&self) -> &Object {
        self.object
            .as_ref()
            .unwrap_or_else(|| unreachable!("taken only by give_back and drop"))
    }

    fn give_back(mut self, is_broken: bool) {
        if let Some(object) = self.object.take().filter(|_| is_broken) {
            // the error can be here before the end of the connection is; the pool would reuse it
            drop(Object::take(object));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let (Some(object), Ok(runtime)) = (self.object.take(), Handle::try_current()) {
            self.cancels
                .spawn_on(end_statement(object, self.target.clone()), &runtime);
        }
    }
}

/// Cancels what runs on the connection and gives the connection up. The place in the pool is kept
/// until then, so callers that come and go cannot raise the number of working backends. A cancel
/// that overtakes its statement is lost, hence the repetition; one that comes late would hit the
/// next statement, hence the connection is not used again.
async fn end_statement(object: Object, target: Arc<tokio_postgres::Config>) {
    {
        let is_idle = object.check_connection();
        tokio::pin!(is_idle);
        for wait_ms in [100, 300, 1_000, 3_000, 10_000] {
            match timeout(
                CANCEL_TIMEOUT,
                cancel::cancel(&target, &object.cancel_token()),
            )
            .await
            {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "cannot cancel a statement"),
                Err(_) => tracing::warn!("a cancel was not accepted in time"),
            }
            if timeout(Duration::from_millis(wait_ms), &mut is_idle)
                .await
                .is_ok()
            {
                break;
            }
        }
    }
    drop(Object::take(object));
}

/// Whether a statement was ended by a limit of time rather than by a person: the server has one
/// SQLSTATE for both. In another language than English the front's statement_timeout tells.
fn is_of_limit(server_text: &str, elapsed: Duration) -> bool {
    server_text.contains("timeout") || elapsed >= STATEMENT_TIMEOUT
}

/// Whether the session's role has no right to what it asked, or is none any more.
fn is_of_the_role(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [
            SqlState::INSUFFICIENT_PRIVILEGE,
            SqlState::UNDEFINED_OBJECT,
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        ]
        .contains(code)
    })
}

/// Whether the connection is gone or about to be, in the server's words (a severity that ends the
/// session) or by the transport.
fn is_connection_trouble(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(error) => matches!(
            error.parsed_severity(),
            Some(Severity::Fatal | Severity::Panic)
        ),
        None => {
            error.is_closed()
                || std::error::Error::source(error)
                    .is_some_and(|cause| cause.is::<std::io::Error>())
        }
    }
}

/// The innermost reason; the outer ones are categories.
pub(crate) fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
