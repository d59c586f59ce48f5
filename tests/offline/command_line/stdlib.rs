//! The standard library on the command line: listed, shown, taken over by a project.

use crate::support::deployer::{Deployer, Finished};

/// A pipeline that stands on a module, and needs no cloud.
const PIPELINE: &str =
    "import \"std/windows\" as windows;\nstep \"Nothing\" { note(\"nothing to do\"); }\n";

fn project() -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("pipeline.rhai", PIPELINE);
    deployer
}

fn modules(finished: &Finished) -> Vec<serde_json::Value> {
    finished.expect(0);
    finished.lines()
}

#[test]
fn it_is_listed() {
    let deployer = project();
    let listed = deployer.run(&["stdlib", "list"]);
    listed.expect(0);
    listed.says("watch");
    let modules = modules(&deployer.json(&["stdlib", "list"]));
    let names: Vec<&str> = modules.iter().filter_map(|m| m["name"].as_str()).collect();
    let shipped: Vec<&str> = deployer::script::library::MODULES
        .iter()
        .map(|module| module.name)
        .collect();
    assert_eq!(names, shipped);
    for module in &modules {
        assert_eq!(module["whose"], "shipped");
        assert_ne!(module["summary"], "", "{module}");
    }
}

#[test]
fn a_module_and_a_function_are_shown() {
    let deployer = project();
    let shown = deployer.run(&["stdlib", "show", "std/watch"]);
    shown.expect(0);
    for said in [
        "### std/watch",
        "#### watch::hold(duration, rules, options)",
        "| `every` | duration | `\"10s\"` |",
        "```rhai",
    ] {
        shown.says(said);
    }
    let shown = deployer.run(&["stdlib", "show", "watch::p99"]);
    shown.expect(0);
    shown.says("Options in `options`: as for `watch::metric`.");
    let shown = deployer.run(&["stdlib", "show", "watch::p99", "--source"]);
    shown.expect(0);
    assert!(shown.stdout.starts_with("/// "), "{shown}");
    shown.says("fn p99(before, options)");
    let shown = deployer.run(&["stdlib", "show", "watch", "--source"]);
    let text = deployer::script::library::text("watch").unwrap_or_default();
    assert!(shown.stdout.trim_end() == text.trim_end(), "another text");
}

#[test]
fn what_is_not_there_has_candidates() {
    let deployer = project();
    for (arguments, said) in [
        (["stdlib", "show", "wtch"], "did you mean `std/watch`?"),
        (
            ["stdlib", "show", "watch::hodl"],
            "did you mean `watch::hold`?",
        ),
        (["stdlib", "eject", "wtch"], "did you mean `watch`?"),
        (
            ["reference", "watch::hodl", "--output=plain"],
            "did you mean `watch::hold`?",
        ),
    ] {
        let finished = deployer.run(&arguments);
        finished.expect(2);
        finished.says(said);
    }
}

#[test]
fn an_ejected_module_wins_and_is_seen() {
    let mut deployer = project();
    let ejected = deployer.run(&["stdlib", "eject", "windows"]);
    ejected.expect(0);
    ejected.says("stdlib/windows.rhai now overrides the built-in module");
    let whose = |deployer: &Deployer| {
        let modules = modules(&deployer.json(&["stdlib", "list"]));
        let windows = modules.into_iter().find(|m| m["name"] == "windows");
        windows.map(|m| m["whose"].clone())
    };
    assert_eq!(whose(&deployer), Some("copied".into()));

    let again = deployer.run(&["stdlib", "eject", "windows"]);
    again.expect(2);
    again.says("is there already");

    deployer.write(
        "stdlib/windows.rhai",
        "//! Always open.\n\n/// Now.\nfn mine() { 1 }\n",
    );
    assert_eq!(whose(&deployer), Some("replaced".into()));
    let listed = deployer.run(&["stdlib", "list"]);
    listed.says("Always open (replaced by the project)");
    deployer
        .run(&["stdlib", "show", "windows"])
        .says("windows::mine()");
    let rehearsed = deployer.run(&["rehearse", "pipeline.rhai"]);
    rehearsed.expect(0);
    rehearsed.says("std/windows");
    // Whoever looks at a run later sees it, too.
    let suspends = "import \"std/windows\" as windows;\napproval::ask(`go ${windows::mine()}`);\n";
    deployer.write("asks.rhai", suspends);
    deployer.run(&["run", "asks.rhai"]).expect(5);
    let run = deployer.newest_run();
    deployer.run(&["show", &run]).says("std/windows");

    deployer.write("stdlib/ours.rhai", "//! Our own.\n");
    deployer
        .run(&["stdlib", "list"])
        .says("Our own (the project's own)");
}
