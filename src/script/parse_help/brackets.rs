//! Brackets that are not closed, closed by another, or close nothing; what is missing between two tokens.

use rhai::{LexError, ParseErrorType};

use super::tokens::Token;
use super::{Hint, Kind, ParseProblem, Rule};

pub(super) const RULES: &[Rule] = &[
    closes_another,
    closes_nothing,
    not_closed,
    not_closed_at_the_end,
    no_comma,
    no_semicolon,
];

/// The bracket that closes `open`.
fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" | "?[" => "]",
        _ => "}",
    }
}

fn opens(text: &str) -> bool {
    matches!(text, "(" | "[" | "?[" | "{" | "#{")
}

fn closes(text: &str) -> bool {
    matches!(text, ")" | "]" | "}")
}

/// Indices of the brackets that are open behind `tokens`.
pub(super) fn open(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Sign && opens(token.text) {
            open.push(index);
        } else if token.kind == Kind::Sign && closes(token.text) {
            open.pop();
        }
    }
    open
}

/// A word that begins a statement.
pub(super) fn begins_statement(text: &str) -> bool {
    matches!(
        text,
        "let"
            | "const"
            | "fn"
            | "import"
            | "export"
            | "step"
            | "for"
            | "while"
            | "loop"
            | "return"
            | "throw"
            | "try"
            | "private"
    )
}

fn closes_another(broken: &ParseProblem<'_>) -> Option<Hint> {
    let token = broken.text(0);
    let (index, open) = broken.inside()?;
    if broken.kind(0) != Some(Kind::Sign) || !closes(token) || closing(open) == token {
        return None;
    }
    let opened = broken.token(index)?;
    let missing = closing(open);
    let message = format!("`{open}` is not closed before `{token}`");
    let help = format!("`{open}` was opened at {}:{}", opened.line, opened.column);
    Some(
        broken
            .hint(0, message)?
            .label(format!("add `{missing}` before it"))
            .help(help),
    )
}

fn closes_nothing(broken: &ParseProblem<'_>) -> Option<Hint> {
    let token = broken.text(0);
    let sign = broken.kind(0) == Some(Kind::Sign) && closes(token);
    let brace = broken
        .inside()
        .is_none_or(|(_, open)| closing(open) != token);
    if !sign || !brace {
        return None;
    }
    let hint = broken.hint(0, format!("this `{token}` has no opening bracket"))?;
    let help = "remove it, or add the bracket that it should close";
    Some(hint.label("nothing to close here").help(help))
}

/// A statement begins, or ends, while a bracket is open.
fn not_closed(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (index, open) = broken.inside()?;
    let token = broken.near(0)?;
    let statement = token.text == ";" || token.first && begins_statement(token.text);
    if open == "{" || !statement || matches!(broken.text(-1), "+" | "-" | "*" | "/" | "=" | ".") {
        return None;
    }
    never_closed(broken, index, token.line)
}

fn never_closed(broken: &ParseProblem<'_>, index: usize, line: usize) -> Option<Hint> {
    let opened = broken.token(index)?;
    let close = closing(opened.text);
    let hint = broken.hint_at(index, format!("this `{}` is never closed", opened.text))?;
    let help = match line == opened.line {
        true => format!("add `{close}` before `{}`", broken.text(0)),
        false => format!("add `{close}` before line {line}"),
    };
    Some(hint.label("opened here").help(help))
}

/// The text ends while a bracket is open: the indentation tells which.
fn not_closed_at_the_end(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.at < broken.tokens.len() {
        return None;
    }
    let (index, line) = suspect(&broken.tokens).or_else(|| Some((broken.inside()?.0, None)))?;
    let open = broken.token(index)?.text;
    let close = closing(open);
    let hint = broken.hint_at(index, format!("this `{open}` is never closed"))?;
    let help = match line {
        Some(line) => format!("add `{close}`; by the indentation, before line {line}"),
        None => format!("add `{close}` where the block ends"),
    };
    Some(hint.label("opened here").help(help))
}

/// The first bracket that the indentation shows to be left open, and the line that shows it.
fn suspect(tokens: &[Token<'_>]) -> Option<(usize, Option<usize>)> {
    let mut open: Vec<usize> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let sign = token.kind == Kind::Sign;
        if let Some(top) = open.last().map(|top| &tokens[*top])
            && token.first
            && top.line < token.line
        {
            let closed = sign && closes(token.text);
            let left = match closed {
                true => token.column < top.indent,
                false => token.column <= top.indent && top.text == "{",
            };
            if left {
                return open.last().map(|top| (*top, Some(token.line)));
            }
        }
        if sign && opens(token.text) {
            open.push(index);
        } else if sign && closes(token.text) {
            open.pop();
        }
    }
    None
}

fn no_comma(broken: &ParseProblem<'_>) -> Option<Hint> {
    let between = match broken.inside()?.1 {
        "#{" => "the members of this map",
        "[" => "the items of this list",
        "(" => "these arguments",
        _ => "these cases",
    };
    let value = matches!(
        broken.kind(0)?,
        Kind::Word | Kind::Number | Kind::Text | Kind::Template
    ) || matches!(broken.text(0), "#{" | "[" | "|");
    if !broken.misses(",", "") || !value {
        return None;
    }
    let hint = broken.hint_behind(format!("missing `,` between {between}"))?;
    Some(hint.label("add `,` here"))
}

/// A line ends without the `;` of its statement.
fn no_semicolon(broken: &ParseProblem<'_>) -> Option<Hint> {
    let missing = match broken.error {
        ParseErrorType::BadInput(LexError::UnexpectedInput(_)) => false,
        _ => broken.unended(),
    };
    // `note("a") note("b")`: a call behind a call.
    let call = broken.text(-1) == ")" && broken.kind(0) == Some(Kind::Word);
    if missing && call && matches!(broken.text(1), "(" | "::") && !broken.first(0) {
        let hint = broken.hint_behind("missing `;` between two statements")?;
        return Some(hint.label("add `;` between them"));
    }
    if !missing || !broken.first(0) {
        return None;
    }
    let line = broken.near(-1)?.end().0;
    let hint = broken.hint_behind("this statement has no `;` at its end")?;
    Some(hint.label(format!("add `;` at the end of line {line}")))
}
