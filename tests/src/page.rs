//! A page of the documentation as something to run: its blocks in order, and what the page shows after each.
//!
//! In the shown text `…` stands for anything within a line, a line of its own for any number of lines. Spaces and the
//! line under a heading are not compared.

/// A fenced block that somebody types.
#[derive(Clone, Debug)]
pub struct Block {
    /// The heading it stands under, without its `#`.
    pub section: String,
    /// What follows the fence: `sql`, `sh`, `toml` …
    pub language: String,
    /// Its lines.
    pub text: String,
    /// The ```` ```text ```` block right after it, if there is one.
    pub shown: Option<Vec<String>>,
}

/// The blocks of a page in Markdown.
///
/// # Panics
/// If it shows a result without a block before it.
#[must_use]
pub fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut section = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let inside: Vec<String> = lines
                .by_ref()
                .take_while(|line| *line != "```")
                .map(str::to_owned)
                .collect();
            match language {
                "text" => {
                    found.last_mut().expect("shown text follows a block").shown = Some(inside);
                }
                _ => found.push(Block {
                    section: section.clone(),
                    language: language.to_owned(),
                    text: inside.join("\n"),
                    shown: None,
                }),
            }
        } else if line.starts_with('#') {
            section = line.trim_start_matches('#').trim().to_owned();
        }
    }
    found
}

/// A line's words; nothing for an empty line or the line under a heading.
#[must_use]
pub fn plain(line: &str) -> Option<String> {
    let is_rule = line.contains("--") && line.chars().all(|character| "-+ ".contains(character));
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    (!is_rule && !words.is_empty()).then_some(words)
}

fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    if pattern == first {
        return rest.is_empty();
    }
    for part in parts {
        let part = part.trim();
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    true
}

/// Whether the printed lines are the shown ones; both as [`plain`] gives them.
#[must_use]
pub fn is_shown(printed: &[String], shown: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((pattern, others)) if pattern == "…" => {
            (0..=printed.len()).any(|skipped| is_shown(&printed[skipped..], others))
        }
        Some((pattern, others)) => printed
            .split_first()
            .is_some_and(|(line, rest)| fits(line, pattern) && is_shown(rest, others)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_output_is_noticed() {
        let lines = |text: &str| text.lines().filter_map(plain).collect::<Vec<_>>();
        assert!(is_shown(
            &lines(" a | b\n---+---\n 1 | 2\n"),
            &lines(" a | b\n…\n")
        ));
        assert!(is_shown(&lines("x 1 y"), &lines("x … y")));
        assert!(!is_shown(&lines("x 1 z"), &lines("x … y")));
        assert!(!is_shown(&lines("x"), &lines("x\ny")));
        assert!(!is_shown(&lines("x\ny"), &lines("x")));
        assert!(!is_shown(&lines("ERROR: no"), &[]));
    }

    #[test]
    fn a_result_belongs_to_the_block_before_it() {
        let found = blocks("# A\n```sh\nls\n```\n## B\n```sql\nselect 1\n```\n```text\n1\n```\n");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].section.as_str(), &found[0].shown), ("A", &None));
        assert_eq!(
            (found[1].section.as_str(), found[1].language.as_str()),
            ("B", "sql")
        );
        assert_eq!(found[1].shown, Some(vec!["1".to_owned()]));
    }
}
