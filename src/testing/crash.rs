//! Crash tests: a rehearsal is killed at each of its calls and resumed. It must end as it does without a crash.
//!
//! After the kill nothing reaches the cloud. A call is killed as soon as the journal has its intent; a write two times
//! more: after it was carried out, before its result is recorded, and as soon as it is. Between two calls the run is also
//! killed after each question, answer and word of the script. What a call tells while it waits decides nothing.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::cloud_snapshot::CloudSnapshot;
use super::invariants;
use super::journal_recorder::JournalRecorder;
use super::rehearsal::Rehearsal;
use super::scenario::{RunAttempt, Scenario};
use super::{Options, TestFailure, Verdict, panicked, pool};
use crate::journal::Entry;
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Effect, Fault};
use crate::world::World;

/// The place in a journal at which the process is killed.
#[derive(Debug, Clone, Copy)]
struct CrashPoint {
    /// The process is killed after the entry of this number, from 1.
    entry: usize,
    /// Whether the call that the entry announces is still carried out.
    carried_out: bool,
}

/// Kills and resumes each rehearsal at every call, and reports a verdict for each rehearsal.
pub fn everywhere(scenarios: &[Scenario], options: &Options, mut told: impl FnMut(Verdict)) {
    for scenario in scenarios {
        told(scenario_everywhere(scenario, options));
    }
}

fn scenario_everywhere(scenario: &Scenario, options: &Options) -> Verdict {
    let began = Instant::now();
    let mut verdict = Verdict {
        file: scenario.path.display().to_string(),
        name: format!("crash test at every call: {scenario}"),
        rehearsals: 0,
        virtual_ms: 0,
        took: Default::default(),
        printed: Vec::new(),
        failure: None,
    };
    let reference = match UninterruptedRun::of(scenario, options) {
        Ok(reference) => reference,
        Err(fault) => {
            verdict.failure = Some(fault.into());
            return verdict;
        }
    };
    let crash_points = crash_points(&reference.run.entries);
    verdict.rehearsals = crash_points.len();
    verdict.virtual_ms = reference.run.ending.elapsed_ms * crash_points.len() as u64;
    let work = |crash_point: &CrashPoint| {
        let crash_and_resume = catch_unwind(AssertUnwindSafe(|| {
            reference.crash_and_resume(*crash_point, options)
        }));
        match crash_and_resume {
            Ok(Ok(wrong)) => wrong,
            Ok(Err(fault)) => Some(fault.into()),
            Err(panic) => Some(panicked(panic.as_ref())),
        }
    };
    pool::each(&crash_points, options.threads, work, |wrong| {
        if verdict.failure.is_none() {
            verdict.failure = wrong;
        }
    });
    if let Some(failure) = &mut verdict.failure {
        failure.again = Some(scenario.command());
    }
    verdict.took = began.elapsed();
    verdict
}

/// Every crash point of a journal. After the last entry the run has finished.
fn crash_points(entries: &[Entry]) -> Vec<CrashPoint> {
    let mut crash_points = Vec::new();
    let mut writes = BTreeSet::new();
    let last = entries.len().saturating_sub(1);
    for (index, entry) in entries.iter().take(last).enumerate() {
        let mut killed = |carried_out| {
            crash_points.push(CrashPoint {
                entry: index + 1,
                carried_out,
            });
        };
        match entry {
            Entry::Intent {
                key,
                effect: Effect::Write,
                ..
            } => {
                writes.insert(key);
                killed(false);
                killed(true);
            }
            Entry::Result { key, .. } if !writes.contains(key) => {}
            Entry::Event {
                scripted: false, ..
            } => {}
            _ => killed(false),
        }
    }
    crash_points
}

/// The rehearsal without a crash: what a resumed one is compared with.
struct UninterruptedRun<'s> {
    scenario: &'s Scenario,
    run: Rehearsal,
    snapshot: CloudSnapshot,
}

impl<'s> UninterruptedRun<'s> {
    fn of(scenario: &'s Scenario, options: &Options) -> Result<Self, Fault> {
        let run = scenario.rehearse(Instant::now() + options.patience)?;
        run.cloud.sleep(Scenario::SETTLED);
        let snapshot = CloudSnapshot::of(&run.cloud)?;
        Ok(UninterruptedRun {
            scenario,
            run,
            snapshot,
        })
    }

    /// Kills the run at `crash_point`, resumes it, and returns what differs.
    fn crash_and_resume(
        &self,
        crash_point: CrashPoint,
        options: &Options,
    ) -> Result<Option<TestFailure>, Fault> {
        let patience = Instant::now() + options.patience;
        let cloud = self.scenario.world()?;
        let recorder = JournalRecorder::failing_after(crash_point.entry);
        let (_gone, before) = self.scenario.play(RunAttempt {
            cloud: cloud.clone(),
            recorder: recorder.clone(),
            recorded: Vec::new(),
            dies_when_full: !crash_point.carried_out,
            patience,
        })?;
        let recorded = recorder.entries();
        let at = recorded.last().map(place).unwrap_or_default();
        let (ending, after) = self.scenario.play(RunAttempt {
            cloud: cloud.clone(),
            recorder: JournalRecorder::default(),
            recorded,
            dies_when_full: false,
            patience,
        })?;
        let writes = cloud.writes();
        cloud.sleep(Scenario::SETTLED);
        let snapshot = CloudSnapshot::of(&cloud)?;

        let mut wrong = self.outcome_difference(&ending);
        if let Some(why) = &after.stopped {
            wrong.push(format!("it never ends: {why}"));
        }
        let events = [before.events, after.events].concat();
        wrong.extend(invariants::repeated_writes(&events, &writes));
        wrong.extend(snapshot.differences(&self.snapshot));
        if wrong.is_empty() {
            return Ok(None);
        }
        let moment = match crash_point.carried_out {
            true => "before its result was recorded",
            false => "at once",
        };
        Ok(Some(TestFailure {
            difference: Some((
                format!("{}, and nothing done twice", self.run.ending.outcome.name()),
                wrong.join("\n"),
            )),
            timeline: events,
            ..TestFailure::new(
                "crash",
                format!(
                    "killed after entry {} ({at}) {moment} and resumed, the run ends differently",
                    crash_point.entry
                ),
            )
        }))
    }

    fn outcome_difference(&self, ending: &Ending) -> Vec<String> {
        let told = |ending: &Ending| {
            let code = ending.fault.as_ref().map(|f| f.code.clone());
            let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
            let why = ending.message.clone().unwrap_or_default();
            format!("{}{code} {why}", ending.outcome.name())
                .trim()
                .to_owned()
        };
        let same = ending.outcome == self.run.ending.outcome;
        if same {
            return Vec::new();
        }
        vec![told(ending)]
    }
}

/// A short description of an entry.
fn place(entry: &Entry) -> String {
    match entry {
        Entry::Started { .. } => "the start".into(),
        Entry::Resumed { .. } => "a resume".into(),
        Entry::Intent { key, primitive, .. } => format!("{key} {primitive}"),
        Entry::Result { key, .. } => format!("{key} returned"),
        Entry::Asked { question, .. } => format!("asked: {}", question.title),
        Entry::Answered { answer, .. } => format!("answered by {}", answer.by),
        Entry::Event { event, .. } => event.kind.name().to_owned(),
        Entry::Finished { .. } => "the end".into(),
    }
}
