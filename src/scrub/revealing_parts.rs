//! Parts of a secret value that give it away by themselves.

use serde_json::Value;

/// A part (a line, a member of its JSON, a password in a URL) is looked for from this length.
const PART: usize = 6;
/// A member of its JSON whose name says that it is a secret, from this one.
const NAMED: usize = 4;
/// A part that is a secret beyond doubt, wherever it is found, from this one.
const SURE: usize = 8;
/// A line of a value that has several, or the path of a webhook, is looked for from this length.
const LONG: usize = 16;

/// A part of a value that gives it away by itself.
#[derive(Debug, PartialEq)]
pub(super) struct RevealingPart {
    pub text: String,
    /// Whether it is a secret wherever it stands: the name of a database in its JSON is none.
    pub sure: bool,
}

/// Parts of a value that give it away by themselves.
pub(super) fn parts(value: &str) -> Vec<RevealingPart> {
    let mut parts: Vec<RevealingPart> = Vec::new();
    let part = |text: String, sure: bool| RevealingPart { text, sure };
    if value.trim().contains('\n') {
        let lines = value.lines().map(|line| line.trim().to_owned());
        parts.extend(lines.map(|line| {
            part(
                line.clone(),
                line.len() >= LONG && !line.starts_with("-----"),
            )
        }));
    }
    let mut named = Vec::new();
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(value) {
        let mut found = Vec::new();
        leaves(&json, false, &mut found, &mut named);
        parts.extend(found.into_iter().map(|text| part(text, false)));
    }
    let whole: Vec<String> = parts
        .iter()
        .map(|part| part.text.clone())
        .chain(named.clone())
        .chain([value.to_owned()])
        .collect();
    parts.extend(whole.iter().flat_map(|text| in_url(text)));
    parts.retain(|part| part.text.len() >= PART);
    named.retain(|text| text.len() >= NAMED);
    parts.extend(
        named
            .into_iter()
            .map(|text| part(text.clone(), text.len() >= PART)),
    );
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

/// Whether a name says that what it names is a secret: `dbPassword`, `API_KEY`; not `shippingAddress`, `keycloak`.
fn says_secret(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "pass",
        "pwd",
        "pin",
        "pat",
        "key",
        "keys",
        "secrets",
        "credential",
        "credentials",
    ];
    words(name)
        .iter()
        .any(|word| WORDS.contains(&word.as_str()) || ends_secret(word))
}

/// Whether a word is one for a secret, or ends in one: `pgpassword`.
pub(crate) fn ends_secret(word: &str) -> bool {
    let ends = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
    ];
    ends.iter().any(|end| word.ends_with(end))
}

/// The words of a name, in lower case: `accessKeyId` is `access`, `key`, `id`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// The password of a URL, and what is behind its host: the secret part of a webhook.
fn in_url(text: &str) -> Vec<RevealingPart> {
    let Some((_, rest)) = text.trim().split_once("://") else {
        return Vec::new();
    };
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let part = |text: String, from: usize| RevealingPart {
        sure: text.len() >= from,
        text,
    };
    let mut found = Vec::new();
    if let Some((user, _)) = authority.rsplit_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        found.push(part(password.to_owned(), SURE));
        found.extend(decoded(password).map(|text| part(text, SURE)));
    } else if path.len() > PART {
        // Of a database's URL the path is its name, which is not a secret.
        found.push(part(path.to_owned(), LONG));
    }
    found
}

/// Decodes `%XX` escapes of a URL; `None`: an escape or the result is invalid.
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
