//! What a rehearsal did beside AWS: processes, requests, files.

use rhai::NativeCallContext;

use super::*;
use crate::testing::expect::{list, require};
use crate::world::ProcessCommand;

pub(super) const PROCESSES: Word = Word {
    name: "processes",
    also: &["requests", "files"],
    forms: &[r#"RUN.processes"#, r#"RUN.requests"#, r#"RUN.files"#],
    doc: "What a rehearsal did beside AWS: processes as `#{ program, args }`, HTTP requests as `#{ at, method, url, body, status }`, and the files that it wrote, as a map of paths and texts.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    assert_eq(run.processes.len(), 0);
    assert(run.requests.some(|request| request.method == "GET"), "the health endpoint was asked");
}"##,
};

pub(super) const EXPECT_PROCESS: Word = Word {
    name: "expect_process",
    also: &[],
    forms: &[
        r#"RUN.expect_process("PROGRAM")"#,
        r#"RUN.expect_process("PROGRAM", ["ARGUMENT", …])"#,
    ],
    doc: "Expects that a program was run whose arguments begin with these.",
    example: r##"fn test_it() {
    let run = rehearse("migrate.rhai");
    run.expect_process("psql", ["--version"]);
}"##,
};

pub(super) const EXPECT_NO_PROCESS: Word = Word {
    name: "expect_no_process",
    also: &[],
    forms: &[
        r#"RUN.expect_no_process("PROGRAM")"#,
        r#"RUN.expect_no_process("PROGRAM", ["ARGUMENT", …])"#,
    ],
    doc: "Expects that no program was run whose arguments begin with these.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_no_process("psql");
}"##,
};

pub(super) const EXPECT_REQUEST: Word = Word {
    name: "expect_request",
    also: &[],
    forms: &[r#"RUN.expect_request("METHOD", "URL")"#],
    doc: "Expects that this HTTP request was sent; a URL that is a secret is written as `secret:NAME`.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_request("GET", "https://api.realserv.com/catalog/health");
}"##,
};

/// `run.processes`, `run.requests`, `run.files`, and what can be demanded of them.
pub(super) fn register(engine: &mut Engine, context: &Arc<TestContext>) {
    let mut member = |name: &str, get: fn(&Rehearsal) -> Value| {
        engine.register_get(name, move |run: &mut RehearsalHandle| {
            values::from_json(&get(&run.0))
        });
    };
    member("processes", |run| {
        let process = |p: &ProcessCommand| json!({ "program": p.program, "args": p.args });
        run.cloud.processes().iter().map(process).collect()
    });
    member("requests", |run| {
        let seen = run.cloud.http_requests();
        let request = |seen: &crate::world::simulated::HttpSeen| {
            let body = seen.request.body.as_deref().unwrap_or_default();
            let body = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
            json!({
                "at": seen.at, "method": seen.request.method, "url": seen.request.shown(),
                "body": body, "status": seen.status,
            })
        };
        seen.iter().map(request).collect()
    });
    member("files", |run| json!(run.cloud.files_written()));
    demand!(engine, context, EXPECT_PROCESS, |run, program: &str| {
        process(run, program, &[], true)
    });
    demand!(
        engine,
        context,
        EXPECT_PROCESS,
        |run, program: &str, args: Array| process(run, program, &texts(args)?, true)
    );
    demand!(engine, context, EXPECT_NO_PROCESS, |run, program: &str| {
        process(run, program, &[], false)
    });
    demand!(
        engine,
        context,
        EXPECT_NO_PROCESS,
        |run, program: &str, args: Array| process(run, program, &texts(args)?, false)
    );
    demand!(
        engine,
        context,
        EXPECT_REQUEST,
        |run, method: &str, url: &str| request(run, method, url)
    );
}

/// Whether a process was run whose arguments begin with these.
fn process(run: &Rehearsal, program: &str, args: &[String], wanted: bool) -> CheckResult {
    let all = run.cloud.processes();
    let named: Vec<&ProcessCommand> = all.iter().filter(|p| p.program == program).collect();
    let found = named.iter().any(|p| p.args.starts_with(args));
    let words = [&[program.to_owned()], args].concat().join(" ");
    let lines: Vec<String> = named.iter().map(|p| p.words()).collect();
    match wanted {
        true => require(found, "a process was not run", words, list(&lines)),
        false => require(
            !found,
            "a process was run",
            format!("no {words}"),
            list(&lines),
        ),
    }
}

/// Whether a request was sent; `url` as it is shown, `secret:NAME` where it is one.
fn request(run: &Rehearsal, method: &str, url: &str) -> CheckResult {
    let sent = run.cloud.http_requests();
    let words = |method: &str, url: &str| format!("{method} {url}");
    let lines: Vec<String> = sent
        .iter()
        .map(|seen| words(&seen.request.method, seen.request.shown()))
        .collect();
    let wanted = words(method, url);
    let found = lines.contains(&wanted);
    require(found, "a request was not sent", wanted, list(&lines))
}
