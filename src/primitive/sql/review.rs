//! The review of one file: its statements one after the other.

use serde::Serialize;
use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::block;
use super::judge::StatementJudge;
use super::non_transactional::{only_outside, outside};
use super::rule::Rule;
use super::split::{UnparsedStatement, split};

/// A statement that breaks a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Finding {
    /// Path; empty for SQL that came as text.
    pub file: String,
    /// Where the statement begins, from 1.
    pub line: u64,
    pub rule: Rule,
    /// Text of the statement, shortened.
    pub statement: String,
    /// What to do about it, in a sentence.
    pub hint: String,
}

/// Reviews one file. `transaction`: all of it is run as one, unless it holds only what is refused in one.
pub(super) fn review(file: &str, sql: &str, transaction: bool) -> Vec<Finding> {
    let (pieces, broken) = split(sql);
    let mut judge = StatementJudge::new(transaction && !only_outside(sql));
    let mut findings = Vec::new();
    if pieces.is_empty() && broken.is_none() {
        findings.push(finding(
            file,
            1,
            Rule::Empty,
            "",
            Rule::Empty.hint().to_owned(),
        ));
    }
    for piece in pieces {
        match block::statements(&piece.tokens) {
            Some(inner) => {
                judge.block(true);
                for piece in inner {
                    one(file, &piece, &mut judge, &mut findings);
                }
                judge.block(false);
            }
            None => one(file, &piece, &mut judge, &mut findings),
        }
    }
    if let Some(broken) = broken {
        let hint = format!("nothing from here on could be judged: {}", broken.message);
        findings.push(finding(file, broken.line, Rule::Unparsed, "", hint));
    }
    findings
}

/// Judges one statement and adds what it breaks to `findings`.
fn one(
    file: &str,
    piece: &UnparsedStatement,
    judge: &mut StatementJudge,
    findings: &mut Vec<Finding>,
) {
    let mut found = |rule: Rule, hint: String| {
        findings.push(finding(file, piece.line, rule, &piece.text, hint))
    };
    let hint = |rule: Rule| rule.hint().to_owned();
    let outside = outside(&piece.tokens);
    if outside && judge.in_transaction() {
        found(
            Rule::ConcurrentInTransaction,
            hint(Rule::ConcurrentInTransaction),
        );
    }
    let (tokens, concurrently) = without_concurrently(&piece.tokens);
    match parse(tokens) {
        Ok(statement) => {
            for rule in judge.statement(&statement, concurrently) {
                found(rule, hint(rule));
            }
        }
        Err(why) => found(Rule::Unparsed, format!("{}: {why}", Rule::Unparsed.hint())),
    }
}

fn finding(file: &str, line: u64, rule: Rule, statement: &str, hint: String) -> Finding {
    Finding {
        file: file.to_owned(),
        line,
        rule,
        statement: statement.to_owned(),
        hint,
    }
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
