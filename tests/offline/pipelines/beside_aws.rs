//! What a pipeline has beside AWS: files, reviews, TCP, load and windows, rehearsed to their failures.

use deployer::primitive;
use deployer::script::Program;
use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};

use super::mortal_world::{Play, Scene};

fn rehearse(script: &str) -> (Ending, Vec<String>) {
    let scene = Scene::set(&[]);
    let ending = scene.perform(&Play::written(script));
    let printed = scene.events().into_iter().filter_map(|event| {
        let EventKind::Printed(event::Printed { text, .. }) = event.kind else {
            return None;
        };
        Some(text)
    });
    (ending, printed.collect())
}

/// The fault that a script fails with.
fn fault(script: &str) -> (String, String) {
    let (ending, _) = rehearse(script);
    assert_eq!(ending.outcome, Outcome::Failed, "{script}");
    let fault = ending.fault.expect("a fault");
    (fault.code, fault.message)
}

#[test]
fn what_is_written_is_read_back_and_listed_and_stays_in_memory() {
    let (ending, printed) = rehearse(
        r##"
        file::write("incidents/a.md", "# A");
        file::write("incidents/b.md", "# B");
        print(file::list("incidents/*.md"));
        print(file::read("./incidents/b.md"));
        print(file::read("Cargo.toml").contains("deployer"));
    "##,
    );
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(
        printed,
        [r##"["incidents/a.md","incidents/b.md"]"##, "# B", "true"]
    );
    assert!(!std::path::Path::new("incidents").exists());
}

#[test]
fn paths_outside_of_the_project_are_refused() {
    for call in [
        r#"file::read("../x")"#,
        r#"file::read("/etc/passwd")"#,
        r#"file::list(".git/*")"#,
        r#"file::write("a/../../x", "")"#,
        r#"sql::review(#{ files: ["../*.sql"] })"#,
    ] {
        assert_eq!(fault(call).0, "path_not_allowed", "{call}");
    }
    assert_eq!(fault(r#"file::read("nothing.txt")"#).0, "file_not_found");
    let nothing = r#"sql::review(#{ files: ["nowhere/*.sql"] })"#;
    assert_eq!(fault(nothing).0, "file_not_found");
}

#[test]
fn a_dependency_that_is_down_fails_in_time() {
    let (code, message) = fault(r#"net::reachable("cache.internal", 6379, #{ timeout: "10s" })"#);
    assert_eq!(code, "connection_failed");
    assert!(message.ends_with("(for 10s)"), "{message}");
    let (ending, _) = rehearse(r#"net::reachable("api.realserv.com", 443);"#);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
}

#[test]
fn a_load_check_names_what_does_not_hold() {
    let (code, message) = fault(
        r#"load::check("https://api.realserv.com/catalog/health", #{
            rate: 100, duration: "30s", thresholds: #{ p95_ms: 5, achieved_rate: 200 },
        })"#,
    );
    assert_eq!(code, "load_check_failed");
    assert!(
        message.contains("p95 ") && message.contains("(limit 5 ms)"),
        "{message}"
    );
    assert!(
        message.contains("achieved rate 99.9/s") && message.contains("(limit 200/s)"),
        "{message}"
    );

    let (code, message) = fault(
        r#"load::check("https://api.realserv.com/catalog/health", #{
            rate: 1000, duration: "15m", expect: #{ status: 204 },
        })"#,
    );
    assert_eq!(code, "load_check_failed");
    assert!(message.contains("failures 100 % (limit 1 %)"), "{message}");
    assert!(message.contains("status 200 instead of 204"), "{message}");
    let (code, _) =
        fault(r#"let r = 5000; load::check("https://x/", #{ rate: r, duration: "1s" })"#);
    assert_eq!(code, "invalid_input");
}

#[test]
fn a_window_is_waited_for_only_if_it_opens_in_time() {
    // The rehearsal begins on Monday at 09:00 UTC.
    let (ending, printed) = rehearse(
        r#"
        let hours = #{ days: ["mon..thu"], from: "10:00", to: "16:00", zone: "-05:00" };
        let before = time::window(hours);
        hours.timeout = "6h";
        let after = time::wait_for_window(hours);
        print(`${before.open} ${after.open} ${after.now}`);
        print(time::between(before.now, after.now));
    "#,
    );
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(printed, ["false true 2026-01-12T10:00:00-05:00", "21600"]);
    let (code, message) = fault(
        r#"time::wait_for_window(#{ days: ["sun"], from: "10:00", to: "16:00", zone: "UTC", timeout: "6h" })"#,
    );
    assert_eq!(code, "window_closed");
    assert!(message.contains("2026-01-18T10:00:00"), "{message}");
}

#[test]
fn functions_without_effects_are_checked_like_all_others() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("team.rhai");
    let text = r#"print(text::jion(["a"], ", ")); print(json::parse());"#;
    std::fs::write(&path, text).expect("a file of our own");
    let rejected = Program::load(&path, &primitive::all())
        .err()
        .expect("mistakes");
    let said: Vec<String> = rejected.diagnoses.into_iter().map(|d| d.message).collect();
    assert_eq!(
        said,
        [
            "there is no function `text::jion`",
            "`json::parse` takes 1 argument, not 0"
        ]
    );
    assert_eq!(fault(r#"json::parse("{")"#).0, "invalid_json");
}
