//! A listener between a front and Odoo: it hears what passes, the keys among it, and can answer in Odoo's place.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Odoo gets it.
    Pass,
    /// This is the answer, and Odoo hears nothing.
    Say(Vec<u8>),
    /// There is no answer, for as long as this.
    Keep(Duration),
}

#[derive(Debug)]
struct Shared {
    manner: Mutex<Manner>,
    heard: Mutex<Vec<u8>>,
}

/// A listener on a port of its own. Its threads end with the process of the test.
pub struct Tap {
    /// The address that the front is told.
    pub url: String,
    shared: Arc<Shared>,
}

impl Tap {
    /// Starts one before an address (`http://127.0.0.1:port`).
    ///
    /// # Panics
    /// If the address has another form, or no port is free.
    #[must_use]
    pub fn start(url: &str) -> Self {
        let target: SocketAddr = url
            .strip_prefix("http://")
            .and_then(|host| host.parse().ok())
            .unwrap_or_else(|| panic!("{url} is not http://address:port"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Arc::new(Shared {
            manner: Mutex::new(Manner::Pass),
            heard: Mutex::default(),
        });
        let with_threads = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&with_threads);
                // either side may go away
                thread::spawn(move || drop(serve(client, target, &shared)));
            }
        });
        Self { url, shared }
    }

    /// From the next request on.
    pub fn set(&self, manner: Manner) {
        *lock(&self.shared.manner) = manner;
    }

    /// From the next request on, an answer with this status line, these headers and this body.
    pub fn say(&self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        self.set(Manner::Say(answer.into_bytes()));
    }

    /// Everything that fronts have said so far.
    #[must_use]
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&lock(&self.shared.heard)).into_owned()
    }

    /// The keys among it: what follows `bearer` in a header.
    #[must_use]
    pub fn secrets(&self) -> BTreeSet<String> {
        secrets(&self.heard())
    }
}

fn secrets(heard: &str) -> BTreeSet<String> {
    heard
        .lines()
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let (scheme, secret) = value.trim().split_once(' ')?;
            let is_ours =
                name.eq_ignore_ascii_case("authorization") && scheme.eq_ignore_ascii_case("bearer");
            is_ours.then(|| secret.trim().to_owned())
        })
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut client: TcpStream, target: SocketAddr, shared: &Arc<Shared>) -> std::io::Result<()> {
    let mut server: Option<TcpStream> = None;
    let mut chunk = vec![0; 1 << 16];
    loop {
        let length = client.read(&mut chunk)?;
        if length == 0 {
            if let Some(server) = server {
                server.shutdown(Shutdown::Write)?;
            }
            return Ok(());
        }
        lock(&shared.heard).extend(&chunk[..length]);
        let manner = lock(&shared.manner).clone();
        match manner {
            Manner::Say(answer) => {
                client.write_all(&answer)?;
                client.shutdown(Shutdown::Write)?;
                // what is not read makes a reset of the close, and the answer may be lost
                let mut rest = client;
                std::io::copy(&mut rest, &mut std::io::sink())?;
                return Ok(());
            }
            Manner::Keep(time) => {
                thread::sleep(time);
                return Ok(());
            }
            Manner::Pass => {
                if server.is_none() {
                    let Ok(connection) = TcpStream::connect(target) else {
                        return client.shutdown(Shutdown::Both);
                    };
                    let (mut from, mut to) = (connection.try_clone()?, client.try_clone()?);
                    thread::spawn(move || {
                        let copied = std::io::copy(&mut from, &mut to);
                        drop((copied, to.shutdown(Shutdown::Both)));
                    });
                    server = Some(connection);
                }
                if let Some(server) = &mut server {
                    server.write_all(&chunk[..length])?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::secrets;

    #[test]
    fn keys_are_found_whatever_the_case_of_the_header() {
        let heard = "POST / HTTP/1.1\r\nauthorization: bearer abc\r\nHost: x\r\n\r\n{\"a\": 1}POST / HTTP/1.1\r\nAuthorization: Bearer def\r\n";
        assert_eq!(
            secrets(heard).into_iter().collect::<Vec<_>>(),
            ["abc", "def"]
        );
    }
}
