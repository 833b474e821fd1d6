//! Odoo's RPC for a sub-command: one user, with a key of their own, and one question after the other.

use super::{Link, json2, jsonrpc, key::ApiKey, reply::Reply};
use crate::{config::HttpUrl, http_client::NoAnswer};
use odoo_compiler::delegate::{Failure, FailureKind, HttpAnswer, Request};
use serde_json::{Map, Value, json, value::RawValue};
use std::{fmt, time::Duration};

/// For one answer: the first one may find Odoo loading its registry.
const TIMEOUT: Duration = Duration::from_secs(120);

/// For one answer: the list of all fields of a large Odoo has some megabytes.
const MOST_BYTES: usize = 128 << 20;

/// Who asks. It can't be printed.
pub(crate) struct Account {
    login: String,
    key: ApiKey,
}

impl Account {
    /// Of this user, if the text has the form of an API key: a password is none.
    pub(crate) fn new(login: String, key: String) -> Option<Self> {
        let key = ApiKey::parse(key)?;
        Some(Account { login, key })
    }

    /// Whose key it is.
    pub(crate) fn login(&self) -> &str {
        &self.login
    }
}

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The way to Odoo is wrong, in words; nothing else would fare better.
    Way(String),
    /// The key opens nothing.
    Key,
    /// Odoo's own error, without its traceback.
    Odoo(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Way(why) | Refusal::Odoo(why) => f.write_str(why),
            Refusal::Key => f.write_str("Odoo refuses the API key"),
        }
    }
}

enum Protocol {
    Json2,
    Jsonrpc { user_id: i64 },
}

/// Odoo, as this user.
pub(crate) struct Session {
    link: Link,
    database: String,
    account: Account,
    protocol: Protocol,
    user_id: i64,
}

impl Session {
    /// By JSON-2, or by JSON-RPC where Odoo has no JSON-2.
    pub(crate) async fn open(
        url: HttpUrl,
        database: String,
        account: Account,
    ) -> Result<Self, Refusal> {
        let mut session = Session {
            link: Link::to(url, None),
            database,
            account,
            protocol: Protocol::Json2,
            user_id: 0,
        };
        let found = session.ask("res.users", "context_get", json!({})).await;
        session.user_id = match found {
            Ok(context) => context["uid"].as_i64().ok_or_else(|| {
                Refusal::Way("Odoo's address answers without saying who asks".into())
            })?,
            // 18 sends whoever asks somewhere else, others have no such page
            Err(Trouble::Failure(failure)) if is_no_json2(&failure) => {
                let user_id = session.authenticate().await?;
                session.protocol = Protocol::Jsonrpc { user_id };
                user_id
            }
            Err(trouble) => return Err(trouble.into()),
        };
        Ok(session)
    }

    /// Who asks, as `res.users` knows them.
    pub(crate) fn user_id(&self) -> i64 {
        self.user_id
    }

    /// Whose key it is said to be.
    pub(crate) fn login(&self) -> &str {
        self.account.login()
    }

    /// What the method answers.
    pub(crate) async fn call(
        &self,
        model: &str,
        method: &str,
        kwargs: Value,
    ) -> Result<Value, Refusal> {
        Ok(self.ask(model, method, kwargs).await?)
    }

    async fn ask(&self, model: &str, method: &str, kwargs: Value) -> Result<Value, Trouble> {
        let Value::Object(kwargs) = kwargs else {
            let why = "the request cannot be made";
            return Err(FailureKind::Unreachable.because(why).into());
        };
        let request = Request {
            model: model.to_owned(),
            method: method.to_owned(),
            kwargs,
            only_if_rows: None,
        };
        let (link, key) = (&self.link, &self.account.key);
        let message = match self.protocol {
            Protocol::Json2 => json2::request(link, &self.database, key, &request),
            Protocol::Jsonrpc { user_id } => {
                jsonrpc::request(link, &self.database, user_id, key, &request)
            }
        }?;
        let response = self.send(message).await?;
        let reply = match self.protocol {
            Protocol::Json2 => json2::read(response),
            Protocol::Jsonrpc { .. } => jsonrpc::read(response, &self.database),
        }?;
        self.result(reply, matches!(self.protocol, Protocol::Jsonrpc { .. }))
    }

    /// The user's id, which JSON-RPC wants beside the key.
    async fn authenticate(&self) -> Result<i64, Refusal> {
        let args = json!([
            self.database,
            self.account.login,
            self.account.key.expose(),
            {}
        ]);
        let message = jsonrpc::service(&self.link, "common", "authenticate", &args)
            .map_err(Trouble::Failure)?;
        let response = self.send(message).await.map_err(Trouble::Failure)?;
        let reply = jsonrpc::read(response, &self.database).map_err(Trouble::Failure)?;
        let user_id = self.result(reply, true).map_err(Refusal::from)?;
        user_id.as_i64().ok_or(Refusal::Key)
    }

    async fn send(
        &self,
        message: hyper::Request<http_body_util::Full<axum::body::Bytes>>,
    ) -> Result<hyper::Response<axum::body::Bytes>, Failure> {
        let answer = self.link.client.send(message, MOST_BYTES);
        let answer = tokio::time::timeout(TIMEOUT, answer).await;
        Ok(answer.unwrap_or(Err(NoAnswer::Slow))?)
    }

    fn result(&self, reply: Reply, is_message: bool) -> Result<Value, Trouble> {
        let body = |answer: HttpAnswer| -> Result<Value, Failure> {
            if answer.body.get().contains(self.account.key.expose()) {
                let what = "what came from Odoo's address repeats its key";
                return Err(FailureKind::NotJson.because(what));
            }
            let mut body = parsed(&answer.body)?;
            Ok(match body.get_mut("error") {
                Some(error) if is_message => error["data"].take(),
                _ if is_message => body.get_mut("result").map(Value::take).unwrap_or_default(),
                _ => body,
            })
        };
        match reply {
            Reply::Result(answer) => Ok(body(answer)?),
            Reply::Error(answer) => Err(Trouble::Odoo(said(body(answer)?))),
            Reply::KeyRefused => Err(Trouble::Key),
        }
    }
}

fn parsed(body: &RawValue) -> Result<Value, Failure> {
    serde_json::from_str(body.get())
        .map_err(|_| FailureKind::NotJson.because("what came from Odoo's address is no JSON"))
}

/// The error's class and its words on one line; the arguments may hold more than is fit to be shown.
fn said(error: Value) -> String {
    let error: Map<String, Value> = match error {
        Value::Object(error) => error,
        _ => Map::new(),
    };
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    let class = text("name").rsplit('.').next().unwrap_or_default();
    let words: Vec<&str> = text("message").split_whitespace().collect();
    let words: String = words.join(" ").chars().take(500).collect();
    format!("Odoo answers with {class}: {words}")
}

fn is_no_json2(failure: &Failure) -> bool {
    use FailureKind::{NotJson, Redirected, WrongDatabase};
    [NotJson, Redirected, WrongDatabase].contains(&failure.kind)
}

enum Trouble {
    Failure(Failure),
    Key,
    Odoo(String),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Failure(failure)
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failure(Failure { kind, detail }) => Refusal::Way(match detail {
                Some(detail) => detail,
                None => match kind {
                    FailureKind::TimedOut => "Odoo does not answer in time".into(),
                    FailureKind::TooLarge => "Odoo's answer is too large".into(),
                    kind => format!("Odoo's address: {}", kind.name()),
                },
            }),
            Trouble::Key => Refusal::Key,
            Trouble::Odoo(said) => Refusal::Odoo(said),
        }
    }
}
