//! What came of a run's calls, for its timeline.

use std::collections::{HashMap, HashSet};

use crate::report::shorten_ids::shorten_ids;
use crate::report::styled_line::StyledLine;
use crate::text::elapsed::elapsed;
use crate::vocabulary::event::{self, Event, EventKind};
use crate::vocabulary::{Effect, Fault};

/// Calls with something to tell between their beginning and their end.
pub(super) fn eventful(events: &[Event]) -> HashSet<&str> {
    let keys = events.iter().filter_map(|event| match &event.kind {
        EventKind::Progress(event::Progressed { key, progress }) if progress.news.is_some() => {
            Some(key.as_str())
        }
        EventKind::Retried(event::Retried { key, .. })
        | EventKind::Reconciled(event::Reconciled { key, .. }) => Some(key.as_str()),
        _ => None,
    });
    keys.collect()
}

/// `→ catalog:42  1m30s`, behind the call or on a line of its own.
pub(super) fn outcome(
    row: StyledLine,
    effect: Effect,
    ms: u64,
    summary: Option<&str>,
) -> StyledLine {
    let row = match summary {
        Some(summary) if !row.text().ends_with(summary) => {
            row.dim(" → ").plain(shorten_ids(summary))
        }
        _ => row,
    };
    if effect == Effect::Wait || ms >= 1_000 {
        row.dim(format!("  {}", elapsed(ms)))
    } else {
        row
    }
}

/// What came of each call: its fault, its time in milliseconds and its summary.
pub(super) type Returns<'a> = HashMap<&'a str, (Option<&'a Fault>, u64, Option<&'a str>)>;

pub(super) fn returned(events: &[Event]) -> Returns<'_> {
    let mut returns = HashMap::new();
    for event in events {
        if let EventKind::Returned(event::Returned {
            key,
            result,
            elapsed_ms,
            summary,
        }) = &event.kind
        {
            returns.insert(
                key.as_str(),
                (result.as_ref().err(), *elapsed_ms, summary.as_deref()),
            );
        }
    }
    returns
}
