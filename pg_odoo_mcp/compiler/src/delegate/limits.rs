use crate::catalog::Model;

/// What the token may not see of what its user may. It is taken out of a request before that leaves;
/// here is the place for it, and until tokens have limits of their own, nothing is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits;

impl Limits {
    /// Of these fields or group keys those that lead to a record of which only the id is shown.
    pub(super) fn id_only(self, _of: &Model, _names: &[String]) -> Vec<String> {
        Vec::new()
    }
}
