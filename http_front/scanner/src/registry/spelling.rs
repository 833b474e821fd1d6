//! Names that the database would refuse, with the whole document. What they stand for is left out,
//! which leaves it with Odoo.

use odoo_compiler::facts::document::ModelFacts;

/// Longer than any name that Odoo's models and fields have.
const LONGEST: usize = 200;

/// Letters, digits, underscores, and these.
fn is_name(text: &str, also: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || also.contains(c);
    (1..=LONGEST).contains(&text.len()) && text.chars().all(is_letter)
}

/// Whether a field can be among the facts.
pub(super) fn is_field(name: &str) -> bool {
    is_name(name, "")
}

/// Whether a module can be among the facts.
pub(crate) fn is_module_name(name: &str) -> bool {
    is_name(name, "")
}

/// A text in one line, for people.
pub(super) fn line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_control() || c == ' ').collect();
    let words = words.into_iter().filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}

/// Whether a model can be among the facts.
pub(super) fn is_model(name: &str, facts: &ModelFacts) -> bool {
    let fields = [
        &facts.active_name,
        &facts.parent_name,
        &facts.display_name.rec_name,
        &facts.order_suffix,
    ];
    let of_texts = facts.text_search.iter().flat_map(|by| by.paths());
    let paths = facts.name_search.iter().flatten().chain(of_texts);
    is_name(name, ".")
        && facts
            .table
            .iter()
            .all(|table| is_name(table, "$") && table.len() <= 63)
        && facts
            .inherits
            .iter()
            .all(|(parent, link)| is_name(parent, ".") && is_field(link))
        && facts.modules.iter().all(is_module_name)
        && fields.into_iter().flatten().all(|field| is_field(field))
        && paths.into_iter().all(|path| is_name(path, "."))
}

#[cfg(test)]
mod tests {
    use super::{is_model, line};
    use odoo_compiler::facts::document::ModelFacts;

    #[test]
    fn what_no_model_of_odoos_is_called_is_left_out() {
        assert!(is_model("sale.order", &ModelFacts::default()));
        assert!(!is_model("sale order", &ModelFacts::default()));
        let facts = ModelFacts {
            table: Some("a; drop".to_owned()),
            ..ModelFacts::default()
        };
        assert!(!is_model("sale.order", &facts));
    }

    #[test]
    fn a_construct_is_told_in_one_line() {
        assert_eq!(
            line("self.env[\n    'a'\n]._search"),
            "self.env[ 'a' ]._search"
        );
    }
}
