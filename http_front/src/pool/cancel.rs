//! Cancelling a statement the way libpq does: the connection that carries the request stays open
//! until the other side closes it. tokio-postgres closes it at once, and an older PgBouncer
//! may crash over that (pgbouncer/pgbouncer#801; seen here with the 1.18.0 of Debian 12).

use std::{
    io,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
};
use tokio_postgres::{CancelToken, Config, NoTls, config::Host};

/// Asks every configured host to cancel. A token does not tell its host; to the others it means
/// nothing, because the secret in it is not theirs.
pub(super) async fn cancel(config: &Config, token: &CancelToken) -> io::Result<()> {
    let (hosts, addresses, ports) = (
        config.get_hosts(),
        config.get_hostaddrs(),
        config.get_ports(),
    );
    let mut last = Ok(());
    for index in 0..hosts.len().max(addresses.len()) {
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        last = match (addresses.get(index), hosts.get(index)) {
            (Some(address), _) => request(TcpStream::connect((*address, port)).await, token).await,
            (None, Some(Host::Tcp(name))) => {
                request(TcpStream::connect((name.as_str(), port)).await, token).await
            }
            (None, Some(Host::Unix(folder))) => {
                request(connect_unix(folder, port).await, token).await
            }
            (None, None) => continue,
        };
    }
    last
}

async fn connect_unix(folder: &Path, port: u16) -> io::Result<UnixStream> {
    UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await
}

async fn request<S: AsyncRead + AsyncWrite + Unpin>(
    stream: io::Result<S>,
    token: &CancelToken,
) -> io::Result<()> {
    let mut stream = KeptOpen(stream?);
    token
        .cancel_query_raw(&mut stream, NoTls)
        .await
        .map_err(io::Error::other)?;
    // nothing is sent back, the end is the answer
    stream.0.read(&mut [0]).await.map(drop)
}

/// A stream that its user cannot shut down.
struct KeptOpen<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for KeptOpen<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for KeptOpen<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
