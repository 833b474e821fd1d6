//! The last trouble that calls had and the look at the database's health does not: a full disk
//! keeps calls from being written down, and nothing else from being answered.

use super::Trouble;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long it counts. Whoever sends calls to fronts that are ready only would send none any more,
/// and without a call nobody learns that it is over.
const KEPT: Duration = Duration::from_secs(60);

/// What kept the last call from being answered.
#[derive(Default)]
pub(super) struct Recent(Mutex<Option<(Instant, Trouble)>>);

impl Recent {
    /// A call failed of it.
    pub(super) fn note(&self, trouble: &Trouble) {
        *self.kept() = Some((Instant::now(), trouble.clone()));
    }

    /// A call was answered.
    pub(super) fn forget(&self) {
        *self.kept() = None;
    }

    /// The trouble, if no call was answered since.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let kept = self.kept();
        let (since, trouble) = kept.as_ref()?;
        (since.elapsed() < KEPT).then(|| trouble.clone())
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Instant, Trouble)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_until_a_call_is_answered_or_a_minute_is_over() {
        let recent = Recent::default();
        assert_eq!(recent.trouble(), None);
        recent.note(&Trouble::unknown());
        assert_eq!(recent.trouble(), Some(Trouble::unknown()));
        recent.forget();
        assert_eq!(recent.trouble(), None);
        recent.note(&Trouble::unknown());
        if let Some((since, _)) = &mut *recent.kept() {
            *since -= KEPT;
        }
        assert_eq!(recent.trouble(), None);
    }
}
