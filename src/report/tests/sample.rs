//! A run to draw: what the rolling deployment tells.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::vocabulary::event::{self, EVENT_VERSION, Event, EventKind, StepResult};
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Answer, Effect, Halt, Line, LineKind, Next, NextCommands, Question, Site};

pub const RUN: &str = "01JC8ZQ4W3N2E1G5X7H9K0M2P4";

/// Collects events on a clock of its own.
pub struct Sample {
    pub events: Vec<Event>,
    pub now: Timestamp,
    began: Vec<(String, Timestamp)>,
    key: u32,
}

impl Sample {
    pub fn new(resumed: bool) -> Self {
        let mut sample = Sample {
            events: Vec::new(),
            now: "2026-11-20T10:36:55Z".parse().unwrap(),
            began: Vec::new(),
            key: 0,
        };
        let steps = [
            "Preflight",
            "Approve",
            "Migrate",
            "Deploy",
            "Verify",
            "Watch",
        ];
        sample.tell(EventKind::Started(event::Started {
            run: RUN.to_owned(),
            pipeline: "pipelines/prod.rhai".to_owned(),
            params: json!({"cluster": "prod", "version": "1.3.0"}),
            resumed,
            overridden: vec![],
            steps: steps.map(str::to_owned).to_vec(),
        }));
        sample.tell(EventKind::Title(event::Title {
            text: "catalog-service 1.3.0".to_owned(),
        }));
        sample
    }

    pub fn tell(&mut self, kind: EventKind) {
        self.events.push(Event {
            version: EVENT_VERSION,
            at: self.now,
            kind,
        });
    }

    pub fn pass(&mut self, ms: i64) {
        self.now = self
            .now
            .checked_add(SignedDuration::from_millis(ms))
            .unwrap();
    }

    pub fn step(&mut self, step: &str) {
        self.began.push((step.to_owned(), self.now));
        let site = Site {
            source: "pipelines/prod.rhai".to_owned(),
            line: 20,
            column: 1,
        };
        let depth = self.began.len() - 1;
        self.tell(EventKind::StepStarted(event::StepStarted {
            step: step.to_owned(),
            depth,
            site,
        }));
    }

    pub fn end(&mut self, result: StepResult) {
        let (step, since) = self.began.pop().unwrap();
        let elapsed_ms = crate::text::elapsed::between(since, self.now);
        self.tell(EventKind::StepEnded(event::StepEnded {
            step,
            depth: self.began.len(),
            elapsed_ms,
            result,
            reason: (result == StepResult::Failed)
                .then(|| "3 tasks of catalog:42 stopped, the circuit breaker gave up".to_owned()),
        }));
    }

    pub fn note(&mut self, text: &str) {
        let step = self.began.last().map(|(step, _)| step.clone());
        self.tell(EventKind::Note(event::Note {
            step,
            text: text.to_owned(),
        }));
    }

    pub fn call(&mut self, primitive: &str, effect: Effect, input: Value, line: Line) -> String {
        self.key += 1;
        let key = format!("0:{}", self.key);
        let step = self.began.last().map(|(step, _)| step.clone());
        self.tell(EventKind::Call(event::Call {
            key: key.clone(),
            primitive: primitive.to_owned(),
            effect,
            input,
            line,
            step,
            site: Site::default(),
            replayed: false,
            undoing: false,
            closing: false,
        }));
        key
    }

    pub fn returned(&mut self, key: &str, elapsed_ms: u64, summary: Option<&str>) {
        self.answered(key, elapsed_ms, Value::Null, summary);
    }

    pub fn answered(&mut self, key: &str, elapsed_ms: u64, output: Value, summary: Option<&str>) {
        let (key, summary) = (key.to_owned(), summary.map(str::to_owned));
        self.tell(EventKind::Returned(event::Returned {
            key,
            result: Ok(output),
            elapsed_ms,
            summary,
        }));
    }

    pub fn read(&mut self, what: &str) {
        let key = self.call(
            "ecs::describe_services",
            Effect::Read,
            json!({}),
            line("DescribeServices", what, ""),
        );
        self.pass(200);
        let arn = "arn:aws:ecs:ap-south-1:123456789012:service/prod/catalog-service";
        self.tell(EventKind::Returned(event::Returned {
            key,
            result: Ok(json!({"services": [{"serviceArn": arn}]})),
            elapsed_ms: 200,
            summary: None,
        }));
    }

    pub fn preflight(&mut self) {
        self.step("Preflight");
        for _ in 0..6 {
            self.read("catalog-service");
        }
        self.note("sha256:9f3c…");
        self.note("4 secrets");
        self.note("way back catalog:41");
        self.end(StepResult::Done);
    }

    pub fn question(&mut self) -> Question {
        self.step("Approve");
        let title = "Deploy catalog-service 1.3.0".to_owned();
        let id = self.call(
            "approval::ask",
            Effect::Ask,
            json!({}),
            line("ask", &title, ""),
        );
        let question = Question {
            id,
            title,
            about: json!({
                "image": "123456789012.dkr.ecr.ap-south-1.amazonaws.com/catalog-service@sha256:9f3c8d",
                "version": "1.2.0 → 1.3.0",
                "secrets": ["catalog-db-connection", "catalog-api-key"],
                "way_back": "catalog:41",
            }),
            roles: vec!["lead".to_owned(), "devops".to_owned()],
            distinct: true,
            word: None,
            digest: "d".to_owned(),
            asked: None,
            deadline: None,
        };
        self.tell(EventKind::Asked(event::Asked {
            question: question.clone(),
        }));
        question
    }

    pub fn answer(&mut self, question: &Question, role: &str, by: &str) {
        let answer = Answer {
            role: Some(role.to_owned()),
            ..Answer::to(question, true, by, self.now)
        };
        self.tell(EventKind::Answered(event::Answered { answer }));
    }

    pub fn approve(&mut self) {
        let question = self.question();
        self.pass(60_000);
        self.answer(&question, "lead", "ana");
        self.pass(63_000);
        self.answer(&question, "devops", "raj");
        self.returned(&question.id, 123_000, None);
        self.end(StepResult::Done);
    }

    pub fn migrate(&mut self) {
        self.step("Migrate");
        let mut run = line("RunTask", "catalog-migration", "");
        run.kind = LineKind::Creates;
        let key = self.call(
            "ecs::run_task",
            Effect::Write,
            json!({"taskDefinition": "catalog-migration"}),
            run,
        );
        self.pass(900);
        self.returned(&key, 900, Some("task 4f1d"));
        let mut wait = line("wait", "exit 0", "");
        wait.kind = LineKind::Waits;
        wait.at_most_ms = Some(1_800_000);
        let key = self.call("ecs::follow_task", Effect::Wait, json!({}), wait);
        self.pass(37_000);
        self.returned(&key, 37_000, Some("exit 0"));
        self.note("exit 0");
        self.end(StepResult::Done);
    }

    pub fn ending(&self, outcome: Outcome) -> Ending {
        Ending {
            elapsed_ms: crate::text::elapsed::between(self.events[0].at, self.now),
            next: commands(Next::after(outcome, None)),
            ..Ending::of(outcome)
        }
    }

    pub fn suspend(&mut self) {
        let question = self.question();
        self.pass(1_000);
        self.answer(&question, "lead", "ana");
        self.end(StepResult::Halted);
        let mut ending = self.ending(Outcome::Suspended);
        ending.step = Some("Approve".to_owned());
        ending.next = commands(Next::answers(&question));
        ending.halt = Some(Halt::Suspended { question });
        self.finish(ending);
    }

    pub fn finish(&mut self, ending: Ending) {
        self.tell(EventKind::Finished(event::Finished {
            run: RUN.to_owned(),
            ending: Box::new(ending),
        }));
    }
}

/// What a run that is kept says of what to type now.
fn commands(next: Vec<Next>) -> NextCommands {
    NextCommands::new("deployer", RUN, next)
}

pub fn line(verb: &str, object: &str, detail: &str) -> Line {
    Line {
        verb: verb.to_owned(),
        object: object.to_owned(),
        detail: detail.to_owned(),
        ..Line::default()
    }
}

/// A whole run that goes well.
pub fn success() -> Vec<Event> {
    let mut sample = Sample::new(false);
    sample.preflight();
    sample.approve();
    sample.migrate();
    sample.succeed();
    sample.events
}

/// A whole run that is rolled back.
pub fn rolled_back() -> Vec<Event> {
    let mut sample = Sample::new(false);
    sample.preflight();
    sample.approve();
    sample.migrate();
    sample.fail();
    sample.events
}
