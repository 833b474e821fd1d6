//! Odoo API keys that the database has minted: kept in memory for as long as they live, one for
//! each token.

use crate::token::TokenHash;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync;
use uuid::Uuid;

/// Tokens whose keys are kept. One more takes the place of what ends first; it costs a statement.
const MOST: usize = 1000;

/// What a key has to live beyond the call that it is for: clocks differ, and Odoo reads its own.
const MARGIN: Duration = Duration::from_secs(30);

/// A key in clear. It can be neither printed nor copied, and leaves by [`ApiKey::expose`] alone.
pub(crate) struct ApiKey(String);

impl ApiKey {
    /// A text that has the form of a key.
    pub(super) fn parse(secret: String) -> Option<Self> {
        let is_plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_plain && (20..=128).contains(&secret.len())).then_some(ApiKey(secret))
    }

    /// The key itself; each use is a place to look at in a review.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

/// A key that was just made.
pub(super) struct Minted {
    pub(super) key: ApiKey,
    pub(super) expires_in: Duration,
}

/// A key to use.
pub(super) struct Held {
    pub(super) key: Arc<ApiKey>,
    /// Whether it was made for this very call, so that another would fare no better.
    pub(super) is_fresh: bool,
}

struct Kept {
    key: Arc<ApiKey>,
    usable_until: Instant,
}

struct Slot<E> {
    kept: Option<Kept>,
    failed: Option<(Instant, E)>,
}

/// Locked while a key is made, so that who comes meanwhile waits for it and makes none.
type SharedSlot<E> = Arc<sync::Mutex<Slot<E>>>;

/// All keys of this process. `E` is why none could be made.
pub(super) struct Keys<E> {
    front: Uuid,
    slots: Mutex<HashMap<TokenHash, SharedSlot<E>>>,
}

impl<E: Clone> Keys<E> {
    pub(super) fn new() -> Self {
        Keys {
            front: Uuid::new_v4(),
            slots: Mutex::default(),
        }
    }

    /// Under which name the database knows this process's keys, to replace the one before.
    pub(super) fn front(&self) -> Uuid {
        self.front
    }

    /// A key that lives for `needed` more, from memory or by `mint`.
    pub(super) async fn get(
        &self,
        token: TokenHash,
        needed: Duration,
        mint: impl Future<Output = Result<Minted, E>>,
    ) -> Result<Held, E> {
        let asked_at = Instant::now();
        let slot = self.slot(token);
        let mut slot = slot.lock().await;
        // the clock starts before the key's own does
        let now = Instant::now();
        if let Some(kept) = &slot.kept
            && kept.usable_until > now
        {
            return Ok(Held {
                key: kept.key.clone(),
                is_fresh: false,
            });
        }
        // whoever waited for an attempt that failed would only repeat it, one after the other
        if let Some((failed_at, error)) = &slot.failed
            && *failed_at > asked_at
        {
            return Err(error.clone());
        }
        slot.kept = None;
        match mint.await {
            Ok(Minted { key, expires_in }) => {
                let key = Arc::new(key);
                // where keys live shorter than calls may take, half their life must do: else each
                // call would make one, and end the one that another call has just begun to use
                let rest = expires_in.saturating_sub(needed + MARGIN);
                slot.failed = None;
                slot.kept = Some(Kept {
                    key: key.clone(),
                    usable_until: now + rest.max(expires_in / 2),
                });
                Ok(Held {
                    key,
                    is_fresh: true,
                })
            }
            Err(error) => {
                slot.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Forgets a key that Odoo did not accept, unless another has taken its place.
    pub(super) async fn refuse(&self, token: TokenHash, key: &Arc<ApiKey>) {
        let slot = self.slot(token);
        let mut slot = slot.lock().await;
        if slot
            .kept
            .as_ref()
            .is_some_and(|kept| Arc::ptr_eq(&kept.key, key))
        {
            slot.kept = None;
        }
    }

    /// Forgets all of them.
    pub(super) fn forget(&self) {
        self.slots().clear();
    }

    fn slot(&self, token: TokenHash) -> SharedSlot<E> {
        let mut slots = self.slots();
        if let Some(slot) = slots.get(&token) {
            return slot.clone();
        }
        if slots.len() >= MOST {
            make_room(&mut slots);
        }
        let slot = Arc::new(sync::Mutex::new(Slot {
            kept: None,
            failed: None,
        }));
        // where all are in use, one more is used without being kept
        if slots.len() < MOST {
            slots.insert(token, slot.clone());
        }
        slot
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<TokenHash, SharedSlot<E>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes out what has ended, else what ends first.
fn make_room<E>(slots: &mut HashMap<TokenHash, SharedSlot<E>>) {
    let now = Instant::now();
    let end_of = |slot: &SharedSlot<E>| {
        // one that is locked is being filled
        let slot = slot.try_lock().ok()?;
        Some(slot.kept.as_ref().map_or(now, |kept| kept.usable_until))
    };
    slots.retain(|_, slot| end_of(slot).is_none_or(|end| end > now));
    if slots.len() >= MOST {
        let first = slots
            .iter()
            .filter_map(|(token, slot)| Some((end_of(slot)?, *token)))
            .min_by_key(|(end, _)| *end);
        if let Some((_, token)) = first {
            slots.remove(&token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const NEEDED: Duration = Duration::from_secs(60);

    /// Makes keys and counts them.
    struct Mint {
        made: AtomicU32,
        expires_in: Duration,
    }

    impl Mint {
        fn new(seconds: u64) -> Self {
            Mint {
                made: AtomicU32::new(0),
                expires_in: Duration::from_secs(seconds),
            }
        }

        async fn make(&self) -> Result<Minted, &'static str> {
            let number = self.made.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            let key = ApiKey::parse(format!("{number:040x}")).ok_or("no key")?;
            let expires_in = self.expires_in;
            Ok(Minted { key, expires_in })
        }

        fn made(&self) -> u32 {
            self.made.load(Ordering::Relaxed)
        }
    }

    fn token(number: u32) -> TokenHash {
        TokenHash::for_tests(number)
    }

    #[tokio::test]
    async fn fifty_at_once_make_one_key() {
        let (keys, mint) = (Keys::new(), Mint::new(600));
        let calls = (0..50).map(|_| keys.get(token(1), NEEDED, mint.make()));
        let mut fresh = 0;
        for held in join_all(calls).await {
            fresh += u32::from(held.expect("a key").is_fresh);
        }
        assert_eq!((mint.made(), fresh), (1, 1));
        assert!(keys.get(token(2), NEEDED, mint.make()).await.is_ok());
        assert_eq!(mint.made(), 2);
    }

    async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
        let mut futures: Vec<_> = futures.map(Box::pin).collect();
        let mut outputs = Vec::new();
        std::future::poll_fn(|context| {
            futures.retain_mut(|future| match future.as_mut().poll(context) {
                std::task::Poll::Ready(output) => {
                    outputs.push(output);
                    false
                }
                std::task::Poll::Pending => true,
            });
            match futures.is_empty() {
                true => std::task::Poll::Ready(()),
                false => std::task::Poll::Pending,
            }
        })
        .await;
        outputs
    }

    #[tokio::test]
    async fn who_waited_for_a_failure_shares_it_and_the_next_tries_again() {
        let (keys, tried) = (Keys::new(), AtomicU32::new(0));
        let fail = || async {
            tried.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err::<Minted, _>("no")
        };
        let all = join_all((0..50).map(|_| keys.get(token(1), NEEDED, fail()))).await;
        assert!(all.into_iter().all(|held| held.is_err()));
        assert_eq!(tried.load(Ordering::Relaxed), 1);
        assert!(keys.get(token(1), NEEDED, fail()).await.is_err());
        assert_eq!(tried.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_key_that_ends_within_the_call_is_not_used_for_it() {
        let keys = Keys::new();
        let mint = Mint::new(91);
        for expected in [true, false] {
            let held = keys
                .get(token(1), NEEDED, mint.make())
                .await
                .expect("a key");
            assert_eq!(held.is_fresh, expected);
        }
        let slot = keys.slot(token(1));
        let kept_for = {
            let slot = slot.lock().await;
            let kept = slot.kept.as_ref().expect("kept");
            kept.usable_until.saturating_duration_since(Instant::now())
        };
        // 91 s of life less 60 s for the call and 30 s for the clocks is 1 s; half is more
        assert!(kept_for > Duration::from_secs(44) && kept_for < Duration::from_secs(46));
        let long = Mint::new(600);
        keys.forget();
        keys.get(token(1), NEEDED, long.make())
            .await
            .expect("a key");
        let slot = keys.slot(token(1));
        let slot = slot.lock().await;
        let kept = slot.kept.as_ref().expect("kept");
        let kept_for = kept.usable_until.saturating_duration_since(Instant::now());
        assert!(kept_for > Duration::from_secs(509) && kept_for < Duration::from_secs(511));
    }

    #[tokio::test]
    async fn a_refused_key_is_forgotten_but_not_the_one_after_it() {
        let (keys, mint) = (Keys::new(), Mint::new(600));
        let first = keys
            .get(token(1), NEEDED, mint.make())
            .await
            .expect("a key");
        keys.refuse(token(1), &first.key).await;
        let second = keys
            .get(token(1), NEEDED, mint.make())
            .await
            .expect("a key");
        assert!(second.is_fresh);
        // as by another call that used the first one, too
        keys.refuse(token(1), &first.key).await;
        let third = keys
            .get(token(1), NEEDED, mint.make())
            .await
            .expect("a key");
        assert!(!third.is_fresh && Arc::ptr_eq(&second.key, &third.key));
        keys.forget();
        assert!(
            keys.get(token(1), NEEDED, mint.make())
                .await
                .expect("a key")
                .is_fresh
        );
    }

    #[tokio::test]
    async fn no_more_keys_are_kept_than_there_is_room_for() {
        let keys = Keys::new();
        for number in 0..MOST as u32 + 10 {
            let mint = async {
                let key = ApiKey::parse("a".repeat(40)).ok_or("no key")?;
                let expires_in = Duration::from_secs(600);
                Ok::<_, &str>(Minted { key, expires_in })
            };
            keys.get(token(number), NEEDED, mint).await.expect("a key");
        }
        assert_eq!(keys.slots().len(), MOST);
    }

    #[test]
    fn only_what_looks_like_a_key_is_one() {
        for text in [
            "",
            "short",
            &"a".repeat(129),
            &"a\r\n".repeat(10),
            &"é".repeat(20),
        ] {
            assert!(ApiKey::parse(text.to_owned()).is_none(), "{text:?}");
        }
    }
}
