//! Calls that are right in form, and known to fail: a value of the wrong type, a command line where a program belongs.

use rhai::{CustomExpr, Expr, FnCallExpr, Position};

use super::closures::captures;
use super::walk::Walker;
use crate::script::failure;
use crate::script::resolver::STD;

/// Functions whose argument is of one type: name, argument (from 0), an example.
const TYPED: [(&str, usize, &str); 19] = [
    ("note", 0, "\"4 secrets have values\""),
    ("title", 0, "\"catalog-service 1.3.0\""),
    ("finish", 0, "\"nothing to do\""),
    ("stays", 0, "\"the old version works with it\""),
    ("undo", 0, "\"back to catalog:41\""),
    ("finally", 0, "\"tell the team\""),
    ("pass", 0, "\"20m\""),
    ("rehearse", 0, "\"deploy.rhai\""),
    ("expect_outcome", 0, "\"rolled_back\""),
    ("expect_fault", 0, "\"secret_empty\""),
    ("expect_failed_in", 0, "\"Deploy\""),
    ("expect_within", 0, "\"20m\""),
    ("expect_lasting", 0, "\"20m\""),
    ("expect_write", 0, "\"UpdateService\""),
    ("expect_writes", 0, "\"UpdateService\""),
    ("expect_never", 0, "\"UpdateService\""),
    ("expect_process", 0, "\"psql\""),
    ("expect_asked", 0, "[\"lead\"]"),
    ("expect_order", 0, "[\"RunTask\", \"UpdateService\"]"),
];

/// Functions of Rhai that pass the run by, and what to write instead.
const REPLACED: [(&str, &str); 3] = [
    (
        "sleep",
        "write time::sleep(\"5s\"): it is recorded, and takes no time in a rehearsal",
    ),
    (
        "timestamp",
        "write time::now(): it is recorded, and virtual in a rehearsal",
    ),
    (
        "exit",
        "write finish(\"why\") to end a script, `throw` or `fail` to let it fail",
    ),
];

/// Parameters of the standard library that are lists, and an example of each.
const LISTS: [(&str, &str); 3] = [
    ("roles", "[\"lead\"]"),
    ("rules", "[#{ role: \"security\", paths: [\"auth/\"] }]"),
    ("changed", "[\"src/main.rs\"]"),
];

/// Functions that take a closure.
const CLOSURES: [&str; 2] = ["undo", "finally"];

impl Walker<'_> {
    /// `approvals::ask("lead", …)`: a single value where a function of the library takes a list.
    pub(super) fn listed(&mut self, path: &str, unit: &str, call: &FnCallExpr) {
        if !unit.starts_with(STD) {
            return;
        }
        let mut functions = self.known.functions(unit).iter();
        let Some(function) =
            functions.find(|f| f.name == call.name.as_str() && f.arity() == call.args.len())
        else {
            return;
        };
        let mut found = Vec::new();
        for (parameter, argument) in function.parameters.iter().zip(call.args.iter()) {
            let list = LISTS.iter().find(|(name, _)| name == parameter);
            if let (Some((name, example)), Some((given, value, at))) = (list, written(argument))
                && given != "a list"
            {
                found.push((
                    format!("`{path}` takes `{name}` as a list, this is {given}{value}"),
                    *example,
                    at,
                ));
            }
        }
        for (message, example, at) in found {
            self.report(message, at).label = format!("write a list, like {example}");
        }
    }

    /// `undo("label", { … })`: the block runs at once.
    fn block_for_closure(&mut self, call: &FnCallExpr) {
        let name = call.name.as_str();
        let Some(Expr::Stmt(block)) = call.args.get(1).filter(|_| CLOSURES.contains(&name)) else {
            return;
        };
        if captures(&call.args[1]).is_some() {
            return;
        }
        let message = format!("`{name}` takes a closure, this is a block: it runs at once");
        let at = block.position();
        let found = self.report(message, at);
        found.label = "write || before it".into();
        found.help = Some(match name {
            "finally" => "finally(\"label\", |ended| { … })".into(),
            _ => format!("{name}(\"label\", || {{ … }})"),
        });
    }

    /// A call of a function without a module, with as many arguments as it takes.
    pub(super) fn native(&mut self, call: &FnCallExpr, position: Position) {
        let name = call.name.as_str();
        if let Some((_, instead)) = REPLACED.iter().find(|(replaced, _)| *replaced == name) {
            let found = self.report(format!("`{name}` is not available in scripts"), position);
            found.label = "not here".into();
            found.length = Some(name.chars().count());
            found.help = Some((*instead).to_owned());
            return;
        }
        self.block_for_closure(call);
        self.typed(call);
    }

    /// A literal of the wrong type, handed to a function or method that takes one type.
    pub(super) fn typed(&mut self, call: &FnCallExpr) {
        let name = call.name.as_str();
        let Some((_, at, example)) = TYPED.iter().find(|(typed, ..)| *typed == name) else {
            return;
        };
        let Some((given, value, place)) = call.args.get(*at).and_then(written) else {
            return;
        };
        let (wanted, fits) = match example.starts_with('[') {
            true => ("a list", given == "a list"),
            false => ("a text", given == "a text"),
        };
        if fits || given == "a map" && matches!(name, "rehearse") {
            return;
        }
        let like = match name.starts_with("expect_") || matches!(name, "pass" | "rehearse") {
            true => format!(" like {example}"),
            false => String::new(),
        };
        let found = self.report(
            format!("`{name}` takes {wanted}{like}, this is {given}{value}"),
            place,
        );
        found.label = format!("write {wanted}, like {example}");
    }

    /// `process::run("docker build .")`: there is no program of that name.
    pub(super) fn command_line(&mut self, path: &str, call: &FnCallExpr) {
        if !matches!(path, "process::run" | "process::query" | "process::read") {
            return;
        }
        let program = match call.args.first() {
            Some(Expr::StringConstant(text, position)) => Some((text.to_string(), *position)),
            Some(Expr::Map(map, _)) => map
                .0
                .iter()
                .find(|(key, _)| key.name == "program")
                .and_then(|(_, value)| match value {
                    Expr::StringConstant(text, position) => Some((text.to_string(), *position)),
                    _ => None,
                }),
            _ => None,
        };
        let Some((text, position)) = program else {
            return;
        };
        let mut words = text.split_whitespace();
        let (Some(program), Some(first)) = (words.next(), words.next()) else {
            return;
        };
        if program.contains(['/', '\\']) {
            return;
        }
        let arguments: Vec<String> = std::iter::once(first)
            .chain(words)
            .map(|word| format!("{word:?}"))
            .collect();
        let found = self.report("a program and its arguments are separate", position);
        found.label = "a whole command line".into();
        found.length = Some(text.chars().count() + 2);
        found.help = Some(format!(
            "write {path}(\"{program}\", [{}])",
            arguments.join(", ")
        ));
    }

    /// Warns of `"… ${name} …"` in double quotes, where the name is a variable: nothing is inserted there.
    pub(super) fn not_inserted(&mut self, text: &str, position: Position) {
        let named = |(at, _): (usize, &str)| {
            let name = text[at + 2..]
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        let mut names = text.match_indices("${").filter_map(named);
        let site = failure::site("", position);
        let line = self.unit.text.lines().nth(site.line.saturating_sub(1));
        let quote = line.and_then(|line| line.chars().nth(site.column.saturating_sub(1)));
        if quote != Some('"') {
            return;
        }
        // Parameters are variables, and some write them as members of what declares them.
        let Some(name) = names.find(|name| name == "params" || self.find(name).is_some()) else {
            return;
        };
        if let Some(variable) = self.find(&name) {
            variable.used = true;
        }
        let found = self.report(
            format!("`${{{name}…}}` is not replaced in double quotes"),
            position,
        );
        found.label = "stays as it is written".into();
        found.help = Some("write the text in backticks: `… ${…} …`".into());
        found.warning = true;
    }

    /// Warns of a step that has the name of one before it.
    pub(super) fn named_before(&mut self, custom: &CustomExpr) {
        let Some(Expr::StringConstant(name, position)) = custom.inputs.first() else {
            return;
        };
        if !self.pipeline || custom.tokens.first().is_none_or(|token| token != "step") {
            return;
        }
        let before = self
            .step_names
            .iter()
            .find(|(known, _)| known == name.as_str())
            .map(|(_, at)| *at);
        let Some(before) = before else {
            return self.step_names.push((name.to_string(), *position));
        };
        let line = failure::site("", before).line;
        let found = self.report(
            format!("two steps are called {:?}", name.as_str()),
            *position,
        );
        found.label = format!("the other is on line {line}");
        found.help = Some("plans and runs tell steps by their names: give each its own".into());
        found.warning = true;
    }
}

/// A literal: what it is, with its value where that is short, and where it stands. `None`: not known before it runs.
fn written(value: &Expr) -> Option<(&'static str, String, Position)> {
    let short = |value: &dyn std::fmt::Display| format!(" ({value})");
    Some(match value {
        Expr::IntegerConstant(number, at) => ("a number", short(number), *at),
        Expr::FloatConstant(number, at) => ("a number", short(number), *at),
        Expr::BoolConstant(flag, at) => ("true or false", short(flag), *at),
        Expr::StringConstant(text, at) => ("a text", format!(" ({text:?})"), *at),
        Expr::InterpolatedString(_, at) => ("a text", String::new(), *at),
        Expr::Array(_, at) => ("a list", String::new(), *at),
        Expr::Map(_, at) => ("a map", String::new(), *at),
        Expr::Unit(at) => ("nothing", String::new(), *at),
        _ => return None,
    })
}
