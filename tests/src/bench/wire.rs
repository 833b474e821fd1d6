//! The HTTP side of the bench: one kept connection, one request made beforehand, one write, the answer's body.
//!
//! It does as little as it can, for what the caller's own client costs is no part of what is compared: an ordinary
//! client library took longer than the front's part of a call. What is left is in the report as the time of
//! `GET /healthz`, which the front answers without a database.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::mcp::PROTOCOL;

const TIMEOUT: Duration = Duration::from_secs(120);
const AT_ONCE: usize = 64 << 10;

/// A request that is sent again and again.
pub struct Wire {
    address: String,
    request: Vec<u8>,
    connection: Option<TcpStream>,
    received: Vec<u8>,
}

/// Where an answer's body is, and what follows it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Head {
    status: u16,
    body_at: usize,
    /// Bytes; without it the end of the connection is the end of the body.
    length: Option<usize>,
    is_kept: bool,
}

impl Wire {
    /// `GET` of an address.
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self::new(url, "GET", &[], "")
    }

    /// A tool's call at the front.
    #[must_use]
    pub fn mcp(url: &str, token: &str, tool: &str, arguments: &Value) -> Self {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": tool, "arguments": arguments}});
        let headers = [
            ("Accept", "application/json, text/event-stream"),
            ("MCP-Protocol-Version", PROTOCOL),
            ("Authorization", &format!("Bearer {token}")),
        ];
        Self::new(url, "POST", &headers, &message.to_string())
    }

    /// A method's call over JSON-2; `url` is `http://…/json/2/MODEL/METHOD`.
    #[must_use]
    pub fn json2(url: &str, database: &str, key: &str, arguments: &Value) -> Self {
        let headers = [
            ("X-Odoo-Database", database),
            ("Authorization", &format!("Bearer {key}")),
        ];
        Self::new(url, "POST", &headers, &arguments.to_string())
    }

    fn new(url: &str, verb: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let rest = url.strip_prefix("http://").unwrap_or(url);
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut head = format!("{verb} /{path} HTTP/1.1\r\nHost: {address}\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        Self {
            address: address.to_owned(),
            request: format!("{head}\r\n{body}").into_bytes(),
            connection: None,
            received: Vec::new(),
        }
    }

    /// The same on a connection of its own.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            address: self.address.clone(),
            request: self.request.clone(),
            connection: None,
            received: Vec::new(),
        }
    }

    /// Sends it and reads the whole answer; its body.
    ///
    /// # Panics
    /// If there is no answer, one that is not 200, or a tool's error.
    pub fn ask(&mut self) -> &str {
        let kept = self.connection.take();
        let is_kept = kept.is_some();
        let mut head = self.exchange(kept);
        if is_kept && head.is_err() && self.received.is_empty() {
            // closed by the server while it was idle
            head = self.exchange(None);
        }
        let head = head.unwrap_or_else(|error| panic!("{}: {error}", self.address));
        let body = std::str::from_utf8(&self.received[head.body_at..]).expect("the body is text");
        assert!(
            head.status == 200 && !body.contains("\"isError\":true"),
            "{}: {} {body}",
            self.address,
            head.status
        );
        body
    }

    fn exchange(&mut self, kept: Option<TcpStream>) -> io::Result<Head> {
        self.received.clear();
        let mut stream = match kept {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(TIMEOUT))?;
                stream
            }
        };
        stream.write_all(&self.request)?;
        let mut head = None;
        loop {
            let before = self.received.len();
            self.received.resize(before + AT_ONCE, 0);
            let read = stream.read(&mut self.received[before..]);
            self.received
                .truncate(before + read.as_ref().map_or(0, |read| *read));
            let read = read?;
            if head.is_none() {
                head = parse(&self.received)?;
            }
            match head {
                Some(found) => match found.length {
                    Some(length) if self.received.len() >= found.body_at + length => {
                        self.connection = found.is_kept.then_some(stream);
                        return Ok(found);
                    }
                    None if read == 0 => return Ok(found),
                    _ => {}
                },
                None if read == 0 => return Err(ErrorKind::UnexpectedEof.into()),
                None => {}
            }
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The head of an answer, once all of it is there.
fn parse(received: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&received[..end])
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let mut head = Head {
        status: first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, first.to_owned()))?,
        body_at: end + 4,
        length: None,
        is_kept: first.starts_with("HTTP/1.1"),
    };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.length = value.parse().ok(),
            "connection" if value.eq_ignore_ascii_case("close") => head.is_kept = false,
            "transfer-encoding" => {
                return Err(io::Error::new(
                    ErrorKind::Unsupported,
                    format!("a body in transfer encoding {value}"),
                ));
            }
            _ => {}
        }
    }
    Ok(Some(head))
}

#[cfg(test)]
mod tests {
    use super::{Head, Wire, parse};
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn a_head_says_where_the_body_is_and_whether_the_connection_stays() {
        let head = |text: &str| parse(text.as_bytes()).expect("a head");
        assert_eq!(head("HTTP/1.1 200 OK\r\nContent-Le"), None);
        let kept = head("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        let wanted = Head {
            status: 200,
            body_at: 38,
            length: Some(2),
            is_kept: true,
        };
        assert_eq!(kept, Some(wanted));
        assert!(head("HTTP/1.0 200 OK\r\n\r\n").is_some_and(|head| !head.is_kept));
        assert!(
            head("HTTP/1.1 401 No\r\nConnection: close\r\n\r\n")
                .is_some_and(|head| !head.is_kept && head.status == 401)
        );
        assert!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }

    #[test]
    fn a_connection_is_kept_and_made_anew_where_the_server_closed_it() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/x", listener.local_addr().expect("an address"));
        // two answers on the first connection, then it is closed; one on the next
        let server = std::thread::spawn(move || {
            for answers in [2, 1] {
                let (mut stream, _) = listener.accept().expect("a caller");
                for _ in 0..answers {
                    let mut request = [0; 1024];
                    let read = stream.read(&mut request).expect("a request");
                    assert!(request[..read].starts_with(b"GET /x HTTP/1.1\r\n"));
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                        .expect("the caller listens");
                }
            }
        });
        let mut wire = Wire::get(&url);
        for _ in 0..3 {
            assert_eq!(wire.ask(), "ok");
        }
        server.join().expect("three requests on two connections");
    }
}
