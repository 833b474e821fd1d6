//! What the targets share: the fixture and the oracle of the compiler's own tests, and a mutator that
//! keeps JSON whole.

#[path = "../../tests/compile/facts.rs"]
mod facts;
mod json;
mod mutation;
#[path = "../../tests/compile/odoo.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod odoo;
mod outcome;
mod random;
#[path = "../../tests/compile/statement.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod statement;
mod target;
#[path = "../../tests/compile/unread.rs"]
mod unread;

pub use mutation::{crossed, mutated};
pub use target::{call, domain, facts as facts_document, reply, rule};

/// A target whose inputs are JSON.
#[macro_export]
macro_rules! json_target {
    ($target:path) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $target(data));

        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
            match $crate::mutated(&data[..size], max, seed) {
                Some(mutated) => {
                    data[..mutated.len()].copy_from_slice(&mutated);
                    mutated.len()
                }
                None => libfuzzer_sys::fuzzer_mutate(data, size, max),
            }
        });

        libfuzzer_sys::fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
            match $crate::crossed(one, other, out.len(), seed) {
                Some(crossed) => {
                    out[..crossed.len()].copy_from_slice(&crossed);
                    crossed.len()
                }
                None => {
                    let kept = one.len().min(out.len());
                    out[..kept].copy_from_slice(&one[..kept]);
                    kept
                }
            }
        });
    };
}
