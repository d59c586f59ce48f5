//! `if`, `for`, `try`, `switch`, `step`: blocks as other languages write them.

use rhai::ParseErrorType;

use super::{Hint, Kind, ParseProblem, Rule};

pub(super) const RULES: &[Rule] = &[
    catch_variable,
    try_alone,
    counting,
    loop_word,
    step_call,
    step_name,
    step_colon,
    switch_case,
    switch_sign,
    else_if,
    colon,
    then,
    no_braces,
    alone,
    break_outside,
];

/// `catch (Exception e)`, `catch err { … }`
fn catch_variable(broken: &ParseProblem<'_>) -> Option<Hint> {
    let typed = broken.misses(")", "catch variable");
    let bare =
        broken.blockless() && broken.text(-1) == "catch" && broken.kind(0) == Some(Kind::Word);
    if !typed && !bare {
        return None;
    }
    let named =
        broken.kind(0) == Some(Kind::Word) && broken.text(0).starts_with(char::is_lowercase);
    let name = if named { broken.text(0) } else { "error" };
    let hint = match typed {
        true => broken.hint(-1, "`catch` takes one variable, without a type")?,
        false => broken.hint(0, "the variable of `catch` needs parentheses")?,
    };
    Some(
        hint.label(format!("write catch ({name})"))
            .help(format!("{name}.code tells what kind of fault it is")),
    )
}

/// `try { … } finally { … }`, `try { … } except { … }`
fn try_alone(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !broken.misses("catch", "") {
        return None;
    }
    match broken.text(0) {
        "finally" | "ensure" => {
            let hint = broken.hint(0, "`try` has no `finally`")?;
            Some(hint.label("`finally` is a function of its own").help(
                "write finally(\"label\", |ended| { … }); before the statements that may fail",
            ))
        }
        word @ ("except" | "rescue" | "onerror" | "trap" | "on" | "else") => {
            let hint = broken.hint(0, format!("use `catch`, not `{word}`"))?;
            Some(hint.label("write catch (error)"))
        }
        _ => {
            let hint = broken.hint_behind("`try` has no `catch`")?;
            Some(hint.label("add catch (error) { … }"))
        }
    }
}

/// `for (let i = 0; i < 3; i++)`, `for (x in xs)`, `for let x in xs`, `for x of xs`, `foreach …`
fn counting(broken: &ParseProblem<'_>) -> Option<Hint> {
    let back = (1_isize..=3)
        .find(|back| broken.text(-back) == "for" || broken.text(-back) == "foreach")?;
    let misplaced = matches!(broken.error, ParseErrorType::VariableExpected)
        || broken.misses(",", "iteration variable")
        || broken.misses("in", "")
        || broken.misses(")", "iteration");
    if !misplaced {
        return None;
    }
    let start = broken.at - back.unsigned_abs();
    let line: Vec<&str> = broken.tokens[start..]
        .iter()
        .take(24)
        .map(|token| token.text)
        .collect();
    let head = line
        .iter()
        .position(|text| *text == "{")
        .unwrap_or(line.len());
    let head = &line[..head];
    let names = head.iter().skip(1).find(|text| {
        text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && !matches!(
                **text,
                "let" | "const" | "var" | "each" | "int" | "auto" | "my"
            )
    });
    let name = names.copied().unwrap_or("i");
    let hint = match (head.contains(&";"), head.contains(&"=")) {
        (true, _) | (_, true) => broken
            .hint_at(start, "`for` loops over a range or a list")?
            .label(format!("write for {name} in 0..3 {{ … }}"))
            .help("0..3 is 0, 1, 2; 0..=3 includes 3"),
        _ => broken
            .hint_at(start, "`for` needs a name, `in` and a list")?
            .label(format!("write for {name} in list {{ … }}"))
            .help("without parentheses and without `let`"),
    };
    Some(hint)
}

/// `foreach x in xs`, `until x { }`, `repeat 3 { }`, `unless a { }`, `loop 3 { }`
fn loop_word(broken: &ParseProblem<'_>) -> Option<Hint> {
    let at = match broken.text(0) {
        "until" if broken.first(0) => broken.at,
        _ => broken.statement(),
    };
    let word = broken.token(at)?.text;
    let instead = match word {
        "foreach" | "forall" => "for x in list { … }",
        "until" => "while !condition { … }",
        "unless" => "if !condition { … }",
        "repeat" | "times" => "for i in 0..3 { … }",
        "loop" if broken.blockless() && broken.at == at + 1 => "for i in 0..3 { … }",
        _ => return None,
    };
    if word != "loop" && !(broken.at <= at + 1 || broken.unseparated()) {
        return None;
    }
    let hint = broken.hint_at(
        at,
        match word {
            "loop" => "`loop` takes no count".to_owned(),
            _ => format!("there is no `{word}`"),
        },
    )?;
    Some(hint.label(format!("write {instead}")))
}

/// `step("x", { … })`, `step("x", || { … })`
fn step_call(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (index, open) = broken.inside()?;
    let step = index
        .checked_sub(1)
        .and_then(|before| broken.token(before))?;
    if open != "(" || step.text != "step" || !(broken.misses(")", "") || broken.misses(",", "")) {
        return None;
    }
    let name = broken
        .token(index + 1)
        .map_or("\"NAME\"", |token| token.text);
    let hint = broken.hint_at(index - 1, "`step` is not a function")?;
    Some(
        hint.label(format!("write step {name} {{ … }}"))
            .help("the block comes after the name, without parentheses and without `||`"),
    )
}

/// `step Smoke Test { … }`, `step { … }`
fn step_name(broken: &ParseProblem<'_>) -> Option<Hint> {
    let back = (0_isize..=4).find(|back| broken.text(-back) == "step")?;
    let between: Vec<&str> = (1..=back).map(|n| broken.text(n - back)).collect();
    let words = !between.is_empty()
        && (1..=back).all(|n| {
            broken.kind(n - back) == Some(Kind::Word) || n == back && broken.text(0) == "{"
        });
    let start = broken.at - back.unsigned_abs();
    if back > 0 && words && broken.blockless() && broken.text(1 - back) != "{" {
        let name: Vec<&str> = between.into_iter().filter(|word| *word != "{").collect();
        let hint = broken.hint_at(start + 1, "the name of a step needs double quotes")?;
        return Some(hint.label(format!("write step \"{}\" {{ … }}", name.join(" "))));
    }
    None
}

/// `step "x": …`, `step: "x"`, `step "x" note(…)`, `step { … }`
fn step_colon(broken: &ParseProblem<'_>) -> Option<Hint> {
    let named =
        broken.text(-2) == "step" && broken.kind(-1) == Some(Kind::Text) && broken.blockless();
    let marked = broken.text(-1) == "step" && matches!(broken.text(0), ":" | "=");
    let start = if named {
        broken.at - 2
    } else {
        broken.at.checked_sub(1)?
    };
    if named {
        let hint = broken.hint_at(start, "this step has no block")?;
        let name = broken.text(-1);
        return Some(hint.label(format!("write step {name} {{ … }}")));
    }
    if marked {
        let hint = broken.hint(0, format!("`{}` cannot come after `step`", broken.text(0)))?;
        return Some(hint.label("remove it").help("write step \"NAME\" { … }"));
    }
    let nameless = broken.at >= broken.tokens.len() && broken.blockless();
    let step = (0..broken.tokens.len())
        .rev()
        .find(|at| broken.tokens[*at].text == "step")?;
    if !nameless || broken.token(step + 1)?.text != "{" {
        return None;
    }
    let hint = broken.hint_at(step, "this step has no name")?;
    Some(hint.label("write step \"NAME\" { … }"))
}

/// `case 1: …`, `default: …`
fn switch_case(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = broken.text(0);
    if !matches!(word, "case" | "default" | "when" | "else" | "otherwise")
        || broken.inside().is_none_or(|(_, open)| open != "{")
    {
        return None;
    }
    let of_switch = matches!(broken.error, ParseErrorType::ExprExpected(_))
        || broken.misses("=>", "")
        || broken.misses(",", "switch");
    let reserved = matches!(broken.error, ParseErrorType::Reserved(_))
        && broken.text(1) != "="
        && word != "when";
    let before_a_result = reserved && matches!(broken.text(1), ":" | "=>");
    if !of_switch && !before_a_result {
        return None;
    }
    let hint = broken.hint(0, format!("a `switch` case does not start with `{word}`"))?;
    Some(match word {
        "case" | "when" => hint
            .label("write `VALUE => …,`")
            .help("switch value { 1 => …, 2 => …, _ => … }"),
        _ => hint
            .label("write `_ => …`")
            .help("`_` matches every other value and comes last"),
    })
}

/// `1: …`, `1 -> …`, `1 => …;`
fn switch_sign(broken: &ParseProblem<'_>) -> Option<Hint> {
    let sign = broken.text(0);
    if broken.misses("=>", "") && matches!(sign, ":" | "->" | ")" | "=" | "then") {
        let hint = broken.hint(0, "a `switch` case needs `=>`")?;
        return Some(
            hint.label("write `=>`")
                .help("switch value { 1 => …, _ => … }"),
        );
    }
    if broken.misses(",", "switch") && sign == ";" {
        let hint = broken.hint(0, "`switch` cases are separated by `,`, not by `;`")?;
        return Some(
            hint.label("write `,`")
                .help("use braces for several statements: 1 => { …; … }"),
        );
    }
    None
}

/// `} elif b { … }`
fn else_if(broken: &ParseProblem<'_>) -> Option<Hint> {
    let offset = [0, -1].into_iter().find(|n| {
        matches!(
            broken.text(*n),
            "elif" | "elsif" | "elseif" | "elsIf" | "elseIf"
        )
    })?;
    let word = broken.text(offset);
    Some(
        broken
            .hint(offset, format!("there is no `{word}`"))?
            .label("write `else if`"),
    )
}

/// A line that ends with `:`, as in Python.
fn colon(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !broken.blockless() || broken.text(0) != ":" {
        return None;
    }
    let hint = broken.hint(0, "a block starts with `{`, not with `:`")?;
    Some(
        hint.label("write `{`")
            .help("a block is written { … }; indentation has no meaning"),
    )
}

/// `if a then b`, `while a do …`, `if a => …`
fn then(broken: &ParseProblem<'_>) -> Option<Hint> {
    let word = broken.text(0);
    if !broken.blockless()
        || !matches!(
            word,
            "then" | "do" | "begin" | "=>" | "->" | ";" | "||" | "|"
        )
    {
        return None;
    }
    let hint = broken.hint(0, format!("a block starts with `{{`, not with `{word}`"))?;
    Some(hint.label("write `{`").help("a block is written { … }"))
}

/// `if (a) note("x");`, `else note("x");`
fn no_braces(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !broken.misses("{", "") || broken.at >= broken.tokens.len() {
        return None;
    }
    let keyword = (broken.statement()..broken.at).rev().find(|at| {
        matches!(
            broken.tokens[*at].text,
            "if" | "else" | "while" | "for" | "loop" | "try" | "catch" | "do" | "step"
        )
    })?;
    let keyword = broken.tokens[keyword].text;
    if broken.kind(-1) == Some(Kind::Word)
        && broken.text(-1) != keyword
        && broken.kind(0) == Some(Kind::Word)
        && !broken.first(0)
    {
        let hint = broken.hint(
            0,
            format!(
                "`{}` cannot come after `{}`",
                broken.text(0),
                broken.text(-1)
            ),
        )?;
        return Some(hint.label("add an operator or `{` before it"));
    }
    let hint = broken.hint(0, format!("the body of `{keyword}` needs braces"))?;
    Some(
        hint.label("add `{` before it")
            .help(format!("write {keyword} … {{ … }}, even for one statement")),
    )
}

/// `else`, `catch` without what they belong to.
fn alone(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (word, of) = match broken.text(0) {
        "else" => ("else", "if"),
        "catch" => ("catch", "try"),
        _ => return None,
    };
    if !matches!(broken.error, ParseErrorType::BadInput(_)) {
        return None;
    }
    let hint = broken.hint(0, format!("`{word}` has no `{of}` before it"))?;
    let help = format!("put it directly after the `}}` of its `{of}`, without `;`");
    Some(hint.label("unexpected").help(help))
}

/// `break` where no loop is.
fn break_outside(broken: &ParseProblem<'_>) -> Option<Hint> {
    if !matches!(broken.error, ParseErrorType::LoopBreak) {
        return None;
    }
    let word = broken.text(0);
    let hint = broken.hint(0, format!("`{word}` is outside of a loop"))?;
    Some(hint.label("not inside a loop").help(
        "`return` leaves a function; finish(\"why\") ends the pipeline; a `switch` case never falls through",
    ))
}
