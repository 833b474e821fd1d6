//! Fields that hold secrets, by name: Odoo would show them to a user with the right to it, but no
//! answer of these tools does, whichever engine it comes from.

/// Parts of a name, however it is written.
const PARTS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "apikey",
    "api_key",
    "privatekey",
    "private_key",
    "credential",
];

/// What stands before `token` in such a part.
const TOKEN_OF: &[&str] = &["access", "auth", "bearer", "refresh", "session", "client"];

/// Words between underscores.
const WORDS: &[&str] = &[
    "pass", "pwd", "otp", "totp", "hotp", "salt", "nonce", "pin", "cvv", "cvc", "bearer", "token",
    "tokens", "rtoken",
];

/// What stands before `key` or `token` at the end of a name.
const KEY_OF: &[&str] = &[
    "api",
    "access",
    "private",
    "server",
    "client",
    "encryption",
    "signing",
    "signature",
    "transaction",
    "replacement",
    "notification",
    "webhook",
    "hmac",
    "hash",
    "pem",
    "merchant",
    "license",
    "migration",
    "kiosk",
    "pos",
    "app",
    "googlemap",
    "aade",
    "to_talk",
    "shared",
    "account",
    "auth",
    "refresh",
    "oauth",
    "bearer",
    "session",
    "push",
    "jwt",
    "id",
    "signup",
    "verify",
    "verification",
    "csrf",
    "payment",
];

/// Names, or their ends after an underscore.
const ENDS: &[&str] = &[
    "credential_identifier",
    "authcode",
    "pem",
    "pfx",
    "p12",
    "code_verifier",
    "hashiv",
    "webhook_url",
    "verification_code",
    "csid_json",
    "sha_request",
    "sha_response",
    "access_code",
    "gmail_uri",
    "outlook_uri",
    "session_iv",
];

/// Whether the field holds a secret: the same names as in `odoo_mcp_private.is_secret`, whose columns
/// the reading role never gets. `secret_fields.json` is what both are held to.
pub fn is_secret(model: &str, field: &str) -> bool {
    let table = model.replace('.', "_");
    let lower = field.to_lowercase();
    // how many there are, and records that have rights of their own; and days until something passes
    if lower.ends_with("_count") || lower.ends_with("_ids") || lower == "delay_pass" {
        return false;
    }
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let table_has = |parts: &[&str]| parts.iter().any(|part| table.contains(part));
    has(PARTS)
        || lower
            .match_indices("secret")
            .any(|(at, found)| !lower[at + found.len()..].starts_with("ar"))
        || TOKEN_OF.iter().any(|of| {
            lower.contains(&format!("{of}token")) || lower.contains(&format!("{of}_token"))
        })
        || snake_case(field).split('_').any(|word| WORDS.contains(&word))
        || ENDS.iter().any(|end| is_end(&lower, end))
        || ["key", "keys", "token", "tokens"].iter().any(|end| {
            lower
                .strip_suffix(end)
                .map(|rest| rest.strip_suffix('_').unwrap_or(rest))
                .is_some_and(|rest| KEY_OF.iter().any(|of| is_end(rest, of)))
        })
        || table_has(&["mail_server", "certificate", "provider", "terminal", "l10n", "edi"])
            && ["certificate", "private_key", "ssl_key", "key_file", "keyfile"]
                .iter()
                .any(|end| lower.ends_with(end))
        || table_has(&["apikeys", "totp", "passkey", "certificate_key", "auth_oauth", "push_device"])
            && has(&["key", "index", "secret", "content", "credential", "endpoint"])
        || table == "res_users"
            && ["totp_", "oauth_", "signup_"]
                .iter()
                .any(|start| lower.starts_with(start))
        || table == "res_partner"
            && ["signup_token", "signup_type", "signup_expiration"]
                .iter()
                .any(|start| lower.starts_with(start))
        // the address of its QR code has the secret in it
        || table == "auth_totp_wizard" && ["url", "qrcode", "code"].contains(&lower.as_str())
        // database.secret signs sessions, and modules keep their keys here
        || table == "ir_config_parameter" && lower == "value"
}

/// Whether the name is that, or ends in it after an underscore.
fn is_end(name: &str, end: &str) -> bool {
    name.strip_suffix(end)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
}

/// `accessToken` as `access_token`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        before = c;
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::is_secret;
    use std::collections::BTreeMap;

    #[test]
    fn a_secret_is_one_however_it_is_written_and_ordinary_names_are_none() {
        let names: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> =
            serde_json::from_str(include_str!("secret_fields.json")).expect("names by model");
        for (verdict, models) in names {
            for (model, fields) in models {
                for field in fields {
                    let expected = verdict == "secret";
                    assert_eq!(is_secret(model, field), expected, "{model} {field}");
                }
            }
        }
    }
}
