//! A value as programs write it: quoted and escaped.

use serde_json::Value;

/// A text as it is, and in the forms that others give it.
pub(super) fn forms(text: &str, found: &mut Vec<String>) {
    found.push(text.to_owned());
    json(text, found);
    for upper in [true, false] {
        let plain = percent(text, upper);
        let slash = if upper { "%2F" } else { "%2f" };
        found.push(plain.replace("%20", "+"));
        found.push(plain.replace(slash, "/"));
        // Within a URL that is a parameter of another.
        found.push(plain.replace('%', "%25"));
        found.push(plain);
    }
    html(text, found);
    shell(text, found);
    literals(text, found);
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

/// As strings of Python (`repr`, of text and of bytes), Ruby, C, SQL and CSV.
fn literals(text: &str, found: &mut Vec<String>) {
    let control = [('\\', "\\\\"), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")];
    let plain = replaced(text, &control);
    let bytes: String = plain.chars().map(in_bytes).collect();
    for escaped in [plain, bytes] {
        found.push(escaped.replace('\'', "\\'"));
        found.push(escaped.replace('"', "\\\""));
        found.push(escaped);
    }
    for quote in ["'", "\"", "`"] {
        found.push(text.replace(quote, &quote.repeat(2)));
    }
    // MySQL's way: backslashes doubled as well.
    found.push(text.replace('\\', "\\\\").replace('\'', "''"));
}

fn in_bytes(character: char) -> String {
    if character.is_ascii() {
        return character.to_string();
    }
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).bytes();
    bytes.map(|byte| format!("\\x{byte:02x}")).collect()
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
