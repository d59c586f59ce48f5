//! Reading the cloud that a rehearsal left.

use super::*;
use crate::vocabulary::codes;

pub(super) const CLOUD: Word = Word {
    name: "cloud",
    also: &[],
    forms: &[r#"RUN.cloud("SERVICE", "OPERATION", INPUT)"#],
    doc: "Makes a read call to the simulated cloud as the run left it, and returns AWS's answer.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    let found = run.cloud("ecs", "DescribeServices", #{ cluster: run.params.cluster, services: [run.params.service] });
    assert_eq(found.services[0].runningCount, 3);
}"##,
};

pub(super) const PASS: Word = Word {
    name: "pass",
    also: &[],
    forms: &[r#"RUN.pass("DURATION")"#],
    doc: "Lets virtual time pass in the cloud as the run left it.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ faults: ["version-unhealthy"] });
    run.pass("15m");
    let found = run.cloud("ecs", "DescribeServices", #{ cluster: run.params.cluster, services: [run.params.service] });
    assert_eq(found.services[0].deployments.len(), 1);
}"##,
};

/// `run.cloud("ecs", "DescribeServices", #{ … })`, and letting time pass before.
pub(super) fn register(engine: &mut Engine, context: &Arc<TestContext>) {
    let own = Arc::clone(context);
    engine.register_fn(
        "cloud",
        move |cx: NativeCallContext,
              run: &mut RehearsalHandle,
              service: &str,
              operation: &str,
              input: Map|
              -> Result<Dynamic, Error> {
            let answer = look(&run.0, service, operation, input);
            own.fetched(&cx, &run.0, answer)
        },
    );
    let own = Arc::clone(context);
    engine.register_fn(
        "pass",
        move |cx: NativeCallContext,
              run: &mut RehearsalHandle,
              duration: &str|
              -> Result<Dynamic, Error> {
            let passed = length(duration).map(|duration| {
                run.0.cloud.sleep(duration);
                Value::Null
            });
            own.fetched(&cx, &run.0, passed)
        },
    );
}

fn look(run: &Rehearsal, service: &str, operation: &str, input: Map) -> Result<Value, Violation> {
    let call = AwsCall::new(service, operation, data(input)?);
    check("cloud", service, operation, &call.input).map_err(Violation::Misuse)?;
    let read = ReadCall::new(call).ok_or_else(|| {
        let message = format!("{operation} is not known to be a read");
        let hint = "a test only reads; what changes the cloud belongs in the pipeline";
        Violation::Misuse(Fault::new(codes::NOT_A_READ, message).hint(hint))
    })?;
    run.cloud.read(&read).map_err(Violation::Misuse)
}
