//! What would be undone depends on how far the run came: where that differs, a plan says both.

use super::model::{Plan, PlannedCall, PlannedUndo, UndoVariant};
use crate::vocabulary::event::Event;

impl Plan {
    /// Takes in what would be undone by runs that failed behind one of their writes; `failing`: the write and the events
    /// of each.
    pub fn where_it_fails<'a>(
        mut self,
        failing: impl Iterator<Item = (&'a str, &'a [Event])>,
    ) -> Plan {
        for (after, events) in failing {
            for undo in Plan::from_events(events).undo {
                let known = self.undo.iter_mut();
                let mut same = known.filter(|it| it.label == undo.label && it.step == undo.step);
                match same.next() {
                    Some(known) => known.differs(after, undo),
                    // One that only a script that has failed registers.
                    None => self.undo.push(undo),
                }
            }
        }
        self
    }
}

impl PlannedUndo {
    /// Takes in what it would do after another write, if that is more than is known of it.
    fn differs(&mut self, after: &str, other: PlannedUndo) {
        let variants = self.variants.iter().map(|variant| &variant.calls);
        let known: Vec<&PlannedCall> = variants.chain([&self.calls]).flatten().collect();
        let new = |call: &PlannedCall| !known.iter().any(|known| known.is_like(call));
        let faults = self.variants.iter().map(|variant| &variant.fault);
        let faulty = other.fault.is_some()
            && !faults
                .chain([&self.fault])
                .any(|fault| *fault == other.fault);
        if other.calls.iter().any(new) || faulty {
            self.variants.push(UndoVariant {
                after: after.to_owned(),
                calls: other.calls,
                fault: other.fault,
            });
        }
    }
}

impl PlannedCall {
    /// Whether it reads the same, but for what is predicted.
    fn is_like(&self, other: &PlannedCall) -> bool {
        let (one, two) = (&self.line, &other.line);
        self.primitive == other.primitive
            && (&one.verb, &one.object, &one.detail) == (&two.verb, &two.object, &two.detail)
            && one.changes == two.changes
    }
}
