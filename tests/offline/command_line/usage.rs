//! What the program says of its own command line: help, version, manual pages, and what it does not understand.

use super::program::Folder;

/// The commands that `--help` lists.
fn commands(folder: &Folder) -> Vec<String> {
    let help = folder.run_in("", &["--help"]);
    let lines = help.expect(0).stdout.lines();
    let listed = lines
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let names = listed.map(|line| {
        line.split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    names.filter(|name| name != "help").collect()
}

#[test]
fn help_explains_every_command_and_every_global_option() {
    let folder = Folder::new();
    let commands = commands(&folder);
    assert!(commands.len() >= 16, "{commands:?}");
    for command in &commands {
        let help = folder.run_in("", &["help", command]);
        let option = folder.run_in("", &[command.as_str(), "--help"]);
        assert_eq!(help.expect(0).stdout, option.expect(0).stdout, "{command}");
        for global in [
            "--output",
            "--color",
            "--quiet",
            "--verbose",
            "--project",
            "--state",
        ] {
            assert!(
                help.stdout.contains(global),
                "{command} does not list {global}"
            );
        }
    }
}

#[test]
fn the_version_names_the_commit_and_its_date() {
    let folder = Folder::new();
    let version = folder.run_in("", &["--version"]);
    let text = version.expect(0).stdout.trim_end();
    let number = concat!("deployer ", env!("CARGO_PKG_VERSION"));
    let built = text
        .strip_prefix(number)
        .unwrap_or_else(|| panic!("{text}"));
    // A source archive knows no commit.
    if let Some(built) = built.strip_prefix(" (") {
        let built = built.trim_end_matches(')');
        let date = built.split(' ').next_back().unwrap_or_default();
        assert!(date.len() == 10 && date.starts_with("20"), "{text}");
    }
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = Folder::new();
    folder.run_in("", &["man", "man/man1", "--quiet"]).expect(0);
    let page = |name: &str| {
        let path = folder.path().join("man/man1").join(format!("{name}.1"));
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    for command in commands(&folder) {
        let text = page(&format!("deployer-{command}"));
        assert!(text.contains(".SH SYNOPSIS"), "{command}: {text}");
    }
    assert!(page("deployer-stdlib-eject").contains("NAME"));
    assert!(page("deployer").contains("rolled back"));
}

#[test]
fn a_word_of_another_tool_is_answered_with_what_to_type() {
    let folder = Folder::new();
    for (typed, tip) in [
        ("deploy", "to run a pipeline, type `deployer run PIPELINE`"),
        ("apply", "to run a pipeline, type `deployer run PIPELINE`"),
        ("aply", "to run a pipeline, type `deployer run PIPELINE`"),
        ("status", "type `deployer show RUN`"),
        ("logs", "type `deployer show RUN`"),
        ("ls", "to list the runs, type `deployer runs`"),
        (
            "lint",
            "to check a pipeline, type `deployer check PIPELINE`",
        ),
        ("preview", "type `deployer plan PIPELINE`"),
        ("simulate", "type `deployer rehearse PIPELINE`"),
        ("continue", "to continue a run, type `deployer resume RUN`"),
        (
            "rollback",
            "a run that fails undoes its changes automatically",
        ),
        ("reherse", "'rehearse'"),
    ] {
        let refused = folder.run_in("", &[typed, "x.rhai"]);
        let said = &refused.expect(2).stderr;
        assert!(
            said.contains(&format!("unrecognized subcommand '{typed}'")),
            "{said}"
        );
        assert!(
            said.contains(&format!("tip: {tip}")) || said.contains(tip),
            "{typed}: {said}"
        );
        assert_eq!(refused.stdout, "");
    }
}

#[test]
fn an_option_that_is_a_parameter_or_of_another_tool_is_answered_with_what_to_type() {
    let folder = Folder::new();
    for (arguments, tip) in [
        (
            &["run", "x.rhai", "--version", "1.3"][..],
            "type `--set version=VALUE`",
        ),
        (
            &["plan", "x.rhai", "--health-url=x"],
            "type `--set health_url=VALUE`",
        ),
        (&["runs", "--json"], "for JSON, type `--output json`"),
        (
            &["run", "x.rhai", "--auto-approve"],
            "a pipeline decides what must be approved",
        ),
        (
            &["runs", "--outptu", "json"],
            "a similar argument exists: '--output'",
        ),
    ] {
        let refused = folder.run_in("", arguments);
        let said = &refused.expect(2).stderr;
        assert!(said.contains(tip), "{arguments:?}: {said}");
    }
}
