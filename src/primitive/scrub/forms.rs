//! A value as programs write it: quoted, escaped, encoded.

use aws_smithy_types::base64;
use serde_json::Value;

/// A value is looked for encoded from this length.
const ENCODED: usize = 6;
/// Base64 of a value is looked for in the middle of longer base64 from this length.
const INNER: usize = 8;
/// Columns that base64 is wrapped at: MIME and `base64`, PEM.
const WRAPPED: [usize; 2] = [76, 64];

/// A text as it is, and in the forms that others give it.
pub(super) fn forms(text: &str, found: &mut Vec<String>) {
    found.push(text.to_owned());
    json(text, found);
    for upper in [true, false] {
        let plain = percent(text, upper);
        let slash = if upper { "%2F" } else { "%2f" };
        found.push(plain.replace("%20", "+"));
        found.push(plain.replace(slash, "/"));
        found.push(plain);
    }
    html(text, found);
    shell(text, found);
    if text.len() >= ENCODED {
        encoded(text, found);
    }
}

/// As strings of JSON: of Rust and JavaScript, Go, Python, PHP; and as JSON within JSON.
fn json(text: &str, found: &mut Vec<String>) {
    let quoted = inside(text);
    let html_safe = replaced(
        &quoted,
        &[('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026")],
    );
    let ascii: String = quoted.chars().map(escaped).collect();
    found.push(inside(&quoted));
    found.push(quoted.replace('/', "\\/"));
    found.push(ascii.replace('/', "\\/"));
    found.extend([quoted, html_safe, ascii]);
}

/// What stands between the quotes of a JSON string.
fn inside(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn escaped(character: char) -> String {
    if character.is_ascii() {
        return character.to_string();
    }
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units);
    units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// In HTML and XML: of Python, of Go, of most others.
fn html(text: &str, found: &mut Vec<String>) {
    let brackets = replaced(text, &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;")]);
    for (double, single) in [
        ("&quot;", "&#x27;"),
        ("&#34;", "&#39;"),
        ("&quot;", "&#39;"),
        ("&quot;", "&apos;"),
    ] {
        found.push(replaced(&brackets, &[('"', double), ('\'', single)]));
    }
    found.push(brackets);
}

/// As a shell quotes it: within single quotes, and with backslashes.
fn shell(text: &str, found: &mut Vec<String>) {
    found.push(text.replace('\'', "'\\''"));
    found.push(text.replace('\'', "'\"'\"'"));
    let special = " \t\n'\"\\|&;()<>!{}*[]?^$`,";
    let mut out = String::new();
    for character in text.chars() {
        if special.contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    found.push(out);
}

/// In base64, whole, wrapped and within longer base64; in hexadecimal.
fn encoded(text: &str, found: &mut Vec<String>) {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    found.push(hex.to_uppercase());
    found.push(hex);
    // Behind a prefix (`user:`) base64 falls on other bounds: what the value alone decides is looked for.
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend(text.as_bytes());
        let encoded = base64::encode(&bytes);
        let whole = encoded.trim_end_matches('=');
        let first = (before * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        if before == 0 {
            found.push(encoded.replace('=', "%3D"));
            found.push(url_safe(whole));
            for columns in WRAPPED {
                let lines = encoded.as_bytes().chunks(columns);
                let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned());
                found
                    .extend(lines.filter(|line| line.len() >= INNER && line.len() < encoded.len()));
            }
            found.push(encoded.clone());
        }
        if text.len() >= INNER {
            found.push(whole[first..last].to_owned());
            found.push(url_safe(&whole[first..last]));
        }
    }
}

fn replaced(text: &str, by: &[(char, &str)]) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match by.iter().find(|(from, _)| *from == character) {
            Some((_, to)) => out.push_str(to),
            None => out.push(character),
        }
    }
    out
}

pub(super) fn url_safe(text: &str) -> String {
    text.replace('+', "-").replace('/', "_")
}

pub(super) fn percent(text: &str, upper: bool) -> String {
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
