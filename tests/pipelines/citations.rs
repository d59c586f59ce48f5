//! The READMEs of the runbooks cite the lines of their pipelines, as `release.rhai:36` with the name of what stands there: a
//! step, an item of a checklist, or a function, as in ``lib/catalog.rhai:20` find_image`. A citation is right, or it says
//! nothing.

use std::fs;
use std::path::{Path, PathBuf};

/// Set to write the numbers as they are now.
const UPDATE: &str = "UPDATE_CITATIONS";

/// What is called by its name in a README, and the sign that ends the name.
const NAMED: [(&str, char); 4] = [
    ("step \"", '"'),
    ("checked(\"", '"'),
    ("confirmed(\"", '"'),
    ("fn ", '('),
];

/// The line of a script on which something stands whose name `said` begins with.
fn line_of(script: &str, said: &str) -> Option<usize> {
    let begins = |line: &str| {
        let mut names = NAMED.iter().filter_map(|(sign, end)| {
            let name = line.split(sign).nth(1)?.split(*end).next()?;
            said.starts_with(name).then_some(name.len())
        });
        // A comment names nothing.
        names
            .next()
            .filter(|_| !line.trim_start().starts_with("//"))
    };
    let found = script.lines().enumerate();
    let found = found.filter_map(|(at, line)| Some((begins(line)?, at + 1)));
    // The longest name: `Merge and tag`, and not `Merge`.
    found.max_by_key(|(length, _)| *length).map(|(_, at)| at)
}

/// The text with its citations as they should be, how many there are, and which are wrong.
fn corrected(folder: &Path, text: &str) -> (String, usize, Vec<String>) {
    let (mut out, mut count, mut wrong) = (String::new(), 0, Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find(".rhai:") {
        let (before, after) = rest.split_at(at + ".rhai:".len());
        out.push_str(before);
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, said) = after.split_at(digits);
        let name = before[..at].rsplit('`').next().unwrap_or_default();
        let path = folder.join(format!("{name}.rhai"));
        let said_of = said.trim_start_matches(['`', ' ', ',', '*']);
        let line = fs::read_to_string(&path)
            .ok()
            .and_then(|script| line_of(&script, said_of));
        count += 1;
        let now = line.map_or_else(|| number.to_owned(), |line| line.to_string());
        if now != number || line.is_none() {
            let cited: String = said_of.chars().take(30).collect();
            wrong.push(format!("{}:{number} {cited}: {line:?}", path.display()));
        }
        out.push_str(&now);
        rest = said;
    }
    out.push_str(rest);
    (out, count, wrong)
}

fn readmes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let teams = fs::read_dir(folder).expect("pipelines").flatten();
    let all = teams.map(|team| team.path().join("README.md"));
    all.filter(|path| path.is_file()).collect()
}

#[test]
fn a_line_that_a_readme_cites_is_the_step_that_it_names() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in readmes() {
        let text = fs::read_to_string(&path).expect("a README");
        let (now, some, mut differ) = corrected(path.parent().expect("a folder"), &text);
        count += some;
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&path, now).expect("a README");
            differ.retain(|one| one.ends_with("None"));
        }
        wrong.append(&mut differ);
    }
    assert!(count > 20, "{count} citations");
    assert!(
        wrong.is_empty(),
        "cited wrongly; {UPDATE}=1 writes the numbers anew: {wrong:#?}"
    );
}
