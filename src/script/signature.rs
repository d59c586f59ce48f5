//! What the functions of a script take, as far as it can be read without running them.

use std::collections::HashMap;

use rhai::{ASTNode, Expr, FnAccess, FnCallExpr, Position, Stmt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::function_bodies::{Bodies, EnclosingFunction};
use super::params::kind::Kind;
use super::returns::{Ends, Returns};
use super::unit::{Script, Unit};
use super::values;

/// What can be read of a function without running it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) private: bool,
    /// Its doc comment, without slashes.
    #[serde(skip)]
    pub(crate) doc: String,
    /// Place where its body begins.
    #[serde(skip)]
    pub(crate) position: Position,
    /// Place where its body ends.
    #[serde(skip)]
    pub(crate) end: Position,
    /// What is known of the maps that it takes.
    pub(crate) takes: Vec<OptionsParameter>,
    /// What is known of what it returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) returns: Option<Returns>,
}

/// A parameter that is a map of options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OptionsParameter {
    /// Index of the parameter among those of the function, from 0.
    pub(crate) place: usize,
    pub(crate) what: Options,
}

/// The options that a parameter holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Options {
    /// The options that the function itself declares.
    Declared(Vec<DeclaredOption>),
    /// Those of another function, which it is handed on to.
    Of(OptionsTarget),
}

/// A parameter of a function somewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OptionsTarget {
    /// Name of the script that defines the function.
    pub(crate) unit: String,
    pub(crate) function: String,
    pub(crate) arity: usize,
    pub(crate) place: usize,
}

/// One option that a function declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeclaredOption {
    pub(crate) name: String,
    /// `None`: it is not written out.
    pub(crate) kind: Option<Kind>,
    pub(crate) doc: String,
    pub(crate) default: Default,
}

/// What stands for an option that is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Default {
    /// The option must be given.
    None,
    /// A value that the script writes out.
    Value(Value),
    /// A value that the function computes.
    Computed,
}

impl Signature {
    pub(crate) fn arity(&self) -> usize {
        self.parameters.len()
    }
}

impl Unit {
    /// Its functions; of an embedded module without their doc comments and places.
    pub(crate) fn signatures(&self) -> Vec<Signature> {
        match self {
            Unit::Parsed(script) => signatures(script),
            Unit::Embedded { prepared, .. } => prepared.functions().to_vec(),
        }
    }
}

/// The functions of a script, without closures, in the order of the text.
pub(crate) fn signatures(unit: &Script) -> Vec<Signature> {
    let mut signatures: Vec<Signature> = unit
        .ast
        .iter_fn_def()
        .map(|function| Signature {
            name: function.name.to_string(),
            parameters: function.params.iter().map(ToString::to_string).collect(),
            private: function.access == FnAccess::Private,
            doc: doc(function.comments.iter().map(|c| c.as_str())),
            position: function.body.start_position(),
            end: function.body.end_position(),
            takes: Vec::new(),
            returns: None,
        })
        .collect();
    let mut uses: Vec<HashMap<String, usize>> = vec![HashMap::new(); signatures.len()];
    let mut bodies_end: Vec<Ends> = signatures.iter().map(|_| Ends::default()).collect();
    let mut bodies = Bodies::of(&unit.ast);
    let mut current = None;
    unit.ast.walk(&mut |path: &[ASTNode<'_>]| {
        match bodies.entered(path) {
            Some((EnclosingFunction::Script, _)) => current = None,
            Some((EnclosingFunction::Function(function), statement)) => {
                current = function;
                if let Some(index) = current {
                    bodies_end[index].ends(statement, unit);
                }
            }
            None => {}
        }
        let Some(index) = current else { return true };
        if let Some(ASTNode::Stmt(statement)) = path.last() {
            bodies_end[index].leaves(statement, unit);
        }
        match path.last() {
            Some(ASTNode::Expr(Expr::Variable(name, ..))) => {
                *uses[index].entry(name.1.to_string()).or_default() += 1;
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) => {
                let found = takes(call, &signatures[index].parameters, unit);
                signatures[index].takes.extend(found);
            }
            _ => {}
        }
        true
    });
    for (signature, ends) in signatures.iter_mut().zip(bodies_end) {
        signature.returns = ends.returns();
    }
    for (signature, uses) in signatures.iter_mut().zip(uses) {
        // A map that the function uses in other ways, too, may not be what its caller wrote.
        let parameters = &signature.parameters;
        let handed = signature.takes.clone();
        signature.takes.retain(|takes| {
            let times = handed.iter().filter(|h| h.place == takes.place).count();
            uses.get(&parameters[takes.place]) == Some(&times)
        });
        let mut targets: Vec<OptionsTarget> = Vec::new();
        signature.takes.retain(|takes| match &takes.what {
            Options::Declared(_) => true,
            Options::Of(target) if targets.contains(target) => false,
            Options::Of(target) => {
                targets.push(target.clone());
                true
            }
        });
    }
    signatures.retain(|signature| !signature.name.starts_with("anon$"));
    signatures.sort_by_key(|s| (s.position.line(), s.position.position()));
    signatures
}

/// What a call says of the parameters of the function that it stands in.
fn takes(call: &FnCallExpr, parameters: &[String], unit: &Script) -> Vec<OptionsParameter> {
    let place_of = |argument: &Expr| match argument {
        Expr::Variable(name, ..) if name.2.is_empty() => {
            parameters.iter().position(|p| *p == name.1.as_str())
        }
        _ => None,
    };
    if call.name == "options" && !call.is_qualified() {
        let [given, Expr::Map(map, _)] = call.args.as_ref() else {
            return Vec::new();
        };
        let declared = map
            .0
            .iter()
            .map(|(key, spec)| declared(&key.name, spec))
            .collect();
        let what = Options::Declared(declared);
        return place_of(given)
            .map(|place| OptionsParameter { place, what })
            .into_iter()
            .collect();
    }
    let unit = match call.namespace.path.as_ref() {
        [] => &unit.name,
        [module] => match unit
            .imports
            .iter()
            .find(|i| i.alias == module.name.as_str())
        {
            Some(import) => &import.target,
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let handed_on = |(at, argument): (usize, &Expr)| {
        Some(OptionsParameter {
            place: place_of(argument)?,
            what: Options::Of(OptionsTarget {
                unit: unit.clone(),
                function: call.name.to_string(),
                arity: call.args.len(),
                place: at,
            }),
        })
    };
    call.args.iter().enumerate().filter_map(handed_on).collect()
}

/// `integer("how many").or(2)`, as far as it is written out.
fn declared(name: &str, spec: &Expr) -> DeclaredOption {
    let (spec, default) = match spec {
        Expr::Dot(x, ..) => match &x.rhs {
            Expr::MethodCall(or, _) if or.name == "or" && or.args.len() == 1 => {
                let default = match literal(&or.args[0]) {
                    Some(value) => Default::Value(value),
                    None => Default::Computed,
                };
                (&x.lhs, default)
            }
            _ => (spec, Default::Computed),
        },
        _ => (spec, Default::None),
    };
    let (kind, doc) = match spec {
        Expr::FnCall(call, _) => kind(call),
        _ => (None, String::new()),
    };
    DeclaredOption {
        name: name.to_owned(),
        // Not even whether there is a default is known of what is not written out.
        default: if kind.is_some() {
            default
        } else {
            Default::Computed
        },
        kind,
        doc,
    }
}

fn kind(call: &FnCallExpr) -> (Option<Kind>, String) {
    let text = |at: usize| {
        let text = call.args.get(at).and_then(literal);
        text.and_then(|t| t.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    if call.name == "choice" {
        let of = call.args.first().and_then(literal);
        let of = of.and_then(|of| serde_json::from_value(of).ok());
        return (of.map(Kind::Choice), text(1));
    }
    (Kind::of_word(&call.name), text(0))
}

/// An expression's value, where it is written out.
pub(crate) fn literal(expression: &Expr) -> Option<Value> {
    match expression {
        Expr::Array(items, _) => items.iter().map(literal).collect(),
        Expr::Map(map, _) => {
            let members = map.0.iter();
            let members = members.map(|(key, item)| Some((key.name.to_string(), literal(item)?)));
            members
                .collect::<Option<serde_json::Map<_, _>>>()
                .map(Value::Object)
        }
        Expr::InterpolatedString(..) => None,
        other => values::to_json(&other.get_literal_value(None)?).ok(),
    }
}

/// A doc comment's text: lines of `/// …` without their slashes.
fn doc<'c>(comments: impl Iterator<Item = &'c str>) -> String {
    let lines = comments.flat_map(str::lines).map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("///").unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line).trim_end()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
