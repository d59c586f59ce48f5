//! Maps: pasted JSON, `=` for `:`, and what stands for a member.

use rhai::ParseErrorType;

use super::brackets::begins_statement;
use super::{Hint, Kind, ParseProblem, Rule};

pub(super) const RULES: &[Rule] = &[
    json,
    another_sign,
    semicolon,
    spread,
    dashed,
    short,
    two_commas,
    named_arguments,
];

/// `{ "a": 1 }`, `{ a: 1 }`
fn json(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (index, open) = broken.inside()?;
    let name = matches!(broken.kind(-1)?, Kind::Word | Kind::Text | Kind::Quoted);
    if open != "{"
        || index + 2 != broken.at
        || !name
        || !matches!(broken.text(0), ":" | "=>")
        || !broken.unended()
    {
        return None;
    }
    let hint = broken.hint_at(index, "a map starts with `#{`")?;
    Some(hint.label("write `#{`").help(format!(
        "`{{ … }}` is a block of statements; a map is written #{{ {}: … }}",
        broken.text(-1)
    )))
}

fn of_map(broken: &ParseProblem<'_>) -> bool {
    broken.misses(":", "in this object map literal")
}

/// `#{ a = 1 }`, `#{ a => 1 }`
fn another_sign(broken: &ParseProblem<'_>) -> Option<Hint> {
    let sign = broken.text(0);
    if !of_map(broken) || !matches!(sign, "=" | "=>" | ":=" | "->" | "==" | "::") {
        return None;
    }
    let hint = broken.hint(
        0,
        format!("a map member is written `name: value`, not with `{sign}`"),
    )?;
    Some(
        hint.label("use `:`")
            .help(format!("inside `#{{ }}`, write {}: …", broken.text(-1))),
    )
}

/// `#{ a: 1; b: 2 }`
fn semicolon(broken: &ParseProblem<'_>) -> Option<Hint> {
    let follows = broken.text(2) == ":" && !begins_statement(broken.text(1));
    let ends = broken.text(1) == "}";
    if broken.text(0) != ";" || broken.inside()?.1 != "#{" || !(follows || ends) {
        return None;
    }
    let hint = broken.hint(0, "map members are separated by `,`, not by `;`")?;
    Some(hint.label("use `,`"))
}

/// `#{ ...other, a: 1 }`, `[...list]`, `f(...args)`
fn spread(broken: &ParseProblem<'_>) -> Option<Hint> {
    let dots = matches!(broken.text(0), "..." | "..");
    let stars = broken.text(0) == "*" && broken.text(1) == "*";
    if !dots && !stars {
        return None;
    }
    let (_, open) = broken.inside()?;
    let (message, help) = match open {
        "#{" => (
            "there is no spread operator for maps",
            "add them: `one + #{ more: 1 }`; the right one wins",
        ),
        "[" => (
            "there is no spread operator for lists",
            "add them: `one + [more]`",
        ),
        _ if broken.text(0) == "..." => (
            "there is no spread operator for arguments",
            "a function takes exactly the arguments that it declares; pass a list",
        ),
        _ => return None,
    };
    Some(broken.hint(0, message)?.label("not supported").help(help))
}

/// Recognizes a map key that needs quotes: `#{ health-check: 1 }`.
fn dashed(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !of_map(broken)
        || !matches!(broken.text(0), "-" | "." | "/")
        || broken.kind(-1) != Some(Kind::Word)
    {
        return None;
    }
    let sign = broken.text(0);
    let hint = broken.hint(-1, format!("a member name with `{sign}` needs quotes"))?;
    let name = format!("{}{sign}{}", broken.text(-1), broken.text(1));
    Some(hint.label(format!("write \"{name}\": …")))
}

/// `#{ name, other: 1 }`
fn short(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !of_map(broken) || !matches!(broken.text(0), "," | "}") {
        return None;
    }
    let name = broken.text(-1);
    let hint = broken.hint(-1, format!("map member `{name}` has no value"))?;
    Some(hint.label(format!("write {name}: {name}, or another value")))
}

/// `#{ a: 1,, b: 2 }`, `[1, , 2]`, `f(a,, b)`
fn two_commas(broken: &ParseProblem<'_>) -> Option<Hint> {
    let refused = matches!(
        broken.error,
        ParseErrorType::PropertyExpected | ParseErrorType::BadInput(_)
    );
    if !refused || broken.text(0) != "," || !matches!(broken.text(-1), "," | "[" | "(" | "#{") {
        return None;
    }
    let hint = broken.hint(0, "nothing comes before this `,`")?;
    Some(hint.label("remove it, or add what is missing before it"))
}

/// `f(cluster: "a")`, `f(cluster = "a")`
fn named_arguments(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (index, open) = broken.inside()?;
    let sign = broken.text(0);
    let called = index.checked_sub(1).and_then(|before| broken.token(before));
    let name = called.filter(|token| token.kind == Kind::Word)?.text;
    if open != "("
        || !matches!(sign, ":" | "=")
        || broken.kind(-1) != Some(Kind::Word)
        || !broken.misses(",", "arguments")
    {
        return None;
    }
    let hint = broken.hint(-1, "named arguments are not supported")?;
    Some(hint.label("use a map").help(format!(
        "write {name}(#{{ {}: … }}) if it takes a map; otherwise pass the values in order",
        broken.text(-1)
    )))
}
