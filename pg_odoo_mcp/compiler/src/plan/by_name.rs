//! Conditions on display names: what the framework looks for, and what methods that somebody has read make of it.

use super::condition::{Resolver, Rights};
use super::x2many::comodel;
use super::{Column, Predicate};
use crate::access::{Asker, Subject, check_read};
use crate::catalog::FieldType;
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::{NameFinder, TextSearch};
use crate::scope::Scope;
use crate::value::Value;

/// How many texts a domain of each is made for.
const MAX_TEXTS: usize = 100;

/// What a name is looked for by.
#[derive(Debug, PartialEq)]
pub(super) enum ByName {
    /// A domain in the place of the condition.
    Domain(Domain),
    /// What the user finds by a domain.
    Found(Domain),
    /// What the user finds by the first domain; where that is nothing, the second in the place of the condition.
    First(Domain, Domain),
    /// What the user finds by a domain and all below, or everything else.
    Below { first: Domain, negated: bool },
}

/// The search by display name.
pub(super) fn by_name(
    scope: &Scope<'_>,
    of: &Subject,
    operator: Operator,
    value: &Value,
) -> Result<ByName> {
    let operator = match operator {
        Operator::Equal => Operator::In,
        Operator::NotEqual => Operator::NotIn,
        other => other,
    };
    let by = match &of.facts.text_search {
        Some(TextSearch::AnyOf {
            texts,
            exact,
            brackets,
        }) => {
            let sought = Sought::of(operator, value)
                .filter(|sought| !sought.has_one_in(*brackets))
                .ok_or_else(|| searched_by_python(of))?;
            return Ok(ByName::Domain(any_of(&sought, texts, exact)));
        }
        by => by.as_ref(),
    };
    // up to 18 Odoo searches in another way, and conditions may pass through the method that lists records by name
    if !scope.dialect.rewrites && (by.is_some() || of.facts.name_finder == NameFinder::Python) {
        return Err(searched_by_python(of));
    }
    let plain = framework(of, operator, value)?;
    let Some(by) = by else {
        return Ok(ByName::Domain(plain));
    };
    // a pattern of nothing is a constant before any method is asked
    if let Domain::Const(_) = plain {
        return Ok(ByName::Domain(plain));
    }
    let sought = Sought::of(operator, value).ok_or_else(|| searched_by_python(of))?;
    if *by == TextSearch::Below {
        if !operator.is_like() {
            return Ok(ByName::Domain(plain));
        }
        let (first, negated) = match operator.inverse().filter(|_| operator.is_negative()) {
            Some(positive) => (framework(of, positive, value)?, true),
            None => (plain, false),
        };
        return Ok(ByName::Below { first, negated });
    }
    Ok(match by {
        TextSearch::First(field) if matches!(operator, Operator::In | Operator::Ilike) => {
            let texts = Value::List(sought.texts.to_vec());
            let exactly = Domain::condition(field.clone(), Operator::In, texts);
            ByName::First(exactly, plain)
        }
        TextSearch::OrLinked(field) => {
            let linked = Domain::condition(field.clone(), operator, sought.compared());
            match operator.is_negative() {
                true => ByName::Domain(Domain::all(vec![plain, linked])),
                false => ByName::Found(Domain::any(vec![plain, linked])),
            }
        }
        TextSearch::Parts { separator, paths } => {
            ByName::Domain(in_parts(of, &sought, separator, paths)?)
        }
        TextSearch::First(_) | TextSearch::Below | TextSearch::AnyOf { .. } => {
            ByName::Domain(plain)
        }
    })
}

impl Resolver<'_> {
    /// A condition on the display name.
    pub(super) fn by_name(
        &self,
        of: &Subject,
        alias: u32,
        operator: Operator,
        value: &Value,
    ) -> Result<Predicate> {
        let within = |subquery| Predicate::Within {
            column: Column::plain(alias, "id"),
            negated: false,
            or_null: false,
            subquery,
        };
        if of.facts.text_search.is_some() {
            self.scope.meet_method();
        }
        match by_name(self.scope, of, operator, value)? {
            ByName::Domain(domain) => {
                self.check_searched(of)?;
                self.resolve(of, alias, &domain, false)
            }
            ByName::Found(domain) => Ok(within(self.searched(of, &domain)?)),
            ByName::First(first, other) => {
                let subquery = self.searched(of, &first)?;
                let none = Predicate::Found {
                    negated: true,
                    subquery: subquery.clone(),
                };
                let other = self.resolve(of, alias, &other, false)?;
                Ok(Predicate::any(vec![
                    within(subquery),
                    Predicate::all(vec![none, other]),
                ]))
            }
            ByName::Below { first, negated } => self.below(of, alias, &first, negated),
        }
    }

    /// Whether the user may search the records of other models that a name is looked for in: Odoo asks for that even where the
    /// record is one with them.
    fn check_searched(&self, of: &Subject) -> Result<()> {
        let Some(TextSearch::AnyOf { texts, .. }) = &of.facts.text_search else {
            return Ok(());
        };
        if self.rights != Rights::User {
            return Ok(());
        }
        for path in texts {
            let link = path
                .split_once('.')
                .and_then(|(link, _)| of.model.fields.get(link));
            if let Some(link) = link {
                let comodel = comodel(self.scope, of, link, Asker::User)?;
                check_read(&comodel.model, self.scope.principal)?;
            }
        }
        Ok(())
    }
}

/// The framework's search by display name.
fn framework(of: &Subject, operator: Operator, value: &Value) -> Result<Domain> {
    // where the name is among what it is found by, it is a column of that model's own, as contacts have it in Odoo 16
    let known = of.facts.name_search.as_ref();
    let Some(fields) = known.filter(|f| !f.is_empty() && !f.iter().any(|f| f == "display_name"))
    else {
        return Err(searched_by_python(of));
    };
    let values = match value {
        Value::List(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    if operator.is_inequality() || values.iter().any(|v| !matches!(v, Value::Text(_))) {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "display_name {} {value} is not answered in SQL",
                operator.name()
            ),
        ));
    }
    if operator.is_like() && !operator.is_pattern() && !value.is_truthy() {
        return Ok(Domain::Const(!operator.is_negative()));
    }
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

fn searched_by_python(of: &Subject) -> Error {
    Error::new(
        Code::NotSupported,
        format!(
            "text search by the name of {} is not answered in SQL: Odoo does it in Python",
            of.model.name
        ),
    )
    .hint("compare a stored field, or ids")
}

/// Texts that are looked for, each with something in it, and how.
struct Sought<'a> {
    operator: Operator,
    texts: &'a [Value],
}

impl<'a> Sought<'a> {
    /// Nothing for what else may be asked of a name.
    fn of(operator: Operator, value: &'a Value) -> Option<Self> {
        let texts = match value {
            Value::List(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let is_fit = match operator {
            Operator::In | Operator::NotIn => !texts.is_empty(),
            other => other.is_like() && texts.len() == 1,
        };
        let is_text = |text: &Value| matches!(text, Value::Text(text) if !text.is_empty());
        (is_fit && texts.iter().all(is_text)).then_some(Sought { operator, texts })
    }

    fn has_one_in(&self, brackets: Option<(char, char)>) -> bool {
        let is_bracketed = |text: &Value| match (text, brackets) {
            (Value::Text(text), Some((open, close))) => text.contains(open) && text.contains(close),
            _ => false,
        };
        self.texts.iter().any(is_bracketed)
    }

    /// The value of a condition with the same operator.
    fn compared(&self) -> Value {
        match self.texts {
            [one] if self.operator.is_like() => one.clone(),
            texts => Value::List(texts.to_vec()),
        }
    }
}

fn any_of(sought: &Sought<'_>, texts: &[String], exact: &[String]) -> Domain {
    let fits = |path: &String| Domain::condition(path.clone(), sought.operator, sought.compared());
    let mut parts: Vec<Domain> = texts.iter().map(fits).collect();
    if sought.operator.is_negative() {
        return Domain::all(parts);
    }
    let is_one = |path: &String| {
        let texts = Value::List(sought.texts.to_vec());
        Domain::condition(path.clone(), Operator::In, texts)
    };
    parts.extend(exact.iter().map(is_one));
    Domain::any(parts)
}

/// Each text by the two parts of it, or by the framework; where none of several may fit, it is what does not fit any.
fn in_parts(
    of: &Subject,
    sought: &Sought<'_>,
    separator: &str,
    paths: &[String; 2],
) -> Result<Domain> {
    let operator = match sought.operator {
        Operator::NotIn => Operator::In,
        other => other,
    };
    if sought.texts.len() > MAX_TEXTS {
        return Err(searched_by_python(of));
    }
    let mut each = Vec::new();
    for value in sought.texts {
        let Value::Text(text) = value else {
            return Err(searched_by_python(of));
        };
        let parts: Vec<&str> = text.split(separator).collect();
        each.push(match parts.as_slice() {
            ["", _] | [_, ""] => return Err(searched_by_python(of)),
            [one, other] => Domain::all(
                paths
                    .iter()
                    .zip([one, other])
                    .map(|(path, part)| {
                        let part = Value::Text((*part).to_owned());
                        let part = match operator {
                            Operator::In => Value::List(vec![part]),
                            _ => part,
                        };
                        Domain::condition(path.clone(), operator, part)
                    })
                    .collect(),
            ),
            _ => framework(of, operator, value)?,
        });
    }
    let any = Domain::any(each);
    Ok(match sought.operator {
        Operator::NotIn => Domain::Not(Box::new(any)),
        _ => any,
    })
}
