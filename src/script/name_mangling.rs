//! Every function of a script has a name of its own where it is executed: `find` of `std/image` is `find__3`.
//!
//! Rhai looks an unqualified call up by its bare name among the functions of all the scripts that led to it, and
//! remembers what it found for all of them: `find(…)` in one module may end in the `find` of another. Which function
//! a call means is known from the text, so it is settled there. Names change while the parser reads, positions stay.

// Rhai marks what may change between versions as deprecated; the version is pinned.
#![allow(deprecated)]

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, ParseError, Position, Stmt, Token};

use super::insertion::Insertion;
use super::insertion::original;
use super::library;
use super::resolver::STD;
use super::unit::{Script, Unit};
use crate::vocabulary::Site;

/// A function's name, and how many arguments it takes.
type Signature<'a> = (&'a str, usize);

/// Line and column, as the script was written.
type SourcePosition = (usize, usize);

/// What to rename in one script.
pub(crate) struct Names {
    /// Behind the name of every function that the script defines.
    suffix: String,
    /// Calls: the name that is meant, and its name there.
    calls: HashMap<SourcePosition, (String, String)>,
    insertions: Arc<[Insertion]>,
    /// Whether the next token names a function.
    defining: bool,
}

thread_local! {
    static READING: RefCell<Option<Names>> = const { RefCell::new(None) };
}

/// The name of a function of the script `unit` where it is executed; `number`: the script's place among the loaded ones.
pub(crate) fn executed(function: &str, unit: &str, number: usize) -> String {
    format!("{function}{}", suffix(unit, number))
}

/// What stands behind the names of the functions of the script `unit`. A library module's are the same in every program.
fn suffix(unit: &str, number: usize) -> String {
    let module = unit.strip_prefix(STD).and_then(library::module);
    match module {
        Some(module) => format!("__std_{}", module.name),
        None => format!("__{number}"),
    }
}

impl Names {
    /// Settles the calls of a script, which is the next after `loaded`.
    pub(crate) fn new(unit: &Script, loaded: &[Unit]) -> Names {
        let ast = &unit.ast;
        let suffix = suffix(&unit.name, loaded.len());
        let own: HashSet<Signature<'_>> = signatures(ast);
        let others: HashMap<&str, (String, HashSet<Signature<'_>>)> = unit
            .imports
            .iter()
            .filter_map(|import| {
                let number = loaded.iter().position(|u| u.name() == import.target)?;
                let functions = functions(&loaded[number]);
                let suffix = self::suffix(&import.target, number);
                Some((import.alias.as_str(), (suffix, functions)))
            })
            .collect();
        let methods = says_this(ast);
        let declared = declared(ast);
        let mut calls = HashMap::new();
        let mut settle = |position: Position, name: &str, suffix: &str| {
            if let (Some(line), Some(column)) = (position.line(), position.position()) {
                let there = format!("{name}{suffix}");
                calls.insert((line, column), (name.to_owned(), there));
            }
        };
        let mut call = |call: &FnCallExpr, position: Position, method: bool| {
            let signature = (call.name.as_str(), call.args.len());
            if let [module] = call.namespace.path.as_ref() {
                if let Some((suffix, functions)) = others.get(module.name.as_str())
                    && functions.contains(&signature)
                {
                    settle(position, &call.name, suffix);
                }
            } else if own.contains(&signature) && (!method || methods) {
                settle(position, &call.name, &suffix);
            }
            if call.name == "Fn"
                && let [Expr::StringConstant(name, position)] = &call.args[..]
                && own.iter().any(|(own, _)| own == name)
            {
                settle(*position, name, &suffix);
            }
        };
        let mut values = Vec::new();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Expr(Expr::FnCall(it, position))) => call(it, *position, false),
                Some(ASTNode::Stmt(Stmt::FnCall(it, position))) => call(it, *position, false),
                Some(ASTNode::Expr(Expr::MethodCall(it, position))) => call(it, *position, true),
                Some(ASTNode::Expr(Expr::Variable(it, _, position))) => {
                    let name = it.1.as_str();
                    // A function's bare name is a pointer to it, unless a variable has that name.
                    if own.iter().any(|(own, _)| *own == name) && !declared.contains(name) {
                        values.push((*position, name.to_owned()));
                    }
                }
                _ => {}
            }
            true
        });
        for (position, name) in values {
            settle(position, &name, &suffix);
        }
        Names {
            suffix,
            calls,
            insertions: Arc::clone(&unit.insertions),
            defining: false,
        }
    }

    /// Behind the name of every function that the script defines.
    #[cfg(test)]
    pub(crate) fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Where something is called, as it is written, by which name, and its name there; in the order of the text.
    #[cfg(test)]
    pub(crate) fn calls(&self) -> Vec<(SourcePosition, &str, &str)> {
        let calls = self.calls.iter();
        let mut calls: Vec<_> = calls
            .map(|(place, (name, there))| (*place, name.as_str(), there.as_str()))
            .collect();
        calls.sort_unstable();
        calls
    }

    /// Parses `text` with these names.
    ///
    /// # Errors
    /// What is not a script.
    pub(crate) fn compile(self, engine: &Engine, text: &str) -> Result<AST, Box<ParseError>> {
        READING.set(Some(self));
        let parsed = engine.compile(text);
        READING.set(None);
        parsed.map_err(Box::new)
    }

    fn renamed(&mut self, token: Token, position: Position) -> Token {
        let defining = std::mem::replace(&mut self.defining, token == Token::Fn);
        if defining && let Token::Identifier(name) = &token {
            return Token::Identifier(Box::new(format!("{name}{}", self.suffix).into()));
        }
        let (Some(line), Some(column)) = (position.line(), position.position()) else {
            return token;
        };
        let written = original(
            Site {
                line,
                column,
                ..Site::default()
            },
            &self.insertions,
        );
        let Some((name, there)) = self.calls.get(&(written.line, written.column)) else {
            return token;
        };
        match token {
            Token::Identifier(it) if it.as_str() == name => {
                Token::Identifier(Box::new(there.as_str().into()))
            }
            Token::StringConstant(it) if it.as_str() == name => {
                Token::StringConstant(Box::new(there.as_str().into()))
            }
            token => token,
        }
    }
}

/// What the parser is to read in the place of `token`.
pub(crate) fn token(token: Token, position: Position) -> Token {
    // Nothing else has a name, and nothing else stands between `fn` and one.
    let may_name = matches!(
        token,
        Token::Fn | Token::Identifier(_) | Token::StringConstant(_)
    );
    if !may_name {
        return token;
    }
    READING.with_borrow_mut(|reading| match reading {
        Some(names) => names.renamed(token, position),
        None => token,
    })
}

fn functions(unit: &Unit) -> HashSet<Signature<'_>> {
    match unit {
        Unit::Parsed(script) => signatures(&script.ast),
        Unit::Embedded { prepared, .. } => {
            let functions = prepared.functions().iter();
            functions.map(|f| (f.name.as_str(), f.arity())).collect()
        }
    }
}

fn signatures(ast: &AST) -> HashSet<Signature<'_>> {
    ast.iter_fn_def()
        .map(|function| (function.name.as_str(), function.params.len()))
        .collect()
}

/// Whether any function says `this`: only then is one called as a method.
fn says_this(ast: &AST) -> bool {
    let mut this = false;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        this |= matches!(path.last(), Some(ASTNode::Expr(Expr::ThisPtr(_))));
        true
    });
    this
}

/// Names of variables, parameters and constants.
fn declared(ast: &AST) -> HashSet<String> {
    let mut found: HashSet<String> = ast
        .iter_fn_def()
        .flat_map(|function| function.params.iter().map(ToString::to_string))
        .collect();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Var(it, ..))) => {
                found.insert(it.0.name.to_string());
            }
            Some(ASTNode::Stmt(Stmt::For(it, ..))) => {
                found.insert(it.0.name.to_string());
                found.extend(it.1.iter().map(|counter| counter.name.to_string()));
            }
            Some(ASTNode::Stmt(Stmt::TryCatch(flow, _))) => {
                if let Expr::Variable(name, ..) = &flow.expr {
                    found.insert(name.1.to_string());
                }
            }
            _ => {}
        }
        true
    });
    found
}
