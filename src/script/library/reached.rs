//! Which functions of the embedded library a program can call: the others are not parsed for it.
//!
//! A function of the library is called by a name that only it has (see [`name_mangling`](super::super::name_mangling)),
//! from a script that says its name, or from another function of the library. So it is enough to look for names.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::script::unit::{ScriptTree, Unit};

/// What stands between the name of a function and that of its module.
pub(super) const MARK: &str = "__std_";

/// A function of a module as it is executed, or what stands outside of all functions.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::script) struct Body {
    /// Its name; empty: what stands outside.
    pub(super) name: String,
    /// Its first line and its last.
    pub(super) lines: (usize, usize),
    /// The functions of the library that it names.
    pub(super) calls: Vec<String>,
}

/// The functions of the embedded library that a program can call.
#[derive(Debug, Default)]
pub(in crate::script) struct Reached(HashSet<&'static str>);

impl Reached {
    /// Those that the scripts of `tree` can call.
    pub(in crate::script) fn by(tree: &ScriptTree) -> Reached {
        let mut words: HashSet<&str> = words(&tree.pipeline.text).collect();
        let mut bodies: HashMap<&'static str, &'static Body> = HashMap::new();
        let mut open: Vec<&'static Body> = Vec::new();
        for unit in &tree.modules {
            match unit {
                Unit::Parsed(script) => words.extend(self::words(&script.text)),
                Unit::Embedded { prepared, .. } => {
                    for body in prepared.bodies() {
                        match body.name.as_str() {
                            "" => open.push(body),
                            name => drop(bodies.insert(name, body)),
                        }
                    }
                }
            }
        }
        let named = |name: &str| {
            name.rsplit_once(MARK)
                .is_some_and(|(it, _)| words.contains(it))
        };
        let mut reached: HashSet<&str> = bodies.keys().copied().filter(|it| named(it)).collect();
        open.extend(reached.iter().filter_map(|name| bodies.get(name)));
        while let Some(body) = open.pop() {
            for name in &body.calls {
                if let Some(called) = bodies.get(name.as_str())
                    && reached.insert(name)
                {
                    open.push(called);
                }
            }
        }
        Reached(reached)
    }

    /// Whether a program can come to `body`.
    pub(super) fn has(&self, body: &Body) -> bool {
        body.name.is_empty() || self.0.contains(body.name.as_str())
    }

    /// Every function of these modules, and nothing else.
    #[cfg(test)]
    pub(super) fn only(names: impl IntoIterator<Item = &'static str>) -> Reached {
        Reached(names.into_iter().collect())
    }
}

/// The words of a script, whatever they mean there.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let within = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(move |c| !within(c))
        .filter(|word| !word.is_empty())
}
