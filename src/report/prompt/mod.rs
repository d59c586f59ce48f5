//! Asking a person at the terminal, while an answer may also come from elsewhere.

use std::io::{self, IsTerminal, Write};

use unicode_width::UnicodeWidthStr;

use crate::report::frame::Canvas;
use crate::report::styled_line::StyledLine;
use crate::report::terminal::LiveScreen;
use crate::vocabulary::{Answer, Question};

mod stdin;

use crate::report::question::question_rows;
use stdin::{forget_typed, read_line};

/// Asks at the terminal; over a live screen, which it pauses meanwhile.
#[derive(Clone)]
pub struct Prompter {
    live: Option<LiveScreen>,
    colour: bool,
}

/// How a prompt ended: with an answer or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptResult {
    /// The person at the terminal approved or rejected.
    Reply(Reply),
    /// The wait was ended from elsewhere.
    Ended,
    /// Nobody can type any more: standard input is closed.
    Closed,
}

/// A person's words at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Whether the person approves; false: they reject.
    pub approved: bool,
    /// The role they answer as, where the question names roles.
    pub role: Option<String>,
    /// The word that they typed, where one must be.
    pub typed: Option<String>,
    /// A remark that the person added; `None`: none.
    pub note: Option<String>,
}

impl Prompter {
    pub(in crate::report) fn new(live: Option<LiveScreen>, colour: bool) -> Self {
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
                let (width, height) = crate::report::screen::terminal_size();
                Canvas {
                    width,
                    height,
                    zone: jiff::tz::TimeZone::system(),
                }
            }
        }
    }

    fn write(&self, rows: &[StyledLine], prompt: &str) -> io::Result<()> {
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
) -> io::Result<PromptResult> {
    if let Some(live) = &prompter.live {
        live.suspend();
    }
    let asked = ask(prompter, question, before, ended);
    if let Some(live) = &prompter.live {
        live.resume();
    }
    match asked {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(PromptResult::Closed),
        Ok(Some(reply)) => Ok(PromptResult::Reply(reply)),
        Ok(None) => Ok(PromptResult::Ended),
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
            format!("  that is not {word}: not confirmed"),
        ),
        None => (
            "  approve or reject? ".to_owned(),
            "  type approve or reject, and a note after it if you like".to_owned(),
        ),
    };
    forget_typed();
    let (approved, mut note) = loop {
        let Some(line) = prompter.line(&wanted, ended)? else {
            return Ok(None);
        };
        match parse(&line, word) {
            Some(answer) => break answer,
            None => prompter.write(&[StyledLine::new().dim(&otherwise)], "")?,
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
            prompter.write(&[StyledLine::new().dim(these)], "")?;
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
}
