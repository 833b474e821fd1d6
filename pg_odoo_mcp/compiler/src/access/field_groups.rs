use super::Subject;
use crate::error::{Code, Error, Result};
use crate::principal::Principal;

/// Whether the field's `groups` let the user read it: none of the `!` groups, and one of the
/// others if there are any.
pub fn is_readable(groups: Option<&str>, principal: &Principal) -> bool {
    let Some(groups) = groups else { return true };
    let mut has_positive = false;
    let mut is_member = false;
    for group in groups.split(',').map(str::trim).filter(|g| !g.is_empty()) {
        match group.strip_prefix('!') {
            Some(excluded) if principal.group_names.contains(excluded) => return false,
            Some(_) => {}
            None => {
                has_positive = true;
                is_member |= principal.group_names.contains(group);
            }
        }
    }
    is_member || !has_positive
}

/// An access error where the user may not read the field, in any position of a request.
pub fn check_field(subject: &Subject, field: &str, principal: &Principal) -> Result<()> {
    let facts = subject.facts.fields.get(field);
    if let Some(why) = facts.and_then(|f| f.unread.as_deref()) {
        return Err(Error::of_field(&subject.model.name, field, why));
    }
    let groups = facts.and_then(|f| f.groups.as_deref());
    if is_readable(groups, principal) {
        return Ok(());
    }
    Err(Error::new(
        Code::AccessDenied,
        format!(
            "user {:?} may not read the field {:?} of {}",
            principal.login, field, subject.model.name
        ),
    )
    .detail(format!("the field is for: {}", groups.unwrap_or_default())))
}
