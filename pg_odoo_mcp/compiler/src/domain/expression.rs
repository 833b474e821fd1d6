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
    };
    let value = parser.sum()?;
    parser.skip_blank();
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
}

impl Parser<'_> {
    fn unsupported(&self) -> Error {
        let near: String = self.rest.chars().take(40).collect();
        Error::new(
            Code::NotSupported,
            "a record rule uses an expression that is not understood",
        )
        .detail(format!("at {near:?}"))
    }

    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix('#') {
                Some(comment) => self.rest = comment.split_once('\n').map_or("", |(_, next)| next),
                None => return,
            }
        }
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

    fn sum(&mut self) -> Result<Value> {
        let mut left = self.atom()?;
        while self.take('+') {
            left = match (left, self.atom()?) {
                (Value::List(mut a), Value::List(b)) => {
                    a.extend(b);
                    Value::List(a)
                }
                _ => return Err(self.unsupported()),
            };
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Value> {
        self.depth += 1;
        if self.depth > 64 {
            return Err(self.unsupported());
        }
        self.skip_blank();
        let value = match self.rest.chars().next() {
            Some('[') => self.items('[', ']', false),
            Some('(') => self.items('(', ')', true),
            Some(quote @ ('\'' | '"')) => self.text(quote),
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.name(),
            _ => Err(self.unsupported()),
        };
        self.depth -= 1;
        value
    }

    /// A list, or a tuple; a parenthesis around one value without a comma is that value.
    fn items(&mut self, open: char, close: char, may_group: bool) -> Result<Value> {
        self.take(open);
        let mut items = Vec::new();
        let mut commas = 0;
        loop {
            if self.take(close) {
                break;
            }
            items.push(self.sum()?);
            if self.take(',') {
                commas += 1;
            } else if self.take(close) {
                break;
            } else {
                return Err(self.unsupported());
            }
        }
        if may_group && items.len() == 1 && commas == 0 {
            Ok(items.remove(0))
        } else {
            Ok(Value::List(items))
        }
    }

    fn text(&mut self, quote: char) -> Result<Value> {
        let body = &self.rest[1..];
        let Some(end) = body.find(quote) else {
            return Err(self.unsupported());
        };
        let text = &body[..end];
        // escapes, triple quotes and adjacent texts are not used by rules
        if text.contains(['\\', '\n']) || body[end + 1..].starts_with(quote) {
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
        let value = if word.contains('.') {
            word.parse().map(Value::Float).ok()
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
        ] {
            assert_eq!(shown(text), "error: not_supported", "{text}");
        }
    }
}
