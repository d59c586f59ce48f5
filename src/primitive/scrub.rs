//! Takes secret values out of whatever is shown or kept.

use aws_smithy_types::base64;
use serde_json::Value;

use crate::call::Fault;

/// A part of a value (a line, a member of its JSON, a password in a URL) is looked for from this length.
const PART: usize = 6;
/// Base64 of a value is looked for in the middle of longer base64 from this length.
const INNER: usize = 8;

/// Knows values, and what stands in their place.
#[derive(Default)]
pub(super) struct Scrub {
    /// Text to look for and what takes its place, longest first.
    known: Vec<(String, String)>,
}

impl Scrub {
    /// Learns a value, its encoded forms and its parts; `(shown)` takes their place.
    pub fn learn(&mut self, value: &str, shown: &str) {
        let place = format!("({shown})");
        let mut found = Vec::new();
        forms(value, &mut found);
        forms(value.trim(), &mut found);
        for part in parts(value) {
            forms(&part, &mut found);
        }
        found.retain(|form| !form.trim().is_empty());
        self.known
            .extend(found.into_iter().map(|form| (form, place.clone())));
        self.known
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        self.known.dedup_by(|a, b| a.0 == b.0);
    }

    /// Whether it knows any value.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// A text without the values.
    pub fn text(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (form, place) in &self.known {
            if out.contains(form.as_str()) {
                out = out.replace(form.as_str(), place);
            }
        }
        out
    }

    /// A text that was cut off at `limit` bytes: half a value at its end goes too.
    pub fn cut_text(&self, text: &str, limit: usize) -> String {
        let mut out = self.text(text);
        if text.len() + 4 < limit {
            return out;
        }
        for (form, _) in &self.known {
            let halves = form.char_indices().map(|(at, _)| at).filter(|at| *at >= 4);
            if let Some(at) = halves.rev().find(|at| out.ends_with(&form[..*at])) {
                out.truncate(out.len() - at);
            }
        }
        out
    }

    /// JSON without the values, in its texts and its names.
    pub fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (self.text(name), self.json(value)))
                .collect(),
            other => other.clone(),
        }
    }

    /// A fault without the values.
    pub fn fault(&self, fault: Fault) -> Fault {
        if self.is_empty() {
            return fault;
        }
        Fault {
            message: self.text(&fault.message),
            hint: fault.hint.map(|hint| self.text(&hint)),
            details: self.json(&fault.details),
            ..fault
        }
    }
}

/// Parts of a value that give it away by themselves.
fn parts(value: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    if value.trim().contains('\n') {
        parts.extend(value.lines().map(|line| line.trim().to_owned()));
    }
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(value) {
        leaves(&json, &mut parts);
    }
    for part in parts.clone().iter().map(String::as_str).chain([value]) {
        parts.extend(in_url(part));
    }
    parts.retain(|part| part.len() >= PART);
    parts
}

fn leaves(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        _ => {}
    }
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

/// A text as it is, in JSON, in a URL, and in base64.
fn forms(text: &str, found: &mut Vec<String>) {
    found.push(text.to_owned());
    let quoted = Value::from(text).to_string();
    found.push(quoted[1..quoted.len() - 1].to_owned());
    for upper in [true, false] {
        found.push(percent(text, upper));
    }
    if text.len() < PART {
        return;
    }
    // Behind a prefix (`user:`) base64 falls on other bounds: what the value alone decides is looked for.
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend(text.as_bytes());
        let encoded = base64::encode(&bytes);
        let whole = encoded.trim_end_matches('=');
        let first = (before * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        if before == 0 {
            found.push(encoded.clone());
            found.push(url_safe(whole));
        }
        if text.len() >= INNER {
            found.push(whole[first..last].to_owned());
            found.push(url_safe(&whole[first..last]));
        }
    }
}

fn url_safe(text: &str) -> String {
    text.replace('+', "-").replace('/', "_")
}

fn percent(text: &str, upper: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => out.push(char::from(b)),
            b if upper => out.push_str(&format!("%{b:02X}")),
            b => out.push_str(&format!("%{b:02x}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn knows(value: &str) -> Scrub {
        let mut scrub = Scrub::default();
        scrub.learn(value, "secret db");
        scrub
    }

    #[test]
    fn a_value_goes_in_every_form() {
        let value = "s3cr\"et/päss&word";
        let scrub = knows(value);
        let json = Value::from(value).to_string();
        let basic = base64::encode(format!("Aladdin:{value}"));
        let alone = base64::encode(value);
        for said in [
            value,
            json.as_str(),
            &percent(value, true),
            &percent(value, false),
            &basic,
            &alone,
            &url_safe(&alone),
        ] {
            let out = scrub.text(&format!("it said {said}!"));
            assert!(out.contains("(secret db)"), "{said}: {out}");
            for trace in [value, "ss&word", "ss%26word", &alone[4..16], &basic[16..28]] {
                assert!(!out.contains(trace), "{trace}: {out}");
            }
        }
    }

    #[test]
    fn parts_of_a_value_go_too() {
        let url = knows("postgres://app:hunt%2Fer22@db.internal:5432/orders");
        for said in ["hunt/er22", "hunt%2Fer22"] {
            assert_eq!(url.text(said), "(secret db)");
        }
        assert_eq!(url.text("db.internal orders"), "db.internal orders");
        let webhook = knows("https://hooks.example.com/services/T0/B0/abcdef");
        let said = webhook.text("POST /services/T0/B0/abcdef to hooks.example.com");
        assert_eq!(said, "POST (secret db) to hooks.example.com");
        let json = knows(r#"{"username":"ana","password":"hunter22","port":5432}"#);
        assert_eq!(json.text("hunter22 at 5432"), "(secret db) at 5432");
        let key = knows("-----BEGIN KEY-----\nMIIabcdef\n-----END KEY-----\n");
        assert_eq!(key.text("read MIIabcdef"), "read (secret db)");
    }

    #[test]
    fn faults_and_cut_off_outputs() {
        let scrub = knows("hunter2222");
        let fault =
            Fault::new("x", "no hunter2222").details(json!({ "hunter2222": ["hunter2222"] }));
        let fault = scrub.fault(fault);
        assert_eq!(fault.message, "no (secret db)");
        assert_eq!(fault.details, json!({ "(secret db)": ["(secret db)"] }));
        assert_eq!(scrub.cut_text("output hunter", 8), "output ");
        assert_eq!(scrub.cut_text("output hunter", 1 << 20), "output hunter");
        assert_eq!(Scrub::default().text("hunter2222"), "hunter2222");
    }
}
