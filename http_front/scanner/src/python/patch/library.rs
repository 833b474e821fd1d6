//! Libraries that patch what they are given, by the text of its name too.

use super::{Finder, is_identifier};
use crate::python::Patch;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::TextRange;

/// Libraries that are there to patch.
const PATCHING: [&str; 5] = [
    "wrapt.",
    "gorilla.",
    "unittest.mock.",
    "mock.",
    "forbiddenfruit.",
];

/// Who is given the name of a part of Odoo, and leaves it as it is.
const LOOKS_UP: [&str; 8] = [
    "getLogger",
    "mute_logger",
    "assertLogs",
    "import_module",
    "__import__",
    "get",
    "find_spec",
    "getattr",
];

/// Parts of Odoo by their names.
const PARTS: [&str; 11] = [
    "odoo.addons.",
    "odoo.api.",
    "odoo.fields.",
    "odoo.http.",
    "odoo.models.",
    "odoo.modules.",
    "odoo.orm.",
    "odoo.osv.",
    "odoo.service.",
    "odoo.sql_db.",
    "odoo.tools.",
];

impl<'t> Finder<'_, 't> {
    /// A call of what patches by the text of a name: `patch("odoo.models.BaseModel.read", …)`.
    pub(super) fn by_text(&mut self, call: &'t ExprCall, name: &str, range: TextRange) {
        let given = call.arguments.args.iter();
        let given = given.chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        let texts: Vec<&str> = given
            .filter_map(|argument| match argument {
                Expr::StringLiteral(text) => Some(text.value.to_str()),
                _ => None,
            })
            .collect();
        let is_part = |text: &&str| PARTS.iter().any(|part| text.starts_with(part));
        if !LOOKS_UP.contains(&name)
            && let Some(at) = texts
                .iter()
                .position(|text| is_part(text) && is_dotted(text))
        {
            let mut whole = texts[at].to_owned();
            // wrapt has the module and what is in it apart
            if let Some(rest) = texts.get(at + 1).filter(|rest| is_dotted(rest)) {
                whole = format!("{whole}.{rest}");
            }
            if let Some((path, attribute)) = whole.rsplit_once('.') {
                self.patches.push(Patch {
                    target: path.to_owned(),
                    path: Some(path.to_owned()),
                    attribute: attribute.to_owned(),
                    place: self.module.place(self.file, range.start()),
                });
            }
            return;
        }
        let path = self.module.path(self.file, None, &call.func);
        let of = |library: &&str| {
            path.as_deref()
                .is_some_and(|path| path.starts_with(library))
        };
        let is_patch = [
            "patch",
            "wrap_",
            "apply",
            "Patch",
            "curse",
            "when_",
            "register_post",
        ];
        if PATCHING.iter().any(of) && is_patch.iter().any(|of| name.starts_with(of)) {
            self.unread(range, "a patch by a library");
        }
    }
}

fn is_dotted(text: &str) -> bool {
    text.split('.').all(is_identifier)
}
