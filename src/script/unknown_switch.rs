//! `switch` on a value that only the real run can know ends a plan.
//!
//! Rhai compares by hashes: a value that has none takes the default. So what is executed has the value of each `switch` in
//! a call of `__known`. Where the value ends only the parser knows; its tokens are noted while it reads.

use std::cell::RefCell;

use rhai::{AST, Engine, ParseError, Position, Token};

use super::insertion::Insertion;
use super::unknown::KNOWN;

/// What matters of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Switch,
    /// Opens something that is no block: `(`, `[`, `#{`.
    Opens,
    /// Opens a block, or the cases of a `switch`: `{`.
    Brace,
    Closes,
    /// A word that a block belongs to.
    Blocks,
    Else,
    If,
    /// `|`: a closure's block follows its parameters; `${`: a text's.
    BeforeBlock,
    Other,
}

thread_local! {
    static NOTED: RefCell<Option<Vec<(Kind, Position)>>> = const { RefCell::new(None) };
}

/// Parses `text`; returns what is to be put into it, too.
///
/// # Errors
/// What is not a script.
pub(super) fn compile(
    engine: &Engine,
    text: &str,
) -> Result<(AST, Vec<Insertion>), Box<ParseError>> {
    NOTED.set(Some(Vec::new()));
    let parsed = engine.compile(text);
    let noted = NOTED.take().unwrap_or_default();
    Ok((parsed.map_err(Box::new)?, insertions(&noted)))
}

/// Notes a token that the parser reads.
pub(super) fn token(token: &Token, position: Position) {
    NOTED.with_borrow_mut(|noted| {
        if let Some(noted) = noted {
            noted.push((kind(token), position));
        }
    });
}

fn kind(token: &Token) -> Kind {
    match token {
        Token::Switch => Kind::Switch,
        Token::LeftParen | Token::LeftBracket | Token::MapStart | Token::QuestionBracket => {
            Kind::Opens
        }
        Token::LeftBrace => Kind::Brace,
        Token::RightParen | Token::RightBracket | Token::RightBrace => Kind::Closes,
        Token::While | Token::Loop | Token::For | Token::Do | Token::Try | Token::Catch => {
            Kind::Blocks
        }
        Token::Custom(_) => Kind::Blocks,
        Token::Else => Kind::Else,
        Token::If => Kind::If,
        Token::Pipe | Token::Or | Token::InterpolatedString(_) => Kind::BeforeBlock,
        _ => Kind::Other,
    }
}

fn insertions(tokens: &[(Kind, Position)]) -> Vec<Insertion> {
    let mut found = Vec::new();
    for (index, (kind, position)) in tokens.iter().enumerate() {
        if *kind == Kind::Switch
            && let Some(brace) = body(&tokens[index + 1..])
        {
            found.extend(Insertion::behind(
                *position,
                "switch".len(),
                format!(" {KNOWN}("),
            ));
            found.extend(Insertion::behind(brace, 0, ")".to_owned()));
        }
    }
    found
}

/// Where the cases of a `switch` begin: at the first brace that does not belong to its value.
fn body(tokens: &[(Kind, Position)]) -> Option<Position> {
    let (mut depth, mut blocks) = (0_usize, 0_usize);
    let mut before = Kind::BeforeBlock;
    for (kind, position) in tokens {
        match kind {
            Kind::Opens => depth += 1,
            Kind::Brace if depth == 0 && blocks == 0 && before != Kind::BeforeBlock => {
                return Some(*position);
            }
            Kind::Brace => {
                if depth == 0 && before != Kind::BeforeBlock {
                    blocks -= 1;
                }
                depth += 1;
            }
            Kind::Closes => depth = depth.checked_sub(1)?,
            Kind::If if depth == 0 && before != Kind::Else => blocks += 1,
            Kind::Switch | Kind::Blocks | Kind::Else if depth == 0 => blocks += 1,
            _ => {}
        }
        before = *kind;
    }
    None
}
