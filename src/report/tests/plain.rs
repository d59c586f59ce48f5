//! Lines for logs and programs.

use serde_json::Value;

use super::*;
use crate::report::json::Json;
use crate::report::plain::Plain;
use crate::vocabulary::event::{self, EventKind};

fn plain(events: &[Event]) -> String {
    let page = Page::default();
    let mut plain = Plain::new(page.clone(), false);
    for event in events {
        plain.event(event);
    }
    page.text()
}

#[test]
fn plain_lines() {
    let expected = r#"10:36:55Z pipelines/prod.rhai · run 01JC8ZQ4W3N2E1G5X7H9K0M2P4 · 2026-11-20
10:36:55Z catalog-service 1.3.0
10:36:55Z ● Preflight
10:36:56Z   sha256:9f3c…
10:36:56Z   4 secrets
10:36:56Z   way back catalog:41
10:36:56Z ✓ Preflight 1.2s
10:36:56Z ● Approve
10:36:56Z   ? Deploy catalog-service 1.3.0 · lead, devops
10:37:56Z   ✓ lead ana (claimed)
10:38:59Z   ✓ devops raj (claimed)
10:38:59Z ✓ Approve 2m03s
10:38:59Z ● Migrate
10:38:59Z   + RunTask catalog-migration
10:39:00Z   → task 4f1d
10:39:37Z   → exit 0 · 37s
10:39:37Z ✓ Migrate 37s
10:39:37Z ● Deploy
10:39:37Z   + RegisterTaskDefinition catalog
10:39:37Z       containerDefinitions[catalog-service].image
10:39:37Z       - …/catalog-service@sha256:11aa11aa11aa…
10:39:37Z       + …/catalog-service@sha256:9f3c9f3c9f3c…
10:39:37Z       memory  512 → 1024
10:39:37Z   → catalog:42
10:39:37Z   ~ UpdateService catalog-service  catalog:41 → catalog:42
10:39:38Z   catalog:42
10:39:40Z   waiting for deployment ecs-svc/8812 to complete, at most 15m
10:39:40Z   · has started 2 tasks: 28f7deeb, 2919452b.
10:39:40Z   new 0/3 running, 2 starting · old 3 serving
10:40:00Z   new 2/3 running, 1 starting · old 3 serving
10:40:30Z   · registered 1 targets in target-group catalog-tg
10:40:30Z   ✗ deployment_failed: 3 tasks of catalog:42 stopped, the circuit breaker gave up · 52s
10:40:30Z ✗ Deploy 53s
10:40:30Z ↶ Undo catalog-service → catalog:41 (ACTIVE, image present)
10:41:11Z ✓ Undo catalog-service → catalog:41 (ACTIVE, image present) 41s

✗ Deploy failed: 3 tasks of catalog:42 stopped, the circuit breaker gave up
    ResourceInitializationError: secret catalog-db-connection has no value
    → put a value into the secret; tasks cannot start without it
    deployment_failed at pipelines/prod.rhai:24:5
  Undone: catalog-service is back on catalog:41, 3/3 running, healthy (41s)
  Not undone: migration 2026_11_20 applied
  Left:   task definition catalog:42 (harmless)
Rolled back · exit 3 · deployer show 01JC8ZQ4W3N2E1G5X7H9K0M2P4
"#;
    assert_eq!(plain(&rolled_back()), expected);
}

#[test]
fn plain_lines_collapse_what_is_replayed() {
    let mut events = rolled_back();
    for event in &mut events {
        if let EventKind::Call(event::Call { replayed, .. }) = &mut event.kind {
            *replayed = true;
        }
    }
    let shown = plain(&events);
    assert!(
        shown.contains("Z   6 calls replayed from the journal\n"),
        "{shown}"
    );
    assert!(
        !shown.contains("UpdateService") && !shown.contains("waiting for"),
        "{shown}"
    );
}

#[test]
fn one_event_per_line_for_programs() {
    let page = Page::default();
    let mut json = Json::new(page.clone());
    let events = success();
    for event in &events {
        json.event(event);
    }
    let lines: Vec<Value> = page
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), events.len());
    assert!(
        lines
            .iter()
            .all(|line| line["version"] == 1 && line["at"].is_string())
    );
    let last = lines.last().unwrap();
    assert_eq!(last["event"], "finished");
    assert_eq!(last["run"], RUN);
    assert_eq!(last["outcome"], "succeeded");
    let read: Event = serde_json::from_value(last.clone()).unwrap();
    assert_eq!(Some(&read), events.last());
}
