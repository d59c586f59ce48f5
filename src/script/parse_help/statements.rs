//! Statements of other languages, of the shell, and calls without brackets.

use rhai::ParseErrorType;

use super::{Hint, Kind, ParseProblem, Rule};
use crate::suggest;

pub(super) const RULES: &[Rule] = &[
    import,
    import_name,
    raised,
    environment,
    printed,
    program,
    declared_type,
    call_without_brackets,
    slice,
];

/// The first token of the statement, if the unexpected one follows within a few.
fn begins<'t>(broken: &ParseProblem<'t>, within: usize) -> Option<(usize, &'t str)> {
    let start = broken.statement();
    let token = broken.token(start)?;
    (broken.at >= start && broken.at <= start + within).then_some((start, token.text))
}

const IMPORT: &str = "import \"std/NAME\" as NAME; or import \"./FILE\" as NAME;";

/// `import x from "y";`, `from x import y`, `include "x";`, `import { x } from "y";`
fn import(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (start, word) = begins(broken, 8)?;
    let other = matches!(
        word,
        "from" | "include" | "require" | "using" | "source" | "require_once" | "load"
    );
    let imported = word == "import"
        && broken.at > start
        && !matches!(broken.token(start + 1)?.kind, Kind::Text);
    let in_other_words =
        other && broken.at == start + 1 && !matches!(broken.text(0), "=" | "." | "(");
    if !in_other_words && !imported {
        return None;
    }
    let hint = broken.hint_at(start, "this import is not valid")?;
    Some(hint.label("write import \"…\" as NAME;").help(IMPORT))
}

/// Recognizes a hyphen in the name of an import: `import "std/x" as my-service;`.
fn import_name(broken: &ParseProblem<'_>) -> Option<Hint> {
    let named = broken.text(-2) == "as" && broken.text(0) == "-" && broken.adjacent(0);
    if !named {
        return None;
    }
    let whole = format!("{}_{}", broken.text(-1), broken.text(1));
    Some(
        broken
            .hint(-1, "a name cannot contain `-`")?
            .label(format!("write {whole}")),
    )
}

/// `raise "x"`, `die "x"`, `exit 1`
fn raised(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (start, word) = begins(broken, 1)?;
    if broken.at != start + 1 || broken.first(0) || matches!(broken.text(0), "=" | "." | "(") {
        return None;
    }
    let (label, help) = match word {
        "raise" | "die" | "panic" | "abort" | "error" => (
            "write `throw`",
            "throw \"what went wrong\"; or fail(#{ code: …, message: …, hint: … })",
        ),
        "exit" | "quit" | "stop" | "goto" => {
            ("write finish(\"why\");", "use `throw` or `fail` to fail")
        }
        "delete" | "del" | "unset" => (
            "write map.remove(\"name\");",
            "a variable ends with its block",
        ),
        "assert" => (
            "write `if`",
            "if !condition { throw \"what does not hold\"; }",
        ),
        _ => return None,
    };
    Some(
        broken
            .hint_at(start, format!("there is no statement `{word}`"))?
            .label(label)
            .help(help),
    )
}

/// Recognizes a read of the environment: `std::env::var("T")`.
fn environment(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.text(0) != "var" || broken.text(-1) != "::" || broken.text(-2) != "env" {
        return None;
    }
    let hint = broken.hint(-2, "scripts cannot read environment variables")?;
    Some(
        hint.label("not supported")
            .help(super::foreign::ENVIRONMENT),
    )
}

/// `echo "x"`, `printf "x"`, `println "x"`
fn printed(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (start, word) = begins(broken, 1)?;
    let prints = matches!(
        word,
        "echo" | "printf" | "println" | "puts" | "log" | "console" | "say" | "write"
    );
    if !prints
        || broken.at != start + 1
        || broken.first(0)
        || matches!(broken.text(0), "=" | "." | "(" | "::")
    {
        return None;
    }
    let hint = broken.hint_at(start, format!("there is no `{word}`"))?;
    Some(
        hint.label("write print(…)")
            .help("note(…) adds a line to the step that plans and runs show"),
    )
}

/// Programs that runbooks call by name.
const PROGRAMS: [&str; 34] = [
    "aws",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "terraform",
    "git",
    "sh",
    "bash",
    "zsh",
    "sudo",
    "curl",
    "wget",
    "npm",
    "yarn",
    "node",
    "python",
    "python3",
    "pip",
    "make",
    "cargo",
    "go",
    "mvn",
    "gradle",
    "psql",
    "mysql",
    "jq",
    "cd",
    "ls",
    "cp",
    "mv",
    "rm",
    "cat",
    "ssh",
];

/// `docker build .`, `aws ecs update-service …`
fn program(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (start, word) = begins(broken, 1)?;
    if !PROGRAMS.contains(&word)
        || broken.at != start + 1
        || broken.first(0)
        || matches!(broken.text(0), "=" | "." | "(" | "::" | "+=")
    {
        return None;
    }
    let hint = broken.hint_at(start, "a shell command is not a statement")?;
    Some(match word {
        "aws" => hint
            .label("call AWS directly")
            .help("ecs::update_service(#{ … }), or aws::call(\"ecs\", \"UpdateService\", #{ … })"),
        _ => hint.label("run it as a process").help(format!(
            "process::run(\"{word}\", [\"first argument\", \"second\"])"
        )),
    })
}

/// `class A { }`, `struct A { }`
fn declared_type(broken: &ParseProblem<'_>) -> Option<Hint> {
    let (start, word) = begins(broken, 1)?;
    let of_type = matches!(
        word,
        "class" | "struct" | "enum" | "interface" | "type" | "trait" | "record"
    );
    if !of_type || broken.at != start + 1 || broken.kind(0) != Some(Kind::Word) {
        return None;
    }
    let hint = broken.hint_at(start, format!("there is no `{word}`"))?;
    Some(
        hint.label("scripts declare no types")
            .help("use a map: #{ name: value }"),
    )
}

/// `note "x";`, `undo "x", || …`, `parallel { … }`, `undo("x") { … }`
fn call_without_brackets(broken: &ParseProblem<'_>) -> Option<Hint> {
    const BLOCKS: [&str; 5] = ["undo", "finally", "parallel", "expect", "params"];
    let called = broken.text(-1);
    if broken.text(0) == "{" && broken.unended() {
        if BLOCKS.contains(&called) && broken.kind(-1) == Some(Kind::Word) {
            return block_for(broken, called, broken.at - 1);
        }
        if called == ")" {
            let start = broken.statement();
            let name = broken.token(start)?.text;
            return BLOCKS
                .contains(&name)
                .then(|| block_for(broken, name, start))
                .flatten();
        }
    }
    let value = matches!(broken.kind(0)?, Kind::Text | Kind::Template | Kind::Number)
        || broken.text(0) == "#{";
    if broken.kind(-1) != Some(Kind::Word)
        || !value
        || broken.first(0)
        || broken.adjacent(0)
        || !broken.unended()
    {
        return None;
    }
    let keyword = matches!(
        called,
        "step" | "return" | "throw" | "in" | "let" | "const" | "if" | "while" | "import" | "as"
    );
    let declared = matches!(broken.text(-2), "let" | "const" | "import" | "as");
    if keyword || declared || !matches!(broken.error, ParseErrorType::MissingToken(..)) {
        return None;
    }
    if broken.text(1) == "{" && suggest::did_you_mean(called, ["step"]).is_some() {
        let hint = broken.hint(-1, format!("`{called}` does not open a step"))?;
        return Some(hint.label("did you mean `step`?"));
    }
    let hint = broken.hint(-1, format!("the arguments of `{called}` need parentheses"))?;
    Some(hint.label(format!("write {called}(…)")))
}

fn block_for(broken: &ParseProblem<'_>, name: &str, at: usize) -> Option<Hint> {
    let form = match name {
        "undo" => "undo(\"LABEL\", || { … });",
        "finally" => "finally(\"LABEL\", |ended| { … });",
        "parallel" => "parallel([|| …, || …]);",
        "params" => {
            let hint = broken.hint_at(at, "`params` takes a map, not a block")?;
            return Some(
                hint.label("write params(#{ … })")
                    .help("let app = params(#{ version: text(\"image tag\") });"),
            );
        }
        _ => return None,
    };
    let hint = broken.hint_at(at, format!("`{name}` takes closures, not a block"))?;
    Some(hint.label(format!("write {form}")))
}

/// Recognizes a slice with a colon: `list[1:2]`.
fn slice(broken: &ParseProblem<'_>) -> Option<Hint> {
    if broken.text(0) != ":" || broken.inside()?.1 != "[" || !broken.misses("]", "") {
        return None;
    }
    let hint = broken.hint(0, "a slice uses `..`, not `:`")?;
    Some(
        hint.label("write `..`")
            .help("list[1..3], or list.extract(1, 2)"),
    )
}
