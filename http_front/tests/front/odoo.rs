//! A stand-in for Odoo, by hand: it can break off where no server would.

use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }

    /// The key, wherever the protocol puts it.
    pub(crate) fn key(&self) -> String {
        match self.header("Authorization") {
            Some(value) => value.strip_prefix("bearer ").unwrap().to_owned(),
            None => {
                let body: Value = serde_json::from_str(&self.body).unwrap();
                body["params"]["args"][2].as_str().unwrap().to_owned()
            }
        }
    }
}

/// What Odoo does about a request.
pub(crate) enum Act {
    Json(u16, String),
    Page(u16, &'static str),
    /// With a target that must never be asked.
    Redirect(String),
    /// Says nothing until the other side leaves.
    Hang,
    /// Breaks off within the body, which had its length said, or not.
    Break {
        is_length_said: bool,
    },
    /// Answers, then closes the connection without having said so.
    Close,
    /// Waits, then answers an empty list.
    Wait(Duration),
}

/// An empty list, or what the protocol makes of it.
pub(crate) fn nothing(asked: &Asked) -> Act {
    match asked.path() {
        "/jsonrpc" => Act::Json(
            200,
            json!({"jsonrpc": "2.0", "id": 1, "result": []}).to_string(),
        ),
        _ => Act::Json(200, "[]".into()),
    }
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
    gone: AtomicUsize,
}

/// Listens until it is dropped.
pub(crate) struct Odoo {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    _server: JoinSet<()>,
}

impl Odoo {
    pub(crate) async fn start(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), act).await
    }

    pub(crate) async fn at(
        address: SocketAddr,
        act: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self::behind(None, address, act).await
    }

    /// Speaks TLS as `localhost`; also the certificate of the authority that vouches for that.
    pub(crate) async fn with_tls(
        act: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> (Self, String) {
        let mut authority = rcgen::CertificateParams::new([]).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let trusted = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        let odoo = Self::behind(Some(tls), "127.0.0.1:0".parse().unwrap(), act).await;
        (odoo, trusted)
    }

    async fn behind(
        tls: Option<TlsAcceptor>,
        address: SocketAddr,
        act: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, act) = (Arc::new(Seen::default()), Arc::new(act));
        let mut server = JoinSet::new();
        server.spawn({
            let seen = seen.clone();
            async move {
                let mut connections = JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    seen.connections.fetch_add(1, Ordering::SeqCst);
                    let (seen, act, tls) = (seen.clone(), act.clone(), tls.clone());
                    connections.spawn(async move {
                        match tls {
                            None => talk(stream, &seen, &*act).await,
                            Some(tls) => {
                                if let Ok(stream) = tls.accept(stream).await {
                                    talk(stream, &seen, &*act).await;
                                }
                            }
                        }
                    });
                }
            }
        });
        Odoo {
            address,
            seen,
            _server: server,
        }
    }

    pub(crate) fn requests(&self) -> Vec<Asked> {
        self.seen.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Waits until so many have come, or have left unanswered.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        self.wait_for(|seen| seen.requests.lock().unwrap().len() == count)
            .await;
    }

    pub(crate) async fn wait_for_gone(&self, count: usize) {
        self.wait_for(|seen| seen.gone.load(Ordering::SeqCst) == count)
            .await;
    }

    async fn wait_for(&self, is_so: impl Fn(&Seen) -> bool) {
        for _ in 0..400 {
            if is_so(&self.seen) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it did not come so far");
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    seen: &Seen,
    act: &(dyn Fn(&Asked) -> Act + Send + Sync),
) {
    while let Some(asked) = receive(&mut stream).await {
        let act = act(&asked);
        seen.requests.lock().unwrap().push(asked);
        match act {
            Act::Json(status, body) => {
                write(
                    &mut stream,
                    status,
                    "application/json; charset=utf-8",
                    &body,
                )
                .await;
            }
            Act::Page(status, body) => {
                write(&mut stream, status, "text/html; charset=utf-8", body).await;
            }
            Act::Redirect(target) => {
                let text = format!(
                    "HTTP/1.1 303 See Other\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
                );
                let _ = stream.write_all(text.as_bytes()).await;
            }
            Act::Hang => {
                let _ = stream.read(&mut [0]).await;
                seen.gone.fetch_add(1, Ordering::SeqCst);
                return;
            }
            Act::Break { is_length_said } => {
                let length = match is_length_said {
                    true => "Content-Length: 1000\r\n",
                    false => "",
                };
                // without a length, as Odoo's own server does: HTTP/1.0, and the end is the end
                let version = if is_length_said { "1.1" } else { "1.0" };
                let text = format!(
                    "HTTP/{version} 200 OK\r\nContent-Type: application/json\r\n{length}\r\n[{{\"id\": 1}}, "
                );
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Act::Close => {
                write(&mut stream, 200, "application/json", "[]").await;
                return;
            }
            Act::Wait(duration) => {
                tokio::time::sleep(duration).await;
                write(&mut stream, 200, "application/json", "[]").await;
            }
        }
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, status: u16, kind: &str, body: &str) {
    let text = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(text.as_bytes()).await;
}

async fn receive<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            // header values are Latin-1
            let head: String = bytes[..end].iter().map(|byte| *byte as char).collect();
            let asked = Asked {
                head,
                body: String::new(),
            };
            let length: usize = asked
                .header("Content-Length")
                .map_or(0, |text| text.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap();
                return Some(Asked { body, ..asked });
            }
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}
