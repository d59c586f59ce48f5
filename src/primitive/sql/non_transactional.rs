//! Statements that PostgreSQL refuses inside a transaction.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::split::split;

/// Whether a file holds statements, and only such as are refused inside a transaction: it is run without one.
pub(super) fn only_outside(sql: &str) -> bool {
    let (pieces, broken) = split(sql);
    broken.is_none() && !pieces.is_empty() && pieces.iter().all(|piece| outside(&piece.tokens))
}

/// Whether PostgreSQL refuses a statement inside a transaction.
pub(super) fn outside(tokens: &[TokenWithSpan]) -> bool {
    let words: Vec<String> = tokens
        .iter()
        .take_while(|token| !matches!(token.token, Token::LParen))
        .filter_map(|token| match &token.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_uppercase()),
            _ => None,
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["VACUUM", ..]
        | ["ALTER", "SYSTEM", ..]
        | ["CREATE" | "DROP", "DATABASE" | "TABLESPACE", ..]
        | ["REINDEX", "DATABASE" | "SYSTEM", ..] => true,
        ["CREATE", "INDEX", "CONCURRENTLY", ..]
        | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
        | ["DROP", "INDEX", "CONCURRENTLY", ..]
        | ["REINDEX", _, "CONCURRENTLY", ..] => true,
        ["ALTER", "TABLE", rest @ ..] => {
            rest.contains(&"DETACH") && rest.last() == Some(&"CONCURRENTLY")
        }
        _ => false,
    }
}
