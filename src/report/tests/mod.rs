//! What people see, to the letter.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;

use super::Reporter;
use super::ending::ending_rows;
use super::frame::Canvas;
use super::styled_line::StyledLine;
use super::view::View;
use crate::vocabulary::Observer;
use crate::vocabulary::event::Event;
use sample::{RUN, Sample, rolled_back, success};

mod endings;
mod lists;
mod plain;
mod plan;
mod rollout;
pub mod sample;
mod screen;

/// A place to write to that can be read meanwhile.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn text(rows: &[StyledLine]) -> String {
    rows.iter().map(|row| row.text() + "\n").collect()
}

fn view(events: &[Event]) -> View {
    let mut view = View::default();
    for event in events {
        view.observe(event);
    }
    view
}
