//! Calls: does the function exist, and does it take so many arguments?

use rhai::{FnCallExpr, Namespace, Position};

use super::KEYWORDS;
use super::walk::Walker;
use crate::script::parse_help::foreign;
use crate::script::resolver::STD;
use crate::script::signature::Signature;
use crate::script::{builtins, renamed};
use crate::suggest::did_you_mean;

impl Walker<'_> {
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) {
        self.expressions(&call.args);
        if call.is_operator_call() {
            return;
        }
        if call.is_qualified() {
            self.qualified(call, position);
        } else {
            self.plain(call, position);
        }
    }

    /// Checks a call of a function of this script: `name(…)`.
    fn plain(&mut self, call: &FnCallExpr, position: Position) {
        let (name, count) = (call.name.as_str(), call.args.len());
        if KEYWORDS.contains(&name) {
            return;
        }
        if name == "params" && !self.pipeline {
            let found = self.report("only a pipeline declares parameters", position);
            found.label = "in a module".into();
            found.help = Some("let the functions take what they need as arguments".into());
            return;
        }
        let own = self.known.functions(&self.unit.name);
        let mut arities: Vec<usize> = arities(own, name).collect();
        arities.extend(self.known.natives.get(name).into_iter().flatten());
        if arities.contains(&count) {
            if own.iter().all(|function| function.name != name) {
                self.native(call, position);
            }
            let unit = self.unit.name.clone();
            return self.options(name, &unit, call, position);
        }
        let candidates: Vec<&str> = own
            .iter()
            .map(|f| f.name.as_str())
            .chain(self.known.natives.keys().map(String::as_str))
            .filter(|n| is_word(n))
            .collect();
        self.wrong(name, name, count, arities, &candidates, position);
    }

    /// Checks a call with a receiver: `value.name(…)`.
    pub(super) fn method(&mut self, call: &FnCallExpr, position: Position) {
        self.expressions(&call.args);
        let (name, count) = (call.name.as_str(), call.args.len());
        if KEYWORDS.contains(&name) || self.known.has_member(name) {
            return;
        }
        let own = self.known.functions(&self.unit.name);
        let mut arities: Vec<usize> = arities(own, name).collect();
        let natives = self.known.natives.get(name).into_iter().flatten();
        arities.extend(natives.filter_map(|n| n.checked_sub(1)));
        if arities.contains(&count) {
            if own.iter().all(|function| function.name != name) {
                self.typed(call);
            }
            return;
        }
        let candidates: Vec<&str> = own
            .iter()
            .map(|f| f.name.as_str())
            .chain(self.known.members())
            .chain(self.known.natives.keys().map(String::as_str))
            .filter(|n| is_word(n))
            .collect();
        self.wrong(name, name, count, arities, &candidates, position);
    }

    /// Checks a call of a module's function or of a verb: `module::name(…)`.
    fn qualified(&mut self, call: &FnCallExpr, position: Position) {
        let (name, count) = (call.name.as_str(), call.args.len());
        let [module] = call.namespace.path.as_ref() else {
            return;
        };
        let module = module.name.as_str();
        let path = format!("{module}::{name}");
        let import = self.unit.imports.iter().find(|i| i.alias == module);
        if let Some(import) = import {
            let functions = self.known.functions(&import.target);
            let public = functions.iter().filter(|f| !f.private);
            let candidates: Vec<&str> = public.clone().map(|f| f.name.as_str()).collect();
            let arities = public
                .filter(|f| f.name == name)
                .map(Signature::arity)
                .collect();
            let private = functions.iter().any(|f| f.private && f.name == name);
            let known = functions.iter().any(|f| f.name == name);
            let target = import.target.clone();
            if !known && self.renamed(module, &target, name, position) {
                return;
            }
            if !self.wrong(&path, name, count, arities, &candidates, position) {
                self.listed(&path, &target, call);
                self.options(&path, &target, call, position);
            } else if private && let Some(found) = self.found.last_mut() {
                found.label = "it is private there".into();
            }
            return;
        }
        let (primitives, pure) = (
            self.known.primitives.get(module),
            self.known.pure.get(module),
        );
        if primitives.is_none() && pure.is_none() {
            return self.module(&call.namespace, name);
        }
        let Some(primitive) = primitives.and_then(|p| p.get(name)) else {
            let arity = pure.and_then(|p| p.get(name)).copied();
            let named = primitives.into_iter().flat_map(|p| p.keys());
            let candidates: Vec<&str> = named
                .chain(pure.into_iter().flat_map(|p| p.keys()))
                .copied()
                .collect();
            let arities = arity.into_iter().collect();
            self.wrong(&path, name, count, arities, &candidates, position);
            return;
        };
        let most = builtins::most_arguments(primitive.declaration());
        self.command_line(&path, call);
        if !self.wrong(&path, name, count, (0..=most).collect(), &[], position) {
            self.input(primitive.as_ref(), call, position);
        }
    }

    /// Reports a call of a library function by the name that it had before; returns whether it did. `target`: what is
    /// imported as `module`.
    fn renamed(&mut self, module: &str, target: &str, name: &str, position: Position) -> bool {
        let library = target.strip_prefix(STD);
        let Some((now, new)) = library.and_then(|library| renamed::function(library, name)) else {
            return false;
        };
        let moved = library != Some(now);
        let place = if moved { now } else { module };
        let said = renamed::said(&format!("{module}::{name}"), &format!("{place}::{new}"));
        let found = self.report(said, position);
        found.label = format!("write {place}::{new}");
        found.length = Some(name.chars().count());
        found.help = moved.then(|| format!("import \"{STD}{now}\" as {now};"));
        true
    }

    /// The module of `module::name` must be imported, or one of primitives.
    pub(super) fn module(&mut self, namespace: &Namespace, name: &str) {
        let root = namespace.root();
        let imports = &self.unit.imports;
        if root == "global"
            || imports.iter().any(|i| i.alias == root)
            || self.known.modules().any(|module| module == root)
        {
            return;
        }
        let imported = imports.iter().map(|i| i.alias.as_str());
        let close = did_you_mean(root, imported.chain(self.known.modules()));
        let label = close.unwrap_or_else(|| "not known here".into());
        let known = crate::script::library::text(root).is_some();
        let foreign = foreign::module(root, name);
        let found = self.report(
            format!("there is no module `{root}`, so no `{root}::{name}`"),
            namespace.position(),
        );
        found.label = label;
        found.length = Some(root.chars().count());
        found.help = match known {
            true => Some(format!("import \"std/{root}\" as {root};")),
            false => foreign,
        };
    }

    /// Reports a call unless `arities` has its number of arguments; returns whether it did.
    fn wrong(
        &mut self,
        path: &str,
        name: &str,
        count: usize,
        mut arities: Vec<usize>,
        candidates: &[&str],
        position: Position,
    ) -> bool {
        if arities.contains(&count) {
            return false;
        }
        arities.sort_unstable();
        arities.dedup();
        let (mut help, mut meant) = (None, None);
        let (message, label) = if arities.is_empty() {
            // What another language calls so is told before what is only spelt alike.
            help = (path == name).then(|| foreign::function(name)).flatten();
            let close = did_you_mean(name, candidates).filter(|_| help.is_none());
            if close.is_none()
                && let Some((module, _)) = path.split_once("::")
                && self.known.modules().any(|known| known == module)
            {
                // A module of ours has some of a service's operations.
                meant = foreign::module(module, name);
            }
            (
                format!("there is no function `{path}`"),
                close.unwrap_or_else(|| "not known".into()),
            )
        } else {
            let takes: Vec<String> = arities.iter().map(ToString::to_string).collect();
            let plural = if arities == [1] { "" } else { "s" };
            (
                format!(
                    "`{path}` takes {} argument{plural}, not {count}",
                    takes.join(" or ")
                ),
                format!("{count} given"),
            )
        };
        let found = self.report(message, position);
        found.label = label;
        found.length = Some(name.chars().count());
        found.help = help.map(str::to_owned).or(meant);
        true
    }
}

fn arities<'f>(functions: &'f [Signature], name: &'f str) -> impl Iterator<Item = usize> + 'f {
    functions
        .iter()
        .filter(move |f| f.name == name)
        .map(Signature::arity)
}

/// Operators and accessors are functions, too, but nobody means them.
fn is_word(name: &str) -> bool {
    !name.starts_with("__") && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
