//! Hierarchies, by the path that each record holds or by walking from record to record.

use super::fragment::Fragment;
use crate::catalog::Table;
use crate::plan::{Hierarchy, Kinship};

impl Fragment {
    /// A query of the ids of a hierarchy's records.
    pub(super) fn push_hierarchy(&mut self, hierarchy: &Hierarchy) -> &mut Self {
        let table = &hierarchy.table;
        match (&hierarchy.kinship, hierarchy.upwards) {
            (Kinship::Path, false) => self
                .push("SELECT node.id FROM ")
                .push_relation(table)
                .push(" AS node JOIN ")
                .push_relation(table)
                .push(" AS root ON node.parent_path LIKE root.parent_path || '%' WHERE ")
                .push_is_root(hierarchy),
            (Kinship::Path, true) => self
                .push("SELECT label::integer FROM ")
                .push_relation(table)
                .push(" AS root, unnest(string_to_array(root.parent_path, '/')) AS label WHERE label <> '' AND ")
                .push_is_root(hierarchy),
            (Kinship::Parent(parent), false) => self
                .push("WITH RECURSIVE tree (id) AS (")
                .push_roots(hierarchy)
                .push(" UNION SELECT child.id FROM tree JOIN ")
                .push_relation(table)
                .push(" AS child ON child.")
                .push_identifier(parent)
                .push(" = tree.id) SELECT id FROM tree"),
            (Kinship::Parent(parent), true) => self
                .push("WITH RECURSIVE tree (id, parent) AS (SELECT root.id, root.")
                .push_identifier(parent)
                .push(" FROM ")
                .push_relation(table)
                .push(" AS root WHERE ")
                .push_is_root(hierarchy)
                .push(" UNION SELECT above.id, above.")
                .push_identifier(parent)
                .push(" FROM tree JOIN ")
                .push_relation(table)
                .push(" AS above ON above.id = tree.parent) SELECT id FROM tree"),
        }
    }

    fn push_relation(&mut self, table: &Table) -> &mut Self {
        self.push_identifier(&table.schema)
            .push(".")
            .push_identifier(&table.name)
    }

    /// Whether `root` is one of the records to start from.
    fn push_is_root(&mut self, hierarchy: &Hierarchy) -> &mut Self {
        match (&hierarchy.ids, &hierarchy.found) {
            (Some(ids), None) => self.push("root.id = ANY (").push_param(ids).push(")"),
            _ => self.push("root.id IN (").push_roots(hierarchy).push(")"),
        }
    }

    fn push_roots(&mut self, hierarchy: &Hierarchy) -> &mut Self {
        if let Some(ids) = &hierarchy.ids {
            self.push("SELECT unnest(").push_param(ids).push(")");
        }
        if let Some(found) = &hierarchy.found {
            if hierarchy.ids.is_some() {
                self.push(" UNION ");
            }
            self.push_ids(found, "");
        }
        self
    }
}
