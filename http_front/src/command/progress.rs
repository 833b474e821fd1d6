//! How far a command is that takes a while.

use std::io::{IsTerminal, Write};

/// A line that changes in a terminal, and a few lines elsewhere.
pub(super) struct Progress {
    doing: &'static str,
    what: &'static str,
    is_terminal: bool,
    tenth: usize,
}

impl Progress {
    pub(super) fn new(doing: &'static str, what: &'static str) -> Self {
        Self {
            doing,
            what,
            is_terminal: std::io::stderr().is_terminal(),
            tenth: 0,
        }
    }

    pub(super) fn show(&mut self, at: usize, of: usize, name: &str) {
        let mut out = std::io::stderr();
        // whoever reads none of it loses nothing
        if self.is_terminal {
            let _ = write!(out, "\r\x1b[K{} {at} of {of}: {name}", self.doing);
            let _ = out.flush();
        } else if of > 0 && at * 10 / of > self.tenth {
            self.tenth = at * 10 / of;
            let _ = writeln!(out, "{}: {at} of {of} {}", self.doing, self.what);
        }
    }

    pub(super) fn end(&self) {
        if self.is_terminal {
            eprint!("\r\x1b[K");
        }
    }
}
