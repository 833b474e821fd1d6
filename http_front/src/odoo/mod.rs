//! Odoo's own RPC, for calls that the database hands on: the request as the user, with a key that
//! was minted for it, and the outcome back to the database, which makes the answer of it.

mod call;
mod json2;
mod jsonrpc;
mod key;
mod place;
mod reply;
mod session;

pub(crate) use session::{Account, Refusal, Session};

use crate::{
    config::{Config, HttpUrl},
    db,
    http_client::HttpClient,
    pool::{DbError, Trouble},
    state::Front,
    token::TokenHash,
};
use call::Call;
use key::Keys;
use odoo_compiler::delegate::{Errand, Failure, FailureKind, Outcome};
use place::Places;
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// The way to Odoo, and what is kept of it between calls.
pub(crate) struct Odoo {
    link: Option<Link>,
    keys: Keys<Failure>,
    places: Places,
    halt: CancellationToken,
    tasks: TaskTracker,
}

/// Where Odoo is. A key goes nowhere else.
struct Link {
    url: HttpUrl,
    database: Option<String>,
    client: HttpClient,
}

impl Link {
    fn to(url: HttpUrl, database: Option<String>) -> Self {
        Link {
            client: HttpClient::new(&url),
            url,
            database,
        }
    }
}

impl Odoo {
    pub(crate) fn new(config: &Config) -> Self {
        let link = |url: &HttpUrl| Link::to(url.clone(), config.odoo_db.clone());
        Odoo {
            link: config.odoo_url.as_ref().map(link),
            keys: Keys::new(),
            places: Places::new(config.max_requests),
            halt: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Gives up on whatever Odoo has not answered yet.
    pub(crate) fn halt(&self) {
        self.halt.cancel();
    }

    /// Waits until the database knows what came of every call, then forgets the keys.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.keys.forget();
    }
}

/// Has Odoo answer, and the database make the tool's answer of that. When the returned future is
/// dropped, the request is dropped, too; the database hears of it all the same.
pub(crate) async fn delegate(
    front: &Arc<Front>,
    call_id: Uuid,
    token: TokenHash,
    errand: Errand,
) -> Result<String, DbError> {
    let gone = front.odoo.halt.child_token();
    let _until_dropped = gone.clone().drop_guard();
    let task = front.odoo.tasks.spawn({
        let front = front.clone();
        async move {
            let call = Call {
                odoo: &front.odoo,
                pool: &front.pool,
                call_id,
                token,
                errand: &errand,
            };
            let outcome = tokio::select! {
                biased;
                () = gone.cancelled() => Outcome::Failure(FailureKind::Cancelled.into()),
                outcome = call.ask() => outcome,
            };
            db::complete(&front.pool, call_id, &outcome.to_json()).await
        }
    });
    task.await.unwrap_or_else(|error| {
        tracing::error!(%call_id, %error, "a delegation ended early");
        Err(DbError::Internal(Trouble::unknown()))
    })
}
