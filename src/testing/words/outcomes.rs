//! What can be expected of how a rehearsal ended, and of what it said.

use super::*;
use crate::testing::expect;

pub(super) const EXPECT_OUTCOME: Word = Word {
    name: "expect_outcome",
    also: &[],
    forms: &[r#"RUN.expect_outcome("NAME")"#],
    doc: "Expects an outcome: `succeeded`, `failed`, `rolled_back`, `rejected`, `suspended`, `diverged` or `interrupted`.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    run.expect_outcome("rolled_back");
}"##,
};

pub(super) const EXPECT_FAULT: Word = Word {
    name: "expect_fault",
    also: &[],
    forms: &[r#"RUN.expect_fault("CODE")"#],
    doc: "Expects that the run ended with a fault of this code.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["secret-empty:catalog-db-connection"] });
    run.expect_fault("secrets_not_ready");
}"##,
};

pub(super) const EXPECT_FAILED_IN: Word = Word {
    name: "expect_failed_in",
    also: &[],
    forms: &[r#"RUN.expect_failed_in("STEP")"#],
    doc: "Expects that the run failed in this step.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    run.expect_failed_in("Deploy");
}"##,
};

pub(super) const EXPECT_CAUSE: Word = Word {
    name: "expect_cause",
    also: &[],
    forms: &[r#"RUN.expect_cause("TEXT")"#],
    doc: "Expects that one of the causes that were found contains the text; case does not matter.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["crash-loop:137"] });
    run.expect_cause("137");
}"##,
};

pub(super) const EXPECT_EVENT: Word = Word {
    name: "expect_event",
    also: &[],
    forms: &[r#"RUN.expect_event("TEXT")"#],
    doc: "Expects that one of the reported events contains the text: what ECS says of a service, a retry, a state; case does not matter.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_event("deployment completed");
}"##,
};

pub(super) const EXPECT_NOTE: Word = Word {
    name: "expect_note",
    also: &[],
    forms: &[r#"RUN.expect_note("TEXT")"#],
    doc: "Expects that one of the notes (`note`) contains the text; case does not matter.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_note("exit 0");
}"##,
};

pub(super) const EXPECT_UNDONE: Word = Word {
    name: "expect_undone",
    also: &[],
    forms: &[r#"RUN.expect_undone("TEXT")"#],
    doc: "Expects that an undo whose label contains the text ran and succeeded; case does not matter.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    run.expect_undone("back to realserv-catalog-service:41");
}"##,
};

pub(super) const EXPECT_LEFT: Word = Word {
    name: "expect_left",
    also: &[],
    forms: &[r#"RUN.expect_left("TEXT")"#],
    doc: "Expects that something whose description contains the text is left in place; case does not matter.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    run.expect_left("task definition realserv-catalog-service:42");
}"##,
};

pub(super) const EXPECT_NOTHING_LEFT: Word = Word {
    name: "expect_nothing_left",
    also: &[],
    forms: &[r#"RUN.expect_nothing_left()"#],
    doc: "Expects that nothing is left in place that the run should have taken back.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_nothing_left();
}"##,
};

pub(super) const EXPECT_ASKED: Word = Word {
    name: "expect_asked",
    also: &[],
    forms: &[r#"RUN.expect_asked(["ROLE", …])"#],
    doc: "Expects that exactly these roles were asked, in this order; `[]`: nobody.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_asked(["lead", "devops"]);
}"##,
};

pub(super) const EXPECT_WITHIN: Word = Word {
    name: "expect_within",
    also: &[],
    forms: &[r#"RUN.expect_within("DURATION")"#],
    doc: "Expects that the run took at most this long, in virtual time.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_within("30m");
}"##,
};

pub(super) const EXPECT_LASTING: Word = Word {
    name: "expect_lasting",
    also: &[],
    forms: &[r#"RUN.expect_lasting("DURATION")"#],
    doc: "Expects that the run took at least this long, in virtual time.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_lasting("15m");
}"##,
};

/// Registers the assertions on how a rehearsal ended: `expect_outcome` and so on.
pub(super) fn register(engine: &mut Engine, context: &Arc<TestContext>) {
    demand!(engine, context, EXPECT_OUTCOME, |run, name: &str| {
        expect::outcome(run, name)
    });
    demand!(engine, context, EXPECT_FAULT, |run, code: &str| {
        expect::fault(run, code)
    });
    demand!(engine, context, EXPECT_FAILED_IN, |run, step: &str| {
        expect::failed_in(run, step)
    });
    demand!(engine, context, EXPECT_CAUSE, |run, text: &str| {
        expect::cause(run, text)
    });
    demand!(engine, context, EXPECT_EVENT, |run, text: &str| {
        expect::event(run, text)
    });
    demand!(engine, context, EXPECT_NOTE, |run, text: &str| {
        expect::note(run, text)
    });
    demand!(engine, context, EXPECT_UNDONE, |run, text: &str| {
        expect::undone(run, text)
    });
    demand!(engine, context, EXPECT_LEFT, |run, text: &str| {
        expect::left(run, text)
    });
    demand!(engine, context, EXPECT_NOTHING_LEFT, |run| {
        expect::nothing_left(run)
    });
    demand!(engine, context, EXPECT_ASKED, |run, roles: Array| {
        expect::asked(run, &texts(roles)?)
    });
    demand!(engine, context, EXPECT_WITHIN, |run, limit: &str| {
        expect::within(run, length(limit)?)
    });
    demand!(engine, context, EXPECT_LASTING, |run, least: &str| {
        expect::lasting(run, length(least)?)
    });
}
