//! One call, from a known user to its answer.

use crate::catalog::{self, CallDatabase};
use crate::exec::read_only::{Reader, Source};
use crate::exec::subxact::{self, Failure};
use crate::govern::audit::Outcome;
use crate::gucs;
use odoo_compiler::answer::{self, Answer, Reply, Token};
use odoo_compiler::error::{Code, Error};

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

impl Call<'_> {
    /// Answers it within its budgets; also says what the audit is to hold.
    pub(crate) fn perform(
        self,
        question: Question,
        source: &Source,
    ) -> (Result<Answer, Error>, Outcome) {
        let contained = subxact::contain(gucs::call_timeout(), || {
            Reader::within(source, |reader| self.ask(question, reader))
        });
        match contained {
            Ok(answer) => {
                let outcome = Outcome {
                    code: "ok",
                    row_count: i64::try_from(answer.row_count).ok(),
                    byte_count: i64::try_from(answer.json.len()).ok(),
                    server_error: None,
                };
                (Ok(answer), outcome)
            }
            Err(Failure::Expected(error)) => {
                let outcome = Outcome {
                    code: error.code.name(),
                    ..Outcome::default()
                };
                (Err(error), outcome)
            }
            Err(Failure::Unexpected(text)) => {
                pgrx::log!("odoo_mcp: call {} failed: {text}", self.call_id);
                let outcome = Outcome {
                    code: Code::Internal.name(),
                    server_error: Some(text),
                    ..Outcome::default()
                };
                (Err(internal(self.call_id)), outcome)
            }
        }
    }

    fn ask(&self, question: Question, reader: &Reader<'_>) -> Result<Answer, Error> {
        if self.arguments.len() > ARGUMENTS_LENGTH {
            return Err(Error::new(
                Code::InvalidArguments,
                "the arguments are larger than 1 MiB",
            )
            .detail(format!("they are {} bytes", self.arguments.len()))
            .hint("send a shorter domain; a list of ids can often be said as a condition"));
        }
        let Some(principal) = catalog::principal(reader, self.user_id)? else {
            return Err(Error::new(Code::AccessDenied, "the Odoo user is archived or gone")
                .hint("an Odoo administrator restores the user, or a DBA issues a token for another one"));
        };
        let database = CallDatabase::new(reader, self.tool, self.token.clone());
        let answer = match question {
            Question::Answer => {
                match answer::answer(self.tool, self.arguments, &principal, &database)? {
                    Reply::Answer(answer) => Ok(answer),
                    Reply::Delegate(delegation) => {
                        Err(Error::new(Code::NotSupported, delegation.reason))
                    }
                }
            }
            Question::Explain => answer::explain(self.tool, self.arguments, &principal, &database),
        }?;
        // what was read is counted as it comes; a table made of it may be larger
        let budget = gucs::answer_budget();
        if answer.json.len() > budget {
            return Err(
                Error::new(Code::OverBudget, "the answer is larger than its budget")
                    .detail(format!(
                        "it is {} bytes, the budget {budget}",
                        answer.json.len()
                    ))
                    .hint("ask for fewer fields, groups or periods, or a smaller limit"),
            );
        }
        Ok(answer)
    }
}

/// What a caller learns of a fault of ours.
pub(crate) fn internal(call_id: &str) -> Error {
    Error::new(Code::Internal, "the call failed inside the server")
        .detail(format!("reference {call_id}"))
        .hint("the operator finds the reason by this reference in the server's log and in odoo_mcp.audit_entries")
}
