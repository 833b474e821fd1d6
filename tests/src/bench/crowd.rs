//! Several callers at the same time, a connection each.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use super::sample::Samples;

/// Callers that wait for the word.
pub struct Crowd {
    words: Vec<Sender<usize>>,
    times: Receiver<Vec<Duration>>,
    threads: Vec<JoinHandle<()>>,
}

/// What came of one word.
#[derive(Clone, Debug)]
pub struct Burst {
    /// From the word until the last answer.
    pub wall: Duration,
    /// Each call's own time.
    pub calls: Vec<Duration>,
}

impl Crowd {
    /// A thread for each of `callers`; each makes its connection with its first call.
    #[must_use]
    pub fn new<F: FnMut() + Send + 'static>(callers: Vec<F>) -> Self {
        let (done, times) = channel();
        let (words, threads) = callers
            .into_iter()
            .map(|mut ask| {
                let (word, words) = channel::<usize>();
                let done = done.clone();
                let thread = spawn(move || {
                    for calls in words {
                        let took = (0..calls)
                            .map(|_| {
                                let start = Instant::now();
                                ask();
                                start.elapsed()
                            })
                            .collect();
                        if done.send(took).is_err() {
                            return;
                        }
                    }
                });
                (word, thread)
            })
            .unzip();
        Self {
            words,
            times,
            threads,
        }
    }

    /// Has everybody call `calls` times in a row, all at once.
    ///
    /// # Panics
    /// If a caller gave up.
    pub fn call(&self, calls: usize) -> Burst {
        let start = Instant::now();
        for word in &self.words {
            word.send(calls).expect("a caller is there");
        }
        let calls: Vec<Duration> = (0..self.words.len())
            .flat_map(|_| self.times.recv().expect("a caller answers"))
            .collect();
        Burst {
            wall: start.elapsed(),
            calls,
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.words.clear();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                eprintln!("a caller gave up");
            }
        }
    }
}

/// What a crowd of callers met on one side.
#[derive(Clone, Debug, Default)]
pub struct Crowded {
    /// Each call's time, when all call at once.
    pub calls: Samples,
    /// Until the last of them has its answer.
    pub walls: Samples,
    /// Answers a second, when each calls again at once.
    pub throughput: f64,
}

impl Crowded {
    /// Of bursts of one call each, and of bursts of many.
    #[must_use]
    pub fn of(once: &[Burst], often: &[Burst]) -> Self {
        let calls: usize = often.iter().map(|burst| burst.calls.len()).sum();
        let wall: Duration = often.iter().map(|burst| burst.wall).sum();
        Self {
            calls: once.iter().flat_map(|b| b.calls.iter().copied()).collect(),
            walls: once.iter().map(|burst| burst.wall).collect(),
            throughput: calls as f64 / wall.as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Burst, Crowd, Crowded};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn all_call_at_the_same_time() {
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let callers = (0..4)
            .map(|_| {
                let (inside, most) = (inside.clone(), most.clone());
                move || {
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(50));
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            })
            .collect();
        let crowd = Crowd::new(callers);
        let burst = crowd.call(2);
        assert_eq!(burst.calls.len(), 8);
        assert!(burst.wall >= Duration::from_millis(100));
        assert_eq!(most.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn throughput_is_of_all_calls_in_all_the_time() {
        let burst = |calls: usize, wall| Burst {
            wall: Duration::from_millis(wall),
            calls: vec![Duration::from_millis(1); calls],
        };
        let crowded = Crowded::of(
            &[burst(2, 5), burst(2, 7), burst(2, 9)],
            &[burst(10, 300), burst(10, 100)],
        );
        assert!((crowded.throughput - 50.0).abs() < 1e-9);
        assert!((crowded.walls.p50() - 7.0).abs() < 1e-9);
        assert_eq!(crowded.calls.count(), 6);
    }
}
