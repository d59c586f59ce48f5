//! The tokens of a metric math expression.

use super::refused;
use crate::vocabulary::Fault;

/// One token of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    /// A name: of a metric or an expression, of a function, or one of the words that some functions take.
    Name(String),
    /// Between single or double quotes.
    Text(String),
    /// An operator, a bracket, or a comma.
    Sign(&'static str),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Token::Number(number) => write!(f, "{number}"),
            Token::Name(name) => f.write_str(name),
            Token::Text(text) => write!(f, "'{text}'"),
            Token::Sign(sign) => f.write_str(sign),
        }
    }
}

/// Longer signs stand before those that they begin with.
const SIGNS: [&str; 19] = [
    "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "<", ">",
    "=",
];

/// Splits an expression into its tokens.
///
/// # Errors
/// A character that the language does not have, a number that is none, or a text without its closing quote.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => quoted(rest, first)?,
            '0'..='9' | '.' => number(rest)?,
            c if c.is_ascii_alphabetic() || c == '_' => {
                let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let length = rest.find(|c| !name(c)).unwrap_or(rest.len());
                (Token::Name(rest[..length].to_owned()), length)
            }
            other => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| refused(format!("unexpected '{other}'")))?;
                (Token::Sign(sign), sign.len())
            }
        };
        out.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(out)
}

fn quoted(rest: &str, quote: char) -> Result<(Token, usize), Fault> {
    let inner = &rest[1..];
    let end = inner
        .find(quote)
        .ok_or_else(|| refused(format!("the text {rest} has no closing {quote}")))?;
    Ok((Token::Text(inner[..end].to_owned()), end + 2))
}

fn number(rest: &str) -> Result<(Token, usize), Fault> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        let more = bytes[from..].iter().take_while(|b| b.is_ascii_digit());
        from + more.count()
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    let number = rest[..end].parse::<f64>();
    let number = number.map_err(|_| refused(format!("'{}' is not a number", &rest[..end])))?;
    Ok((Token::Number(number), end))
}
