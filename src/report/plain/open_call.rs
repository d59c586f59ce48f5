//! A call as plain lines tell it until it returns: what it waits for, once; its state when it changes; news.

use jiff::Timestamp;

use crate::report::describe::{begins, lasts};
use crate::report::shorten_ids::shorten_ids;
use crate::report::styled_line::StyledLine;
use crate::text::elapsed::{between, limit, ticking};
use crate::vocabulary::{Effect, Line, Progress};

/// A wait whose state stays the same says so after this long, then after twice as long, and so on up to
/// [`SILENT_MS`]; in milliseconds.
const REMIND_MS: u64 = 30_000;
/// Longest that a wait says nothing: what watches a log may take silence for the end.
const SILENT_MS: u64 = 300_000;

/// A call that has not returned.
pub(super) struct OpenCall {
    pub(super) line: Line,
    pub(super) effect: Effect,
    pub(super) replayed: bool,
    /// Whether its beginning was shown.
    pub(super) announced: bool,
    since: Timestamp,
    /// The state that was said last, and when anything was.
    said: Option<(String, Timestamp)>,
    /// How long nothing may change before that is said, in milliseconds.
    remind_ms: u64,
    /// The latest news of the wait that was printed; `None`: none yet.
    news: Option<String>,
}

impl OpenCall {
    pub(super) fn new(line: &Line, effect: Effect, since: Timestamp) -> Self {
        OpenCall {
            line: line.clone(),
            effect,
            replayed: false,
            announced: false,
            since,
            said: None,
            remind_ms: REMIND_MS,
            news: None,
        }
    }

    /// The lines that its progress is worth.
    pub(super) fn progressed(&mut self, at: Timestamp, progress: &Progress) -> Vec<StyledLine> {
        let mut rows = Vec::new();
        let since = progress.since.unwrap_or(self.since);
        let most = progress.deadline.map(|deadline| between(since, deadline));
        let what = lasts(&self.line, Some(progress));
        if !self.announced {
            rows.extend(begins(&self.line, Some(progress)).map(|text| detail().plain(text)));
            self.announced = true;
        }
        let told = progress.news.as_ref();
        if let Some(news) = told.filter(|news| self.news.as_ref() != Some(news)) {
            rows.push(detail().dim("· ").plain(shorten_ids(news)));
            self.news = Some(news.clone());
        }
        let state = progress.state.replace("   ", " · ");
        let before = self.said.as_ref().map(|(state, _)| state);
        if !state.is_empty() && before != Some(&state) {
            rows.push(detail().plain(&state));
        }
        match &mut self.said {
            Some((said, when)) if rows.is_empty() => {
                if between(*when, at) >= self.remind_ms {
                    let of = most.map(|ms| format!(" of {}", limit(ms)));
                    rows.push(detail().dim(format!(
                        "still {what}, {}{}",
                        ticking(between(since, at)),
                        of.unwrap_or_default()
                    )));
                    self.remind_ms = (self.remind_ms * 2).min(SILENT_MS);
                    *when = at;
                }
                if !state.is_empty() {
                    *said = state;
                }
            }
            said => {
                let kept = said.take().map(|(state, _)| state);
                let state = Some(state).filter(|state| !state.is_empty()).or(kept);
                *said = Some((state.unwrap_or_default(), at));
                self.remind_ms = REMIND_MS;
            }
        }
        rows
    }
}

/// The beginning of a line below a step.
pub(super) fn detail() -> StyledLine {
    StyledLine::new().plain("  ")
}
