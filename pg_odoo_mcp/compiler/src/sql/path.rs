//! The id at the end of a chain of many2one columns that starts from the user.

use super::fragment::Fragment;
use super::{Param, Statement};
use crate::catalog::Step;

/// Reads the chain's last column for one user; without a row, or with NULL, it leads nowhere.
pub fn user_path(user_id: i64, steps: &[Step]) -> Statement {
    let mut f = Fragment::default();
    f.push("SELECT ");
    if let Some((i, step)) = steps.iter().enumerate().next_back() {
        f.push_step(i, step).push("::text");
    }
    f.push("\nFROM ");
    let mut relations = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        if i > 0 {
            f.push("\nJOIN ");
        }
        f.push_table(&step.table, alias(i));
        if i > 0 {
            f.push(" ON ")
                .push_alias(alias(i))
                .push(".id = ")
                .push_step(i - 1, &steps[i - 1]);
        }
        if !relations.contains(&step.table) {
            relations.push(step.table.clone());
        }
    }
    f.push("\nWHERE t0.id = ").push_param(&Param::int8(user_id));
    f.finish(relations)
}

fn alias(step: usize) -> u32 {
    u32::try_from(step).unwrap_or(u32::MAX)
}

impl Fragment {
    fn push_step(&mut self, i: usize, step: &Step) -> &mut Self {
        self.push_alias(alias(i))
            .push(".")
            .push_identifier(&step.column)
    }
}
