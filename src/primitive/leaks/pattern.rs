//! Expressions that are compiled when they are first needed: most rules never are.

use std::sync::OnceLock;

use regex::bytes::Regex;

use super::re2;

/// An expression of a rule.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(source: String) -> Pattern {
        Pattern {
            source,
            compiled: OnceLock::new(),
        }
    }

    /// `None`: it cannot be compiled, which [`Pattern::check`] tells.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let compiled = self
            .compiled
            .get_or_init(|| re2::compile(&self.source).ok());
        compiled.as_ref()
    }

    /// Compiles it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.regex() {
            Some(_) => Ok(()),
            None => re2::compile(&self.source).map(drop),
        }
    }

    /// Whether it is found in a text.
    pub(super) fn finds(&self, text: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}

/// How evenly a text uses its characters, in bits a character (Shannon): a word has about 3, a random key 4 and more.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let length = text.len() as f64;
    let used = counts.iter().filter(|count| **count > 0);
    used.map(|count| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    })
    .sum()
}
