//! One event per line, for programs. The last line is `finished`, with the run's id and its `outcome`.

use std::io::Write;

use super::Reporter;
use crate::vocabulary::event::Event;

/// Writes every event as one line of JSON, at once.
pub struct Json<W> {
    out: W,
}

impl<W: Write + Send> Json<W> {
    /// A reporter that writes each event to `out`, as JSON on a line of its own.
    pub fn new(out: W) -> Self {
        Json { out }
    }
}

impl<W: Write + Send> Reporter for Json<W> {
    fn event(&mut self, event: &Event) {
        // Nobody listening is no reason to stop a deployment.
        if let Ok(mut line) = serde_json::to_vec(event) {
            line.push(b'\n');
            let _gone = self.out.write_all(&line).and_then(|()| self.out.flush());
        }
    }
}
