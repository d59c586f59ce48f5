//! Many texts looked for at once, in one pass over what is said.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Finds any of several texts. They are compiled when they are first looked for: a learned value is many texts.
#[derive(Debug, Default)]
pub(super) struct Matcher(OnceLock<Option<AhoCorasick>>);

/// A place of a text: its index, and the bytes from and to.
pub(super) type Place = (usize, usize, usize);

impl Matcher {
    /// Every place of each of `texts`, overlapping ones too, however ASCII letters are cased if `ignores_case`.
    ///
    /// `texts` and `ignores_case` count until they are compiled: learn more texts, and a new matcher is needed.
    pub fn find<'t, T: Iterator<Item = &'t str>>(
        &self,
        said: &[u8],
        ignores_case: bool,
        texts: impl FnOnce() -> T,
    ) -> Vec<Place> {
        let compile = || {
            AhoCorasick::builder()
                .ascii_case_insensitive(ignores_case)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(texts())
                .ok()
        };
        match self.0.get_or_init(compile) {
            Some(automaton) => automaton
                .find_overlapping_iter(said)
                .map(|found| (found.pattern().as_usize(), found.start(), found.end()))
                .collect(),
            // More than the library can hold: rather nothing is shown than a secret.
            None => vec![(0, 0, said.len())],
        }
    }
}
