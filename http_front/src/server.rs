//! Sockets in, sockets out: the accept loop, its timeouts, and the end.

use crate::{build_router, state::Front};
use axum::body::Body;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tower::ServiceExt;

/// For the head of a request to be complete. It runs while a connection is idle, too, so it is
/// also how long a client may keep one for its next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Connections at once. Beyond it, new ones wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 1000;

/// For answers to be written and cancels to arrive, once the time for calls is over.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves until `stop` resolves, then lets calls in flight finish, for as long as is configured.
pub async fn serve(listener: TcpListener, front: Arc<Front>, stop: impl Future<Output = ()>) {
    let router = build_router(front.clone());
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    let address = listener
        .local_addr()
        .map(|address| address.to_string())
        .ok();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), address, "serving");
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let (place, stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // out of files, mostly: without a pause this would spin
                tracing::error!(%error, "cannot accept a connection");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // an answer goes out in two writes, which Nagle's algorithm would hold back for 40 ms
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer.ip());
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    tracing::info!(connections = connections.count(), "stopping");
    drain(connections, &front).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let place = places
        .clone()
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((place, stream, peer))
}

async fn drain(connections: GracefulShutdown, front: &Front) {
    let mut closed = pin!(connections.shutdown());
    if timeout(front.shutdown_timeout, &mut closed).await.is_err() {
        tracing::warn!("calls are still in flight, ending them");
        // first those that are with Odoo, because the database is told what became of them
        front.odoo.halt();
        let _ = timeout(LAST_WORDS / 2, front.odoo.close()).await;
        front.pool.halt();
        let _ = timeout(LAST_WORDS / 2, closed).await;
    }
    let last = async {
        front.odoo.close().await;
        front.pool.close().await;
    };
    if timeout(LAST_WORDS, last).await.is_err() {
        tracing::warn!(
            "a statement that was cancelled or reports to the database has not ended yet"
        );
    }
}
