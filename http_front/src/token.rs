//! The bearer token: read from its header, judged by its shape, and turned into its hash.

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use sha2::{Digest, Sha256};
use std::fmt;

/// What every token begins with, so that scanners for leaked secrets find it. NEVER CHANGE.
const PREFIX: &str = "omcp_";

/// Length of 256 random bits in base64url without padding.
const RANDOM_LENGTH: usize = 43;

/// SHA-256 of a token; all that this process keeps of it, and all that the database stores.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash([u8; 32]);

/// Why there is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// The request has no `Authorization`.
    Missing,
    /// It has one that cannot be a token of ours.
    Malformed,
}

impl TokenHash {
    /// The hash of the one bearer token in these headers.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, TokenError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().ok_or(TokenError::Missing)?;
        // of two tokens, a proxy in between and we might believe different ones
        if values.next().is_some() {
            return Err(TokenError::Malformed);
        }
        bearer(value).map(Self::of).ok_or(TokenError::Malformed)
    }

    /// The hash of this token.
    pub(crate) fn of(token: &str) -> Self {
        TokenHash(Sha256::digest(token.as_bytes()).into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
impl TokenHash {
    /// One of many.
    pub(crate) fn for_tests(number: u32) -> Self {
        TokenHash(Sha256::digest(number.to_be_bytes()).into())
    }
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && is_well_formed(token)).then_some(token)
}

fn is_well_formed(token: &str) -> bool {
    token.strip_prefix(PREFIX).is_some_and(|random| {
        random.len() == RANDOM_LENGTH
            && random
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "omcp_0123456789abcdefghijklmnopqrstuvwxyzABCDE-_";

    fn read(values: &[&str]) -> Result<TokenHash, TokenError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                AUTHORIZATION,
                HeaderValue::from_str(value).expect("a header value"),
            );
        }
        TokenHash::from_headers(&headers)
    }

    #[test]
    fn a_token_is_hashed_whole() {
        let hash = read(&[&format!("bearer {TOKEN}")]).expect("well formed");
        assert_eq!(hash.as_bytes(), Sha256::digest(TOKEN).as_slice());
        assert_eq!(format!("{hash:?}"), "TokenHash([redacted])");
    }

    #[test]
    fn what_cannot_be_a_token_is_refused() {
        assert_eq!(read(&[]), Err(TokenError::Missing));
        for garbage in [
            String::new(),
            "Bearer".into(),
            "Bearer ".into(),
            format!("Basic {TOKEN}"),
            format!("Bearer {TOKEN}x"),
            format!("Bearer {}", &TOKEN[..47]),
            format!("Bearer {}", TOKEN.replace("omcp_", "ghp__")),
            format!("Bearer {}", TOKEN.replace('-', "+")),
        ] {
            assert_eq!(read(&[&garbage]), Err(TokenError::Malformed), "{garbage:?}");
        }
        let good = format!("Bearer {TOKEN}");
        assert_eq!(read(&[&good, &good]), Err(TokenError::Malformed));
    }
}
