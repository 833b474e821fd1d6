//! `user.partner_id.id` and the like: what a record rule reads of the user who asks.

use crate::catalog::{Field, FieldType, Model, Step};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use std::rc::Rc;

/// How many columns a chain may read, related fields spelled out.
const MAX_STEPS: usize = 8;

/// The id that a chain of many2one fields of the user, such as `partner_id.parent_id`, leads to.
/// Odoo reads it as superuser; a chain is read once in a call.
pub(super) fn user_path(scope: &Scope<'_>, path: &str) -> Result<Option<i64>> {
    if let Some(id) = scope.principal.user_paths.get(path) {
        return Ok(*id);
    }
    scope.once_of_user(path, || {
        let steps = steps(scope, path)?;
        scope.catalog.user_path(scope.principal.user_id, &steps)
    })
}

/// The columns to read one after the other.
fn steps(scope: &Scope<'_>, path: &str) -> Result<Vec<Step>> {
    let refuse = |why: String| {
        Error::new(
            Code::NotSupported,
            format!("the rule uses user.{path}, {why}"),
        )
        .hint(
            "chains of stored many2one fields, such as user.partner_id.parent_id.id, are answered",
        )
    };
    let known = |name: &str| -> Result<Rc<Model>> {
        let model = scope.catalog.model(name)?;
        model.ok_or_else(|| refuse(format!("and there is no model {name}")))
    };
    let mut model = known("res.users")?;
    // the next field is the last one here
    let mut names: Vec<String> = path.rsplit('.').map(str::to_owned).collect();
    let mut steps: Vec<Step> = Vec::new();
    let mut relateds = 0;
    while let Some(name) = names.pop() {
        let Some(field) = model.fields.get(&name) else {
            return Err(refuse(format!("and {} has no field {name:?}", model.name)));
        };
        if field.field_type != FieldType::Many2one {
            return Err(refuse(format!(
                "and {name:?} of {} {}",
                model.name,
                kind(field)
            )));
        }
        let stored = field.store && !field.company_dependent;
        match field.column.as_deref() {
            Some("int4") if stored => {}
            None if !field.store && field.related.is_some() => {
                let related = field.related.as_deref().unwrap_or_default();
                names.extend(related.rsplit('.').map(str::to_owned));
                // one may lead to another, and in a circle
                relateds += 1;
                if relateds > MAX_STEPS || names.len() + steps.len() > MAX_STEPS {
                    return Err(refuse("which leads through too many fields".into()));
                }
                continue;
            }
            _ if field.company_dependent => {
                return Err(refuse(format!(
                    "and {name:?} of {} has a value for each company",
                    model.name
                )));
            }
            _ if !field.store => {
                return Err(refuse(if steps.is_empty() && names.is_empty() {
                    "which Odoo computes".into()
                } else {
                    format!("and Odoo computes {name:?} of {}", model.name)
                }));
            }
            _ => {
                return Err(refuse(format!(
                    "and the column of {name:?} of {} is not readable",
                    model.name
                )));
            }
        }
        let Some(table) = model.table.clone() else {
            return Err(refuse(format!("and {} has no ordinary table", model.name)));
        };
        if steps.len() >= MAX_STEPS {
            return Err(refuse("which leads through too many fields".into()));
        }
        steps.push(Step {
            table,
            column: name,
        });
        if !names.is_empty() {
            let comodel = field.relation.clone().unwrap_or_default();
            model = known(&comodel)?;
        }
    }
    Ok(steps)
}

fn kind(field: &Field) -> &'static str {
    match field.field_type {
        FieldType::One2many | FieldType::Many2many => "holds several records",
        _ => "is no many2one",
    }
}
