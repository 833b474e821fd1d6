//! Numbers that a seed and a place decide, so that a question can be asked again by itself.

/// A sequence of its own for each place.
pub(super) struct Random(u64);

impl Random {
    /// The sequence of this seed at this place: a model, a user, a number.
    pub(super) fn at(seed: u64, place: &[&str]) -> Self {
        // FNV-1a, with a byte between the parts that no text has
        let bytes = place.iter().flat_map(|part| part.bytes().chain([0xff]));
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Random(seed ^ hash)
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to less than `end`; 0 where that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            end => (self.next() % end as u64) as usize,
        }
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// Another order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    fn some(random: &mut Random) -> Vec<usize> {
        (0..20).map(|_| random.below(1000)).collect()
    }

    #[test]
    fn a_seed_and_a_place_decide_and_nothing_else() {
        let at = |seed, place: &[&str]| some(&mut Random::at(seed, place));
        assert_eq!(at(7, &["a", "b"]), at(7, &["a", "b"]));
        assert_ne!(at(7, &["a", "b"]), at(8, &["a", "b"]));
        assert_ne!(at(7, &["a", "b"]), at(7, &["ab", ""]));
    }
}
