//! Docstrings of public items tell something: what the item is, its unit, its errors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Docstrings with so many words or fewer only repeat the item's name.
const TOO_FEW_WORDS: usize = 3;

/// Derives of types whose docstrings are shown to users, as help or in the reference: nouns are enough on their members.
const SHOWN_TO_USERS: [&str; 5] = ["JsonSchema", "Args", "Subcommand", "Parser", "ValueEnum"];

/// A docstring, and what it is about.
struct Docstring {
    /// Line of its beginning, from 1.
    line: usize,
    text: String,
    public: bool,
    shown_to_users: bool,
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_doc(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("///") && !line.starts_with("////")
}

/// Indices of the items that hold the one at `index`, innermost first: `pub struct S {`, `pub enum E {` and `Variant {`.
fn holders(lines: &[&str], index: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut least = indent(lines[index]);
    for at in (0..index).rev() {
        let line = lines[at].trim_start();
        let code = !line.is_empty() && !line.starts_with(['/', '#', '}', ')', ']']);
        if code && indent(lines[at]) < least {
            found.push(at);
            least = indent(lines[at]);
        }
    }
    found
}

/// The lines of attributes and docstrings right above an item.
fn attributes<'t>(lines: &[&'t str], item: usize) -> impl Iterator<Item = &'t str> {
    let above: Vec<&str> = lines[..item].to_vec();
    above.into_iter().rev().take_while(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.ends_with(['}', ';', ','])
    })
}

/// Every docstring of a file that `rustfmt` has formatted.
fn docstrings(text: &str) -> Vec<Docstring> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if !is_doc(lines[at]) {
            at += 1;
            continue;
        }
        let first = at;
        while at < lines.len() && is_doc(lines[at]) {
            at += 1;
        }
        let words = |line: &&str| line.trim_start()[3..].trim().to_owned();
        let text: Vec<String> = lines[first..at].iter().map(words).collect();
        let mut item = at;
        while item < lines.len()
            && (indent(lines[item]) > indent(lines[first])
                || lines[item].trim().starts_with(['#', ')', ']']))
        {
            item += 1;
        }
        let Some(code) = lines.get(item) else { break };
        let holders = holders(&lines, first);
        let public_holder = |at: &usize| {
            let line = lines[*at].trim_start();
            line.starts_with("pub") && (line.contains(" enum ") || line.contains(" trait "))
        };
        let derives = |at: &usize| {
            let mut above = attributes(&lines, *at);
            above.any(|line| {
                let derives = line.contains("derive(");
                derives && SHOWN_TO_USERS.iter().any(|name| line.contains(name))
            })
        };
        found.push(Docstring {
            line: first + 1,
            text: text.join(" "),
            public: code.trim_start().starts_with("pub") || holders.iter().any(public_holder),
            shown_to_users: holders.iter().any(derives),
        });
    }
    found
}

/// What is wrong with a docstring; `None`: nothing that can be counted.
fn problem(doc: &Docstring) -> Option<String> {
    let words = doc.text.split_whitespace().count();
    let short = doc.public && !doc.shown_to_users && words <= TOO_FEW_WORDS;
    let points_elsewhere = doc.text.starts_with("The same");
    (short || points_elsewhere).then(|| format!("{}: {}", doc.line, doc.text))
}

fn rust_files(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.insert(path);
        }
    }
}

#[test]
fn docstrings_of_public_items_say_what_the_item_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeSet::new();
    for folder in ["src", "tests"] {
        rust_files(&root.join(folder), &mut files);
    }
    let (mut all, mut wrong) = (0, Vec::new());
    for file in files {
        let docs = docstrings(&fs::read_to_string(&file).expect("a text"));
        all += docs.iter().filter(|doc| doc.public).count();
        let shown = file.strip_prefix(root).unwrap_or(&file).display();
        let wrong_here = docs.iter().filter_map(problem);
        wrong.extend(wrong_here.map(|problem| format!("{shown}:{problem}")));
    }
    assert!(all > 1000, "{all}");
    assert!(
        wrong.is_empty(),
        "say what the item is, its shape or unit, when it is absent, in at least {} words: {wrong:#?}",
        TOO_FEW_WORDS + 1
    );
}

#[test]
fn the_reader_of_docstrings_knows_what_is_public() {
    let text = r"
%% Short one.
pub struct Public {
    %% When.
    #[serde(default)]
    pub at: u64,
    %% Private.
    hidden: u64,
}

%% A public enum with variants.
pub(crate) enum Choice {
    %% First.
    First {
        %% Inner.
        of: u64,
    },
}

%% Command line.
#[derive(Debug, Args)]
pub struct Arguments {
    %% Shell
    pub shell: String,
}

%% The same as a helper that nobody sees.
fn helper() {}

impl Public {
    %% Twice.
    #[must_use]
    pub fn twice(&self) -> u64 {
        // Not a docstring.
        self.at * 2
    }

    %% Free.
    fn free() {}
}
";
    let text = text.replace("%%", "///");
    let wrong: Vec<String> = docstrings(&text).iter().filter_map(problem).collect();
    let expected = [
        "2: Short one.",
        "4: When.",
        "13: First.",
        "15: Inner.",
        "20: Command line.",
        "27: The same as a helper that nobody sees.",
        "31: Twice.",
    ];
    assert_eq!(wrong, expected);
}
