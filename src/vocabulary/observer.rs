//! Following a run: a method for each event.

use jiff::Timestamp;

use super::event::{self, Event, EventKind};

/// Follows the events of a run. Each has its method, which does nothing unless it is overridden; `at` is the event's
/// time.
pub trait Observer {
    /// Takes in the next event: hands it to its method.
    fn observe(&mut self, event: &Event) {
        event.hand_to(self);
    }

    /// The run began, or goes on.
    fn on_started(&mut self, _at: Timestamp, _event: &event::Started) {}

    /// The script named what it deploys.
    fn on_title(&mut self, _at: Timestamp, _event: &event::Title) {}

    /// The script entered a step.
    fn on_step_started(&mut self, _at: Timestamp, _event: &event::StepStarted) {}

    /// The script left a step, normally or because of a fault.
    fn on_step_ended(&mut self, _at: Timestamp, _event: &event::StepEnded) {}

    /// The script made a remark.
    fn on_note(&mut self, _at: Timestamp, _event: &event::Note) {}

    /// The script printed a line.
    fn on_printed(&mut self, _at: Timestamp, _event: &event::Printed) {}

    /// A call is about to be performed or replayed.
    fn on_call(&mut self, _at: Timestamp, _event: &event::Call) {}

    /// A call returned a value or failed with a fault.
    fn on_returned(&mut self, _at: Timestamp, _event: &event::Returned) {}

    /// A wait told how it is going.
    fn on_progress(&mut self, _at: Timestamp, _event: &event::Progressed) {}

    /// A call is made again after a passing fault.
    fn on_retried(&mut self, _at: Timestamp, _event: &event::Retried) {}

    /// A call in doubt was settled.
    fn on_reconciled(&mut self, _at: Timestamp, _event: &event::Reconciled) {}

    /// A call put a question to people.
    fn on_asked(&mut self, _at: Timestamp, _event: &event::Asked) {}

    /// A person answered the open question.
    fn on_answered(&mut self, _at: Timestamp, _event: &event::Answered) {}

    /// The script said how to undo what it is about to do.
    fn on_undo_registered(&mut self, _at: Timestamp, _event: &event::UndoRegistered) {}

    /// After a failure, a registered undo began.
    fn on_undo_started(&mut self, _at: Timestamp, _event: &event::UndoStarted) {}

    /// An undo ended; the event says whether it failed.
    fn on_undo_ended(&mut self, _at: Timestamp, _event: &event::UndoEnded) {}

    /// The run ended, or this process leaves it to be resumed.
    fn on_finished(&mut self, _at: Timestamp, _event: &event::Finished) {}
}

impl Event {
    /// Hands the event to its method of an observer.
    pub fn hand_to<O: Observer + ?Sized>(&self, observer: &mut O) {
        let at = self.at;
        match &self.kind {
            EventKind::Started(event) => observer.on_started(at, event),
            EventKind::Title(event) => observer.on_title(at, event),
            EventKind::StepStarted(event) => observer.on_step_started(at, event),
            EventKind::StepEnded(event) => observer.on_step_ended(at, event),
            EventKind::Note(event) => observer.on_note(at, event),
            EventKind::Printed(event) => observer.on_printed(at, event),
            EventKind::Call(event) => observer.on_call(at, event),
            EventKind::Returned(event) => observer.on_returned(at, event),
            EventKind::Progress(event) => observer.on_progress(at, event),
            EventKind::Retried(event) => observer.on_retried(at, event),
            EventKind::Reconciled(event) => observer.on_reconciled(at, event),
            EventKind::Asked(event) => observer.on_asked(at, event),
            EventKind::Answered(event) => observer.on_answered(at, event),
            EventKind::UndoRegistered(event) => observer.on_undo_registered(at, event),
            EventKind::UndoStarted(event) => observer.on_undo_started(at, event),
            EventKind::UndoEnded(event) => observer.on_undo_ended(at, event),
            EventKind::Finished(event) => observer.on_finished(at, event),
        }
    }
}
