//! The Python expressions of `ir_rule.domain_force`, for exactly the grammar that rules use:
//! literals, lists, tuples, `+` and dotted names. Nothing is executed; a name is looked up.

use crate::error::{Code, Error, Result};
use crate::value::Value;

/// What a rule may name.
pub trait Names {
    /// The value of a dotted name such as `user.partner_id.id`, or an error that says why not.
    fn value(&self, name: &str) -> Result<Value>;
}

/// The value of a rule's expression.
pub fn evaluate(text: &str, names: &dyn Names) -> Result<Value> {
    let mut parser = Parser {
        rest: text,
        names,
        depth: 0,
        open: 0,
    };
    parser.skip_lines();
    let (value, _) = parser.sum()?;
    parser.skip_lines();
    if parser.rest.is_empty() {
        Ok(value)
    } else {
        Err(parser.unsupported())
    }
}

struct Parser<'a> {
    rest: &'a str,
    names: &'a dyn Names,
    depth: usize,
    /// Brackets that are open: only in them an expression goes on in the next line.
    open: usize,
}

/// What Python adds only to its like.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    List,
    Tuple,
    Other,
}

const LINE_ENDS: [char; 2] = ['\n', '\r'];

impl Parser<'_> {
    fn unsupported(&self) -> Error {
        let near: String = self.rest.chars().take(40).collect();
        Error::new(
            Code::NotSupported,
            "a record rule uses an expression that is not understood",
        )
        .detail(format!("at {near:?}"))
    }

    /// Python's blanks, which are not all of Unicode's, and comments.
    fn skip_blank(&mut self) {
        let is_open = self.open > 0;
        loop {
            self.rest = self.rest.trim_start_matches(|c| {
                matches!(c, ' ' | '\t' | '\x0c') || is_open && LINE_ENDS.contains(&c)
            });
            match self.rest.strip_prefix('#') {
                Some(comment) => {
                    self.rest = comment.find(LINE_ENDS).map_or("", |end| &comment[end..]);
                }
                None => return,
            }
        }
    }

    /// Before and after the expression there may be empty lines and comments.
    fn skip_lines(&mut self) {
        self.open += 1;
        self.skip_blank();
        self.open -= 1;
    }

    fn take(&mut self, token: char) -> bool {
        self.skip_blank();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> Result<(Value, Kind)> {
        let mut left = self.atom()?;
        while self.take('+') {
            left = match (left, self.atom()?) {
                ((Value::List(mut a), kind), (Value::List(b), other)) if kind == other => {
                    a.extend(b);
                    (Value::List(a), kind)
                }
                _ => return Err(self.unsupported()),
            };
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<(Value, Kind)> {
        self.depth += 1;
        if self.depth > 64 {
            return Err(self.unsupported());
        }
        self.skip_blank();
        let other = |value| (value, Kind::Other);
        let value = match self.rest.chars().next() {
            Some('[') => self.items('[', ']'),
            Some('(') => self.items('(', ')'),
            Some(quote @ ('\'' | '"')) => self.text(quote).map(other),
            Some(c) if c.is_ascii_digit() || c == '-' => self.number().map(other),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                self.name().map(|value| match value {
                    Value::List(_) => (value, Kind::List),
                    value => other(value),
                })
            }
            _ => Err(self.unsupported()),
        };
        self.depth -= 1;
        value
    }

    /// A list, or a tuple; a parenthesis around one value without a comma is that value.
    fn items(&mut self, open: char, close: char) -> Result<(Value, Kind)> {
        self.open += 1;
        self.take(open);
        let (mut items, mut commas) = (Vec::new(), 0);
        while !self.take(close) {
            if commas < items.len() {
                return Err(self.unsupported());
            }
            items.push(self.sum()?);
            commas += usize::from(self.take(','));
        }
        self.open -= 1;
        let list = |items: Vec<(Value, Kind)>| {
            Value::List(items.into_iter().map(|(value, _)| value).collect())
        };
        Ok(match open {
            '(' if items.len() == 1 && commas == 0 => items.remove(0),
            '(' => (list(items), Kind::Tuple),
            _ => (list(items), Kind::List),
        })
    }

    fn text(&mut self, quote: char) -> Result<Value> {
        let body = &self.rest[1..];
        let Some(end) = body.find(quote) else {
            return Err(self.unsupported());
        };
        let text = &body[..end];
        // escapes, triple quotes and adjacent texts are not used by rules
        if text.contains(['\\', '\n', '\r', '\0']) || body[end + 1..].starts_with(quote) {
            return Err(self.unsupported());
        }
        self.rest = &body[end + 1..];
        Ok(Value::Text(text.to_owned()))
    }

    fn number(&mut self) -> Result<Value> {
        let end = self
            .rest
            .char_indices()
            .find(|&(i, c)| {
                !(c.is_ascii_alphanumeric() || c == '.' || c == '_' || (c == '-' && i == 0))
            })
            .map_or(self.rest.len(), |(i, _)| i);
        let word = &self.rest[..end];
        let digits = word.trim_start_matches('-');
        let value = if word.contains('.') {
            let number = word.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(Value::Float)
        } else if digits.len() > 1 && digits.starts_with('0') {
            // what Python refuses
            None
        } else {
            word.parse().map(Value::Int).ok()
        };
        let value = value.ok_or_else(|| self.unsupported())?;
        self.rest = &self.rest[end..];
        Ok(value)
    }

    fn name(&mut self) -> Result<Value> {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(self.rest.len());
        let name = &self.rest[..end];
        let after = self.rest[end..].trim_start();
        // nothing is called, and nothing looked up in what is found
        if after.starts_with(['(', '[', '.']) {
            let shown: String = name.chars().take(80).collect();
            let what = if after.starts_with('(') {
                "calls"
            } else {
                "looks into"
            };
            return Err(Error::new(
                Code::NotSupported,
                format!("the rule {what} {shown}"),
            ));
        }
        let value = match name {
            "True" => Value::Bool(true),
            "False" | "None" => Value::FALSE,
            name => self.names.value(name)?,
        };
        self.rest = &self.rest[end..];
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Names for Fixed {
        fn value(&self, name: &str) -> Result<Value> {
            match name {
                "user.id" => Ok(Value::Int(7)),
                "company_ids" => Ok(Value::List(vec![Value::Int(1), Value::Int(2)])),
                _ => Err(Error::new(Code::NotSupported, "not known")),
            }
        }
    }

    fn shown(text: &str) -> String {
        evaluate(text, &Fixed)
            .map_or_else(|e| format!("error: {}", e.code.name()), |v| v.to_string())
    }

    #[test]
    fn reads_what_rules_use() {
        assert_eq!(
            shown("[('company_id', 'in', company_ids + [False])]"),
            r#"[["company_id", "in", [1, 2, false]]]"#
        );
        assert_eq!(
            shown(" ['|',('user_id','=',user.id),('user_id','=',False)]\n"),
            r#"["|", ["user_id", "=", 7], ["user_id", "=", false]]"#
        );
        assert_eq!(shown("[(1, '=', 1)]"), r#"[[1, "=", 1]]"#);
        assert_eq!(
            shown("[('a', '=', -1.5), # why\n ('b', 'in', ('x', 'y'))]"),
            r#"[["a", "=", -1.5], ["b", "in", ["x", "y"]]]"#
        );
        assert_eq!(
            shown("# why\n\n[] + [1, ] + company_ids # so\r\n"),
            "[1, 1, 2]"
        );
        assert_eq!(shown("(1,) + (2, 3) + ()"), "[1, 2, 3]");
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "[('a', '=', user.env.ref('x'))]",
            "[('a', '=', user.name)]",
            "[('a', '=', 1) for x in y]",
            "company_ids[0]",
            "[('a', '=', 1 + 2)]",
            "[('a', '=', 'it\\'s')]",
            "[('a', '=', 1) if True else 2]",
            "[",
            "'a' 'b'",
            "",
            "time.strftime('%Y')",
            "[('a','=',1)] or []",
            // Python refuses these, and so Odoo fails
            "company_ids + (1,)",
            "[1] + (2,)",
            "[]\n+ []",
            "[] # a\r+ []",
            "[007]",
            "[-01]",
            "[\u{a0}1]",
            "['a\rb']",
            "['a\0b']",
            "[1.0e999]",
            "[1 2]",
            "[,]",
            "(,)",
            "[1,,2]",
        ] {
            assert_eq!(shown(text), "error: not_supported", "{text}");
        }
    }
}
