//! How much is printed, and in which colors.

use super::program::Folder;

const PIPELINE: &str = r#"
step "Look" { ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] }); print("seen"); }
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("look.rhai", PIPELINE);
    folder
}

#[test]
fn quiet_prints_results_and_verbose_prints_reads() {
    let folder = folder();
    let normal = folder.run_in("", &["rehearse", "look.rhai"]);
    assert!(normal.expect(0).stdout.contains("● Look"), "{normal:#?}");
    assert!(
        !normal.stdout.contains("read DescribeServices"),
        "{normal:#?}"
    );
    let quiet = folder.run_in("", &["rehearse", "look.rhai", "-q"]);
    assert!(!quiet.expect(0).stdout.contains("● Look"), "{quiet:#?}");
    assert!(quiet.stdout.contains("seen"), "{quiet:#?}");
    assert!(
        normal
            .stdout
            .ends_with(quiet.stdout.lines().last().expect("an ending"))
            || normal
                .stdout
                .contains(quiet.stdout.lines().last().expect("an ending"))
    );
    let verbose = folder.run_in("", &["rehearse", "look.rhai", "--verbose"]);
    assert!(
        verbose.expect(0).stdout.contains("read DescribeServices"),
        "{verbose:#?}"
    );
    let check = folder.run_in("", &["check", "look.rhai", "--quiet"]);
    assert_eq!(check.expect(0).stdout, "");
    // Programs get everything, whatever people are shown.
    let json = |detail| folder.run_in("", &["rehearse", "look.rhai", "--output", "json", detail]);
    assert_eq!(json("-q").stdout, json("-v").stdout);
}

#[test]
fn colors_are_printed_where_they_are_asked_for() {
    let folder = folder();
    let colored = |arguments: &[&str], environment: &[(&str, &str)]| {
        let ended = folder.run_with("", arguments, environment);
        format!("{}{}", ended.stdout, ended.stderr).contains('\u{1b}')
    };
    let check = ["check", "look.rhai"];
    assert!(!colored(&check, &[]));
    assert!(colored(&check, &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(
        &check,
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]
    ));
    assert!(colored(
        &["check", "look.rhai", "--color", "always"],
        &[("NO_COLOR", "1")]
    ));
    assert!(!colored(
        &["check", "look.rhai", "--color=never"],
        &[("CLICOLOR_FORCE", "1")]
    ));
    // Help and errors of the command line, too.
    assert!(colored(&["--color", "always", "--help"], &[]));
    assert!(colored(&["deploy", "--color=always"], &[]));
    assert!(!colored(
        &["deploy", "--color", "never"],
        &[("CLICOLOR_FORCE", "1")]
    ));
}

#[test]
fn an_error_says_that_nothing_ran_only_where_something_could_have() {
    let folder = folder();
    let missing = |command| folder.run_in("", &[command, "missing.rhai"]);
    for command in ["run", "plan", "rehearse"] {
        assert!(
            missing(command)
                .expect(2)
                .stderr
                .contains("nothing was run"),
            "{command}"
        );
    }
    for command in ["check", "show", "reference"] {
        assert!(
            !missing(command)
                .expect(2)
                .stderr
                .contains("nothing was run"),
            "{command}"
        );
    }
}
