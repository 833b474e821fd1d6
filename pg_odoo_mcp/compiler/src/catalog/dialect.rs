//! In what one Odoo reads domains otherwise than another, told by the columns of its registry's tables.

/// How this Odoo finds records. The default is the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Domains are rewritten before they become SQL: dates are local days, datetimes whole seconds, and what is
    /// negated is so with what is not set. Where it is not, `ir_model_fields.translate` is a boolean.
    pub rewrites: bool,
    /// The empty text and zero are "not set", as NULL is; where they are not, `ir_model_fields` does not say what
    /// depends on the company.
    pub falsy_is_unset: bool,
    /// Weeks begin when the language says so; where there is no `ir_model_inherit`, on Mondays.
    pub local_weeks: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect {
            rewrites: true,
            falsy_is_unset: true,
            local_weeks: true,
        }
    }
}
