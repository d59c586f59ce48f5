//! Reads what `git log --patch` prints, piece by piece, and scans what was added.

use std::collections::BTreeSet;

use serde::Serialize;

use super::rules::Rules;
use super::scanner::Fragment;

/// So much of what was added in one place is looked at at once.
const WINDOW: usize = 256 * 1024;
/// So much of it is looked at again with what follows: a secret may lie across the cut.
const OVERLAP: usize = 8 * 1024;
/// Most findings that are kept; further ones are dropped.
const MOST: usize = 1000;

/// A secret in the history. The secret itself stays there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Finding {
    /// Id of the rule that found it.
    pub rule: String,
    /// Description of that rule: what kind of secret it finds.
    pub description: String,
    /// Hash of the commit that added it, in full.
    pub commit: String,
    /// Path of the file in the repository.
    pub file: String,
    /// Number of the line in that commit's file; 0: the whole file.
    pub line: u64,
}

impl Finding {
    /// Whether a `.gitleaksignore` names it: `commit:file:rule:line`, or `file:rule:line` for any commit.
    fn is_in(&self, ignored: &BTreeSet<String>) -> bool {
        let place = format!("{}:{}:{}", self.file, self.rule, self.line);
        ignored.contains(&place) || ignored.contains(&format!("{}:{place}", self.commit))
    }
}

/// Where in the output the reader is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum DiffPosition {
    /// Between the hunks: of files and commits.
    Head,
    /// In a hunk; `columns`: how many signs stand before a line, one for each parent.
    Hunk { columns: usize },
}

/// What a line is whose end has not come yet.
#[derive(Debug, Clone, Copy, PartialEq)]
enum OpenLine {
    /// No line has begun.
    Nothing,
    /// A line that the commit added.
    Added,
    /// Any other line: it is passed over.
    Other,
}

/// What was read of the history so far, and what was found.
pub(super) struct History<'a> {
    rules: &'a Rules,
    /// Beginnings of hashes of commits that are not looked at.
    known: &'a [String],
    ignored: BTreeSet<String>,
    place: DiffPosition,
    open: OpenLine,
    commit: String,
    skipped: bool,
    path: Option<String>,
    /// Added lines that were not looked at yet.
    text: Vec<u8>,
    /// Number of the first of them.
    line: u64,
    /// What was found in this file of this commit.
    told: BTreeSet<(String, u64)>,
    pub findings: Vec<Finding>,
    /// How many commits were read.
    pub commits: u64,
    /// Whether it begins at a commit whose parents are not here: a shallow clone.
    pub cut: bool,
}

impl<'a> History<'a> {
    /// `ignore`: the text of a `.gitleaksignore`.
    pub(super) fn new(rules: &'a Rules, known: &'a [String], ignore: &str) -> Self {
        let lines = ignore.lines().map(str::trim);
        let named = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        History {
            rules,
            known,
            ignored: named.map(str::to_owned).collect(),
            place: DiffPosition::Head,
            open: OpenLine::Nothing,
            commit: String::new(),
            skipped: false,
            path: None,
            text: Vec::new(),
            line: 0,
            told: BTreeSet::new(),
            findings: Vec::new(),
            commits: 0,
            cut: false,
        }
    }

    /// Takes the next piece: a line, or a part of a long one. Only the last part has the line's end.
    pub(super) fn take(&mut self, piece: &str) {
        let ends = piece.ends_with('\n');
        match self.open {
            OpenLine::Added => self.added(piece),
            OpenLine::Other => {}
            OpenLine::Nothing => self.open = self.begun(piece),
        }
        if ends {
            self.open = OpenLine::Nothing;
        }
    }

    /// Scans what is left; no piece follows.
    pub(super) fn end(&mut self) {
        self.flush(false);
        self.path = None;
    }

    /// The beginning of a line, or all of it.
    fn begun(&mut self, piece: &str) -> OpenLine {
        if let DiffPosition::Hunk { columns } = self.place {
            let signs = piece.as_bytes().get(..columns).unwrap_or_default();
            let inside = signs.iter().all(|sign| b"+- ".contains(sign)) && !signs.is_empty();
            if inside && signs.iter().all(|sign| *sign == b'+') {
                self.added(&piece[columns..]);
                return OpenLine::Added;
            }
            if inside {
                // A merge shows lines that a parent has: what follows is another place.
                if !signs.contains(&b'-') {
                    let line = self.line + newlines(&self.text) + 1;
                    self.flush(false);
                    self.line = line;
                }
                return OpenLine::Other;
            }
            // "\ No newline at end of file"
            if piece.starts_with('\\') {
                return OpenLine::Other;
            }
            self.flush(false);
            self.place = DiffPosition::Head;
        }
        self.head(piece.trim_end_matches(['\n', '\r']));
        OpenLine::Other
    }

    fn head(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("commit ") {
            self.end();
            self.commits += 1;
            self.cut |= rest.contains("(grafted");
            self.commit = rest.split(' ').next().unwrap_or_default().to_lowercase();
            self.skipped = self
                .known
                .iter()
                .any(|known| self.commit.starts_with(known.as_str()));
        } else if line.starts_with("diff --") {
            self.end();
        } else if let Some(path) = line
            .strip_prefix("rename to ")
            .or(line.strip_prefix("copy to "))
        {
            self.file(&unquoted(path));
        } else if let Some(path) = line.strip_prefix("+++ ") {
            // A tab follows a name with spaces in it.
            let path = unquoted(path.trim_end_matches('\t'));
            match path.strip_prefix("b/") {
                Some(path) => self.file(path),
                None => self.path = None,
            }
        } else if line.starts_with("@@") {
            let signs = line.bytes().take_while(|sign| *sign == b'@').count();
            self.place = DiffPosition::Hunk { columns: signs - 1 };
            self.line = first_line(line);
        }
    }

    fn file(&mut self, path: &str) {
        if self.path.as_deref() == Some(path) {
            return;
        }
        self.told.clear();
        self.path = Some(path.to_owned());
        for hit in self.rules.named(&self.commit, path) {
            self.found(hit.rule, hit.description, 0);
        }
    }

    fn added(&mut self, piece: &str) {
        if self.path.is_none() || self.skipped {
            return;
        }
        self.text.extend_from_slice(piece.as_bytes());
        if self.text.len() >= WINDOW {
            self.flush(true);
        }
    }

    /// Looks at what has come together. `more`: more of it follows.
    fn flush(&mut self, more: bool) {
        let text = std::mem::take(&mut self.text);
        let Some(path) = self.path.clone().filter(|_| !text.is_empty()) else {
            return;
        };
        if self.findings.len() < MOST
            && let Some(readable) = readable(&text)
        {
            let rules = self.rules;
            let hits = rules.scan(&Fragment {
                commit: &self.commit,
                path: &path,
                line: self.line,
                text: &readable,
            });
            for hit in hits {
                self.found(hit.rule, hit.description, hit.line);
            }
        }
        if more {
            let tail = text.len().saturating_sub(OVERLAP);
            let begin = text[tail..].iter().position(|byte| *byte == b'\n');
            let keep = begin.map_or(tail, |at| tail + at + 1);
            self.line += newlines(&text[..keep]);
            self.text = text[keep..].to_vec();
        }
    }

    fn found(&mut self, rule: &str, description: &str, line: u64) {
        let Some(path) = self.path.clone().filter(|_| !self.skipped) else {
            return;
        };
        if self.findings.len() >= MOST || !self.told.insert((rule.to_owned(), line)) {
            return;
        }
        let finding = Finding {
            rule: rule.to_owned(),
            description: description.to_owned(),
            commit: self.commit.clone(),
            file: path,
            line,
        };
        if !finding.is_in(&self.ignored) {
            self.findings.push(finding);
        }
    }
}

fn newlines(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// Text as it is; text in UTF-16 without its zeros; `None`: what has zeros otherwise is not text.
fn readable(bytes: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    if zeros == 0 {
        return Some(bytes.into());
    }
    let wide = zeros * 5 >= bytes.len() * 2 && !bytes.windows(4).any(|four| four == [0; 4]);
    wide.then(|| bytes.iter().copied().filter(|byte| *byte != 0).collect())
}

/// The first line of what a hunk adds: `@@ -7,2 +9,3 @@`, or `@@@ -1 -1 +2,3 @@@`.
fn first_line(header: &str) -> u64 {
    let new = header.split(' ').find(|word| word.starts_with('+'));
    let number = new.and_then(|word| word[1..].split(',').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(1)
}

/// A path as it is: git puts odd ones into quotes, with escapes as in C.
fn unquoted(path: &str) -> String {
    let Some(inner) = path
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return path.to_owned();
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'r') => bytes.push(b'\r'),
            Some(high @ b'0'..=b'3') => {
                let mut digit = || rest.next().map_or(0, |d| d.wrapping_sub(b'0') & 7);
                let (middle, low) = (digit(), digit());
                bytes.push((high - b'0') << 6 | middle << 3 | low);
            }
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
