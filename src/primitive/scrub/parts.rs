//! Parts of a secret value that give it away by themselves.

use serde_json::Value;

/// A part (a line, a member of its JSON, a password in a URL) is looked for from this length.
const PART: usize = 6;
/// A member of its JSON whose name says that it is a secret, from this one.
const NAMED: usize = 4;

/// Parts of a value that give it away by themselves.
pub(super) fn parts(value: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    if value.trim().contains('\n') {
        parts.extend(value.lines().map(|line| line.trim().to_owned()));
    }
    let mut named = Vec::new();
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(value) {
        leaves(&json, false, &mut parts, &mut named);
    }
    for part in parts.clone().iter().map(String::as_str).chain([value]) {
        parts.extend(in_url(part));
    }
    parts.retain(|part| part.len() >= PART);
    named.retain(|part| part.len() >= NAMED);
    parts.extend(named);
    parts
}

/// The leaves of a secret's JSON; `named` are those whose member says that it is one.
fn leaves(json: &Value, secret: bool, found: &mut Vec<String>, named: &mut Vec<String>) {
    let mut leaf = |text: String| match secret {
        true => named.push(text),
        false => found.push(text),
    };
    match json {
        Value::String(text) => leaf(text.clone()),
        Value::Number(number) => leaf(number.to_string()),
        Value::Array(items) => {
            for item in items {
                leaves(item, secret, found, named);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                leaves(value, secret || says_secret(name), found, named);
            }
        }
        _ => {}
    }
}

fn says_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    let words = ["pass", "pwd", "pin", "secret", "token", "key", "credential"];
    words.iter().any(|word| name.contains(word))
}

/// The password of a URL, and what is behind its host: the secret part of a webhook.
fn in_url(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.trim().split_once("://") else {
        return Vec::new();
    };
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let mut found = Vec::new();
    if let Some((user, _)) = authority.rsplit_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        found.push(password.to_owned());
        found.extend(decoded(password));
    } else if path.len() > PART {
        // Of a database's URL the path is its name, which is no secret.
        found.push(path.to_owned());
    }
    found
}

/// `%XX` taken back.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let pair = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}
