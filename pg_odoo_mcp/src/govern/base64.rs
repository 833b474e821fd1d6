//! Bytes as text of 64 characters, without padding.

/// RFC 4648 §5, as in URLs.
pub(super) fn url(bytes: &[u8]) -> String {
    encode(bytes, *b"-_")
}

/// As passlib writes salts and hashes: RFC 4648 §4 with a dot for the plus.
pub(super) fn passlib(bytes: &[u8]) -> String {
    encode(bytes, *b"./")
}

fn encode(bytes: &[u8], last: [u8; 2]) -> String {
    const FIRST: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().enumerate().fold(0u32, |bits, (at, byte)| {
            bits | u32::from(*byte) << (16 - 8 * at)
        });
        for sextet in 0..=chunk.len() {
            let value = (bits >> (18 - 6 * sextet) & 63) as usize;
            let character = match value.checked_sub(FIRST.len()) {
                Some(place) => last[place],
                None => FIRST[value],
            };
            text.push(char::from(character));
        }
    }
    text
}
