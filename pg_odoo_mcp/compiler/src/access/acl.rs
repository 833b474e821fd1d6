use crate::catalog::Model;
use crate::error::{Code, Error, Result};
use crate::principal::Principal;

/// Whether some access list grants the user read on the model. There is no deny in Odoo.
pub fn check_read(model: &Model, principal: &Principal) -> Result<()> {
    let granted = |list: &crate::catalog::AccessList| {
        list.group_id
            .is_none_or(|group| principal.group_ids.contains(&group))
    };
    if model.access_lists.iter().any(granted) {
        return Ok(());
    }
    let mut groups: Vec<&str> = model
        .access_lists
        .iter()
        .filter_map(|list| list.group.as_deref())
        .collect();
    groups.sort_unstable();
    groups.dedup();
    let error = Error::new(
        Code::AccessDenied,
        format!(
            "user {:?} has no read access to {} ({})",
            principal.login, model.name, model.label
        ),
    );
    Err(if groups.is_empty() {
        error.detail("no group grants read on this model")
    } else {
        error
            .detail(format!(
                "read is granted by the groups: {}",
                groups.join("; ")
            ))
            .hint("an Odoo administrator can add the user to one of these groups")
    })
}
