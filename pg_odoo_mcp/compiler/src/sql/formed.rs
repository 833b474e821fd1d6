//! Names that are put together of stored values.

use super::fragment::Fragment;
use super::{Param, PgType};
use crate::plan::{Column, Display, Formed, Proof};

/// What Python takes for a blank, but the plain space.
const BLANKS: &str = "\t\n\u{b}\u{c}\r\u{1c}\u{1d}\u{1e}\u{1f}\u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

impl Fragment {
    /// The name in JSON.
    pub(super) fn push_formed_json(&mut self, formed: &Formed) -> &mut Self {
        match formed {
            Formed::Nothing => self.push("'false'::json"),
            Formed::Name(name) => self.push_name_json(name),
            Formed::If(proof, one, other) => self
                .push("CASE WHEN ")
                .push_proof(proof)
                .push(" THEN ")
                .push_formed_json(one)
                .push(" ELSE ")
                .push_formed_json(other)
                .push(" END"),
            text => self
                .push("COALESCE(to_json(")
                .push_formed(text)
                .push("), 'false'::json)"),
        }
    }

    /// The name as text, NULL for false.
    pub(super) fn push_formed(&mut self, formed: &Formed) -> &mut Self {
        match formed {
            Formed::Text(words) => self.push_param(&Param::text(words)),
            Formed::Column(column) => self.push_column(column).push("::text"),
            Formed::Nothing => self.push("NULL::text"),
            // unlike a stored text, a name that is empty is none
            Formed::Name(name) => match &**name {
                Display::Column(_) => self.push("NULLIF(").push_name(name).push(", '')"),
                Display::Partner { .. } => self.push("COALESCE(").push_name(name).push(", '')"),
                _ => self.push_name(name),
            },
            Formed::Join(parts) => {
                self.push("(");
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        self.push(" || ");
                    }
                    match part {
                        Formed::Text(_) => self.push_formed(part),
                        _ => self.push("COALESCE(").push_formed(part).push(", 'False')"),
                    };
                }
                self.push(")")
            }
            Formed::If(proof, one, other) => self
                .push("CASE WHEN ")
                .push_proof(proof)
                .push(" THEN ")
                .push_formed(one)
                .push(" ELSE ")
                .push_formed(other)
                .push(" END"),
            Formed::Lineage {
                path,
                table,
                text,
                separator,
            } => self
                .push("(SELECT string_agg(COALESCE(")
                .push_column(text)
                .push(", ''), ")
                .push_param(&Param::text(separator))
                .push(" ORDER BY strpos('/' || ")
                .push_column(path)
                .push(", '/' || ")
                .push_column(&Column::plain(text.alias, "id"))
                .push("::text || '/')) FROM ")
                .push_table(table, text.alias)
                .push(" WHERE ")
                .push_column(&Column::plain(text.alias, "id"))
                .push(" = ANY (string_to_array(rtrim(")
                .push_column(path)
                .push(", '/'), '/')::int4[]))"),
        }
    }

    fn push_proof(&mut self, proof: &Proof) -> &mut Self {
        match proof {
            Proof::HasText(column) => self.push_column(column).push(" <> ''"),
            Proof::IsSet(column) => self.push_column(column).push(" IS NOT NULL"),
            Proof::Is(column, words) => self
                .push_column(column)
                .push(" = ")
                .push_param(&Param::text(words)),
            Proof::Differ(one, other) => self
                .push_column(one)
                .push(" IS DISTINCT FROM ")
                .push_column(other),
            Proof::Tidy(column, most) => {
                let most = Param {
                    pg_type: PgType::Int8,
                    text: Some(most.to_string()),
                };
                self.push("(")
                    .push_column(column)
                    .push(" IS NULL OR char_length(")
                    .push_column(column)
                    .push(") <= ")
                    .push_param(&most)
                    .push(" AND strpos(' ' || ")
                    .push_column(column)
                    .push(" || ' ', '  ') = 0 AND translate(")
                    .push_column(column)
                    .push(", ")
                    .push_param(&Param::text(BLANKS))
                    .push(", '') = ")
                    .push_column(column)
                    .push(")")
            }
        }
    }
}
