//! `odoo_describe_model`: the fields of a model that the caller may read, as Odoo calls them.

use super::described_field::Described;
use super::value_sample::{self, MAX_FIELDS, Questions, Sample};
use super::{Call, Explained};
use crate::access::{self, Subject, check_field, check_read, is_readable};
use crate::answer::Answer;
use crate::catalog::{Field, FieldDescription, FieldType, ModelDescription, suggestion};
use crate::domain::{Domain, Operator};
use crate::error::{Code, Error, Result};
use crate::facts::Only;
use crate::plan;
use crate::principal::Principal;
use crate::scope::{Context, Scope, Warning};
use crate::value::Value;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Body<'a> {
    engine: &'static str,
    model: &'a str,
    name: &'a str,
    order: &'a str,
    fields: Vec<Described<'a>>,
    /// Names by the reason why SQL does not read them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unsupported: BTreeMap<String, Vec<&'a str>>,
    /// What `values` are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

struct Asked<'a> {
    call: &'a Call<'a>,
    context: Context,
    scope: Scope<'a>,
    of: Subject,
}

fn asked<'a>(call: &'a Call<'a>) -> Result<Asked<'a>> {
    let context = call.arguments.context()?;
    let scope = Scope::new(call.principal, call.database, &context)?;
    let name = call.arguments.required_text("model")?;
    let of = access::asked(&scope, name)?;
    check_told(&of, call.principal)?;
    Ok(Asked {
        call,
        context,
        scope,
        of,
    })
}

/// Whether all that the user is told of is known here: of users Odoo tells people also of fields that they may read of
/// themselves alone.
fn check_told(of: &Subject, principal: &Principal) -> Result<()> {
    let is_hidden = |field: &Field| {
        let facts = of.facts.fields.get(&field.name);
        !is_readable(facts.and_then(|f| f.groups.as_deref()), principal)
    };
    match of.facts.overridden_where(Only::OwnRecord) {
        Some(by) if of.model.fields.values().any(is_hidden) => Err(Error::new(
            Code::NotSupported,
            format!(
                "which fields of {} people may read of themselves is decided by {}",
                of.model.name,
                by.place()
            ),
        )),
        _ => Ok(()),
    }
}

/// The model and its fields.
pub(super) fn run(call: &Call<'_>) -> Result<Answer> {
    let asked = asked(call)?;
    let of = &asked.of;
    let asks_values = asks_values(call)?;
    let named = call.arguments.names("fields")?.filter(|f| !f.is_empty());
    let fields = match &named {
        Some(names) => asked.named(names)?,
        None => asked.readable(),
    };
    let bases: Vec<&str> = fields
        .iter()
        .map(|field| base_model(&asked.scope, of, &field.name))
        .collect::<Result<_>>()?;
    let mut models = vec![of.model.name.as_str()];
    for base in &bases {
        if !models.contains(base) {
            models.push(base);
        }
    }
    let described = call.database.described_models(&models, &asked.scope.lang)?;
    let mut body = Body {
        engine: "sql",
        model: &of.model.name,
        name: described
            .get(&of.model.name)
            .map_or(&of.model.label, |model| &model.label),
        order: &of.model.order,
        fields: Vec::new(),
        unsupported: BTreeMap::new(),
        sample: None,
        warnings: Vec::new(),
    };
    let mut held = BTreeMap::new();
    if asks_values && let Some(questions) = asked.questions(&fields)? {
        let (sample, found) = questions.run(call, &asked.scope)?;
        body.sample = Some(sample);
        held = found;
    }
    let mut is_short = false;
    for (field, base) in fields.into_iter().zip(bases) {
        let unsupported = asked.unsupported(field)?;
        if named.is_none()
            && let Some(reason) = unsupported
        {
            body.unsupported
                .entry(reason)
                .or_default()
                .push(&field.name);
            continue;
        }
        let told = Told {
            own: told(&described, &of.model.name, &field.name),
            base: told(&described, base, &field.name),
        };
        let mut row = asked.row(field, &told, unsupported)?;
        row.values = held.remove(field.name.as_str());
        if named.is_none() {
            is_short |= row.shorten();
        }
        body.fields.push(row);
    }
    if is_short || !body.unsupported.is_empty() {
        body.warnings.push(Warning {
            code: "shortened",
            message: "long help, long selections and what else there is to tell of unsupported fields are left out; name fields to see all of it".into(),
        });
    }
    // a rule of the user's may lead through what SQL does not answer
    if let Err(error) = plan::count(&asked.probe()?, of, &Domain::Const(true))
        && error.code == Code::NotSupported
    {
        body.warnings.push(Warning {
            code: "records_by_odoo",
            message: format!(
                "Odoo answers what is asked of its records: {}",
                error.message
            ),
        });
    }
    body.warnings.extend(asked.scope.warnings());
    Ok(Answer {
        row_count: body.fields.len() as u64,
        json: serde_json::to_string(&body)
            .map_err(|e| Error::new(Code::Internal, e.to_string()))?,
        model: Some(of.model.name.clone()),
    })
}

/// Said where values are asked for of records that SQL does not read.
pub(crate) const VALUES_OPEN: &str = "values are looked into by SQL alone; odoo_read_group by a field, with __count, has Odoo count them";

/// Whether the values of fields are asked for: of a few that are named.
pub(crate) fn asks_values(call: &Call<'_>) -> Result<bool> {
    let named = call.arguments.names("fields")?.unwrap_or_default();
    match call.arguments.flag("values", false)? {
        true if !(1..=MAX_FIELDS).contains(&named.len()) => Err(Error::new(
            Code::InvalidArguments,
            format!("values are looked into for 1 to {MAX_FIELDS} fields"),
        )
        .hint("name them in `fields`")),
        values => Ok(values),
    }
}

/// What Odoo tells of a field: its text is that of the model which it is inherited from.
struct Told<'a> {
    own: Option<&'a FieldDescription>,
    base: Option<&'a FieldDescription>,
}

fn told<'a>(
    described: &'a BTreeMap<String, ModelDescription>,
    model: &str,
    field: &str,
) -> Option<&'a FieldDescription> {
    described.get(model)?.fields.get(field)
}

/// The model that an `_inherits` field comes from, or the model itself.
fn base_model<'a>(scope: &Scope<'_>, of: &'a Subject, field: &str) -> Result<&'a str> {
    if of.facts.fields.get(field).is_some_and(|f| f.inherited) {
        for parent in of.facts.inherits.keys() {
            if let Some(model) = scope.catalog.model(parent)?
                && model.fields.contains_key(field)
            {
                return Ok(parent);
            }
        }
    }
    Ok(&of.model.name)
}

impl Asked<'_> {
    /// The fields of these names.
    fn named(&self, names: &[String]) -> Result<Vec<&Field>> {
        let mut fields: Vec<&Field> = Vec::new();
        for name in names {
            let Some(field) = self.of.model.fields.get(name) else {
                let shown: String = name.chars().take(80).collect();
                let error = Error::new(
                    Code::UnknownField,
                    format!("{} has no field {shown:?}", self.of.model.name),
                );
                let readable = self.readable();
                let near = suggestion(&shown, readable.iter().map(|field| field.name.as_str()));
                return Err(match near {
                    Some(near) => error.hint(near),
                    None => error.hint("leave out `fields` to see every field"),
                });
            };
            check_field(&self.of, name, self.scope.principal)?;
            if !self.is_known(field) {
                return Err(plan::unknown_groups(&self.of, field));
            }
            if !fields.iter().any(|known| known.name == *name) {
                fields.push(field);
            }
        }
        Ok(fields)
    }

    /// What is asked to tell what these fields hold, if SQL reads the records.
    fn questions<'f>(&self, fields: &[&'f Field]) -> Result<Option<Questions<'f>>> {
        let questions =
            value_sample::questions(self.call, &self.context, &self.scope, &self.of, fields)?;
        if questions.is_none() {
            self.scope.warn("values_open", VALUES_OPEN);
        }
        Ok(questions)
    }

    /// Every field the user may read: those a person would want first, then by name.
    fn readable(&self) -> Vec<&Field> {
        let defaults = plan::default_fields(&self.scope, &self.of);
        let rank = |field: &Field| {
            let place = defaults.iter().position(|name| *name == field.name);
            place.unwrap_or(defaults.len())
        };
        let facts = |field: &Field| self.of.facts.fields.get(&field.name);
        let is_readable = |field: &&Field| {
            let groups = facts(field).and_then(|facts| facts.groups.as_deref());
            self.is_known(field) && is_readable(groups, self.scope.principal)
        };
        let mut fields: Vec<&Field> = self.of.model.fields.values().filter(is_readable).collect();
        // the map has them by name already
        fields.sort_by_key(|field| rank(field));
        fields
    }

    /// Fields that no scan found may be for some groups only.
    fn is_known(&self, field: &Field) -> bool {
        plan::has_known_groups(&self.of, field)
    }

    fn row<'a>(
        &'a self,
        field: &'a Field,
        told: &Told<'a>,
        unsupported: Option<String>,
    ) -> Result<Described<'a>> {
        let facts = self.of.facts.fields.get(&field.name);
        Ok(Described {
            name: &field.name,
            field_type: field.field_type.name(),
            label: told.base.map_or(&field.name, |told| &told.label),
            help: told.base.and_then(|told| told.help.as_deref()),
            relation: field.relation.as_deref(),
            selection: told.own.map_or(&[], |told| &told.selection),
            selection_count: None,
            required: told.own.is_some_and(|told| told.required),
            readonly: told.own.is_some_and(|told| told.readonly),
            stored: field.store,
            groupable: self.is_groupable(field, told.own)?,
            searchable: !field.store && self.is_searchable(field)?,
            currency_field: facts.and_then(|facts| facts.currency.as_deref()),
            translated: field.translate,
            company_dependent: field.company_dependent,
            related: field.related.as_deref().filter(|_| !field.store),
            unsupported,
            values: None,
        })
    }

    /// `groupable` of Odoo's `fields_get`: there is a column, the field's own or one that it leads
    /// to. A few that Odoo's Python puts into SQL by itself count as not groupable here.
    fn is_groupable(&self, field: &Field, told: Option<&FieldDescription>) -> Result<bool> {
        let has_column = field.store || told.is_some_and(|told| told.has_related_column);
        match field.field_type {
            FieldType::One2many => Ok(false),
            FieldType::Binary => Ok(field.column.is_some()),
            // Odoo looks for the definitions where the field is, and finds them through `_inherits` only
            FieldType::Properties => {
                let facts = self.of.facts.fields.get(&field.name);
                Ok(field.store || has_column && facts.is_some_and(|facts| facts.inherited))
            }
            // its groups are records of the comodel
            FieldType::Many2many if has_column => {
                let comodel = field.relation.as_deref().unwrap_or_default();
                let model = self.scope.catalog.model(comodel)?;
                Ok(model.is_some_and(|model| check_read(&model, self.scope.principal).is_ok()))
            }
            _ => Ok(has_column),
        }
    }

    /// Why SQL does not read the field, if it doesn't.
    fn unsupported(&self, field: &Field) -> Result<Option<String>> {
        let verdict = plan::field_verdict(&self.probe()?, &self.of, field);
        Ok(verdict.err().map(|against| against.reason))
    }

    /// Whether a domain may name the field.
    fn is_searchable(&self, field: &Field) -> Result<bool> {
        let domain = match field.name.as_str() {
            "display_name" => {
                Domain::condition("display_name", Operator::Ilike, Value::Text("name".into()))
            }
            name => Domain::condition(name, Operator::Equal, Value::FALSE),
        };
        Ok(plan::count(&self.probe()?, &self.of, &domain).is_ok())
    }

    /// A frame to plan something in: what is noticed there is not this answer's.
    fn probe(&self) -> Result<Scope<'_>> {
        Scope::new(self.scope.principal, self.call.database, &self.context)
    }
}

/// The frame, and what is asked of records for the values of fields; all else comes from Odoo's own lists.
pub(super) fn explain(call: &Call<'_>) -> Result<Explained> {
    let asked = asked(call)?;
    let mut statements = Vec::new();
    if asks_values(call)? {
        let names = call.arguments.names("fields")?.unwrap_or_default();
        if let Some(questions) = asked.questions(&asked.named(&names)?)? {
            statements = questions.statements();
        }
    }
    Ok(Explained {
        model: asked.of.model.name.clone(),
        statements,
        scope: super::explain::scope_json(&asked.scope),
    })
}
