//! Killed everywhere: a rehearsal is played up to each entry of its journal, killed, and resumed.
//!
//! Killed behind an entry means that nothing reaches the cloud any more. A write is killed a second time, after
//! it was carried out and before its result is recorded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::promises;
use super::rehearsal::Rehearsal;
use super::scenario::{Part, Scenario};
use super::standing::Standing;
use super::tape::Tape;
use super::{Options, Trouble, Verdict, panicked, pool};
use crate::journal::Entry;
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Effect, Fault};
use crate::world::World;

/// Where a process is killed.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Behind the entry of that number, from 1.
    entry: usize,
    /// Whether what the entry announces is still carried out.
    carried_out: bool,
}

/// Kills and resumes each rehearsal everywhere, and tells of each.
pub fn everywhere(scenarios: &[Scenario], options: &Options, mut told: impl FnMut(Verdict)) {
    for scenario in scenarios {
        told(scenario_everywhere(scenario, options));
    }
}

fn scenario_everywhere(scenario: &Scenario, options: &Options) -> Verdict {
    let began = Instant::now();
    let mut verdict = Verdict {
        file: scenario.path.display().to_string(),
        name: format!("killed everywhere: {scenario}"),
        rehearsals: 0,
        virtual_ms: 0,
        took: Default::default(),
        printed: Vec::new(),
        trouble: None,
    };
    let reference = match Reference::of(scenario, options) {
        Ok(reference) => reference,
        Err(fault) => {
            verdict.trouble = Some(fault.into());
            return verdict;
        }
    };
    let cuts = cuts(&reference.run.entries);
    verdict.rehearsals = cuts.len();
    verdict.virtual_ms = reference.run.ending.elapsed_ms * cuts.len() as u64;
    let work = |cut: &Cut| {
        let resumed = catch_unwind(AssertUnwindSafe(|| reference.resumed(*cut, options)));
        match resumed {
            Ok(Ok(wrong)) => wrong,
            Ok(Err(fault)) => Some(fault.into()),
            Err(panic) => Some(panicked(panic.as_ref())),
        }
    };
    pool::each(&cuts, options.threads, work, |wrong| {
        if verdict.trouble.is_none() {
            verdict.trouble = wrong;
        }
    });
    if let Some(trouble) = &mut verdict.trouble {
        trouble.again = Some(scenario.command());
    }
    verdict.took = began.elapsed();
    verdict
}

/// Every place to be killed at; behind the last entry the run is over.
fn cuts(entries: &[Entry]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let last = entries.len().saturating_sub(1);
    for (index, entry) in entries.iter().take(last).enumerate() {
        let entry_number = index + 1;
        cuts.push(Cut {
            entry: entry_number,
            carried_out: false,
        });
        let write = matches!(
            entry,
            Entry::Intent {
                effect: Effect::Write,
                ..
            }
        );
        if write {
            cuts.push(Cut {
                entry: entry_number,
                carried_out: true,
            });
        }
    }
    cuts
}

/// The rehearsal that nobody kills.
struct Reference<'s> {
    scenario: &'s Scenario,
    run: Rehearsal,
    standing: Standing,
}

impl<'s> Reference<'s> {
    fn of(scenario: &'s Scenario, options: &Options) -> Result<Self, Fault> {
        let run = scenario.rehearse(Instant::now() + options.patience)?;
        run.cloud.sleep(Scenario::SETTLED);
        let standing = Standing::of(&run.cloud)?;
        Ok(Reference {
            scenario,
            run,
            standing,
        })
    }

    /// Kills at `cut`, resumes, and says what is wrong then.
    fn resumed(&self, cut: Cut, options: &Options) -> Result<Option<Trouble>, Fault> {
        let patience = Instant::now() + options.patience;
        let cloud = self.scenario.world()?;
        let tape = Tape::breaking_after(cut.entry);
        let (_gone, before) = self.scenario.play(Part {
            cloud: cloud.clone(),
            tape: tape.clone(),
            recorded: Vec::new(),
            severed: !cut.carried_out,
            patience,
        })?;
        let recorded = tape.entries();
        let at = recorded.last().map(place).unwrap_or_default();
        let (ending, after) = self.scenario.play(Part {
            cloud: cloud.clone(),
            tape: Tape::default(),
            recorded,
            severed: false,
            patience,
        })?;
        let writes = cloud.writes();
        cloud.sleep(Scenario::SETTLED);
        let standing = Standing::of(&cloud)?;

        let mut wrong = self.differs(&ending);
        if let Some(why) = &after.stopped {
            wrong.push(format!("it never ends: {why}"));
        }
        let events = [before.events, after.events].concat();
        wrong.extend(promises::twice(&events, &writes));
        wrong.extend(standing.differences(&self.standing));
        if wrong.is_empty() {
            return Ok(None);
        }
        let moment = match cut.carried_out {
            true => "before its result was recorded",
            false => "at once",
        };
        Ok(Some(Trouble {
            difference: Some((
                format!("{}, and nothing done twice", self.run.ending.outcome.name()),
                wrong.join("\n"),
            )),
            timeline: events,
            ..Trouble::new(
                "crash",
                format!(
                    "killed behind entry {} ({at}) {moment}, and resumed, it ends differently",
                    cut.entry
                ),
            )
        }))
    }

    fn differs(&self, ending: &Ending) -> Vec<String> {
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

/// An entry, in a few words.
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
