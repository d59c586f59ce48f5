//! Cuts a file of SQL into its statements, with their lines.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

/// One statement, not parsed yet.
pub(super) struct UnparsedStatement {
    /// Line of its first character, from 1.
    pub line: u64,
    /// How it is written, comments and white space made one space.
    pub text: String,
    /// Its tokens without white space and comments; at least one.
    pub tokens: Vec<TokenWithSpan>,
}

/// The place where the text stops being SQL at all: an unterminated string, a stray character.
pub(super) struct SqlSyntaxError {
    pub line: u64,
    pub message: String,
}

/// Longest that a statement is quoted, in characters.
const QUOTED: usize = 160;

/// Cuts at semicolons; those in strings, comments and dollar-quoted bodies do not count.
pub(super) fn split(sql: &str) -> (Vec<UnparsedStatement>, Option<SqlSyntaxError>) {
    let dialect = PostgreSqlDialect {};
    let mut tokens = Vec::new();
    // Strings stay as they are written, so that statements can be quoted.
    let broken = Tokenizer::new(&dialect, sql)
        .with_unescape(false)
        .tokenize_with_location_into_buf(&mut tokens)
        .err()
        .map(|error| SqlSyntaxError {
            line: error.location.line,
            message: error.message,
        });
    let mut pieces: Vec<UnparsedStatement> = tokens
        .split(|token| token.token == Token::SemiColon)
        .filter_map(piece)
        .collect();
    // What stands before the break is a statement only up to it.
    if broken.is_some() && tokens.last().is_some_and(|t| t.token != Token::SemiColon) {
        let unfinished = tokens
            .rsplit(|token| token.token == Token::SemiColon)
            .next()
            .and_then(piece);
        if let Some(unfinished) = unfinished {
            pieces.pop();
            let broken = broken.map(|broken| SqlSyntaxError {
                line: unfinished.line,
                ..broken
            });
            return (pieces, broken);
        }
    }
    (pieces, broken)
}

fn piece(tokens: &[TokenWithSpan]) -> Option<UnparsedStatement> {
    let written: Vec<TokenWithSpan> = tokens
        .iter()
        .filter(|token| !is_blank(token))
        .cloned()
        .collect();
    let line = written.first()?.span.start.line;
    let mut text = String::new();
    let mut blank = false;
    for token in tokens {
        if is_blank(token) {
            blank = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut blank) {
            text.push(' ');
        }
        text.push_str(&token.token.to_string());
    }
    if text.chars().count() > QUOTED {
        text = text.chars().take(QUOTED - 1).collect::<String>() + "…";
    }
    Some(UnparsedStatement {
        line,
        text,
        tokens: written,
    })
}

fn is_blank(token: &TokenWithSpan) -> bool {
    matches!(token.token, Token::Whitespace(_) | Token::EOF)
}
