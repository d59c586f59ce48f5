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
    ("automated_item(\"", '"'),
    ("manual_item(\"", '"'),
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

/// The rows of the tables that go through a runbook item by item, each cell without its margins.
fn items(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let cells = line.strip_prefix('|').and_then(|l| l.strip_suffix('|'));
        let Some(cells) = cells else {
            inside = false;
            continue;
        };
        let cells: Vec<String> = cells
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect();
        if ["item", "punto"].contains(&cells[0].as_str()) {
            inside = true;
        } else if inside && !cells[0].starts_with("---") {
            found.push(cells);
        }
    }
    found
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

#[test]
fn every_item_of_a_runbook_is_done_somewhere_or_outside_for_a_reason() {
    let mut count = 0;
    for team in ["coditect", "imagy", "truecaller"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
        let text = fs::read_to_string(folder.join(team).join("README.md")).expect("a README");
        for row in items(&text) {
            let place = row.get(1).map_or("", String::as_str);
            let cited = place.starts_with('`') && place.contains(".rhai:");
            let outside = ["outside", "fuera"].contains(&place);
            let why = row.get(2).is_some_and(|why| !why.is_empty());
            assert!(
                row.len() == 3 && (cited || outside) && why,
                "{team}: {row:?}"
            );
            count += 1;
        }
    }
    assert!(count > 150, "{count} items");
}

#[test]
fn who_is_asked_is_asked_for_each_item() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/coditect");
    let text = fs::read_to_string(folder.join("README.md")).expect("a README");
    let production = fs::read_to_string(folder.join("environments/production.toml"));
    let production: toml::Table = production.expect("a file").parse().expect("TOML");
    let confirm = production["confirm"].as_array().expect("items");
    let rows = items(&text);
    let asked = rows
        .iter()
        .filter(|row| row[2].starts_with("asked: devops"));
    assert_eq!(asked.count(), confirm.len());
}
