//! Plans.

use serde_json::{Value, json};

use super::*;
use crate::report::plan::Plan;
use crate::vocabulary::event::StepResult;
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Fault, Halt, Site};

#[test]
fn a_plan() {
    let expected = r#"Plan · pipelines/prod.rhai · catalog-service 1.3.0 · ap-south-1 / 123456789012
3 writes · 1 approval · about 19 minutes

  Preflight   reads only · sha256:9f3c… · 4 secrets · way back catalog:41
  Approve     lead, devops                                 Deploy catalog-service 1.3.0
  Migrate     + RunTask catalog-migration                  waits for exit 0, at most 30m
  Deploy      + RegisterTaskDefinition catalog:42 (predicted)
                  containerDefinitions[catalog-service].image
                  - …/catalog-service@sha256:11aa11aa11aa…
                  + …/catalog-service@sha256:9f3c9f3c9f3c…
                  memory  512 → 1024
              ~ UpdateService catalog-service              catalog:41 → catalog:42
                                                           waits for this deployment, at most 15m
  Verify      GET https://api.example.com/catalog/health   status Healthy, version 1.3.0
  Watch       15m: 5xx below 1 %, p99 below 3x baseline

If anything fails after UpdateService (step Deploy): catalog-service → catalog:41 (ACTIVE, image present)
"#;
    assert_eq!(text(&Plan::from_events(&success()).rows(110)), expected);
}

#[test]
fn a_plan_that_ends_early() {
    let end = |outcome, change: &dyn Fn(&mut Ending)| {
        let mut sample = Sample::new(false);
        sample.preflight();
        sample.step("Approve");
        sample.end(StepResult::Halted);
        let mut ending = sample.ending(outcome);
        change(&mut ending);
        sample.finish(ending);
        Plan::from_events(&sample.events)
    };
    let unknown = end(Outcome::Interrupted, &|ending| {
        ending.halt = Some(Halt::Unknown {
            what: "the body of https://api.example.com".to_owned(),
        });
    });
    let expected = r#"Plan · pipelines/prod.rhai · catalog-service 1.3.0 · ap-south-1 / 123456789012
no writes · under a minute · incomplete

  Preflight   reads only · sha256:9f3c… · 4 secrets · way back catalog:41
  Approve     ? the plan ends here: what follows depends on the body of https://api.example.com
  Migrate     not reached
  Deploy      not reached
  Verify      not reached
  Watch       not reached
"#;
    assert_eq!(text(&unknown.rows(100)), expected);
    let failing = end(Outcome::Failed, &|ending| {
        ending.step = Some("Preflight".to_owned());
        ending.fault = Some(
            Fault::new("ImageNotFoundException", "no image tagged 1.3.0").hint("push it first"),
        );
        ending.frames = vec![Site {
            source: "prod.rhai".to_owned(),
            line: 20,
            column: 5,
        }];
    });
    let expected = r#"Plan · pipelines/prod.rhai · catalog-service 1.3.0 · ap-south-1 / 123456789012
no writes · under a minute · incomplete

  Preflight   sha256:9f3c… · 4 secrets · way back catalog:41
              ✗ would fail here: no image tagged 1.3.0
                → push it first
                at prod.rhai:20:5
  Approve     nothing to do
  Migrate     not reached
  Deploy      not reached
  Verify      not reached
  Watch       not reached
"#;
    assert_eq!(text(&failing.rows(100)), expected);
}

#[test]
fn a_plan_for_programs() {
    let plan = serde_json::to_value(Plan::from_events(&success())).unwrap();
    let operations: Vec<_> = plan["writes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|write| &write["operation"])
        .collect();
    assert_eq!(
        operations,
        ["RunTask", "RegisterTaskDefinition", "UpdateService"]
    );
    assert_eq!(plan["writes"][2]["primitive"], "ecs::update_service");
    assert_eq!(
        plan["writes"][2]["input"],
        json!({"service": "catalog-service"})
    );
    assert_eq!(plan["asks"][0]["roles"], json!(["lead", "devops"]));
    assert_eq!(plan["waits"].as_array().unwrap().len(), 3);
    assert_eq!(plan["predicted"], json!(["catalog:42"]));
    assert_eq!(plan["undo"][0]["step"], "Deploy");
    assert_eq!(plan["ended"], Value::Null);
    // A write that an undo makes is not part of the path on which everything goes well.
    assert_eq!(Plan::from_events(&rolled_back()).writes.len(), 3);
}

#[test]
fn a_plan_for_a_pull_request() {
    let expected = r#"### Plan · `pipelines/prod.rhai` · catalog-service 1.3.0

ap-south-1 / 123456789012 · 3 writes · 1 approval · about 19 minutes

**Preflight** — reads only · sha256:9f3c… · 4 secrets · way back catalog:41

**Approve**

- asks lead, devops — Deploy catalog-service 1.3.0

**Migrate**

- `+ RunTask catalog-migration`

- waits for exit 0, at most 30m

**Deploy**

- `+ RegisterTaskDefinition catalog:42` (predicted)

  ```diff
  @@ containerDefinitions[catalog-service].image @@
  - …/catalog-service@sha256:11aa11aa11aa…
  + …/catalog-service@sha256:9f3c9f3c9f3c…
  @@ memory @@
  - 512
  + 1024
  ```

- `~ UpdateService catalog-service` — catalog:41 → catalog:42

- waits for this deployment, at most 15m

**Verify**

- `GET https://api.example.com/catalog/health` — status Healthy, version 1.3.0

**Watch**

- watches 15m — 5xx below 1 %, p99 below 3x baseline

**If anything fails, what was done is undone, latest first:**

- catalog-service → catalog:41 (ACTIVE, image present) · after UpdateService (step Deploy)
"#;
    assert_eq!(Plan::from_events(&success()).markdown(), expected);
}
