//! What can be expected of the writes of a rehearsal.

use super::*;
use crate::testing::expect;

pub(super) const EXPECT_ORDER: Word = Word {
    name: "expect_order",
    also: &[],
    forms: &[r#"RUN.expect_order(["OPERATION", …])"#],
    doc: "Expects that the first writes of these operations were made in this order.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_order(["RunTask", "RegisterTaskDefinition", "UpdateService"]);
}"##,
};

pub(super) const EXPECT_WRITE: Word = Word {
    name: "expect_write",
    also: &[],
    forms: &[
        r#"RUN.expect_write("OPERATION")"#,
        r#"RUN.expect_write("OPERATION", INPUT)"#,
    ],
    doc: "Expects a write of this operation (`UpdateService`; `service:Operation` where two services have it). `INPUT` is the part of the input that the call must have, in AWS's own spelling: members of maps, whole lists, texts, or only the last part of an ARN.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-degraded"] });
    run.expect_write("UpdateService", #{ taskDefinition: "realserv-catalog-service:41" });
}"##,
};

pub(super) const EXPECT_WRITES: Word = Word {
    name: "expect_writes",
    also: &[],
    forms: &[
        r#"RUN.expect_writes("OPERATION", TIMES)"#,
        r#"RUN.expect_writes("OPERATION", INPUT, TIMES)"#,
    ],
    doc: "Expects exactly this number of writes of this operation. `INPUT` is the part of the input that the call must have, in AWS's own spelling: members of maps, whole lists, texts, or only the last part of an ARN.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    run.expect_writes("UpdateService", 1);
}"##,
};

pub(super) const EXPECT_NEVER: Word = Word {
    name: "expect_never",
    also: &[],
    forms: &[
        r#"RUN.expect_never("OPERATION")"#,
        r#"RUN.expect_never("OPERATION", INPUT)"#,
    ],
    doc: "Expects no write of this operation. `INPUT` is the part of the input that the call must have, in AWS's own spelling: members of maps, whole lists, texts, or only the last part of an ARN.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    run.expect_never("UpdateService", #{ desiredCount: 0 });
}"##,
};

pub(super) const EXPECT_NO_WRITES: Word = Word {
    name: "expect_no_writes",
    also: &[],
    forms: &[r#"RUN.expect_no_writes()"#],
    doc: "Expects that nothing was written: neither to AWS nor by a process or a request.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["image-missing"] });
    run.expect_no_writes();
}"##,
};

/// Registers the assertions on the writes of a rehearsal: `expect_write` and so on.
pub(super) fn register(engine: &mut Engine, context: &Arc<TestContext>) {
    demand!(engine, context, EXPECT_ORDER, |run, operations: Array| {
        expect::order(run, &texts(operations)?)
    });
    demand!(engine, context, EXPECT_WRITE, |run, operation: &str| {
        expect::write(run, operation, &json!({}))
    });
    demand!(
        engine,
        context,
        EXPECT_WRITE,
        |run, operation: &str, input: Map| expect::write(run, operation, &data(input)?)
    );
    demand!(
        engine,
        context,
        EXPECT_WRITES,
        |run, operation: &str, times: i64| {
            expect::writes(run, operation, &json!({}), count(times)?)
        }
    );
    demand!(
        engine,
        context,
        EXPECT_WRITES,
        |run, operation: &str, input: Map, times: i64| {
            expect::writes(run, operation, &data(input)?, count(times)?)
        }
    );
    demand!(engine, context, EXPECT_NEVER, |run, operation: &str| {
        expect::never(run, operation, &json!({}))
    });
    demand!(
        engine,
        context,
        EXPECT_NEVER,
        |run, operation: &str, input: Map| expect::never(run, operation, &data(input)?)
    );
    demand!(engine, context, EXPECT_NO_WRITES, |run| {
        expect::no_writes(run)
    });
}
