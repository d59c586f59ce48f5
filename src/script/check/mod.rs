//! What can be known to be wrong before anything runs: names, arity, and the literal part of inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rhai::{ASTNode, Engine, Expr};

use super::diagnosis::Diagnosis;
use super::failure;
use super::loader::Unit;
use super::signature::{self, Signature};
use crate::primitive::Primitive;

mod calls;
mod closures;
mod input;
mod literal;
mod options;
mod schema;
mod walk;

/// Functions of Rhai that are no entries of its function table.
const KEYWORDS: [&str; 12] = [
    "Fn",
    "call",
    "curry",
    "is_shared",
    "is_def_fn",
    "is_def_var",
    "type_of",
    "print",
    "debug",
    "eval",
    "import",
    "this",
];

/// Checks scripts against what they may call: imported ones first, the pipeline last.
pub(crate) fn check(
    units: &[Unit],
    primitives: &[Arc<dyn Primitive>],
    engine: &Engine,
) -> Vec<Diagnosis> {
    let known = Known::new(units, primitives, engine);
    let mut found = Vec::new();
    // The pipeline's own mistakes are what its author wants to see first.
    for (index, unit) in units.iter().enumerate().rev() {
        let pipeline = index + 1 == units.len();
        let mut walker = walk::Walker::new(&known, unit, pipeline);
        walker.unit();
        walker.aliases();
        let mut of_unit = walker.into_found();
        of_unit.sort_by_key(|d| (d.site.line, d.site.column));
        found.append(&mut of_unit);
    }
    found
}

/// Everything that has a name.
struct Known<'a> {
    /// Functions without a module, with the numbers of arguments that they take.
    natives: HashMap<String, BTreeSet<usize>>,
    /// Primitives by module and name.
    primitives: BTreeMap<&'a str, BTreeMap<&'a str, &'a Arc<dyn Primitive>>>,
    /// Pure functions by module and name, with their numbers of arguments.
    pure: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    /// Functions of scripts, by script.
    functions: HashMap<&'a str, Vec<Signature>>,
    /// Members of map literals anywhere: each may hold a closure that is called like a method.
    members: HashSet<String>,
}

impl<'a> Known<'a> {
    fn new(units: &'a [Unit], primitives: &'a [Arc<dyn Primitive>], engine: &Engine) -> Self {
        let mut natives: HashMap<String, BTreeSet<usize>> = HashMap::new();
        let listed = engine.collect_fn_metadata(
            None,
            |f| {
                let own = f.namespace.is_empty();
                own.then(|| (f.metadata.name.to_string(), f.metadata.num_params))
            },
            true,
        );
        for (name, arity) in listed {
            natives.entry(name).or_default().insert(arity);
        }
        let mut modules: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for primitive in primitives {
            let declaration = primitive.declaration();
            modules
                .entry(declaration.module)
                .or_default()
                .insert(declaration.name, primitive);
        }
        let mut pure: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for function in super::pure::ALL {
            pure.entry(function.module)
                .or_default()
                .insert(function.name, function.parameters.len());
        }
        let mut functions = HashMap::new();
        let mut members = HashSet::new();
        for unit in units {
            functions.insert(unit.name.as_str(), signature::signatures(unit));
            unit.ast.walk(&mut |path: &[ASTNode<'_>]| {
                if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last() {
                    members.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
                }
                true
            });
        }
        Known {
            natives,
            primitives: modules,
            pure,
            functions,
            members,
        }
    }

    /// Names of the modules that need no import.
    fn modules(&self) -> impl Iterator<Item = &str> {
        self.primitives.keys().chain(self.pure.keys()).copied()
    }

    fn functions(&self, unit: &str) -> &[Signature] {
        self.functions.get(unit).map_or(&[], Vec::as_slice)
    }
}

impl walk::Walker<'_> {
    /// An alias that hides a primitive's module hides it in the functions that are called, too.
    fn aliases(&mut self) {
        for import in &self.unit.imports {
            let site = failure::site(&self.unit.name, import.position);
            if import.alias.is_empty() {
                let diagnosis = Diagnosis::new("an import without a name cannot be used", site)
                    .label("imported here")
                    .help(Some("write import \"…\" as NAME".to_owned()));
                self.found.push(diagnosis);
            } else if self.known.modules().any(|module| module == import.alias) {
                let message = format!("`{}` already names the primitives", import.alias);
                let diagnosis = Diagnosis::new(message, site)
                    .label(format!("`as {}` would hide them", import.alias))
                    .help(Some(format!(
                        "import it as `{}_lib`, or by its purpose",
                        import.alias
                    )));
                self.found.push(diagnosis);
            }
        }
    }
}
