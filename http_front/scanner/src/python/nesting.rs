//! How deep a text is nested, before it is parsed: a tree of any depth would overflow the stack when
//! it is walked, and when it is dropped.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Deeper than anything that a person writes; Python's own parser gives up at 200 brackets or 100
/// indentations.
const DEEPEST: usize = 1_000;

/// What has been seen since the bracket was opened, or since the line began.
#[derive(Default)]
struct Segment {
    /// Tokens that may put the next one deeper into the tree.
    depth: usize,
    /// Lambdas whose arguments have not ended: a comma there ends nothing.
    open_lambdas: usize,
}

/// Whether no tree of this text can be too deep. It counts generously: each operator as a level.
pub(super) fn is_shallow(source: &str) -> bool {
    let mut tokens = lexer::lex(source, Mode::Module);
    let mut indentation = 0_usize;
    let mut total = 0_usize;
    let mut segments = vec![Segment::default()];
    loop {
        let kind = tokens.next_token();
        let Some(segment) = segments.last_mut() else {
            return false;
        };
        match kind {
            TokenKind::EndOfFile => return true,
            TokenKind::Indent => indentation += 1,
            TokenKind::Dedent => indentation = indentation.saturating_sub(1),
            TokenKind::Newline | TokenKind::Semi => {
                segments.clear();
                segments.push(Segment::default());
                total = 0;
            }
            TokenKind::Comma if segment.open_lambdas == 0 => {
                total -= segment.depth;
                segment.depth = 0;
            }
            TokenKind::Colon => {
                segment.open_lambdas = segment.open_lambdas.saturating_sub(1);
                segment.depth += 1;
                total += 1;
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                segment.depth += 1;
                total += 1;
                segments.push(Segment::default());
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if segments.len() > 1
                    && let Some(inner) = segments.pop()
                {
                    total -= inner.depth;
                }
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Comma => {}
            _ => {
                if kind == TokenKind::Lambda {
                    segment.open_lambdas += 1;
                }
                segment.depth += 1;
                total += 1;
            }
        }
        if total + indentation > DEEPEST {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_shallow() {
        assert!(is_shallow(
            "x = [\n    (1, 'a'),\n]\n\ndef f(a, b=lambda c, d: c + d):\n    return a.b(f'{a}')\n"
        ));
        assert!(is_shallow(&format!(
            "x = [{}]",
            "(-1, a.b + c),\n".repeat(100_000)
        )));
        assert!(is_shallow(&"x = a + b\n".repeat(100_000)));
    }

    #[test]
    fn every_way_to_nest_is_seen() {
        for (piece, end) in [
            ("(", "1"),
            ("[", "1"),
            ("{1:", "1"),
            ("f(", "1"),
            ("1 + ", "1"),
            ("1 ** ", "1"),
            ("not ", "1"),
            ("-", "1"),
            ("a.", "b"),
            ("lambda: ", "1"),
            ("lambda a, b: ", "1"),
            ("1 if 1 else ", "1"),
            ("f'{", "1"),
            ("async ", "1"),
            ("await ", "1"),
        ] {
            let text = format!("x = {}{end}\n", piece.repeat(5_000));
            assert!(!is_shallow(&text), "{piece}");
        }
        assert!(!is_shallow(&format!("x = a{}\n", "()".repeat(5_000))));
        assert!(!is_shallow(&format!("x = a{}\n", "[0]".repeat(5_000))));
        let blocks: String = (0..2_000)
            .map(|depth| format!("{}if 1:\n", " ".repeat(depth)))
            .collect();
        assert!(!is_shallow(&blocks));
    }
}
