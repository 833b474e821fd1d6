//! Which of the protocol's two eras a message belongs to.
//!
//! Legacy revisions agree on a version in a handshake; modern ones carry version and capabilities
//! in every request (`_meta`), and repeat in headers what a gateway may want to read. Both are
//! served at the same address, so each message has to tell by itself.

use super::meta::Meta;
use crate::error::Kind;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The revisions that are served, newest first: one modern, the others with a handshake. Clients
/// that know only newer ones learn from this list that there is a handshake to fall back to.
pub(crate) const REVISIONS: [&str; 5] = [
    MODERN,
    "2025-11-25",
    "2025-06-18",
    "2025-03-26",
    "2024-11-05",
];

const MODERN: &str = "2026-07-28";

const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The ways a message can be meant, in the protocol's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// Client and server agree on a revision first.
    Legacy,
    /// Every request says all that is needed to answer it.
    Modern,
}

impl Era {
    /// For the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Era::Legacy => "legacy",
            Era::Modern => "modern",
        }
    }

    /// Tells the era of a request, and refuses what contradicts itself or is not served.
    ///
    /// A modern version in `_meta` or in the header makes it modern, and then both must be there
    /// and be the same; a legacy request may come without a header.
    pub(crate) fn of_request(
        headers: &HeaderMap,
        method: &str,
        meta: Option<&Meta>,
    ) -> Result<Self, Kind> {
        let claim = meta.and_then(|meta| Some((meta, meta.version?)));
        let claims_modern = claim.is_some_and(|(_, version)| !is_handshake(&text(version)));
        if method == "initialize" && !claims_modern && has_modern_header(headers) {
            return Err(Kind::HeaderMismatch(
                "initialize belongs to the handshake, MCP-Protocol-Version to a revision without one",
            ));
        }
        if !claims_modern && !has_modern_header(headers) && method != "server/discover" {
            return legacy(headers);
        }
        let Some((meta, version)) = claim else {
            return Err(unclaimed(headers));
        };
        let Ok(version) = serde_json::from_str::<Cow<str>>(version.get()) else {
            return Err(Kind::InvalidMeta(
                "io.modelcontextprotocol/protocolVersion in _meta must be a string",
            ));
        };
        if only(headers, &VERSION_HEADER) != Some(&version) {
            return Err(Kind::HeaderMismatch(
                "MCP-Protocol-Version must be the version in _meta",
            ));
        }
        if version != MODERN {
            return Err(Kind::UnsupportedVersion(version.into_owned()));
        }
        meta.check_capabilities()?;
        Ok(Era::Modern)
    }

    /// Tells the era of a notification. Modern revisions have none of a client's over HTTP and no
    /// rules for one's headers; so it is enough that the version is served.
    pub(crate) fn of_notification(headers: &HeaderMap) -> Result<Self, Kind> {
        match only(headers, &VERSION_HEADER) {
            Some(MODERN) => Ok(Era::Modern),
            Some(version) if is_modern(version) => {
                Err(Kind::UnsupportedVersion(version.to_owned()))
            }
            _ => legacy(headers),
        }
    }
}

/// Whether `initialize` can agree on this revision.
pub(super) fn is_handshake(version: &str) -> bool {
    version != MODERN && REVISIONS.contains(&version)
}

/// Without a header, 2025-03-26 is meant.
fn legacy(headers: &HeaderMap) -> Result<Era, Kind> {
    let is_known = |value: &HeaderValue| value.to_str().is_ok_and(is_handshake);
    match headers.get_all(VERSION_HEADER).iter().all(is_known) {
        true => Ok(Era::Legacy),
        // not a code of the modern revisions: clients take those as a reason not to fall back
        false => Err(Kind::InvalidRequest(
            "unsupported MCP-Protocol-Version; served are 2024-11-05, 2025-03-26, 2025-06-18, \
             2025-11-25, and with it in _meta, too, 2026-07-28",
        )),
    }
}

/// Why a request that is modern by its header or its method can't be answered.
fn unclaimed(headers: &HeaderMap) -> Kind {
    match only(headers, &VERSION_HEADER) {
        // a revision that is not known may want something else than `_meta`
        Some(version) if is_modern(version) && version != MODERN => {
            Kind::UnsupportedVersion(version.to_owned())
        }
        _ => Kind::InvalidMeta("io.modelcontextprotocol/protocolVersion is missing in _meta"),
    }
}

fn has_modern_header(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(VERSION_HEADER).iter();
    values.any(|value| value.to_str().is_ok_and(is_modern))
}

/// A date that is not before the first modern revision's.
fn is_modern(version: &str) -> bool {
    let is_date = version.len() == MODERN.len()
        && version
            .bytes()
            .zip(MODERN.bytes())
            .all(|(byte, model)| match model {
                b'-' => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    is_date && version >= MODERN
}

/// The one value of a header, without the whitespace around it.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    // of two values, a gateway and we might believe different ones
    values
        .next()
        .is_none()
        .then(|| value.trim_matches([' ', '\t']))
}

fn text(version: &RawValue) -> Cow<'_, str> {
    serde_json::from_str(version.get()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[&str] = &[];

    fn headers(versions: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for version in versions {
            headers.append(VERSION_HEADER, version.parse().expect("a value"));
        }
        headers
    }

    /// The name of the era or of the refusal.
    fn request(versions: &[&str], method: &str, claim: Option<&str>) -> String {
        let params = claim.map_or("{}".to_owned(), |claim| {
            format!(
                r#"{{"_meta":{{"io.modelcontextprotocol/protocolVersion":{claim},
                               "io.modelcontextprotocol/clientCapabilities":{{}}}}}}"#
            )
        });
        let params = RawValue::from_string(params).expect("JSON");
        let meta = Meta::read(Some(&params)).expect("it can be read");
        match Era::of_request(&headers(versions), method, meta.as_ref()) {
            Ok(era) => era.name().to_owned(),
            Err(kind) => format!("{kind:?}")
                .split('(')
                .next()
                .expect("a name")
                .to_owned(),
        }
    }

    #[test]
    fn what_names_no_modern_revision_is_legacy_by_its_header() {
        for version in &REVISIONS[1..] {
            assert_eq!(request(&[version], "ping", None), "legacy", "{version}");
            let claim = format!("{version:?}");
            assert_eq!(request(&[version], "ping", Some(&claim)), "legacy");
        }
        assert_eq!(request(NONE, "ping", None), "legacy");
        assert_eq!(request(NONE, "initialize", None), "legacy");
        for unknown in [
            "1.0",
            "",
            "v999.0.0",
            "2026-07-27",
            "2026-7-28",
            "DRAFT-2026",
        ] {
            assert_eq!(
                request(&[unknown], "ping", None),
                "InvalidRequest",
                "{unknown}"
            );
        }
        assert_eq!(
            request(&["2025-11-25", "1.0"], "ping", None),
            "InvalidRequest"
        );
    }

    #[test]
    fn a_refused_client_is_told_every_revision() {
        let Err(Kind::InvalidRequest(text)) = legacy(&headers(&["1.0"])) else {
            panic!("1.0 is no revision");
        };
        for version in REVISIONS {
            assert!(text.contains(version), "{version}: {text}");
        }
    }

    #[test]
    fn a_modern_request_says_its_version_twice() {
        let modern = Some(r#""2026-07-28""#);
        assert_eq!(request(&["2026-07-28"], "tools/list", modern), "modern");
        assert_eq!(request(&[" 2026-07-28\t"], "tools/list", modern), "modern");
        // also where the method is one of the handshake's
        assert_eq!(request(&["2026-07-28"], "initialize", modern), "modern");
        assert_eq!(request(NONE, "tools/list", modern), "HeaderMismatch");
        assert_eq!(request(NONE, "initialize", modern), "HeaderMismatch");
        assert_eq!(
            request(&["2025-11-25"], "tools/list", modern),
            "HeaderMismatch"
        );
        assert_eq!(
            request(&["2026-07-28"], "tools/list", Some(r#""2025-11-25""#)),
            "HeaderMismatch"
        );
        assert_eq!(
            request(&["2026-07-28"; 2], "tools/list", modern),
            "HeaderMismatch"
        );
        assert_eq!(
            request(&["2026-07-28", "2025-11-25"], "tools/list", modern),
            "HeaderMismatch"
        );
        assert_eq!(
            request(&["2026-07-28"], "initialize", None),
            "HeaderMismatch"
        );
    }

    #[test]
    fn a_version_in_meta_is_needed_and_a_string() {
        for (versions, method) in [
            (&["2026-07-28"][..], "tools/list"),
            (&["2026-07-28"], "server/discover"),
            (&["2025-11-25"], "server/discover"),
            (NONE, "server/discover"),
        ] {
            for claim in [None, Some("null")] {
                assert_eq!(request(versions, method, claim), "InvalidMeta");
            }
        }
        assert_eq!(
            request(&["2026-07-28"], "tools/list", Some("1")),
            "InvalidMeta"
        );
        assert_eq!(request(NONE, "tools/list", Some("{}")), "InvalidMeta");
    }

    #[test]
    fn other_versions_are_told_which_ones_are_served() {
        for version in ["v999.0.0", "2026-07-29", "2026-01-01", "1.0"] {
            assert_eq!(
                request(&[version], "tools/list", Some(&format!("{version:?}"))),
                "UnsupportedVersion"
            );
        }
        assert_eq!(
            request(&["2025-11-25"], "server/discover", Some(r#""2025-11-25""#)),
            "UnsupportedVersion"
        );
        assert_eq!(
            request(&["2027-01-01"], "tools/list", None),
            "UnsupportedVersion"
        );
    }

    #[test]
    fn a_notification_needs_a_served_version_only() {
        let of = |versions: &[&str]| Era::of_notification(&headers(versions)).ok();
        assert_eq!(of(NONE), Some(Era::Legacy));
        assert_eq!(of(&["2025-06-18"]), Some(Era::Legacy));
        assert_eq!(of(&["2026-07-28"]), Some(Era::Modern));
        assert_eq!(of(&["2026-07-29"]), None);
        assert_eq!(of(&["1.0"]), None);
        assert_eq!(of(&["2026-07-28"; 2]), None);
    }
}
