//! JSON, looked over before it is parsed: the first thing that is wrong is named with its place.

use std::collections::HashMap;

use serde::de::DeserializeOwned;

use super::DataError;
use super::json_problems::{Expected, StopPlace, in_word};

/// Objects and lists that may lie in each other: what the parser takes.
const DEEPEST: usize = 127;

/// What a text says, as `T`.
pub(super) fn typed<T: DeserializeOwned>(text: &str) -> Result<T, DataError> {
    check(text)?;
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let what = said
            .split_once(" at line ")
            .map_or(&*said, |(what, _)| what);
        DataError {
            line: error.line(),
            column: error.column(),
            ..DataError::whole(what, None)
        }
    })
}

/// An object or a list that is not closed yet.
struct OpenBracket {
    at: usize,
    /// Names of an object's members, and where each stands; `None`: it is a list.
    names: Option<HashMap<String, usize>>,
}

/// What the reader expects at its current position.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// A value; behind an opening `[` perhaps none.
    Value {
        first: bool,
    },
    /// A member's name; behind an opening `{` perhaps none.
    Name {
        first: bool,
    },
    Colon,
    /// The end of a value: a comma, a closing bracket, or the end of the text.
    Behind,
}

/// Demands that a text is one JSON value.
pub(super) fn check(text: &str) -> Result<(), DataError> {
    let mut scan = Scan {
        text,
        at: 0,
        open: Vec::new(),
        comma: 0,
    };
    let mut next = Next::Value { first: false };
    loop {
        scan.space();
        let Some(byte) = scan.peek() else {
            return match (next, scan.open.is_empty()) {
                (Next::Behind, true) => Ok(()),
                _ => Err(scan.ends()),
            };
        };
        next = match next {
            Next::Value { first } => scan.value(byte, first)?,
            Next::Name { first } => scan.name(byte, first)?,
            Next::Colon if byte == b':' => {
                scan.at += 1;
                Next::Value { first: false }
            }
            Next::Colon => return Err(scan.wrong(Expected::Colon)),
            Next::Behind => scan.behind(byte)?,
        };
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    open: Vec<OpenBracket>,
    /// Byte offset of the last comma.
    comma: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self, byte: u8, first: bool) -> Result<Next, DataError> {
        match byte {
            b'{' | b'[' => {
                if self.open.len() == DEEPEST {
                    let what = format!("more than {DEEPEST} objects and lists lie in each other");
                    return Err(DataError::at(self.text, self.at, what, None));
                }
                self.open.push(OpenBracket {
                    at: self.at,
                    names: (byte == b'{').then(HashMap::new),
                });
                self.at += 1;
                Ok(match byte {
                    b'{' => Next::Name { first: true },
                    _ => Next::Value { first: true },
                })
            }
            b']' if first => Ok(self.close()),
            b'"' => self.string().map(|_| Next::Behind),
            b'-' | b'0'..=b'9' => self.number().map(|()| Next::Behind),
            _ => {
                let words = ["true", "false", "null"];
                let found = words.iter().find(|word| {
                    let rest = self.text[self.at..].strip_prefix(**word);
                    rest.is_some_and(|rest| !rest.starts_with(in_word))
                });
                let Some(word) = found else {
                    return Err(self.closes_early(byte, Expected::Value));
                };
                self.at += word.len();
                Ok(Next::Behind)
            }
        }
    }

    fn name(&mut self, byte: u8, first: bool) -> Result<Next, DataError> {
        if byte == b'}' && first {
            return Ok(self.close());
        }
        if byte != b'"' {
            return Err(self.closes_early(byte, Expected::Name));
        }
        let at = self.at;
        let name = self.string()?;
        let names = self.open.last_mut().and_then(|open| open.names.as_mut());
        if let Some(before) = names.and_then(|names| names.insert(name.clone(), at)) {
            let line = DataError::at(self.text, before, "", None).line;
            let what = format!("\"{name}\" appears twice in this object, first in line {line}");
            let help = "take one of the two out: it would be lost";
            return Err(DataError::at(self.text, at, what, Some(help)));
        }
        Ok(Next::Colon)
    }

    fn behind(&mut self, byte: u8) -> Result<Next, DataError> {
        let in_object = self.open.last().map(|open| open.names.is_some());
        match (byte, in_object) {
            (b',', Some(object)) => {
                self.comma = self.at;
                self.at += 1;
                Ok(match object {
                    true => Next::Name { first: false },
                    false => Next::Value { first: false },
                })
            }
            (b'}', Some(true)) | (b']', Some(false)) => Ok(self.close()),
            (_, Some(object)) => Err(self.wrong(Expected::Comma { object })),
            (_, None) => Err(self.wrong(Expected::End)),
        }
    }

    fn close(&mut self) -> Next {
        self.open.pop();
        self.at += 1;
        Next::Behind
    }

    /// Reads a text; returns what it says.
    fn string(&mut self) -> Result<String, DataError> {
        let start = self.at;
        let mut chars = self.text[start..].char_indices().skip(1);
        while let Some((offset, letter)) = chars.next() {
            let at = start + offset;
            match letter {
                '"' => {
                    self.at = at + 1;
                    let raw = &self.text[start..self.at];
                    // An escape of half a character has been refused.
                    return Ok(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()));
                }
                '\\' => {
                    let length = self.escape(at)?;
                    chars.nth(length - 2);
                }
                '\n' | '\r' => break,
                '\t' => {
                    let help = "write \\t";
                    return Err(DataError::at(
                        self.text,
                        at,
                        "a tab inside a text",
                        Some(help),
                    ));
                }
                letter if letter < ' ' => {
                    self.at = at;
                    return Err(self.wrong(Expected::Letter));
                }
                _ => {}
            }
        }
        let help = "close it in its line; a line break in a text is written \\n";
        let what = "this text is not closed by a `\"`";
        Err(DataError::at(self.text, start, what, Some(help)))
    }

    /// The length of the escape at `at`.
    fn escape(&self, at: usize) -> Result<usize, DataError> {
        let rest = &self.text[at..];
        let unit = |text: &str| {
            let hex = text.strip_prefix("\\u")?.get(..4)?;
            let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hex.then(|| u32::from_str_radix(hex, 16).ok())?
        };
        let half = "half a character: `\\ud83d` needs its other half, `\\ude80`, after it";
        let wrong = |what: &str, help: &str| Err(DataError::at(self.text, at, what, Some(help)));
        match rest.chars().nth(1) {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok(2),
            Some('u') => match unit(rest) {
                None => wrong(
                    "`\\u` takes four hexadecimal digits",
                    "write \\u00e9, or the character itself",
                ),
                Some(0xd800..=0xdbff) => match rest.get(6..).and_then(unit) {
                    Some(0xdc00..=0xdfff) => Ok(12),
                    _ => wrong(half, "write the character itself"),
                },
                Some(0xdc00..=0xdfff) => wrong(half, "write the character itself"),
                Some(_) => Ok(6),
            },
            Some('\'') => wrong("`\\'` is not an escape", "`'` needs no escape"),
            Some(letter) if !letter.is_control() => wrong(
                &format!("`\\{letter}` is not an escape"),
                "a backslash is written `\\\\`",
            ),
            _ => wrong(
                "a backslash ends the line",
                "a line break in a text is written \\n",
            ),
        }
    }

    fn number(&mut self) -> Result<(), DataError> {
        let start = self.at;
        let rest = &self.text[start..];
        let end = rest.find(|c: char| !in_word(c) && !matches!(c, '.' | '+' | '-'));
        let token = &rest[..end.unwrap_or(rest.len())];
        if !is_number(token) {
            return Err(self.wrong(Expected::Number));
        }
        if token.parse::<f64>().is_ok_and(f64::is_infinite) {
            let what = format!("`{token}` is larger than any number that can be kept");
            return Err(DataError::at(self.text, start, what, None));
        }
        self.at += token.len();
        Ok(())
    }

    /// What closes where something else must stand: behind a comma, that is the one too many.
    fn closes_early(&self, byte: u8, expected: Expected) -> DataError {
        let before = self.text[..self.at].trim_end();
        let closes = matches!(byte, b'}' | b']') && before.len() == self.comma + 1;
        if closes && before.ends_with(',') {
            let what = format!("a comma too many in front of `{}`", char::from(byte));
            return DataError::at(self.text, self.comma, what, Some("take it out"));
        }
        self.wrong(expected)
    }

    fn wrong(&self, expected: Expected) -> DataError {
        StopPlace {
            text: self.text,
            at: self.at,
            depth: self.open.len(),
        }
        .wrong(expected)
    }

    /// The error of a text that ends too early.
    fn ends(&self) -> DataError {
        let text = self.text;
        if text.trim().is_empty() {
            return DataError::whole("is empty", None);
        }
        let end = text.trim_end().len();
        let Some(open) = self.open.last() else {
            return DataError::at(text, end, "it ends before a value", None);
        };
        let (line, close, what) = match &open.names {
            Some(_) => (DataError::at(text, open.at, "", None).line, '}', "object"),
            None => (DataError::at(text, open.at, "", None).line, ']', "list"),
        };
        let what =
            format!("it ends in the {what} that begins in line {line}: a `{close}` is missing");
        DataError::at(text, end, what, Some("is all of it there?"))
    }
}

/// Whether a text is a number of JSON.
fn is_number(token: &str) -> bool {
    let rest = token.strip_prefix('-').unwrap_or(token);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(power) => {
            let power = power.strip_prefix(['+', '-']).unwrap_or(power);
            digits(power) > 0 && digits(power) == power.len()
        }
    }
}
