//! The live screen: redrawn on events, and once per second without any.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::Reporter;
use super::ending::ending_rows;
use super::frame::{Canvas, frame};
use super::screen::Screen;
use super::styled_line::StyledLine;
use super::view::View;
use crate::sync::{Lock, unpoisoned};
use crate::vocabulary::Observer;
use crate::vocabulary::event::{self, Event, EventKind};

/// Frames are at least this far apart: a rehearsal tells thousands of events in a moment.
const FRAME: Duration = Duration::from_millis(50);
/// How often elapsed times on the screen are drawn again.
const TICK: Duration = Duration::from_secs(1);

/// Draws a run as it goes.
pub struct Terminal {
    live: LiveScreen,
    ticker: Option<JoinHandle<()>>,
}

/// The screen, shared between the reporter, its ticker and a prompt.
#[derive(Clone)]
pub(super) struct LiveScreen(Arc<(Mutex<State>, Condvar)>);

struct State {
    view: View,
    screen: Screen,
    heard: Instant,
    drawn: Instant,
    dirty: bool,
    /// Whether a prompt has the screen: nothing is drawn meanwhile.
    paused: bool,
    /// Whether the run has ended: nothing is drawn any more.
    over: bool,
    /// Lines to be printed above the block when the prompt is through.
    held: Vec<StyledLine>,
}

impl Terminal {
    /// Draws on `screen` until it is dropped or the run has finished.
    pub fn new(screen: Screen) -> Self {
        let now = Instant::now();
        let state = State {
            view: View::default(),
            screen,
            heard: now,
            drawn: now,
            dirty: false,
            paused: false,
            over: false,
            held: Vec::new(),
        };
        let live = LiveScreen(Arc::new((Mutex::new(state), Condvar::new())));
        let ticking = live.clone();
        // Without a ticker the screen still follows the events.
        let ticker = std::thread::Builder::new()
            .name("screen".to_owned())
            .spawn(move || ticking.tick())
            .ok();
        Terminal { live, ticker }
    }

    pub(super) fn live(&self) -> LiveScreen {
        self.live.clone()
    }
}

impl Reporter for Terminal {
    fn event(&mut self, event: &Event) {
        let mut state = self.live.lock();
        if state.over {
            return;
        }
        state.view.observe(event);
        state.heard = Instant::now();
        let wake = !state.dirty;
        state.dirty = true;
        if let EventKind::Printed(event::Printed { text, .. }) = &event.kind {
            state
                .held
                .extend(text.lines().map(|line| StyledLine::new().plain(line)));
        }
        if matches!(event.kind, EventKind::Finished(_)) {
            state.finish();
        } else if !state.paused && state.drawn.elapsed() >= FRAME {
            state.draw();
        }
        let wake = wake || state.over;
        drop(state);
        if wake {
            self.live.0.1.notify_all();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let mut state = self.live.lock();
        if !state.over {
            state.draw();
            state.over = true;
        }
        drop(state);
        self.live.0.1.notify_all();
        if let Some(ticker) = self.ticker.take() {
            let _panicked = ticker.join();
        }
    }
}

impl LiveScreen {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.locked()
    }

    fn tick(&self) {
        let mut state = self.lock();
        while !state.over {
            let rest = if state.dirty { FRAME } else { TICK };
            let due = rest.saturating_sub(state.drawn.elapsed());
            if due.is_zero() && !state.paused && state.view.started.is_some() {
                state.draw();
                continue;
            }
            let pause = if due.is_zero() { TICK } else { due };
            state = unpoisoned(self.0.1.wait_timeout(state, pause)).0;
        }
    }

    /// Shows what the program itself has to say, below the run; `false`: nothing is drawn here any more.
    pub(super) fn notice(&self, text: &str) -> bool {
        let mut state = self.lock();
        if state.over || state.view.started.is_none() {
            return false;
        }
        state.view.notice = Some(text.to_owned());
        if !state.paused {
            state.draw();
        }
        true
    }

    /// Gives the screen to a prompt: nothing is redrawn until [`LiveScreen::resume`].
    pub(super) fn suspend(&self) {
        let mut state = self.lock();
        if state.view.started.is_some() && !state.over {
            state.draw();
        }
        state.paused = true;
    }

    /// Writes the lines of a question and the prompt below the redrawn block.
    pub(super) fn write(&self, rows: &[StyledLine], prompt: &str) {
        self.lock().screen.write(rows, prompt);
    }

    /// Counts what the person typed as a line on the screen.
    pub(super) fn echoed(&self, columns: usize) {
        self.lock().screen.echoed(columns);
    }

    /// Takes the screen back from a prompt, and draws it again.
    pub(super) fn resume(&self) {
        let mut state = self.lock();
        state.paused = false;
        if state.over || state.view.started.is_none() {
            state.screen.keep();
        } else {
            state.draw();
        }
        drop(state);
        self.0.1.notify_all();
    }

    pub(super) fn canvas(&self) -> Canvas {
        self.lock().screen.canvas()
    }
}

impl State {
    /// World time: that of the latest event, and what has passed since.
    fn now(&self) -> Timestamp {
        let latest = self.view.latest.unwrap_or_default();
        let since = SignedDuration::try_from(self.heard.elapsed()).unwrap_or_default();
        latest.checked_add(since).unwrap_or(latest)
    }

    fn draw(&mut self) {
        let rows = frame(&self.view, self.now(), &self.screen.canvas());
        let held = std::mem::take(&mut self.held);
        self.screen.draw(&held, &rows);
        self.drawn = Instant::now();
        self.dirty = false;
    }

    /// The whole of the run, unclipped, and how it ended: all of it stays.
    fn finish(&mut self) {
        let mut canvas = self.screen.canvas();
        canvas.height = usize::MAX;
        let mut rows = std::mem::take(&mut self.held);
        rows.extend(frame(&self.view, self.now(), &canvas));
        rows.push(StyledLine::new());
        rows.extend(ending_rows(&self.view, canvas.width.min(100)));
        self.screen.draw(&rows, &[]);
        self.screen.keep();
        self.over = true;
    }
}
