//! What can be known to be wrong before anything runs: names, arity, and the literal part of inputs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rhai::Engine;

use super::diagnosis::Diagnosis;
use super::failure;
use super::loader::{Loaded, Unit};
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
    loaded: &Loaded,
    primitives: &[Arc<dyn Primitive>],
    engine: &Engine,
) -> Vec<Diagnosis> {
    let known = Known::new(loaded, primitives, engine);
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

/// Everything that has a name.
struct Known<'a> {
    /// Functions without a module, with the numbers of arguments that they take.
    natives: HashMap<String, BTreeSet<usize>>,
    /// Primitives by module and name.
    primitives: BTreeMap<&'a str, BTreeMap<&'a str, &'a Arc<dyn Primitive>>>,
    /// Pure functions by module and name, with their numbers of arguments.
    pure: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    /// Functions of scripts, by script.
    functions: HashMap<&'a str, Cow<'a, [Signature]>>,
    /// Members of map literals anywhere: each may hold a closure that is called like a method.
    members: HashSet<Cow<'a, str>>,
}

impl<'a> Known<'a> {
    fn new(loaded: &'a Loaded, primitives: &'a [Arc<dyn Primitive>], engine: &Engine) -> Self {
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
        for unit in &loaded.modules {
            functions.insert(unit.name(), unit.signatures());
            match unit {
                Unit::Parsed(script) => {
                    members.extend(script.members().into_iter().map(Cow::Owned));
                }
                Unit::Embedded { prepared, .. } => {
                    let names = prepared.facts.members.iter();
                    members.extend(names.map(|name| Cow::Borrowed(name.as_str())));
                }
            }
        }
        let pipeline = &loaded.pipeline;
        functions.insert(&pipeline.name, signature::signatures(pipeline).into());
        members.extend(pipeline.members().into_iter().map(Cow::Owned));
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
        self.functions.get(unit).map_or(&[], Cow::as_ref)
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
