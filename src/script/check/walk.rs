//! Walks a script with the variables that are in scope.

use std::collections::HashSet;

use rhai::{ASTFlags, ASTNode, CustomExpr, Expr, FlowControl, Position, Stmt};

use super::KnownNames;
use super::known_members::{Members, changed};
use crate::script::diagnosis::Diagnosis;
use crate::script::failure;
use crate::script::function_bodies::{Bodies, EnclosingFunction};
use crate::script::parse_help::foreign;
use crate::script::unit::Script;
use crate::suggest::did_you_mean;

/// A variable in scope, and what the check knows of it.
pub(super) struct Variable {
    name: String,
    position: Position,
    pub(super) used: bool,
    /// Reported if it is never used.
    reported: bool,
    /// Members that it has, where they are all known.
    pub(super) members: Option<Members>,
}

pub(super) struct Walker<'a> {
    pub(super) known: &'a KnownNames<'a>,
    pub(super) unit: &'a Script,
    pub(super) found: Vec<Diagnosis>,
    /// Whether `unit` is the pipeline itself.
    pub(super) pipeline: bool,
    /// Steps of the pipeline's top level around what is walked; `None`: in a function.
    steps: Option<usize>,
    /// Names of the pipeline's steps so far, and where they stand.
    pub(super) step_names: Vec<(String, Position)>,
    scope: Vec<Variable>,
    /// Variables that are changed somewhere.
    changed: HashSet<String>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(known: &'a KnownNames<'a>, unit: &'a Script, pipeline: bool) -> Self {
        Walker {
            known,
            unit,
            found: Vec::new(),
            pipeline,
            steps: Some(0),
            step_names: Vec::new(),
            scope: Vec::new(),
            changed: changed(&unit.ast),
        }
    }

    pub(super) fn into_found(self) -> Vec<Diagnosis> {
        self.found
    }

    pub(super) fn report(&mut self, message: impl Into<String>, at: Position) -> &mut Diagnosis {
        let site = failure::site(&self.unit.name, at);
        self.found.push(Diagnosis::new(message, site));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Walks the script, then its functions.
    pub(super) fn unit(&mut self) {
        let unit = self.unit;
        self.statements(unit.ast.statements());
        self.steps = None;
        let functions: Vec<_> = unit.ast.iter_fn_def().collect();
        let mut bodies = Bodies::of(&unit.ast);
        let mut current = None;
        unit.ast.walk(&mut |path: &[ASTNode<'_>]| {
            let Some((EnclosingFunction::Function(function), statement)) = bodies.entered(path)
            else {
                return true;
            };
            if function != current {
                self.leave(0);
                current = function;
                for name in function.iter().flat_map(|index| &functions[*index].params) {
                    self.declare(name, Position::NONE, false);
                }
            }
            self.statement(statement);
            true
        });
        self.leave(0);
    }

    fn declare(&mut self, name: &str, position: Position, reported: bool) {
        self.scope.push(Variable {
            name: name.to_owned(),
            position,
            used: false,
            reported: reported && !name.starts_with('_'),
            members: None,
        });
    }

    fn leave(&mut self, size: usize) {
        for variable in self.scope.split_off(size) {
            if variable.reported && !variable.used {
                let message = format!("`{}` is never used", variable.name);
                let found = self.report(message, variable.position);
                found.label = "not used".into();
                found.length = Some(variable.name.chars().count());
                found.warning = true;
            }
        }
    }

    fn statements<'s>(&mut self, statements: impl IntoIterator<Item = &'s Stmt>) {
        let size = self.scope.len();
        for statement in statements {
            self.statement(statement);
        }
        self.leave(size);
    }

    fn flow(&mut self, flow: &FlowControl) {
        self.expression(&flow.expr);
        self.statements(&flow.body);
        self.statements(&flow.branch);
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Var(x, flags, _) => {
                self.expression(&x.1);
                // Constants and exports may be used from elsewhere.
                let local = !flags.intersects(ASTFlags::CONSTANT | ASTFlags::EXPORTED);
                // Before: the new variable may hide one that its value is made of.
                let members = self.members_of(&x.1);
                self.declare(&x.0.name, x.0.pos, local);
                let members = members.filter(|_| !self.changed.contains(x.0.name.as_str()));
                if let Some(variable) = self.scope.last_mut() {
                    variable.members = members;
                }
            }
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => self.flow(flow),
            Stmt::For(x, _) => {
                self.expression(&x.2.expr);
                let size = self.scope.len();
                self.declare(&x.0.name, x.0.pos, false);
                if let Some(counter) = &x.1 {
                    self.declare(&counter.name, counter.pos, false);
                }
                self.statements(&x.2.body);
                self.leave(size);
            }
            Stmt::TryCatch(flow, _) => {
                self.statements(&flow.body);
                let size = self.scope.len();
                if let Expr::Variable(name, _, position) = &flow.expr {
                    self.declare(&name.1, *position, false);
                }
                self.statements(&flow.branch);
                self.leave(size);
            }
            Stmt::Switch(x, _) => {
                self.expression(&x.0);
                for case in &x.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
            }
            Stmt::Assignment(x) => {
                self.assigned(&x.1.lhs);
                self.expression(&x.1.rhs);
            }
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.statements(&**block),
            Stmt::Return(value, flags, position) => {
                if !flags.contains(ASTFlags::BREAK) {
                    self.returns(*position);
                }
                value.iter().for_each(|x| self.expression(x));
            }
            Stmt::Expr(x) | Stmt::BreakLoop(Some(x), ..) => {
                self.expression(x);
            }
            Stmt::Export(x, _) => self.variable(&x.0.name, x.0.pos),
            _ => {}
        }
    }

    /// The left side of an assignment: a member may come into being here.
    fn assigned(&mut self, target: &Expr) {
        if let Expr::Dot(x, ..) = target
            && let Expr::Variable(name, ..) = &x.lhs
            && let Some(variable) = self.find(&name.1)
        {
            variable.members = None;
        }
        if let Expr::Variable(name, _, position) = target
            && name.2.is_empty()
            && self.find(&name.1).is_none()
            && functions_cannot_see(self.unit, &name.1).is_none()
        {
            let name = name.1.clone();
            let found = self.report(format!("there is no variable `{name}`"), *position);
            found.label = "not declared".into();
            found.length = Some(name.chars().count());
            found.help = Some(format!("declare it: let {name} = …;"));
            // Said once is enough.
            return self.declare(&name, *position, false);
        }
        self.expression(target);
    }

    pub(super) fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Variable(x, _, position) => match x.2.is_empty() {
                true => self.variable(&x.1, *position),
                false => self.module(&x.2, &x.1),
            },
            Expr::StringConstant(text, position) => self.not_inserted(text, *position),
            Expr::Stmt(block) => self.statements(&**block),
            Expr::InterpolatedString(x, _) | Expr::Array(x, _) => self.expressions(x),
            Expr::Map(x, _) => x.0.iter().for_each(|(_, value)| self.expression(value)),
            Expr::Dot(x, ..) => {
                self.member(x);
                self.chain(expression);
                self.expression(&x.lhs);
                self.expression(&x.rhs);
            }
            Expr::Index(x, ..) => {
                self.chain(expression);
                self.expression(&x.lhs);
                self.expression(&x.rhs);
            }
            Expr::And(x, _) | Expr::Or(x, _) => self.expressions(x),
            Expr::Coalesce(x, _) => self.coalesced(x),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::MethodCall(call, position) => self.method(call, *position),
            Expr::Custom(custom, _) => self.custom(custom),
            _ => {}
        }
    }

    pub(super) fn expressions(&mut self, expressions: &[Expr]) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn custom(&mut self, custom: &CustomExpr) {
        if let [
            Expr::IntegerConstant(_, position)
            | Expr::Map(_, position)
            | Expr::Array(_, position)
            | Expr::BoolConstant(_, position),
            ..,
        ] = custom.inputs.as_ref()
        {
            self.report("a step's name is a string", *position).label = "not a string".into();
        }
        if let [Expr::Variable(name, _, position), ..] = custom.inputs.as_ref()
            && self.find(&name.1).is_none()
            && custom.tokens.first().is_some_and(|token| token == "step")
        {
            let name = name.1.clone();
            let found = self.report("the name of a step takes double quotes", *position);
            found.label = format!("write step \"{name}\" {{ … }}");
            found.length = Some(name.chars().count());
            return self.expressions(&custom.inputs[1..]);
        }
        self.named_before(custom);
        self.steps = self.steps.map(|around| around + 1);
        self.expressions(&custom.inputs);
        self.steps = self.steps.map(|around| around - 1);
    }

    /// A `return` in a step of the pipeline's top level ends all of it.
    fn returns(&mut self, position: Position) {
        if !self.pipeline || self.steps.is_none_or(|around| around == 0) {
            return;
        }
        let found = self.report("`return` in a step ends the whole pipeline", position);
        found.label = "not only this step".into();
        found.length = Some("return".len());
        found.help = Some(
            "put the rest of the step into `if … { … }`; or write `finish(\"why\")` to end the pipeline here on purpose"
                .into(),
        );
    }

    pub(super) fn find(&mut self, name: &str) -> Option<&mut Variable> {
        self.scope.iter_mut().rev().find(|v| v.name == name)
    }

    fn variable(&mut self, name: &str, position: Position) {
        if let Some(variable) = self.find(name) {
            variable.used = true;
            return;
        }
        let functions = self.known.functions(&self.unit.name);
        if functions.iter().any(|f| f.name == name) {
            return;
        }
        let close = did_you_mean(name, self.scope.iter().map(|v| v.name.as_str()));
        let global = functions_cannot_see(self.unit, name);
        let module = self.unit.imports.iter().any(|import| import.alias == name)
            || self.known.modules().any(|module| module == name);
        let found = self.report(format!("there is no variable `{name}`"), position);
        found.label = close.unwrap_or_else(|| "not known here".into());
        found.length = Some(name.chars().count());
        found.help = global
            .or_else(|| module.then(|| format!("`{name}` is a module: write {name}::function(…)")))
            .or_else(|| {
                crate::script::library::text(name).is_some().then(|| {
                    format!("import \"std/{name}\" as {name}; and call {name}::function(…)")
                })
            })
            .or_else(|| foreign::variable(name).map(str::to_owned));
    }
}

/// Help for a function that wants a variable of the script around it.
fn functions_cannot_see(unit: &Script, name: &str) -> Option<String> {
    unit.ast
        .statements()
        .iter()
        .find_map(|statement| match statement {
            Stmt::Var(x, flags, _) if x.0.name == name => {
                Some(match flags.contains(ASTFlags::CONSTANT) {
                    true => format!("in a function, write global::{name}"),
                    false => format!("a function sees only its own variables: pass `{name}` to it"),
                })
            }
            _ => None,
        })
}
