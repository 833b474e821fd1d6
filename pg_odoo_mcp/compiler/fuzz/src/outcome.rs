//! What holds of everything that comes back, whatever went in.

use odoo_compiler::error::{Code, Error};
use std::time::Duration;

/// An error that a caller may be shown: theirs and no fault of ours, in lines that a log can keep.
#[track_caller]
pub(crate) fn check_error(error: &Error) {
    assert_ne!(error.code, Code::Internal, "{error}");
    let texts = [
        Some(&error.message),
        error.detail.as_ref(),
        error.hint.as_ref(),
    ];
    for text in texts.into_iter().flatten() {
        assert!(!text.trim().is_empty(), "an empty text: {error:?}");
        assert!(
            text.len() < 6000,
            "{} bytes in an error: {error:?}",
            text.len()
        );
    }
    assert!(
        !error.message.contains(['\n', '\r', '\0']),
        "a message of several lines: {error:?}"
    );
}

/// Runs it, in less than a second of the process's own time.
pub(crate) fn in_time(run: impl FnOnce()) {
    let started = cpu_time::ProcessTime::now();
    run();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(1), "it took {took:?}");
}
