//! Members of maps whose shape is known: parameters, options, what functions and verbs return.

use std::rc::Rc;

use rhai::{BinaryExpr, Expr, FnCallExpr, Position, Stmt};
use serde_json::{Value, json};

use super::KnownNames;
use super::known_members::Members;
use super::walk::Walker;
use crate::primitive::Input;
use crate::script::renamed;
use crate::script::returns::{self, Callee, Returns};
use crate::suggest::did_you_mean;
use crate::world::shape;

/// How often a function may hand on what another returns.
const DEEPEST: usize = 8;

impl Walker<'_> {
    /// The members of what an expression comes to, where all of them are known.
    pub(super) fn members_of(&mut self, value: &Expr) -> Option<Members> {
        if let Some((given, added)) = merged(value) {
            let given = self.find(given)?.members.clone()?;
            return given.with(added);
        }
        match called(value) {
            Some(call) => self
                .declared(call)
                .or_else(|| self.answered(call))
                .or_else(|| self.returned(value)),
            None => self.returned(value),
        }
    }

    /// `params(#{ … })`, `options(given, #{ … })`.
    fn declared(&self, call: &FnCallExpr) -> Option<Members> {
        let (word, map) = match (call.name.as_str(), call.args.as_ref()) {
            _ if call.is_qualified() => return None,
            ("params", [Expr::Map(map, _)]) => ("parameter", map),
            ("options", [_, Expr::Map(map, _)]) => ("option", map),
            _ => return None,
        };
        let names = map.0.iter().map(|(key, _)| key.name.to_string()).collect();
        Some(Members::Declared { word, names })
    }

    /// Members of the map that `module::verb(…)` returns; `None`: they are not all known.
    fn answered(&self, call: &FnCallExpr) -> Option<Members> {
        let [module] = call.namespace.path.as_ref() else {
            return None;
        };
        let module = module.name.as_str();
        if self
            .unit
            .imports
            .iter()
            .any(|import| import.alias == module)
        {
            return None;
        }
        let verb = self.known.primitives.get(module)?.get(call.name.as_str())?;
        let declaration = verb.declaration();
        let by: Rc<str> = declaration.path().into();
        match verb.input() {
            Input::Api { service, operation } => Some(Members::Answered {
                by,
                service,
                operation,
            }),
            Input::Typed(_) => Some(Members::Returned {
                by,
                names: listed(declaration.returns)?,
            }),
        }
    }

    /// A call of a function whose text says what it returns.
    fn returned(&self, value: &Expr) -> Option<Members> {
        let call = called_within(value)?;
        let by = match call.namespace.path.as_ref() {
            [module] => format!("{}::{}", module.name, call.name),
            _ => call.name.to_string(),
        };
        let mut returns = returns::expression(value, self.unit)?;
        for _ in 0..DEEPEST {
            match returns {
                Returns::Members(names) => {
                    return Some(Members::Returned {
                        by: by.into(),
                        names: names.into_iter().collect(),
                    });
                }
                Returns::Of(callee) => returns = self.known.returns(&callee)?,
            }
        }
        None
    }

    /// `given.member ?? instead`: what is returned may lack it.
    pub(super) fn coalesced(&mut self, values: &[Expr]) {
        for value in values {
            let may_lack = match value {
                Expr::Dot(x, ..) => match &x.lhs {
                    Expr::Variable(name, ..) => Some(name.1.to_string()),
                    _ => None,
                },
                _ => None,
            };
            let variable = may_lack.as_deref().and_then(|name| self.find(name));
            let known = variable.and_then(|variable| match &variable.members {
                Some(Members::Declared { .. }) => None,
                _ => variable.members.take(),
            });
            self.expression(value);
            if let (Some(name), Some(known)) = (may_lack, known)
                && let Some(variable) = self.find(&name)
            {
                variable.members = Some(known);
            }
        }
    }

    /// A member of a variable whose members are all known.
    pub(super) fn member(&mut self, access: &BinaryExpr) {
        let Expr::Variable(name, ..) = &access.lhs else {
            return;
        };
        let property = match &access.rhs {
            Expr::Dot(x, ..) | Expr::Index(x, ..) => &x.lhs,
            other => other,
        };
        let Expr::Property(property, position) = property else {
            return;
        };
        let Some(members) = self.find(&name.1).and_then(|v| v.members.clone()) else {
            return;
        };
        self.missing(&name.1, &members, property.2.as_str(), *position);
    }

    fn missing(&mut self, of: &str, members: &Members, wanted: &str, position: Position) {
        let (message, names, is_declared) = match members {
            Members::Declared { word, names } => (
                format!("there is no {word} `{wanted}`"),
                names.clone(),
                true,
            ),
            Members::Returned { by, names } => (
                format!("`{of}` has no member `{wanted}`: `{by}` does not return one"),
                names.clone(),
                false,
            ),
            Members::Answered {
                by,
                service,
                operation,
            } => (
                format!("`{of}` has no member `{wanted}`: `{by}` does not return one"),
                match nearest(service, operation, wanted) {
                    Some(near) => near,
                    None => return,
                },
                false,
            ),
        };
        if names.iter().any(|name| name == wanted) {
            return;
        }
        // AWS may have learned a member since; a map that a script made has not.
        let is_sure = is_declared || !matches!(members, Members::Answered { .. });
        let new_name = match members {
            Members::Returned { by, .. } => renamed::member(by, wanted),
            _ => None,
        };
        let close = new_name
            .map(|new| renamed::said(wanted, new))
            .or_else(|| did_you_mean(wanted, names.iter()));
        let found = self.report(message, position);
        found.warning = !is_sure && close.is_none();
        found.label = close.unwrap_or_else(|| match is_declared {
            true => "not declared".into(),
            false => "is always ()".into(),
        });
        found.length = Some(wanted.chars().count());
        if matches!(members, Members::Returned { .. }) && names.len() <= 12 {
            found.help = Some(format!("it has: {}", names.join(", ")));
        }
    }
}

impl KnownNames<'_> {
    fn returns(&self, callee: &Callee) -> Option<Returns> {
        let mut functions = self.functions(&callee.unit).iter();
        let function = functions.find(|f| f.name == callee.function && f.arity() == callee.arity);
        function?.returns.clone()
    }
}

/// `given + #{ … }`: the variable, and the members that are added.
fn merged(value: &Expr) -> Option<(&str, Vec<String>)> {
    let Expr::FnCall(call, _) = value else {
        return None;
    };
    match (call.name.as_str(), call.args.as_ref()) {
        ("+", [Expr::Variable(given, ..), Expr::Map(added, _)]) if call.is_operator_call() => {
            let added = added.0.iter().map(|(key, _)| key.name.to_string());
            Some((&given.1, added.collect()))
        }
        _ => None,
    }
}

/// The call that an expression is.
fn called(value: &Expr) -> Option<&FnCallExpr> {
    match value {
        Expr::FnCall(call, _) if !call.is_operator_call() => Some(call),
        _ => None,
    }
}

/// The call that an expression, or the step that it is, comes to.
fn called_within(value: &Expr) -> Option<&FnCallExpr> {
    let block = match value {
        Expr::Custom(custom, _) => custom.inputs.last()?,
        other => return called(other),
    };
    match block {
        Expr::Stmt(block) => match block.statements().last()? {
            Stmt::Expr(last) => called(last),
            Stmt::FnCall(call, _) => Some(call),
            _ => None,
        },
        _ => None,
    }
}

/// The names in "`#{ status, body }`: …", where a verb's documentation begins so.
fn listed(returns: &str) -> Option<Rc<[String]>> {
    let rest = returns.strip_prefix("`#{ ")?;
    let names = rest.split(" }`").next()?;
    let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let names: Vec<&str> = names.split(", ").collect();
    names
        .iter()
        .all(|name| is_name(name))
        .then(|| names.into_iter().map(str::to_owned).collect())
}

/// `None`: AWS answers with that member, as far as is known. Otherwise the name that was probably meant, if any.
fn nearest(service: &str, operation: &str, wanted: &str) -> Option<Rc<[String]>> {
    let answer = json!({ wanted: Value::Null });
    let strangers = shape::strangers(service, operation, &answer);
    if strangers.is_empty() {
        return None;
    }
    Some(strangers.into_iter().filter_map(|p| p.suggestion).collect())
}
