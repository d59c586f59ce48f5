//! What making a plan takes on an emulator: few reads, and no write.

use crate::support::catalog::GOOD;
use crate::support::stage::Stage;

/// Reads that the plan of one service may make.
const MOST_READS: usize = 15;

#[test]
fn the_plan_of_one_service_makes_few_reads() {
    let stage = Stage::set();
    let plan = stage.deployer.run(&stage.arguments("plan", GOOD));
    plan.expect(0);
    let requests = stage.proxy.requests();
    let names: Vec<_> = requests.iter().map(|r| r.operation.as_str()).collect();
    assert!(
        names.len() <= MOST_READS,
        "{} reads: {names:#?}",
        names.len()
    );
    stage.changed_nothing();
    // (0.5 × $0.04256 + 1 × $0.004655) × 2 × 730, in the region of the tests.
    plan.says(" · $37.87 → $37.87 a month");
}

#[test]
fn a_plan_for_a_pull_request() {
    let stage = Stage::set();
    let mut arguments = stage.arguments("plan", GOOD);
    arguments.push("--markdown".to_owned());
    let plan = stage.deployer.run(&arguments);
    plan.expect(0);
    assert!(
        plan.stdout
            .starts_with("### Plan · `pipelines/prod.rhai` · "),
        "{plan}"
    );
    for shown in [
        "- `~ UpdateService catalog-service` — catalog-service:1 → catalog-service:2",
        "  @@ containerDefinitions[catalog-service].image @@",
        "**If anything fails, what was done is undone, latest first:**",
    ] {
        plan.says(shown);
    }
}
