//! The standard library in Markdown, from the modules themselves.

use crate::script::docs::{FunctionDoc, ModuleDoc, OptionDoc, OptionsDoc, ParameterDoc};

/// A module: what it is for, and every function.
pub(in crate::cli) fn chapter(chapter: &ModuleDoc) -> String {
    let mut text = format!("### std/{}\n\n", chapter.name);
    if !chapter.doc.is_empty() {
        text.push_str(&format!("{}\n", chapter.doc));
    }
    for function in &chapter.functions {
        text.push('\n');
        text.push_str(&section(chapter, function));
    }
    text
}

/// A function: what it does, what it takes, an example.
pub(in crate::cli) fn section(chapter: &ModuleDoc, function: &FunctionDoc) -> String {
    let headings = function.signatures.iter();
    let headings: Vec<String> = headings
        .map(|signature| format!("#### {}::{signature}\n", chapter.name))
        .collect();
    let mut text = headings.join("\n");
    if !function.doc.is_empty() {
        text.push_str(&format!("\n{}\n", function.doc));
    }
    for options in &function.options {
        text.push('\n');
        text.push_str(&table(options));
    }
    for example in &function.examples {
        text.push_str(&format!("\n```rhai\n{example}\n```\n"));
    }
    text
}

fn table(options: &ParameterDoc) -> String {
    let parameter = &options.parameter;
    let rows = match &options.what {
        OptionsDoc::As(function) => {
            return format!("Options in `{parameter}`: as for `{function}`.\n");
        }
        OptionsDoc::Own(rows) => rows,
    };
    let mut text = format!("| `{parameter}` | type | default | |\n| --- | --- | --- | --- |\n");
    for OptionDoc {
        name,
        kind,
        default,
        doc,
    } in rows
    {
        let default = match default.as_deref() {
            None => "required".to_owned(),
            Some("()") => "none".to_owned(),
            Some("worked out") => "worked out".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let doc = doc.replace('|', "\\|");
        text.push_str(&format!("| `{name}` | {kind} | {default} | {doc} |\n"));
    }
    text
}

/// What `name` means in the library: a module (`std/service`, `service`) or its functions of that name.
pub(in crate::cli) fn named<'c>(
    std: &'c [ModuleDoc],
    name: &str,
) -> impl Iterator<Item = String> + 'c {
    let name = name.strip_prefix("std/").unwrap_or(name);
    let (module, function) = match name.split_once("::") {
        Some((module, function)) => (module.to_owned(), Some(function.to_owned())),
        None => (name.to_owned(), None),
    };
    let found = std.iter().filter(move |chapter| chapter.name == module);
    found.flat_map(move |found| match &function {
        None => vec![chapter(found)],
        Some(name) => {
            let same = found.functions.iter().filter(|f| f.name == *name);
            same.map(|function| section(found, function)).collect()
        }
    })
}

/// Every name that [`named`] knows.
pub(in crate::cli) fn names(chapter: &ModuleDoc) -> Vec<String> {
    let functions = chapter.functions.iter();
    let functions = functions.map(|f| format!("{}::{}", chapter.name, f.name));
    functions
        .chain([chapter.name.clone(), format!("std/{}", chapter.name)])
        .collect()
}
