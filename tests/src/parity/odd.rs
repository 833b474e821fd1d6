//! Values that fit no field, or hardly: what a person or a program may send all the same.

use serde_json::{Value, json};

/// Falsy, of the wrong type, out of range, and texts that mean something to SQL, to `like` or to dates.
pub(super) fn values() -> Vec<Value> {
    vec![
        json!(false),
        json!(null),
        json!(0),
        json!(0.0),
        json!(""),
        json!([]),
        json!([false]),
        json!([null]),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(99_999_999_999_u64),
        json!("0"),
        json!("7"),
        json!("1.5"),
        json!("abc"),
        json!("%"),
        json!("_"),
        json!("a\\_b"),
        json!("é' \"x"),
        json!("日本"),
        json!("x".repeat(300)),
        json!([false, 3]),
        json!(["a", false]),
        json!([1, "a"]),
        json!("2026-02-10"),
        json!("2026-02-10 12:30:00"),
        json!("2026-02-30"),
        json!("today"),
        json!("now -3d"),
        json!("-1w"),
        json!("=monday"),
        json!("today +1m =1d"),
    ]
}
