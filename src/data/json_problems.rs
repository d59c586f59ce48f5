//! What stands where JSON does not go on, in plain words.

use super::DataError;

/// What JSON expects at the place where reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Value,
    /// The name of an object's member, in double quotes.
    Name,
    Colon,
    /// A comma, or the end of an object or a list.
    Comma {
        object: bool,
    },
    /// The end of the text: nothing more may follow.
    End,
    /// Something that can stand in a text.
    Letter,
    /// A number: what stands there only begins like one.
    Number,
}

/// The place where reading stopped, in the text that is read.
pub(super) struct StopPlace<'t> {
    pub text: &'t str,
    /// Byte offset into `text` at which JSON ends to be valid.
    pub at: usize,
    /// How many objects and lists are open there.
    pub depth: usize,
}

/// What it is, and what to do about it.
type NamedProblem = (String, Option<&'static str>);

const COMMENT: &str = "JSON has no comments: take it out";
const TEMPLATE: &str = "have the template filled in first, and read what comes of it";
const YAML: &str = "JSON or TOML is read here, not YAML";
const QUOTES: &str = "texts and names need double quotes";

impl StopPlace<'_> {
    /// An error that names what stands there, in which language it is valid if not in JSON, and how to mend it.
    pub fn wrong(&self, expected: Expected) -> DataError {
        let (what, help) = self
            .foreign()
            .or_else(|| self.other_language(expected))
            .or_else(|| self.word(expected))
            .unwrap_or_else(|| self.sign(expected));
        DataError::at(self.text, self.at, what, help)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn begins(&self, marks: &[&'static str]) -> Option<&'static str> {
        let rest = self.rest();
        marks.iter().copied().find(|mark| rest.starts_with(mark))
    }

    /// Marks that are no part of JSON wherever they stand.
    fn foreign(&self) -> Option<NamedProblem> {
        let rest = self.rest();
        if let Some(mark) = self.template() {
            let what = format!("`{mark}` is a mark of a template that is not filled in");
            return Some((what, Some(TEMPLATE)));
        }
        let line_starts = self.text[..self.at]
            .trim_end_matches([' ', '\t'])
            .ends_with('\n')
            || self.at == 0;
        if line_starts
            && self
                .begins(&["<<<<<<<", "=======", ">>>>>>>", "|||||||"])
                .is_some()
        {
            let what = "a conflict of a merge is not resolved here".to_owned();
            return Some((what, Some("resolve it, and read the file again")));
        }
        if self.begins(&["//", "/*", "<!--"]).is_some() {
            return Some(("a comment begins here".to_owned(), Some(COMMENT)));
        }
        if rest.starts_with('#') && !self.yaml_or_toml() {
            return Some(("a comment begins here".to_owned(), Some(COMMENT)));
        }
        let letter = rest.chars().next()?;
        match letter {
            '\'' => Some(("a single quote".to_owned(), Some(QUOTES))),
            '`' => Some(("a backtick".to_owned(), Some(QUOTES))),
            '\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '«' | '»' => {
                let what = format!("`{letter}` is a quote of typesetting");
                Some((what, Some("double quotes are the plain ones: \"")))
            }
            '\0' => Some((
                "a zero byte: this is UTF-16, not UTF-8".to_owned(),
                Some("save it as UTF-8"),
            )),
            letter if is_invisible(letter) => {
                let what = format!("an invisible character (U+{:04X})", u32::from(letter));
                Some((what, Some("delete it")))
            }
            letter if letter.is_control() && !letter.is_whitespace() => {
                let what = format!("a control character (U+{:04X})", u32::from(letter));
                Some((
                    what,
                    Some("in a text it is written \\u and four hexadecimal digits"),
                ))
            }
            _ => None,
        }
    }

    /// The mark of a template; of `{{` the first brace was taken for an object's.
    fn template(&self) -> Option<&'static str> {
        let rest = self.rest();
        if self.text[..self.at].ends_with('{') {
            let marks = [("{", "{{"), ("%", "{%"), ("#", "{#")];
            let found = marks.iter().find(|(mark, _)| rest.starts_with(mark));
            let line = rest.lines().next().unwrap_or_default();
            // `{# … #}` is a template's comment, `{ # …` anybody's.
            if let Some((mark, whole)) = found
                && (*mark != "#" || line.contains("#}"))
            {
                return Some(whole);
            }
        }
        self.begins(&["{{", "{%", "${", "$(", "<%", "%{", "@@"])
    }

    /// The problem, if the text looks like HTML, YAML or TOML rather than JSON.
    fn other_language(&self, expected: Expected) -> Option<NamedProblem> {
        let rest = self.rest();
        let before = self.text[..self.at].trim();
        if before.is_empty() {
            if rest.starts_with('<') {
                let what = "this is HTML or XML, not JSON".to_owned();
                return Some((what, None));
            }
            let first = first_line(rest);
            if is_yaml(first) {
                return Some(("this is YAML, not JSON".to_owned(), Some(YAML)));
            }
            if is_toml(first) {
                let help = "TOML is read from files whose name ends in `.toml`";
                return Some(("this is TOML, not JSON".to_owned(), Some(help)));
            }
        }
        // `[table]` begins like a list; so does `-` like a number.
        if before == "[" && self.depth == 1 {
            let mut lines = lines(self.text);
            let (table, member) = (lines.next(), lines.next());
            if table.is_some_and(is_toml) && member.is_some_and(is_toml) {
                let help = "TOML is read from files whose name ends in `.toml`";
                return Some(("this is TOML, not JSON".to_owned(), Some(help)));
            }
        }
        if expected == Expected::Number && rest.starts_with("- ") {
            return Some(("this is a list of YAML, not JSON".to_owned(), Some(YAML)));
        }
        None
    }

    fn yaml_or_toml(&self) -> bool {
        let first = first_line(self.rest());
        self.text[..self.at].trim().is_empty() && (is_yaml(first) || is_toml(first))
    }

    /// A word, or what only begins like a number.
    fn word(&self, expected: Expected) -> Option<NamedProblem> {
        let rest = self.rest();
        let end = rest.find(|c: char| !in_word(c) && !matches!(c, '.' | '-' | '+' | '$' | '@'));
        let word = &rest[..end.unwrap_or(rest.len())];
        if word.is_empty() || expected == Expected::Letter {
            return None;
        }
        let shown: String = word.chars().take(40).collect();
        let bare = word.trim_start_matches(['-', '+']);
        let lower = bare.to_ascii_lowercase();
        let said = |what: String, help: &'static str| Some((what, Some(help)));
        match expected {
            Expected::Name => said(format!("the name `{shown}` has no quotes"), QUOTES),
            Expected::Value | Expected::Number => match lower.as_str() {
                "nan" | "infinity" | "inf" => said(
                    format!("`{shown}` is not a number of JSON"),
                    "write a number, or null",
                ),
                "none" | "nil" | "undefined" | "null" => said(
                    format!("`{shown}` is not a value of JSON"),
                    "it is written null",
                ),
                "true" | "yes" | "on" => said(
                    format!("`{shown}` is not a value of JSON"),
                    "it is written true",
                ),
                "false" | "no" | "off" => said(
                    format!("`{shown}` is not a value of JSON"),
                    "it is written false",
                ),
                _ if word.starts_with(['+', '.'])
                    && bare.starts_with(|c: char| c.is_ascii_digit() || c == '.') =>
                {
                    said(
                        format!("`{shown}` is not a number of JSON"),
                        "a number begins with a digit or `-`",
                    )
                }
                _ if bare.starts_with(|c: char| c.is_ascii_digit()) => number(&shown, bare),
                _ => said(format!("`{shown}` has no quotes"), QUOTES),
            },
            _ => None,
        }
    }

    /// The problem for any sign that the other checks do not know, by what JSON expects there.
    fn sign(&self, expected: Expected) -> NamedProblem {
        let letter = self.rest().chars().next().unwrap_or(' ');
        let value =
            letter == '"' || letter == '{' || letter == '[' || in_word(letter) || letter == '-';
        let said = |what: &str, help: &'static str| (what.to_owned(), Some(help));
        match (expected, letter) {
            (Expected::End, '}' | ']') => (format!("one `{letter}` too many"), None),
            (Expected::End, ':') => {
                said("a member outside of an object", "put `{` and `}` around it")
            }
            (Expected::End, ',') => said(
                "a comma after the end",
                "one document is read, an object or a list",
            ),
            (Expected::End, _) if value => said(
                "a second document begins here",
                "one document is read, not several",
            ),
            (Expected::Comma { .. }, ';') => {
                said("a semicolon", "separate members and items with commas")
            }
            (Expected::Comma { object: true }, ']') => {
                said("`]` closes an object", "an object is closed by `}`")
            }
            (Expected::Comma { object: false }, '}') => {
                said("`}` closes a list", "a list is closed by `]`")
            }
            (Expected::Comma { object: false }, ':') => {
                said("a member outside of an object", "put `{` and `}` around it")
            }
            (Expected::Comma { .. }, _) if value => said(
                "a comma is missing in front of this",
                "put it after the previous value",
            ),
            (Expected::Colon, '=') => said("`=` after a name", "it is written `:`"),
            (Expected::Colon, _) => said(
                "a `:` is missing after the name",
                "a member is a name, `:` and a value",
            ),
            (Expected::Value, ',' | '}' | ']' | ':') => {
                (format!("a value is missing in front of `{letter}`"), None)
            }
            (Expected::Name, ',') => said("a comma too many", "take it out"),
            (expected, letter) => {
                let wanted = match expected {
                    Expected::Name => "a name in double quotes",
                    Expected::Comma { object: true } => "`,` or `}`",
                    Expected::Comma { object: false } => "`,` or `]`",
                    Expected::End => "the end",
                    Expected::Letter => "a letter",
                    _ => "a value",
                };
                (format!("`{letter}` where {wanted} is expected"), None)
            }
        }
    }
}

/// What begins with a digit and is not a number.
fn number(shown: &str, bare: &str) -> Option<NamedProblem> {
    let digits = bare.bytes().all(|byte| byte.is_ascii_digit());
    let help = match bare {
        _ if bare.starts_with('0') && digits => {
            "a number does not begin with 0; text needs double quotes"
        }
        _ if bare.starts_with("0x") || bare.starts_with("0X") => "numbers are decimal",
        _ if bare.ends_with('.') => "a digit must follow the decimal point",
        _ if bare.contains('_')
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_') =>
        {
            "a number has no `_`"
        }
        _ => "text needs double quotes",
    };
    Some((format!("`{shown}` is not a number of JSON"), Some(help)))
}

/// Whether nobody sees a character, or takes it for a space.
pub(super) fn is_invisible(letter: char) -> bool {
    let space = !letter.is_ascii() && letter.is_whitespace();
    space || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The first line that says something.
fn first_line(text: &str) -> &str {
    lines(text).next().unwrap_or_default()
}

/// The lines that say something: no comments, not empty.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `key: value`, `- item`, `---`, `%YAML`.
pub(super) fn is_yaml(line: &str) -> bool {
    if line.starts_with("---") || line.starts_with("- ") || line.starts_with("%YAML") {
        return true;
    }
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    is_key(key) && (value.is_empty() || value.starts_with(' '))
}

/// Whether a line can only be TOML: a `[table]` header or `key = value`.
fn is_toml(line: &str) -> bool {
    let bare = line.trim_start_matches('[').trim_end_matches(']');
    if line.starts_with('[') && line.ends_with(']') && is_key(bare) && !is_value(bare) {
        return true;
    }
    let key = line.split_once('=').map(|(key, _)| key.trim());
    key.is_some_and(is_key)
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| in_word(c) || matches!(c, '.' | '-'))
}

/// Whether a word could be an item of a list of JSON.
fn is_value(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        || matches!(word, "true" | "false" | "null")
}

/// Whether a character may be a part of a word.
pub(super) fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
