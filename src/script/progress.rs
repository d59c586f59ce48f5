//! How far a pipeline has come.

use rhai::Position;

/// How far a pipeline has come.
#[derive(Default)]
pub(super) struct Progress {
    /// The end of its text was reached.
    pub(super) reached: bool,
    /// The last of its steps, by the text, that began: where it stands, and what it is called.
    pub(super) step: Option<(Position, String)>,
}

impl Progress {
    /// A step of the pipeline began.
    pub(super) fn began(&mut self, position: Position, step: &str) {
        let place = |position: Position| (position.line(), position.position());
        let last = self.step.as_ref().map(|(at, _)| place(*at));
        if last.is_none_or(|last| last <= place(position)) {
            self.step = Some((position, step.to_owned()));
        }
    }
}
