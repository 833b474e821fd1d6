//! Deliberate bugs: each is a file of `tests/mutation`, to be planted in a copy of the compiler, whose tests must then fail.
//!
//! ```text
//! # what the bug is
//! file src/plan/literal.rs
//!  a line that stays
//! -a line that goes
//! +a line that comes
//! ```
//! The lines that stay or go must stand in the file exactly once, one after the other.

/// One bug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// What it breaks.
    pub what: String,
    /// Where, in the crate.
    pub file: String,
    before: String,
    after: String,
}

impl Mutation {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut what, mut file) = (Vec::new(), None);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for line in text.lines() {
            if let (Some(words), None) = (line.strip_prefix('#'), &file) {
                what.push(words.trim());
            } else if let (Some(name), None) = (line.strip_prefix("file "), &file) {
                file = Some(name.trim().to_owned());
            } else if let Some(gone) = line.strip_prefix('-') {
                before.push(gone);
            } else if let Some(come) = line.strip_prefix('+') {
                after.push(come);
            } else {
                let kept = line.strip_prefix(' ').unwrap_or(line);
                before.push(kept);
                after.push(kept);
            }
        }
        let file = file.ok_or("it names no file")?;
        if what.is_empty() || before == after {
            return Err("it says nothing, or changes nothing".into());
        }
        Ok(Self {
            what: what.join(" "),
            file,
            before: before.join("\n"),
            after: after.join("\n"),
        })
    }

    /// The source with the bug in it.
    ///
    /// # Errors
    /// If the text to be changed is not there exactly once.
    pub fn plant(&self, source: &str) -> Result<String, String> {
        let lines: Vec<&str> = source.lines().collect();
        let before: Vec<&str> = self.before.lines().collect();
        let places: Vec<usize> = (0..lines.len())
            .filter(|at| lines[*at..].starts_with(&before))
            .collect();
        let [at] = places.as_slice() else {
            return Err(format!(
                "{} has its text {} times, not once: write it anew",
                self.file,
                places.len()
            ));
        };
        let mut mutated: Vec<&str> = lines[..*at].to_vec();
        mutated.extend(self.after.lines());
        mutated.extend(&lines[at + before.len()..]);
        Ok(mutated.join("\n") + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::Mutation;

    const TEXT: &str = "# forgets\n# to add\nfile src/a.rs\n fn f() {\n-    a + b\n+    a\n }";

    #[test]
    fn a_bug_is_planted_where_its_text_is() {
        let mutation = Mutation::parse(TEXT).expect("well formed");
        assert_eq!(mutation.what, "forgets to add");
        assert_eq!(
            mutation
                .plant("use x;\nfn f() {\n    a + b\n}\n")
                .as_deref(),
            Ok("use x;\nfn f() {\n    a\n}\n")
        );
    }

    #[test]
    fn every_bug_of_the_folder_still_fits() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let folder = std::fs::read_dir(format!("{root}/tests/mutation")).expect("the folder");
        let mut count = 0;
        for file in folder {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            let mutation = Mutation::parse(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
            let source = format!("{root}/pg_odoo_mcp/compiler/{}", mutation.file);
            let source =
                std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("{path:?}: {e}"));
            mutation
                .plant(&source)
                .unwrap_or_else(|e| panic!("{path:?}: {e}"));
            count += 1;
        }
        assert!(count >= 20, "{count} bugs");
    }

    #[test]
    fn it_no_longer_fits_where_the_text_has_changed_or_is_there_twice() {
        let mutation = Mutation::parse(TEXT).expect("well formed");
        assert!(mutation.plant("fn f() {\n    a - b\n}").is_err());
        let twice = "fn f() {\n    a + b\n}\n".repeat(2);
        assert!(mutation.plant(&twice).is_err());
        assert!(Mutation::parse("# nothing\nfile src/a.rs\n same").is_err());
        assert!(Mutation::parse("# no file\n-a\n+b").is_err());
    }
}
