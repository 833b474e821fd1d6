//! Overrides that somebody has read.
//!
//! `review/reviewed.json` has what was found, by the digest of a method's text: the SHA-256 of its
//! lines from the first decorator to the end of its last statement, each without the blanks at its
//! end and all without the indentation of the first, joined by line ends. A changed text is unread.

use odoo_compiler::facts::{NameFinder, NameForm, Only, Searched, TextSearch};
use serde::Deserialize;
use std::collections::HashMap;

/// What a method does to reads, in contexts that have only the language, the time zone, the allowed
/// companies and `active_test`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing.
    Harmless,
    /// What its name says, but only to these fields.
    Fields(Vec<String>),
    /// What its name says, but only for members of this group, by its external id.
    OnlyFor(String),
    /// What its name says, but only there.
    OnlyWhere(Only),
    /// It appends this field to every order.
    OrderSuffix(String),
    /// It calls records as this kind does.
    DisplayName(Kind),
    /// It searches a field for that.
    Searches(Searched),
    /// A property that says `_rec_names_search`: these.
    NamesSearch(Vec<String>),
    /// It searches names by that.
    TextSearch(TextSearch),
    /// It lists records by their names so.
    NameFinder(NameFinder),
    /// It makes these fields the currency of the record's company, or else of the first allowed one.
    CompanyCurrency(Vec<String>),
}

/// A way to call records that the compiler has too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// By `_rec_name`.
    RecName,
    /// As a partner.
    Partner,
    /// As a user.
    User,
    /// By stored values, put together so.
    Form(NameForm),
}

/// A method's text in its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub struct Text {
    /// The module that has it.
    pub module: String,
    /// The model that its class makes or extends; empty for a function outside of classes.
    pub model: String,
    /// Its name.
    pub method: String,
    /// The digest of its text.
    pub digest: String,
}

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(flatten)]
    text: Text,
    verdict: Verdict,
    /// It holds only where these methods, which the text calls, are just these.
    #[serde(default)]
    with: Vec<Text>,
    #[serde(rename = "why")]
    _why: String,
}

/// All of them.
#[derive(Debug)]
pub struct Reviews(HashMap<Text, Vec<(Verdict, Vec<Text>)>>);

impl Reviews {
    /// Those of this program: of the Odoo that the tests run, and of older ones.
    ///
    /// # Errors
    /// A file that was built in is not well formed; a test reads them.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        let mut reviews = Self::parse(include_str!("../review/reviewed.json"))?;
        for (text, found) in Self::parse(include_str!("../review/older.json"))?.0 {
            reviews.0.entry(text).or_default().extend(found);
        }
        Ok(reviews)
    }

    pub(crate) fn parse(json: &str) -> Result<Self, serde_json::Error> {
        let entries: Vec<Entry> = serde_json::from_str(json)?;
        let mut reviews: HashMap<Text, Vec<(Verdict, Vec<Text>)>> = HashMap::new();
        for Entry {
            text,
            verdict,
            with,
            ..
        } in entries
        {
            reviews.entry(text).or_default().push((verdict, with));
        }
        Ok(Self(reviews))
    }

    /// What was found for a text, where the condition on others holds.
    pub fn verdict(&self, text: &Text, holds: impl Fn(&[Text]) -> bool) -> Option<&Verdict> {
        let found = self.0.get(text)?;
        let found = found
            .iter()
            .find(|(_, with)| with.is_empty() || holds(with));
        found.map(|(verdict, _)| verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Reviews, Text, Verdict};

    #[test]
    fn the_files_of_this_program_are_well_formed() {
        assert!(
            !Reviews::built_in()
                .expect("the test's own is well formed")
                .0
                .is_empty()
        );
    }

    #[test]
    fn a_verdict_is_for_one_text_and_under_its_condition() {
        let text = |digest: &str| Text {
            module: "base".into(),
            model: "res.partner".into(),
            method: "_compute_display_name".into(),
            digest: digest.into(),
        };
        let json = r#"[
            {"module": "base", "model": "res.partner", "method": "_compute_display_name", "digest": "a",
             "verdict": "harmless", "why": "it is"},
            {"module": "base", "model": "res.partner", "method": "_compute_display_name", "digest": "b",
             "verdict": {"display_name": "partner"}, "why": "it is", "with": [
                {"module": "base", "model": "res.partner", "method": "_help", "digest": "c"}]}]"#;
        let reviews = Reviews::parse(json).expect("the test's own is well formed");
        assert_eq!(
            reviews.verdict(&text("a"), |_| false),
            Some(&Verdict::Harmless)
        );
        assert_eq!(reviews.verdict(&text("b"), |_| false), None);
        let found = reviews.verdict(&text("b"), |with| with[0].method == "_help");
        assert_eq!(found, Some(&Verdict::DisplayName(Kind::Partner)));
        assert_eq!(reviews.verdict(&text("x"), |_| true), None);
    }
}
