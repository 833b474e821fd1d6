//! Where the currency of a sum of money is found.

use super::column::{comodel_name, field, user_column};
use super::{Column, Currencies, Measure, Source};
use crate::access::{Subject, subject};
use crate::catalog::Table;
use crate::error::{Code, Error, Result};
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
        return Ok(Some(Currency::OfCompany {
            company,
            currency: Column::plain(company_alias, "currency_id"),
            default_company: *scope.company_ids.first().ok_or_else(unknown)?,
            companies: table,
        }));
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
    Ok(Some(Currency::Column(column)))
}
