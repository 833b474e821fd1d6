//! How many calls may be with Odoo at once: it is slower than the database, and must not take
//! every place that this process has.

use odoo_compiler::delegate::{Failure, FailureKind};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

/// Of the requests that the front takes at once, half may be for Odoo, and a quarter of those with it:
/// 32 by default, which is what Odoo's threads may be at most, and more than most have workers. The
/// rest waits in turn, and holds no answer meanwhile. Names that an answer lacks have a few places of their own: they
/// take Odoo milliseconds, and must not wait behind reports; where those are taken, any free one will do.
pub(super) struct Places {
    all: Semaphore,
    at_work: Semaphore,
    for_names: Semaphore,
}

/// Held for as long as the call is with Odoo.
pub(super) struct Place<'a> {
    _at_work: SemaphorePermit<'a>,
    _of_all: SemaphorePermit<'a>,
}

impl Places {
    pub(super) fn new(max_requests: usize) -> Self {
        Places {
            all: Semaphore::new((max_requests / 2).max(1)),
            at_work: Semaphore::new((max_requests / 8 - max_requests / 32).max(1)),
            for_names: Semaphore::new((max_requests / 32).max(1)),
        }
    }

    /// A place, as soon as one is free.
    pub(super) async fn take(
        &self,
        is_for_names: bool,
        deadline: Instant,
    ) -> Result<Place<'_>, Failure> {
        let full = || FailureKind::Unreachable.because("too many calls wait for Odoo at once");
        let of_all = self.all.try_acquire().map_err(|_| full())?;
        let free = async {
            if !is_for_names {
                return self.at_work.acquire().await;
            }
            tokio::select! {
                biased;
                place = self.for_names.acquire() => place,
                place = self.at_work.acquire() => place,
            }
        };
        match timeout_at(deadline, free).await {
            Ok(Ok(at_work)) => Ok(Place {
                _at_work: at_work,
                _of_all: of_all,
            }),
            Ok(Err(_)) => Err(full()),
            Err(_) => Err(FailureKind::TimedOut.because("too many calls wait for Odoo at once")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn some_work_some_wait_and_the_rest_is_refused() {
        let places = Places::new(8);
        let deadline = Instant::now() + Duration::from_millis(100);
        let first = places.take(false, deadline).await;
        assert!(first.is_ok());
        // names don't wait behind it
        let soon = Instant::now() + Duration::from_millis(10);
        assert!(places.take(true, soon).await.is_ok());
        let idle = Places::new(8);
        let (one, another) = (idle.take(true, soon).await, idle.take(true, soon).await);
        assert!(one.is_ok() && another.is_ok(), "any free place will do");
        let waiting = async {
            tokio::join!(
                places.take(false, deadline),
                places.take(false, deadline),
                places.take(false, deadline)
            )
        };
        let refused = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let refused = places.take(false, deadline).await;
            drop(first);
            refused.map(drop)
        };
        let ((second, third, fourth), refused) = tokio::join!(waiting, refused);
        assert!(second.is_ok());
        let kind = |failure: Failure| failure.kind;
        for late in [third, fourth] {
            assert_eq!(late.map(drop).map_err(kind), Err(FailureKind::TimedOut));
        }
        assert_eq!(refused.map_err(kind), Err(FailureKind::Unreachable));
    }
}
