//! What comes from elsewhere is pinned, and can be looked through without a network.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A folder of this repository.
fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// As `.ci/run` unpacks it where the advisories cannot be fetched.
#[test]
fn the_copy_of_the_advisories_is_a_repository_that_says_where_it_comes_from() {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("SKIPPED: git is not on this machine");
        return;
    }
    let packed = fs::metadata(here(".ci/advisories/advisory-db.tar.xz")).expect("it is there");
    assert!(packed.len() < 1_500_000, "{}", packed.len());
    let folder = tempfile::tempdir().expect("a temporary directory");
    let target = folder.path().join("advisory-db");
    let done = Command::new("python3")
        .arg(here(".ci/advisories/db.py"))
        .arg("unpack")
        .arg(&target)
        .stdin(Stdio::null())
        .output()
        .expect("Python is there");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(
        said.contains("days old (https://github.com/RustSec/advisory-db at "),
        "{said}"
    );
    let crates = fs::read_dir(target.join("crates")).expect("advisories");
    assert!(crates.count() > 500);
    let one = target.join("crates/time/RUSTSEC-2020-0071.md");
    assert!(
        fs::read_to_string(one)
            .expect("an advisory")
            .contains("RUSTSEC-2020-0071")
    );
    for file in [".git/FETCH_HEAD", "LICENSE.txt"] {
        assert!(target.join(file).exists(), "{file}");
    }
    let log = Command::new("git")
        .args(["log", "--format=%s"])
        .current_dir(&target)
        .output();
    let log = log.expect("git is there").stdout;
    assert_eq!(String::from_utf8_lossy(&log).lines().count(), 1);
}

/// Each package that pip installs for the tests has its version and the hashes of its files.
#[test]
fn what_pip_installs_is_known_by_its_hashes() {
    for name in ["moto", "ministack"] {
        let list = fs::read_to_string(here(&format!("tests/support/requirements/{name}.txt")));
        let list = list.expect("it is there").replace("\\\n", " ");
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        let mut packages = 0;
        for line in lines.filter(|line| !line.trim().is_empty()) {
            packages += 1;
            assert!(
                line.contains("==") && line.contains("--hash=sha256:"),
                "{line}"
            );
        }
        assert!(packages > 10, "{name}: {packages}");
    }
}
