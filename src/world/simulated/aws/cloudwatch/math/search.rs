//! Search expressions: which metrics a `SEARCH` of metric math means.
//!
//! CloudWatch User Guide, "CloudWatch search expression syntax".

use super::refused;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::cloudwatch::Metric;

/// A search expression that has been read: `{Namespace, DimensionName} SearchTerm`.
#[derive(Debug)]
pub(in super::super) struct SearchPattern {
    schema: Option<(String, Vec<String>)>,
    term: Option<Term>,
}

#[derive(Debug)]
enum Term {
    Any(Vec<Term>),
    All(Vec<Term>),
    Not(Box<Term>),
    /// A word, in the property of that name or in any, and whether it is to match exactly.
    Word(Option<String>, String, bool),
}

/// The longest search expression, in characters.
const LONGEST: usize = 1024;

impl SearchPattern {
    /// Reads a search expression.
    ///
    /// # Errors
    /// `ValidationError` with what is wrong.
    pub(in super::super) fn parse(text: &str) -> Result<SearchPattern, Fault> {
        if text.len() > LONGEST {
            return Err(refused(format!(
                "A SEARCH has at most {LONGEST} characters"
            )));
        }
        let mut words = words(text)?.into_iter().peekable();
        let mut schema = None;
        if words.next_if(|word| *word == Piece::Sign('{')).is_some() {
            let mut names = Vec::new();
            loop {
                match words.next() {
                    Some(Piece::Sign('}')) => break,
                    Some(Piece::Sign(',')) => {}
                    Some(Piece::Word(name) | Piece::Exact(name)) => names.push(name),
                    _ => return Err(refused("The metric schema of a SEARCH has no closing '}'")),
                }
            }
            if names.is_empty() {
                return Err(refused(
                    "The metric schema of a SEARCH begins with a namespace",
                ));
            }
            let namespace = names.remove(0);
            schema = Some((namespace, names));
            words.next_if(|word| *word == Piece::Sign(','));
        }
        let mut reader = Reader {
            pieces: words.collect(),
            at: 0,
        };
        let term = (!reader.pieces.is_empty())
            .then(|| reader.any())
            .transpose()?;
        if reader.at < reader.pieces.len() {
            return Err(refused(format!("SEARCH does not understand '{text}'")));
        }
        if schema.is_none() && term.is_none() {
            return Err(refused("A SEARCH needs a metric schema or a search term"));
        }
        Ok(SearchPattern { schema, term })
    }

    /// Whether it means a metric.
    pub(in super::super) fn matches(&self, metric: &Metric) -> bool {
        let fits = self.schema.as_ref().is_none_or(|(namespace, dimensions)| {
            let has = |name: &String| metric.dimensions.contains_key(name);
            metric.namespace == *namespace && dimensions.iter().all(has)
        });
        fits && self.term.as_ref().is_none_or(|term| term.matches(metric))
    }
}

impl Term {
    fn matches(&self, metric: &Metric) -> bool {
        match self {
            Term::Any(terms) => terms.iter().any(|term| term.matches(metric)),
            Term::All(terms) => terms.iter().all(|term| term.matches(metric)),
            Term::Not(term) => !term.matches(metric),
            Term::Word(property, word, exact) => {
                let own = properties(metric, property.as_deref());
                own.into_iter().any(|text| match exact {
                    true => text == word,
                    false => partly(text, word),
                })
            }
        }
    }
}

/// The texts of a metric among which a word is searched.
fn properties<'a>(metric: &'a Metric, property: Option<&str>) -> Vec<&'a str> {
    match property {
        Some("MetricName") => vec![metric.name.as_str()],
        Some("Namespace") => vec![metric.namespace.as_str()],
        Some(name) => metric
            .dimensions
            .get(name)
            .map(String::as_str)
            .into_iter()
            .collect(),
        None => {
            let dimensions = metric.dimensions.iter();
            let texts = dimensions.flat_map(|(name, value)| [name.as_str(), value.as_str()]);
            [metric.name.as_str(), metric.namespace.as_str()]
                .into_iter()
                .chain(texts)
                .collect()
        }
    }
}

/// The pieces of a name: it is divided where its capital letters and digits begin, and at other characters.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut out: Vec<String> = Vec::new();
    for (index, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            out.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).map(|i| letters[i]);
        let after = letters.get(index + 1);
        let begins = before.is_none_or(|before| {
            let number = letter.is_numeric() != before.is_numeric();
            let capital = letter.is_uppercase()
                && (before.is_lowercase() || after.is_some_and(|c| c.is_lowercase()));
            number || capital
        });
        match out.last_mut() {
            Some(last) if !begins => last.push(*letter),
            _ => out.push(letter.to_string()),
        }
    }
    out.retain(|token| !token.is_empty());
    out
}

/// Whether a word matches a part of a text: one token in either case; several that follow each other as they are
/// written, or in either case where other characters separate them.
fn partly(text: &str, word: &str) -> bool {
    let (own, wanted) = (tokens(text), tokens(word));
    let separated = word.contains(|c: char| !c.is_alphanumeric());
    let same = |a: &str, b: &str| {
        if separated || wanted.len() == 1 {
            a.eq_ignore_ascii_case(b)
        } else {
            a == b
        }
    };
    let whole = own.concat();
    if wanted.is_empty() {
        return false;
    }
    let parts = own.windows(wanted.len());
    let mut fits = parts.map(|part| part.iter().zip(&wanted).all(|(a, b)| same(a, b)));
    same(&whole, &wanted.concat()) || fits.any(|fits| fits)
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Word(String),
    Exact(String),
    Sign(char),
}

fn words(text: &str) -> Result<Vec<Piece>, Fault> {
    let mut out = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(first) = letters.next() {
        match first {
            c if c.is_whitespace() => {}
            '{' | '}' | '(' | ')' | '=' | ',' => out.push(Piece::Sign(first)),
            '"' => {
                let mut exact = String::new();
                loop {
                    match letters.next() {
                        Some('"') => break,
                        Some('\\') => exact.extend(letters.next()),
                        Some(letter) => exact.push(letter),
                        None => return Err(refused("A SEARCH has a '\"' without its closing one")),
                    }
                }
                out.push(Piece::Exact(exact));
            }
            other => {
                let mut word = other.to_string();
                let ends = |c: &char| c.is_whitespace() || "{}()=,\"".contains(*c);
                while let Some(letter) = letters.next_if(|c| !ends(c)) {
                    word.push(letter);
                }
                out.push(Piece::Word(word));
            }
        }
    }
    Ok(out)
}

struct Reader {
    pieces: Vec<Piece>,
    at: usize,
}

impl Reader {
    fn takes(&mut self, piece: &Piece) -> bool {
        let found = self.pieces.get(self.at) == Some(piece);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        self.takes(&Piece::Word(word.to_owned()))
    }

    fn any(&mut self) -> Result<Term, Fault> {
        let mut terms = vec![self.all()?];
        while self.word("OR") {
            terms.push(self.all()?);
        }
        Ok(Term::Any(terms))
    }

    /// Terms without an operator between them are all to match.
    fn all(&mut self) -> Result<Term, Fault> {
        let mut terms = vec![self.one()?];
        loop {
            let and = self.word("AND");
            let ends = match self.pieces.get(self.at) {
                None | Some(Piece::Sign(')')) => true,
                Some(Piece::Word(word)) => word == "OR",
                Some(_) => false,
            };
            if ends && !and {
                return Ok(Term::All(terms));
            }
            terms.push(self.one()?);
        }
    }

    fn one(&mut self) -> Result<Term, Fault> {
        if self.word("NOT") {
            return Ok(Term::Not(Box::new(self.one()?)));
        }
        if self.takes(&Piece::Sign('(')) {
            let inner = self.any()?;
            self.close()?;
            return Ok(inner);
        }
        let (name, exact) = self.text()?;
        if !self.takes(&Piece::Sign('=')) {
            return Ok(Term::Word(None, name, exact));
        }
        if !self.takes(&Piece::Sign('(')) {
            let (value, exact) = self.text()?;
            return Ok(Term::Word(Some(name), value, exact));
        }
        let mut values = Vec::new();
        loop {
            let (value, exact) = self.text()?;
            values.push(Term::Word(Some(name.clone()), value, exact));
            if !self.word("OR") {
                break;
            }
        }
        self.close()?;
        Ok(Term::Any(values))
    }

    fn close(&mut self) -> Result<(), Fault> {
        match self.takes(&Piece::Sign(')')) {
            true => Ok(()),
            false => Err(refused("A SEARCH has a '(' without its ')'")),
        }
    }

    fn text(&mut self) -> Result<(String, bool), Fault> {
        let found = match self.pieces.get(self.at) {
            Some(Piece::Word(word)) => (word.clone(), false),
            Some(Piece::Exact(word)) => (word.clone(), true),
            _ => return Err(refused("A SEARCH has an operator without its search term")),
        };
        self.at += 1;
        Ok(found)
    }
}
