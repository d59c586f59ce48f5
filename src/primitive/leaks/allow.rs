//! What looks like a secret and is none: allow lists, of a rule or of all.

use aho_corasick::AhoCorasick;

use super::file::AllowEntry;
use super::pattern::Pattern;

/// What the expressions of an allow list are compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
enum AllowTarget {
    Secret,
    Match,
    Line,
}

/// An allow list that was read and checked: findings that it covers are not reported.
#[derive(Debug, Clone)]
pub(super) struct Allow {
    /// Whether all of it must apply, and not any.
    all: bool,
    /// Full hashes, in lower case.
    commits: Vec<String>,
    paths: Vec<Pattern>,
    target: AllowTarget,
    regexes: Vec<Pattern>,
    /// Words of which none is part of a secret.
    words: Option<AhoCorasick>,
}

/// A finding, as an allow list looks at it.
pub(super) struct Candidate<'a> {
    pub commit: &'a str,
    pub path: &'a str,
    pub secret: &'a [u8],
    pub matched: &'a [u8],
    pub line: &'a [u8],
}

impl Allow {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn new(entry: AllowEntry) -> Result<Allow, String> {
        let all = match entry.condition.to_ascii_uppercase().as_str() {
            "AND" | "&&" => true,
            "" | "OR" | "||" => false,
            other => return Err(format!("condition `{other}`: it is `AND` or `OR`")),
        };
        let target = match entry.regextarget.as_str() {
            "" | "secret" => AllowTarget::Secret,
            "match" => AllowTarget::Match,
            "line" => AllowTarget::Line,
            other => {
                return Err(format!(
                    "regexTarget `{other}`: it is `secret`, `match` or `line`"
                ));
            }
        };
        let empty = entry.commits.is_empty() && entry.paths.is_empty();
        if empty && entry.regexes.is_empty() && entry.stopwords.is_empty() {
            return Err("it allows nothing: commits, paths, regexes or stopwords".to_owned());
        }
        let words = match entry.stopwords.is_empty() {
            true => None,
            false => AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(&entry.stopwords)
                .map(Some)
                .map_err(|error| error.to_string())?,
        };
        Ok(Allow {
            all,
            commits: entry
                .commits
                .iter()
                .map(|c| c.trim().to_lowercase())
                .collect(),
            paths: entry.paths.into_iter().map(Pattern::new).collect(),
            target,
            regexes: entry.regexes.into_iter().map(Pattern::new).collect(),
            words,
        })
    }

    /// Compiles all of it.
    ///
    /// # Errors
    /// What is wrong with an expression.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut patterns = self.paths.iter().chain(&self.regexes);
        patterns.try_for_each(Pattern::check)
    }

    fn has_commit(&self, commit: &str) -> bool {
        self.commits.iter().any(|one| one == commit)
    }

    fn has_path(&self, path: &str) -> bool {
        self.paths.iter().any(|one| one.finds(path.as_bytes()))
    }

    /// Whether nothing in that file of that commit is looked at.
    pub(super) fn skips(&self, commit: &str, path: &str) -> bool {
        if !self.all {
            return self.has_commit(commit) || self.has_path(path);
        }
        // With these it depends on the finding.
        self.regexes.is_empty()
            && self.words.is_none()
            && (self.commits.is_empty() || self.has_commit(commit))
            && (self.paths.is_empty() || self.has_path(path))
    }

    /// Whether a finding is none.
    pub(super) fn allows(&self, found: &Candidate<'_>) -> bool {
        let target = match self.target {
            AllowTarget::Secret => found.secret,
            AllowTarget::Match => found.matched,
            AllowTarget::Line => found.line,
        };
        let regex = || self.regexes.iter().any(|one| one.finds(target));
        let word = || {
            self.words
                .as_ref()
                .is_some_and(|words| words.is_match(found.secret))
        };
        if !self.all {
            return regex() || word();
        }
        (self.commits.is_empty() || self.has_commit(found.commit))
            && (self.paths.is_empty() || self.has_path(found.path))
            && (self.regexes.is_empty() || regex())
            && (self.words.is_none() || word())
    }
}
