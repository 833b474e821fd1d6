//! HTTP by hand, so that a test can send what no client library would.

use crate::stage::TOKEN;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

/// The modern revision that is served.
pub(crate) const MODERN: &str = "2026-07-28";

/// What every modern request carries.
pub(crate) fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// A request under construction.
#[derive(Clone)]
pub(crate) struct Request {
    method: &'static str,
    path: &'static str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A message to `/mcp`, with the good token.
    pub(crate) fn post(body: impl Into<Vec<u8>>) -> Self {
        Request::new("POST", "/mcp")
            .header("Content-Type", "application/json")
            .header("Authorization", &format!("Bearer {TOKEN}"))
            .body(body)
    }

    pub(crate) fn new(method: &'static str, path: &'static str) -> Self {
        Request {
            method,
            path,
            headers: vec![("Host".into(), "localhost".into())],
            body: Vec::new(),
        }
    }

    pub(crate) fn call(tool: &str, arguments: Value) -> Self {
        let params = json!({"name": tool, "arguments": arguments});
        Request::message("tools/call", params)
    }

    pub(crate) fn message(method: &str, params: Value) -> Self {
        Request::post(
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string(),
        )
    }

    /// A request as the modern revision wants it, with all that it has to repeat in headers.
    pub(crate) fn modern(method: &str, params: Value) -> Self {
        Request::modern_with(meta(), method, params)
    }

    /// The same with another `_meta`.
    pub(crate) fn modern_with(meta: Value, method: &str, mut params: Value) -> Self {
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        if !meta.is_null() {
            params["_meta"] = meta;
        }
        Request::message(method, params)
            .header("MCP-Protocol-Version", MODERN)
            .header("Mcp-Method", method)
            .header("Mcp-Name", &name)
    }

    /// Sets a header, or takes it away if the value is empty.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            self.headers.push((name.into(), value.into()));
        }
        self
    }

    /// Adds a header beside one of the same name.
    pub(crate) fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Opens a connection and writes the request, without waiting for anything.
    pub(crate) async fn open(&self, address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut head = format!(
            "{} {} HTTP/1.1\r\nConnection: close\r\n",
            self.method, self.path
        );
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !head.contains("Transfer-Encoding") {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        stream
            .write_all(format!("{head}\r\n").as_bytes())
            .await
            .unwrap();
        // a server that refuses early may close before it has read everything
        let _ = stream.write_all(&self.body).await;
        stream
    }

    pub(crate) async fn send(&self, address: SocketAddr) -> Reply {
        read(self.open(address).await).await
    }
}

pub(crate) async fn read(mut stream: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
