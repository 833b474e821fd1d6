//! Waiting for something to become true.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Asks every 20 ms until it is so.
///
/// # Panics
/// If it is not within `limit`.
pub fn until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(
            start.elapsed() < limit,
            "after {limit:?} still not so: {what}"
        );
        sleep(Duration::from_millis(20));
    }
}
