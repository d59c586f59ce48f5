//! How runs end.

use super::*;
use crate::vocabulary::Halt;
use crate::vocabulary::outcome::{Ending, Outcome};

/// The last lines of a run that ends in this way.
fn ends(change: impl FnOnce(&mut Ending), outcome: Outcome) -> String {
    let mut sample = Sample::new(false);
    sample.preflight();
    let mut ending = sample.ending(outcome);
    change(&mut ending);
    sample.finish(ending);
    text(&ending_rows(&view(&sample.events), 80))
}

#[test]
fn a_run_that_is_rolled_back() {
    let expected = r#"✗ Deploy failed: 3 tasks of catalog:42 stopped, the circuit breaker gave up
    ResourceInitializationError: secret catalog-db-connection has no value
    → put a value into the secret; tasks cannot start without it
    deployment_failed at pipelines/prod.rhai:24:5
  Undone: catalog-service is back on catalog:41, 3/3 running, healthy (41s)
  Not undone: migration 2026_11_20 applied
  Left:   task definition catalog:42 (harmless)
Rolled back · exit 3 · deployer show 01JC8ZQ4W3N2E1G5X7H9K0M2P4
"#;
    assert_eq!(text(&ending_rows(&view(&rolled_back()), 80)), expected);
}

#[test]
fn a_run_that_goes_well() {
    let expected = "✓ catalog-service 1.3.0 · 19m13s · catalog:42 serving, 3/3 running\n";
    assert_eq!(text(&ending_rows(&view(&success()), 80)), expected);
}

#[test]
fn a_run_that_waits_for_people() {
    let mut sample = Sample::new(false);
    sample.preflight();
    sample.suspend();
    let expected = r#"● Waiting for an answer: Deploy catalog-service 1.3.0
    image     123456789012.dkr.ecr.ap-south-1.amazonaws.com/catalog-service@sha2
              56:9f3c8d
    version   1.2.0 → 1.3.0
    secrets   catalog-db-connection, catalog-api-key
    way back  catalog:41
    reviewed  d
    from devops
  Answer with:
    deployer approve 01JC8ZQ4W3N2E1G5X7H9K0M2P4 --as devops --reviewed d
    deployer reject 01JC8ZQ4W3N2E1G5X7H9K0M2P4
    deployer resume 01JC8ZQ4W3N2E1G5X7H9K0M2P4   (once it is answered)
Suspended · exit 5
"#;
    assert_eq!(text(&ending_rows(&view(&sample.events), 80)), expected);
}

#[test]
fn a_run_that_is_interrupted() {
    let shown = ends(
        |ending| {
            ending.step = Some("Deploy".to_owned());
            ending.by_hand = vec!["catalog-service back to catalog:41".to_owned()];
            ending.in_flight = vec!["deployment ecs-svc/8812 goes on to catalog:42".to_owned()];
        },
        Outcome::Interrupted,
    );
    let expected = r#"● Interrupted during Deploy
  In AWS still going on:
    deployment ecs-svc/8812 goes on to catalog:42
  Go on with:
    deployer resume 01JC8ZQ4W3N2E1G5X7H9K0M2P4
  Or undo by hand:
    catalog-service back to catalog:41
Interrupted · exit 130
"#;
    assert_eq!(shown, expected);
}

#[test]
fn a_run_that_diverges() {
    let halt = Halt::Diverged {
        key: "0:12".to_owned(),
        recorded: "ecs::update_service catalog-service".to_owned(),
        attempted: "ecs::run_task catalog-migration".to_owned(),
    };
    let shown = ends(|ending| ending.halt = Some(halt), Outcome::Diverged);
    let expected = r#"✗ The script does something else than what was recorded (call 0:12)
    recorded  ecs::update_service catalog-service
    attempted ecs::run_task catalog-migration
    nothing was done
Diverged · exit 6 · deployer show 01JC8ZQ4W3N2E1G5X7H9K0M2P4
"#;
    assert_eq!(shown, expected);
}

#[test]
fn a_run_that_is_rejected() {
    let shown = ends(
        |ending| ending.message = Some("lead ana: not on a Friday".to_owned()),
        Outcome::Rejected,
    );
    let expected = r#"✗ Rejected: lead ana: not on a Friday
  Nothing was changed.
Rejected · exit 4 · deployer show 01JC8ZQ4W3N2E1G5X7H9K0M2P4
"#;
    assert_eq!(shown, expected);
}
