//! Domains to predicates: the meaning of each operator for each type of field, as Odoo 19 has it
//! (`odoo/orm/domains.py`, `odoo/orm/fields*.py`).

use super::literal::{self, Falsy};
use super::{Column, Form, Predicate, Subquery, hierarchy};
use crate::access::{Subject, check_field, check_read, record_rules, subject};
use crate::catalog::{Field, FieldType, Unaccent, suggestion};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::sql::{Param, PgType};
use crate::value::Value;

/// Whose rights the conditions of a domain are checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// The user's: field groups, and the comodel's access lists and rules on every path.
    User,
    /// Nobody's: the inside of a record rule.
    Superuser,
}

/// Resolves domains for one scope.
pub(super) struct Resolver<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) rights: Rights,
}

/// The records of a subject a user may see: domain, active filter, access list and record rules.
pub(super) fn visible(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    domain: &Domain,
) -> Result<Predicate> {
    check_read(&of.model, scope.principal)?;
    let user = Resolver {
        scope,
        rights: Rights::User,
    };
    let mut parts = vec![user.resolve(of, alias, domain, false)?];
    if scope.active_test && of.model.fields.contains_key("active") && !domain.names_field("active")
    {
        parts.push(user.resolve(
            of,
            alias,
            &Domain::condition("active", Operator::Equal, Value::Bool(true)),
            false,
        )?);
    }
    parts.push(ruled(scope, of, alias)?);
    Ok(Predicate::all(parts))
}

/// The record rules of a subject.
fn ruled(scope: &Scope<'_>, of: &Subject, alias: u32) -> Result<Predicate> {
    let rules = record_rules(scope, of)?;
    Resolver {
        scope,
        rights: Rights::Superuser,
    }
    .resolve(of, alias, &rules, false)
    .map_err(|e| match e.code {
        Code::NotSupported | Code::Internal => e,
        // what a rule says wrongly is not the caller's mistake
        _ => Error::new(
            Code::NotSupported,
            format!(
                "a record rule of {} cannot be evaluated exactly",
                of.model.name
            ),
        )
        .detail(e.to_string()),
    })
}

impl Resolver<'_> {
    /// The predicate of a domain, or of its negation.
    pub(super) fn resolve(
        &self,
        of: &Subject,
        alias: u32,
        domain: &Domain,
        negated: bool,
    ) -> Result<Predicate> {
        // under a negation, all and any change places, and so does what settles them
        let each = |parts: &[Domain], settled_by: bool| {
            self.each(of, alias, parts, negated, settled_by != negated)
        };
        Ok(match domain {
            Domain::Const(value) => Predicate::Const(*value != negated),
            Domain::Not(inner) => self.resolve(of, alias, inner, !negated)?,
            Domain::All(parts) if negated => Predicate::any(each(parts, false)?),
            Domain::All(parts) => Predicate::all(each(parts, false)?),
            Domain::Any(parts) if negated => Predicate::all(each(parts, true)?),
            Domain::Any(parts) => Predicate::any(each(parts, true)?),
            Domain::Condition(condition) => self.condition(of, alias, condition, negated)?,
        })
    }

    /// The parts of a connective. A part that settles it alone makes the rights that the others
    /// want, and what is not known of them, irrelevant: Odoo drops them before it looks.
    fn each(
        &self,
        of: &Subject,
        alias: u32,
        parts: &[Domain],
        negated: bool,
        settled_by: bool,
    ) -> Result<Vec<Predicate>> {
        let resolved: Vec<Result<Predicate>> = parts
            .iter()
            .map(|part| self.resolve(of, alias, part, negated))
            .collect();
        let is_settled = resolved.contains(&Ok(Predicate::Const(settled_by)));
        let is_moot =
            |e: &Error| is_settled && matches!(e.code, Code::AccessDenied | Code::NotSupported);
        resolved
            .into_iter()
            .filter(|part| !part.as_ref().is_err_and(is_moot))
            .collect()
    }

    fn condition(
        &self,
        of: &Subject,
        alias: u32,
        condition: &Condition,
        negated: bool,
    ) -> Result<Predicate> {
        let (name, rest) = match condition.field_path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (condition.field_path.as_str(), None),
        };
        let field = field(self.scope, of, name)?;
        if let Some(rest) = rest {
            if !matches!(
                field.field_type,
                FieldType::Many2one | FieldType::One2many | FieldType::Many2many
            ) {
                return Err(not_a_path(of, field, rest));
            }
            let inner = Condition {
                field_path: rest.to_owned(),
                operator: condition.operator,
                operand: condition.operand.clone(),
            };
            return self.exists(of, alias, field, &Domain::Condition(inner), negated, false);
        }
        let value = match &condition.operand {
            Operand::Domain(domain) => {
                let negated = (condition.operator == Operator::NotExists) != negated;
                if name == "id" {
                    return self.resolve(of, alias, domain, negated);
                }
                return self.exists(of, alias, field, domain, negated, false);
            }
            Operand::Value(value) => value,
        };
        let operator = match condition.operator {
            Operator::EqualIfSet if !value.is_truthy() => return Ok(Predicate::Const(!negated)),
            Operator::EqualIfSet => Operator::Equal,
            other => other,
        };
        if matches!(operator, Operator::ChildOf | Operator::ParentOf) {
            let found = hierarchy::condition(self.scope, of, field, operator, value)?;
            return self.resolve(of, alias, &found, negated);
        }
        if !negated {
            return self.test(of, alias, field, operator, value);
        }
        if let Some(inverse) = operator.inverse() {
            return self.test(of, alias, field, inverse, value);
        }
        // only inequalities are left: where NULL is no value, it is on the other side of both
        let inverse = operator.inverse_inequality().ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!("the negation of {}", operator.name()),
            )
        })?;
        let inverted = self.test(of, alias, field, inverse, value)?;
        if Falsy::of(field).is_some() {
            return Ok(inverted);
        }
        Ok(Predicate::any(vec![
            self.test(
                of,
                alias,
                field,
                Operator::In,
                &Value::List(vec![Value::FALSE]),
            )?,
            inverted,
        ]))
    }

    /// One test of one field of this model, by the field's type.
    fn test(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        if field.name == "display_name" {
            let domain = by_name(of, operator, value)?;
            return self.resolve(of, alias, &domain, false);
        }
        if of
            .facts
            .fields
            .get(&field.name)
            .is_some_and(|f| f.inherited)
            && field.column.is_none()
        {
            let link = parent_link(of, field)?;
            let inner = Domain::condition(field.name.clone(), operator, value.clone());
            return self.exists(
                of,
                alias,
                self::field(self.scope, of, link)?,
                &inner,
                false,
                true,
            );
        }
        let column = self.column(of, alias, field)?;
        if of.facts.fields.get(&field.name).is_some_and(|f| f.search) {
            // the method decides even where there is a column
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "conditions on {:?} of {} are not answered yet: Odoo searches it in Python",
                    field.name, of.model.name
                ),
            ));
        }
        match operator {
            _ if operator.is_like() => self.like(of, alias, field, column, operator, value),
            Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
                let negated = operator.is_negative();
                let Some(values) = members(operator, value) else {
                    return Ok(Predicate::Const(negated));
                };
                match field.field_type {
                    FieldType::Boolean => literal::boolean_in(column, &values, negated),
                    FieldType::Datetime => {
                        literal::datetime_in(self.scope, of, field, column, &values, negated)
                    }
                    FieldType::Many2one if values.iter().any(|v| matches!(v, Value::Text(_))) => {
                        self.named(of, alias, field, values, negated)
                    }
                    _ => {
                        self.note_selection(of, field, &values);
                        literal::is_in(self.scope, of, field, column, &values, negated)
                    }
                }
            }
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => {
                literal::compare(self.scope, of, field, column, operator, value)
            }
            other => Err(Error::new(
                Code::NotSupported,
                format!("{} on {:?} is not answered yet", other.name(), field.name),
            )),
        }
    }

    /// The stored column of a field the caller may use.
    pub(super) fn column(&self, of: &Subject, alias: u32, field: &Field) -> Result<Column> {
        if self.rights == Rights::User {
            check_field(of, &field.name, self.scope.principal)?;
        }
        stored_column(self.scope, of, alias, field)
    }

    /// `field any domain`: through a many2one to records the user may see, archived ones too.
    /// `is_link` is set for the step to an `_inherits` parent, which asks no rights.
    fn exists(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        domain: &Domain,
        negated: bool,
        is_link: bool,
    ) -> Result<Predicate> {
        if field.field_type != FieldType::Many2one {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "conditions through {:?} of {} are not answered yet",
                    field.name, of.model.name
                ),
            )
            .hint("conditions may go through many2one fields"));
        }
        let column = self.column(of, alias, field)?;
        let comodel = subject(self.scope, comodel_name(of, field)?)?;
        let bypass = is_link
            || self.rights == Rights::Superuser
            || of.facts.fields.get(&field.name).is_some_and(|f| f.bypass);
        if !bypass {
            check_read(&comodel.model, self.scope.principal)?;
        }
        let coalias = self.scope.alias(&comodel.table);
        let mut parts = vec![self.resolve(&comodel, coalias, domain, false)?];
        if parts[0] == Predicate::Const(false) {
            return Ok(Predicate::Const(negated));
        }
        if !bypass {
            parts.push(ruled(self.scope, &comodel, coalias)?);
        }
        let subquery = Subquery {
            table: comodel.table,
            alias: coalias,
            predicate: Box::new(Predicate::all(parts)),
        };
        Ok(Predicate::Within {
            column,
            negated,
            or_null: negated && !field.not_null,
            subquery,
        })
    }

    /// A many2one compared to texts: records whose display name is one of them.
    fn named(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        values: Vec<Value>,
        negated: bool,
    ) -> Result<Predicate> {
        let (texts, others): (Vec<Value>, Vec<Value>) = values
            .into_iter()
            .partition(|v| matches!(v, Value::Text(_)));
        let by_text = self.exists(
            of,
            alias,
            field,
            &Domain::condition("display_name", Operator::In, Value::List(texts)),
            negated,
            false,
        )?;
        if others.is_empty() {
            return Ok(by_text);
        }
        let column = self.column(of, alias, field)?;
        let by_id = literal::is_in(self.scope, of, field, column, &others, negated)?;
        Ok(if negated {
            Predicate::all(vec![by_text, by_id])
        } else {
            Predicate::any(vec![by_text, by_id])
        })
    }

    fn like(
        &self,
        of: &Subject,
        alias: u32,
        field: &Field,
        column: Column,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        let is_relational = field.field_type == FieldType::Many2one;
        if !value.is_truthy() {
            let matches_set = operator.is_negative() == operator.is_pattern();
            if is_relational || operator.is_pattern() {
                let operator = if matches_set {
                    Operator::NotEqual
                } else {
                    Operator::Equal
                };
                return self.test(of, alias, field, operator, &Value::FALSE);
            }
            return Ok(Predicate::Const(matches_set));
        }
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Int(i) if !operator.is_pattern() => i.to_string(),
            other => return Err(literal::mismatch(of, field, other, "a text")),
        };
        if is_relational {
            let positive = if operator.is_negative() {
                operator.inverse().unwrap_or(operator)
            } else {
                operator
            };
            let inner = Domain::condition("display_name", positive, Value::Text(text));
            return self.exists(of, alias, field, &inner, operator.is_negative(), false);
        }
        match field.field_type {
            FieldType::Boolean => {
                return Err(Error::new(
                    Code::InvalidDomain,
                    format!(
                        "{} does not fit the boolean {:?}",
                        operator.name(),
                        field.name
                    ),
                )
                .hint("compare booleans with = or !="));
            }
            FieldType::Char
            | FieldType::Text
            | FieldType::Html
            | FieldType::Selection
            | FieldType::Integer
            | FieldType::Float
            | FieldType::Monetary
            | FieldType::Date
            | FieldType::Datetime => {}
            other => {
                return Err(Error::new(
                    Code::NotSupported,
                    format!(
                        "{} on the {other:?} field {:?} is not answered yet",
                        operator.name(),
                        field.name
                    ),
                ));
            }
        }
        let unaccent = match operator
            .ignores_case()
            .then(|| self.scope.catalog.unaccent())
            .transpose()?
        {
            Some(Unaccent::Trusted) => Some(of.table.schema.clone()),
            Some(Unaccent::Foreign) => {
                return Err(Error::new(Code::NotSupported, "ilike is not answered: Odoo's schema holds a function unaccent(text) that is not the extension's")
                    .hint("CREATE EXTENSION unaccent as a superuser, or drop the function"));
            }
            Some(Unaccent::Absent) | None => None,
        };
        let pattern = if operator.is_pattern() {
            text
        } else {
            format!("%{text}%")
        };
        Ok(Predicate::Like {
            column,
            pattern: Param {
                pg_type: PgType::Text,
                text: Some(pattern),
            },
            operator: match (operator.ignores_case(), operator.is_negative()) {
                (false, false) => "LIKE",
                (false, true) => "NOT LIKE",
                (true, false) => "ILIKE",
                (true, true) => "NOT ILIKE",
            },
            unaccent,
            or_null: operator.is_negative() && !field.not_null,
        })
    }

    /// Odoo finds nothing for a selection key that does not exist; the reader should know why.
    fn note_selection(&self, of: &Subject, field: &Field, values: &[Value]) {
        let is_open = of
            .facts
            .fields
            .get(&field.name)
            .is_some_and(|f| f.open_selection);
        if self.rights == Rights::Superuser
            || field.field_type != FieldType::Selection
            || field.selection.is_empty()
            || is_open
        {
            return;
        }
        for value in values {
            if let Value::Text(key) = value
                && !field.selection.iter().any(|(k, _)| k == key)
            {
                let keys: Vec<&str> = field.selection.iter().map(|(k, _)| k.as_str()).collect();
                self.scope.warn("unknown_selection_value", format!("{:?} of {} has no value {key:?}, so nothing matches it; its values are: {}", field.name, of.model.name, keys.join(", ")));
            }
        }
    }
}

/// The field of that name, or an error that names the nearest of those the user may read.
pub(super) fn field<'a>(scope: &Scope<'_>, of: &'a Subject, name: &str) -> Result<&'a Field> {
    of.model.fields.get(name).ok_or_else(|| {
        let shown: String = name.chars().take(80).collect();
        let error = Error::new(
            Code::UnknownField,
            format!("{} has no field {shown:?}", of.model.name),
        );
        let readable = of.model.fields.keys().map(String::as_str);
        let readable = readable.filter(|known| check_field(of, known, scope.principal).is_ok());
        match suggestion(&shown, readable) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

/// The stored column of a field, whoever asks.
pub(super) fn stored_column(
    scope: &Scope<'_>,
    of: &Subject,
    alias: u32,
    field: &Field,
) -> Result<Column> {
    let refuse = |why: &str| {
        Err(Error::new(
            Code::NotSupported,
            format!(
                "the field {:?} of {} is not answered yet: {why}",
                field.name, of.model.name
            ),
        ))
    };
    if !field.manual && !of.facts.fields.contains_key(&field.name) {
        return refuse("its groups are not known");
    }
    if matches!(field.field_type, FieldType::One2many | FieldType::Many2many) {
        return refuse("it holds several records");
    }
    if field.company_dependent {
        return refuse("it has a value for each company");
    }
    let Some(column) = field.column.as_deref().filter(|_| field.store) else {
        return refuse("Odoo computes it");
    };
    let expected: &[&str] = match field.field_type {
        FieldType::Char | FieldType::Text | FieldType::Html if field.translate => &["jsonb"],
        FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection => {
            &["varchar", "text"]
        }
        FieldType::Integer | FieldType::Many2one => &["int4", "int8"],
        FieldType::Float => &["float8", "numeric"],
        FieldType::Monetary => &["numeric"],
        FieldType::Boolean => &["bool"],
        FieldType::Date => &["date"],
        FieldType::Datetime => &["timestamp"],
        _ => return refuse("fields of its type are not read in SQL"),
    };
    if !expected.contains(&column) {
        return refuse(&format!("its column has the type {column}"));
    }
    let form = if field.translate {
        Form::Translated(scope.lang.clone())
    } else {
        Form::Plain
    };
    Ok(Column {
        alias,
        name: field.name.clone(),
        form,
    })
}

/// The comodel's name.
pub(super) fn comodel_name<'a>(of: &Subject, field: &'a Field) -> Result<&'a str> {
    field.relation.as_deref().ok_or_else(|| {
        Error::new(
            Code::NotSupported,
            format!("{:?} of {} names no comodel", field.name, of.model.name),
        )
    })
}

/// The link field to the `_inherits` parent that an inherited field comes from.
pub(super) fn parent_link<'a>(of: &'a Subject, field: &Field) -> Result<&'a str> {
    let via = field
        .related
        .as_deref()
        .and_then(|path| path.split_once('.'))
        .map(|(link, _)| link);
    of.facts
        .inherits
        .values()
        .map(String::as_str)
        .find(|link| Some(*link) == via)
        .ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!(
                    "the field {:?} of {} is not answered yet",
                    field.name, of.model.name
                ),
            )
        })
}

/// The values that `=` and `in` compare with; none for an empty `in`.
fn members(operator: Operator, value: &Value) -> Option<Vec<Value>> {
    match (operator, value) {
        // an empty list means "not set" for =, and nobody for in
        (Operator::Equal | Operator::NotEqual, Value::List(list)) if list.is_empty() => {
            Some(vec![Value::FALSE])
        }
        (Operator::In | Operator::NotIn, other) if !other.is_truthy() => None,
        (_, Value::List(list)) => Some(list.clone()),
        (_, other) => Some(vec![other.clone()]),
    }
}

/// The framework's search by display name.
fn by_name(of: &Subject, operator: Operator, value: &Value) -> Result<Domain> {
    let Some(fields) = of.facts.name_search.as_ref().filter(|f| !f.is_empty()) else {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "text search by the name of {} is not answered yet: Odoo does it in Python",
                of.model.name
            ),
        )
        .hint("compare a stored field, or ids"));
    };
    let values = match value {
        Value::List(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    if operator.is_inequality() || values.iter().any(|v| !matches!(v, Value::Text(_))) {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "display_name {} {value} is not answered yet",
                operator.name()
            ),
        ));
    }
    if operator.is_like() && !operator.is_pattern() && !value.is_truthy() {
        return Ok(Domain::Const(!operator.is_negative()));
    }
    let operator = match operator {
        Operator::Equal => Operator::In,
        Operator::NotEqual => Operator::NotIn,
        other => other,
    };
    let value = if operator.is_like() {
        value.clone()
    } else {
        Value::List(values.to_vec())
    };
    let parts = fields
        .iter()
        .map(|path| {
            let ends_in_record = of
                .model
                .fields
                .get(path)
                .is_some_and(|f| f.field_type == FieldType::Many2one);
            let path = if ends_in_record {
                format!("{path}.display_name")
            } else {
                path.clone()
            };
            Domain::condition(path, operator, value.clone())
        })
        .collect();
    Ok(if operator.is_negative() {
        Domain::all(parts)
    } else {
        Domain::any(parts)
    })
}

fn not_a_path(of: &Subject, field: &Field, rest: &str) -> Error {
    match field.field_type {
        FieldType::Date | FieldType::Datetime => Error::new(
            Code::NotSupported,
            format!(
                "date parts such as {}.{rest} are not answered yet",
                field.name
            ),
        )
        .hint("compare the field with dates"),
        FieldType::Properties => Error::new(
            Code::NotSupported,
            format!("the properties of {:?} are not answered yet", field.name),
        ),
        _ => Error::new(
            Code::UnknownField,
            format!(
                "{:?} of {} is no relation, so it has no {rest:?}",
                field.name, of.model.name
            ),
        ),
    }
}
