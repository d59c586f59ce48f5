//! Text that was put into a script before it is executed, and the places before and after.

use rhai::Position;
use serde::{Deserialize, Serialize};

use crate::vocabulary::Site;

/// Text that was put into a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(usize, usize, String)", into = "(usize, usize, String)")]
pub(crate) struct Insertion {
    line: usize,
    /// Column, in characters, of the brace that it stands behind.
    column: usize,
    text: String,
}

impl From<(usize, usize, String)> for Insertion {
    fn from((line, column, text): (usize, usize, String)) -> Self {
        Insertion { line, column, text }
    }
}

impl From<Insertion> for (usize, usize, String) {
    fn from(insertion: Insertion) -> Self {
        (insertion.line, insertion.column, insertion.text)
    }
}

impl Insertion {
    /// Text behind so many characters from `position` on; `None`: nowhere.
    pub(super) fn behind(position: Position, characters: usize, text: String) -> Option<Insertion> {
        Some(Insertion {
            line: position.line()?,
            column: position.position()? - 1 + characters,
            text,
        })
    }
}

/// The text with each insertion at its line and column.
pub(crate) fn insert(text: &str, insertions: &[Insertion]) -> String {
    let mut result = String::with_capacity(text.len() + 24 * insertions.len());
    let mut left = insertions.iter().peekable();
    for (line, content) in text.split_inclusive('\n').enumerate() {
        if left.peek().is_none_or(|next| next.line != line + 1) {
            result.push_str(content);
            continue;
        }
        while let Some(next) = left.next_if(|next| (next.line, next.column) == (line + 1, 0)) {
            result.push_str(&next.text);
        }
        for (column, character) in content.chars().enumerate() {
            result.push(character);
            while let Some(next) =
                left.next_if(|next| (next.line, next.column) == (line + 1, column + 1))
            {
                result.push_str(&next.text);
            }
        }
    }
    result
}

/// The place in the text as it was written of a place in the text that was executed; `insertions` are sorted.
pub(crate) fn original(mut site: Site, insertions: &[Insertion]) -> Site {
    let begin = insertions.partition_point(|i| i.line < site.line);
    let end = insertions.partition_point(|i| i.line <= site.line);
    let insertions = &insertions[begin..end];
    for insertion in insertions.iter().rev() {
        // From the right: what stands before the last one is not moved by it.
        let before: usize = insertions
            .iter()
            .filter(|i| i.column < insertion.column)
            .map(|i| i.text.chars().count())
            .sum();
        if site.column > insertion.column + before {
            let length = insertion.text.chars().count();
            site.column = site
                .column
                .saturating_sub(length)
                .max(insertion.column + before);
        }
    }
    site
}
