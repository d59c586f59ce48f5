//! The live screen of a run, as lines.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::change;
use super::describe::{lasts, name};
use super::styled_line::{StyledLine, TextStyle, wrap};
use super::view::{Active, Entry, State, View};
use crate::text::elapsed::{between, elapsed, limit, ticking};
use crate::vocabulary::Effect;
use crate::vocabulary::event::StepResult;
use crate::vocabulary::outcome::Outcome;

/// Where a frame is drawn.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// Columns that may be used.
    pub width: usize,
    /// Lines that may be used.
    pub height: usize,
    /// Time zone in which times of day are shown.
    pub zone: TimeZone,
}

/// Columns that a name takes at most; a longer one is cut.
const NAME: usize = 28;
/// Columns that a duration takes.
const TIME: usize = 6;
/// Changes of a write that are shown; `deployer show` has them all.
const CHANGES: usize = 3;
/// Lines of the reason of a failure that stand beside its step; the whole of it stands below the run.
const REASON: usize = 3;
/// Columns that must be free beside a step for what is told of it.
const BESIDE: usize = 30;

/// The screen of `view` at `now`, fitted to the canvas: what is going on comes first where not all
/// of it has room.
pub fn frame(view: &View, now: Timestamp, canvas: &Canvas) -> Vec<StyledLine> {
    let rows = whole(view, now, canvas, CHANGES);
    if rows.len() <= canvas.height {
        return rows;
    }
    // What goes on matters more than what it changes.
    whole(view, now, canvas, 0)
}

fn whole(view: &View, now: Timestamp, canvas: &Canvas, changes: usize) -> Vec<StyledLine> {
    let room = if changes > 0 {
        usize::MAX
    } else {
        canvas.height
    };
    let name = name_width(view);
    let mut groups: Vec<Vec<StyledLine>> = Vec::new();
    for entry in &view.entries {
        groups.push(entry_rows(view, entry, [name, changes], now, canvas));
    }
    let running = |e: &Entry| matches!(e.state, State::Running(_));
    let begun = |e: &Entry| e.state != State::Pending;
    let current = view.entries.iter().rposition(running);
    let current = current
        .or_else(|| view.entries.iter().rposition(begun))
        .unwrap_or(0);
    if !view.entries.iter().any(running) {
        let calls = view
            .active
            .iter()
            .filter(|call| call.effect != Effect::Read);
        let lines = calls.flat_map(|call| call_lines(view, call, now, canvas));
        groups.push(
            lines
                .map(|row| StyledLine::new().plain("  ").append(row))
                .collect(),
        );
    }
    let mut head = vec![header(view, now, canvas.width)];
    for note in &view.notes {
        head.push(StyledLine::new().dim(format!("  {note}")));
    }
    if !view.overridden.is_empty() {
        head.push(StyledLine::new().dim(format!(
            "  replaced by the project: {}",
            view.overridden.join(", ")
        )));
    }
    let notice = view.notice.as_ref().filter(|_| view.ending.is_none());
    let foot = notice.map(|text| StyledLine::new().add(TextStyle::Waiting, format!("  {text}")));
    let room = room.saturating_sub(head.len() + usize::from(foot.is_some()));
    head.extend(clip(groups, current, room));
    head.extend(foot);
    head.into_iter().map(|row| row.fit(canvas.width)).collect()
}

/// What fits into `room` lines: the current group, then those before it, latest first, then those behind it.
fn clip(groups: Vec<Vec<StyledLine>>, current: usize, room: usize) -> Vec<StyledLine> {
    let all: usize = groups.iter().map(Vec::len).sum();
    if all <= room {
        return groups.into_iter().flatten().collect();
    }
    let mut free = room.saturating_sub(1);
    let mut keep = vec![0; groups.len()];
    let order = (0..=current).rev().chain(current + 1..groups.len());
    for at in order.filter(|at| *at < groups.len()) {
        keep[at] = groups[at].len().min(free);
        free -= keep[at];
    }
    let hidden = all - keep.iter().sum::<usize>();
    let note = StyledLine::new().dim(format!("  … {hidden} lines not shown"));
    let kept = groups
        .into_iter()
        .zip(keep)
        .flat_map(|(rows, n)| rows.into_iter().take(n));
    std::iter::once(note).chain(kept).collect()
}

fn header(view: &View, now: Timestamp, width: usize) -> StyledLine {
    let mut left = StyledLine::new().strong(view.name());
    if !view.run.is_empty() {
        left.push(TextStyle::Dim, format!(" · run {}", view.run));
    }
    if view.resumed {
        left.push(TextStyle::Dim, " · resumed");
    }
    let took = match &view.ending {
        Some(ending) => elapsed(ending.elapsed_ms),
        None => ticking(view.started.map_or(0, |started| between(started, now))),
    };
    let column = width.min(100).saturating_sub(took.len());
    left.fit(column.saturating_sub(1))
        .to_column(column)
        .strong(took)
}

fn name_width(view: &View) -> usize {
    let widths = view
        .entries
        .iter()
        .map(|e| StyledLine::new().plain(label(e)).width() + 2 * e.depth);
    widths.max().unwrap_or(0).min(NAME)
}

/// Undos share one name; what they undo stands beside them.
fn label(entry: &Entry) -> &str {
    if entry.undo { "Undo" } else { &entry.name }
}

fn entry_rows(
    view: &View,
    entry: &Entry,
    [name, changes]: [usize; 2],
    now: Timestamp,
    canvas: &Canvas,
) -> Vec<StyledLine> {
    let over = view.ending.as_ref().map(|ending| ending.outcome);
    let (paint, sign, took) = match entry.state {
        State::Pending => (TextStyle::Dim, "○", String::new()),
        State::Running(since) => (TextStyle::Waiting, "●", ticking(between(since, now))),
        State::Ended(StepResult::Done, ms) => (TextStyle::Good, "✓", elapsed(ms)),
        State::Ended(StepResult::Failed, ms) => (TextStyle::Bad, "✗", elapsed(ms)),
        State::Ended(StepResult::Halted, ms) => (TextStyle::Waiting, "●", elapsed(ms)),
    };
    let lead = StyledLine::new()
        .plain("  ".repeat(entry.depth + 1))
        .add(paint, sign)
        .plain(" ");
    let text = if entry.state == State::Pending {
        TextStyle::Dim
    } else {
        TextStyle::Plain
    };
    let lead = lead.append(
        StyledLine::new()
            .add(text, label(entry))
            .fit(name.saturating_sub(2 * entry.depth)),
    );
    if entry.state == State::Pending {
        // Only a finished run knows that a step was never meant to run.
        let skipped = over == Some(Outcome::Succeeded);
        return vec![if skipped {
            lead.to_column(name + 5 + TIME + 3).dim("skipped")
        } else {
            lead
        }];
    }
    let lead = lead.to_column(name + 5).dim(format!("{took:>TIME$}"));
    let column = lead.width() + 3;
    // A narrow terminal shows what is told below the step, not beside it.
    let below = canvas.width < column + BESIDE;
    let indent = if below { 2 * entry.depth + 4 } else { column };
    let room = canvas.width.saturating_sub(indent);
    let lines = told_lines(view, entry, [room, changes], now, canvas);
    let mut beside = lines.into_iter().flat_map(|line| line.wrapped(room));
    if below {
        let rest = beside.map(|row| StyledLine::new().to_column(indent).append(row));
        return std::iter::once(lead).chain(rest).collect();
    }
    let first = match beside.next() {
        Some(first) => lead.to_column(indent).append(first),
        None => lead,
    };
    let rest = beside.map(|row| StyledLine::new().to_column(indent).append(row));
    std::iter::once(first).chain(rest).collect()
}

/// What is told of a step that began: remarks, then what goes on in it.
fn told_lines(
    view: &View,
    entry: &Entry,
    [room, changes]: [usize; 2],
    now: Timestamp,
    canvas: &Canvas,
) -> Vec<StyledLine> {
    let mut told = entry.told();
    if entry.undo {
        told = if told.is_empty() {
            entry.name.clone()
        } else {
            format!("{} · {told}", entry.name)
        };
    }
    let reason = entry.reason.as_deref().unwrap_or_default();
    let reason = wrap(reason, room).into_iter().take(REASON);
    let mut lines: Vec<StyledLine> = reason.map(|line| StyledLine::new().plain(line)).collect();
    if !told.is_empty() {
        lines.push(StyledLine::new().plain(&told));
    }
    for write in entry.writes.iter().filter(|_| changes > 0) {
        lines.extend(change::rows(write, 0, room, changes));
    }
    if matches!(entry.state, State::Running(_)) && is_innermost(view, entry) {
        let mut calls = view
            .active
            .iter()
            .flat_map(|call| call_lines(view, call, now, canvas));
        // What the only call says of its state goes on behind the remarks, if there is room.
        let stated = matches!(view.active.as_slice(), [only] if only.progress.as_ref().is_some_and(|p| !p.state.is_empty()));
        if stated
            && let [line] = lines.as_mut_slice()
            && let Some(state) = calls.next()
        {
            if state.text().starts_with(&line.text()) {
                *line = state;
            } else if line.width() + 3 + state.width() <= room {
                *line = line.clone().plain(" · ").append(state);
            } else {
                lines.push(state);
            }
        }
        lines.extend(calls);
    }
    lines
}

fn is_innermost(view: &View, entry: &Entry) -> bool {
    let last = view
        .entries
        .iter()
        .rfind(|e| matches!(e.state, State::Running(_)));
    last.is_some_and(|last| std::ptr::eq(last, entry))
}

/// What a call is about: its numbers, the one thing it waits for, the latest news.
fn call_lines(view: &View, call: &Active, now: Timestamp, canvas: &Canvas) -> Vec<StyledLine> {
    let mut rows = Vec::new();
    match (&call.progress, call.effect) {
        (Some(progress), _) => {
            if !progress.state.is_empty() {
                rows.push(StyledLine::new().plain(&progress.state));
            }
            let since = progress.since.unwrap_or(call.since);
            let most = progress.deadline.map(|deadline| between(since, deadline));
            let what = lasts(&call.line, Some(progress));
            rows.push(waiting(&what, between(since, now), most));
        }
        (None, Effect::Wait) => {
            let what = lasts(&call.line, None);
            let since = between(call.since, now);
            rows.push(waiting(&what, since, call.line.at_most_ms));
        }
        (None, Effect::Ask) => {
            let roles = view
                .question()
                .map(|q| view.outstanding(q))
                .unwrap_or_default();
            let who = if roles.is_empty() {
                "waiting for an answer".to_owned()
            } else {
                format!("waiting for an answer from {}", roles.join(", "))
            };
            let since = between(call.since, now);
            rows.push(waiting(&who, since, call.line.at_most_ms));
        }
        (None, Effect::Read | Effect::Write) => rows.push(StyledLine::new().dim(name(&call.line))),
    }
    if let Some(retry) = &call.retry {
        rows.push(StyledLine::new().add(TextStyle::Waiting, retry));
    }
    if let Some((at, news)) = &call.news {
        let clock = at
            .to_zoned(canvas.zone.clone())
            .strftime("%H:%M:%S")
            .to_string();
        rows.push(StyledLine::new().dim(format!("{clock} {news}")));
    }
    rows
}

fn waiting(what: &str, ms: u64, most: Option<u64>) -> StyledLine {
    let of = most
        .map(|most| format!(" of {}", limit(most)))
        .unwrap_or_default();
    StyledLine::new().add(
        TextStyle::Waiting,
        format!("{what} for {}{of}", ticking(ms)),
    )
}
