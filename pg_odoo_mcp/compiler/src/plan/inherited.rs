//! Fields of `_inherits` parents.

use super::column::{check_use, comodel_name, field, is_inherited, parent_link, user_column};
use super::{Column, Source};
use crate::access::{Subject, check_field, subject};
use crate::catalog::Field;
use crate::error::Result;
use crate::facts::Effect;
use crate::scope::Scope;

/// The model and the alias that hold a field: those of an `_inherits` parent, joined without its
/// access list, for an inherited field. Odoo sorts and groups by them so.
pub(super) fn holder(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    alias: u32,
    on: &Field,
) -> Result<(Subject, u32)> {
    if !is_inherited(of, on) {
        return Ok((of.clone(), alias));
    }
    check_field(of, &on.name, scope.principal)?;
    let link = field(scope, of, parent_link(of, on)?)?;
    let parent = subject(scope, comodel_name(of, link)?)?;
    let column = user_column(scope, of, alias, link)?;
    let coalias = source.join(scope, &column, &parent.table);
    let on = field(scope, &parent, &on.name)?.clone();
    holder(scope, source, &parent, coalias, &on)
}

/// The column of a field that the user may read, wherever it is held.
pub(super) fn held_column(
    scope: &Scope<'_>,
    source: &mut Source,
    of: &Subject,
    alias: u32,
    on: &Field,
) -> Result<Column> {
    let (holder, alias) = holder(scope, source, of, alias, on)?;
    let on = field(scope, &holder, &on.name)?;
    check_use(&holder, on, &[Effect::Groups])?;
    user_column(scope, &holder, alias, on)
}
