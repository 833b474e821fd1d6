//! Shut while the operator has paused the front: no connection, but for a look now and then.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How often a request may look whether the pause is over. Odoo's CREATE and DROP DATABASE wait
/// 5 s for others to be gone, and a look takes milliseconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A pause, as it was heard of last.
struct Pause {
    ends_at: Instant,
    next_look_at: Instant,
}

/// The way to the database.
#[derive(Default)]
pub(super) struct Gate(Mutex<Option<Pause>>);

impl Gate {
    /// Lets a request through, or says for how many seconds more there is a pause.
    pub(super) fn pass(&self) -> Result<(), u64> {
        let now = Instant::now();
        match &mut *self.pause() {
            Some(pause) if now < pause.next_look_at => {
                let rest = pause.ends_at.saturating_duration_since(now);
                Err(rest.as_secs().max(1))
            }
            Some(pause) => {
                pause.next_look_at = now + LOOK_EVERY;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// There is a pause for so many seconds more.
    pub(super) fn shut(&self, seconds: u64) {
        let now = Instant::now();
        *self.pause() = Some(Pause {
            ends_at: now + Duration::from_secs(seconds),
            next_look_at: now + LOOK_EVERY,
        });
    }

    /// There is none.
    pub(super) fn open(&self) {
        *self.pause() = None;
    }

    /// Whether there is a pause, as far as was heard.
    pub(super) fn is_shut(&self) -> bool {
        self.pause().is_some()
    }

    fn pause(&self) -> MutexGuard<'_, Option<Pause>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_passes_then_all_wait_until_it_is_open() {
        let gate = Gate::default();
        assert_eq!(gate.pass(), Ok(()));
        gate.shut(60);
        assert!(gate.is_shut());
        assert!(
            gate.pass()
                .is_err_and(|seconds| (1..=60).contains(&seconds))
        );
        if let Some(pause) = &mut *gate.pause() {
            pause.next_look_at = Instant::now();
        }
        assert_eq!(gate.pass(), Ok(()));
        assert!(gate.pass().is_err());
        gate.open();
        assert!(!gate.is_shut());
        assert_eq!(gate.pass(), Ok(()));
    }
}
