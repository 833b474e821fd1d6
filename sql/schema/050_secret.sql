-- API: Private. Columns that the reading role never gets, by name. The compiler leaves the same fields out of what Odoo is asked;
-- its secret_fields.json has the names that both are held to.
--
-- Besides Odoo's own (passwords, TOTP, API keys) it catches what integrations call their secrets.
-- access_token and its like open a document to anybody without a login, so they count.
-- A name too many costs one field in answers; a name too few is a leak: in doubt it is listed.
CREATE FUNCTION odoo_mcp_private.is_secret(table_name name, column_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT -- how many there are, and records that have rights of their own; and days until something passes
        pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.!~) '((_count|_ids)$|^delay_pass$)'
        AND (
           -- in the middle of a word, and however it is written
           pg_catalog.lower(column_name::pg_catalog.text)
           OPERATOR(pg_catalog.~) '(password|passwd|passphrase|passcode|secret(?!ar)|api_?key|(access|auth|bearer|refresh|session|client)_?token|private_?key|credential)'
        OR pg_catalog.lower(pg_catalog.regexp_replace(column_name::pg_catalog.text, '([a-z0-9])([A-Z])', '\1_\2', 'g'))
           OPERATOR(pg_catalog.~) '(^|_)(pass|pwd|otp|totp|hotp|salt|nonce|pin|cvv|cvc|bearer|token|tokens|rtoken)(_|$)'
        OR pg_catalog.lower(column_name::pg_catalog.text)
           OPERATOR(pg_catalog.~) '(^|_)(api|access|private|server|client|encryption|signing|signature|transaction|replacement|notification|webhook|hmac|hash|pem|merchant|license|migration|kiosk|pos|app|googlemap|aade|to_talk|shared|account|auth|refresh|oauth|bearer|session|push|jwt|id|signup|verify|verification|csrf|payment)_?(key|keys|token|tokens)$'
        OR pg_catalog.lower(column_name::pg_catalog.text)
           OPERATOR(pg_catalog.~) '(^|_)(credential_identifier|authcode|pem|pfx|p12|code_verifier|hashiv|webhook_url|verification_code|csid_json|sha_request|sha_response|access_code|gmail_uri|outlook_uri|session_iv)$'
        OR pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.~) '(certificate|private_key|ssl_key|key_file|keyfile)$'
           AND table_name OPERATOR(pg_catalog.~) '(mail_server|certificate|provider|terminal|l10n|edi)'
        OR table_name OPERATOR(pg_catalog.~) '(apikeys|totp|passkey|certificate_key|auth_oauth|push_device)'
           AND pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.~) '(key|index|secret|content|credential|endpoint)'
        OR table_name OPERATOR(pg_catalog.=) 'res_users' AND pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.~) '^(totp_|oauth_|signup_)'
        OR table_name OPERATOR(pg_catalog.=) 'res_partner' AND pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.~) '^signup_(token|type|expiration)'
        -- the address of its QR code has the secret in it
        OR table_name OPERATOR(pg_catalog.=) 'auth_totp_wizard' AND pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.~) '^(url|qrcode|code)$'
        -- database.secret signs sessions, and modules keep their keys here
        OR table_name OPERATOR(pg_catalog.=) 'ir_config_parameter' AND pg_catalog.lower(column_name::pg_catalog.text) OPERATOR(pg_catalog.=) 'value'
        )
$$;
