//! Journals on disk: one with an entry that this version does not know, and those of two processes side by side.

use std::fs;
use std::path::PathBuf;

use regex::Regex;
use sha2::{Digest, Sha256};

use crate::support::deployer::Deployer;

const SCRIPT: &str = r#"
undo("remove done.txt", || file::write("undone.txt", "x"));
step "Write" {
    file::write("done.txt", "x");
    note("one file is written");
}
let read = file::read("done.txt");
try { file::read("absent.txt"); } catch (fault) { print(fault.code); }
let now = time::now();
time::sleep("1ms");
approval::ask("deploy?", #{ roles: ["lead"] });
"#;

/// A run that waits for an answer, and its journal.
fn suspended(deployer: &Deployer) -> (String, PathBuf) {
    deployer.run(&["run", "ask.rhai"]).expect(5);
    let run = deployer.newest_run();
    let journal = deployer.state().join("runs").join(&run).join("journal");
    (run, journal)
}

/// The JSON of a line, without checksum and link.
fn entry(line: &str) -> String {
    let (_, json) = line.split_once(' ').expect("a checksum");
    let (entry, _) = json.rsplit_once(",\"link\":").expect("a link");
    format!("{entry}}}")
}

/// A journal of these entries, with the checksums and links that belong to them.
fn journal_of(entries: &[String]) -> String {
    let mut link = String::new();
    let mut journal = String::new();
    for entry in entries {
        let digest = Sha256::digest(format!("{link}{entry}"));
        link = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let inner = entry.strip_suffix('}').expect("an object");
        let json = format!("{inner},\"link\":\"{link}\"}}");
        let checksum = crc32fast::hash(json.as_bytes());
        journal += &format!("{checksum:08x} {json}\n");
    }
    journal
}

#[test]
fn an_entry_of_a_later_version_is_named_and_nothing_is_done() {
    let mut deployer = Deployer::offline();
    deployer.write("ask.rhai", SCRIPT);
    let (whole, _) = suspended(&deployer);
    let (run, journal) = suspended(&deployer);
    let text = fs::read_to_string(&journal).expect("a journal");
    let mut entries: Vec<String> = text.lines().map(entry).collect();
    assert_eq!(
        journal_of(&entries),
        text,
        "the test writes what a run writes"
    );
    let place = entries.len() / 2;
    let unknown = r#"{"entry":"teleported","at":"2030-01-01T00:00:00Z"}"#;
    unknown.clone_into(&mut entries[place]);
    let strange = journal_of(&entries);
    fs::write(&journal, &strange).expect("a journal");
    let line = format!("journal:{}", place + 1);
    for command in ["show", "resume"] {
        let refused = deployer.run(&[command, &run]);
        refused
            .expect(2)
            .says(&line)
            .says("not an entry that this version of deployer knows")
            .says("teleported")
            .says("start a new run");
    }
    // The list has every other run, and says which it cannot read.
    let listed = deployer.run(&["runs"]);
    listed.expect(0).says(&whole).says(&line).says("teleported");
    deployer.run(&["show", &whole]).expect(0);
    assert_eq!(fs::read_to_string(&journal).expect("a journal"), strange);
    assert!(!deployer.directory().join("undone.txt").exists());
}

#[test]
fn two_processes_write_the_same_journal() {
    let masks = [
        (r"(?m)^[0-9a-f]{8} ", ""),
        (r#","link":"[0-9a-f]{64}"\}"#, "}"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        (r#""elapsed_ms":\d+"#, r#""elapsed_ms":0"#),
        // What a question's digest is of has the id of the run in it.
        (r#""digest":"[0-9a-f]{64}""#, r#""digest":"""#),
        (r"--reviewed [0-9a-f]{8}", "--reviewed DIGEST"),
    ];
    let written = || {
        let mut deployer = Deployer::offline();
        deployer.write("ask.rhai", SCRIPT);
        let (run, journal) = suspended(&deployer);
        deployer.run(&["resume", &run]).expect(5);
        let text = fs::read_to_string(journal).expect("a journal");
        let state = deployer.state().display().to_string();
        let mut text = text.replace(&run, "RUN").replace(&state, "STATE");
        for (pattern, mask) in masks {
            let pattern = Regex::new(pattern).expect("a pattern");
            text = pattern.replace_all(&text, mask).into_owned();
        }
        text
    };
    let first = written();
    assert!(first.lines().count() > 15, "{first}");
    assert!(first.contains(r#""entry":"resumed""#), "{first}");
    assert_eq!(first, written());
}
