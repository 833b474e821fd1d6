//! What a domain says otherwise to an Odoo that does not rewrite it: those conditions are Odoo's own to answer.

use super::condition::{Resolver, Rights};
use super::merge::is_relational;
use super::moment::moment_of;
use super::x2many::{ToMany, Way, active_field};
use crate::access::Subject;
use crate::catalog::{Dialect, Field, FieldType};
use crate::domain::{Condition, Domain, Operand, Operator};
use crate::error::{Code, Error, Result};
use crate::scope::Scope;
use crate::value::Value;

fn refuse(of: &Subject, field: &str, why: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!(
            "the condition on {field:?} of {} is not answered in SQL: {why}",
            of.model.name
        ),
    )
}

/// A domain as it was asked: where empty text is no name, names are not searched but by the tools for that.
pub(super) fn check_asked(scope: &Scope<'_>, of: &Subject, domain: &Domain) -> Result<()> {
    if scope.dialect.falsy_is_unset || !names_display(domain) {
        return Ok(());
    }
    Err(refuse(of, "display_name", "this Odoo does not search it"))
}

/// Numbers of dates, as keys and in conditions: some Odoos have none, another has weekdays of its own, and
/// other dates that are not set.
pub(super) fn check_date_part(dialect: Dialect, of: &Subject, field: &Field) -> Result<()> {
    if dialect.rewrites {
        return Ok(());
    }
    Err(Error::of_field(
        &of.model.name,
        &field.name,
        "this Odoo has other numbers of dates, or none",
    ))
}

fn names_display(domain: &Domain) -> bool {
    match domain {
        Domain::Const(_) => false,
        Domain::All(parts) | Domain::Any(parts) => parts.iter().any(names_display),
        Domain::Not(inner) => names_display(inner),
        Domain::Condition(Condition {
            field_path,
            operand,
            ..
        }) => {
            field_path.split('.').any(|step| step == "display_name")
                || matches!(operand, Operand::Domain(inner) if names_display(inner))
        }
    }
}

impl Resolver<'_> {
    /// A test of one field, in a form that every Odoo takes for the same.
    pub(super) fn check_form(
        &self,
        of: &Subject,
        field: &Field,
        operator: Operator,
        value: &Value,
    ) -> Result<()> {
        let dialect = self.scope.dialect;
        if dialect.rewrites {
            return Ok(());
        }
        let refuse = |why: &str| Err(refuse(of, &field.name, why));
        let is_list = matches!(value, Value::List(_));
        match operator {
            Operator::Equal | Operator::NotEqual if is_list => {
                return refuse("this Odoo makes another test of = with a list");
            }
            Operator::In | Operator::NotIn if !is_list => {
                return refuse("this Odoo takes in with a list alone");
            }
            _ => {}
        }
        let values = match value {
            Value::List(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let is_to_many = is_relational(field) && field.field_type != FieldType::Many2one;
        let is_unset = |value: &Value| matches!(value, Value::Bool(false) | Value::Int(0));
        if is_to_many && (is_list && values.iter().any(is_unset) || *value == Value::Int(0)) {
            return refuse("this Odoo finds nobody by false among ids");
        }
        let is_empty = |value: &Value| matches!(value, Value::Text(text) if text.is_empty());
        let is_text = matches!(
            field.field_type,
            FieldType::Char | FieldType::Text | FieldType::Html
        );
        if values.iter().any(is_empty) && !is_text {
            return refuse("it compares with an empty text");
        }
        if operator.is_like() {
            if !dialect.falsy_is_unset && !value.is_truthy() {
                return refuse("it looks for an empty text");
            }
            return Ok(());
        }
        let is_fit = |value: &Value| match (field.field_type, value) {
            (FieldType::Boolean, Value::Bool(_)) => true,
            (FieldType::Boolean, _) => false,
            (_, Value::Bool(false)) => !operator.is_inequality() || is_temporal(field),
            (FieldType::Date, Value::Text(text)) => is_written(text, &[10]),
            (FieldType::Datetime, Value::Text(text)) => is_written(text, &[10, 19]),
            _ => true,
        };
        if !values.iter().all(is_fit) {
            return refuse("this Odoo leaves the value as it is");
        }
        Ok(())
    }

    /// A condition that is negated.
    pub(super) fn check_negated(
        &self,
        of: &Subject,
        field: &Field,
        operator: Operator,
    ) -> Result<()> {
        let is_plain =
            !operator.is_pattern() && (operator.inverse().is_some() || operator.is_inequality());
        if self.scope.dialect.rewrites || is_plain {
            return Ok(());
        }
        Err(refuse(
            of,
            &field.name,
            "this Odoo negates what it comes to, not what it says",
        ))
    }

    /// Records that are, or are not, linked to some whose names a text finds.
    pub(super) fn check_named(
        &self,
        of: &Subject,
        field: &Field,
        inner: &Domain,
        negated: bool,
    ) -> Result<()> {
        if self.scope.dialect.falsy_is_unset || !negated || !inner.names_field("display_name") {
            return Ok(());
        }
        Err(refuse(
            of,
            &field.name,
            "this Odoo looks for all other names",
        ))
    }

    /// `any` of an x2many field: whether its own domain counts, and which archived records.
    pub(super) fn check_any_of_many(
        &self,
        of: &Subject,
        field: &Field,
        to_many: &ToMany,
    ) -> Result<()> {
        let dialect = self.scope.dialect;
        if dialect.rewrites {
            return Ok(());
        }
        if !dialect.falsy_is_unset && to_many.domain != Domain::Const(true) {
            return Err(refuse(
                of,
                &field.name,
                "the field has a domain, which this Odoo leaves out here",
            ));
        }
        // inside a rule the call's context counts, behind a many2one another
        if self.rights == Rights::Superuser
            && to_many.active_test.is_none()
            && active_field(&to_many.comodel).is_some()
        {
            return Err(refuse(
                of,
                &field.name,
                "whether archived records count depends on the way there",
            ));
        }
        Ok(())
    }

    /// `in` of an x2many field.
    pub(super) fn check_linked(&self, of: &Subject, field: &Field, to_many: &ToMany) -> Result<()> {
        let dialect = self.scope.dialect;
        if dialect.rewrites {
            return Ok(());
        }
        if to_many.domain != Domain::Const(true) {
            return Err(refuse(
                of,
                &field.name,
                "the field has a domain, which this Odoo leaves out here",
            ));
        }
        let is_inverse = matches!(to_many.way, Way::Inverse(_));
        if is_inverse && dialect.falsy_is_unset && active_field(&to_many.comodel).is_some() {
            return Err(refuse(
                of,
                &field.name,
                "whether archived records count depends on the context",
            ));
        }
        Ok(())
    }

    /// `child_of` and `parent_of`, of ids and through one record at a time.
    pub(super) fn check_hierarchy(
        &self,
        of: &Subject,
        field: &Field,
        has_names: bool,
        negated: bool,
    ) -> Result<()> {
        let is_single = field.name == "id" || field.field_type == FieldType::Many2one;
        if self.scope.dialect.rewrites || is_single && !has_names && !negated {
            return Ok(());
        }
        Err(refuse(
            of,
            &field.name,
            "this Odoo searches where the hierarchy begins in another way",
        ))
    }
}

/// Whether it is a date or a moment in one of these lengths; a relative date may be as long.
fn is_written(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && moment_of(text).is_some()
}

fn is_temporal(field: &Field) -> bool {
    matches!(field.field_type, FieldType::Date | FieldType::Datetime)
}
