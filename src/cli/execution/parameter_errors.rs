//! What is wrong with parameters and their files, shown where it stands.

use std::path::Path;

use crate::cli::error::{CommandError, problem};
use crate::data::DataError;
use crate::report::diagnostic::Problem;
use crate::script::params::{self, Origin};
use crate::script::{ParamProblem, Program};
use crate::suggest::suggest;
use crate::vocabulary::Site;

/// What is wrong with the parameters of `program`; `file`: the one of `--params`.
pub(super) fn explain(
    wrong: &[ParamProblem],
    program: &Program,
    file: Option<&Path>,
) -> CommandError {
    let mut sources = program.sources();
    let missing: Vec<&ParamProblem> = wrong
        .iter()
        .filter(|it| it.origin == Origin::Missing)
        .collect();
    let listed = missing.len() > 1;
    let mut problems = Vec::new();
    for it in wrong
        .iter()
        .filter(|it| !listed || it.origin != Origin::Missing)
    {
        let place = file
            .filter(|_| it.origin == Origin::File)
            .and_then(|file| params::place_of(file, &it.name));
        let site = match (place, &it.site) {
            (Some((site, text)), _) => {
                sources.insert(site.source.clone(), text);
                site
            }
            (None, Some(site)) => site.clone(),
            (None, None) => entry(program),
        };
        problems.push(Problem {
            frames: vec![site],
            ..problem("parameter", it.message.clone(), it.help.clone())
        });
    }
    if listed {
        problems.push(Problem {
            frames: vec![entry(program)],
            ..several_missing(&missing)
        });
    }
    CommandError::new(problems).in_scripts(sources)
}

fn entry(program: &Program) -> Site {
    Site {
        source: program.entry().to_owned(),
        ..Site::default()
    }
}

/// One list of the parameters that have no value, and what to add to the command.
fn several_missing(missing: &[&ParamProblem]) -> Problem {
    let list: Vec<&str> = missing.iter().map(|it| it.message.as_str()).collect();
    let message = format!("{} parameters need a value", missing.len());
    let flags = missing.iter().filter_map(|it| it.help.as_deref());
    let flags: Vec<&str> = flags.collect();
    let hint = format!(
        "{}\nadd to the command, or put them into a file for --params:\n  {}",
        list.join("\n"),
        flags.join(" \\\n  ")
    );
    problem("parameter", message, Some(hint))
}

/// Why a file of parameters cannot be used.
pub(super) fn unreadable(path: &Path, wrong: &DataError) -> CommandError {
    let name = path.display().to_string();
    let hint = match path.exists() {
        _ if wrong.help.is_some() => wrong.help.clone().unwrap_or_default(),
        true => "a parameter file is one JSON object, or TOML".to_owned(),
        false => beside(path, &["toml", "json"]),
    };
    let mut error = CommandError::with_hint("params_file", wrong.within(&name), hint);
    if wrong.line > 0
        && let Ok(text) = crate::data::file(path)
        && let Some(problem) = error.problems.first_mut()
    {
        problem.frames.push(Site {
            source: name.clone(),
            line: wrong.line,
            column: wrong.column,
        });
        error.sources.insert(name, text);
    }
    error
}

/// Why a path cannot be a pipeline, whatever it says.
pub(super) fn no_pipeline(path: &Path) -> Option<CommandError> {
    let name = path.display();
    let (message, hint) = if path.is_dir() {
        let hint = match scripts_in(path).as_slice() {
            [] => "name a script: a file that ends in .rhai".to_owned(),
            scripts => format!("name a script in it: {}", scripts.join(", ")),
        };
        (format!("{name} is a folder, not a pipeline"), hint)
    } else {
        let ending = path.extension()?.to_str()?;
        let of = match ending {
            "toml" if name.to_string().ends_with(".cloud.toml") => {
                "a fixture: give it with --cloud"
            }
            "toml" | "json" => "data: a fixture, or parameters for --params",
            "yml" | "yaml" => "YAML",
            _ => return None,
        };
        (
            format!("{name} is not a pipeline, but {of}"),
            beside(path, &["rhai"]),
        )
    };
    Some(CommandError::with_hint("not_a_pipeline", message, hint))
}

/// What there is beside a file, or below the folder that should hold it.
fn beside(path: &Path, endings: &[&str]) -> String {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let names = files_in(folder, endings);
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let shown = match folder.to_str() {
        Some(".") | None => String::new(),
        Some(folder) => format!("{folder}/"),
    };
    match (suggest(name, &names), names.as_slice()) {
        (Some(near), _) => format!("did you mean `{shown}{near}`?"),
        (None, []) => format!(
            "{} holds no file that ends in .{}",
            folder.display(),
            endings.join(" or .")
        ),
        (None, names) => format!("{} has: {}", folder.display(), names.join(", ")),
    }
}

fn scripts_in(folder: &Path) -> Vec<String> {
    files_in(folder, &["rhai"])
}

/// Names of the files in a folder that end so, without tests, sorted.
fn files_in(folder: &Path, endings: &[&str]) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            endings
                .iter()
                .any(|ending| name.ends_with(&format!(".{ending}")))
        })
        .filter(|name| !name.ends_with(".test.rhai"))
        .collect();
    names.sort();
    names
}
