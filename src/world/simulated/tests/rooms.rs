//! Which service may call which: the table in the front page is what the code does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

type Calls = BTreeMap<String, BTreeSet<String>>;

fn room(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("src/world/simulated").join(name)
}

/// The table of the front page, by service.
fn stated() -> Calls {
    let page = std::fs::read_to_string(room("aws/mod.rs")).expect("the front page");
    let rows = page.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let (name, rest) = row.split_once("` | ").expect("two columns");
        let called = rest.split('`').skip(1).step_by(2);
        (name.to_owned(), called.map(str::to_owned).collect())
    })
    .collect()
}

/// The code of a file or a folder, without comments.
fn code(path: &Path) -> String {
    if path.is_dir() {
        let files = std::fs::read_dir(path).expect("a folder");
        return files
            .map(|file| code(&file.expect("a file").path()))
            .collect();
    }
    let text = std::fs::read_to_string(path).expect("a file");
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.map(str::trim).collect()
}

/// The parts of a room that hold something of their own: folders and files beside its front page.
fn parts(name: &str) -> Vec<(String, String)> {
    let shared = [
        "mod",
        "json",
        "absent",
        "answers",
        "endpoints",
        "listeners",
        "people_state",
        "process_rules",
    ];
    let files = std::fs::read_dir(room(name)).expect("a folder");
    let named = files.map(|file| {
        let path = file.expect("a file").path();
        let stem = path.file_stem().expect("a name").to_string_lossy();
        (stem.into_owned(), code(&path))
    });
    named
        .filter(|(name, _)| !shared.contains(&name.as_str()))
        .collect()
}

/// Whether code names a part: by its path, or by its state in the cloud.
fn names(code: &str, room: &str, part: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let after = |prefix: &str| {
        let pieces = code.split(prefix).skip(1);
        pieces
            .filter_map(|piece| piece.strip_prefix(part))
            .any(ends)
    };
    let grouped = code
        .split(&format!("simulated::{room}::{{"))
        .skip(1)
        .any(|group| {
            let names = group.split('}').next().unwrap_or_default().split(',');
            names.map(str::trim).any(|name| name == part)
        });
    after(&format!("simulated::{room}::")) || grouped || after("cloud.")
}

#[test]
fn services_call_only_what_the_front_page_says() {
    let all: Vec<(&str, String, String)> = ["aws", "outside"]
        .into_iter()
        .flat_map(|room| parts(room).into_iter().map(move |(n, c)| (room, n, c)))
        .collect();
    let called = |own: &str, code: &str| {
        let others = all.iter().filter(|(_, name, _)| name != own);
        let called = others.filter(|(room, name, _)| names(code, room, name));
        called.map(|(_, name, _)| name.clone()).collect()
    };
    let found: Calls = all
        .iter()
        .map(|(_, name, code)| (name.clone(), called(name, code)))
        .collect();
    assert_eq!(found, stated());
}

#[test]
fn who_calls_nobody_knows_only_its_own_state() {
    for (name, code) in parts("aws") {
        if stated()[&name].is_empty() {
            assert!(!code.contains("Cloud;"), "{name} knows the whole cloud");
        }
    }
}

#[test]
fn the_kernel_knows_no_service() {
    let code = code(&room("kernel"));
    for word in ["simulated::aws", "simulated::outside", "simulated::cloud"] {
        assert!(!code.contains(word), "the kernel knows {word}");
    }
}
