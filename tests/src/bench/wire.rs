//! The HTTP side of the bench: one kept connection, one prepared request, the answer's text and nothing else.
//!
//! Nothing of the answer is parsed while the clock runs. The agent sets TCP_NODELAY, and what it costs itself is in the
//! report as the time of `GET /healthz`, which the front answers without a database.

use serde_json::Value;
use ureq::Agent;

use crate::mcp::{PROTOCOL, agent};

/// A request that is sent again and again.
#[derive(Clone, Debug)]
pub struct Wire {
    agent: Agent,
    url: String,
    headers: Vec<(&'static str, String)>,
    /// Without one it is a GET.
    body: Option<String>,
}

impl Wire {
    /// `GET` of an address.
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self {
            agent: agent(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// A tool's call at the front.
    #[must_use]
    pub fn mcp(url: &str, token: &str, tool: &str, arguments: &Value) -> Self {
        let message = serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": tool, "arguments": arguments}});
        Self {
            agent: agent(),
            url: url.to_owned(),
            headers: vec![
                ("Content-Type", "application/json".to_owned()),
                ("Accept", "application/json, text/event-stream".to_owned()),
                ("MCP-Protocol-Version", PROTOCOL.to_owned()),
                ("Authorization", format!("Bearer {token}")),
            ],
            body: Some(message.to_string()),
        }
    }

    /// A method's call over JSON-2.
    #[must_use]
    pub fn json2(
        odoo: &str,
        database: &str,
        key: &str,
        model: &str,
        method: &str,
        arguments: &Value,
    ) -> Self {
        Self {
            agent: agent(),
            url: format!("{odoo}/json/2/{model}/{method}"),
            headers: vec![
                ("Content-Type", "application/json".to_owned()),
                ("X-Odoo-Database", database.to_owned()),
                ("Authorization", format!("Bearer {key}")),
            ],
            body: Some(arguments.to_string()),
        }
    }

    /// The same on a connection of its own.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            agent: agent(),
            ..self.clone()
        }
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// If there is no answer, or one that is not 200.
    #[must_use]
    pub fn ask(&self) -> String {
        let answer = match &self.body {
            None => self.agent.get(&self.url).call(),
            Some(body) => {
                let mut request = self.agent.post(&self.url);
                for (name, value) in &self.headers {
                    request = request.header(*name, value);
                }
                request.send(body.as_str())
            }
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{}: {error}", self.url));
        let text = answer
            .body_mut()
            .with_config()
            .limit(256 << 20)
            .read_to_string()
            .unwrap_or_else(|error| panic!("{}: {error}", self.url));
        assert!(
            answer.status() == 200 && !text.contains("\"isError\":true"),
            "{}: {} {text}",
            self.url,
            answer.status()
        );
        text
    }
}
