//! What the writer of a script meant that does not parse.
//!
//! Rhai says which token it did not expect. A rule looks at that error and at the tokens around it, and tells the mistake in
//! the writer's terms. The rules are asked in order, and the first that answers wins; without one, `plain` puts
//! Rhai's error into plain words.

use rhai::{ParseError, ParseErrorType};

use super::diagnosis::Diagnosis;
use super::failure;
use crate::vocabulary::Site;

mod blocks;
mod brackets;
pub(super) mod foreign;
mod functions;
mod literals;
mod maps;
mod names;
mod operators;
mod plain;
mod statements;
#[cfg(test)]
mod tests;
mod tokens;

use tokens::{Kind, Token};

/// A rule: what was meant, if the mistake is of its kind.
type Rule = fn(&ParseProblem<'_>) -> Option<Hint>;

/// All rules; those that look most closely come first.
const RULES: [&[Rule]; 8] = [
    literals::RULES,
    maps::RULES,
    functions::RULES,
    operators::RULES,
    blocks::RULES,
    names::RULES,
    statements::RULES,
    brackets::RULES,
];

/// Tells what is wrong with the script `name`, whose text does not parse.
pub(super) fn explain(error: &ParseError, text: &str, name: &str) -> Diagnosis {
    let broken = ParseProblem::new(error, text);
    let hint = RULES
        .iter()
        .copied()
        .flatten()
        .find_map(|rule| rule(&broken));
    let Some(hint) = hint.or_else(|| broken.fallback()) else {
        let message = plain::told(broken.error, &shown(broken.text(0)));
        return Diagnosis::new(message, failure::site(name, error.position())).label("here");
    };
    let site = Site {
        source: name.to_owned(),
        line: hint.line,
        column: hint.column,
    };
    let mut diagnosis = Diagnosis::new(hint.message, site)
        .label(hint.label)
        .help(hint.help);
    diagnosis.length = Some(hint.length);
    diagnosis
}

/// What a rule has to say.
struct Hint {
    message: String,
    label: String,
    help: Option<String>,
    line: usize,
    column: usize,
    length: usize,
}

impl Hint {
    fn label(mut self, label: impl Into<String>) -> Hint {
        self.label = label.into();
        self
    }

    fn help(mut self, help: impl Into<String>) -> Hint {
        self.help = Some(help.into());
        self
    }
}

/// A text that does not parse, seen from the token that Rhai did not expect.
struct ParseProblem<'t> {
    error: &'t ParseErrorType,
    tokens: Vec<Token<'t>>,
    /// The token that was not expected; as many as there are tokens: the end.
    at: usize,
    /// Brackets that are open there, as indices of tokens.
    open: Vec<usize>,
}

impl<'t> ParseProblem<'t> {
    fn new(error: &'t ParseError, text: &'t str) -> Self {
        let tokens = tokens::tokens(text);
        let place = error.position();
        let place = place
            .line()
            .map(|line| (line, place.position().unwrap_or(1)));
        let at = match place {
            Some(place) => tokens.iter().position(|token| token.end() > place),
            None => None,
        };
        let at = at.unwrap_or(tokens.len());
        let open = brackets::open(&tokens[..at]);
        ParseProblem {
            error: error.err_type(),
            tokens,
            at,
            open,
        }
    }

    fn token(&self, index: usize) -> Option<&Token<'t>> {
        self.tokens.get(index)
    }

    /// The token so many places from the unexpected one.
    fn near(&self, offset: isize) -> Option<&Token<'t>> {
        self.token(self.at.checked_add_signed(offset)?)
    }

    /// Its text; nothing beyond the ends.
    fn text(&self, offset: isize) -> &'t str {
        self.near(offset).map_or("", |token| token.text)
    }

    fn kind(&self, offset: isize) -> Option<Kind> {
        self.near(offset).map(|token| token.kind)
    }

    /// Whether a token begins a line; the end does.
    fn first(&self, offset: isize) -> bool {
        self.near(offset).is_none_or(|token| token.first)
    }

    fn adjacent(&self, offset: isize) -> bool {
        self.near(offset).is_some_and(|token| token.adjacent)
    }

    /// The innermost open bracket: its index and text.
    fn inside(&self) -> Option<(usize, &'t str)> {
        let index = *self.open.last()?;
        Some((index, self.token(index)?.text))
    }

    /// Index of the first token of the statement that the unexpected one belongs to.
    fn statement(&self) -> usize {
        let floor = self
            .open
            .iter()
            .rev()
            .find(|open| self.tokens[**open].text == "{");
        let floor = floor.map_or(0, |open| open + 1);
        let mut depth = 0_usize;
        for index in (floor..self.at).rev() {
            match self.tokens[index].text {
                ")" | "]" => depth += 1,
                "(" | "[" => depth = depth.saturating_sub(1),
                "}" if depth == 0 && self.tokens.get(index + 1).is_some_and(|next| next.first) => {
                    return index + 1;
                }
                "}" => depth += 1,
                "{" | "#{" => depth = depth.saturating_sub(1),
                ";" if depth == 0 => return index + 1,
                _ => {}
            }
        }
        floor
    }

    /// Whether Rhai missed `token`, for a reason that holds `why`.
    fn misses(&self, token: &str, why: &str) -> bool {
        matches!(self.error, ParseErrorType::MissingToken(missed, reason) if missed == token && reason.contains(why))
    }

    /// Whether a statement should have ended.
    fn unended(&self) -> bool {
        self.misses(";", "")
    }

    /// Whether a block should have begun.
    fn blockless(&self) -> bool {
        self.misses("{", "") || matches!(self.error, ParseErrorType::FnMissingBody(_))
    }

    /// Whether an argument, an item or the like should have ended.
    fn unseparated(&self) -> bool {
        self.misses(",", "") || self.misses(")", "") || self.misses("]", "") || self.misses("}", "")
    }

    /// Rhai's own words, at the unexpected token.
    fn says(&self) -> String {
        self.error.to_string()
    }

    /// A hint at the token `offset` places from the unexpected one.
    fn hint(&self, offset: isize, message: impl Into<String>) -> Option<Hint> {
        let index = self.at.checked_add_signed(offset)?;
        self.hint_at(index, message)
    }

    /// A hint at a token; `None` if there is none.
    fn hint_at(&self, index: usize, message: impl Into<String>) -> Option<Hint> {
        let token = self.token(index)?;
        Some(Hint {
            message: message.into(),
            label: "here".into(),
            help: None,
            line: token.line,
            column: token.column,
            length: token
                .text
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .count(),
        })
    }

    /// A hint directly behind the token before the unexpected one, where something is missing.
    fn hint_behind(&self, message: impl Into<String>) -> Option<Hint> {
        let hint = self.hint(-1, message)?;
        let (line, column) = self.near(-1)?.end();
        Some(Hint {
            line,
            column,
            length: 1,
            ..hint
        })
    }

    /// What to say where no rule knows better.
    fn fallback(&self) -> Option<Hint> {
        let token = self.text(0);
        if self.unended() {
            let message = format!("unexpected `{token}` after `{}`", shown(self.text(-1)));
            return Some(
                self.hint(0, message)?
                    .label("is `;` missing before it?")
                    .help("every statement ends with `;`"),
            );
        }
        if self.misses(",", "") {
            let message = format!("missing `,` before `{}`", shown(token));
            return Some(self.hint(0, message)?.label("add `,` before it"));
        }
        None
    }
}

/// The beginning of a long token.
fn shown(token: &str) -> String {
    let line = token.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
