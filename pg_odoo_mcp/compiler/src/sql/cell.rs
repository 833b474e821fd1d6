//! Values as Odoo's RPC writes them, in JSON.

use super::Param;
use super::fragment::Fragment;
use crate::plan::{AskedName, Cell, Display, Predicate};

impl Fragment {
    /// The cell as an expression of type json.
    pub(super) fn push_json(&mut self, cell: &Cell) -> &mut Self {
        match cell {
            Cell::Text(column) => self
                .push("COALESCE(to_json(")
                .push_column(column)
                .push("), 'false'::json)"),
            Cell::Number(column) => self
                .push("to_json(COALESCE(")
                .push_column(column)
                .push(", 0))"),
            Cell::Boolean(column) => self
                .push("to_json(COALESCE(")
                .push_column(column)
                .push(", false))"),
            Cell::Date(column) => self
                .push("COALESCE(to_json(to_char(")
                .push_column(column)
                .push(", 'YYYY-MM-DD')), 'false'::json)"),
            Cell::Datetime(column) => self
                .push("COALESCE(to_json(to_char(")
                .push_column(column)
                .push(", 'YYYY-MM-DD HH24:MI:SS')), 'false'::json)"),
            Cell::Record { id, name } => {
                self.push("CASE WHEN ")
                    .push_column(id)
                    .push(" IS NULL THEN 'false'::json ELSE json_build_array(")
                    .push_column(id)
                    .push(", ");
                self.push_name_json(name).push(") END")
            }
            Cell::Name(name) => self.push_name_json(name),
            Cell::Denied(_) => self.push("'null'::json"),
            Cell::Linked(linked) => {
                self.push("(SELECT COALESCE(json_agg(")
                    .push_alias(linked.source.alias)
                    .push(".id")
                    .push_order_by(&linked.order)
                    .push("), '[]'::json)")
                    .push_source(&linked.source)
                    .push("\nWHERE ")
                    .push_column(&linked.back)
                    .push(" = ")
                    .push_column(&linked.id);
                if linked.predicate != Predicate::Const(true) {
                    self.push(" AND ").push_predicate(&linked.predicate);
                }
                self.push(")")
            }
        }
    }

    /// A display name in JSON: false where there is none, null where it is left open.
    pub(super) fn push_name_json(&mut self, name: &Display) -> &mut Self {
        match name {
            Display::Open => self.push("'null'::json"),
            Display::Asked(asked) => self.push_hole(asked),
            Display::Formed(formed) => self.push_formed_json(formed),
            Display::Column(_) => self
                .push("COALESCE(to_json(NULLIF(")
                .push_name(name)
                .push(", '')), 'false'::json)"),
            Display::Partner { nameless: None, .. } => self
                .push("COALESCE(to_json(")
                .push_name(name)
                .push("), to_json(''::text))"),
            Display::Partner {
                nameless: Some((own, shown)),
                ..
            } => self
                .push("CASE WHEN COALESCE(")
                .push_column(own)
                .push(", '') = '' THEN ")
                .push_name_json(shown)
                .push(" ELSE to_json(")
                .push_name(name)
                .push(") END"),
        }
    }

    /// What stands for a name until Odoo has said it.
    fn push_hole(&mut self, asked: &AskedName) -> &mut Self {
        self.push("json_build_object('', json_build_array(")
            .push_param(&Param::text(&asked.model))
            .push(", ")
            .push_param(&Param::text(&asked.field))
            .push(", ")
            .push_column(&asked.id)
            .push(", ")
            .push_column(&asked.holder)
            .push("))")
    }

    /// A display name as text.
    pub(super) fn push_name(&mut self, name: &Display) -> &mut Self {
        match name {
            Display::Asked(_) | Display::Open => self.push("NULL::text"),
            Display::Column(column) => self.push_column(column),
            Display::Formed(formed) => self.push_formed(formed),
            Display::Partner { complete_name, .. } => {
                // Odoo removes blanks before line ends and at both ends
                self.push("btrim(regexp_replace(")
                    .push_column(complete_name)
                    .push(r", '\s+\n', E'\n', 'g'), E' \t\n\r\f\x0B')")
            }
        }
    }
}
