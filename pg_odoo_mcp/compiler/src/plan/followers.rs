//! Record rules about who follows a record, which Odoo's Python searches by its table of followers.

use super::condition::{Resolver, Rights};
use super::{Column, Predicate, Subquery};
use crate::access::{Subject, subject};
use crate::catalog::Field;
use crate::domain::Operator;
use crate::error::Result;
use crate::facts::Searched;
use crate::sql::{Param, PgType};
use crate::value::Value;

impl Resolver<'_> {
    /// Whether one of these partners follows the record, or none of them; nothing where that is not the question.
    /// What users ask themselves is Odoo's: it refuses some of it.
    pub(super) fn followed(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        operator: Operator,
        value: &Value,
    ) -> Result<Option<Predicate>> {
        let facts = of.facts.fields.get(&field.name);
        let is_of_followers = facts.and_then(|f| f.searched.as_ref()) == Some(&Searched::Followers);
        let (Rights::Superuser, true) = (self.rights, is_of_followers) else {
            return Ok(None);
        };
        let partners: Vec<String> = match (operator, value) {
            (Operator::In | Operator::NotIn, Value::List(values)) => values
                .iter()
                .map_while(|value| match value {
                    Value::Int(id) if *id > 0 => Some(id.to_string()),
                    _ => None,
                })
                .collect(),
            _ => return Ok(None),
        };
        if partners.is_empty() || !is_whole(value, &partners) {
            return Ok(None);
        }
        let followers = subject(self.scope, "mail.followers")?;
        let has = |name: &str, kinds: &[&str]| {
            let column = followers
                .model
                .fields
                .get(name)
                .and_then(|f| f.column.as_deref());
            column.is_some_and(|column| kinds.contains(&column))
        };
        if !has("res_model", &["varchar"])
            || !has("res_id", &["int4"])
            || !has("partner_id", &["int4"])
        {
            return Ok(None);
        }
        let coalias = self.scope.subquery_alias(&followers.table)?;
        let is_in = |name: &str, values: Param| Predicate::In {
            column: Column::plain(coalias, name),
            values,
            negated: false,
            or_null: false,
        };
        let model = Param::array(PgType::Text, [of.model.name.clone()].into_iter());
        let partners = Param::array(PgType::Int8, partners.into_iter());
        Ok(Some(Predicate::Exists {
            id: Column::plain(alias, "id"),
            negated: operator.is_negative(),
            back: Column::plain(coalias, "res_id"),
            rows: Subquery {
                table: followers.table.clone(),
                alias: coalias,
                predicate: Box::new(Predicate::All(vec![
                    is_in("res_model", model),
                    is_in("partner_id", partners),
                ])),
            },
        }))
    }
}

fn is_whole(value: &Value, ids: &[String]) -> bool {
    matches!(value, Value::List(values) if values.len() == ids.len())
}
