//! What a test reads of a rehearsal.

use super::*;

pub(super) const MEMBERS: Word = Word {
    name: "outcome",
    also: &[
        "exit_code",
        "fault",
        "failed_in",
        "causes",
        "undone",
        "left",
        "asked",
        "notes",
        "events",
        "seconds",
        "writes",
    ],
    forms: &[
        r#"RUN.outcome"#,
        r#"RUN.exit_code"#,
        r#"RUN.params"#,
        r#"RUN.fault"#,
        r#"RUN.failed_in"#,
        r#"RUN.causes"#,
        r#"RUN.undone"#,
        r#"RUN.left"#,
        r#"RUN.asked"#,
        r#"RUN.notes"#,
        r#"RUN.events"#,
        r#"RUN.seconds"#,
        r#"RUN.writes"#,
    ],
    doc: "The result of a rehearsal: its outcome and exit code, its parameters, the fault that ended it (`()`: none), the step in which it failed, the \
          causes that were found, what was undone, what is left in place, the roles that were asked, the notes, the events as text, the \
          virtual time in seconds, and every write as `#{ at, service, operation, input }`.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    assert_eq(run.outcome, "rolled_back");
    assert_eq(run.exit_code, 3);
    assert_eq(run.failed_in, "Deploy");
    assert(run.writes.some(|write| write.operation == "UpdateService"), "the service was updated");
}"##,
};

/// Registers what a test can read of a rehearsal: `run.outcome`, `run.params.version`, `run.writes[0].input` …
pub(super) fn register(engine: &mut Engine) {
    let mut member = |name: &str, get: fn(&Rehearsal) -> Value| {
        engine.register_get(name, move |run: &mut RehearsalHandle| {
            values::from_json(&get(&run.0))
        });
    };
    member("outcome", |run| json!(run.ending.outcome.name()));
    member("exit_code", |run| json!(run.ending.exit_code));
    member("params", |run| run.scenario.params.clone());
    member("fault", |run| json!(run.ending.fault));
    member("failed_in", |run| json!(run.ending.step));
    member("causes", |run| json!(run.ending.causes));
    member("undone", |run| json!(run.ending.undone));
    member("left", |run| json!(run.ending.left));
    member("asked", |run| json!(run.asked()));
    member("notes", |run| json!(run.notes()));
    member("events", |run| json!(run.news()));
    member("seconds", |run| json!(run.ending.elapsed_ms / 1_000));
    member("writes", |run| {
        let write = |w: &crate::world::simulated::Request| json!({ "at": w.at, "service": w.call.service, "operation": w.call.operation, "input": w.call.input });
        run.writes.iter().map(write).collect()
    });
}
