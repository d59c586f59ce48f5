//! Looks through a text for secrets, as gitleaks does.

use super::allow::Candidate;
use super::pattern::entropy;
use super::rules::{Rank, Rule, Rules};

/// A line with this in it was looked at by a person.
const ALLOWED: &[u8] = b"gitleaks:allow";
/// So much around a match is its line, at most: lines of generated files have no end.
const AROUND: usize = 1024;

/// Lines that were added to a file, one after the other.
pub(super) struct Fragment<'a> {
    pub commit: &'a str,
    pub path: &'a str,
    /// Number of its first line in the file.
    pub line: u64,
    pub text: &'a [u8],
}

/// A secret in a fragment; the secret itself is left where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SecretMatch<'a> {
    pub rule: &'a str,
    pub description: &'a str,
    /// Number of the line in which the match begins; 0: the whole file.
    pub line: u64,
    rank: Rank,
}

impl Rules {
    /// Whether a file as such is a secret, by its name.
    pub(super) fn named(&self, commit: &str, path: &str) -> Vec<SecretMatch<'_>> {
        if self.allow.iter().any(|allow| allow.skips(commit, path)) {
            return Vec::new();
        }
        let named = |rule: &&Rule| {
            rule.regex.is_none()
                && rule.path.as_ref().is_some_and(|p| p.finds(path.as_bytes()))
                && !rule.allow.iter().any(|allow| allow.skips(commit, path))
        };
        let rules = self.rules.iter().filter(named);
        rules.map(|rule| rule.hit(0)).collect()
    }

    /// The secrets in a fragment: in each line those that say most.
    pub(super) fn scan(&self, fragment: &Fragment<'_>) -> Vec<SecretMatch<'_>> {
        let (commit, path) = (fragment.commit, fragment.path);
        if self.allow.iter().any(|allow| allow.skips(commit, path)) {
            return Vec::new();
        }
        let mut hits = Vec::new();
        for index in self.concerned(fragment.text) {
            self.detect(&self.rules[index], fragment, &mut hits);
        }
        let all = hits.clone();
        hits.retain(|hit: &SecretMatch<'_>| {
            !all.iter().any(|o| o.line == hit.line && o.rank < hit.rank)
        });
        hits.sort_by(|a, b| (a.line, a.rule).cmp(&(b.line, b.rule)));
        hits.dedup();
        hits
    }

    fn detect<'a>(
        &'a self,
        rule: &'a Rule,
        fragment: &Fragment<'_>,
        hits: &mut Vec<SecretMatch<'a>>,
    ) {
        let (commit, path, text) = (fragment.commit, fragment.path, fragment.text);
        let Some(regex) = rule.regex.as_ref().and_then(|pattern| pattern.regex()) else {
            return;
        };
        let elsewhere = rule
            .path
            .as_ref()
            .is_some_and(|p| !p.finds(path.as_bytes()));
        if elsewhere || rule.allow.iter().any(|allow| allow.skips(commit, path)) {
            return;
        }
        let mut line = fragment.line;
        let mut counted = 0;
        for found in regex.find_iter(text) {
            let matched = trimmed(text, found.start(), found.end());
            line += newlines(&text[counted..matched.0]);
            counted = matched.0;
            let captures = regex.captures_at(text, found.start());
            let groups = captures.iter().flat_map(|all| all.iter().skip(1)).flatten();
            let mut groups = groups.map(|group| (group.start(), group.end()));
            let (start, end) = match rule.group {
                0 => groups.find(|(start, end)| start < end).unwrap_or(matched),
                n => match captures.as_ref().and_then(|all| all.get(n)) {
                    Some(group) => (group.start(), group.end()),
                    None => continue,
                },
            };
            let candidate = Candidate {
                commit,
                path,
                secret: &text[start..end],
                matched: &text[matched.0..matched.1],
                line: around(text, matched),
            };
            let dull = rule.entropy != 0.0 && entropy(candidate.secret) <= rule.entropy;
            let mut lists = self.allow.iter().chain(&rule.allow);
            if dull || contains(candidate.line, ALLOWED) || lists.any(|one| one.allows(&candidate))
            {
                continue;
            }
            hits.push(rule.hit(line));
        }
    }
}

impl Rule {
    fn hit(&self, line: u64) -> SecretMatch<'_> {
        SecretMatch {
            rule: &self.id,
            description: &self.description,
            line,
            rank: self.rank,
        }
    }
}

fn newlines(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// A match without the ends of lines around it.
fn trimmed(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && text[start] == b'\n' {
        start += 1;
    }
    while start < end && text[end - 1] == b'\n' {
        end -= 1;
    }
    (start, end)
}

/// The lines that a match is in.
fn around(text: &[u8], (start, end): (usize, usize)) -> &[u8] {
    let before = &text[start.saturating_sub(AROUND)..start];
    let begin = match before.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => start - before.len() + at + 1,
        None => start - before.len(),
    };
    let after = &text[end..text.len().min(end + AROUND)];
    let stop = after.iter().position(|byte| *byte == b'\n');
    &text[begin..end + stop.unwrap_or(after.len())]
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
