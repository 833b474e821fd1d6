//! Round after round, each side once: noise of the machine hits all alike.

use std::time::{Duration, Instant};

use super::sample::Samples;

/// How long to go on.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    /// Rounds, if there is time for them.
    pub rounds: usize,
    /// Rounds whatever the time.
    pub at_least: usize,
    /// When to stop before all rounds are done.
    pub at_most: Duration,
}

impl Length {
    /// Whether another round is due.
    #[must_use]
    pub fn goes_on(&self, done: usize, elapsed: Duration) -> bool {
        done < self.at_least || (done < self.rounds && elapsed < self.at_most)
    }
}

/// The order of `sides` in a round: the one that begins moves on, so that none always comes after the heaviest.
pub fn order(round: usize, sides: usize) -> impl Iterator<Item = usize> {
    (0..sides).map(move |place| (round + place) % sides)
}

/// Asks each of `sides` once a round and times it; a first few rounds are not counted.
pub fn interleave(
    length: &Length,
    warm_up: usize,
    sides: usize,
    mut ask: impl FnMut(usize),
) -> Vec<Samples> {
    let begin = Instant::now();
    for round in 0..warm_up {
        if round > 0 && begin.elapsed() > length.at_most / 4 {
            break;
        }
        (0..sides).for_each(&mut ask);
    }
    let begin = Instant::now();
    let mut samples = vec![Samples::default(); sides];
    let mut round = 0;
    while length.goes_on(round, begin.elapsed()) {
        for side in order(round, sides) {
            let start = Instant::now();
            ask(side);
            samples[side].push(start.elapsed());
        }
        round += 1;
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::{Length, interleave, order};
    use std::time::Duration;

    const SHORT: Length = Length {
        rounds: 4,
        at_least: 2,
        at_most: Duration::from_secs(60),
    };

    #[test]
    fn each_side_once_a_round_and_each_begins_in_turn() {
        let rounds: Vec<Vec<usize>> = (0..4).map(|round| order(round, 3).collect()).collect();
        assert_eq!(rounds, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]);
    }

    #[test]
    fn sides_take_turns_after_the_warm_up() {
        let mut asked = Vec::new();
        let samples = interleave(&SHORT, 1, 2, |side| asked.push(side));
        assert_eq!(asked, [0, 1, 0, 1, 1, 0, 0, 1, 1, 0]);
        assert_eq!(
            samples.iter().map(|s| s.count()).collect::<Vec<_>>(),
            [4, 4]
        );
    }

    #[test]
    fn slow_calls_end_a_run_early_but_never_before_its_least() {
        let late = Duration::from_secs(61);
        assert!(SHORT.goes_on(1, late));
        assert!(!SHORT.goes_on(2, late));
        assert!(SHORT.goes_on(3, Duration::ZERO));
        assert!(!SHORT.goes_on(4, Duration::ZERO));
    }
}
