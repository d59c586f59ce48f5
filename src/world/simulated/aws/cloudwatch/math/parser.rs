//! The grammar of metric math, from the weakest operator to the strongest: OR, AND, comparisons, `+ -`, `* /`, the
//! unary minus, `^`.

use super::lexer::{Token, tokens};
use super::refused;
use crate::vocabulary::Fault;

/// An expression as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    Text(String),
    /// The `Id` of another query, or a word that a function takes, such as `REPEAT`.
    Name(String),
    /// An array of series, such as `[m1, m2]`.
    List(Vec<Expression>),
    Negated(Box<Expression>),
    Operation(Box<Expression>, Operator, Box<Expression>),
    Call(String, Vec<Expression>),
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Equal,
    Unequal,
    Plus,
    Minus,
    Times,
    Divide,
    Power,
}

impl Operator {
    /// As AWS writes it.
    pub(super) fn sign(self) -> &'static str {
        let named = LEVELS.iter().flat_map(|level| level.iter());
        let mut own = named.filter(|(_, operator)| *operator == self);
        own.next().map_or("^", |(sign, _)| sign)
    }
}

/// The operators that group from the left, the weakest first.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("OR", Operator::Or), ("||", Operator::Or)],
    &[("AND", Operator::And), ("&&", Operator::And)],
    &[
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Divide)],
];

/// How deep brackets and signs may be nested.
const DEEPEST: usize = 32;

/// Reads an expression.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn parse(text: &str) -> Result<Expression, Fault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let expression = parser.level(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(expression),
        Some(_) => Err(parser.unexpected("the end or an operator")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn unexpected(&self, expected: &str) -> Fault {
        let found = self.tokens.get(self.at);
        let found = found.map_or_else(|| "its end".to_owned(), |token| format!("'{token}'"));
        refused(format!("unexpected {found}, expected {expected}"))
    }

    /// Takes the next token if it is this sign.
    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("'{sign}'")))
    }

    fn operator(&mut self, level: usize) -> Option<Operator> {
        let written = match self.tokens.get(self.at)? {
            Token::Sign(sign) => *sign,
            Token::Name(name) => name.as_str(),
            _ => return None,
        };
        let mut own = LEVELS[level].iter();
        let (_, operator) = own.find(|(sign, _)| *sign == written)?;
        self.at += 1;
        Some(*operator)
    }

    fn level(&mut self, level: usize) -> Result<Expression, Fault> {
        if level == LEVELS.len() {
            return self.signed();
        }
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(level) {
            let right = self.level(level + 1)?;
            left = Expression::Operation(Box::new(left), operator, Box::new(right));
        }
        Ok(left)
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == DEEPEST {
            return Err(refused(format!("nested deeper than {DEEPEST} levels")));
        }
        self.depth += 1;
        let out = inner(self);
        self.depth -= 1;
        out
    }

    fn signed(&mut self) -> Result<Expression, Fault> {
        if self.takes("-") {
            let inner = self.deeper(Parser::signed)?;
            return Ok(Expression::Negated(Box::new(inner)));
        }
        let base = self.atom()?;
        if !self.takes("^") {
            return Ok(base);
        }
        let exponent = self.deeper(Parser::signed)?;
        Ok(Expression::Operation(
            Box::new(base),
            Operator::Power,
            Box::new(exponent),
        ))
    }

    fn atom(&mut self) -> Result<Expression, Fault> {
        if self.takes("(") {
            let inner = self.deeper(|parser| parser.level(0))?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.takes("[") {
            return Ok(Expression::List(self.list("]")?));
        }
        let token = self.tokens.get(self.at).cloned();
        match token {
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Expression::Number(number))
            }
            Some(Token::Text(text)) => {
                self.at += 1;
                Ok(Expression::Text(text))
            }
            Some(Token::Name(name)) if !["AND", "OR"].contains(&name.as_str()) => {
                self.at += 1;
                if !self.takes("(") {
                    return Ok(Expression::Name(name));
                }
                if self.takes(")") {
                    return Ok(Expression::Call(name, Vec::new()));
                }
                Ok(Expression::Call(name, self.list(")")?))
            }
            _ => Err(self.unexpected("a metric, a number or a function")),
        }
    }

    fn list(&mut self, end: &str) -> Result<Vec<Expression>, Fault> {
        let mut out = Vec::new();
        loop {
            out.push(self.deeper(|parser| parser.level(0))?);
            if !self.takes(",") {
                break;
            }
        }
        self.expect(end)?;
        Ok(out)
    }
}
