//! A block of lines at the bottom of the terminal that is redrawn in place. No alternate screen:
//! what is printed above it, and its last state, stay in the scrollback.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::frame::Canvas;
use super::styled_line::StyledLine;

/// Columns and lines of the terminal.
pub type Size = Box<dyn Fn() -> (usize, usize) + Send>;

/// The block of lines at the bottom of the terminal that is drawn again and again.
pub struct Screen {
    out: Box<dyn Write + Send>,
    colour: bool,
    size: Size,
    zone: TimeZone,
    /// Columns of each line that stands on the screen and is to be drawn over.
    drawn: Vec<usize>,
}

impl Screen {
    /// A screen on standard output, as wide as the terminal, with times in the local time zone.
    pub fn stdout(colour: bool) -> Self {
        Self::on(
            Box::new(io::stdout()),
            colour,
            Box::new(terminal_size),
            TimeZone::system(),
        )
    }

    /// On anything that understands a terminal's control sequences.
    pub fn on(out: Box<dyn Write + Send>, colour: bool, size: Size, zone: TimeZone) -> Self {
        Screen {
            out,
            colour,
            size,
            zone,
            drawn: Vec::new(),
        }
    }

    /// The room for a frame: one column is kept free (a full line wraps on some terminals), and one
    /// line for the cursor.
    pub fn canvas(&self) -> Canvas {
        let (columns, lines) = (self.size)();
        Canvas {
            width: columns.saturating_sub(1).max(20),
            height: lines.saturating_sub(1).max(4),
            zone: self.zone.clone(),
        }
    }

    /// Prints the lines `above`, which stay, and draws the block below them over the one before: all in
    /// one write.
    pub fn draw(&mut self, above: &[StyledLine], rows: &[StyledLine]) {
        let (columns, lines) = (self.size)();
        // A narrower terminal has broken the old lines in two.
        let old: usize = self
            .drawn
            .iter()
            .map(|width| width.div_ceil(columns.max(1)).max(1))
            .sum();
        let up = old.min(lines.saturating_sub(1));
        // ?2026: terminals that know it show the frame at once.
        let mut bytes = String::from("\x1b[?2026h\r");
        if up > 0 {
            bytes.push_str(&format!("\x1b[{up}A"));
        }
        let mut left = above.len() + rows.len();
        for row in above.iter().chain(rows) {
            left -= 1;
            bytes.push_str(&row.render(self.colour));
            // The line break comes last, so that standard output passes everything on at once.
            bytes.push_str(if left > 0 {
                "\x1b[K\n"
            } else {
                "\x1b[J\x1b[?2026l\n"
            });
        }
        if above.is_empty() && rows.is_empty() {
            bytes.push_str("\x1b[J\x1b[?2026l");
        }
        self.send(&bytes);
        self.drawn = rows.iter().map(StyledLine::width).collect();
    }

    /// Leaves everything that stands on the screen as it is.
    pub fn keep(&mut self) {
        self.drawn.clear();
    }

    /// Writes text as part of the block (a prompt): it is drawn over with the rest.
    pub fn write(&mut self, rows: &[StyledLine], prompt: &str) {
        let mut bytes = String::new();
        for row in rows {
            bytes.push_str(&row.render(self.colour));
            bytes.push('\n');
            self.drawn.push(row.width());
        }
        bytes.push_str(prompt);
        self.send(&bytes);
    }

    /// Counts a line that the terminal echoed, as part of the block.
    pub fn echoed(&mut self, columns: usize) {
        self.drawn.push(columns);
    }

    fn send(&mut self, text: &str) {
        // A terminal that is gone is no reason to stop a deployment.
        let _gone = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
    }
}

/// Columns and lines of the terminal; 80 by 24 where it does not say.
pub fn terminal_size() -> (usize, usize) {
    match terminal_size::terminal_size() {
        Some((width, height)) => (usize::from(width.0), usize::from(height.0)),
        None => (80, 24),
    }
}
