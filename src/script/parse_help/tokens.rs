//! The words and signs of a text that need not be a script: never refused, with their places.

/// The kinds of tokens that the explanations of parse errors distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword, such as `let`.
    Word,
    /// As far as its digits go.
    Number,
    /// Text in double quotes, `"…"`, closed or not.
    Text,
    /// `` `…` ``, with all that is inserted.
    Template,
    /// Text in single quotes: `'…'`.
    Quoted,
    /// A sign of one or more characters, such as `==`.
    Sign,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Line of its first character, from 1.
    pub(super) line: usize,
    /// Column of its first character, counted in characters, from 1.
    pub(super) column: usize,
    /// Where its line's first token stands.
    pub(super) indent: usize,
    /// The first of its line.
    pub(super) first: bool,
    /// It stands directly behind the token before.
    pub(super) adjacent: bool,
}

impl Token<'_> {
    /// Where it ends; a text may end on a later line.
    pub(super) fn end(&self) -> (usize, usize) {
        let lines = self.text.matches('\n').count();
        let last = self.text.rsplit('\n').next().unwrap_or(self.text);
        let before = if lines == 0 { self.column } else { 1 };
        (self.line + lines, before + last.chars().count())
    }
}

/// Signs of more than one character, longest first.
const SIGNS: [&str; 35] = [
    "<!--", "===", "!==", "<=>", "**=", "&&=", "||=", "??=", "<<=", ">>=", "...", "..=", "#{",
    "#!", "=>", "->", "::", "==", "!=", "<=", ">=", "<>", "&&", "||", "++", "--", ":=", "=~", "|>",
    "?.", "?[", "??", "+=", "-=", "..",
];

/// The tokens of a text; comments are left out.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::new();
    let (mut rest, mut line, mut column, mut indent) = (text, 1, 1, 0);
    let mut adjacent = false;
    while let Some(c) = rest.chars().next() {
        let (kind, length) = match c {
            c if c.is_whitespace() => (None, c.len_utf8()),
            _ if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            _ if rest.starts_with("/*") => {
                (None, rest.find("*/").map_or(rest.len(), |end| end + 2))
            }
            '"' => (Some(Kind::Text), quoted(rest, '"')),
            '\'' => (Some(Kind::Quoted), quoted(rest, '\'')),
            '`' => (Some(Kind::Template), template(rest)),
            c if c.is_ascii_digit() => (Some(Kind::Number), number(rest)),
            c if c.is_alphabetic() || c == '_' => (Some(Kind::Word), word(rest)),
            c => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                (
                    Some(Kind::Sign),
                    sign.map_or(c.len_utf8(), |sign| sign.len()),
                )
            }
        };
        let (text, behind) = rest.split_at(length);
        if let Some(kind) = kind {
            let first = found.last().is_none_or(|token| token.end().0 < line);
            if first {
                indent = column;
            }
            found.push(Token {
                kind,
                text,
                line,
                column,
                indent,
                first,
                adjacent: adjacent && !first,
            });
        }
        adjacent = kind.is_some();
        for c in text.chars() {
            (line, column) = if c == '\n' {
                (line + 1, 1)
            } else {
                (line, column + 1)
            };
        }
        rest = behind;
    }
    found
}

fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

fn number(text: &str) -> usize {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(text.len())
    };
    let whole = digits(text);
    match text[whole..].strip_prefix('.') {
        Some(behind) if behind.starts_with(|c: char| c.is_ascii_digit()) => {
            whole + 1 + digits(behind)
        }
        _ => whole,
    }
}

/// A text in quotes ends with its line, unless a `\` takes it on.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return at,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn template(text: &str) -> usize {
    let (mut depth, mut before) = (0_usize, ' ');
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '{' if before == '$' || depth > 0 => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '`' if depth == 0 => return at + 1,
            _ => {}
        }
        before = c;
    }
    text.len()
}
