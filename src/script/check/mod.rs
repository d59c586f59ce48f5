//! What can be known to be wrong before anything runs: names, arity, and the literal part of inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rhai::Engine;

use super::diagnosis::Diagnosis;
use super::failure;
use super::library::PreparedModule;
use super::signature::{self, Signature};
use super::unit::{ScriptTree, Unit};
use crate::primitive::Primitive;

mod calls;
mod closures;
mod input;
mod known_members;
mod known_mistakes;
mod literal;
mod members;
mod options;
mod schema;
mod waiter;
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
    loaded: &ScriptTree,
    primitives: &[Arc<dyn Primitive>],
    engine: &Engine,
) -> Vec<Diagnosis> {
    let known = KnownNames::new(loaded, primitives, engine);
    let mut found = Vec::new();
    // The library that ships is checked where it is built.
    let imported = loaded.modules.iter().filter_map(|unit| match unit {
        Unit::Parsed(script) => Some((script, false)),
        Unit::Embedded { .. } => None,
    });
    // The pipeline's own mistakes are what its author wants to see first.
    for (unit, pipeline) in imported.chain([(&loaded.pipeline, true)]).rev() {
        let mut walker = walk::Walker::new(&known, unit, pipeline);
        walker.unit();
        walker.aliases();
        let mut of_unit = walker.into_found();
        of_unit.sort_by_key(|d| (d.site.line, d.site.column));
        found.append(&mut of_unit);
    }
    found
}

/// All names that the scripts of a program may use.
struct KnownNames<'a> {
    /// Functions without a module, with the numbers of arguments that they take.
    natives: HashMap<String, BTreeSet<usize>>,
    /// Primitives by module and name.
    primitives: BTreeMap<&'a str, BTreeMap<&'a str, &'a Arc<dyn Primitive>>>,
    /// Pure functions by module and name, with their numbers of arguments.
    pure: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    /// Functions of scripts, by script.
    functions: HashMap<&'a str, Vec<Signature>>,
    /// Modules that ship: what is known of them is read when a call leads there.
    embedded: HashMap<&'a str, &'static PreparedModule>,
    /// Members of map literals anywhere: each may hold a closure that is called like a method.
    members: HashSet<String>,
}

impl<'a> KnownNames<'a> {
    fn new(loaded: &'a ScriptTree, primitives: &'a [Arc<dyn Primitive>], engine: &Engine) -> Self {
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
        let mut embedded = HashMap::new();
        let mut parsed = vec![&loaded.pipeline];
        for unit in &loaded.modules {
            match unit {
                Unit::Parsed(script) => parsed.push(script),
                Unit::Embedded { name, prepared, .. } => {
                    embedded.insert(name.as_str(), *prepared);
                }
            }
        }
        for script in parsed {
            functions.insert(script.name.as_str(), signature::signatures(script));
            members.extend(script.members());
        }
        KnownNames {
            natives,
            primitives: modules,
            pure,
            functions,
            embedded,
            members,
        }
    }

    /// Names of the modules that need no import.
    fn modules(&self) -> impl Iterator<Item = &str> {
        self.primitives.keys().chain(self.pure.keys()).copied()
    }

    fn functions(&self, unit: &str) -> &[Signature] {
        let embedded = || self.embedded.get(unit).map(|prepared| prepared.functions());
        let parsed = self.functions.get(unit).map(Vec::as_slice);
        parsed.or_else(embedded).unwrap_or_default()
    }

    /// Whether a map literal anywhere has this member.
    fn has_member(&self, name: &str) -> bool {
        let mut embedded = self.embedded.values();
        self.members.contains(name) || embedded.any(|module| module.members().contains(name))
    }

    /// Members of map literals anywhere.
    fn members(&self) -> impl Iterator<Item = &str> {
        let embedded = self.embedded.values();
        let embedded = embedded.flat_map(|module| module.members());
        self.members.iter().chain(embedded).map(String::as_str)
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
