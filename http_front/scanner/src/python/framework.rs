//! The framework's own model classes, under the names that they have had.

/// What one of them makes of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Framework {
    /// `BaseModel`, `AbstractModel`
    Abstract,
    /// `Model`
    Model,
    /// `TransientModel`
    Transient,
}

impl Framework {
    /// The framework's class of that whole name, of any version, if it is one.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let (module, name) = path.strip_prefix("odoo.")?.rsplit_once('.')?;
        let is_orm = module == "orm" || module.starts_with("orm.");
        match (module, name) {
            ("osv.osv", "osv") => return Some(Self::Model),
            ("osv.osv", "osv_memory") => return Some(Self::Transient),
            ("osv.osv", "osv_abstract") => return Some(Self::Abstract),
            ("models" | "osv.orm" | "osv.osv", _) => {}
            _ if is_orm => {}
            _ => return None,
        }
        match name {
            "BaseModel" | "AbstractModel" => Some(Self::Abstract),
            "Model" => Some(Self::Model),
            "TransientModel" => Some(Self::Transient),
            _ => None,
        }
    }

    /// The same of a name as it is written, where nobody knows what imports make of it.
    pub(crate) fn of_written(written: &str) -> Option<Self> {
        let today = written.strip_prefix("openerp.").unwrap_or(written);
        Self::of_path(today).or_else(|| Self::of_path(&format!("odoo.{today}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Framework;

    #[test]
    fn the_frameworks_classes_are_known_by_all_their_names() {
        for (path, expected) in [
            ("odoo.models.Model", Some(Framework::Model)),
            ("odoo.models.BaseModel", Some(Framework::Abstract)),
            ("odoo.orm.models.AbstractModel", Some(Framework::Abstract)),
            (
                "odoo.orm.models_transient.TransientModel",
                Some(Framework::Transient),
            ),
            ("odoo.osv.osv.osv_memory", Some(Framework::Transient)),
            ("odoo.models.MetaModel", None),
            ("odoo.addons.base.models.Model", None),
            ("models.Model", None),
        ] {
            assert_eq!(Framework::of_path(path), expected, "{path}");
        }
        for written in ["models.Model", "odoo.models.Model", "openerp.models.Model"] {
            assert_eq!(Framework::of_written(written), Some(Framework::Model));
        }
        assert_eq!(Framework::of_written("Model"), None);
    }
}
