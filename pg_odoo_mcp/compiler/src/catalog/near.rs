/// The names nearest to `wanted`, best first, at most `n`; none that is too far off to help.
pub fn nearest<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
    n: usize,
) -> Vec<&'a str> {
    // the likeness of two texts takes time by the product of their lengths
    let wanted = shortened(wanted).to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.truncate(n);
    scored.into_iter().map(|(_, name)| name).collect()
}

/// The part of a caller's text that messages repeat.
pub fn shortened(text: &str) -> String {
    const SHOWN: usize = 80;
    if text.chars().nth(SHOWN).is_none() {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain("…".chars()).collect()
}

/// `did you mean a, b?`, or nothing where no name is near.
pub fn suggestion<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(wanted, names, 3);
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(", ")))
}

fn likeness(wanted: &str, name: &str) -> f64 {
    let longest = wanted.chars().count().max(name.chars().count()).max(1);
    let edits = strsim::damerau_levenshtein(wanted, name);
    let by_edits = 1.0 - edits as f64 / longest as f64;
    let contained = if wanted.len() >= 4
        && (name.contains(wanted) || wanted.contains(name) && name.len() >= 4)
    {
        0.8
    } else {
        0.0
    };
    by_edits
        .max(contained)
        .max(if edits <= 2 && longest > 3 { 0.75 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_misspelt_name_and_not_a_distant_one() {
        let names = [
            "sale.order",
            "sale.order.line",
            "res.partner",
            "purchase.order",
        ];
        assert_eq!(nearest("sale.ordr", names, 1), ["sale.order"]);
        assert_eq!(nearest("partner", names, 1), ["res.partner"]);
        assert!(nearest("zzz", names, 3).is_empty());
    }
}
