//! A value in base64, base32 or hexadecimal: whole, within a longer text, and wrapped at any column.

use std::collections::HashSet;

use aws_smithy_types::base64;

use super::matcher::Matcher;
use crate::text::hex;

/// A value is looked for encoded from this length.
const ENCODED: usize = 6;
/// What is looked for in the middle of a longer encoding is at least this long.
const INNER: usize = 8;
/// A run of an encoding's letters is taken for a piece of a value from this length.
const PIECE: usize = 12;

/// What a value alone decides of its encodings.
#[derive(Debug, Default)]
pub(super) struct EncodedForms {
    /// Encoded text, and what takes its place.
    known: Vec<(String, String)>,
    /// Finds them whole.
    whole: Matcher,
    /// Finds how they begin: their first [`INNER`] letters.
    beginnings: Matcher,
    /// Every [`INNER`] letters in a row of any of them: what a piece begins with.
    inner: HashSet<[u8; INNER]>,
}

impl EncodedForms {
    pub fn learn(&mut self, text: &str, place: &str) {
        if text.len() < ENCODED {
            return;
        }
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut found = Vec::new();
        for bytes in [text.as_bytes(), &utf16] {
            // Behind a prefix (`user:`) an encoding falls on other bounds: what the value alone decides is looked for.
            for before in 0..3 {
                let whole = core(bytes, before, 6, |bytes| base64::encode(bytes));
                found.push(url_safe(&whole));
                found.push(whole);
            }
            for before in 0..5 {
                found.push(core(bytes, before, 5, base32));
            }
        }
        let hex: String = hex::hex(text.as_bytes());
        found.push(hex.to_uppercase());
        found.push(hex);
        for form in found {
            if form.len() >= INNER && !self.known.iter().any(|(known, _)| *known == form) {
                let grams = form.as_bytes().windows(INNER);
                self.inner
                    .extend(grams.filter_map(|gram| <[u8; INNER]>::try_from(gram).ok()));
                self.known.push((form, place.to_owned()));
            }
        }
        self.whole = Matcher::default();
        self.beginnings = Matcher::default();
    }

    /// The places in a text, from and to, and what takes them.
    pub fn find<'a>(&'a self, text: &str, found: &mut Vec<(usize, usize, &'a str)>) {
        if self.known.is_empty() || text.len() < INNER {
            return;
        }
        let (squeezed, places) = squeezed(text);
        let forms = || self.known.iter().map(|(form, _)| form.as_str());
        for (form, at, end) in self.whole.find(&squeezed, false, forms) {
            // The letters at its bounds hold bits of what stands beside it, and of the value.
            let (mut from, mut to) = (at, end);
            let bytes = squeezed.as_slice();
            let beside = |a: usize, b: usize| {
                places[a] + 1 == places[b] && letter(bytes[a]) && letter(bytes[b])
            };
            while from > 0 && at - from < 2 && beside(from - 1, from) {
                from -= 1;
            }
            while to < bytes.len() && to - end < 2 && beside(to - 1, to) {
                to += 1;
            }
            while to < bytes.len() && bytes[to] == b'=' {
                to += 1;
            }
            found.push((places[from], places[to - 1] + 1, &self.known[form].1));
        }
        // One line of several, seen by itself.
        let mut at = 0;
        for run in text.as_bytes().split(|byte| !letter(*byte)) {
            if self.may_be_a_piece(run) {
                // A run of letters is ASCII.
                let run = &text[at..at + run.len()];
                for (form, place) in &self.known {
                    if let Some((from, to)) = piece(run, form) {
                        found.push((at + from, at + to, place));
                    }
                }
            }
            at += run.len() + 1;
        }
    }

    /// Whether [`piece`] can be true of any form: it is slow, and nearly no text holds a piece.
    fn may_be_a_piece(&self, run: &[u8]) -> bool {
        let Some(first) = run.first_chunk::<INNER>() else {
            return false;
        };
        let beginnings = || self.known.iter().map(|(form, _)| &form[..INNER]);
        self.inner.contains(first) || !self.beginnings.find(run, false, beginnings).is_empty()
    }

    /// Whether a line that follows a piece is a piece, too, however short.
    pub fn goes_on(&self, line: &str) -> bool {
        let line = line.trim().trim_end_matches('=');
        // Its last letter may hold bits of what stands behind the value.
        let but_last = line
            .char_indices()
            .next_back()
            .map_or("", |(at, _)| &line[..at]);
        let piece =
            |form: &str| form.contains(line) || (!but_last.is_empty() && form.ends_with(but_last));
        !line.is_empty() && self.known.iter().any(|(form, _)| piece(form))
    }
}

/// The part of a run of letters that is a piece of an encoded value: the whole run, its end, or its beginning.
fn piece(run: &str, form: &str) -> Option<(usize, usize)> {
    if run.len() >= PIECE && form.contains(run) {
        return Some((0, run.len()));
    }
    let lengths = || (INNER..=run.len().min(form.len())).rev();
    let end = lengths().find(|length| run.ends_with(&form[..*length]));
    if let Some(length) = end {
        return Some((run.len() - length, run.len()));
    }
    let beginning = lengths().find(|length| run.starts_with(&form[form.len() - length..]));
    beginning.map(|length| (0, length))
}

fn letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// What `bytes` alone decide of an encoding with `bits` a letter, behind so many other bytes.
fn core(bytes: &[u8], before: usize, bits: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let mut all = vec![0; before];
    all.extend(bytes);
    let encoded = encode(&all);
    let first = (before * 8).div_ceil(bits);
    let last = all.len() * 8 / bits;
    encoded[first.min(last)..last].to_owned()
}

/// The bytes of a text without what wraps long lines, and where each of them stood.
fn squeezed(text: &str) -> (Vec<u8>, Vec<usize>) {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut places = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            // A line's end as JSON and programs write it.
            b'\\' if matches!(bytes.get(at + 1), Some(b'n' | b'r')) => at += 1,
            b':' | b' ' | b'\t'..=b'\r' => {}
            byte => {
                out.push(byte);
                places.push(at);
            }
        }
        at += 1;
    }
    (out, places)
}

pub(super) fn url_safe(text: &str) -> String {
    text.replace('+', "-").replace('/', "_")
}

/// Base32 (RFC 4648, section 6) without padding.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut out, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xFFFF;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(LETTERS[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_rfc() {
        for (text, encoded) in [("f", "MY"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(text.as_bytes()), encoded);
        }
    }

    /// Whatever column an encoder wraps at, and whatever stands before the value.
    #[test]
    fn wrapped_encodings_are_found_at_every_column() {
        let value = "correct-horse/battery.staple#42";
        let mut woven = EncodedForms::default();
        woven.learn(value, "(x)");
        for prefix in ["", "a", "ab", "abc", "user:"] {
            let whole = format!("{prefix}{value}");
            let hex: String = hex::hex(whole.as_bytes());
            for encoded in [base64::encode(&whole), base32(whole.as_bytes()), hex] {
                for column in [12, 16, 19, 20, 33, 64, 76] {
                    let lines = encoded
                        .as_bytes()
                        .chunks(column)
                        .map(String::from_utf8_lossy);
                    let wrapped = lines.collect::<Vec<_>>().join("\n");
                    let mut found = Vec::new();
                    woven.find(&wrapped, &mut found);
                    let (from, to) = found.iter().fold((usize::MAX, 0), |(from, to), at| {
                        (from.min(at.0), to.max(at.1))
                    });
                    // All but what the prefix alone says, and the padding.
                    assert!(from <= prefix.len() * 2 + 2, "{prefix} {column} {from}");
                    assert!(
                        to + 2 >= wrapped.trim_end_matches('=').len(),
                        "{prefix} {column} {to}"
                    );
                }
            }
        }
    }

    #[test]
    fn ordinary_text_stays() {
        let mut woven = EncodedForms::default();
        woven.learn("correct-horse/battery.staple#42", "(x)");
        let mut found = Vec::new();
        woven.find(
            "the quick brown configuration of 1234567890123 items, Y29ycmVjdA",
            &mut found,
        );
        assert!(found.is_empty(), "{found:?}");
    }
}
