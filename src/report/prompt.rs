//! Asking a person at the terminal, while an answer may also come from elsewhere.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustix::termios::{QueueSelector, tcflush};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::frame::Canvas;
use super::styled_line::{Paint, Row, block};
use super::terminal::Live;
use super::view::says;
use crate::vocabulary::{Answer, Question};

/// How often it is looked whether an answer came from elsewhere.
const POLL: Duration = Duration::from_millis(200);

/// Asks at the terminal; over a live screen, which it pauses meanwhile.
#[derive(Clone)]
pub struct Prompter {
    live: Option<Live>,
    colour: bool,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompted {
    /// The person answered.
    Reply(Reply),
    /// The wait was ended from elsewhere.
    Ended,
    /// Nobody can type any more: standard input is closed.
    Closed,
}

/// A person's words at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Whether they approve.
    pub approved: bool,
    /// The role they answer as, where the question names roles.
    pub role: Option<String>,
    /// The word that they typed, where one must be.
    pub typed: Option<String>,
    /// What they added.
    pub note: Option<String>,
}

impl Prompter {
    pub(super) fn new(live: Option<Live>, colour: bool) -> Self {
        Prompter { live, colour }
    }

    /// Whether a person can be asked: standard input is a terminal.
    pub fn possible() -> bool {
        io::stdin().is_terminal()
    }

    fn canvas(&self) -> Canvas {
        match &self.live {
            Some(live) => live.canvas(),
            None => {
                let (width, height) = super::screen::terminal_size();
                Canvas {
                    width,
                    height,
                    zone: jiff::tz::TimeZone::system(),
                }
            }
        }
    }

    fn write(&self, rows: &[Row], prompt: &str) -> io::Result<()> {
        if let Some(live) = &self.live {
            live.write(rows, prompt);
            return Ok(());
        }
        let mut text = String::new();
        for row in rows {
            text.push_str(&row.render(self.colour));
            text.push('\n');
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.write_all(prompt.as_bytes())?;
        out.flush()
    }

    /// Asks for one line; `None`: ended from elsewhere.
    fn line(&self, prompt: &str, ended: &mut dyn FnMut() -> bool) -> io::Result<Option<String>> {
        self.write(&[], prompt)?;
        let answer = read_line(ended);
        let typed = match &answer {
            Ok(Some(line)) => line.width(),
            _ => {
                // The cursor still stands behind the prompt.
                self.write(&[], "\n")?;
                0
            }
        };
        if let Some(live) = &self.live {
            live.echoed(prompt.width() + typed);
        }
        answer
    }
}

/// Shows `question` with what was reviewed and who is outstanding, and reads approve or reject, the role
/// and a note. `ended` is asked five times a second whether the wait is over by other means (an answer
/// from another shell, an interrupt).
///
/// # Errors
/// Standard output or input fails.
pub fn prompt_question(
    prompter: &Prompter,
    question: &Question,
    before: &[Answer],
    ended: &mut dyn FnMut() -> bool,
) -> io::Result<Prompted> {
    if let Some(live) = &prompter.live {
        live.suspend();
    }
    let asked = ask(prompter, question, before, ended);
    if let Some(live) = &prompter.live {
        live.resume();
    }
    match asked {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Prompted::Closed),
        Ok(Some(reply)) => Ok(Prompted::Reply(reply)),
        Ok(None) => Ok(Prompted::Ended),
        Err(error) => Err(error),
    }
}

fn ask(
    prompter: &Prompter,
    question: &Question,
    before: &[Answer],
    ended: &mut dyn FnMut() -> bool,
) -> io::Result<Option<Reply>> {
    prompter.write(
        &question_rows(question, before, prompter.canvas().width),
        "",
    )?;
    let roles = question.outstanding(before);
    let word = question.word.as_deref();
    let (wanted, otherwise) = match word {
        Some(word) => (
            format!("  type {word} to confirm, or reject: "),
            format!("  that is not {word}: nothing is confirmed"),
        ),
        None => (
            "  approve or reject? ".to_owned(),
            "  type approve or reject, and a note behind it if you like".to_owned(),
        ),
    };
    forget_typed();
    let (approved, mut note) = loop {
        let Some(line) = prompter.line(&wanted, ended)? else {
            return Ok(None);
        };
        match parse(&line, word) {
            Some(answer) => break answer,
            None => prompter.write(&[Row::new().dim(&otherwise)], "")?,
        }
    };
    let role = match roles.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => loop {
            let Some(line) = prompter.line(&format!("  as {}? ", roles.join(" or ")), ended)?
            else {
                return Ok(None);
            };
            if let Some(role) = roles.iter().find(|role| role.as_str() == line.trim()) {
                break Some(role.clone());
            }
            let these = format!("  type the role that you answer as: {}", roles.join(" or "));
            prompter.write(&[Row::new().dim(these)], "")?;
        },
    };
    if note.is_none() {
        let Some(line) = prompter.line("  note (Enter for none): ", ended)? else {
            return Ok(None);
        };
        note = Some(line.trim().to_owned()).filter(|note| !note.is_empty());
    }
    Ok(Some(Reply {
        approved,
        role,
        typed: word.filter(|_| approved).map(str::to_owned),
        note,
    }))
}

/// `approve`, `reject`, their first letters, yes or no; a note may follow. Where a word must be typed, only that
/// word approves.
fn parse(line: &str, wanted: Option<&str>) -> Option<(bool, Option<String>)> {
    let line = line.trim();
    if wanted == Some(line) {
        return Some((true, None));
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let approved = match word.to_lowercase().as_str() {
        "approve" | "a" | "yes" | "y" if wanted.is_none() => true,
        "reject" | "r" | "no" | "n" => false,
        _ => return None,
    };
    let note = rest.trim();
    Some((approved, (!note.is_empty()).then(|| note.to_owned())))
}

/// What was reviewed, fact by fact.
pub fn about_rows(question: &Question, width: usize) -> Vec<Row> {
    let facts = about(question);
    let column = column(&facts) + 2;
    let row = |(name, value): (String, String)| {
        let lead = Row::new().plain("    ").dim(name).to_column(column);
        block(lead, Paint::Plain, &value, width)
    };
    facts.into_iter().flat_map(row).collect()
}

fn about(question: &Question) -> Vec<(String, String)> {
    let mut facts = match &question.about {
        Value::Null => Vec::new(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.replace('_', " "), fact(value)))
            .collect(),
        other => vec![(String::new(), fact(other))],
    };
    // What `--reviewed` names.
    facts.push(("reviewed".to_owned(), question.reviewed().to_owned()));
    facts
}

/// Where the values of facts stand.
fn column(facts: &[(String, String)]) -> usize {
    let names = facts.iter().map(|(name, _)| name.width());
    names.max().unwrap_or(0).min(24) + 4
}

/// The question with its facts, and who has answered and who has not.
pub fn question_rows(question: &Question, before: &[Answer], width: usize) -> Vec<Row> {
    let mut facts = about(question);
    if !before.is_empty() {
        let said: Vec<_> = before.iter().map(says).collect();
        facts.push(("answered".to_owned(), said.join(" · ")));
    }
    let roles = question.outstanding(before);
    if !roles.is_empty() {
        facts.push(("needed from".to_owned(), roles.join(", ")));
    }
    if let Some(deadline) = question.deadline {
        facts.push((
            "until".to_owned(),
            deadline.strftime("%Y-%m-%d %H:%MZ").to_string(),
        ));
    }
    let column = column(&facts);
    let mut rows = vec![
        Row::new(),
        Row::new().add(Paint::Waiting, "? ").strong(&question.title),
    ];
    for (name, value) in facts {
        let lead = if name.is_empty() {
            Row::new().plain("  ")
        } else {
            Row::new().plain("  ").dim(name).to_column(column)
        };
        rows.extend(block(lead, Paint::Plain, &value, width));
    }
    rows.push(Row::new());
    rows
}

/// A value as a person reads it: lists with commas, maps as `name: value`, everything else as JSON.
fn fact(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(fact).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let facts: Vec<_> = map
                .iter()
                .map(|(name, value)| format!("{name}: {}", fact(value)))
                .collect();
            facts.join(", ")
        }
        other => other.to_string(),
    }
}

/// What was typed before the question was there is no answer to it.
fn forget_typed() {
    // Nothing to forget where it is no terminal.
    let _nothing = tcflush(io::stdin(), QueueSelector::IFlush);
}

/// Lines from standard input: read by one thread, and only when one is wanted, because a blocking read
/// cannot be taken back. A read that nobody waits for any more is left to the next prompt.
struct Stdin {
    want: Sender<()>,
    lines: Receiver<io::Result<String>>,
    reading: bool,
}

fn read_line(ended: &mut dyn FnMut() -> bool) -> io::Result<Option<String>> {
    static STDIN: OnceLock<Mutex<Stdin>> = OnceLock::new();
    let stdin = STDIN.get_or_init(|| Mutex::new(Stdin::start()));
    stdin
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .line(ended)
}

impl Stdin {
    fn start() -> Self {
        let (want, wanted) = channel();
        let (send, lines) = channel();
        // If the thread cannot start, its end of the channel is dropped: the same as a closed input.
        let _unstarted = std::thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                while wanted.recv().is_ok() {
                    let mut line = String::new();
                    let read = match io::stdin().lock().read_line(&mut line) {
                        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
                        Err(error) => Err(error),
                    };
                    if send.send(read).is_err() {
                        break;
                    }
                }
            });
        Stdin {
            want,
            lines,
            reading: false,
        }
    }

    fn line(&mut self, ended: &mut dyn FnMut() -> bool) -> io::Result<Option<String>> {
        // What was typed at a prompt that had ended is no answer to this one.
        if self.reading && self.lines.try_recv().is_ok() {
            self.reading = false;
        }
        if !self.reading {
            self.want
                .send(())
                .map_err(|_| io::ErrorKind::UnexpectedEof)?;
            self.reading = true;
        }
        loop {
            match self.lines.recv_timeout(POLL) {
                Ok(line) => {
                    self.reading = false;
                    return line.map(Some);
                }
                Err(RecvTimeoutError::Timeout) if ended() => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_words_with_an_optional_note() {
        assert_eq!(parse("approve", None), Some((true, None)));
        assert_eq!(
            parse(" A  looks good ", None),
            Some((true, Some("looks good".to_owned())))
        );
        assert_eq!(
            parse("reject not on a Friday", None),
            Some((false, Some("not on a Friday".to_owned())))
        );
        assert_eq!(parse("", None), None);
        assert_eq!(parse("approved", None), None);
    }

    #[test]
    fn a_word_is_typed_just_so() {
        let typed = |line| parse(line, Some("DESTROY"));
        assert_eq!(typed("DESTROY"), Some((true, None)));
        for wrong in ["destroy", "approve", "yes", "DESTROY it", ""] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
        let no = Some((false, Some("not today".to_owned())));
        assert_eq!(typed("no not today"), no);
    }

    #[test]
    fn facts_are_readable() {
        let value = serde_json::json!({"tags": ["a", "b"], "none": [], "count": 3, "gone": null});
        assert_eq!(fact(&value), "tags: a, b, none: none, count: 3, gone: –");
    }
}
