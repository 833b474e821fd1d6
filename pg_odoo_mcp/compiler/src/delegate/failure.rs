//! What came between the front and Odoo, in words.

use super::{Failure, FailureKind, one_line};
use crate::error::{Code, Error};

/// The error of a failure, with the next thing to do.
pub(super) fn error(failure: &Failure) -> Error {
    use FailureKind::*;
    let (code, message, hint) = match failure.kind {
        NotConfigured => (
            Code::OdooUnavailable,
            "Odoo itself must answer this, and the front knows no address of it",
            "the operator sets ODOO_MCP_ODOO_URL and starts the front anew; odoo-mcp doctor looks whether it is right",
        ),
        Unreachable => (
            Code::OdooUnavailable,
            "Odoo itself must answer this, and it can't be reached",
            "try again later; the operator looks whether Odoo runs, and at its address with odoo-mcp doctor",
        ),
        TimedOut => (
            Code::TimedOut,
            "Odoo itself must answer this, and took too long",
            "ask for less: a narrower domain, fewer fields, a smaller limit",
        ),
        Cancelled => (
            Code::Cancelled,
            "the call was cancelled while Odoo was asked",
            "make the call again if its answer is still wanted",
        ),
        Redirected => (
            Code::OdooUnavailable,
            "Odoo's address answers with a redirect, which is not followed",
            "the operator sets ODOO_MCP_ODOO_URL to the address that Odoo itself answers at; odoo-mcp doctor shows where it leads",
        ),
        TooLarge => (
            Code::OverBudget,
            "Odoo's answer is larger than its budget",
            "ask for fewer fields, a smaller limit or a narrower domain; texts and files are the largest fields",
        ),
        NotJson => (
            Code::OdooUnavailable,
            "what answers at Odoo's address sends no JSON",
            "the operator looks with odoo-mcp doctor whether ODOO_MCP_ODOO_URL is Odoo's, and not a proxy's page",
        ),
        WrongDatabase => (
            Code::OdooUnavailable,
            "Odoo has no such database, or serves another one",
            "the operator sets ODOO_MCP_ODOO_DB to the name that Odoo knows this database by; odoo-mcp doctor compares them",
        ),
        KeyRefused => (
            Code::OdooUnavailable,
            "Odoo refuses the key that was made for this call",
            "the operator looks with odoo-mcp doctor whether ODOO_MCP_ODOO_URL serves this very database; an archived user has no access either",
        ),
    };
    let error = Error::new(code, message).hint(hint);
    match failure
        .detail
        .as_deref()
        .map(|detail| one_line(detail, 300))
    {
        Some(detail) if !detail.is_empty() => error.detail(detail),
        _ => error,
    }
}
