//! One errand: its requests, one after the other, with a key that Odoo accepts.

use super::{
    Link, Odoo, json2, jsonrpc,
    key::{ApiKey, Held, Minted},
    reply::Reply,
};
use crate::{
    db,
    http_client::NoAnswer,
    pool::{DbError, Pool},
    token::TokenHash,
};
use odoo_compiler::delegate::{
    Errand, Failure, FailureKind, HttpAnswer, Outcome, Protocol, Request,
};
use odoo_compiler::refusal::Refusal;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// What a call needs from all sides.
pub(super) struct Call<'a> {
    pub(super) odoo: &'a Odoo,
    pub(super) pool: &'a Pool,
    pub(super) call_id: Uuid,
    pub(super) token: TokenHash,
    pub(super) errand: &'a Errand,
}

impl Call<'_> {
    /// Asks Odoo all that is to be asked. No connection to the database is held meanwhile.
    pub(super) async fn ask(&self) -> Outcome {
        match self.answers().await {
            Ok(answers) => Outcome::Answers(answers),
            Err(failure) => Outcome::Failure(failure),
        }
    }

    async fn answers(&self) -> Result<Vec<HttpAnswer>, Failure> {
        let link = self.odoo.link.as_ref().ok_or(FailureKind::NotConfigured)?;
        let deadline = Instant::now() + self.errand.timeout();
        let _place = self
            .odoo
            .places
            .take(self.errand.is_for_names, deadline)
            .await?;
        let mut answers: Vec<HttpAnswer> = Vec::new();
        let mut bytes_left = self.errand.byte_limit;
        for request in &self.errand.requests {
            let is_wanted = request.only_if_rows.is_none_or(|least| {
                let before = answers.last();
                before.and_then(|answer| self.rows(answer)) >= Some(least)
            });
            if !is_wanted {
                continue;
            }
            let asked = Asked {
                link,
                request,
                deadline,
                most_bytes: bytes_left,
            };
            match self.with_key(&asked).await? {
                Reply::Result(answer) => {
                    bytes_left = bytes_left.saturating_sub(answer.body.get().len());
                    answers.push(answer);
                }
                Reply::Error(answer) => {
                    answers.push(answer);
                    break;
                }
                Reply::KeyRefused => return Err(FailureKind::KeyRefused.into()),
            }
        }
        Ok(answers)
    }

    fn rows(&self, answer: &HttpAnswer) -> Option<u64> {
        match self.errand.protocol {
            Protocol::Json2 => json2::rows(&answer.body),
            Protocol::Jsonrpc => jsonrpc::rows(&answer.body),
        }
    }

    /// A kept key may have ended on Odoo's side, so there is a second try with a new one.
    async fn with_key(&self, asked: &Asked<'_>) -> Result<Reply, Failure> {
        let held = self.key().await?;
        let reply = self.once(asked, &held.key).await?;
        if !matches!(reply, Reply::KeyRefused) {
            return Ok(reply);
        }
        self.odoo.keys.refuse(self.token, &held.key).await;
        if held.is_fresh {
            return Ok(reply);
        }
        let held = self.key().await?;
        let reply = self.once(asked, &held.key).await?;
        if matches!(reply, Reply::KeyRefused) {
            self.odoo.keys.refuse(self.token, &held.key).await;
        }
        Ok(reply)
    }

    async fn key(&self) -> Result<Held, Failure> {
        let timeout = self.errand.timeout();
        self.odoo.keys.get(self.token, timeout, self.mint()).await
    }

    async fn mint(&self) -> Result<Minted, Failure> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Envelope {
            Key { secret: String, expires_in: f64 },
            Error { message: String },
        }
        let no_key = |why: &str| {
            let detail = format!("no key could be made for this call: {why}");
            FailureKind::Unreachable.because(detail)
        };
        let front = self.odoo.keys.front();
        let text = db::delegation_key(self.pool, self.call_id, front)
            .await
            .map_err(|error| match error {
                DbError::Paused(_) => FailureKind::Cancelled.because("paused by the operator"),
                _ => no_key("the database failed to"),
            })?;
        if Refusal::of_json(&text).is_some() {
            // the report is answered so, too
            return Err(no_key("its token is unauthorized by now"));
        }
        match serde_json::from_str(&text) {
            Ok(Envelope::Key { secret, expires_in }) => {
                let key = ApiKey::parse(secret);
                let expires_in = Duration::try_from_secs_f64(expires_in).ok();
                if let (Some(key), Some(expires_in)) = (key, expires_in) {
                    return Ok(Minted { key, expires_in });
                }
            }
            Ok(Envelope::Error { message }) => return Err(no_key(&message)),
            Err(_) => {}
        }
        // without the text: there may be a key in it
        tracing::error!(call_id = %self.call_id, "odoo_mcp.delegation_key answered something else than a key");
        Err(no_key("the database answered something else"))
    }

    async fn once(&self, asked: &Asked<'_>, key: &ApiKey) -> Result<Reply, Failure> {
        let mut line = Line::of(self.call_id, asked.request);
        let reply = self.exchange(asked, key, &mut line).await;
        line.outcome = match &reply {
            Ok(Reply::Result(_)) => "ok",
            Ok(Reply::Error(_)) => "odoo_error",
            Ok(Reply::KeyRefused) => "key_refused",
            Err(failure) => failure.kind.name(),
        };
        reply
    }

    async fn exchange(
        &self,
        asked: &Asked<'_>,
        key: &ApiKey,
        line: &mut Line<'_>,
    ) -> Result<Reply, Failure> {
        let Errand {
            protocol, user_id, ..
        } = *self.errand;
        let link = asked.link;
        let database = link.database.as_ref();
        let database = database.unwrap_or(&self.errand.database);
        let request = match protocol {
            Protocol::Json2 => json2::request(link, database, key, asked.request),
            Protocol::Jsonrpc => jsonrpc::request(link, database, user_id, key, asked.request),
        }?;
        let answer = link.client.send(request, asked.most_bytes);
        let response = timeout_at(asked.deadline, answer)
            .await
            .unwrap_or(Err(NoAnswer::Slow))?;
        line.status = Some(response.status().as_u16());
        let reply = match protocol {
            Protocol::Json2 => json2::read(response),
            Protocol::Jsonrpc => jsonrpc::read(response, database),
        }?;
        match &reply {
            // Odoo has no reason to; what stands at its address may be something that echoes
            Reply::Result(answer) | Reply::Error(answer)
                if answer.body.get().contains(key.expose()) =>
            {
                Err(FailureKind::NotJson.because("what came from Odoo's address repeats its key"))
            }
            _ => Ok(reply),
        }
    }
}

/// One request and its limits.
struct Asked<'a> {
    link: &'a Link,
    request: &'a Request,
    deadline: Instant,
    most_bytes: usize,
}

/// The line in the log, also for a request that is given up: it is written when this is dropped.
/// Arguments, answers and the key have no place in it.
struct Line<'a> {
    call_id: Uuid,
    request: &'a Request,
    since: Instant,
    status: Option<u16>,
    outcome: &'static str,
}

impl<'a> Line<'a> {
    fn of(call_id: Uuid, request: &'a Request) -> Self {
        Line {
            call_id,
            request,
            since: Instant::now(),
            status: None,
            outcome: FailureKind::Cancelled.name(),
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let Request { model, method, .. } = self.request;
        let Line {
            call_id,
            status,
            outcome,
            ..
        } = self;
        let ms = self.since.elapsed().as_micros() as f64 / 1000.0;
        tracing::info!(%call_id, model, method, status, outcome, ms, "asked Odoo");
    }
}
