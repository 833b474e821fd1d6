//! A batch: its calls one after the other, each as if it came alone, but in one snapshot and within one budget.
//!
//! Nothing is needed for the snapshot: whatever a call reads, it reads in the snapshot of the statement that called
//! this extension, and a batch is one such statement.

use crate::exec::owner;
use crate::exec::read_only::Source;
use crate::govern::audit::Outcome;
use crate::govern::delegation::Way;
use crate::govern::perform::{Call, Done, Performed, Question};
use crate::gucs;
use odoo_compiler::error::{Code, Error};
use odoo_compiler::tool::{BatchedCall, batch_answer, batched_calls};
use pgrx::Uuid;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

const SNAPSHOT_TIME: &str = include_str!("../../../sql/statements/snapshot_time.sql");

/// The call_id of a call of a batch. It follows from the batch's own, so that who writes the attempt and who writes the
/// outcome need not tell each other.
pub(super) fn call_id(batch_id: &str, place: usize) -> String {
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Sha256::digest(format!("{batch_id} {place}"))[..16]);
    // version 8, RFC 9562: made by rules of one's own
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid::from_bytes(bytes).to_string()
}

/// Makes the calls of a batch.
pub(super) fn perform(batch: &Call<'_>, way: Way<'_>, source: &Source) -> Performed {
    let calls = match batched_calls(batch.arguments) {
        Ok(calls) => calls,
        Err(error) => return ended(Err(error), false),
    };
    let mut running = Running {
        batch,
        way,
        source,
        since: Instant::now(),
        bytes_left: gucs::answer_budget(),
        is_user_gone: false,
    };
    let results: Vec<_> = calls
        .iter()
        .enumerate()
        .map(|(place, call)| running.make(place, call))
        .collect();
    let as_of = owner::read(SNAPSHOT_TIME, &[])
        .into_iter()
        .flatten()
        .flatten()
        .next();
    let answer = match as_of {
        Some(as_of) => batch_answer(&results, &as_of),
        None => Err(Error::new(Code::Internal, "the snapshot has no time")),
    };
    ended(answer.map(Done::Answer), running.is_user_gone)
}

fn ended(done: Result<Done, Error>, is_user_gone: bool) -> Performed {
    let outcome = match &done {
        Ok(Done::Answer(answer)) => Outcome::of_answer(answer),
        Ok(Done::Delegate(_)) => Outcome::default(),
        Err(error) => Outcome::of_error(error),
    };
    Performed {
        done,
        outcome: Some(outcome),
        is_user_gone,
    }
}

/// A batch on its way.
struct Running<'a> {
    batch: &'a Call<'a>,
    way: Way<'a>,
    source: &'a Source,
    since: Instant,
    /// Of the budget of an answer, which the batch has once.
    bytes_left: usize,
    is_user_gone: bool,
}

impl Running<'_> {
    /// One call, within what the others left.
    fn make(&mut self, place: usize, call: &BatchedCall) -> Result<String, Error> {
        let started = Instant::now();
        let call_id = call_id(self.batch.call_id, place);
        let call = Call {
            call_id: &call_id,
            user_id: self.batch.user_id,
            token: self.batch.token.clone(),
            tool: &call.tool,
            arguments: &call.arguments,
        };
        let time_left = gucs::call_timeout().saturating_sub(self.since.elapsed());
        let performed = match time_left {
            Duration::ZERO => ended(Err(out_of_time()), false),
            time_left => {
                let way = Way::InBatch(&self.way);
                call.perform_within(time_left, Question::Answer, way, self.source)
            }
        };
        self.is_user_gone |= performed.is_user_gone;
        let mut outcome = performed.outcome.unwrap_or_default();
        let result = performed.done.and_then(|done| match done {
            Done::Answer(answer) => self.take(answer.json),
            // what a batch hands on is refused before
            Done::Delegate(_) => Err(Error::new(
                Code::Internal,
                "a call of a batch was handed on",
            )),
        });
        if let Err(error) = &result
            && outcome.code == "ok"
        {
            outcome = Outcome::of_error(error);
        }
        match self.way {
            Way::Psql => outcome.write_here(&call_id, started.elapsed()),
            _ => outcome.write(&call_id, started.elapsed()),
        }
        result
    }

    fn take(&mut self, answer: String) -> Result<String, Error> {
        match self.bytes_left.checked_sub(answer.len()) {
            Some(left) => {
                self.bytes_left = left;
                Ok(answer)
            }
            None => Err(Error::new(
                Code::OverBudget,
                "the answers of the batch are together larger than the budget of one",
            )
            .detail(format!(
                "this one is {} bytes, and {} are left of {}",
                answer.len(),
                self.bytes_left,
                gucs::answer_budget()
            ))
            .hint("make this call alone")),
        }
    }
}

fn out_of_time() -> Error {
    Error::new(
        Code::TimedOut,
        "the calls before this one took all of the batch's time",
    )
    .detail(format!(
        "a batch has as long as one call: {} s",
        gucs::call_timeout().as_secs_f64()
    ))
    .hint("make this call alone, or fewer at once")
}
