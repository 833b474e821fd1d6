use super::user_path::user_path;
use super::{Subject, subject};
use crate::domain::{Domain, Names, Operator, evaluate, parse};
use crate::error::{Code, Error, Result};
use crate::scope::{AppliedRule, Scope};
use crate::value::Value;

/// The record rules of the model for this user, as one domain: every global rule, and any of the
/// rules of the user's groups if there are some; the same of `_inherits` parents through their link.
///
/// The domain is to be resolved without further rights: Odoo evaluates rules as superuser, with
/// archived records.
pub fn record_rules(scope: &Scope<'_>, of: &Subject) -> Result<Domain> {
    let mut all = Vec::new();
    for (parent, link) in &of.facts.inherits {
        let inherited = record_rules(scope, &subject(scope, parent)?)?;
        // Odoo leaves out links that are not stored
        let stored = of
            .model
            .fields
            .get(link)
            .is_some_and(|f| f.store && f.column.is_some());
        if stored && inherited != Domain::Const(true) {
            all.push(Domain::exists(link.clone(), Operator::Exists, inherited));
        }
    }
    let names = RuleNames(scope);
    let mut of_groups = Vec::new();
    for rule in &of.model.rules {
        let applies = rule.is_global
            || rule
                .group_ids
                .iter()
                .any(|g| scope.principal.group_ids.contains(g));
        if !applies {
            continue;
        }
        let text = rule.domain.as_deref().unwrap_or("").trim();
        let domain = if text.is_empty() {
            Ok(Domain::Const(true))
        } else {
            evaluate(text, &names).and_then(|value| parse(&value))
        };
        let domain = domain.map_err(|e| unreadable(of, &rule.name, e));
        let note = AppliedRule {
            model: of.model.name.clone(),
            name: rule.name.clone(),
            kind: if rule.is_global { "global" } else { "group" },
            domain: text.to_owned(),
        };
        if rule.is_global {
            all.push(domain?);
            scope.note_rule(note);
        } else {
            of_groups.push((domain, note));
        }
    }
    if !of_groups.is_empty() {
        // one rule that allows everything settles it, whatever the others say
        match of_groups
            .iter()
            .find(|(domain, _)| domain == &Ok(Domain::Const(true)))
        {
            Some((_, note)) => scope.note_rule(note.clone()),
            None => {
                let mut any = Vec::new();
                for (domain, note) in of_groups {
                    any.push(domain?);
                    scope.note_rule(note);
                }
                all.push(Domain::any(any));
            }
        }
    }
    Ok(Domain::all(all))
}

fn unreadable(of: &Subject, rule: &str, cause: Error) -> Error {
    Error::new(
        Code::NotSupported,
        format!(
            "the record rule {rule:?} of {} cannot be evaluated exactly",
            of.model.name
        ),
    )
    .detail(cause.to_string())
}

/// The names of `ir.rule`'s evaluation context that rules use.
struct RuleNames<'a>(&'a Scope<'a>);

impl Names for RuleNames<'_> {
    fn value(&self, name: &str) -> Result<Value> {
        let RuleNames(scope) = self;
        let list = |ids: &mut dyn Iterator<Item = i64>| Value::List(ids.map(Value::Int).collect());
        let path = match name {
            "company_ids" => return Ok(list(&mut scope.company_ids.iter().copied())),
            "company_id" => {
                let current = scope.company_ids.first();
                return Ok(current.map_or(Value::FALSE, |id| Value::Int(*id)));
            }
            "user.id" => return Ok(Value::Int(scope.principal.user_id)),
            "user.ids" => return Ok(list(&mut [scope.principal.user_id].into_iter())),
            "user.all_group_ids.ids" => {
                return Ok(list(&mut scope.principal.group_ids.iter().copied()));
            }
            _ => name.strip_prefix("user.").unwrap_or_default(),
        };
        let refuse = |why: &str| {
            let shown: String = name.chars().take(80).collect();
            Err(Error::new(
                Code::NotSupported,
                format!("the rule uses {shown}, {why}"),
            ))
        };
        if path.starts_with("env.") {
            return refuse("which only Odoo's Python can say");
        }
        match path.rsplit_once('.') {
            Some((path, "id")) => {
                let id = user_path(scope, path)?;
                Ok(id.map_or(Value::FALSE, Value::Int))
            }
            Some((path, "ids")) => Ok(list(&mut user_path(scope, path)?.into_iter())),
            _ if path.is_empty() => refuse("which is no name that rules are given here"),
            _ => refuse("which does not end in .id or .ids"),
        }
    }
}
