//! The review of one file: its statements one after the other.

use serde::Serialize;
use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::judge::Judge;
use super::rule::Rule;
use super::split::split;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Finding {
    /// Path; empty for SQL that came as text.
    pub file: String,
    /// Where the statement begins, from 1.
    pub line: u64,
    pub rule: Rule,
    /// The statement, shortened.
    pub statement: String,
    /// What to do about it.
    pub hint: String,
}

/// Reviews one file. `transaction`: all of it is run as one.
pub(super) fn review(file: &str, sql: &str, transaction: bool) -> Vec<Finding> {
    let (pieces, broken) = split(sql);
    let mut judge = Judge::new(transaction);
    let mut findings = Vec::new();
    for piece in pieces {
        let mut found = |rule: Rule, hint: String| {
            findings.push(Finding {
                file: file.to_owned(),
                line: piece.line,
                rule,
                statement: piece.text.clone(),
                hint,
            });
        };
        let (tokens, concurrently) = without_concurrently(&piece.tokens);
        match parse(tokens) {
            Ok(statement) => {
                for rule in judge.statement(&statement, concurrently) {
                    found(rule, rule.hint().to_owned());
                }
            }
            Err(why) => found(Rule::Unparsed, format!("{}: {why}", Rule::Unparsed.hint())),
        }
    }
    if let Some(broken) = broken {
        findings.push(Finding {
            file: file.to_owned(),
            line: broken.line,
            rule: Rule::Unparsed,
            statement: String::new(),
            hint: format!("nothing from here on could be judged: {}", broken.message),
        });
    }
    findings
}

/// Parses one statement, all of it.
fn parse(tokens: Vec<TokenWithSpan>) -> Result<Statement, String> {
    let dialect = PostgreSqlDialect {};
    let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let statement = parser
        .parse_statement()
        .map_err(|error| error.to_string())?;
    match parser.peek_token().token {
        Token::EOF => Ok(statement),
        rest => Err(format!("`{rest}` was not expected")),
    }
}

/// The parser does not know `DROP INDEX CONCURRENTLY`: takes the word out, and says whether it was there.
fn without_concurrently(tokens: &[TokenWithSpan]) -> (Vec<TokenWithSpan>, bool) {
    let mut tokens = tokens.to_vec();
    let starts = [Keyword::DROP, Keyword::INDEX, Keyword::CONCURRENTLY];
    let found = tokens.len() > starts.len()
        && tokens
            .iter()
            .zip(starts)
            .all(|(token, word)| matches!(&token.token, Token::Word(it) if it.keyword == word));
    if found {
        tokens.remove(2);
    }
    (tokens, found)
}
