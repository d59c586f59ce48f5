//! Timelines and tables.

use serde_json::Value;

use super::*;
use crate::report::runs::{ListedRun, newest_first, runs_json, runs_rows};
use crate::report::show::{OpenRun, show_rows};
use crate::vocabulary::NextCommands;

#[test]
fn a_timeline() {
    let expected = r#"catalog-service 1.3.0 · run 01JC8ZQ4W3N2E1G5X7H9K0M2P4
pipelines/prod.rhai · started 2026-11-20 10:36:55 UTC
  cluster = prod
  version = 1.3.0

10:36:55  Preflight
10:36:56    · DescribeServices catalog-service × 6
10:36:56    sha256:9f3c…
10:36:56    4 secrets
10:36:56    way back catalog:41
10:36:56  ✓ Preflight  1.2s

10:36:56  Approve
10:36:56    ? Deploy catalog-service 1.3.0 · asked of lead, devops
10:37:56    ✓ lead ana (claimed)
10:38:59    ✓ devops raj (claimed)
10:38:59  ✓ Approve  2m03s

10:38:59  Migrate
10:38:59    + RunTask catalog-migration → task 4f1d
10:39:00    ◷ wait for exit 0, at most 30m → exit 0  37s
10:39:37    exit 0
10:39:37  ✓ Migrate  37s

10:39:37  Deploy
10:39:37    + RegisterTaskDefinition catalog → catalog:42
                containerDefinitions[catalog-service].image
                - …/catalog-service@sha256:11aa11aa11aa…
                + …/catalog-service@sha256:9f3c9f3c9f3c…
                memory  512 → 1024
10:39:37    ↶ can be undone: catalog-service → catalog:41 (ACTIVE, image present)
10:39:37    ~ UpdateService catalog-service  catalog:41 → catalog:42
10:39:38    catalog:42
10:39:38    ◷ wait for this deployment, at most 15m
10:39:40      · has started 2 tasks: 28f7deeb, 2919452b.
10:40:30      · registered 1 targets in target-group catalog-tg
10:40:30      ↻ attempt 1 failed: ThrottlingException: Rate exceeded; again in 0.8s
10:40:30      ✗ deployment_failed: 3 tasks of catalog:42 stopped, the circuit breaker gave up
10:40:30  ✗ Deploy failed  53s  3 tasks of catalog:42 stopped, the circuit breaker gave up

10:40:30  Undo catalog-service → catalog:41 (ACTIVE, image present)
10:41:11  ✓ catalog-service → catalog:41 (ACTIVE, image present)  41s

✗ Deploy failed: 3 tasks of catalog:42 stopped, the circuit breaker gave up
    ResourceInitializationError: secret catalog-db-connection has no value
    → put a value into the secret; tasks cannot start without it
    deployment_failed at pipelines/prod.rhai:24:5
  Undone: catalog-service is back on catalog:41, 3/3 running, healthy (41s)
  Not undone: migration 2026_11_20 applied
  Left:   task definition catalog:42 (harmless)
Rolled back · exit 3 · deployer show 01JC8ZQ4W3N2E1G5X7H9K0M2P4
"#;
    assert_eq!(
        text(&show_rows(
            &rolled_back(),
            &OpenRun::default(),
            &TimeZone::UTC,
            100
        )),
        expected
    );
}

#[test]
fn a_table_of_runs() {
    let run = |run: &str, outcome: &str, started: &str, title: Option<&str>| ListedRun {
        run: run.to_owned(),
        pipeline: "pipelines/prod.rhai".to_owned(),
        title: title.map(str::to_owned),
        outcome: outcome.to_owned(),
        waits_for: None,
        next: NextCommands::default(),
        started: started.parse().unwrap(),
        elapsed_ms: 252_000,
    };
    let runs = newest_first(vec![
        run(
            "01A",
            "succeeded",
            "2026-11-19T10:00:00Z",
            Some("catalog-service 1.2.0"),
        ),
        run("01B", "rolled_back", "2026-11-20T10:36:55Z", None),
    ]);
    let expected = r#"started           run  outcome       took  title                  pipeline
2026-11-20 10:36  01B  rolled back  4m12s                         pipelines/prod.rhai
2026-11-19 10:00  01A  succeeded    4m12s  catalog-service 1.2.0  pipelines/prod.rhai
"#;
    assert_eq!(text(&runs_rows(&runs, &TimeZone::UTC, 100)), expected);
    let narrow = r#"started           run  outcome       took  title
2026-11-20 10:36  01B  rolled back  4m12s  pipelines/prod.rhai
2026-11-19 10:00  01A  succeeded    4m12s  catalog-service 1.2.0
"#;
    assert_eq!(text(&runs_rows(&runs, &TimeZone::UTC, 70)), narrow);
    let lines = runs_json(&runs);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["run"], "01B");
    assert_eq!(first["outcome"], "rolled_back");
    assert_eq!(first["started"], "2026-11-20T10:36:55Z");
}
