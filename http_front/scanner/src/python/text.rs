//! The text of a file: how it is decoded, where its lines are, and what a method's text is.

use ruff_text_size::{TextRange, TextSize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Python itself is slow with files that are larger, and nobody writes them by hand.
const LARGEST: u64 = 16 << 20;

/// What a file holds, as Python's tokenizer would see it.
pub(super) struct Text {
    pub(super) source: String,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl Text {
    /// Reads a regular file; a pipe would keep us waiting.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let refuse = |error: std::io::Error| format!("a file that can't be opened: {error}");
        let length = std::fs::metadata(path).map_err(refuse)?;
        if !length.is_file() {
            return Err("no regular file".to_owned());
        }
        if length.len() > LARGEST {
            return Err(format!("a file of more than {} MiB", LARGEST >> 20));
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(refuse)?;
        Ok(Self::new(decode(bytes)?))
    }

    pub(super) fn new(source: String) -> Self {
        let bytes = source.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            // a lone carriage return ends a line too
            let ends = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                starts.push(at + 1);
            }
        }
        Self { source, starts }
    }

    /// The line at this place; the first is 1.
    pub(super) fn line(&self, at: TextSize) -> u32 {
        let count = self.starts.partition_point(|start| *start <= at.to_usize());
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// What stands there.
    pub(super) fn slice(&self, range: TextRange) -> &str {
        self.source
            .get(range.start().to_usize()..range.end().to_usize())
            .unwrap_or_default()
    }

    /// SHA-256 in hex of all of it, as it is.
    pub(super) fn whole_digest(&self) -> String {
        format!("{:x}", Sha256::digest(&self.source))
    }

    /// SHA-256 in hex of the lines that this range touches: each without the space at its end and the
    /// indentation of the first, joined by line feeds.
    pub(super) fn digest(&self, range: TextRange) -> String {
        let first = self.line(range.start()) as usize - 1;
        let last = self.line(range.end()) as usize - 1;
        let mut indentation = "";
        let mut hash = Sha256::new();
        for index in first..=last {
            let end = self.starts.get(index + 1).copied();
            let line = self
                .source
                .get(self.starts[index]..end.unwrap_or(self.source.len()))
                .unwrap_or_default()
                .trim_end();
            if index == first {
                indentation = &line[..line.len() - line.trim_start().len()];
            } else {
                hash.update(b"\n");
            }
            hash.update(line.strip_prefix(indentation).unwrap_or(line));
        }
        hex(&hash.finalize())
    }
}

/// Bytes in hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // writing to a String never fails
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// As PEP 263 has it: UTF-8, or what one of the first two lines names.
fn decode(mut bytes: Vec<u8>) -> Result<String, String> {
    let has_mark = bytes.starts_with(b"\xef\xbb\xbf");
    if has_mark {
        bytes.drain(..3);
    }
    let named = coding(&bytes).unwrap_or_else(|| "utf-8".to_owned());
    match named.replace('_', "-").as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => {
            String::from_utf8(bytes).map_err(|_| "a file that is not in UTF-8".to_owned())
        }
        // its codes are Unicode's
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" if !has_mark => {
            Ok(bytes.into_iter().map(char::from).collect())
        }
        other => Err(format!("a file in the encoding {other}")),
    }
}

/// The encoding that a comment in one of the first two lines names.
fn coding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_start_matches([' ', '\t', '\x0c']).trim_end();
        if line.is_empty() {
            continue;
        }
        let comment = line.strip_prefix('#')?;
        if let Some((_, after)) = comment.split_once("coding")
            && let Some(after) = after.strip_prefix([':', '='])
        {
            let name: String = after
                .trim_start_matches([' ', '\t'])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
                .collect();
            if !name.is_empty() {
                return Some(name.to_ascii_lowercase());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(source: &str) -> TextRange {
        TextRange::new(TextSize::new(0), TextSize::of(source))
    }

    #[test]
    fn a_digest_is_of_the_dedented_and_trimmed_lines() {
        // python3 -c 'import hashlib; print(hashlib.sha256(
        //   b"@api.model\ndef f(self):\n\n    return \"\"\"\n  x\"\"\"").hexdigest())'
        let expected = "4f42262e0469f6b78ea2ad68bf7fcafb5e63b2a4b891a640e8c426239ea8f1f4";
        let text =
            "    @api.model  \r\n    def f(self):\r\n   \r\n        return \"\"\"\r\n  x\"\"\"";
        let digest =
            Text::new(text.to_owned()).digest(TextRange::new(TextSize::new(4), TextSize::of(text)));
        let plain = "@api.model\ndef f(self):\n\n    return \"\"\"\n  x\"\"\"";
        assert_eq!(digest, Text::new(plain.to_owned()).digest(whole(plain)));
        assert_eq!(digest, expected);
    }

    #[test]
    fn lines_end_as_python_says() {
        let text = Text::new("a\r\nb\rc\nd\x0ce".to_owned());
        let lines: Vec<u32> = [0, 3, 5, 7, 9]
            .map(|at| text.line(TextSize::new(at)))
            .into();
        assert_eq!(lines, [1, 2, 3, 4, 4]);
    }

    #[test]
    fn encodings_are_those_that_the_file_names() {
        let decoded = |bytes: &[u8]| decode(bytes.to_vec());
        assert_eq!(decoded(b"\xef\xbb\xbfx = 1").as_deref(), Ok("x = 1"));
        assert_eq!(
            decoded(b"#!/bin/python\n# -*- coding: latin-1 -*-\n'\xe9'").as_deref(),
            Ok("#!/bin/python\n# -*- coding: latin-1 -*-\n'é'")
        );
        assert!(decoded(b"'\xe9'").is_err());
        assert!(decoded(b"x = 1\n\n# coding: latin-1\n'\xe9'").is_err());
        assert_eq!(
            decoded(b"# vim: set fileencoding=koi8-r :\n").expect_err("an unknown one"),
            "a file in the encoding koi8-r"
        );
    }
}
