//! What a library module says of itself: read from its text, for people.

use std::collections::HashMap;

use serde_json::Value;

use super::big_stack::on_big_stack;
use super::loader;
use super::resolver::{Resolver, Sources};
use super::signature::{self, DeclaredOption, Default, Options, OptionsTarget, Signature};
use super::{InvalidPipeline, library, parser};

/// How often options may be handed on.
const DEEPEST: usize = 8;

/// A library module as the reference shows it.
#[derive(Debug, Clone)]
pub struct ModuleDoc {
    /// Name of the module without `std/`: `service`.
    pub name: String,
    /// What it is for, in Markdown; empty: it does not say.
    pub doc: String,
    /// Its public functions, in the order of the text.
    pub functions: Vec<FunctionDoc>,
    /// Source text of the whole module.
    pub text: String,
}

/// A public function of a module, as the reference shows it.
#[derive(Debug, Clone)]
pub struct FunctionDoc {
    /// Name of the function: `roll_out`.
    pub name: String,
    /// `roll_out(app, live)`; several, where one doc comment is for all of them.
    pub signatures: Vec<String>,
    /// What it does, in Markdown, without its examples; empty: it does not say.
    pub doc: String,
    /// Its examples, each a script of its own.
    pub examples: Vec<String>,
    /// The maps of options that it takes.
    pub options: Vec<ParameterDoc>,
    /// Its text, with its doc comment.
    pub source: String,
}

/// A parameter that is a map of options.
#[derive(Debug, Clone)]
pub struct ParameterDoc {
    /// Name of the parameter that takes the map.
    pub parameter: String,
    /// The members that the map may have.
    pub what: OptionsDoc,
}

/// Where the options of a map are declared.
#[derive(Debug, Clone)]
pub enum OptionsDoc {
    /// Options that the function itself declares.
    Own(Vec<OptionDoc>),
    /// The options of another function, which is named: `watch::metric`.
    As(String),
}

/// An option: a member of the map, with its type, default and meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionDoc {
    /// Name of the option in the map.
    pub name: String,
    /// Type of its value, in a word: `integer`.
    pub kind: String,
    /// What stands for it where it is left out, as a script would write it; `None`: it must be given.
    pub default: Option<String>,
    /// What it is for, in a sentence; empty: it does not say.
    pub doc: String,
}

/// The library as it ships.
///
/// # Errors
/// A module that cannot be read.
pub fn shipped() -> Result<Vec<ModuleDoc>, InvalidPipeline> {
    let texts = library::MODULES.iter();
    let texts: Sources = texts
        .map(|module| (format!("std/{}", module.name), module.text.to_owned()))
        .collect();
    let resolver = Resolver::recorded(texts);
    let names = library::MODULES.iter();
    names
        .map(|module| chapter(&resolver, module.name))
        .collect()
}

/// One module, as a project's pipelines import it.
///
/// # Errors
/// What is wrong with it, or that there is none.
pub fn chapter(resolver: &Resolver, name: &str) -> Result<ModuleDoc, InvalidPipeline> {
    let entry = format!("std/{name}");
    let loaded = on_big_stack(|| loader::load(&parser(), resolver, &entry))?;
    let text = loaded.pipeline.text.clone();
    let mut known: HashMap<String, Vec<Signature>> = loaded
        .modules
        .iter()
        .map(|unit| (unit.name().to_owned(), unit.signatures()))
        .collect();
    known.insert(entry.clone(), signature::signatures(&loaded.pipeline));
    let own = known.get(&entry).map_or(&[][..], Vec::as_slice);
    let public = own.iter().filter(|signature| !signature.private);
    Ok(ModuleDoc {
        name: name.to_owned(),
        doc: header(&text),
        functions: together(public.map(|s| section(s, &text, &known))),
        text,
    })
}

/// The text behind `//!` where a script begins.
fn header(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|l| l.strip_prefix(' ').unwrap_or(l)).collect();
    lines.join("\n").trim().to_owned()
}

fn section(
    signature: &Signature,
    text: &str,
    known: &HashMap<String, Vec<Signature>>,
) -> FunctionDoc {
    let (doc, examples) = split(&signature.doc);
    let options = signature.takes.iter().filter_map(|takes| {
        Some(ParameterDoc {
            parameter: signature.parameters.get(takes.place)?.clone(),
            what: rows(&takes.what, known, DEEPEST)?,
        })
    });
    FunctionDoc {
        name: signature.name.clone(),
        signatures: vec![format!(
            "{}({})",
            signature.name,
            signature.parameters.join(", ")
        )],
        doc,
        examples,
        options: options.collect(),
        source: source(signature, text),
    }
}

/// Puts functions that say nothing of themselves to the one of the same name that does.
fn together(sections: impl Iterator<Item = FunctionDoc>) -> Vec<FunctionDoc> {
    let (mut said, silent): (Vec<FunctionDoc>, Vec<FunctionDoc>) =
        sections.partition(|section| !section.doc.is_empty());
    for section in silent {
        match said.iter_mut().find(|other| other.name == section.name) {
            Some(other) => {
                other.signatures.extend(section.signatures);
                other.options.extend(section.options);
                other.source = format!("{}\n\n{}", other.source, section.source);
            }
            None => said.push(section),
        }
    }
    said
}

/// A doc comment without its examples, and these.
fn split(doc: &str) -> (String, Vec<String>) {
    let (mut text, mut examples) = (Vec::new(), Vec::new());
    let mut example: Option<Vec<&str>> = None;
    for line in doc.lines() {
        match (&mut example, line.trim_end()) {
            (None, "```rhai") => example = Some(Vec::new()),
            // Where an example was, one empty line is enough.
            (None, "") if text.last() == Some(&"") => {}
            (None, line) => text.push(line),
            (Some(_), "```") => examples.extend(example.take().map(|e| e.join("\n"))),
            (Some(example), line) => example.push(line),
        }
    }
    (text.join("\n").trim().to_owned(), examples)
}

/// The options of one parameter. What a function only hands on is shown where it is declared, unless that is
/// nobody's business.
fn rows(
    what: &Options,
    known: &HashMap<String, Vec<Signature>>,
    deepest: usize,
) -> Option<OptionsDoc> {
    let target = match what {
        Options::Declared(declared) => {
            return Some(OptionsDoc::Own(declared.iter().map(row).collect()));
        }
        Options::Of(target) => target,
    };
    let next = find(target, known)?;
    let takes = next
        .takes
        .iter()
        .find(|takes| takes.place == target.place)?;
    let rows = rows(&takes.what, known, deepest.checked_sub(1)?)?;
    Some(match next.private {
        true => rows,
        false => {
            let module = target.unit.rsplit('/').next().unwrap_or_default();
            OptionsDoc::As(format!("{module}::{}", target.function))
        }
    })
}

fn find<'k>(
    target: &OptionsTarget,
    known: &'k HashMap<String, Vec<Signature>>,
) -> Option<&'k Signature> {
    let functions = known.get(&target.unit)?.iter();
    let mut same = functions.filter(|f| f.name == target.function);
    same.find(|f| f.arity() == target.arity)
}

fn row(declared: &DeclaredOption) -> OptionDoc {
    OptionDoc {
        name: declared.name.clone(),
        kind: declared
            .kind
            .as_ref()
            .map_or_else(|| "any".to_owned(), ToString::to_string),
        default: match &declared.default {
            Default::None => None,
            Default::Value(value) => Some(written(value)),
            Default::Computed => Some("worked out".to_owned()),
        },
        doc: declared.doc.clone(),
    }
}

/// A value as a script writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "()".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) if members.is_empty() => "#{}".to_owned(),
        Value::Object(members) => {
            let members = members.iter().map(|(k, v)| format!("{k}: {}", written(v)));
            format!("#{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// The lines of a function, from its doc comment to its last brace.
fn source(signature: &Signature, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let body = signature.position.line().unwrap_or(1).min(lines.len());
    let end = signature.end.line().unwrap_or(body).min(lines.len());
    let head = (0..body).rev().find(|at| {
        let line = lines[*at].trim_start();
        line.starts_with("fn ") || line.starts_with("private fn ")
    });
    let mut begin = head.unwrap_or(body.saturating_sub(1));
    while begin > 0 && lines[begin - 1].trim_start().starts_with("///") {
        begin -= 1;
    }
    lines[begin..end.max(begin)].join("\n")
}

impl ModuleDoc {
    /// What it is for, in one sentence.
    pub fn summary(&self) -> String {
        summary(&self.doc)
    }
}

/// The first sentence of a text.
pub fn summary(doc: &str) -> String {
    let paragraph: Vec<&str> = doc.lines().take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    let first = paragraph.split(". ").next().unwrap_or_default();
    first.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = r#"//! Things that roll.
//! And more.

import "std/deep" as deep;

/// Rolls it out. Then waits.
///
/// ```rhai
/// import "std/lib" as lib;
/// lib::roll("a", #{ title: "T" });
/// ```
///
/// Throws `nothing`.
fn roll(
    name,
    given
) {
    let o = options(given, #{
        title: text("how it is called"),
        rules: map("what must hold").or(#{ a: [1, "b"], c: () }),
        minimum: integer("how many").or(name.len()),
    });
    o
}

fn roll(name) { roll(name, #{}) }
fn through(given) { deep::down(given) }
fn hidden(given) { own(given) }
private fn own(given) { options(given, #{ on: flag("whether").or(()) }) }
"#;

    fn lib() -> ModuleDoc {
        let sources = [
            ("std/lib", LIB),
            (
                "std/deep",
                "fn down(x) { options(x, #{ a: choice([\"b\", \"c\"], \"d\") }) }",
            ),
        ];
        let sources = sources.map(|(name, text)| (name.to_owned(), text.to_owned()));
        chapter(&Resolver::recorded(sources.into()), "lib").unwrap()
    }

    #[test]
    fn a_function_is_described() {
        let lib = lib();
        assert_eq!(lib.summary(), "Things that roll");
        let roll = &lib.functions[0];
        assert_eq!(roll.signatures, ["roll(name, given)", "roll(name)"]);
        assert_eq!(roll.doc, "Rolls it out. Then waits.\n\nThrows `nothing`.");
        let example = "import \"std/lib\" as lib;\nlib::roll(\"a\", #{ title: \"T\" });";
        assert_eq!(roll.examples, [example]);
        assert!(
            roll.source.starts_with("/// Rolls it out."),
            "{}",
            roll.source
        );
        let end = "    o\n}\n\nfn roll(name) { roll(name, #{}) }";
        assert!(roll.source.ends_with(end), "{}", roll.source);
        let OptionsDoc::Own(rows) = &roll.options[0].what else {
            panic!("{:?}", roll.options)
        };
        let said: Vec<_> = rows
            .iter()
            .map(|r| format!("{} {} {:?} {}", r.name, r.kind, r.default, r.doc))
            .collect();
        assert_eq!(
            said,
            [
                "title text None how it is called",
                "rules map Some(\"#{ a: [1, \\\"b\\\"], c: () }\") what must hold",
                "minimum integer Some(\"worked out\") how many",
            ]
        );
    }

    #[test]
    fn what_is_handed_on_is_shown_where_it_is_declared() {
        let lib = lib();
        let options = |at: usize| &lib.functions[at].options[0].what;
        assert_eq!(lib.functions.len(), 3);
        assert!(matches!(options(1), OptionsDoc::As(name) if name == "deep::down"));
        assert!(
            matches!(options(2), OptionsDoc::Own(rows) if rows[0].default.as_deref() == Some("()"))
        );
    }
}
