//! The literal part of a map of options, against what the function that takes it declares.

use rhai::{Expr, FnCallExpr, Position};
use serde_json::{Value, json};

use super::KnownNames;
use super::closures::captures;
use super::walk::Walker;
use crate::script::options;
use crate::script::params::Kind;
use crate::script::signature::{self, DeclaredOption, Default, Options, OptionsTarget};

/// How often options may be handed on.
const DEEPEST: usize = 8;

impl Walker<'_> {
    /// Checks what a call of `path`, a function of the script `unit`, gives as options.
    pub(super) fn options(
        &mut self,
        path: &str,
        unit: &str,
        call: &FnCallExpr,
        position: Position,
    ) {
        for (place, argument) in call.args.iter().enumerate() {
            let target = OptionsTarget {
                unit: unit.to_owned(),
                function: call.name.to_string(),
                arity: call.args.len(),
                place,
            };
            for declared in self.known.options(&target, DEEPEST) {
                self.given(path, declared, argument, position);
            }
        }
    }

    fn given(&mut self, path: &str, declared: &[DeclaredOption], given: &Expr, call: Position) {
        let members = match given {
            Expr::Map(map, _) => &map.0[..],
            Expr::Unit(_) => &[],
            other => {
                if KnownValue::of(other).is_some() {
                    let message = format!("`{path}` takes its options as a map");
                    let found = self.report(message, other.start_position());
                    found.label = "not a map".into();
                    found.help = Some("write them as #{ name: value }".into());
                }
                return;
            }
        };
        let names: Vec<&str> = declared.iter().map(|d| d.name.as_str()).collect();
        let mut left_out: Vec<&DeclaredOption> = declared.iter().collect();
        for (key, value) in members {
            let length = Some(key.name.chars().count());
            let Some(option) = declared.iter().find(|d| d.name == key.name.as_str()) else {
                let message = format!("`{path}` has no option `{}`", key.name);
                let found = self.report(message, key.pos);
                found.label = options::candidates(&key.name, &names);
                found.length = length;
                continue;
            };
            let value = KnownValue::of(value);
            if value.as_ref().is_some_and(KnownValue::is_unit) {
                continue;
            }
            left_out.retain(|d| d.name != option.name);
            let kind = option.kind.as_ref();
            if let Some(problem) = value
                .zip(kind)
                .and_then(|(value, kind)| value.problem(kind))
            {
                // A number alone does not say of what it is so many.
                let unit = match problem.ends_with("in quotes") && option.doc.contains('%') {
                    true => ", with its unit",
                    false => "",
                };
                let message = format!("`{path}`: option `{}` {problem}{unit}", option.name);
                let found = self.report(message, key.pos);
                found.label.clone_from(&option.doc);
                found.length = length;
            }
        }
        for option in left_out.iter().filter(|d| d.default == Default::None) {
            let message = format!(
                "`{path}` needs the option `{}`: {}",
                option.name, option.doc
            );
            let name = path.rsplit("::").next().unwrap_or(path);
            let found = self.report(message, call);
            found.label = "is missing here".into();
            found.length = Some(name.chars().count());
        }
    }
}

impl KnownNames<'_> {
    /// Everything that the map at `target` is checked against when the script runs.
    fn options(&self, target: &OptionsTarget, deepest: usize) -> Vec<&[DeclaredOption]> {
        let functions = self.functions(&target.unit).iter();
        let function = functions.filter(|f| f.name == target.function && f.arity() == target.arity);
        let takes = function.flat_map(|f| &f.takes);
        takes
            .filter(|takes| takes.place == target.place)
            .flat_map(|takes| match &takes.what {
                Options::Declared(declared) => vec![declared.as_slice()],
                Options::Of(next) if deepest > 0 => self.options(next, deepest - 1),
                Options::Of(_) => Vec::new(),
            })
            .collect()
    }
}

/// What is known of a value.
enum KnownValue {
    /// The whole value, because the script writes it out.
    Value(Value),
    /// Any text.
    Text,
    /// Any list.
    List,
    /// Any map.
    Map,
    /// Any closure.
    Closure,
}

impl KnownValue {
    fn of(expression: &Expr) -> Option<KnownValue> {
        Some(match expression {
            Expr::InterpolatedString(..) => KnownValue::Text,
            Expr::Array(..) => KnownValue::List,
            Expr::Map(..) => KnownValue::Map,
            closure if captures(closure).is_some() => KnownValue::Closure,
            other => KnownValue::Value(signature::literal(other)?),
        })
    }

    fn is_unit(&self) -> bool {
        matches!(self, KnownValue::Value(Value::Null))
    }

    fn problem(&self, kind: &Kind) -> Option<String> {
        match self {
            KnownValue::Value(value) => options::problem(kind, Some(value), &value.to_string()),
            KnownValue::Text => match kind {
                Kind::Text | Kind::Duration | Kind::Choice(_) | Kind::Any => None,
                _ => options::problem(kind, None, "a text"),
            },
            KnownValue::List => options::problem(kind, Some(&json!([])), "a list"),
            KnownValue::Map => options::problem(kind, Some(&json!({})), "a map"),
            KnownValue::Closure => match kind {
                Kind::Closure | Kind::Any => None,
                _ => options::problem(kind, None, "a closure"),
            },
        }
    }
}
