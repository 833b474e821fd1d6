//! The literals of Python that views are written in: lists, tuples, dicts, texts, numbers, `+`, and the names that a web
//! client gives a value. Whatever else stands there is an error, and what it is in is left out and counted.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The value of names.
pub(super) type Names = BTreeMap<&'static str, Value>;

/// What the text says; tuples are lists.
pub(super) fn evaluate(text: &str, names: &Names) -> Result<Value, String> {
    let mut reader = Reader { rest: text, names };
    let value = reader.sum()?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.unread()),
    }
}

struct Reader<'a> {
    rest: &'a str,
    names: &'a Names,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, expected: char) -> bool {
        let is_there = self.peek() == Some(expected);
        if is_there {
            self.rest = &self.rest[expected.len_utf8()..];
        }
        is_there
    }

    fn unread(&self) -> String {
        let rest: String = self.rest.chars().take(40).collect();
        format!("not read: {rest}")
    }

    /// What stands before the first character that does not belong to it.
    fn while_in(&mut self, belongs: impl Fn(char) -> bool) -> &str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn sum(&mut self) -> Result<Value, String> {
        let mut value = self.term()?;
        while self.take('+') {
            value = match (value, self.term()?) {
                (Value::String(a), Value::String(b)) => json!(a + &b),
                (Value::Array(a), Value::Array(b)) => a.into_iter().chain(b).collect(),
                _ => return Err(self.unread()),
            };
        }
        Ok(value)
    }

    fn term(&mut self) -> Result<Value, String> {
        match self.peek() {
            Some('[') => self.list('[', ']').map(|(items, _)| Value::Array(items)),
            Some('(') => match self.list('(', ')')? {
                (mut items, false) if items.len() == 1 => Ok(items.remove(0)),
                (items, _) => Ok(Value::Array(items)),
            },
            Some('{') => self.dict(),
            Some(quote @ ('\'' | '"')) => self.text(quote),
            Some('-' | '0'..='9') => {
                let number = self.while_in(|c| c == '-' || c == '.' || c.is_ascii_digit());
                serde_json::from_str(number).map_err(|_| format!("no number: {number}"))
            }
            _ => self.name(),
        }
    }

    /// The items, and whether a comma made them a tuple.
    fn list(&mut self, open: char, close: char) -> Result<(Vec<Value>, bool), String> {
        self.take(open);
        let mut items = Vec::new();
        let mut has_comma = false;
        while !self.take(close) {
            items.push(self.sum()?);
            if self.take(',') {
                has_comma = true;
            } else if self.peek() != Some(close) {
                return Err(self.unread());
            }
        }
        let is_tuple = has_comma || items.is_empty();
        Ok((items, is_tuple))
    }

    fn dict(&mut self) -> Result<Value, String> {
        self.take('{');
        let mut entries = Map::new();
        while !self.take('}') {
            let key = self.sum()?;
            let (Some(key), true) = (key.as_str(), self.take(':')) else {
                return Err(self.unread());
            };
            entries.insert(key.to_owned(), self.sum()?);
            if !self.take(',') && self.peek() != Some('}') {
                return Err(self.unread());
            }
        }
        Ok(Value::Object(entries))
    }

    fn text(&mut self, quote: char) -> Result<Value, String> {
        self.take(quote);
        let text = self.while_in(|c| c != quote && c != '\\').to_owned();
        match self.take(quote) {
            true => Ok(json!(text)),
            false => Err(self.unread()),
        }
    }

    fn name(&mut self) -> Result<Value, String> {
        let names = self.names;
        let unread = self.unread();
        let word = self.while_in(|c| c == '_' || c.is_ascii_alphanumeric());
        let value = match word {
            "True" => json!(true),
            "False" => json!(false),
            "None" => Value::Null,
            word => names.get(word).ok_or(unread)?.clone(),
        };
        // what is called or has attributes is more than a name
        match self.peek() {
            Some('(' | '.' | '[') => Err(self.unread()),
            _ => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, evaluate};
    use serde_json::json;

    fn read(text: &str) -> Result<serde_json::Value, String> {
        let names = Names::from([("uid", json!(7)), ("self", json!("ab"))]);
        evaluate(text, &names)
    }

    #[test]
    fn a_filter_is_read_as_python_reads_it() {
        let domain =
            "[\n '|', ('user_id', 'in', [uid, False]),\n (\"state\", '=like', self + '%'), ]";
        assert_eq!(
            read(domain),
            Ok(json!([
                "|",
                ["user_id", "in", [7, false]],
                ["state", "=like", "ab%"]
            ]))
        );
        assert_eq!(
            read("[('a', 'in', ('b',)), ('c', '<', -1.5), ('d', '=', ('e'))]"),
            Ok(json!([
                ["a", "in", ["b"]],
                ["c", "<", -1.5],
                ["d", "=", "e"]
            ]))
        );
        assert_eq!(
            read("{'group_by': 'date:month'}"),
            Ok(json!({"group_by": "date:month"}))
        );
        assert_eq!(read("()"), Ok(json!([])));
    }

    #[test]
    fn what_is_more_than_a_literal_is_not_guessed() {
        for text in [
            "[('a', '=', active_id)]",
            "[('a', '=', context.get('b'))]",
            "[('a', '=', uid.name)]",
            "[('a', '=', 'it\\'s')]",
            "[('a' '=')]",
            "[] and []",
            "{1: 2}",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
