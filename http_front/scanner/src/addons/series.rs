//! Odoo's series and the versions that it writes down.

use super::manifest::literal;
use crate::python::{Literal, of_file};
use ruff_python_ast::Stmt;
use std::path::Path;

/// The series of an Odoo, as `19.0` or `saas~18.2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    text: String,
    /// 19 in both `19.0` and `saas~19.1`.
    pub major: u32,
}

impl Series {
    /// From its text.
    pub fn new(text: &str) -> Option<Self> {
        // it is a part of every version that is written down
        if text.len() > 20 || !text.chars().all(|c| c.is_ascii_graphic()) {
            return None;
        }
        let major = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let major = major.split('.').next()?.parse().ok()?;
        Some(Self {
            text: text.to_owned(),
            major,
        })
    }

    /// From `release.py` of the folder of the package `odoo`.
    pub(super) fn of_package(folder: &Path) -> Option<Self> {
        of_file(&folder.join("release.py"), Self::of_statements).ok()?
    }

    fn of_statements(statements: &[Stmt]) -> Option<Self> {
        let info = statements.iter().find_map(|statement| {
            let Stmt::Assign(assign) = statement else {
                return None;
            };
            let names_it = assign
                .targets
                .iter()
                .any(|t| t.as_name_expr().is_some_and(|n| n.id == "version_info"));
            names_it.then(|| literal(&assign.value))
        })?;
        let Literal::List(parts) = info else {
            return None;
        };
        let part = |at: usize| match parts.get(at)? {
            Literal::Int(number) => Some(number.to_string()),
            Literal::Str(text) => Some(text.clone()),
            _ => None,
        };
        Self::new(&format!("{}.{}", part(0)?, part(1)?))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The version as Odoo's database has it, from the one that a manifest has.
    pub fn version(&self, written: &str) -> String {
        let prefixed = || format!("{}.{written}", self.text);
        if self.major < 18 {
            let has_series = written
                .strip_prefix(&self.text)
                .is_some_and(|rest| rest.starts_with('.'));
            return if has_series {
                written.to_owned()
            } else {
                prefixed()
            };
        }
        if written.split('.').count() <= 3 && !written.starts_with(&self.text) {
            return prefixed();
        }
        written.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Series;

    #[test]
    fn short_versions_get_the_series_and_long_ones_have_it() {
        let series = Series::new("19.0").expect("the test's own is well formed");
        assert_eq!(series.version("1.0"), "19.0.1.0");
        assert_eq!(series.version("1.2.3"), "19.0.1.2.3");
        assert_eq!(series.version("19.0.1.0"), "19.0.1.0");
        assert_eq!(series.version("18.0.1.0.0"), "18.0.1.0.0");
        let old = Series::new("16.0").expect("the test's own is well formed");
        assert_eq!(old.version("16.0"), "16.0.16.0");
        assert_eq!(old.version("15.0.1.0.0"), "16.0.15.0.1.0.0");
        assert_eq!(
            Series::new("saas~18.2")
                .expect("the test's own is well formed")
                .major,
            18
        );
        assert_eq!(Series::new("next"), None);
    }
}
