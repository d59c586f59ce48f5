//! The part of the sample that deploys, in both its ends.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::sample::{Sample, line};
use crate::vocabulary::event::{self, EventKind, StepResult};
use crate::vocabulary::outcome::{Cause, Outcome, Undone};
use crate::vocabulary::{Change, Effect, Fault, LineKind, Progress, Residue, Retry, Site};

impl Sample {
    /// Up to the wait for the rollout; returns the wait's key.
    pub fn deploy(&mut self) -> String {
        self.step("Deploy");
        let registry = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/catalog-service";
        let mut register = line("RegisterTaskDefinition", "catalog", "");
        register.kind = LineKind::Creates;
        register.changes = vec![
            Change {
                path: "containerDefinitions[catalog-service].image".to_owned(),
                from: json!(format!("{registry}@sha256:{}", "11aa".repeat(16))),
                to: json!(format!("{registry}@sha256:{}", "9f3c".repeat(16))),
            },
            Change {
                path: "memory".to_owned(),
                from: json!("512"),
                to: json!("1024"),
            },
        ];
        let key = self.call(
            "ecs::register_task_definition",
            Effect::Write,
            json!({"family": "catalog"}),
            register,
        );
        self.pass(400);
        let registered = json!({ "taskDefinition": { "family": "catalog", "revision": 42 } });
        self.answered(&key, 400, registered, Some("catalog:42"));
        let label = "catalog-service → catalog:41 (ACTIVE, image present)".to_owned();
        self.tell(EventKind::UndoRegistered(event::UndoRegistered {
            label,
            step: Some("Deploy".to_owned()),
        }));
        let mut update = line("UpdateService", "catalog-service", "");
        update.kind = LineKind::Changes;
        update.changes = vec![Change {
            path: "taskDefinition".to_owned(),
            from: json!("catalog:41"),
            to: json!("catalog:42"),
        }];
        let key = self.call(
            "ecs::update_service",
            Effect::Write,
            json!({"service": "catalog-service"}),
            update,
        );
        self.pass(600);
        self.returned(&key, 600, None);
        self.note("catalog:42");
        let mut wait = line("wait", "this deployment", "");
        wait.kind = LineKind::Waits;
        wait.at_most_ms = Some(900_000);
        self.call("ecs::follow_deployment", Effect::Wait, json!({}), wait)
    }

    pub fn progress(&mut self, key: &str, since: Timestamp, state: &str, news: Option<&str>) {
        let progress = Progress {
            waiting_for: "deployment ecs-svc/8812".to_owned(),
            until: "complete".to_owned(),
            since: Some(since),
            deadline: Some(since.checked_add(SignedDuration::from_mins(15)).unwrap()),
            state: state.to_owned(),
            news: news.map(str::to_owned),
        };
        self.tell(EventKind::Progress(event::Progressed {
            key: key.to_owned(),
            progress,
        }));
    }

    /// Halfway through the rollout; returns the wait's key.
    pub fn rolling(&mut self) -> String {
        let key = self.deploy();
        let since = self.now;
        self.pass(2_000);
        self.progress(
            &key,
            since,
            "new 0/3 running, 2 starting · old 3 serving",
            Some("has started 2 tasks: (task 28f7deebb10d1df4ef6c8982a6072624) (task 2919452b44db5340b8e5450d9a3b51ab)."),
        );
        self.pass(20_000);
        self.progress(
            &key,
            since,
            "new 2/3 running, 1 starting · old 3 serving",
            None,
        );
        self.pass(10_000);
        self.progress(
            &key,
            since,
            "new 2/3 running, 1 starting · old 3 serving",
            None,
        );
        self.pass(20_000);
        self.progress(
            &key,
            since,
            "new 2/3 running, 1 starting · old 3 serving",
            Some("registered 1 targets in (target-group arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09)"),
        );
        key
    }

    pub fn succeed(&mut self) {
        let key = self.rolling();
        self.pass(38_000);
        self.returned(&key, 90_000, Some("3/3 running"));
        self.end(StepResult::Done);
        self.step("Verify");
        let mut get = line(
            "GET",
            "https://api.example.com/catalog/health",
            "status Healthy, version 1.3.0",
        );
        get.kind = LineKind::Polls;
        let key = self.call("http::check", Effect::Read, json!({}), get);
        self.pass(300);
        self.returned(&key, 300, Some("200 in 12ms"));
        self.note("200, version 1.3.0");
        self.end(StepResult::Done);
        self.step("Watch");
        let mut wait = line("watch", "15m", "5xx below 1 %, p99 below 3x baseline");
        wait.kind = LineKind::Watches;
        wait.at_most_ms = Some(900_000);
        let key = self.call("check::hold", Effect::Wait, json!({}), wait);
        self.pass(900_000);
        self.returned(&key, 900_000, Some("held"));
        self.end(StepResult::Done);
        let mut ending = self.ending(Outcome::Succeeded);
        ending.message = Some("catalog:42 serving, 3/3 running".to_owned());
        self.finish(ending);
    }

    pub fn fail(&mut self) {
        let key = self.rolling();
        let retried = Fault::new("ThrottlingException", "Rate exceeded").retry(Retry::Throttled);
        self.tell(EventKind::Retried(event::Retried {
            key: key.clone(),
            attempt: 1,
            fault: retried,
            delay_ms: 800,
        }));
        let fault = Fault::new(
            "deployment_failed",
            "3 tasks of catalog:42 stopped, the circuit breaker gave up",
        );
        let result = Err(fault.clone());
        self.tell(EventKind::Returned(event::Returned {
            key,
            result,
            elapsed_ms: 52_000,
            summary: None,
        }));
        self.end(StepResult::Failed);
        let label = "catalog-service → catalog:41 (ACTIVE, image present)".to_owned();
        self.tell(EventKind::UndoStarted(event::UndoStarted {
            label: label.clone(),
        }));
        self.pass(41_000);
        self.tell(EventKind::UndoEnded(event::UndoEnded {
            label,
            elapsed_ms: 41_000,
            fault: None,
        }));
        let mut ending = self.ending(Outcome::RolledBack);
        ending.step = Some("Deploy".to_owned());
        ending.fault = Some(fault);
        ending.frames = vec![
            Site {
                source: "std/service".to_owned(),
                line: 31,
                column: 5,
            },
            Site {
                source: "pipelines/prod.rhai".to_owned(),
                line: 24,
                column: 5,
            },
        ];
        ending.causes = vec![Cause {
            text: "ResourceInitializationError: secret catalog-db-connection has no value"
                .to_owned(),
            hint: Some("put a value into the secret; tasks cannot start without it".to_owned()),
        }];
        ending.undone = vec![Undone {
            label: "catalog-service is back on catalog:41, 3/3 running, healthy".to_owned(),
            elapsed_ms: 41_000,
            fault: None,
        }];
        ending.left = vec![
            Residue {
                text: "task definition catalog:42".to_owned(),
                harmless: true,
                ..Residue::default()
            },
            Residue {
                text: "migration 2026_11_20 applied".to_owned(),
                harmless: false,
                ..Residue::default()
            },
        ];
        self.finish(ending);
    }
}
