//! What each event changes in a run as it stands.

use jiff::Timestamp;

use super::{Active, Entry, State, View, says};
use crate::report::describe::{had, name};
use crate::report::shorten_ids::shorten_ids;
use crate::vocabulary::event::{self, Event, StepResult};
use crate::vocabulary::{Effect, Observer};

impl Observer for View {
    fn observe(&mut self, event: &Event) {
        self.started.get_or_insert(event.at);
        self.latest = Some(self.latest.map_or(event.at, |latest| latest.max(event.at)));
        event.hand_to(self);
    }

    fn on_started(&mut self, _: Timestamp, event: &event::Started) {
        self.run.clone_from(&event.run);
        self.pipeline.clone_from(&event.pipeline);
        self.resumed = event.resumed;
        self.overridden.clone_from(&event.overridden);
        self.entries = event
            .steps
            .iter()
            .map(|step| Entry::pending(step))
            .collect();
    }

    fn on_title(&mut self, _: Timestamp, event: &event::Title) {
        self.title = Some(event.text.clone());
    }

    fn on_step_started(&mut self, at: Timestamp, event: &event::StepStarted) {
        let place = self.place_for(&event.step);
        let entry = &mut self.entries[place];
        entry.depth = event.depth;
        entry.state = State::Running(at);
    }

    fn on_step_ended(&mut self, _: Timestamp, event: &event::StepEnded) {
        // The step within has told it already.
        let mut reason = event.reason.as_deref().map(shorten_ids);
        if self.entries.iter().any(|e| e.reason == reason) {
            reason = None;
        }
        if let Some(entry) = self.running(|e| !e.undo && e.name == event.step) {
            entry.state = State::Ended(event.result, event.elapsed_ms);
            entry.reason = reason;
        }
    }

    fn on_note(&mut self, _: Timestamp, event: &event::Note) {
        // What an undo remarks belongs to no step.
        let named = |e: &Entry| match &event.step {
            Some(step) => !e.undo && e.name == *step,
            None => e.undo,
        };
        match self.running(named) {
            Some(entry) => entry.notes.push(event.text.clone()),
            None => self.notes.push(event.text.clone()),
        }
    }

    fn on_call(&mut self, at: Timestamp, event: &event::Call) {
        self.active.push(Active {
            key: event.key.clone(),
            effect: event.effect,
            line: event.line.clone(),
            since: at,
            progress: None,
            news: None,
            retry: None,
        });
        if event.effect == Effect::Write
            && let Some(entry) = self.running(|_| true)
        {
            entry.writes.push(event.line.clone());
        }
    }

    fn on_returned(&mut self, _: Timestamp, event: &event::Returned) {
        self.returned(&event.key, event.summary.as_deref());
    }

    fn on_progress(&mut self, at: Timestamp, event: &event::Progressed) {
        if let Some(call) = self.active.iter_mut().find(|c| c.key == event.key) {
            if let Some(news) = &event.progress.news {
                call.news = Some((at, shorten_ids(news)));
            }
            call.retry = None;
            call.progress = Some(event.progress.clone());
        }
    }

    fn on_retried(&mut self, _: Timestamp, event: &event::Retried) {
        if let Some(call) = self.active.iter_mut().find(|c| c.key == event.key) {
            let (attempt, fault) = (event.attempt, &event.fault);
            call.retry = Some(format!("trying again after attempt {attempt}: {fault}"));
        }
    }

    fn on_reconciled(&mut self, _: Timestamp, event: &event::Reconciled) {
        let call = self.active.iter().find(|c| c.key == event.key);
        let call = call.map_or_else(|| event.key.clone(), |call| name(&call.line));
        let (what, how) = (had(event.happened), &event.how);
        if let Some(entry) = self.running(|_| true) {
            let note = format!("{call}, whose result was missing, {what} ({how})");
            entry.notes.push(note);
        }
    }

    fn on_asked(&mut self, _: Timestamp, event: &event::Asked) {
        self.asked
            .retain(|(other, _)| other.id != event.question.id);
        self.asked.push((event.question.clone(), Vec::new()));
    }

    fn on_answered(&mut self, _: Timestamp, event: &event::Answered) {
        let answer = &event.answer;
        let mut asked = self.asked.iter_mut();
        if let Some((_, answers)) = asked.find(|(q, _)| q.id == answer.question) {
            answers.push(answer.clone());
        }
        if let Some(entry) = self.running(|e| !e.undo) {
            entry.notes.push(says(answer));
        }
    }

    fn on_undo_started(&mut self, at: Timestamp, event: &event::UndoStarted) {
        let place = self.behind_begun();
        let mut entry = Entry::pending(&event.label);
        entry.undo = true;
        entry.state = State::Running(at);
        self.entries.insert(place, entry);
    }

    fn on_undo_ended(&mut self, _: Timestamp, event: &event::UndoEnded) {
        if let Some(entry) = self.running(|e| e.undo && e.name == event.label) {
            let result = match event.fault {
                Some(_) => StepResult::Failed,
                None => StepResult::Done,
            };
            entry.state = State::Ended(result, event.elapsed_ms);
            let why = event.fault.as_ref().map(|fault| fault.message.clone());
            entry.notes.extend(why);
        }
    }

    fn on_finished(&mut self, _: Timestamp, event: &event::Finished) {
        self.active.clear();
        self.ending = Some((*event.ending).clone());
    }
}
