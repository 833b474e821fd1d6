//! `_meta` of a request, as far as the protocol itself reads it.

use crate::error::Kind;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The keys of `params._meta` that mean something here. A `null` counts as absent.
#[derive(Deserialize)]
pub(crate) struct Meta<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/protocolVersion")]
    pub(super) version: Option<&'a RawValue>,
    #[serde(borrow, rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Option<&'a RawValue>,
    #[serde(borrow)]
    traceparent: Option<&'a RawValue>,
}

impl<'a> Meta<'a> {
    /// Nothing, if there is none. One that can't be read is refused: a gateway before us may read it
    /// otherwise.
    pub(crate) fn read(params: Option<&'a RawValue>) -> Result<Option<Self>, Kind> {
        #[derive(Deserialize)]
        struct Params<'a> {
            #[serde(borrow, rename = "_meta")]
            meta: Option<&'a RawValue>,
        }
        let unreadable = || Kind::InvalidMeta("_meta must be an object that has each key once");
        // parameters of another shape are the method's to refuse
        let Some(params) = params.filter(|params| is_object(params)) else {
            return Ok(None);
        };
        let params: Params = object(params).ok_or_else(unreadable)?;
        match params.meta {
            None => Ok(None),
            Some(meta) => object(meta).map(Some).ok_or_else(unreadable),
        }
    }

    /// What a modern request must say beside its version. We need none of the capabilities, but a
    /// client that leaves them out would be refused by the first tool that does.
    pub(super) fn check_capabilities(&self) -> Result<(), Kind> {
        match self.capabilities.is_some_and(is_object) {
            true => Ok(()),
            false => Err(Kind::InvalidMeta(
                "io.modelcontextprotocol/clientCapabilities in _meta must be an object",
            )),
        }
    }

    /// The caller's trace, if it has the form of W3C's Trace Context: anything else has no place
    /// in a log.
    pub(crate) fn traceparent(&self) -> Option<&'a str> {
        let text: &str = serde_json::from_str(self.traceparent?.get()).ok()?;
        let lengths = text.split('-').map(str::len);
        let is_trace = lengths.eq([2, 32, 16, 2])
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        is_trace.then_some(text)
    }
}

fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

fn object<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Option<T> {
    // a struct of serde would take an array too, by position
    is_object(value)
        .then(|| serde_json::from_str(value.get()).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("JSON")
    }

    fn read(params: &RawValue) -> Option<Meta<'_>> {
        Meta::read(Some(params)).expect("it can be read")
    }

    #[test]
    fn only_an_object_with_each_key_once_is_read() {
        let version =
            r#"{"_meta":{"x":[1],"io.modelcontextprotocol\/protocolVersion":"2026-07-28"}}"#;
        let params = raw(version);
        let meta = read(&params).expect("a meta");
        assert_eq!(
            meta.version.map(RawValue::get),
            Some(r#""2026-07-28""#),
            "a key may be escaped"
        );
        assert!(meta.check_capabilities().is_err());
        for params in [r#"{}"#, r#"{"_meta":null}"#, r#"[{"_meta":{}}]"#, r#"1"#] {
            assert!(
                matches!(Meta::read(Some(&raw(params))), Ok(None)),
                "{params}"
            );
        }
        assert!(matches!(Meta::read(None), Ok(None)));
        for params in [
            r#"{"_meta":[]}"#,
            r#"{"_meta":{},"_meta":{}}"#,
            r#"{"_meta":{"traceparent":1,"traceparent":2}}"#,
        ] {
            assert!(Meta::read(Some(&raw(params))).is_err(), "{params}");
        }
        let deep = format!("{}{}", "[".repeat(400_000), "]".repeat(400_000));
        assert!(read(&raw(&format!(r#"{{"_meta":{{"x":{deep}}}}}"#))).is_some());
    }

    #[test]
    fn capabilities_are_an_object() {
        let check = |value: &str| {
            let params = raw(&format!(
                r#"{{"_meta":{{"io.modelcontextprotocol/clientCapabilities":{value}}}}}"#
            ));
            let meta = read(&params).expect("a meta");
            meta.check_capabilities().is_ok()
        };
        assert!(check("{}") && check(r#"{"sampling":{}}"#));
        assert!(!check("null") && !check("[]") && !check("true"));
    }

    #[test]
    fn a_trace_is_a_trace_or_nothing() {
        let trace_of = |value: &str| {
            let params = raw(&format!(r#"{{"_meta":{{"traceparent":{value}}}}}"#));
            let meta = read(&params).expect("a meta");
            meta.traceparent().map(str::to_owned)
        };
        let trace = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
        assert_eq!(trace_of(&format!("{trace:?}")).as_deref(), Some(trace));
        for other in [
            "1",
            r#""""#,
            r#""omcp_secret""#,
            &format!("{:?}", trace.to_uppercase()),
            &format!("{:?}", trace.replace("b7-01", "b701-")),
        ] {
            assert_eq!(trace_of(other), None, "{other}");
        }
    }
}
