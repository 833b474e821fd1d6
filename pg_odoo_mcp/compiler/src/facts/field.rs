//! The facts of a model and of its fields, as plans ask for them.

use super::document::{Effect, FieldFacts, Fields, ModelFacts, Only, Override};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// How a float is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Digits {
    /// Decimal places.
    Places(u8),
    /// A `decimal_precision` by name.
    Named(String),
}

impl Fields {
    /// The facts of the field, if Python defines it.
    pub fn get(&self, name: &str) -> Option<&FieldFacts> {
        static PLAIN: LazyLock<FieldFacts> = LazyLock::new(FieldFacts::default);
        let found = self.with_facts.get(name);
        found.or_else(|| self.plain.contains(name).then(|| &*PLAIN))
    }

    /// Whether Python defines the field.
    pub fn contains(&self, name: &str) -> bool {
        self.with_facts.contains_key(name) || self.plain.contains(name)
    }
}

impl ModelFacts {
    /// `_parent_name`: the many2one to the record above in the model's own hierarchy.
    pub fn parent_name(&self) -> &str {
        self.parent_name.as_deref().unwrap_or("parent_id")
    }

    /// The first override of that effect that is limited neither to some fields nor to some users.
    pub fn overridden(&self, effect: Effect) -> Option<&Override> {
        self.of_all(effect).next()
    }

    /// The same where no rights are checked.
    pub fn overridden_unchecked(&self, effect: Effect) -> Option<&Override> {
        self.of_all(effect)
            .find(|known| known.only_where != Some(Only::Checked))
    }

    fn of_all(&self, effect: Effect) -> impl Iterator<Item = &Override> {
        self.overrides.iter().filter(move |known| {
            known.effect == effect && known.fields.is_none() && known.is_for_all()
        })
    }

    /// The first override, of whatever effect, that is only there.
    pub fn overridden_where(&self, only: Only) -> Option<&Override> {
        self.overrides
            .iter()
            .find(|known| known.only_where == Some(only))
    }

    /// The first override, of whatever effect, for members of these groups alone.
    pub fn overridden_for(&self, group_names: &BTreeSet<String>) -> Option<&Override> {
        self.overrides.iter().find(|known| {
            let group = known.only_for.as_ref();
            group.is_some_and(|group| group_names.contains(group))
        })
    }

    /// The first override of one of these effects that is limited to some fields, this one among them.
    pub fn overridden_field(&self, field: &str, effects: &[Effect]) -> Option<&Override> {
        self.overrides.iter().find(|known| {
            let fields = known.fields.as_deref().unwrap_or_default();
            effects.contains(&known.effect) && fields.iter().any(|limited| limited == field)
        })
    }

    /// The first override that may change what Odoo reads of a record as the system, for names.
    pub fn overridden_fetch(&self) -> Option<&Override> {
        const FETCHES: &[&str] = &["fetch", "_fetch_query", "browse", "exists", "search_fetch"];
        self.overrides.iter().find(|known| {
            matches!(known.effect, Effect::RowSource | Effect::Unread)
                || FETCHES.contains(&known.method.as_str())
                    && known.fields.is_none()
                    && known.only_where.is_none()
        })
    }
}

impl Override {
    /// Whether it is there for all users.
    pub fn is_for_all(&self) -> bool {
        self.only_for.is_none() && matches!(self.only_where, None | Some(Only::Checked))
    }

    /// Where it is, for people: `_search of sale (sale/models/sale_order.py:12)`.
    pub fn place(&self) -> String {
        if self.file.is_empty() {
            return self.method.clone();
        }
        format!(
            "{} of the module {} ({}:{})",
            self.method, self.module, self.file, self.line
        )
    }
}
