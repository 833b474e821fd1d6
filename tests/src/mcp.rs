//! A client of the front: JSON-RPC over plain HTTP, the legacy handshake.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

/// The protocol version the client asks for.
pub const PROTOCOL: &str = "2025-11-25";

/// A client with one token.
#[derive(Clone, Debug)]
pub struct McpClient {
    agent: Agent,
    url: String,
    token: Option<String>,
    next_id: u64,
}

/// An HTTP answer, whatever its status.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// Status code.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolAnswer {
    /// `isError` of the result.
    pub is_error: bool,
    /// The object: `structuredContent`, or the same JSON out of `content[0].text`.
    pub content: Value,
}

impl HttpAnswer {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{} {:?}: {error}", self.status, self.body))
    }
}

impl ToolAnswer {
    /// The result of a call that succeeded.
    ///
    /// # Panics
    /// If it failed, with the error.
    #[must_use]
    pub fn result(self) -> Value {
        assert!(!self.is_error, "the tool failed: {}", self.content);
        self.content
    }

    /// The `error` object of a call that failed.
    ///
    /// # Panics
    /// If it succeeded, with its answer.
    #[must_use]
    pub fn error(&self) -> &Value {
        assert!(self.is_error, "the tool succeeded: {}", self.content);
        &self.content["error"]
    }

    /// The code of that error.
    ///
    /// # Panics
    /// If the call succeeded or its error has no code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.error()["code"].as_str().expect("an error has a code")
    }
}

/// An agent that reports every status as an answer and keeps its connections open.
#[must_use]
pub fn agent() -> Agent {
    agent_that_waits(Duration::from_secs(120))
}

/// The same, for whom answers may take longer.
#[must_use]
pub fn agent_that_waits(timeout: Duration) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(timeout))
        .build()
        .into()
}

impl McpClient {
    /// A client for the endpoint `url` (`http://…/mcp`).
    #[must_use]
    pub fn new(url: &str, token: &str) -> Self {
        Self {
            agent: agent(),
            url: url.to_owned(),
            token: Some(token.to_owned()),
            next_id: 1,
        }
    }

    /// A client that sends no token.
    #[must_use]
    pub fn anonymous(url: &str) -> Self {
        Self {
            agent: agent(),
            url: url.to_owned(),
            token: None,
            next_id: 1,
        }
    }

    /// Sends a body as it is.
    ///
    /// # Errors
    /// The transport's: refused, reset, timed out.
    pub fn try_post(&self, body: &str) -> Result<HttpAnswer, ureq::Error> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", PROTOCOL);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = request.send(body)?;
        Ok(HttpAnswer {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| {
                    (
                        name.as_str().to_owned(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
            body: answer
                .body_mut()
                .with_config()
                .limit(64 << 20)
                .read_to_string()?,
        })
    }

    /// One JSON-RPC request; the whole answer.
    ///
    /// # Errors
    /// The transport's.
    pub fn try_request(&mut self, method: &str, params: &Value) -> Result<HttpAnswer, ureq::Error> {
        let id = self.next_id;
        self.next_id += 1;
        self.try_post(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        )
    }

    /// One JSON-RPC request; its `result`.
    ///
    /// # Panics
    /// If the transport fails, the status is not 200, or the answer is a protocol error.
    #[must_use]
    pub fn request(&mut self, method: &str, params: &Value) -> Value {
        let answer = self
            .try_request(method, params)
            .unwrap_or_else(|error| panic!("{method}: {error}"));
        assert_eq!(answer.status, 200, "{method} {params}: {}", answer.body);
        let mut message = answer.json();
        assert!(message.get("error").is_none(), "{method}: {message}");
        assert_eq!(
            message["id"],
            self.next_id - 1,
            "{method}: the answer has another id: {message}"
        );
        message["result"].take()
    }

    /// The handshake: `initialize`, then the notification.
    ///
    /// # Panics
    /// If either is refused.
    pub fn initialize(&mut self) -> Value {
        let result = self.request(
            "initialize",
            &json!({"protocolVersion": PROTOCOL, "capabilities": {},
                "clientInfo": {"name": "odoo_mcp_tests", "version": env!("CARGO_PKG_VERSION")}}),
        );
        let notification =
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
        let answer = self
            .try_post(&notification)
            .unwrap_or_else(|error| panic!("notifications/initialized: {error}"));
        assert!(
            (200..300).contains(&answer.status),
            "notifications/initialized: {} {}",
            answer.status,
            answer.body
        );
        result
    }

    /// The tools on offer.
    ///
    /// # Panics
    /// As [`Self::request`].
    #[must_use]
    pub fn list_tools(&mut self) -> Vec<Value> {
        let mut result = self.request("tools/list", &json!({}));
        match result["tools"].take() {
            Value::Array(tools) => tools,
            other => panic!("tools/list: {other}"),
        }
    }

    /// Calls a tool; its failure is an answer too.
    ///
    /// # Panics
    /// As [`Self::request`], and if the two forms of the answer differ.
    #[must_use]
    pub fn call_tool(&mut self, name: &str, arguments: &Value) -> ToolAnswer {
        tool_answer(self.request("tools/call", &json!({"name": name, "arguments": arguments})))
    }
}

/// Reads the result of `tools/call`.
///
/// # Panics
/// If it is no tool's result, or `structuredContent` and `content[0].text` differ.
#[must_use]
pub fn tool_answer(mut result: Value) -> ToolAnswer {
    let is_error = result["isError"].as_bool().unwrap_or(false);
    let text = result["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("content[0].text is missing: {result}"));
    let said: Value = serde_json::from_str(text)
        .unwrap_or_else(|error| panic!("content[0].text is no JSON: {error}: {text}"));
    match result.get_mut("structuredContent").map(Value::take) {
        Some(content) => {
            assert_eq!(
                content, said,
                "structuredContent and content[0].text differ"
            );
            ToolAnswer { is_error, content }
        }
        None => {
            assert!(
                is_error,
                "a successful tool has no structuredContent: {result}"
            );
            ToolAnswer {
                is_error,
                content: said,
            }
        }
    }
}
