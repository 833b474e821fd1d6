//! Finding what somebody half remembers: by parts, words and likeness.

use strsim::normalized_damerau_levenshtein;

/// A word must be so much like another one to pass for it.
const LIKE: f64 = 0.7;
/// And a name so much like the query to be proposed where nothing passes.
const MEANT: f64 = 0.65;

/// What is looked for.
pub(crate) struct Wanted {
    text: String,
    words: Vec<String>,
}

impl Wanted {
    pub(crate) fn new(query: &str) -> Wanted {
        let text = plain(query);
        let words = text.split(' ').map(str::to_owned).collect();
        Wanted { text, words }
    }

    /// How well something of these names fits, at most 1 but for the very name and what people call it; nothing
    /// where it does not. `also` is that, parted by commas; its words are as good as part of a name.
    pub(crate) fn score(&self, names: &[&str], also: &str) -> Option<f64> {
        let called = also.split(',').map(|also| match plain(also) {
            also if !also.is_empty() && singular(&also) == singular(&self.text) => 1.2,
            _ => 0.0,
        });
        let whole = names.iter().map(|name| self.whole(&plain(name)));
        let whole = whole.chain(called);
        let words = names
            .iter()
            .map(|name| self.by_words(&plain(name), 0.13))
            .chain([self.by_words(&plain(also), 0.0)]);
        let best = whole.chain(words).fold(0.0, f64::max);
        // each word may be of another name
        let spread = self.by_words(&plain(&format!("{} {also}", names.join(" "))), 0.0) * 0.9;
        Some(best.max(spread)).filter(|score| *score > 0.0)
    }

    fn whole(&self, name: &str) -> f64 {
        let share = self.text.len() as f64 / name.len().max(1) as f64;
        if *name == self.text {
            1.3
        } else if singular(name) == singular(&self.text) {
            1.25
        } else if name.starts_with(&self.text) {
            0.9 + 0.09 * share
        } else if self.text.len() > 2 && name.contains(&self.text) {
            0.8 + 0.09 * share
        } else {
            0.0
        }
    }

    /// Every word of the query is near a word of the name: the mean of their likeness, up to
    /// `brief` more where few other words are left.
    fn by_words(&self, name: &str, brief: f64) -> f64 {
        let parts: Vec<&str> = name.split(' ').filter(|part| !part.is_empty()).collect();
        let mut sum = 0.0;
        for word in &self.words {
            let best = parts.iter().map(|part| likeness(word, part));
            let best = best.fold(0.0, f64::max);
            if best < LIKE {
                return 0.0;
            }
            sum += best;
        }
        let share = self.words.len() as f64 / parts.len().max(1) as f64;
        0.8 * sum / self.words.len() as f64 + brief * share.min(1.0)
    }

    /// The three nearest, if they are near enough to be meant.
    pub(crate) fn closest<'a>(
        &self,
        candidates: impl Iterator<Item = (&'a str, Vec<&'a str>)>,
    ) -> Vec<&'a str> {
        let mut scored: Vec<(f64, &str)> = candidates
            .map(|(name, names)| {
                let near = names
                    .iter()
                    .map(|name| strsim::jaro_winkler(&self.text, &plain(name)));
                (near.fold(0.0, f64::max), name)
            })
            .collect();
        scored.retain(|(near, _)| *near >= MEANT);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        scored.into_iter().take(3).map(|(_, name)| name).collect()
    }
}

fn likeness(word: &str, part: &str) -> f64 {
    if word == part {
        1.0
    } else if word.len() > 2 && part.len() > 2 && (part.starts_with(word) || word.starts_with(part))
    {
        0.95
    } else if word.len() > 3 && part.contains(word) {
        0.85
    } else {
        normalized_damerau_levenshtein(word, part)
    }
}

/// The text without the ending of an English plural, to be compared with others of the kind.
fn singular(text: &str) -> String {
    if let Some(stem) = text.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if text.ends_with(ending) {
            return text[..text.len() - 2].to_owned();
        }
    }
    let is_plural =
        text.ends_with('s') && !["ss", "us", "is"].iter().any(|end| text.ends_with(end));
    text[..text.len() - usize::from(is_plural)].to_owned()
}

/// Lower case, words parted by one space.
fn plain(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS: &[(&str, &str, &str)] = &[
        ("sale.order", "Sales Order", "order, quotation"),
        ("sale.order.line", "Sales Order Line", ""),
        (
            "purchase.order",
            "Purchase Order",
            "rfq, request for quotation",
        ),
        ("account.move", "Journal Entry", "invoice, bill"),
        ("account.move.line", "Journal Item", "invoice line"),
        ("account.invoice.report", "Invoices Statistics", ""),
        ("res.partner", "Contact", "customer, vendor"),
        ("crm.stage", "CRM Stages", ""),
    ];

    fn found(query: &str) -> Vec<&'static str> {
        let wanted = Wanted::new(query);
        let mut scored: Vec<(f64, &str)> = MODELS
            .iter()
            .filter_map(|(name, label, also)| Some((wanted.score(&[name, label], also)?, *name)))
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        scored.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn finds_by_part_word_likeness_and_other_names() {
        assert_eq!(found("sale.order")[..2], ["sale.order", "sale.order.line"]);
        assert_eq!(found("Sales Order")[0], "sale.order");
        assert_eq!(found("order lines")[0], "sale.order.line");
        assert_eq!(found("journl entry"), ["account.move"]);
        assert_eq!(found("sale ordr")[0], "sale.order");
        assert_eq!(found("custmer"), ["res.partner"]);
        assert_eq!(found("stage crm"), ["crm.stage"]);
        // what people call it is before what is called after it
        assert_eq!(found("invoice")[0], "account.move");
        assert_eq!(found("invoices")[0], "account.move");
        assert_eq!(found("order")[0], "sale.order");
        assert_eq!(found("purchase orders")[0], "purchase.order");
        assert_eq!(found("invoice line")[0], "account.move.line");
        assert!(found("zzzz").is_empty());
        assert!(found("warehouse").is_empty());
    }

    #[test]
    fn the_closest_are_named_where_nothing_fits() {
        let candidates = MODELS
            .iter()
            .map(|(name, label, _)| (*name, vec![*name, *label, *label]));
        assert_eq!(
            Wanted::new("saleorders").closest(candidates)[0],
            "sale.order"
        );
    }
}
