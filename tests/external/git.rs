//! Releases on a real git repository: a remote, its clone, and what a pipeline does with both.

use std::path::Path;
use std::process::Command;

use super::{program, skipped};
use crate::support::deployer::{Deployer, Finished};

const PIPELINE: &str = r#"
import "std/release" as release;
import "std/repository" as repository;

let app = params(#{
    version: text("version").or("1.3.0"),
    meanwhile: text("what somebody else does meanwhile").or(""),
    fails: flag("fail in the end").or(false),
    again: flag("take what is released already").or(false),
});
let found = step "Look" { release::inspect(#{ version: app.version, allow_released: app.again }) };
step "Test" {
    release::run_tests(found.head, ["git diff --check HEAD~1 HEAD"]);
    release::check_secrets();
}
step "Release" {
    if !found.released {
        repository::push_branch("origin", found.branch, found.head);
        repository::push_merge(found.merge, #{ tag: found.tag, message: found.notes });
    }
}
if app.meanwhile != "" { process::run("sh", #{ args: ["-ec", app.meanwhile], repeatable: true }); }
if app.fails { step "Watch" { fail("it does not hold"); } }
"#;

struct Project {
    deployer: Deployer,
    remote: tempfile::TempDir,
}

impl Project {
    /// `main` is at 1.2.0 and tagged; `develop` has what will be 1.3.0.
    fn set() -> Option<Project> {
        if program("git").is_none() {
            skipped("git is not on this machine");
            return None;
        }
        let remote = tempfile::tempdir().expect("a temporary directory");
        git(
            remote.path(),
            &["init", "--quiet", "--bare", "--initial-branch=main", "."],
        );
        let mut deployer = Deployer::offline();
        deployer.write("pyproject.toml", "version = \"1.2.0\"\n");
        let project = Project { deployer, remote };
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project.git(&["config", "user.name", "Ana"]);
        project.git(&["config", "user.email", "ana@example.com"]);
        let url = project.remote.path().to_str().expect("a path").to_owned();
        project.git(&["remote", "add", "origin", &url]);
        project.commit(
            "first",
            &[("CHANGELOG.md", "# Changes\n\n## [1.2.0]\n\n- first\n")],
        );
        project.git(&["tag", "-a", "v1.2.0", "-m", "1.2.0"]);
        project.git(&["switch", "--quiet", "-c", "develop"]);
        let changes = "# Changes\n\n## [1.3.0] - 2026-01-12\n\n- grades\n\n## [1.2.0]\n\n- first\n";
        project.commit(
            "grades",
            &[
                ("pyproject.toml", "version = \"1.3.0\"\n"),
                ("CHANGELOG.md", changes),
                ("release.rhai", PIPELINE),
            ],
        );
        project.git(&["push", "--quiet", "origin", "main", "develop", "v1.2.0"]);
        Some(project)
    }

    fn commit(&self, message: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.deployer.put(name, text);
        }
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "-m", message]);
    }

    fn git(&self, args: &[&str]) -> String {
        git(self.deployer.directory(), args)
    }

    /// Every branch and tag of the remote, with the commit that it leads to.
    fn refs(&self) -> Vec<String> {
        let format = "--format=%(refname) %(objectname) %(*objectname)";
        let listed = git(self.remote.path(), &["for-each-ref", format]);
        listed.lines().map(|line| line.trim().to_owned()).collect()
    }

    fn run(&self, more: &[&str]) -> Finished {
        let words: Vec<&str> = ["run", "release.rhai"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        self.deployer.json(&words)
    }
}

fn git(directory: &Path, args: &[&str]) -> String {
    let done = Command::new("git")
        .args(args)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git is there");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "git {args:?}: {said}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

#[test]
fn a_release_is_merged_tagged_and_pushed() {
    let Some(project) = Project::set() else {
        return;
    };
    let develop = project.git(&["rev-parse", "develop"]);
    let run = project.run(&[]);
    run.expect(0);
    let remote = |args: &[&str]| git(project.remote.path(), args);
    assert_eq!(remote(&["rev-parse", "release/v1.3.0"]), develop);
    let parents = remote(&["show", "--no-patch", "--format=%P", "main"]);
    assert_eq!(
        parents.split(' ').next_back(),
        Some(develop.as_str()),
        "{parents}"
    );
    assert_eq!(
        remote(&["rev-parse", "v1.3.0^{commit}"]),
        remote(&["rev-parse", "main"])
    );
    assert_eq!(
        remote(&["cat-file", "-t", "v1.3.0"]),
        "tag",
        "an annotated one"
    );
    assert!(remote(&["tag", "-n9", "--list", "v1.3.0"]).contains("- grades"));
    project
        .run(&[])
        .expect(1)
        .says("v1.3.0 was released already");
}

#[test]
fn a_release_that_does_not_hold_is_taken_back() {
    let Some(project) = Project::set() else {
        return;
    };
    let before = project.refs();
    let run = project.run(&["--set", "fails=true"]);
    assert_eq!(run.expect(3).ending()["outcome"], "rolled_back");
    assert_eq!(
        project.refs(),
        before,
        "branches and tags are where they were"
    );
    assert_eq!(
        project.git(&["tag", "--list", "v1.3.0"]),
        "",
        "nor is it here"
    );
    // And can be released again.
    project.run(&[]).expect(0);
}

#[test]
fn a_second_run_takes_the_release_of_the_same_commit_and_of_no_other() {
    let Some(project) = Project::set() else {
        return;
    };
    // A tag that never reached the remote is not a release.
    project.git(&["tag", "-a", "v1.3.0", "-m", "left behind", "develop"]);
    project.run(&["--set", "again=true"]).expect(0);
    let released = project.refs();
    let second = project.run(&["--set", "again=true"]);
    second.expect(0).says("merged and tagged already");
    assert_eq!(project.refs(), released, "nothing is made twice");
    project.run(&[]).expect(1).says("was released already");
    // GitHub deletes a branch that is merged; the tag still leads to its commit, whatever comes to where it was cut from.
    project.git(&["push", "--quiet", "origin", "--delete", "release/v1.3.0"]);
    let third = project.run(&["--set", "again=true"]);
    third.expect(0).says("merged and tagged already");
    project.git(&["push", "--quiet", "origin", "develop:release/v1.3.0"]);
    // The branch goes on: the tag is of another commit.
    project.git(&["switch", "--quiet", "-c", "release/v1.3.0"]);
    project.commit("more", &[("more.txt", "more\n")]);
    project.git(&["push", "--quiet", "origin", "release/v1.3.0"]);
    let other = project.run(&["--set", "again=true"]);
    assert_eq!(other.expect(1).ending()["fault"]["code"], "tag_exists");
}

/// Someone pushes to main while the release is watched.
const MEANWHILE: &str = "meanwhile=git fetch -q origin; git switch -q --detach origin/main; \
    echo more > more.txt; git add more.txt; git commit -q -m more; git push -q origin HEAD:main; git switch -q develop";

#[test]
fn what_came_after_a_release_is_not_taken_back_with_it() {
    let Some(project) = Project::set() else {
        return;
    };
    let run = project.run(&["--set", "fails=true", "--set", MEANWHILE]);
    let ending = run.expect(1).ending();
    assert_eq!(ending["outcome"], "failed", "not all could be undone");
    run.says("main has new commits since");
    let remote = |args: &[&str]| git(project.remote.path(), args);
    assert_eq!(remote(&["show", "main:more.txt"]), "more");
}

#[test]
fn what_is_not_ready_releases_nothing() {
    let Some(project) = Project::set() else {
        return;
    };
    let before = project.refs();
    let refused = |version: &str, code: &str| {
        let version = format!("version={version}");
        let run = project.run(&["--set", &version]);
        assert_eq!(run.expect(1).ending()["fault"]["code"], code, "{run}");
    };
    refused("1.2.0", "tag_exists");
    refused("1.1.0", "version_not_newer");
    refused("1.4.0", "version_differs");
    project.commit(
        "oops",
        &[("settings.py", "api_key = \"0123456789abcdef\"\n")],
    );
    project.git(&["push", "--quiet", "origin", "develop"]);
    let run = project.run(&[]);
    assert_eq!(run.expect(1).ending()["fault"]["code"], "secret_in_history");
    assert!(!run.has_said("0123456789abcdef"), "{run}");
    assert_eq!(project.refs().len(), before.len());
}

#[test]
fn a_conflict_is_found_before_anything_moves() {
    let Some(project) = Project::set() else {
        return;
    };
    project.git(&["switch", "--quiet", "main"]);
    project.commit("hotfix", &[("pyproject.toml", "version = \"1.2.1\"\n")]);
    project.git(&["push", "--quiet", "origin", "main"]);
    project.git(&["switch", "--quiet", "develop"]);
    let before = project.refs();
    let run = project.run(&[]);
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "merge_conflict");
    assert!(
        fault["message"].to_string().contains("pyproject.toml"),
        "{fault}"
    );
    assert_eq!(project.refs(), before);
}
