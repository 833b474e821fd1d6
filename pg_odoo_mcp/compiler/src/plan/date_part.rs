//! Conditions on numbers of dates: `date_order.month_number = 12`.

use super::column::is_inherited;
use super::comparison::members;
use super::condition::Resolver;
use super::dialect::check_date_part;
use super::key::part_of;
use super::literal::mismatch;
use super::{DatePart, Inequality, Predicate};
use crate::access::Subject;
use crate::catalog::Field;
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::sql::{Param, PgType};
use crate::value::Value;

impl Resolver<'_> {
    /// A test of a number of a date. It is compared as a number, and a date that is not set has none.
    pub(super) fn date_part(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        part: DatePart,
        condition: &Condition,
        negated: bool,
    ) -> Result<Predicate> {
        check_date_part(self.scope.dialect, of, field)?;
        let Operand::Value(value) = &condition.operand else {
            return Err(Error::new(
                Code::InvalidDomain,
                format!(
                    "{:?} is a number, so any does not fit it",
                    condition.field_path
                ),
            ));
        };
        if condition.operator == Operator::EqualIfSet && !value.is_truthy() {
            return Ok(Predicate::Const(!negated));
        }
        if is_inherited(of, field) {
            let inner = Domain::Condition(condition.clone());
            return self.in_parent(of, alias, field, inner, negated);
        }
        let date = self.column(of, alias, field)?;
        self.refuse_computed(of, field)?;
        let column = part_of(self.scope, field, date, part);
        let number = |value: &Value| match value {
            Value::Int(i) => Ok(i.to_string()),
            Value::Float(x) if x.is_finite() => Ok(format!("{x:?}")),
            // PostgreSQL may read a number in it
            Value::Text(_) => Err(Error::new(
                Code::NotSupported,
                format!(
                    "{:?} is a number, and compared with a text",
                    condition.field_path
                ),
            )
            .hint("write the number without quotes")),
            other => Err(mismatch(of, field, other, "a number or false")),
        };
        let operator = match condition.operator {
            Operator::EqualIfSet => Operator::Equal,
            other => other,
        };
        if let Some(inequality) = Inequality::of(operator) {
            let opposite = operator.inverse_inequality().and_then(Inequality::of);
            return Ok(Predicate::Compare {
                column,
                inequality: opposite.filter(|_| negated).unwrap_or(inequality),
                value: Param {
                    pg_type: PgType::Float8,
                    text: Some(number(value)?),
                },
                or_null: negated && !field.not_null,
            });
        }
        if !matches!(
            operator,
            Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn
        ) {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "{} on a number of a date is not answered in SQL",
                    operator.name()
                ),
            )
            .hint("compare it with =, !=, in, not in, <, <=, > or >="));
        }
        let negated = operator.is_negative() != negated;
        let Some(values) = members(operator, value) else {
            return Ok(Predicate::Const(negated));
        };
        let (unset, numbers): (Vec<&Value>, Vec<&Value>) =
            values.iter().partition(|value| **value == Value::FALSE);
        let numbers = numbers
            .into_iter()
            .map(number)
            .collect::<Result<Vec<_>>>()?;
        let or_null = negated == unset.is_empty() && !field.not_null;
        Ok(match (numbers.is_empty(), field.not_null) {
            (true, true) => Predicate::Const(negated),
            (true, false) => Predicate::Null { column, negated },
            _ => Predicate::In {
                column,
                values: Param::array(PgType::Float8, numbers.into_iter()),
                negated,
                or_null,
            },
        })
    }
}
