//! Script values and JSON, both ways and without loss.
//!
//! Only JSON-shaped data crosses: it is what primitives take and what the journal can keep.

use rhai::{Blob, Dynamic, FnPtr, ImmutableString, Map};
use serde_json::{Number, Value};

use super::unknown_value::Unknown;

/// A value that has no JSON shape, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJson {
    /// Path from the value that was to be converted: `containerDefinitions[0].image`; empty: itself.
    pub path: String,
    /// What kind of value it is, in words: `a closure`.
    pub what: String,
}

impl std::fmt::Display for NotJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            write!(f, "{} cannot be passed on as data", self.what)
        } else {
            write!(
                f,
                "`{}` is {}, which cannot be passed on as data",
                self.path, self.what
            )
        }
    }
}

/// Converts a script value: unit is null, a character is a string of one.
///
/// # Errors
/// Names the path of the first closure, blob, range, timestamp or non-finite number.
pub fn to_json(value: &Dynamic) -> Result<Value, NotJson> {
    convert(value, &mut String::new())
}

fn convert(value: &Dynamic, path: &mut String) -> Result<Value, NotJson> {
    if value.is_shared() {
        return convert(&value.flatten_clone(), path);
    }
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(b) = value.as_bool() {
        return Ok(Value::Bool(b));
    }
    if let Ok(i) = value.as_int() {
        return Ok(Value::from(i));
    }
    if let Ok(x) = value.as_float() {
        return match Number::from_f64(x) {
            Some(number) => Ok(Value::Number(number)),
            None => Err(not_json(path, format!("the number {x}"))),
        };
    }
    if let Ok(c) = value.as_char() {
        return Ok(Value::String(c.to_string()));
    }
    if let Some(s) = value.read_lock::<ImmutableString>() {
        return Ok(Value::String(s.to_string()));
    }
    if let Some(unknown) = value.read_lock::<Unknown>() {
        return Ok(Value::String(unknown.0.clone()));
    }
    // Integers above i64 come from JSON and go back as they were.
    if let Some(u) = value.read_lock::<u64>() {
        return Ok(Value::from(*u));
    }
    if let Ok(array) = value.as_array_ref() {
        let mut items = Vec::with_capacity(array.len());
        for (index, item) in array.iter().enumerate() {
            let length = path.len();
            path.push_str(&format!("[{index}]"));
            items.push(convert(item, path)?);
            path.truncate(length);
        }
        return Ok(Value::Array(items));
    }
    if let Ok(map) = value.as_map_ref() {
        let mut members = serde_json::Map::with_capacity(map.len());
        for (key, item) in map.iter() {
            let length = path.len();
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
            members.insert(key.to_string(), convert(item, path)?);
            path.truncate(length);
        }
        return Ok(Value::Object(members));
    }
    Err(not_json(path, kind(value)))
}

fn not_json(path: &str, what: String) -> NotJson {
    NotJson {
        path: path.to_owned(),
        what,
    }
}

fn kind(value: &Dynamic) -> String {
    if value.is::<FnPtr>() {
        "a closure".into()
    } else if value.is::<Blob>() {
        "a blob".into()
    } else {
        format!("a value of type {}", value.type_name())
    }
}

/// Converts JSON: null is unit; whole numbers stay whole.
pub fn from_json(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(b) => (*b).into(),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => i.into(),
            (None, Some(u)) => Dynamic::from(u),
            (None, None) => n.as_f64().unwrap_or(f64::NAN).into(),
        },
        Value::String(s) => match Unknown::of(s) {
            Some(unknown) => Dynamic::from(unknown),
            None => s.as_str().into(),
        },
        Value::Array(items) => Dynamic::from_array(items.iter().map(from_json).collect()),
        Value::Object(members) => Dynamic::from_map(
            members
                .iter()
                .map(|(key, item)| (key.as_str().into(), from_json(item)))
                .collect::<Map>(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("finite", |x| x.is_finite())
                .prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn json_comes_back_as_it_was(value in any_json()) {
            prop_assert_eq!(to_json(&from_json(&value)).unwrap(), value);
        }
    }

    #[test]
    fn names_the_path_of_what_is_no_data() {
        let engine = rhai::Engine::new();
        let value: Dynamic = engine
            .eval("#{ a: [1, #{ f: || 1 }], c: 'x' }")
            .expect("a map");
        let error = to_json(&value).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`a[1].f` is a closure, which cannot be passed on as data"
        );
        assert_eq!(to_json(&Dynamic::from('x')).unwrap(), json!("x"));
    }
}
