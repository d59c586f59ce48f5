//! Takes secret values out of whatever is shown or kept.
//!
//! [`Scrub`] knows the values of one call, with all their parts, and looks at what that call says. [`Secrets`] knows
//! those of the whole run, and looks at all that is said in it: what one call fetched, a later process may print.

use serde_json::Value;

use crate::vocabulary::Fault;

mod encoded_forms;
mod forms;
mod matcher;
mod revealing_parts;
mod secrets;

pub use secrets::{Kind, Secrets};

use encoded_forms::EncodedForms;
use forms::forms;
use matcher::Matcher;
pub(crate) use revealing_parts::{ends_secret, words};

use revealing_parts::parts;

/// Knows values, and what stands in their place.
#[derive(Debug, Default)]
pub struct Scrub {
    /// Text to look for, in lower case, and what takes its place.
    known: Vec<(String, String)>,
    matcher: Matcher,
    /// Values as encodings write them, over several lines if need be.
    woven: EncodedForms,
}

impl Scrub {
    /// Learns a value, its encoded forms and its parts; `(shown)` takes their place.
    pub fn learn(&mut self, value: &str, shown: &str) {
        let parts = parts(value).into_iter().map(|part| part.text);
        self.take(
            [value.to_owned(), value.trim().to_owned()]
                .into_iter()
                .chain(parts),
            shown,
        );
    }

    /// Learns texts in all their forms.
    fn take(&mut self, texts: impl Iterator<Item = String>, shown: &str) {
        let place = format!("({shown})");
        let mut found = Vec::new();
        for text in texts.filter(|text| !text.trim().is_empty()) {
            forms(&text, &mut found);
            self.woven.learn(&text, &place);
        }
        for form in found {
            let form = form.to_ascii_lowercase();
            if !form.trim().is_empty() && !self.known.iter().any(|(known, _)| *known == form) {
                self.known.push((form, place.clone()));
            }
        }
        self.matcher = Matcher::default();
    }

    /// Whether it knows no secret value.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// A text without the values, however their letters are cased.
    pub fn text(&self, text: &str) -> String {
        match self.is_empty() {
            true => text.to_owned(),
            false => replaced(text, self.found(text)),
        }
    }

    /// The places in a text, from and to, and what takes them.
    fn found(&self, text: &str) -> Vec<(usize, usize, &str)> {
        let forms = || self.known.iter().map(|(form, _)| form.as_str());
        let matches = self.matcher.find(text.as_bytes(), true, forms);
        let mut found = matches
            .into_iter()
            .map(|(form, from, to)| (from, to, self.known[form].1.as_str()))
            .collect();
        self.woven.find(text, &mut found);
        found
    }

    /// One line of a text that comes line by line. `inside`: whether the line before ended within a value.
    pub fn line(&self, line: &str, inside: &mut bool) -> String {
        if *inside && self.woven.goes_on(line) {
            return "(a secret goes on)".to_owned();
        }
        let found = self.found(line);
        *inside = found.iter().any(|(_, to, _)| *to == line.trim_end().len());
        replaced(line, found)
    }

    /// A text that was cut off at `limit` bytes: half a value at its end goes too.
    pub fn cut_text(&self, text: &str, limit: usize) -> String {
        let mut out = self.text(text);
        if text.len() + 4 < limit {
            return out;
        }
        let lower = out.to_ascii_lowercase();
        let half = |form: &str| {
            let halves = form.char_indices().map(|(at, _)| at).filter(|at| *at >= 4);
            halves.rev().find(|at| lower.ends_with(&form[..*at]))
        };
        let longest = self.known.iter().filter_map(|(form, _)| half(form)).max();
        out.truncate(out.len() - longest.unwrap_or(0));
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

    /// A copy of a fault in which secret values are masked.
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

/// A text with something else in the places that were found; places that overlap are one.
fn replaced(text: &str, mut found: Vec<(usize, usize, &str)>) -> String {
    if found.is_empty() {
        return text.to_owned();
    }
    // The longest at a place says what it is.
    found.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut out = String::new();
    let mut done = 0;
    for (from, to, place) in found {
        if from >= done {
            out.push_str(&text[done..from]);
            out.push_str(place);
        }
        done = done.max(to);
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::encoded_forms::url_safe;
    use super::forms::percent;
    use super::*;
    use aws_smithy_types::base64;
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

    /// What other languages and tools make of a value before they print it.
    #[test]
    fn a_value_goes_as_others_write_it() {
        let value = "p<a>&b'c\"d/é f$1+x";
        let scrub = knows(value);
        for said in [
            // Go, Python and PHP write JSON, and JSON within JSON.
            r#"p\u003ca\u003e\u0026b'c\"d/é f$1+x"#,
            r#"p<a>&b'c\"d/\u00e9 f$1+x"#,
            r#"p<a>&b'c\"d\/\u00e9 f$1+x"#,
            r#"p<a>&b'c\\\"d/é f$1+x"#,
            // Python's quote and quote_plus, and a form.
            "p%3Ca%3E%26b%27c%22d/%C3%A9%20f%241%2Bx",
            "p%3Ca%3E%26b%27c%22d%2F%C3%A9+f%241%2Bx",
            // HTML, of Python and of Go.
            "p&lt;a&gt;&amp;b&#x27;c&quot;d/é f$1+x",
            "p&lt;a&gt;&amp;b&#39;c&#34;d/é f$1+x",
            // A shell.
            r#"p<a>&b'\''c"d/é f$1+x"#,
            r#"p<a>&b'"'"'c"d/é f$1+x"#,
            r#"p\<a\>\&b\'c\"d/é\ f\$1+x"#,
            "703c613e2662276322642fc3a9206624312b78",
        ] {
            let out = scrub.text(&format!("it said {said}!"));
            assert!(out.starts_with("it said (secret db)"), "{said}: {out}");
        }
        let long: String = (0..120).map(|i| char::from(b'a' + i % 23)).collect();
        let scrub = knows(&long);
        let encoded = base64::encode(&long);
        for columns in [64, 76] {
            for line in encoded.as_bytes().chunks(columns) {
                let line = String::from_utf8_lossy(line);
                assert_eq!(scrub.text(&line), "(secret db)", "{line}");
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
        let short = knows(r#"{"pin":4711,"dbPassword":"abcd","role":"app","id":482913}"#);
        let said = short.text("4711 abcd app 482913");
        assert_eq!(said, "(secret db) (secret db) app (secret db)");
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
