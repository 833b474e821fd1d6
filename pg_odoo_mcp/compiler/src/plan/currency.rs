//! Where the currency of a sum of money is found.

use super::column::{comodel_name, field, plain_column, user_column};
use super::order::is_open_to_all;
use super::{Aggregate, Column, Currencies, Measure, Source};
use crate::access::{Subject, known, subject};
use crate::catalog::Table;
use crate::error::{Code, Error, Result};
use crate::principal::Company;
use crate::scope::Scope;

/// The `res_currency.id` of a record's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Currency {
    /// A many2one column.
    Column(Column),
    /// The currency of the record's company.
    OfCompany {
        /// The record's company.
        company: Column,
        /// `res_company.currency_id` of that company.
        currency: Column,
        /// The company whose currency a record without a company has.
        default_company: i64,
        /// The companies' table.
        companies: Table,
    },
}

/// The one currency of all sums of money among the measures: figures in several currencies are
/// never added unseen. Nothing where no measure is money, or where sums that are added up anyway
/// are in currencies of different fields.
pub(super) fn currency(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    measures: &[Measure],
    currencies: Currencies,
) -> Result<Option<Currency>> {
    let mut names: Vec<&str> = measures
        .iter()
        .filter_map(|m| m.currency_field.as_deref())
        .collect();
    names.sort_unstable();
    names.dedup();
    let is_split = !names.is_empty() && currencies == Currencies::Split;
    let is_converted = |m: &&Measure| matches!(m.aggregate, Aggregate::Converted { .. });
    // in a row of one currency there is no place for a sum over all of them
    if let Some(converted) = measures.iter().find(is_converted).filter(|_| is_split) {
        return Err(Error::new(
            Code::InvalidArguments,
            format!(
                "{:?} is a sum over all currencies, and the other measures of money are split by theirs",
                converted.key
            ),
        )
        .hint("ask for them in two calls"));
    }
    let name = match names.as_slice() {
        [] => return Ok(None),
        [name] => *name,
        several if currencies == Currencies::Watched => {
            scope.warn(
                "several_currencies",
                format!(
                    "the measures are in the currencies of different fields ({}), and sums are of plain numbers as in Odoo",
                    several.join(", ")
                ),
            );
            return Ok(None);
        }
        several => {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "the measures are in different currencies: {}",
                    several.join(", ")
                ),
            )
            .hint("ask for them in separate calls"));
        }
    };
    currency_of(scope, source, of, name).map(Some)
}

/// Where the currency field of that name is found.
pub(super) fn currency_of(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    name: &str,
) -> Result<Currency> {
    let unknown = || {
        Error::new(
            Code::NotSupported,
            format!(
                "the currency field {name:?} of {} cannot be read, so the sums are not answered",
                of.model.name
            ),
        )
    };
    let on = of.model.fields.get(name).ok_or_else(unknown)?;
    let is_of_company = of
        .facts
        .fields
        .get(name)
        .is_some_and(|f| f.company_currency);
    if is_of_company {
        let company = user_column(scope, of, source.alias, field(scope, of, "company_id")?)?;
        let table = scope
            .catalog
            .model("res.company")?
            .and_then(|m| m.table.clone())
            .ok_or_else(unknown)?;
        let company_alias = source.join(scope, &company, &table);
        return Ok(Currency::OfCompany {
            company,
            currency: Column::plain(company_alias, "currency_id"),
            default_company: *scope.company_ids.first().ok_or_else(unknown)?,
            companies: table,
        });
    }
    let column = match &on.related {
        Some(path) if on.column.is_none() => {
            // a related field: its many2one steps, read as superuser like Odoo does
            let (first, last) = path
                .split_once('.')
                .filter(|(_, last)| !last.contains('.'))
                .ok_or_else(unknown)?;
            let step = field(scope, of, first)?;
            let link = user_column(scope, of, source.alias, step)?;
            let comodel = subject(scope, comodel_name(of, step)?)?;
            let is_stored = comodel.model.fields.get(last).is_some_and(|f| {
                f.store
                    && f.column.as_deref() == Some("int4")
                    && f.relation.as_deref() == Some("res.currency")
            });
            if !is_stored {
                return Err(unknown());
            }
            Column::plain(source.join(scope, &link, &comodel.table), last)
        }
        _ => user_column(scope, of, source.alias, on).map_err(|_| unknown())?,
    };
    Ok(Currency::Column(column))
}

/// The rate of each currency by `res_currency.id`, for the first of the companies of the answer: those that Odoo
/// takes for sums over currencies.
pub(super) fn rates(scope: &Scope<'_>) -> Result<Vec<(i64, String)>> {
    const NAME: &str = "res.currency.rate";
    let unknown = || {
        Error::new(
            Code::NotSupported,
            "how Odoo reads the rates of currencies is not known",
        )
    };
    let of = scope.catalog.model(NAME)?.ok_or_else(unknown)?;
    let table = of.table.as_ref().ok_or_else(unknown)?;
    // Odoo reads their table, whatever Python makes of a search for them
    let facts = known(&of.standing).ok_or_else(unknown)?;
    for name in ["currency_id", "rate", "company_id", "name"] {
        let on = of.fields.get(name).ok_or_else(unknown)?;
        if !is_open_to_all(facts, name) {
            return Err(unknown());
        }
        plain_column(scope, &of, 0, on)?;
    }
    let company = scope.companies().next();
    // rates are those of the company at the top
    let top = company.and_then(Company::top).ok_or_else(|| {
        Error::new(
            Code::NotSupported,
            "the company whose currency rates count is not known",
        )
    })?;
    scope.catalog.currency_rates(table, top, scope.tz.name())
}
