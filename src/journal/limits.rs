//! What a journal can hold: what was written must be read again.

use serde_json::Value;

/// Levels of objects and lists in one value: as many as a JSON parser takes from an answer.
const MOST_DEEP: usize = 128;
/// Levels in a whole entry, which has a few of its own around the value.
pub(super) const MOST_DEEP_ENTRY: usize = MOST_DEEP + 32;
/// Bytes of the texts in one value: what a script has in its hands is not a file store.
const MOST_BYTES: usize = 32 << 20;

/// Whether a journal can hold this value.
///
/// # Errors
/// What is wrong with it.
pub fn recordable(value: &Value) -> Result<(), String> {
    let mut bytes = 0;
    measure(value, 1, &mut bytes)
}

fn measure(value: &Value, level: usize, bytes: &mut usize) -> Result<(), String> {
    *bytes += match value {
        Value::String(text) => text.len(),
        _ => 4,
    };
    if *bytes > MOST_BYTES {
        let most = MOST_BYTES >> 20;
        return Err(format!(
            "it is larger than {most} MiB, which no journal keeps"
        ));
    }
    if level > MOST_DEEP && (value.is_array() || value.is_object()) {
        return Err(format!(
            "it nests more than {MOST_DEEP} levels deep, which no journal keeps"
        ));
    }
    match value {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| measure(item, level + 1, bytes)),
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            *bytes += name.len();
            measure(member, level + 1, bytes)
        }),
        _ => Ok(()),
    }
}

/// Levels of objects and lists in a JSON text.
pub(super) fn depth(json: &[u8]) -> usize {
    let (mut level, mut deepest) = (0_usize, 0);
    let (mut text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'{' | b'[' if !text => {
                level += 1;
                deepest = deepest.max(level);
            }
            b'}' | b']' if !text => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn what_nests_too_deeply_is_refused() {
        assert!(recordable(&nested(MOST_DEEP)).is_ok());
        assert!(recordable(&nested(MOST_DEEP + 1)).is_err());
        assert!(recordable(&json!({ "a": { "b": nested(MOST_DEEP - 1) } })).is_err());
    }

    #[test]
    fn depth_counts_brackets_outside_of_texts() {
        for (json, levels) in [
            (json!(1), 0),
            (json!({ "a[": "[[\"{{\\" }), 1),
            (json!([{ "a": [] }]), 3),
        ] {
            assert_eq!(depth(json.to_string().as_bytes()), levels, "{json}");
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let mebibyte = "x".repeat(1 << 20);
        assert!(recordable(&json!(vec![mebibyte.clone(); 31])).is_ok());
        assert!(recordable(&json!(vec![mebibyte; 33])).is_err());
    }
}
