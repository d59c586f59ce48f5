//! Files of parameters: one environment's values, for all pipelines of a folder.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Param;
use crate::data::{self, DataError, Format};
use crate::primitive::Primitive;
use crate::script::Program;
use crate::vocabulary::Site;

/// What a file of parameters says: one JSON object, or TOML where the file's name ends so.
///
/// # Errors
/// What is wrong with it, and where.
pub fn load(path: &Path) -> Result<Map<String, Value>, DataError> {
    let text = data::file(path)?;
    match Format::of(&path.to_string_lossy()).value(&text)? {
        Value::Object(members) => Ok(members),
        _ => Err(DataError::whole("is not an object of parameters", None)),
    }
}

/// Where the member `name` of the file of parameters at `path` stands, and the file's text.
pub fn place_of(path: &Path, name: &str) -> Option<(Site, String)> {
    let text = data::file(path).ok()?;
    let named = |line: &str| {
        let rest = line.trim_start().trim_start_matches(['{', ',', ' ']);
        let rest = rest.trim_start_matches('"').strip_prefix(name);
        let rest = rest.map(|rest| rest.trim_start_matches('"').trim_start());
        rest.is_some_and(|rest| rest.starts_with(['=', ':']))
    };
    let (index, line) = text.lines().enumerate().find(|(_, line)| named(line))?;
    let before = line.split(name).next().unwrap_or_default();
    let site = Site {
        source: path.display().to_string(),
        line: index + 1,
        column: before.chars().count() + 1,
    };
    Some((site, text))
}

/// The members of a file that are meant for `pipeline`: without those that only other pipelines of its
/// folder declare. A name that none of them declares stays, to be refused.
pub fn meant_for(
    pipeline: &Path,
    declared: &[Param],
    mut file: Map<String, Value>,
    primitives: &[Arc<dyn Primitive>],
) -> Map<String, Value> {
    let own = |name: &str| declared.iter().any(|param| param.name == name);
    if !file.keys().all(|name| own(name)) {
        let theirs = declared_beside(pipeline, primitives);
        file.retain(|name, _| own(name) || !theirs.contains(name));
    }
    file
}

/// Names that the other pipelines in the folder of `pipeline` declare; scripts that do not load declare none.
fn declared_beside(pipeline: &Path, primitives: &[Arc<dyn Primitive>]) -> BTreeSet<String> {
    let folder = match pipeline.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return BTreeSet::new(),
    };
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "rhai") && path != pipeline)
        .filter(|path| !path.to_string_lossy().ends_with(".test.rhai"))
        .filter_map(|path| Program::load(&path, primitives).ok()?.declare().ok())
        .flatten()
        .map(|param| param.name)
        .collect()
}
