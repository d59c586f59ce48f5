//! What held from when on.

use jiff::Timestamp;

/// A value that changes at points in time, and is remembered.
#[derive(Debug, Clone)]
pub(crate) struct Timeline<T>(Vec<(Timestamp, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Timeline(Vec::new())
    }
}

impl<T: PartialEq> Timeline<T> {
    /// From `at` on, it is `value`. Times must not go back.
    pub(crate) fn note(&mut self, at: Timestamp, value: T) {
        match self.0.last_mut() {
            Some((_, last)) if *last == value => {}
            Some((since, last)) if *since == at => *last = value,
            _ => self.0.push((at, value)),
        }
    }

    /// The latest value; `None`: none was noted yet.
    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }

    /// What it was at that time.
    pub(crate) fn at(&self, at: Timestamp) -> Option<&T> {
        let end = self.0.partition_point(|(since, _)| *since <= at);
        self.0[..end].last().map(|(_, value)| value)
    }

    /// What it was between two times, piece by piece.
    pub(crate) fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, Timestamp, &T)> {
        let first = self.0.partition_point(|(since, _)| *since <= from);
        let pieces = &self.0[first.saturating_sub(1)..];
        pieces
            .iter()
            .enumerate()
            .map(move |(i, (since, value))| {
                let end = pieces.get(i + 1).map_or(to, |(next, _)| *next);
                ((*since).max(from), end.min(to), value)
            })
            .filter(|(from, to, _)| from < to)
    }
}

/// Seconds from one time to another, with fractions.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}
