//! Names that a method puts together of stored values, as somebody has read it.

use serde::{Deserialize, Serialize};

/// How deep a form may be; those of Odoo's own modules are a handful.
const MAX_DEPTH: usize = 12;

/// A name, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameForm {
    /// These words.
    Text(String),
    /// A stored text, by a path whose steps are many2one fields; false where it is not set.
    Field(String),
    /// The display name of the record that a many2one field leads to.
    NameOf(String),
    /// A text of the record and of all above it, the highest first, by `parent_path`; empty where one is not set.
    Lineage {
        /// The text.
        field: String,
        /// What stands between two of them.
        separator: String,
    },
    /// One behind the other; what is false reads `False`, as Python formats it.
    Join(Vec<NameForm>),
    /// The first where the test holds, else the second.
    If(NameTest, Box<NameForm>, Box<NameForm>),
    /// No name: false.
    Nothing,
    /// Odoo's Python alone.
    Odoo,
}

/// What decides over a part of a name. A path is as in [`NameForm::Field`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameTest {
    /// A text that is neither unset nor empty, or a many2one that is set.
    Set(String),
    /// A text that is this one.
    Is(String, String),
    /// Two many2one paths lead to different records, or one of them to none. The second is read as the system.
    Differ(String, String),
    /// A text, if it is set, that has at most so many characters and no blanks but single spaces within:
    /// `textwrap.shorten` and `strip` leave it as it is.
    Tidy(String, u16),
}

impl NameForm {
    /// Every name of a field in it.
    pub fn field_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |form| match form {
            NameForm::Field(path) | NameForm::NameOf(path) => names.extend(path.split('.')),
            NameForm::Lineage { field, .. } => names.push(field),
            NameForm::If(test, ..) => names.extend(test.paths().flat_map(|path| path.split('.'))),
            NameForm::Text(_) | NameForm::Join(_) | NameForm::Nothing | NameForm::Odoo => {}
        });
        names
    }

    /// Whether it is not deeper than forms are.
    pub fn is_bounded(&self) -> bool {
        self.depth() <= MAX_DEPTH
    }

    fn depth(&self) -> usize {
        1 + match self {
            NameForm::Join(parts) => parts.iter().map(NameForm::depth).max().unwrap_or(0),
            NameForm::If(_, one, other) => one.depth().max(other.depth()),
            _ => 0,
        }
    }

    fn visit<'a>(&'a self, look: &mut impl FnMut(&'a NameForm)) {
        look(self);
        match self {
            NameForm::Join(parts) => parts.iter().for_each(|part| part.visit(look)),
            NameForm::If(_, one, other) => {
                one.visit(look);
                other.visit(look);
            }
            _ => {}
        }
    }
}

impl NameTest {
    /// What it looks at.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let (one, other) = match self {
            NameTest::Set(path) | NameTest::Is(path, _) | NameTest::Tidy(path, _) => (path, None),
            NameTest::Differ(one, other) => (one, Some(other)),
        };
        std::iter::once(one.as_str()).chain(other.map(String::as_str))
    }
}
