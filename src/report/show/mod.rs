//! A run's timeline, from its events: what it did, who answered, what failed, what was undone.

use jiff::tz::TimeZone;

use super::ending::ending_rows;
use super::styled_line::{StyledLine, TextStyle};
use super::view::View;
use crate::vocabulary::event::Event;
use crate::vocabulary::{NextCommands, Observer};

mod calls;
mod events;
mod timeline;

use timeline::Timeline;

/// What there is to say of a run that has not ended.
#[derive(Debug, Default)]
pub struct OpenRun {
    /// Whether a process executes the run now.
    pub running: bool,
    /// What it waits for (`devops`), if it asks people.
    pub waits_for: Option<String>,
    /// Commands that make sense now, as a person types them.
    pub next: NextCommands,
}

/// The timeline of a run, at most `width` columns wide.
pub fn show_rows(
    events: &[Event],
    open: &OpenRun,
    zone: &TimeZone,
    width: usize,
) -> Vec<StyledLine> {
    let mut view = View::default();
    for event in events {
        view.observe(event);
    }
    let mut timeline = Timeline::new(events, zone, width);
    timeline.head(&view);
    for event in events {
        timeline.observe(event);
    }
    let mut rows = timeline.rows;
    rows.push(StyledLine::new());
    if view.ending.is_some() {
        rows.extend(ending_rows(&view, width));
    } else {
        let how = match (&open.waits_for, open.running) {
            (Some(who), _) => format!("waiting for {who}"),
            (None, true) => "running".to_owned(),
            (None, false) => "not finished".to_owned(),
        };
        rows.push(StyledLine::new().add(TextStyle::Waiting, "● ").plain(how));
        let commands = open.next.lines();
        rows.extend(commands.map(|command| StyledLine::new().plain(format!("    {command}"))));
    }
    rows
}
