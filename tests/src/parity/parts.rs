//! The parts of a question, asked of Odoo alone. It forgets a condition that can't change the answer before it looks at
//! its rights and values, and with it all others, where nothing can be found; we look at each. So we may refuse what it
//! answers, never the other way round, and only what it refuses when it is asked for that alone.

use serde_json::json;

use super::question::Question;
use crate::odoo::{OdooClient, OdooError};

impl Question {
    /// Whether Odoo refuses so the question without its domain, or a condition of it without the rest.
    pub(super) fn has_refused_part(
        &self,
        odoo: &OdooClient,
        is_so: impl Fn(&OdooError) -> bool,
    ) -> bool {
        let whole = Self {
            domain: json!([]),
            ..self.clone()
        };
        if whole.ask_odoo(odoo).is_err_and(|error| is_so(&error)) {
            return true;
        }
        let parts = self.domain.as_array().into_iter().flatten();
        parts.filter(|part| part.is_array()).any(|part| {
            // a hierarchy of nothing leads nowhere, its path does
            [part.clone(), json!([part[0], "!=", false])]
                .iter()
                .any(|part| {
                    let alone = json!({"domain": [part], "context": self.context});
                    let answer = odoo.call(&self.model, "search_count", &alone);
                    answer.is_err_and(|error| is_so(&error))
                })
        })
    }
}
