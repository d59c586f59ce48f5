//! Texts, numbers, comments: how they are written elsewhere, and how here.

use rhai::{LexError, ParseErrorType};

use super::{Hint, Kind, ParseProblem, Rule, shown};

pub(super) const RULES: &[Rule] = &[
    comment,
    interpreter,
    triple,
    single,
    typographic,
    prefixed,
    dollar,
    open_text,
    escape,
    quote_inside,
    two_texts,
    dot_joins,
    unit,
    percent,
    thousands,
    version,
];

const BACKTICKS: &str = "backticks insert values: `Deploy ${version}`";

/// `# comment`, `-- comment`, `<!-- … -->`
fn comment(broken: &ParseProblem<'_>) -> Option<Hint> {
    let mark = broken.text(0);
    let hash = mark == "#"
        && matches!(
            broken.error,
            ParseErrorType::Reserved(_) | ParseErrorType::BadInput(_)
        );
    let dashes = mark == "--" && broken.first(0) && !broken.adjacent(1);
    if !hash && !dashes && mark != "<!--" {
        return None;
    }
    let hint = broken.hint(0, format!("a comment starts with `//`, not with `{mark}`"))?;
    Some(
        hint.label("write `//`")
            .help("a comment goes to the end of its line"),
    )
}

/// Recognizes an interpreter line: `#!/usr/bin/env …`.
fn interpreter(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.text(0) != "#!" {
        return None;
    }
    let hint = broken.hint(0, "a pipeline cannot start with `#!`")?;
    Some(
        hint.label("remove this line")
            .help("run it with `deployer run FILE`; comments start with //"),
    )
}

/// Recognizes text in triple quotes: `'''…'''`, `"""…"""`.
fn triple(broken: &ParseProblem<'_>) -> Option<Hint> {
    let empty = |offset| matches!(broken.text(offset), "''" | "\"\"");
    let next = broken.adjacent(1) && matches!(broken.kind(1), Some(Kind::Quoted | Kind::Text));
    let before = broken.adjacent(0) && matches!(broken.kind(0), Some(Kind::Quoted | Kind::Text));
    let at = match (empty(0) && next, empty(-1) && before) {
        (true, _) => 0,
        (_, true) => -1,
        _ => return None,
    };
    let hint = broken.hint(at, "text in triple quotes is not supported")?;
    Some(
        hint.label("use backticks")
            .help("use backticks for text of several lines: `…`"),
    )
}

/// Recognizes text in single quotes: `'Smoke'`.
fn single(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (0, Some(Kind::Quoted)) = (0, broken.kind(0)) else {
        return None;
    };
    if !matches!(broken.error, ParseErrorType::BadInput(_)) {
        return None;
    }
    let text = broken.text(0).trim_matches('\'');
    if broken.adjacent(0) && matches!(broken.text(-1), "f" | "r" | "b" | "F") {
        let hint = broken.hint(-1, format!("`{}'…'` is not supported", broken.text(-1)))?;
        return Some(hint.label("use backticks").help(BACKTICKS));
    }
    let hint = broken.hint(0, "text needs double quotes, not single quotes")?;
    Some(hint.label(format!("write \"{}\"", shown(&text.replace('"', "\\\"")))))
}

/// Recognizes typographic quotation marks: `“x”`.
fn typographic(broken: &ParseProblem<'_>) -> Option<Hint> {
    let mark = broken.text(0);
    if !matches!(mark, "“" | "”" | "„" | "‘" | "’" | "«" | "»") {
        return None;
    }
    let hint = broken.hint(0, format!("`{mark}` is a typographic quotation mark"))?;
    Some(
        hint.label("write `\"`")
            .help("text needs straight double quotes"),
    )
}

/// Recognizes prefixed strings of other languages: `f"x {y}"`, `r"…"`, `$"…"`.
fn prefixed(broken: &ParseProblem<'_>) -> Option<Hint> {
    let text = |offset| matches!(broken.kind(offset), Some(Kind::Text | Kind::Template));
    if broken.text(0) == "$" && text(1) && broken.adjacent(1) {
        return Some(
            broken
                .hint(0, "`$\"…\"` is not supported")?
                .label("use backticks")
                .help(BACKTICKS),
        );
    }
    let prefix = broken.text(-1);
    if !text(0) || !broken.adjacent(0) || broken.kind(-1) != Some(Kind::Word) || prefix.len() > 2 {
        return None;
    }
    let hint = broken.hint(-1, format!("`{prefix}\"…\"` is not supported"))?;
    Some(match prefix {
        "r" | "R" => hint
            .label("remove it")
            .help("in backticks, `\\` needs no escape"),
        _ => hint.label("use backticks").help(BACKTICKS),
    })
}

/// Recognizes variables as a shell writes them: `$version`, `${version}`.
fn dollar(broken: &ParseProblem<'_>) -> Option<Hint> {
    let at = match (broken.text(0), broken.text(-1)) {
        ("$", _) => 0,
        (_, "$") => -1,
        _ => return None,
    };
    let name = [1, 2].map(|n| broken.text(at + n));
    let name = if name[0] == "{" { name[1] } else { name[0] };
    let hint = broken.hint(at, "a variable name cannot start with `$`")?;
    let hint = match broken.near(at + 1).map(|next| next.kind) {
        Some(Kind::Word) | Some(Kind::Sign) if !name.is_empty() => {
            hint.label(format!("write {name}"))
        }
        _ => hint.label("remove `$`"),
    };
    Some(hint.help(format!(
        "environment values come in as parameters; `${{…}}` inserts a value into text in backticks: `v${{{}}}`",
        if name.is_empty() { "version" } else { name }
    )))
}

/// Recognizes text that is not closed: `"abc`, `` `abc ``.
fn open_text(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !matches!(
        broken.error,
        ParseErrorType::BadInput(LexError::UnterminatedString)
    ) {
        return None;
    }
    let hint = broken
        .hint(0, "this text is never closed")?
        .label("opened here");
    Some(match broken.kind(0)? {
        Kind::Template => hint.help("close it with a backtick"),
        _ => hint.help(
            "close it with `\"` on the same line, or use backticks for text of several lines",
        ),
    })
}

/// Recognizes an escape that does not exist in double quotes: `"\d"`.
fn escape(broken: &ParseProblem<'_>) -> Option<Hint> {
    let ParseErrorType::BadInput(LexError::MalformedEscapeSequence(sequence)) = broken.error else {
        return None;
    };
    let hint = broken.hint(
        0,
        format!("`{sequence}` is not an escape that text in double quotes knows"),
    )?;
    Some(
        hint.label(format!("write `\\{sequence}`"))
            .help("or use backticks, where `\\` needs no escape"),
    )
}

fn is_text(broken: &ParseProblem<'_>, offset: isize) -> bool {
    matches!(broken.kind(offset), Some(Kind::Text | Kind::Template))
}

/// Recognizes a quotation mark inside a text: `"say "hi" now"`.
fn quote_inside(broken: &ParseProblem<'_>) -> Option<Hint> {
    let runs_on = is_text(broken, -1)
        && broken.adjacent(0)
        && matches!(broken.kind(0), Some(Kind::Word | Kind::Number));
    if !runs_on || !(broken.unended() || broken.unseparated()) {
        return None;
    }
    let hint = broken.hint(0, "the text ends before this word")?;
    Some(
        hint.label("outside the text")
            .help("write \\\" for a quote inside the text, or use backticks"),
    )
}

/// Recognizes two values side by side, without an operator: `"x" "y"`, `"x" name`.
fn two_texts(broken: &ParseProblem<'_>) -> Option<Hint> {
    let two = is_text(broken, -1)
        && (is_text(broken, 0) || broken.kind(0) == Some(Kind::Word) && !broken.unseparated());
    let step = broken.text(-2) == "step";
    let word = matches!(
        broken.text(0),
        "if" | "else" | "for" | "and" | "or" | "in" | "is" | "then" | "do" | "as" | "not"
    );
    if !two || step || word || broken.first(0) || !broken.unended() {
        return None;
    }
    let hint = broken.hint(0, "missing operator between two texts")?;
    Some(
        hint.label("add `+` before it")
            .help("join texts with `+` or in backticks: `one ${two}`"),
    )
}

/// Recognizes texts that are joined with a dot: `"a" . "b"`.
fn dot_joins(broken: &ParseProblem<'_>) -> Option<Hint> {
    let text = is_text(broken, 0) || is_text(broken, -2) && !broken.adjacent(-1);
    if !matches!(broken.error, ParseErrorType::PropertyExpected) || broken.text(-1) != "." || !text
    {
        return None;
    }
    let hint = broken.hint(-1, "texts are joined with `+`, not with `.`")?;
    Some(
        hint.label("write `+`")
            .help("or in backticks: `one ${two}`"),
    )
}

/// Recognizes a number with a unit: `5m`, `10MB`.
fn unit(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.kind(-1) != Some(Kind::Number)
        || broken.kind(0) != Some(Kind::Word)
        || !broken.adjacent(0)
    {
        return None;
    }
    let (number, unit) = (broken.text(-1), broken.text(0));
    let hint = match unit {
        "s" | "m" | "h" | "d" | "ms" | "min" | "sec" => {
            broken.hint(-1, "a duration must be text")?
        }
        _ => broken.hint(-1, "a number cannot have a unit")?,
    };
    Some(
        hint.label(format!("write \"{number}{unit}\""))
            .help("put values with a unit in double quotes"),
    )
}

/// Recognizes a percentage: `5%`.
fn percent(broken: &ParseProblem<'_>) -> Option<Hint> {
    let percent =
        broken.text(-1) == "%" && broken.adjacent(-1) && broken.kind(-2) == Some(Kind::Number);
    if !percent || !matches!(broken.text(0), ";" | "," | ")" | "}" | "]") {
        return None;
    }
    let number = broken.text(-2);
    Some(
        broken
            .hint(-2, "a percentage must be text")?
            .label(format!("write \"{number}%\"")),
    )
}

/// Recognizes a comma between thousands: `1,000`.
fn thousands(broken: &ParseProblem<'_>) -> Option<Hint> {
    let comma = broken.text(0) == ","
        && broken.adjacent(0)
        && broken.adjacent(1)
        && broken.text(1).len() == 3;
    let numbers = broken.kind(-1) == Some(Kind::Number) && broken.kind(1) == Some(Kind::Number);
    if !comma || !numbers || !broken.unended() {
        return None;
    }
    let hint = broken.hint(0, "a number cannot contain `,`")?;
    Some(
        hint.label("remove it")
            .help(format!("or write {}_{}", broken.text(-1), broken.text(1))),
    )
}

/// Recognizes a version without quotes: `1.2.3`.
fn version(broken: &ParseProblem<'_>) -> Option<Hint> {
    let dot = matches!(broken.error, ParseErrorType::PropertyExpected) && broken.text(-1) == ".";
    if !dot || broken.kind(0) != Some(Kind::Number) || broken.kind(-2) != Some(Kind::Number) {
        return None;
    }
    let version = format!("{}.{}", broken.text(-2), broken.text(0));
    Some(
        broken
            .hint(-2, "a version must be text")?
            .label(format!("write \"{version}\"")),
    )
}
