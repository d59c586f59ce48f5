//! Functions and closures as other languages write them.

use rhai::ParseErrorType;

use super::{Hint, Kind, ParseProblem, Rule};

pub(super) const RULES: &[Rule] = &[
    result_type,
    arrow,
    lambda,
    anonymous,
    word,
    parameter_type,
    parameter_default,
    no_parameters,
    no_body,
    inside_block,
    no_name,
];

const CLOSURE: &str = "write |x| … or || { … }";

/// `fn f() -> int { … }`
fn result_type(broken: &ParseProblem<'_>) -> Option<Hint> {
    let declared = broken.token(broken.statement());
    let declared = declared.is_some_and(|token| matches!(token.text, "fn" | "private"));
    if broken.text(0) != "->" || !declared || broken.text(-1) != ")" {
        return None;
    }
    let hint = broken.hint(0, "a function has no return type")?;
    Some(
        hint.label("remove it")
            .help("write fn name(parameters) { … }"),
    )
}

/// `() => { … }`, `(x) => x + 1`, `x => x + 1`, `() -> { … }`
fn arrow(broken: &ParseProblem<'_>) -> Option<Hint> {
    let arrow = broken.text(0);
    let misplaced = broken.unended()
        || broken.unseparated()
        || matches!(broken.error, ParseErrorType::BadInput(_));
    if !matches!(arrow, "=>" | "->") || !misplaced || broken.misses(",", "switch") {
        return None;
    }
    let (begin, parameters) = match (broken.kind(-1)?, broken.text(-1)) {
        (_, ")") => parameters(broken)?,
        (Kind::Word, name) if arrow == "=>" => (broken.at - 1, name.to_owned()),
        _ => return None,
    };
    // `a -> b` is not a closure: only behind `=`, `(`, `,` or `:` does one begin.
    let begins = begin.checked_sub(1).and_then(|before| broken.token(before));
    if begins.is_none_or(|before| !matches!(before.text, "=" | "(" | "," | ":")) {
        return None;
    }
    let hint = broken.hint_at(begin, format!("closures do not use `{arrow}`"))?;
    Some(hint.label(format!("write |{parameters}|")).help(CLOSURE))
}

/// The token where parameters in brackets begin that end before the unexpected one, and what they are.
fn parameters(broken: &ParseProblem<'_>) -> Option<(usize, String)> {
    let mut index = broken.at.checked_sub(2)?;
    let mut names = Vec::new();
    loop {
        let token = broken.token(index)?;
        match token.text {
            "(" => break,
            "," => {}
            name if token.kind == Kind::Word => names.insert(0, name),
            _ => return None,
        }
        index = index.checked_sub(1)?;
    }
    Some((index, names.join(", ")))
}

/// `lambda x: x + 1`
fn lambda(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.text(-1) != "lambda" {
        return None;
    }
    let name = broken.text(0);
    let hint = broken.hint(-1, "closures do not use `lambda`")?;
    Some(hint.label(format!("write |{name}|")).help(CLOSURE))
}

/// `function(x) { … }`, `fn() { … }` as a value
fn anonymous(broken: &ParseProblem<'_>) -> Option<Hint> {
    let is_word = |text: &str| matches!(text, "function" | "func" | "fn" | "fun");
    let value = matches!(broken.text(-1), "=" | "," | "(" | ":");
    if is_word(broken.text(0)) && broken.text(1) == "(" && value {
        let hint = broken.hint(0, format!("closures do not use `{}`", broken.text(0)))?;
        return Some(hint.label("write `||`").help(CLOSURE));
    }
    if broken.text(0) != "{" || broken.text(-1) != ")" {
        return None;
    }
    let (begin, names) = parameters(broken)?;
    let before = broken.token(begin.checked_sub(1)?)?.text;
    if !is_word(before) {
        return None;
    }
    let hint = broken.hint_at(begin - 1, format!("closures do not use `{before}`"))?;
    Some(hint.label(format!("write |{names}|")).help(CLOSURE))
}

/// `func f()`, `def f():`, `function f()`, `pub fn f()`, `async function f()`
fn word(broken: &ParseProblem<'_>) -> Option<Hint> {
    let start = broken.statement();
    let words: Vec<&str> = (start..start + 4)
        .map_while(|at| Some(broken.token(at)?.text))
        .collect();
    let marks = |word: &&&str| matches!(**word, "pub" | "public" | "async" | "static" | "export");
    let marked = words.iter().take_while(marks).count();
    let declares = *words.get(marked)?;
    let elsewhere = matches!(
        declares,
        "func" | "function" | "def" | "fun" | "sub" | "proc" | "defun"
    );
    let name = broken
        .token(start + marked + 1)
        .filter(|name| name.kind == Kind::Word)?;
    if !(elsewhere || marked > 0 && declares == "fn") || broken.at > start + marked + 1 {
        return None;
    }
    let wrong = words[0];
    let hint = broken.hint_at(
        start,
        format!("a function starts with `fn`, not with `{wrong}`"),
    )?;
    let help = format!("write fn {}(parameters) {{ … }}", name.text);
    Some(hint.label("write `fn`").help(help))
}

fn in_parameters(broken: &ParseProblem<'_>) -> bool {
    broken.misses(",", "parameters of function") || broken.misses(")", "parameters")
}

/// `fn f(a: int)`, `fn f(int a)`
fn parameter_type(broken: &ParseProblem<'_>) -> Option<Hint> {
    let words = broken.kind(-1) == Some(Kind::Word) && broken.kind(0) == Some(Kind::Word);
    if !in_parameters(broken) || !(matches!(broken.text(0), ":" | "<") || words && !broken.first(0))
    {
        return None;
    }
    let at = if words { -1 } else { 0 };
    let hint = broken.hint(at, "function parameters have no types")?;
    Some(
        hint.label("remove it")
            .help("write fn name(one, two) { … }"),
    )
}

/// Recognizes a default in a parameter list: `fn f(a = 1)`.
fn parameter_default(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !in_parameters(broken) || broken.text(0) != "=" {
        return None;
    }
    let hint = broken.hint(0, "function parameters have no default values")?;
    let help = "take a map and read it with `options`, which fills in defaults";
    Some(hint.label("remove it").help(help))
}

/// `fn f { … }`, `fn my-func() { … }`
fn no_parameters(broken: &ParseProblem<'_>) -> Option<Hint> {
    let ParseErrorType::FnMissingParams(name) = broken.error else {
        return None;
    };
    if broken.text(0) == "-" {
        let whole = format!("{name}_{}", broken.text(1));
        return Some(
            broken
                .hint(-1, "a name cannot contain `-`")?
                .label(format!("write {whole}")),
        );
    }
    let hint = broken.hint(-1, format!("function `{name}` has no parameter list"))?;
    Some(hint.label(format!("write {name}()")))
}

/// `fn f(a) = a + 1`, `fn f(a) return a;`
fn no_body(broken: &ParseProblem<'_>) -> Option<Hint> {
    let ParseErrorType::FnMissingBody(name) = broken.error else {
        return None;
    };
    if broken.text(0) == ":" {
        return None;
    }
    let hint = broken.hint(0, format!("function `{name}` has no body"))?;
    Some(
        hint.label("add `{` before it")
            .help(format!("write fn {name}(…) {{ … }}")),
    )
}

/// A function inside of a block, or behind a `{` that is not closed.
fn inside_block(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !matches!(broken.error, ParseErrorType::WrongFnDefinition) {
        return None;
    }
    let hint = broken.hint(0, "a function cannot be defined inside a block")?;
    let outer = broken.open.first().and_then(|open| broken.token(*open));
    Some(match (broken.near(0)?.column, outer) {
        (1, Some(open)) => hint.label("inside a block").help(format!(
            "the `{{` at {}:{} is still open: close it before this line",
            open.line, open.column
        )),
        _ => hint
            .label("move it out")
            .help("or write a closure: let name = |x| …;"),
    })
}

/// `fn () { … }`
fn no_name(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !matches!(broken.error, ParseErrorType::FnMissingName) {
        return None;
    }
    let hint = broken.hint(0, "this function has no name")?;
    Some(
        hint.label("expected a name")
            .help("write fn name(parameters) { … }; without a name, |x| …"),
    )
}
