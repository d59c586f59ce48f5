//! `DO` blocks as migration tools write them: statements under `IF … THEN`.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::split::{UnparsedStatement, split};

/// The statements in a `DO` block; `None`: it is no such block, or more than statements under conditions.
pub(super) fn statements(tokens: &[TokenWithSpan]) -> Option<Vec<UnparsedStatement>> {
    let [first, body, rest @ ..] = tokens else {
        return None;
    };
    if !is(first, "DO") || !(rest.is_empty() || is(&rest[0], "LANGUAGE")) {
        return None;
    }
    let Token::DollarQuotedString(text) = &body.token else {
        return None;
    };
    let (pieces, broken) = split(&text.value);
    if broken.is_some() {
        return None;
    }
    let mut found = Vec::new();
    for mut piece in pieces {
        let mut tokens = piece.tokens.as_slice();
        loop {
            match tokens {
                [] => break,
                [end, after @ ..] if is(end, "END") => match after {
                    [] => tokens = &[],
                    [what, ..] if is(what, "IF") => tokens = &after[1..],
                    _ => return None,
                },
                [begin, after @ ..] if is(begin, "BEGIN") || is(begin, "ELSE") => tokens = after,
                [when, ..] if is(when, "IF") || is(when, "ELSIF") => {
                    let then = tokens.iter().position(|token| is(token, "THEN"))?;
                    tokens = &tokens[then + 1..];
                }
                [code, ..]
                    if ["EXECUTE", "PERFORM", "CALL", "DECLARE"]
                        .iter()
                        .any(|w| is(code, w)) =>
                {
                    return None;
                }
                _ => break,
            }
        }
        let Some(start) = tokens.first() else {
            continue;
        };
        piece.line = body.span.start.line + start.span.start.line - 1;
        piece.tokens = tokens.to_vec();
        found.push(piece);
    }
    Some(found)
}

fn is(token: &TokenWithSpan, word: &str) -> bool {
    matches!(&token.token, Token::Word(it) if it.quote_style.is_none() && it.value.eq_ignore_ascii_case(word))
}
