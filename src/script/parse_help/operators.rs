//! Operators of other languages.

use rhai::ParseErrorType;

use super::{Hint, Kind, ParseProblem, Rule};

pub(super) const RULES: &[Rule] = &[
    increment,
    ternary,
    assigned_condition,
    compared_assignment,
    sign,
    module_path,
    operator_word,
    not_word,
    value_missing,
];

/// Recognizes increments and decrements: `i++`, `--i`.
fn increment(broken: &ParseProblem<'_>) -> Option<Hint> {
    let sign = broken.text(0);
    if !matches!(sign, "++" | "--")
        || !matches!(
            broken.error,
            ParseErrorType::UnknownOperator(_) | ParseErrorType::Reserved(_)
        )
    {
        return None;
    }
    let name = match broken.adjacent(0) {
        true => broken.text(-1),
        false => broken.text(1),
    };
    let by = &sign[..1];
    let hint = broken.hint(0, format!("there is no operator `{sign}`"))?;
    Some(hint.label(format!("write {name} {by}= 1")))
}

/// `c ? a : b`
fn ternary(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !matches!(broken.error, ParseErrorType::UnknownOperator(sign) if sign.starts_with('?')) {
        return None;
    }
    let hint = broken.hint(0, "there is no operator `? :`")?;
    let help = match broken.text(1) {
        ":" => "`??` replaces (): a ?? b",
        _ => "`if` is an expression: if condition { one } else { other }",
    };
    Some(hint.label("write `if`").help(help))
}

/// `if x = 1`, `while (x = 1)`
fn assigned_condition(broken: &ParseProblem<'_>) -> Option<Hint> {
    let begins = |index: usize| {
        broken
            .token(index)
            .is_some_and(|token| matches!(token.text, "if" | "while" | "until"))
    };
    let bracket = broken
        .inside()
        .is_some_and(|(open, text)| text == "(" && open > 0 && begins(open - 1));
    let typo = broken.says().contains("typo of '=='");
    if broken.text(0) == "=~" {
        let hint = broken.hint(0, "there is no operator `=~`")?;
        return Some(
            hint.label("not supported")
                .help("text has .contains(…), .starts_with(…), .ends_with(…)"),
        );
    }
    if broken.text(0) != "=" || !(typo || bracket && broken.misses(")", "")) {
        return None;
    }
    let hint = broken.hint(0, "`=` assigns; it does not compare")?;
    Some(hint.label("write `==`"))
}

/// Recognizes a declaration with the wrong sign: `let a == 1;`.
fn compared_assignment(broken: &ParseProblem<'_>) -> Option<Hint> {
    let declares = matches!(broken.text(-2), "let" | "const");
    if !declares || !matches!(broken.text(0), "==" | "===" | ":=" | "=>" | "<-") {
        return None;
    }
    let hint = broken.hint(0, format!("assign with `=`, not with `{}`", broken.text(0)))?;
    Some(hint.label("write `=`"))
}

/// Signs that say the same as one that is known.
fn sign(broken: &ParseProblem<'_>) -> Option<Hint> {
    let adjacent = broken.adjacent(0);
    let (offset, sign, instead) = match (broken.text(-1), broken.text(0)) {
        (_, "===") => (0, "===", "`==`"),
        (_, "!==") => (0, "!==", "`!=`"),
        (_, "<>") => (0, "<>", "`!=`"),
        ("<>", _) => (-1, "<>", "`!=`"),
        (_, "<=>") => (0, "<=>", "`<`, `==` or `>`"),
        (_, ":=") => (0, ":=", "`let name = …`, or `=` where it is declared"),
        (_, "&&=") => (0, "&&=", "`a = a && b`"),
        (_, "||=") => (0, "||=", "`a = a || b`"),
        (_, "??=") => (0, "??=", "`a = a ?? b`"),
        (_, "|>") => (0, "|>", "`.`, as in text.trim()"),
        ("=", "=") => (0, "= =", "`==`, without a space, or one `=`"),
        ("!", "=") if !adjacent => (0, "=", "`!=`, without a space"),
        (_, "~") => (0, "~", "`!`"),
        (_, "->") => (0, "->", "`.` for a member, `=>` in a `switch`"),
        _ => return None,
    };
    let hint = broken.hint(offset, format!("there is no operator `{sign}`"))?;
    Some(hint.label(format!("write {instead}")))
}

/// Recognizes a path with one colon or an unquoted import: `ecs:update_service(…)`, `import std::service;`.
fn module_path(broken: &ParseProblem<'_>) -> Option<Hint> {
    let single =
        broken.text(0) == ":" && broken.adjacent(0) && broken.adjacent(1) && broken.text(2) == "(";
    let words = broken.kind(-1) == Some(Kind::Word) && broken.kind(1) == Some(Kind::Word);
    if !single || !words {
        return None;
    }
    let name = format!("{}::{}", broken.text(-1), broken.text(1));
    let hint = broken.hint(0, "a module's function is called with `::`")?;
    Some(hint.label(format!("write {name}")))
}

/// `a and b`, `a is b`, `a not in b`, `x as int`
fn operator_word(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = broken.text(0);
    let behind_value = matches!(
        broken.kind(-1)?,
        Kind::Word | Kind::Number | Kind::Text | Kind::Template
    ) || matches!(broken.text(-1), ")" | "]");
    let misplaced = broken.unended() || broken.unseparated() || broken.blockless();
    if !behind_value
        || !misplaced
        || broken.kind(0) != Some(Kind::Word)
        || broken.first(0) && !matches!(word, "and" | "or")
    {
        return None;
    }
    if matches!(
        broken.text(-1),
        "step" | "let" | "const" | "fn" | "import" | "for" | "catch"
    ) {
        return None;
    }
    let statement = broken.token(broken.statement()).map(|token| token.text);
    if matches!(statement, Some("foreach" | "forall" | "for")) && word == "as" {
        return None;
    }
    let instead = match (word, broken.text(1)) {
        ("and" | "AND", _) => "`&&`",
        ("or" | "OR", _) => "`||`",
        ("not", "in") => "`!in`",
        ("is", "not") => "`!=`",
        ("is" | "eq" | "equals", _) => "`==`",
        ("ne" | "isnt", _) => "`!=`",
        ("lt", _) => "`<`",
        ("le", _) => "`<=`",
        ("gt", _) => "`>`",
        ("ge", _) => "`>=`",
        ("mod", _) => "`%`",
        ("div", _) => "`/`",
        ("contains" | "matches" | "like", _) => "`.contains(…)`",
        ("instanceof" | "typeof", _) => "`type_of(value) == \"map\"`",
        ("as", _)
            if broken.text(-2) != "import"
                && broken.token(broken.statement())?.text != "import" =>
        {
            "`.to_int()`, `.to_float()` or `.to_string()`"
        }
        ("if", _) => "`if condition { one } else { other }`",
        ("unless", _) => "`if !condition { … }`",
        ("for", _) if broken.inside().is_some_and(|(_, open)| open == "[") => "`list.map(|x| …)`",
        _ => return None,
    };
    let hint = broken.hint(0, format!("there is no operator `{word}`"))?;
    Some(hint.label(format!("write {instead}")))
}

/// Recognizes operators that are words in other languages: `not a`, `typeof a`.
fn not_word(broken: &ParseProblem<'_>) -> Option<Hint> {
    let misplaced = broken.unended() || broken.unseparated() || broken.blockless();
    let instead = match broken.text(-1) {
        "not" | "NOT" => "`!`",
        "typeof" => "`type_of(value)`",
        "await" => "nothing: calls are awaited automatically",
        _ => return None,
    };
    if !misplaced || broken.first(0) && broken.text(-1) != "not" {
        return None;
    }
    let hint = broken.hint(-1, format!("there is no operator `{}`", broken.text(-1)))?;
    Some(hint.label(format!("write {instead}")))
}

/// `let x = ;`, `1 + )`
fn value_missing(broken: &ParseProblem<'_>) -> Option<Hint> {
    let ends = matches!(broken.text(0), ";" | ")" | "]" | "}" | ",");
    let operator = matches!(
        broken.text(-1),
        "=" | "+"
            | "-"
            | "*"
            | "/"
            | "&&"
            | "||"
            | "=="
            | "!="
            | "<"
            | ">"
            | "<="
            | ">="
            | "??"
            | "+="
            | "-="
            | ":"
            | "=>"
            | "!"
            | "in"
    );
    let unexpected = matches!(
        broken.error,
        ParseErrorType::BadInput(_) | ParseErrorType::UnexpectedEOF
    );
    if !unexpected || !ends || !operator {
        return None;
    }
    let operator = broken.text(-1);
    let hint = broken.hint(0, format!("missing value after `{operator}`"))?;
    Some(hint.label("before this"))
}
