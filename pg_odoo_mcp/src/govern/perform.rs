//! One call, from a known user to its answer.

use crate::catalog::{self, CallDatabase};
use crate::exec::read_only::{Reader, Source};
use crate::exec::subxact;
use crate::govern::audit::Outcome;
use crate::govern::batch;
use crate::govern::delegation::{self, Asked, Way};
use crate::gucs;
use odoo_compiler::answer::{self, Answer, Reply, Token};
use odoo_compiler::error::{Code, Error};
use odoo_compiler::tool::BATCH;
use std::cell::Cell;
use std::time::Duration;

/// Longest arguments of a call, in bytes.
const ARGUMENTS_LENGTH: usize = 1024 * 1024;

/// What is asked of the compiler.
#[derive(Clone, Copy)]
pub(crate) enum Question {
    /// The answer.
    Answer,
    /// How it would be answered.
    Explain,
}

/// A call whose caller is known.
pub(crate) struct Call<'a> {
    /// For the log and the caller, where something goes wrong inside.
    pub call_id: &'a str,
    /// Odoo's user.
    pub user_id: i64,
    /// The token it came with.
    pub token: Option<Token>,
    /// The tool's name.
    pub tool: &'a str,
    /// A JSON object.
    pub arguments: &'a str,
}

/// How far a call came here.
pub(crate) enum Done {
    /// To its answer.
    Answer(Answer),
    /// To what the front is to have Odoo do, as JSON.
    Delegate(String),
}

/// What the compiler said, while it could look at the database.
enum Said {
    Answer(Answer),
    Asked(Box<Asked>),
}

/// What became of a call.
pub(crate) struct Performed {
    /// What is told.
    pub done: Result<Done, Error>,
    /// What the audit is to hold, unless Odoo is still to be asked.
    pub outcome: Option<Outcome>,
    /// Whether Odoo no longer has an active user for it.
    pub is_user_gone: bool,
}

impl Call<'_> {
    /// Answers it within its budgets, or hands it on.
    pub(crate) fn perform(self, question: Question, way: Way<'_>, source: &Source) -> Performed {
        match question {
            Question::Answer if self.tool == BATCH => batch::perform(&self, way, source),
            _ => self.perform_within(gucs::call_timeout(), question, way, source),
        }
    }

    /// The same with so much time, of a call that is no batch.
    pub(super) fn perform_within(
        self,
        time: Duration,
        question: Question,
        way: Way<'_>,
        source: &Source,
    ) -> Performed {
        let is_user_gone = Cell::new(false);
        let contained = subxact::contain(time, || {
            let said = Reader::within(source, |reader| {
                Ok(
                    match self.ask(question, way.is_open(), reader, &is_user_gone)? {
                        Reply::Answer(answer) => Said::Answer(answer),
                        Reply::Delegate(delegation) => {
                            let nameless =
                                way.closed().and_then(|why| delegation.without_names(why));
                            match nameless {
                                Some(answer) => Said::Answer(answer?),
                                None => Said::Asked(Box::new(way.asked(reader, delegation)?)),
                            }
                        }
                    },
                )
            })?;
            match said {
                Said::Answer(answer) => answer_within_budget(answer).map(Done::Answer),
                Said::Asked(asked) => asked.begin(self.call_id, self.user_id).map(Done::Delegate),
            }
        });
        let (done, outcome) = match contained {
            Ok(Done::Answer(answer)) => {
                let outcome = Outcome::of_answer(&answer);
                (Ok(Done::Answer(answer)), Some(outcome))
            }
            Ok(done) => (Ok(done), None),
            Err(failure) => {
                let (told, outcome) = delegation::fault(self.call_id, failure);
                (told.map(Done::Answer), Some(outcome))
            }
        };
        Performed {
            done,
            outcome,
            is_user_gone: is_user_gone.get(),
        }
    }

    fn ask(
        &self,
        question: Question,
        delegates: bool,
        reader: &Reader<'_>,
        is_user_gone: &Cell<bool>,
    ) -> Result<Reply, Error> {
        if self.arguments.len() > ARGUMENTS_LENGTH {
            return Err(Error::new(
                Code::InvalidArguments,
                "the arguments are larger than 1 MiB",
            )
            .detail(format!("they are {} bytes", self.arguments.len()))
            .hint("send a shorter domain; a list of ids can often be said as a condition"));
        }
        let Some(principal) = catalog::principal(reader, self.user_id)? else {
            is_user_gone.set(true);
            return Err(Error::new(Code::AccessDenied, "the Odoo user is archived or gone")
                .hint("an Odoo administrator restores the user, or a DBA issues a token for another one"));
        };
        let database = CallDatabase::new(reader, self.tool, self.token.clone(), delegates);
        match question {
            Question::Answer => answer::answer(self.tool, self.arguments, &principal, &database),
            Question::Explain => {
                answer::explain(self.tool, self.arguments, &principal, &database).map(Reply::Answer)
            }
        }
    }
}

/// The answer, unless it is too long. What was read is counted as it comes; a table made of it may be larger.
pub(crate) fn answer_within_budget(answer: Answer) -> Result<Answer, Error> {
    let budget = gucs::answer_budget();
    if answer.json.len() <= budget {
        return Ok(answer);
    }
    Err(
        Error::new(Code::OverBudget, "the answer is larger than its budget")
            .detail(format!(
                "it is {} bytes, the budget {budget}",
                answer.json.len()
            ))
            .hint("ask for fewer fields, groups or periods, or a smaller limit"),
    )
}

/// What a caller learns of a fault of ours.
pub(crate) fn internal(call_id: &str) -> Error {
    Error::new(Code::Internal, "the call failed inside the server")
        .detail(format!("reference {call_id}"))
        .hint("the operator finds the reason by this reference in the server's log and in odoo_mcp.audit_entries")
}
