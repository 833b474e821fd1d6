//! The log: JSON lines on standard error.

use tracing::Level;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts the log, once for the process.
pub fn start(level: Level) {
    // below warnings, the libraries under us print statements with their parameters: token hashes
    // and arguments; no setting may bring those into the log
    let filter = Targets::new()
        .with_default(Level::WARN.min(level))
        .with_target("http_front", level);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let _ = tracing_subscriber::registry().with(lines).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}
