//! Secrets in the history of a real git repository, however it is set up.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{program, skipped};
use crate::support::deployer::Deployer;

const PIPELINE: &str = r#"
let app = params(#{
    range: text("commits").or(""), known: list("known").or([]), shallow: flag("shallow").or(false),
});
let asked = #{ known: app.known, shallow: app.shallow };
if app.range != "" { asked.range = app.range; }
for one in git::find_secrets(asked) { print(`${one.file}:${one.line} ${one.rule}`); }
"#;

/// The secret of these tests, in the making.
fn secret() -> String {
    ["hunt", "er2x", "Yz77"].concat()
}

/// A line with a secret in it: `password=…`.
fn line() -> String {
    format!("{}word={}\n", "pass", secret())
}

struct Repository(Deployer);

impl Repository {
    fn new() -> Option<Repository> {
        if program("git").is_none() {
            skipped("git is not on this machine");
            return None;
        }
        let mut deployer = Deployer::offline();
        deployer.write("look.rhai", PIPELINE);
        let repository = Repository(deployer);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.git(&["config", "user.name", "Ana"]);
        repository.git(&["config", "user.email", "ana@example.com"]);
        Some(repository)
    }

    fn git(&self, args: &[&str]) -> String {
        let done = Command::new("git")
            .args(args)
            .current_dir(self.0.directory())
            .stdin(Stdio::null())
            .output()
            .expect("git is there");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    fn commit(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.directory().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, content).expect("it is written");
        self.git(&["add", "--force", "--all", "."]);
        self.git(&["commit", "--quiet", "-m", name]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// What a run prints; nowhere in what it says and keeps is the secret.
    fn found(&self, more: &[&str]) -> Vec<String> {
        let words: Vec<&str> = ["run", "look.rhai"].iter().chain(more).copied().collect();
        let run = self.0.json(&words);
        run.expect(0);
        assert!(!run.has_said(&secret()), "{run}");
        for (path, content) in self.0.state_files() {
            let text = String::from_utf8_lossy(&content);
            assert!(!text.contains(&secret()), "{path:?}");
        }
        let printed = run
            .lines()
            .into_iter()
            .filter(|event| event["event"] == "printed");
        printed
            .filter_map(|event| event["text"].as_str().map(str::to_owned))
            .collect()
    }
}

#[test]
fn what_a_later_commit_takes_out_is_found_on_any_branch() {
    let Some(repository) = Repository::new() else {
        return;
    };
    // In the very first commit, whatever git is set to show of it.
    let first = repository.commit("conf/a.env", line());
    repository.commit("conf/a.env", "password=${PASSWORD}\n");
    repository.git(&["switch", "--quiet", "-c", "side"]);
    let side = repository.commit(
        "with space/ü \"q\".txt",
        format!("one\r\ntwo\r\n{}", line().trim().to_owned() + "\r\n"),
    );
    repository.git(&["tag", "old"]);
    repository.git(&["switch", "--quiet", "main"]);
    repository.git(&["branch", "--quiet", "-D", "side"]);
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.external", "true"),
        ("diff.relative", "true"),
        ("color.ui", "always"),
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("log.decorate", "full"),
        ("diff.context", "7"),
        ("format.pretty", "raw"),
        ("core.quotePath", "true"),
    ] {
        repository.git(&["config", key, value]);
    }
    let both = [
        "with space/ü \"q\".txt:3 bare-secret",
        "conf/a.env:1 bare-secret",
    ];
    let mut found = repository.found(&[]);
    found.retain(|one| !one.contains("configured"));
    assert_eq!(found, both);
    assert_eq!(
        repository.found(&["--set", "range=HEAD~1..HEAD"]),
        [] as [&str; 0]
    );
    let known = format!("known=[\"{}\", \"{}\"]", &first[..7], &side[..12]);
    assert_eq!(repository.found(&["--set", &known]), [] as [&str; 0]);
}

/// Attributes that hide a file from `git diff`, text in UTF-16, a line of megabytes, a merge that adds what neither side has.
#[test]
fn nothing_hides_a_secret() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.commit(
        ".gitattributes",
        "*.key -diff\n*.dat binary\n*.env diff=mine\n",
    );
    repository.git(&["config", "diff.mine.textconv", "true"]);
    repository.commit("a.key", line());
    repository.commit("b.dat", line());
    repository.commit("c.env", line());
    let wide: Vec<u8> = line().encode_utf16().flat_map(u16::to_le_bytes).collect();
    repository.commit("d.txt", [&[0xff, 0xfe], wide.as_slice()].concat());
    let long = "x y;".repeat(700_000);
    repository.commit(
        "e.min.js",
        format!("{long} {}word=\"{}\"; {long}\n", "pass", secret()),
    );
    repository.commit(
        "f.raw",
        [&[0, 0, 0, 1, 0, 0, 0, 0], line().as_bytes(), &[0; 64]].concat(),
    );
    repository.git(&["switch", "--quiet", "-c", "side"]);
    repository.commit("g.txt", "side\n");
    repository.git(&["switch", "--quiet", "main"]);
    repository.commit("h.txt", "main\n");
    repository.git(&["merge", "--quiet", "--no-commit", "side"]);
    fs::write(
        repository.0.directory().join("h.txt"),
        format!("main\n{}", line()),
    )
    .expect("written");
    repository.git(&["add", "."]);
    repository.git(&["commit", "--quiet", "-m", "merge"]);
    let found = repository.found(&[]);
    let mut places: Vec<&str> = found
        .iter()
        .filter_map(|one| one.split(' ').next())
        .collect();
    places.dedup();
    let wanted = [
        "h.txt:2",
        "e.min.js:1",
        "d.txt:1",
        "c.env:1",
        "b.dat:1",
        "a.key:1",
    ];
    assert_eq!(places, wanted);
}

#[test]
fn what_was_looked_at_is_left_alone() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.commit("a.txt", line());
    repository.commit("b.txt", line().replace('\n', " # gitleaks:allow\n"));
    assert_eq!(repository.found(&[]), ["a.txt:1 bare-secret"]);
    repository
        .0
        .put(".gitleaksignore", "# looked at\na.txt:bare-secret:1\n");
    assert_eq!(repository.found(&[]), [] as [&str; 0]);
    repository.0.put(".gitleaksignore", "");
    let allow = "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^a\\.txt$''']\n";
    repository.0.put(".gitleaks.toml", allow);
    assert_eq!(repository.found(&[]), [] as [&str; 0]);
    repository
        .0
        .put(".gitleaks.toml", "[allowlist]\npaths = ['''x''']\n");
    let run = repository.0.json(&["run", "look.rhai"]);
    assert_eq!(run.expect(1).ending()["fault"]["code"], "invalid_rules");
    run.says("useDefault");
}

#[test]
fn what_cannot_be_looked_at_is_no_success() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.commit("a.txt", line());
    repository.commit("a.txt", "nothing\n");
    let code = |repository: &Repository, more: &[&str]| -> Value {
        let words: Vec<&str> = ["run", "look.rhai"].iter().chain(more).copied().collect();
        repository.0.json(&words).expect(1).ending()["fault"]["code"].clone()
    };
    assert_eq!(
        code(&repository, &["--set", "range=nowhere..HEAD"]),
        "process_failed"
    );
    assert_eq!(
        code(&repository, &["--set", "range=--output=x"]),
        "invalid_input"
    );
    assert_eq!(
        code(&repository, &["--set", "known=[\"\"]"]),
        "invalid_input"
    );
    // A clone without most of its history.
    let url = format!("file://{}", repository.0.directory().display());
    let mut shallow = Deployer::offline();
    shallow.write("look.rhai", PIPELINE);
    let shallow = Repository(shallow);
    shallow.git(&["init", "--quiet"]);
    shallow.git(&["fetch", "--quiet", "--depth=1", &url, "main"]);
    shallow.git(&["update-ref", "refs/heads/copy", "FETCH_HEAD"]);
    assert_eq!(code(&shallow, &[]), "history_incomplete");
    assert_eq!(shallow.found(&["--set", "shallow=true"]), [] as [&str; 0]);
}
