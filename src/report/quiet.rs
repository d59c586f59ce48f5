//! Only what a person or a script must see: what the pipeline prints, what it asks, and how it ends.

use std::io::Write;

use super::Reporter;
use super::plain::Plain;
use crate::vocabulary::event::{Event, EventKind};

/// Shows a run as plain lines, without the progress of waits.
pub struct Quiet<W>(Plain<W>);

impl<W: Write + Send> Quiet<W> {
    /// Leaves the progress of `plain` out.
    pub fn new(plain: Plain<W>) -> Self {
        Quiet(plain)
    }
}

impl<W: Write + Send> Reporter for Quiet<W> {
    fn event(&mut self, event: &Event) {
        match event.kind {
            EventKind::Printed(_) | EventKind::Asked(_) | EventKind::Finished(_) => {
                self.0.event(event);
            }
            _ => self.0.follow(event),
        }
    }
}
