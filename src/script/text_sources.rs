//! Where the texts are from that a script parses: a text itself does not say.

use std::collections::HashMap;

use serde_json::Value;

use crate::journal::digest;
use crate::primitive::Source;

/// The texts that calls have returned, by their digests.
#[derive(Default)]
pub(super) struct ReturnedTexts(HashMap<String, Source>);

impl ReturnedTexts {
    /// Remembers what a call has returned.
    pub(super) fn note(&mut self, source: Source, output: &Value) {
        let text = match source.member {
            "" => output.as_str(),
            member => output[member].as_str(),
        };
        if let Some(text) = text {
            self.0.insert(key(text), source);
        }
    }

    /// Where a text is from, if a call has returned it.
    pub(super) fn source(&self, text: &str) -> Option<&Source> {
        self.0.get(&key(text))
    }
}

/// What is cut off at its end moves no line.
fn key(text: &str) -> String {
    digest(text.trim_start_matches('\u{feff}').trim_end())
}
