//! What people write: JSON and TOML, read with the place and the reason where it is neither.
//!
//! One reader for task definitions, files of parameters, fixtures, saved plans, and the texts that scripts parse. What is
//! wrong is told from what stands where reading stopped, never from marks elsewhere in the text.

use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

mod bytes;
mod json;
mod json_problems;
mod place;
mod toml;

pub use bytes::decode;

/// The byte order mark with which some editors begin a file.
const MARK: char = '\u{feff}';

/// Why a text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataError {
    /// From 1; 0: the text as a whole.
    pub line: usize,
    /// Column of the problem, counted in characters, from 1.
    pub column: usize,
    /// What is wrong, in plain words.
    pub what: String,
    /// What to do about it, in a few words; `None`: no advice is known.
    pub help: Option<String>,
}

impl DataError {
    /// What is wrong with a text as a whole.
    pub fn whole(what: impl Into<String>, help: Option<&str>) -> DataError {
        DataError {
            line: 0,
            column: 0,
            what: what.into(),
            help: help.map(str::to_owned),
        }
    }

    /// What is wrong at the byte `at` of `text`.
    fn at(text: &str, at: usize, what: impl Into<String>, help: Option<&str>) -> DataError {
        let before = text.get(..at.min(text.len())).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        DataError {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            ..DataError::whole(what, help)
        }
    }

    /// `task.json:3:5: a comment`, as compilers say it.
    pub fn within(&self, name: &str) -> String {
        match self.line {
            0 => format!("{name} {}", self.what),
            _ => format!("{name}:{}:{}: {}", self.line, self.column, self.what),
        }
    }
}

/// `line 3, column 5: a comment`.
impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "it {}", self.what),
            _ => write!(
                f,
                "line {}, column {}: {}",
                self.line, self.column, self.what
            ),
        }
    }
}

/// The formats that files of parameters, fixtures and plans may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, as RFC 8259 has it.
    Json,
    /// TOML 1.0, read from files whose name ends in `.toml`.
    Toml,
}

impl Format {
    /// TOML if the name ends so, else JSON.
    pub fn of(name: &str) -> Format {
        match name.to_ascii_lowercase().ends_with(".toml") {
            true => Format::Toml,
            false => Format::Json,
        }
    }

    /// The value that a text says. Dates of TOML are texts.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn value(self, text: &str) -> Result<Value, DataError> {
        match self {
            Format::Json => json(text),
            Format::Toml => toml::value(text.strip_prefix(MARK).unwrap_or(text)),
        }
    }

    /// Reads a text as a value of the type `T`.
    pub fn typed<T: DeserializeOwned>(self, text: &str) -> Result<T, DataError> {
        let text = text.strip_prefix(MARK).unwrap_or(text);
        match self {
            Format::Json => json::typed(text),
            Format::Toml => toml::typed(text),
        }
    }
}

/// The JSON that a text is.
///
/// # Errors
/// What is wrong with it, and where. A name that stands in an object twice is wrong, too: one of the two would be lost.
pub fn json(text: &str) -> Result<Value, DataError> {
    json::typed(text.strip_prefix(MARK).unwrap_or(text))
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// It is not there, no file, or not in UTF-8.
pub fn file(path: &Path) -> Result<String, DataError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => DataError::whole("is not there", None),
        _ => DataError::whole(format!("cannot be read: {error}"), None),
    };
    if std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(DataError::whole(
            "is a directory",
            Some("name a file in it"),
        ));
    }
    let text = decode(&std::fs::read(path).map_err(failed)?)?;
    Ok(text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests;
