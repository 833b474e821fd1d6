//! The rates of currencies, as Odoo takes them for sums over currencies.

use super::fragment::Fragment;
use super::{Param, Statement};
use crate::catalog::Table;

/// One rate for each currency: one of the company before one of all, and which of several as Odoo chooses.
pub fn currency_rates(table: &Table, company_id: i64, timezone: &str) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT DISTINCT ON (t0.currency_id) t0.currency_id::text, t0.rate::text\nFROM ")
        .push_table(table, 0)
        .push("\nWHERE t0.company_id IS NULL OR t0.company_id = ")
        .push_param(&Param::int8(company_id))
        .push("\nORDER BY t0.currency_id, t0.company_id");
    for (before, after) in [
        (", CASE WHEN t0.name <= ", " THEN t0.name END DESC"),
        (", CASE WHEN t0.name > ", " THEN t0.name END"),
    ] {
        f.push(before)
            .push("timezone(")
            .push_param(&Param::text(timezone))
            .push(", now())::date")
            .push(after);
    }
    f.finish(vec![table.clone()])
}
