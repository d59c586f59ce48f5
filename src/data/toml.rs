//! TOML: the parser's errors in plain words.

use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::DataError;
use super::json_problems;

/// What a text says, as JSON. Dates are texts.
pub(super) fn value(text: &str) -> Result<Value, DataError> {
    let table: toml::Table = typed(text)?;
    Ok(json(toml::Value::Table(table)))
}

/// What a text says, as `T`.
pub(super) fn typed<T: DeserializeOwned>(text: &str) -> Result<T, DataError> {
    let table = DeTable::parse(text).map_err(|error| wrong(text, &error))?;
    finite(text, table.get_ref())?;
    toml::from_str(text).map_err(|error| wrong(text, &error))
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(whole) => Value::from(whole),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(when) => Value::String(when.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(k, v)| (k, json(v))).collect(),
    }
}

/// Demands that numbers are some: `nan` and `inf` are TOML, but nothing here can be that long or that many.
fn finite(text: &str, table: &DeTable<'_>) -> Result<(), DataError> {
    table
        .values()
        .try_for_each(|value| finite_value(text, value))
}

fn finite_value(text: &str, value: &Spanned<DeValue<'_>>) -> Result<(), DataError> {
    match value.get_ref() {
        DeValue::Float(number) => {
            let number = number.as_str().trim_start_matches(['+', '-']).to_owned();
            let named = matches!(number.as_str(), "nan" | "inf");
            if !named && number.parse::<f64>().is_ok_and(f64::is_finite) {
                return Ok(());
            }
            let what = match named {
                true => format!("`{number}` is not a usable number"),
                false => format!("`{number}` is larger than any number that can be kept"),
            };
            Err(DataError::at(
                text,
                value.span().start,
                what,
                Some("write a number"),
            ))
        }
        DeValue::Array(items) => items.iter().try_for_each(|item| finite_value(text, item)),
        DeValue::Table(table) => finite(text, table),
        _ => Ok(()),
    }
}

fn wrong(text: &str, error: &toml::de::Error) -> DataError {
    let message = error.message();
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let at = field(text, at, message);
    let place = StopPlace::new(text, at, message);
    let (at, what, help) = place
        .named()
        .unwrap_or((at, message.trim_end().to_owned(), None));
    DataError::at(text, at, what, help)
}

/// Where the parser stopped, and what it said.
struct StopPlace<'t> {
    text: &'t str,
    at: usize,
    message: &'t str,
    /// The line around it, from its first sign.
    line: &'t str,
    /// Byte offset at which that line begins.
    line_at: usize,
}

/// Place, what is wrong there, and what to do about it.
type NamedProblem = (usize, String, Option<&'static str>);

const QUOTES: &str = "text needs double quotes";

impl<'t> StopPlace<'t> {
    fn new(text: &'t str, at: usize, message: &'t str) -> StopPlace<'t> {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let line_at = start + (line.len() - line.trim_start().len());
        StopPlace {
            text,
            at,
            message,
            line: line.trim(),
            line_at,
        }
    }

    /// A problem that people often make (JSON, YAML, missing quotes), if this is one.
    fn named(&self) -> Option<NamedProblem> {
        let of_json = || {
            let begins = self.text[..self.line_at].trim().is_empty();
            let json = self.line.starts_with('{')
                || self.line.starts_with("[{")
                || self.line.starts_with("[\"");
            (begins && json && !self.line.starts_with("{{") && !self.line.starts_with("{%")).then(
                || {
                    let help = "JSON is read from files whose name ends in `.json`";
                    (
                        self.line_at,
                        "this is JSON, not TOML".to_owned(),
                        Some(help),
                    )
                },
            )
        };
        of_json()
            .or_else(|| self.mark())
            .or_else(|| self.of_yaml())
            .or_else(|| self.value())
            .or_else(|| self.said())
    }

    /// Marks of comments and templates: the parser stops at them, or behind.
    fn mark(&self) -> Option<NamedProblem> {
        let before = self.text[self.line_at..self.at.max(self.line_at)].trim_end();
        let signs = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
        let back = before.len() - before.trim_end_matches(signs).len();
        let from = self.line_at + before.len() - back;
        let around = self.text.get(from..)?;
        let templates = ["{{", "{%", "{#", "${", "$(", "<%", "%{", "@@"];
        let conflicts = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        let comments = ["//", "/*", "<!--", ";", "--"];
        let end = around.find(|c: char| !signs(c)).unwrap_or(around.len());
        let found = |marks: &[&'static str]| {
            let places = marks
                .iter()
                .filter_map(|mark| Some((around[..end].find(mark)?, *mark)));
            places.min_by_key(|(at, _)| *at)
        };
        let begins = |marks: &[&str]| marks.iter().any(|mark| self.line.starts_with(mark));
        if let Some((at, mark)) = found(&templates) {
            let what = format!("`{mark}` is a mark of a template that is not filled in");
            let help = "have the template filled in first, and read what comes of it";
            return Some((from + at, what, Some(help)));
        }
        if begins(&conflicts) {
            let what = "a conflict of a merge is not resolved here".to_owned();
            return Some((
                self.line_at,
                what,
                Some("resolve it, and read the file again"),
            ));
        }
        let comment = |at| {
            let help = "comments of TOML begin with `#`";
            Some((at, "a comment begins here".to_owned(), Some(help)))
        };
        if begins(&comments) && !self.line.starts_with("---") {
            return comment(self.line_at);
        }
        // Behind a value: the parser takes it for a part of the value.
        let rest = self.text[self.at..].lines().next().unwrap_or_default();
        let behind = [" //", " /*"].iter().find_map(|mark| rest.find(mark));
        behind.and_then(|at| comment(self.at + at + 1))
    }

    fn of_yaml(&self) -> Option<NamedProblem> {
        let is_member = self.message.starts_with("key with no value");
        let yaml = is_member && json_problems::is_yaml(self.line);
        let help = "a member of TOML is written `name = value`";
        yaml.then(|| {
            (
                self.line_at,
                "this is YAML, not TOML".to_owned(),
                Some(help),
            )
        })
    }

    /// A value that is none.
    fn value(&self) -> Option<NamedProblem> {
        let kinds = [
            "string values",
            "invalid float",
            "invalid boolean",
            "unexpected leading zero",
            "invalid mantissa",
            "invalid fraction",
            "invalid exponent",
            "invalid integer",
            "invalid type: integer",
        ];
        if !kinds.iter().any(|kind| self.message.starts_with(kind)) {
            return None;
        }
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-');
        let before = &self.text[..self.at];
        let from = before.trim_end_matches(part).len();
        let rest = &self.text[from..];
        let token = &rest[..rest.find(|c: char| !part(c)).unwrap_or(rest.len())];
        let said = |what: String, help: &'static str| Some((from, what, Some(help)));
        match token
            .trim_start_matches(['+', '-'])
            .to_ascii_lowercase()
            .as_str()
        {
            "" => match rest.chars().next() {
                None | Some('\n' | '\r' | '#' | ',' | ']' | '}') => {
                    Some((from, "a value is missing".to_owned(), None))
                }
                Some(sign) => said(format!("`{sign}` where a value is expected"), QUOTES),
            },
            "null" | "none" | "nil" | "undefined" => said(
                format!("`{token}` is not a value of TOML"),
                "leave the member out",
            ),
            "true" | "yes" | "on" => said(
                format!("`{token}` is not a value of TOML"),
                "it is written true",
            ),
            "false" | "no" | "off" => said(
                format!("`{token}` is not a value of TOML"),
                "it is written false",
            ),
            "nan" | "infinity" | "inf" => said(
                format!("`{token}` is not a usable number"),
                "write a number",
            ),
            _ if token
                .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-')) =>
            {
                said(format!("`{token}` is not a number of TOML"), QUOTES)
            }
            _ => said(format!("`{token}` has no quotes"), QUOTES),
        }
    }

    /// What the parser said, in plain words.
    fn said(&self) -> Option<NamedProblem> {
        let rest = &self.text[self.at..];
        let letter = rest.chars().next().unwrap_or(' ');
        let name = rest
            .split(['=', ']', '\n', '.'])
            .next()
            .unwrap_or_default()
            .trim();
        let message = self.message;
        let said = |what: String, help: Option<&'static str>| Some((self.at, what, help));
        if letter == '\0' {
            return said(
                "a zero byte: this is UTF-16, not UTF-8".to_owned(),
                Some("save it as UTF-8"),
            );
        }
        if json_problems::is_invisible(letter) {
            let what = format!("an invisible character (U+{:04X})", u32::from(letter));
            return said(what, Some("delete it"));
        }
        if message.starts_with("duplicate key") {
            return said(
                format!("`{name}` is defined twice"),
                Some("take one of the two out"),
            );
        }
        if message.starts_with("key with no value") {
            return said(
                format!("`{}` has no value", self.line),
                Some("a member is written `name = value`"),
            );
        }
        if message.starts_with("unexpected key or value") {
            return match letter {
                ',' => said(
                    "a comma after a member".to_owned(),
                    Some("write each member on its own line, without commas"),
                ),
                _ => said(
                    "a second member or value on one line".to_owned(),
                    Some("write one member per line"),
                ),
            };
        }
        if message.starts_with("invalid basic string")
            || message.starts_with("invalid literal string")
        {
            return said(
                "the text is not closed before this".to_owned(),
                Some("close it by the quote that opened it"),
            );
        }
        if message.starts_with("missing escaped value") {
            let what = format!("`\\{letter}` is not an escape");
            return said(
                what,
                Some("a backslash is written `\\\\`, or the text put into single quotes"),
            );
        }
        if message.starts_with("unclosed") {
            return said(
                format!(
                    "{} ends here: it is not closed",
                    message
                        .split(',')
                        .next()
                        .unwrap_or("it")
                        .trim_start_matches("unclosed ")
                ),
                None,
            );
        }
        if message.starts_with("invalid unquoted key") {
            return said(
                format!("`{letter}` in a name"),
                Some(
                    "a name has letters from a to z, digits, `-` and `_`; other names need quotes",
                ),
            );
        }
        if message.starts_with("carriage return") {
            return said(
                "a line ends by a carriage return alone".to_owned(),
                Some("save it with line feeds"),
            );
        }
        None
    }
}

/// A field that is unknown, or whose value is wrong (`` `run_seconds`: … ``), may be reported for the whole table: finds it
/// behind `at`.
fn field(text: &str, at: usize, message: &str) -> usize {
    let name = ["unknown field `", "`"]
        .iter()
        .find_map(|before| message.strip_prefix(before))
        .and_then(|rest| rest.split(['`', '[', '.']).next());
    let Some((name, rest)) = name.zip(text.get(at..)) else {
        return at;
    };
    let starts = rest.match_indices(name).find(|(found, _)| {
        let before = rest[..*found].chars().next_back();
        let after = rest[found + name.len()..].trim_start_matches([' ', '\t', '"', '\'', ']']);
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
            && (after.starts_with(['=', '.']) || after.starts_with('\n'))
    });
    starts.map_or(at, |(found, _)| at + found)
}
