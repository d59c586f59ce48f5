//! Declarations, and names that the language keeps for itself.

use rhai::ParseErrorType;

use super::{Hint, Kind, ParseProblem, Rule};

pub(super) const RULES: &[Rule] = &[
    print_word,
    reserved_value,
    reserved_word,
    reserved_name,
    typed,
    declared_name,
    several,
    pattern,
    no_value,
];

fn reserved<'t>(broken: &ParseProblem<'t>) -> Option<&'t str> {
    match broken.error {
        ParseErrorType::Reserved(word) if word == broken.text(0) => Some(broken.text(0)),
        _ => None,
    }
}

/// Whether a name is given at the unexpected token.
fn names_something(broken: &ParseProblem<'_>) -> bool {
    let declares = matches!(broken.text(-1), "let" | "const" | "fn" | "as" | "for" | "|");
    let parameter = matches!(broken.text(-1), "(" | ",")
        && broken
            .token(broken.statement())
            .is_some_and(|t| matches!(t.text, "fn" | "private"));
    declares || parameter
}

/// Recognizes a call of `print`, `debug` or `exit` without parentheses: `print "x"`.
fn print_word(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = reserved(broken)?;
    if !matches!(word, "print" | "debug" | "exit")
        || broken.text(1) == "("
        || names_something(broken)
    {
        return None;
    }
    let hint = broken.hint(0, format!("the argument of `{word}` needs parentheses"))?;
    Some(hint.label(format!("write {word}(…)")))
}

/// Recognizes other languages' names for nothing: `null`, `nil`, `undefined`.
fn reserved_value(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = reserved(broken)?;
    if !matches!(word, "null" | "nil" | "void" | "undefined") || names_something(broken) {
        return None;
    }
    let hint = broken.hint(0, format!("there is no `{word}`"))?;
    Some(
        hint.label("write `()`")
            .help("`()` means no value; .or(…) gives a parameter its default"),
    )
}

/// Words that do something elsewhere.
fn reserved_word(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = reserved(broken)?;
    let member = matches!(broken.text(-1), "." | "?.")
        || broken.text(1) == ":" && broken.inside().is_some_and(|(_, open)| open == "#{");
    if names_something(broken) || member {
        return None;
    }
    let (message, label, help) = match word {
        "var" if broken.text(-1) == "::" => return None,
        "var" => (
            "variables are declared with `let`, not with `var`",
            "write `let`",
            "let name = value;",
        ),
        "new" if broken.text(-1) == "throw" => (
            "`throw` takes a value, without `new`",
            "remove it",
            "throw \"what went wrong\"; or fail(#{ code: \"…\", message: \"…\", hint: \"…\" })",
        ),
        "new" => (
            "there is no `new`",
            "remove it",
            "a map is written #{ … }, a list [ … ]",
        ),
        "async" | "await" => (
            "calls are awaited automatically",
            "remove it",
            "to run calls at the same time: parallel([|| …, || …])",
        ),
        "match" | "case" => (
            "use `switch`, not `match`",
            "write `switch`",
            "switch value { 1 => …, 2 => …, _ => … }",
        ),
        "public" | "static" | "protected" => (
            "functions are public by default",
            "remove it",
            "`private fn` is for functions of this file only",
        ),
        "use" | "package" | "module" => (
            "modules are brought in with `import`",
            "write import \"std/NAME\" as NAME;",
            "`deployer stdlib list` lists them",
        ),
        "with" => (
            "there is no `with`",
            "not supported",
            "finally(\"label\", |ended| { … }) cleans up at the end",
        ),
        "exit" => (
            "`exit` is not a statement",
            "write finish(\"why\");",
            "use `throw` or `fail` to fail",
        ),
        "sync" | "thread" | "go" | "spawn" | "yield" => (
            "scripts cannot start threads",
            "not supported",
            "to run calls at the same time: parallel([|| …, || …])",
        ),
        "@" => (
            "unexpected `@`",
            "remove it",
            "names consist of letters, digits and `_`; text needs quotes",
        ),
        "default" if broken.text(1) == "(" => (
            "defaults are given with `.or(…)`",
            "write .or(…)",
            "version: text(\"image tag\").or(\"latest\")",
        ),
        _ => return None,
    };
    Some(broken.hint(0, message)?.label(label).help(help))
}

/// `let default = 1;`, `#{ default: 1 }`, `map.default`
fn reserved_name(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = reserved(broken)?;
    if !word.starts_with(char::is_alphabetic) || broken.text(-1) == "::" {
        return None;
    }
    let hint = broken.hint(
        0,
        format!("`{word}` is a reserved word and cannot be a name"),
    )?;
    Some(match (broken.text(-1), broken.text(1)) {
        ("." | "?.", _) => hint.label(format!("write [\"{word}\"], without the dot")),
        (_, ":") => hint
            .label(format!("write \"{word}\": …"))
            .help("in quotes, any text can be the name of a member"),
        _ => hint
            .label("choose another name")
            .help(format!("for example {word}_value")),
    })
}

/// `int x = 1;`, `local x = 1;`, `my $x = 1`, `let mut x = 1;`
fn typed(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = broken.text(-1);
    if broken.kind(0) != Some(Kind::Word) || broken.first(0) || !broken.unended() {
        return None;
    }
    if word == "mut" && broken.text(-2) == "let" {
        let hint = broken.hint(-1, "variables are mutable")?;
        return Some(hint.label("remove it").help("`const` declares a constant"));
    }
    let assigned = matches!(broken.text(1), "=" | ";" | ":=");
    let of_type = matches!(
        word,
        "int"
            | "integer"
            | "float"
            | "double"
            | "string"
            | "str"
            | "bool"
            | "boolean"
            | "char"
            | "auto"
            | "list"
            | "map"
            | "text"
            | "local"
            | "my"
            | "our"
            | "dim"
            | "val"
            | "set"
            | "declare"
            | "final"
            | "readonly"
    );
    if !assigned || !of_type || broken.at != broken.statement() + 1 {
        return None;
    }
    let hint = broken.hint(
        -1,
        format!("variables are declared with `let`, not with `{word}`"),
    )?;
    Some(
        hint.label("write `let`")
            .help(format!("let {} = value;", broken.text(0))),
    )
}

/// `let x: int = 1;`, `let my-name = 1;`, `let x 5;`, `let 2x = 1;`
fn declared_name(broken: &ParseProblem<'_>) -> Option<Hint> {
    let declares = |offset| matches!(broken.text(offset), "let" | "const");
    if matches!(broken.error, ParseErrorType::VariableExpected) && declares(-1) {
        return match broken.kind(0)? {
            Kind::Number => Some(
                broken
                    .hint(0, "a name must start with a letter")?
                    .label("choose another name"),
            ),
            Kind::Text => Some(
                broken
                    .hint(0, "a name has no quotes")?
                    .label("remove the quotes"),
            ),
            Kind::Word => {
                let hint = broken.hint(
                    0,
                    format!("`{}` is a keyword and cannot be a name", broken.text(0)),
                )?;
                Some(hint.label("choose another name"))
            }
            _ => None,
        };
    }
    if !declares(-2) || !broken.unended() || broken.first(0) {
        return None;
    }
    let name = broken.text(-1);
    match (broken.text(0), broken.kind(0)?) {
        (":", _) => {
            let hint = broken.hint(0, "variables have no type")?;
            let hint = hint.label("remove it");
            Some(match broken.text(-2) {
                word @ ("let" | "const") => hint.help(format!("{word} {name} = value;")),
                _ => hint,
            })
        }
        ("-", _) if broken.adjacent(0) => {
            let whole = format!("{name}_{}", broken.text(1));
            Some(
                broken
                    .hint(-1, "a name cannot contain `-`")?
                    .label(format!("write {whole}")),
            )
        }
        (value, Kind::Word | Kind::Number | Kind::Text | Kind::Template) => {
            let hint = broken.hint(0, format!("missing `=` between `{name}` and its value"))?;
            Some(
                hint.label("add `=` before it")
                    .help(format!("let {name} = {value};")),
            )
        }
        _ => None,
    }
}

/// `let a, b = 1, 2;`
fn several(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.text(0) != "," || !matches!(broken.text(-2), "let" | "const") {
        return None;
    }
    let hint = broken.hint(0, "`let` declares one variable at a time")?;
    Some(
        hint.label("end the statement here")
            .help("write let … = …; for each"),
    )
}

/// `let [a, b] = …`, `let { a, b } = …`
fn pattern(broken: &ParseProblem<'_>) -> Option<Hint> {
    let sign = broken.text(0);
    let expected = matches!(broken.error, ParseErrorType::VariableExpected);
    if !expected
        || !matches!(broken.text(-1), "let" | "const")
        || !matches!(sign, "[" | "{" | "#{" | "(")
    {
        return None;
    }
    let hint = broken.hint(0, "`let` takes one name: there is no destructuring")?;
    let help = match sign {
        "[" | "(" => "take the items one by one: let first = list[0];",
        _ => "take the members one by one: let name = map.name;",
    };
    Some(hint.label("expected a name").help(help))
}

/// `export X=1`, `VERSION=1 …`, `x: 5`
fn no_value(broken: &ParseProblem<'_>) -> Option<Hint> {
    let start = broken.statement();
    if broken.text(0) == "=" && broken.at == start + 2 && broken.text(-2) == "export" {
        let hint = broken.hint_at(start, "scripts cannot set environment variables")?;
        return Some(
            hint.label("write `let`")
                .help("process::run(…, …, #{ env: … }) sets them for a process"),
        );
    }
    if broken.text(0) != ":"
        || broken.at != start + 1
        || broken.kind(-1) != Some(Kind::Word)
        || !broken.unended()
    {
        return None;
    }
    let name = broken.text(-1);
    let hint = broken.hint(0, "a variable is assigned with `=`, not with `:`")?;
    Some(hint.label("write `=`").help(format!(
        "let {name} = value; members of a map have `:`: #{{ {name}: value }}"
    )))
}
