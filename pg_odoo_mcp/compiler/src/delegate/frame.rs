//! How every delegation begins: who asks for which model, in which context, and which of its fields.

use super::secret::is_secret;
use super::{Delegation, Form, Request, Shape, Warned, reason};
use crate::access::{Subject, asked, check_read};
use crate::catalog::{Field, Model, shortened, suggestion};
use crate::error::{Code, Error, Result};
use crate::scope::{Context, Scope};
use crate::tool::Call;
use serde_json::{Map, Value as Json, json};
use std::cell::Cell;
use std::rc::Rc;

/// A call that Odoo is to answer, on its way.
pub(super) struct Frame<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) model: Rc<Model>,
    /// What is known of the model, where SQL answers it but not this call.
    pub(super) subject: Option<Subject>,
    /// As the caller said it.
    pub(super) active_test: Option<bool>,
    /// Files are told by their size.
    asks_sizes: Cell<bool>,
    pub(super) refusal: Error,
}

impl<'a> Frame<'a> {
    /// The frame of a call: the language, companies and timezone are looked at before Odoo hears of it,
    /// and so are the access lists of a model that SQL answers. Those of others are Odoo's to look at.
    pub(super) fn new(call: &'a Call<'_>, refusal: Error) -> Result<Self> {
        let context = call.arguments.context()?;
        let scope = Scope::new(call.principal, call.database, &context)?;
        let name = call.arguments.required_text("model")?;
        // what is noticed of SQL's side of the model is not this answer's
        let side = Scope::new(call.principal, call.database, &Context::default())?;
        let (model, subject) = match asked(&side, name) {
            Ok(subject) => (subject.model.clone(), Some(subject)),
            // the access list was in order, or is Odoo's to look at
            Err(error) if error.code == Code::NotSupported => {
                (scope.catalog.model(name)?.ok_or(error)?, None)
            }
            Err(error) => return Err(error),
        };
        let frame = Frame {
            scope,
            model,
            subject,
            active_test: context.active_test,
            asks_sizes: Cell::new(false),
            refusal,
        };
        frame.check_address(&frame.model.name)?;
        Ok(frame)
    }

    /// From now on Odoo is asked for the size of files instead of their bytes.
    pub(super) fn ask_sizes(&self) {
        self.asks_sizes.set(true);
    }

    /// A model's name becomes a part of an address.
    pub(super) fn check_address(&self, model: &str) -> Result<()> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_');
        match model.bytes().all(is_plain) && !model.starts_with('.') {
            true => Ok(()),
            false => Err(self.refusal.clone()),
        }
    }

    /// The model's field of that name.
    pub(super) fn field(&self, name: &str) -> Result<&Field> {
        field(&self.scope, &self.model, name)
    }

    /// A call of a method of the model, in the context of this one spelled out.
    pub(super) fn request(
        &self,
        method: &str,
        arguments: Vec<(&str, Json)>,
        only_if_rows: Option<u64>,
    ) -> Request {
        self.request_of(&self.model.name, method, arguments, only_if_rows)
    }

    /// The same of another model.
    pub(super) fn request_of(
        &self,
        model: &str,
        method: &str,
        arguments: Vec<(&str, Json)>,
        only_if_rows: Option<u64>,
    ) -> Request {
        let mut kwargs: Map<String, Json> = arguments
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let mut context = json!({
            "lang": self.scope.lang,
            "tz": self.scope.tz.name(),
            "allowed_company_ids": self.scope.company_ids,
        });
        // left out it means the same, but some Python looks whether it is there at all
        if let Some(active_test) = self.active_test {
            context["active_test"] = active_test.into();
        }
        if self.asks_sizes.get() {
            context["bin_size"] = true.into();
        }
        kwargs.insert("context".into(), context);
        Request {
            model: model.to_owned(),
            method: method.to_owned(),
            kwargs,
            only_if_rows,
        }
    }

    /// What is asked, and what becomes of the answer.
    pub(super) fn delegation(self, requests: Vec<Request>, form: Form) -> Delegation {
        let reason = reason(&self.refusal);
        // names are asked for by ids
        let has_conditions =
            !matches!(form, Form::Names(_)) && requests.iter().any(Request::has_conditions);
        let only_searched = self.only_searched(&requests);
        // where Odoo is not asked, in a batch, who may not read the model is told that and nothing of its fields
        let refusal = match check_read(&self.model, self.scope.principal) {
            Err(denied) => denied,
            Ok(()) => self.refusal,
        };
        Delegation {
            model: self.model.name.clone(),
            reason: reason.clone(),
            refusal,
            requests,
            shape: Shape {
                model: self.model.name.clone(),
                reason,
                warnings: self
                    .scope
                    .warnings()
                    .into_iter()
                    .map(Warned::from)
                    .collect(),
                has_conditions,
                only_searched,
                form,
            },
        }
    }

    /// The model's fields that the requests sort, group or measure by, and that can be conditions alone.
    fn only_searched(&self, requests: &[Request]) -> Vec<String> {
        let Some(facts) = &self.model.standing.facts else {
            return Vec::new();
        };
        let fields = self.model.fields.values().filter(|on| {
            let has_search = facts.fields.get(&on.name).is_some_and(|f| f.search);
            !on.store && has_search && requests.iter().any(|asked| asked.arranges_by(&on.name))
        });
        fields.map(|on| on.name.clone()).collect()
    }
}

/// A field by name: one that exists, and holds no secret.
pub(super) fn field<'m>(scope: &Scope<'_>, of: &'m Model, name: &str) -> Result<&'m Field> {
    if is_secret(&of.name, name) && of.fields.contains_key(name) {
        return Err(Error::new(
            Code::NotPermitted,
            format!(
                "the field {name:?} of {} holds a secret, which no answer shows",
                of.name
            ),
        )
        .hint("leave it out"));
    }
    of.fields.get(name).ok_or_else(|| {
        let shown = shortened(name);
        let error = Error::new(
            Code::UnknownField,
            format!("{} has no field {shown:?}", of.name),
        );
        // who may not read a model is not told what it has
        let may_read = check_read(of, scope.principal).is_ok();
        let known = of
            .fields
            .keys()
            .map(String::as_str)
            .filter(|known| may_read && !is_secret(&of.name, known));
        match suggestion(&shown, known) {
            Some(hint) => error.hint(hint),
            None => error.hint("odoo_describe_model lists the fields"),
        }
    })
}
