//! Domain names as Route 53 writes and orders them.

use serde_json::Value;

use crate::world::simulated::aws::json::text;

/// What a record set is told from others by, in the order of listings: the labels of its name from the last to the
/// first, its type, and its set identifier.
pub(super) type Key = (Vec<String>, String, String);

/// A domain name in small letters, with a dot at its end.
pub(super) fn full(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.ends_with('.') {
        true => name,
        false => format!("{name}."),
    }
}

/// The labels of a domain name from the last to the first: listings are in their order.
pub(super) fn labels(name: &str) -> Vec<String> {
    let full = full(name);
    let labels = full.trim_end_matches('.').rsplit('.');
    labels.map(str::to_owned).collect()
}

/// What a record set is told from others by.
pub(super) fn key(set: &Value) -> Key {
    let member = |name: &str| text(set, name).unwrap_or_default().to_owned();
    (
        labels(&member("Name")),
        member("Type"),
        member("SetIdentifier"),
    )
}

/// Whether a name is that of a zone, or below it.
pub(super) fn is_within(name: &str, zone: &str) -> bool {
    let zone = full(zone);
    let name = full(name);
    name == zone || name.ends_with(&format!(".{zone}"))
}
