//! Regular expressions of Go (RE2), as the rules are written in, for the `regex` crate.

use regex::bytes::{Regex, RegexBuilder};

/// Most that one compiled expression may take: 64 MiB. The largest rule takes a few.
const SIZE: usize = 64 << 20;

/// Compiles an expression of Go: classes and case are those of ASCII, unless it asks for more than that.
///
/// # Errors
/// What is wrong with it.
pub(super) fn compile(source: &str) -> Result<Regex, String> {
    let translated = translate(source);
    let build = |unicode: bool| {
        RegexBuilder::new(&translated)
            .unicode(unicode)
            .size_limit(SIZE)
            .build()
    };
    build(false)
        .or_else(|_| build(true))
        .map_err(|error| error.to_string())
}

/// The expression in the syntax of Rust's `regex`, where Go's differs: Go takes `{` as itself where it begins no repetition,
/// a `[` within a class as itself, and `\<`, `\>` as the signs; `&&`, `--` and `~~` mean nothing in its classes.
fn translate(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len() + 8);
    let mut at = 0;
    // Where the class began that this is in.
    let mut class: Option<usize> = None;
    while at < chars.len() {
        let here = chars[at];
        let next = chars.get(at + 1).copied();
        match here {
            '\\' => {
                if !matches!(next, Some('<' | '>')) {
                    out.push('\\');
                }
                out.extend(next);
                at += 2;
                // `\p{Greek}`, `\x{2713}`
                if matches!(next, Some('p' | 'P' | 'x')) && chars.get(at) == Some(&'{') {
                    out.push('{');
                    at += 1;
                }
                continue;
            }
            '[' if class.is_none() => {
                out.push('[');
                at += 1;
                if chars.get(at) == Some(&'^') {
                    out.push('^');
                    at += 1;
                }
                class = Some(at);
                continue;
            }
            // `[[:alpha:]]` is the same in both.
            '[' if next == Some(':') => match posix(&chars[at..]) {
                Some(length) => {
                    out.extend(&chars[at..at + length]);
                    at += length;
                    continue;
                }
                None => out.push_str("\\["),
            },
            '[' => out.push_str("\\["),
            // The first in a class is a sign.
            ']' if class == Some(at) => out.push_str("\\]"),
            ']' => {
                class = None;
                out.push(']');
            }
            '&' | '~' if class.is_some() => out.extend(['\\', here]),
            // The first in a class is a sign; later, two of them are a range that ends with one.
            '-' if class == Some(at) => out.push_str("\\-"),
            '-' if class.is_some() && next == Some('-') => {
                out.push_str("-\\-");
                at += 1;
            }
            '{' if class.is_none() && !repeats(&chars[at..]) => out.push_str("\\{"),
            _ => out.push(here),
        }
        at += 1;
    }
    out
}

/// The length of `[:name:]` at the beginning.
fn posix(chars: &[char]) -> Option<usize> {
    let end = chars.windows(2).position(|pair| pair == [':', ']'])?;
    let name = chars.get(2..end)?;
    let plain = name.iter().all(|c| c.is_ascii_alphabetic() || *c == '^');
    (end > 2 && plain).then_some(end + 2)
}

/// Whether `{3}`, `{3,}` or `{3,5}` is at the beginning.
fn repeats(chars: &[char]) -> bool {
    let Some(end) = chars.iter().position(|c| *c == '}') else {
        return false;
    };
    let inner: String = chars[1..end].iter().collect();
    let (least, most) = inner.split_once(',').unwrap_or((&inner, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_takes_is_taken() {
        for (source, found, not) in [
            (r"^\${(?:[A-Z_]+|[a-z_]+)}$", "${HOME}", "$HOME"),
            (r"^\$(?:\d+|{\d+})$", "${1}", "$x"),
            (r"a{2}b{1,}c{0,2}", "aabcc", "abc"),
            (r"{,2}x", "{,2}x", "x"),
            (r"[[a]b", "[b", "cb"),
            (r"[]a]+$", "a]", "["),
            (r"[^]a]$", "b", "]"),
            (r"[[:digit:]x]y", "3y", ":y"),
            (r"[a&&b~~c]z", "&z", "dz"),
            (r"[+--]9", ",9", "a9"),
            (r"[--/]8", ".8", "a8"),
            (r"\<b\>", "<b>", "b"),
            (r"\bkey\b", "a key.", "monkey"),
            (r"^\w$", "a", "ä"),
            (r"^\p{Greek}$", "α", "a"),
            (r"[\x60'\]]q", "]q", "aq"),
        ] {
            let regex = compile(source).unwrap_or_else(|why| panic!("{source}: {why}"));
            assert!(regex.is_match(found.as_bytes()), "{source} in {found}");
            assert!(!regex.is_match(not.as_bytes()), "{source} not in {not}");
        }
        assert!(compile("(").is_err());
    }
}
