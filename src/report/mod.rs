//! The only code that prints: live screen, plain lines, JSON, plans, tables, diagnostics.
//!
//! Reporters fold [`Event`]s and know nothing else of a run. People see [`styled_line::StyledLine`]s, so that width,
//! colour and what services say are handled in one place; programs see serde.

use std::io::{self, IsTerminal, Write};

use crate::vocabulary::event::Event;

pub mod change;
pub mod describe;
pub mod diagnostic;
pub mod ending;
pub mod frame;
pub mod json;
pub mod junit;
pub mod page;
pub mod plain;
pub mod plan;
pub mod prompt;
pub mod question;
mod quiet;
pub mod runs;
pub mod screen;
pub mod shorten_ids;
pub mod show;
pub mod styled_line;
pub mod terminal;
pub mod testing;
pub mod view;

pub use prompt::{PromptResult, Prompter, Reply, prompt_question};

/// Shows a run as it goes.
pub trait Reporter: Send {
    /// Takes the next event; events come in the order in which they happened.
    fn event(&mut self, event: &Event);
}

/// The format in which a run is shown: `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Output {
    /// A live screen on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// A live screen
    Terminal,
    /// Plain lines, for logs
    Plain,
    /// One JSON object per line, for programs
    Json,
}

impl Output {
    /// What `auto` means here: a terminal if standard output is one that can move its cursor.
    pub fn resolve(self) -> Output {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        match self {
            Output::Auto if io::stdout().is_terminal() && !dumb => Output::Terminal,
            Output::Auto => Output::Plain,
            chosen => chosen,
        }
    }
}

/// When colors are printed: `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always, in files and pipes too
    Always,
    /// Never
    Never,
}

/// Sets when colors are printed, for the whole process.
pub fn set_color(color: Color) {
    let choice = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// How much is printed: `--quiet`, `--verbose`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// What a pipeline prints, what it asks, and how it ends.
    Quiet,
    /// And its progress: steps, writes, waits.
    #[default]
    Normal,
    /// And its reads, as plain lines.
    Verbose,
}

/// Whether standard output and standard error are read together, on a terminal.
pub fn one_screen() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// Whether standard output takes colour (`NO_COLOR`, `CLICOLOR_FORCE`, not a terminal, …).
pub fn colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Whether standard error takes colour.
pub fn error_colour() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// What stands between a run and the people at this terminal.
pub struct Console {
    /// Shows the events of the run in the chosen format.
    pub reporter: Box<dyn Reporter>,
    /// Asks people; `None` where nobody can be asked (no terminal to type at, or a program listens).
    pub prompter: Option<Prompter>,
    /// Says what the program itself has to say.
    pub notice: Notice,
}

/// Says what the program itself has to say while a run goes on: on the live screen where there is one, else
/// on standard error.
#[derive(Clone, Default)]
pub struct Notice(Option<terminal::LiveScreen>);

impl Notice {
    /// Prints a message of the program itself.
    pub fn say(&self, text: &str) {
        if !self.0.as_ref().is_some_and(|live| live.notice(text)) {
            print_error(&format!("\n{text}\n"));
        }
    }
}

/// The console for a format and a degree of detail. JSON is always complete.
pub fn console(choice: Output, detail: Detail) -> Console {
    let colour = colour();
    let someone = Prompter::possible();
    let format = match choice.resolve() {
        Output::Terminal if detail != Detail::Normal => Output::Plain,
        format => format,
    };
    match format {
        Output::Json => Console {
            reporter: Box::new(json::Json::new(io::stdout())),
            prompter: None,
            notice: Notice::default(),
        },
        Output::Terminal => {
            let terminal = terminal::Terminal::new(screen::Screen::stdout(colour));
            let live = terminal.live();
            Console {
                prompter: someone.then(|| Prompter::new(Some(live.clone()), colour)),
                notice: Notice(Some(live)),
                reporter: Box::new(terminal),
            }
        }
        Output::Auto | Output::Plain => {
            let someone = someone && io::stdout().is_terminal();
            Console {
                reporter: plain_reporter(detail, colour),
                prompter: someone.then(|| Prompter::new(None, colour)),
                notice: Notice::default(),
            }
        }
    }
}

fn plain_reporter(detail: Detail, colour: bool) -> Box<dyn Reporter> {
    let plain = plain::Plain::new(io::stdout(), colour);
    match detail {
        Detail::Quiet => Box::new(quiet::Quiet::new(plain)),
        Detail::Normal => Box::new(plain),
        Detail::Verbose => Box::new(plain.with_reads()),
    }
}

/// Prints lines on standard output, with colour where it takes colour.
pub fn print_rows(rows: &[styled_line::StyledLine]) {
    let colour = colour();
    let text: String = rows.iter().map(|row| row.render(colour) + "\n").collect();
    print_text(&text);
}

/// Prints text on standard output as it is.
pub fn print_text(text: &str) {
    let mut out = io::stdout().lock();
    // Nobody listening (`| head`) is not an error.
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a page of Markdown on standard output: rendered and wrapped on a terminal, as it is elsewhere.
pub fn print_page(markdown: &str) {
    match Output::Auto.resolve() {
        Output::Terminal => print_rows(&page::rows(markdown, screen::terminal_size().0)),
        _ => print_text(markdown),
    }
}

/// Prints text on standard error as it is.
pub fn print_error(text: &str) {
    let mut out = io::stderr().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests;
