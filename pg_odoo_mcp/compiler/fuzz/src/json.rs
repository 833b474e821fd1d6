//! Places in a JSON value, counted from its root.

use serde_json::Value;

/// How many values there are in it, itself among them.
pub(crate) fn size(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

/// The value at a place below [`size`].
pub(crate) fn at(json: &mut Value, mut place: usize) -> &mut Value {
    let inner: Vec<&mut Value> = match json {
        _ if place == 0 => return json,
        // borrowed anew, for the arm above has returned
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(map) => map.values_mut().collect(),
        _ => unreachable!("a place is below the size"),
    };
    place -= 1;
    for value in inner {
        let here = size(value);
        if place < here {
            return at(value, place);
        }
        place -= here;
    }
    unreachable!("a place is below the size")
}
