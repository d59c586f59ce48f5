//! The folder of the project is looked for above, as git does.

use super::program::Folder;

const PIPELINE: &str = r#"step "Greet" { print(file::read("greeting.txt")); }"#;

/// A project with one run in it.
fn project() -> Folder {
    let folder = Folder::new();
    folder.write("shop/pipelines/greet.rhai", PIPELINE);
    folder.write("shop/greeting.txt", "good morning");
    folder.write("shop/pipelines/deep/note.txt", "");
    let run = folder.run_in("shop", &["run", "pipelines/greet.rhai"]);
    assert!(run.expect(0).stdout.contains("good morning"), "{run:#?}");
    assert!(folder.path().join("shop/.deployer").is_dir());
    folder
}

#[test]
fn a_command_in_a_subfolder_finds_the_runs_and_names_the_folder() {
    let folder = project();
    let above = folder.run_in("shop", &["runs"]);
    assert_eq!(above.expect(0).stderr, "");
    for below in ["shop/pipelines", "shop/pipelines/deep"] {
        let found = folder.run_in(below, &["runs"]);
        assert_eq!(found.expect(0).stdout, above.stdout);
        let shop = folder.path().join("shop").canonicalize().expect("there");
        assert_eq!(found.stderr, format!("project: {}\n", shop.display()));
    }
    let silent = folder.run_in("shop/pipelines", &["runs", "--quiet"]);
    assert_eq!(silent.expect(0).stderr, "");
    assert_eq!(silent.stdout, above.stdout);
}

#[test]
fn paths_are_relative_to_where_one_stands_and_names_to_the_project() {
    let folder = project();
    for (below, typed) in [
        ("shop/pipelines", "greet.rhai"),
        ("shop/pipelines/deep", "../greet.rhai"),
        ("shop/pipelines", "../pipelines/greet.rhai"),
    ] {
        let run = folder.run_in(below, &["run", typed, "--output", "json"]);
        let started = run.expect(0).stdout.lines().next().unwrap_or_default();
        assert!(
            started.contains(r#""pipeline":"pipelines/greet.rhai""#),
            "{started}"
        );
        // The script reads the files of the project, wherever the command is typed.
        assert!(run.stdout.contains("good morning"), "{run:#?}");
    }
    let runs = folder.run_in("shop", &["runs", "--output", "json"]);
    assert_eq!(runs.stdout.lines().count(), 4, "{runs:#?}");
    assert!(!folder.path().join("shop/pipelines/.deployer").exists());
}

#[test]
fn a_project_elsewhere_is_named() {
    let folder = project();
    let named = folder.run_in(
        "",
        &["--project", "shop", "check", "shop/pipelines/greet.rhai"],
    );
    let stdout = &named.expect(0).stdout;
    assert!(stdout.starts_with("pipelines/greet.rhai"), "{stdout}");
    // What is to be typed next says it, too.
    let unknown = folder.run_in("", &["--project", "shop", "show", "01ABC"]);
    let hint = "list them with `deployer --project shop runs`";
    assert!(unknown.expect(2).stderr.contains(hint), "{unknown:#?}");
    let missing = folder.run_in("", &["runs", "--project", "nowhere"]);
    assert!(
        missing
            .expect(2)
            .stderr
            .contains("nowhere cannot be entered")
    );
}

#[test]
fn a_state_directory_that_is_named_is_not_looked_for() {
    let folder = project();
    let run = folder.run_in("shop/pipelines", &["runs", "--state", "own"]);
    assert!(run.expect(0).stdout.contains("no runs yet"), "{run:#?}");
    assert_eq!(run.stderr, "");
}

#[test]
fn a_folder_that_everyone_can_write_to_is_no_project() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project();
    let shop = folder.path().join("shop");
    std::fs::set_permissions(&shop, std::fs::Permissions::from_mode(0o1777)).expect("set");
    let run = folder.run_in("shop/pipelines", &["runs"]);
    assert!(run.expect(0).stdout.contains("no runs yet"), "{run:#?}");
}
