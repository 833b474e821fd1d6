//! A proxy that adds a token, for clients that can't send one.
//!
//! Everything else goes through byte by byte, `Host` and `Origin` too, so that the front judges what the client sent.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A proxy on a port of its own. Its threads end with the process of the test.
pub struct Proxy {
    /// The endpoint behind it, as its clients see it.
    pub url: String,
}

impl Proxy {
    /// Starts one before an endpoint (`http://127.0.0.1:port/path`).
    ///
    /// # Panics
    /// If the URL has another form, or no port is free.
    #[must_use]
    pub fn start(url: &str, token: &str) -> Self {
        let (host, path) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once('/'))
            .unwrap_or_else(|| panic!("{url} is not http://address/path"));
        let target: SocketAddr = host
            .parse()
            .unwrap_or_else(|error| panic!("{host}: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/{path}", listener.local_addr().expect("bound"));
        // one request a connection: so the head of the first is the only one to add to
        let added = format!("Authorization: Bearer {token}\r\nConnection: close\r\n");
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let added = added.clone();
                // a client that goes away is its own affair
                thread::spawn(move || drop(serve(client, target, &added)));
            }
        });
        Self { url }
    }
}

fn serve(mut client: TcpStream, target: SocketAddr, added: &str) -> std::io::Result<()> {
    let Some(request) = head(&mut client)? else {
        return Ok(());
    };
    let mut server = TcpStream::connect(target)?;
    server.write_all(&with(&request, added))?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let copied = std::io::copy(&mut server, &mut client).map(drop);
    let _ = client.shutdown(Shutdown::Both);
    copied
}

/// All that has come once the head is complete; nothing, if the client only opened a connection.
fn head(client: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match client.read(&mut chunk)? {
            0 => return Ok(None),
            length => bytes.extend(&chunk[..length]),
        }
    }
    Ok(Some(bytes))
}

/// The request with these lines after its first, and without its own `Connection`.
fn with(request: &[u8], added: &str) -> Vec<u8> {
    let end = request
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .map_or(request.len(), |place| place + 2);
    let mut answer = Vec::with_capacity(request.len() + added.len());
    for (place, line) in request[..end]
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
    {
        if !line.to_ascii_lowercase().starts_with(b"connection:") {
            answer.extend(line);
        }
        if place == 0 {
            answer.extend(added.as_bytes());
        }
    }
    answer.extend(&request[end..]);
    answer
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn only_two_lines_differ() {
        let request = b"POST /mcp HTTP/1.1\r\nHost: evil\r\nconnection: keep-alive\r\nOrigin: http://evil\r\n\r\nConnection: body";
        let text = String::from_utf8(with(request, "Added: 1\r\n")).expect("text");
        assert_eq!(
            text,
            "POST /mcp HTTP/1.1\r\nAdded: 1\r\nHost: evil\r\nOrigin: http://evil\r\n\r\nConnection: body"
        );
    }
}
