//! Slips of the pen, hundreds of them, in the shipped pipelines and fixtures: each is refused at its line and in words, or
//! harmless.

use std::fs;
use std::path::{Path, PathBuf};

use deployer::primitive;
use deployer::script::Program;
use deployer::world::simulated::{Fixture, Simulated};

/// What the parser under the language says of itself; nobody who writes a pipeline should have to read it.
const RAW: [&str; 6] = [
    "Expecting",
    "Syntax error",
    "EvalAltResult",
    "ErrorParsing",
    "reserved keyword",
    "script_error: Function not found",
];

/// A text with one slip, and what was done to it.
struct Slip {
    line: usize,
    what: String,
    text: String,
}

/// The shipped files of one kind.
fn shipped(ending: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            match path.is_dir() {
                true => walk(&path, ending, found),
                false if name.ends_with(ending) && !name.ends_with(".test.rhai") => {
                    found.push(path);
                }
                false => {}
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    walk(&root, ending, &mut found);
    found.sort();
    found
}

/// One slip a line: which kind, and where in the line, goes round with the number of the line.
fn slips(text: &str, comment: &str) -> Vec<Slip> {
    let lines: Vec<&str> = text.lines().collect();
    let mut slips = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let code = line.split(comment).next().unwrap_or_default();
        let chars: Vec<char> = code.chars().collect();
        if code.trim().is_empty() {
            continue;
        }
        let changed = match index % 3 {
            0 => without_a_letter(&chars),
            1 => without_a_sign(&chars),
            _ => swapped(&chars),
        };
        let Some((what, changed)) = changed else {
            continue;
        };
        let mut all: Vec<&str> = lines.clone();
        all[index] = &changed;
        slips.push(Slip {
            line: index + 1,
            text: all.join("\n") + "\n",
            what: format!("{what}: {}", changed.trim()),
        });
    }
    slips
}

/// The longest word of the line without its third letter.
fn without_a_letter(chars: &[char]) -> Option<(&'static str, String)> {
    let (start, length) = words(chars).into_iter().max_by_key(|(_, length)| *length)?;
    let mut changed = chars.to_vec();
    (length >= 4).then(|| changed.remove(start + 2))?;
    Some(("a letter is missing", changed.into_iter().collect()))
}

/// The line without its last bracket, quote, comma or semicolon.
fn without_a_sign(chars: &[char]) -> Option<(&'static str, String)> {
    let at = chars.iter().rposition(|c| "(){}[],;\"=".contains(*c))?;
    let mut changed = chars.to_vec();
    changed.remove(at);
    Some(("a sign is missing", changed.into_iter().collect()))
}

/// The first word of the line with its second and third letter in each other's place.
fn swapped(chars: &[char]) -> Option<(&'static str, String)> {
    let mut all = words(chars).into_iter();
    let (start, _) = all.find(|(at, length)| *length >= 4 && chars[at + 1] != chars[at + 2])?;
    let mut changed = chars.to_vec();
    changed.swap(start + 1, start + 2);
    Some(("letters are swapped", changed.into_iter().collect()))
}

/// Where words begin, and how long they are.
fn words(chars: &[char]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in chars.iter().chain([&' ']).enumerate() {
        match (c.is_alphanumeric() || *c == '_', start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at - from));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// What became of the slips in one kind of file.
#[derive(Default)]
struct Told {
    refused: usize,
    passed: Vec<String>,
    /// Slips that are refused without a place, or in the parser's own words.
    badly: Vec<String>,
}

impl Told {
    fn refused(&mut self, what: &str, said: &str, has_place: bool) {
        self.refused += 1;
        if !has_place || RAW.iter().any(|raw| said.contains(raw)) {
            self.badly.push(format!("{what}\n    {said}"));
        }
    }

    /// Every refusal has its place and plain words; of what passes there is no more than `most` in a hundred. Texts
    /// may say anything, and a script by itself does not know who reads its maps.
    fn judge(self, most: usize) {
        let (refused, passed) = (self.refused, self.passed.len());
        assert!(refused > 100, "{refused} slips were refused");
        assert!(self.badly.is_empty(), "{}", self.badly.join("\n"));
        assert!(
            passed * 100 <= (refused + passed) * most,
            "{refused} refused, {passed} passed:\n{}",
            self.passed.join("\n")
        );
    }
}

#[test]
fn a_slip_in_a_pipeline_is_refused_at_a_line_and_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let primitives = primitive::all();
    let mut told = Told::default();
    for path in shipped(".rhai") {
        let text = fs::read_to_string(&path).expect("a script");
        for slip in slips(&text, "//") {
            let changed = folder.path().join("changed.rhai");
            fs::write(&changed, &slip.text).expect("written");
            let what = format!("{}:{} {}", path.display(), slip.line, slip.what);
            match Program::load(&changed, &primitives) {
                Ok(_) => told.passed.push(what),
                Err(invalid) => {
                    let said: Vec<String> = invalid
                        .diagnoses
                        .iter()
                        .map(|one| format!("{} {}", one.message, one.label))
                        .collect();
                    let placed = invalid.diagnoses.iter().all(|one| one.site.line > 0);
                    told.refused(&what, &said.join("; "), placed);
                }
            }
        }
    }
    told.judge(9);
}

#[test]
fn a_slip_in_a_fixture_is_refused_at_a_line_and_in_words() {
    let mut told = Told::default();
    for path in shipped(".cloud.toml") {
        let text = fs::read_to_string(&path).expect("a fixture");
        for slip in slips(&text, "# ") {
            let what = format!("{}:{} {}", path.display(), slip.line, slip.what);
            let cloud = Fixture::parse(&slip.text, "f.cloud.toml")
                .and_then(|fixture| Simulated::from_fixture(fixture, &[], 1));
            match cloud {
                Ok(_) => told.passed.push(what),
                Err(fault) => {
                    let said = fault.to_string();
                    let placed = said.contains("f.cloud.toml:");
                    told.refused(&what, &said, placed);
                }
            }
        }
    }
    told.judge(21);
}
