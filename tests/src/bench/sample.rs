//! Times of one kind of call, and what is said of them.

use std::fmt;
use std::time::Duration;

/// Times, in the order in which they were measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// One more.
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of the calls did not exceed (nearest rank), in milliseconds.
    ///
    /// # Panics
    /// If nothing was measured.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> f64 {
        assert!(!self.0.is_empty(), "nothing was measured");
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted[rank - 1].as_secs_f64() * 1000.0
    }

    /// The median, in milliseconds.
    #[must_use]
    pub fn p50(&self) -> f64 {
        self.percentile(50)
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        Self(times.into_iter().collect())
    }
}

/// `p50 / p95`, without the unit.
impl fmt::Display for Samples {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} / {}",
            figure(self.percentile(50)),
            figure(self.percentile(95))
        )
    }
}

/// Milliseconds with as many digits as mean something.
#[must_use]
pub fn figure(milliseconds: f64) -> String {
    match milliseconds.abs() {
        size if size < 10.0 => format!("{milliseconds:.2}"),
        size if size < 100.0 => format!("{milliseconds:.1}"),
        _ => format!("{milliseconds:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Samples, figure};
    use std::time::Duration;

    fn of(milliseconds: &[u64]) -> Samples {
        milliseconds
            .iter()
            .map(|ms| Duration::from_millis(*ms))
            .collect()
    }

    fn is(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
    }

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let samples = of(&[30, 10, 20, 40]);
        is(samples.percentile(50), 20.0);
        is(samples.percentile(75), 30.0);
        is(samples.percentile(76), 40.0);
        is(samples.percentile(95), 40.0);
        is(of(&[7]).percentile(50), 7.0);
        is(of(&[7]).percentile(0), 7.0);
        let hundred: Vec<u64> = (1..=100).rev().collect();
        is(of(&hundred).percentile(95), 95.0);
        is(of(&hundred).p50(), 50.0);
    }

    #[test]
    #[should_panic(expected = "nothing was measured")]
    fn no_samples_no_figure() {
        let _ = Samples::default().p50();
    }

    #[test]
    fn digits_that_mean_something() {
        let said: Vec<String> = [0.1234, 9.876, 12.34, 1234.5].map(figure).to_vec();
        assert_eq!(said, ["0.12", "9.88", "12.3", "1234"]);
        assert_eq!(of(&[2, 4]).to_string(), "2.00 / 4.00");
    }
}
