//! A rehearsal that has ended: its ending, its events, its writes, its cloud.

use std::time::Instant;

use super::journal_recorder::JournalRecorder;
use super::scenario::{RunAttempt, Scenario};
use super::watched_world::Observations;
use crate::journal::Entry;
use crate::vocabulary::Fault;
use crate::vocabulary::event::{self, Event, EventKind};
use crate::vocabulary::outcome::Ending;
use crate::world::simulated::{Request, Simulated};

/// A rehearsal that has ended: its outcome, its events and writes, and the cloud as it left it.
pub(super) struct Rehearsal {
    pub(super) scenario: Scenario,
    /// The cloud as the run left it.
    pub(super) cloud: Simulated,
    pub(super) ending: Ending,
    pub(super) observed: Observations,
    pub(super) entries: Vec<Entry>,
    /// Writes that were carried out, in order.
    pub(super) writes: Vec<Request>,
}

impl Scenario {
    /// Makes the rehearsal once, within the given real time.
    pub(super) fn rehearse(&self, patience: Instant) -> Result<Rehearsal, Fault> {
        let cloud = self.world()?;
        let recorder = JournalRecorder::default();
        let (ending, observed) = self.play(RunAttempt {
            cloud: cloud.clone(),
            recorder: recorder.clone(),
            recorded: Vec::new(),
            dies_when_full: false,
            patience,
        })?;
        Ok(Rehearsal {
            scenario: self.clone(),
            writes: cloud.writes(),
            cloud,
            ending,
            observed,
            entries: recorder.entries(),
        })
    }
}

impl Rehearsal {
    pub(super) fn events(&self) -> &[Event] {
        &self.observed.events
    }

    /// Roles that were asked, in order, each once; a question to anyone counts as `anyone`.
    pub(super) fn asked(&self) -> Vec<String> {
        let mut asked = Vec::new();
        for event in self.events() {
            let EventKind::Asked(event::Asked { question }) = &event.kind else {
                continue;
            };
            let roles = match question.roles.as_slice() {
                [] => vec!["anyone".to_owned()],
                roles => roles.to_vec(),
            };
            for role in roles {
                if !asked.contains(&role) {
                    asked.push(role);
                }
            }
        }
        asked
    }

    /// Texts of the remarks that the script made (`note`), in order.
    pub(super) fn notes(&self) -> Vec<String> {
        self.texts(|kind| match kind {
            EventKind::Note(event::Note { text, .. }) => Some(text.clone()),
            _ => None,
        })
    }

    /// What services and waits reported, in their own words.
    pub(super) fn news(&self) -> Vec<String> {
        self.texts(|kind| match kind {
            EventKind::Progress(event::Progressed { progress, .. }) => progress.news.clone(),
            EventKind::Retried(event::Retried { fault, .. }) => Some(fault.to_string()),
            EventKind::Reconciled(event::Reconciled { how, .. }) => Some(how.clone()),
            _ => None,
        })
    }

    fn texts(&self, text: impl Fn(&EventKind) -> Option<String>) -> Vec<String> {
        self.events().iter().filter_map(|e| text(&e.kind)).collect()
    }
}
