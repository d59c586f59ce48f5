//! The language as a whole, against a door that writes down what comes through it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;
use crate::primitive::{Call, Context, Declaration, Input, Output, ResourceCache};
use crate::run::{Finalizer, Undo};
use crate::vocabulary::event::StepResult;
use crate::vocabulary::{Effect, Fault, Halt, Line, Site};

mod checks;
mod closures;
mod early;
mod given;
mod language;
mod limits;
mod members;
mod names;
mod options;
mod programs;
mod unknowns;

/// A primitive that gives back what it is given.
struct Echo {
    declaration: Declaration,
    takes: Takes,
}

enum Takes {
    Api(&'static str),
    Typed(schemars::Schema),
}

impl Primitive for Echo {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }
    fn input(&self) -> Input<'_> {
        let service = "ecs";
        match &self.takes {
            Takes::Api(operation) => Input::Api { service, operation },
            Takes::Typed(schema) => Input::Typed(schema),
        }
    }
    fn prepare<'a>(&'a self, input: &'a Value) -> Result<Box<dyn Call + 'a>, Fault> {
        Ok(Box::new(Echoed(input)))
    }
}

struct Echoed<'a>(&'a Value);

impl Call for Echoed<'_> {
    fn line(&self, _seen: &ResourceCache) -> Line {
        Line::default()
    }
    fn perform(&self, _cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(self.0.clone())
    }
}

#[derive(schemars::JsonSchema)]
#[allow(dead_code)]
#[schemars(deny_unknown_fields)]
struct Get {
    url: String,
    timeout: Option<String>,
    #[serde(default)]
    status: u16,
}

fn echo(module: &'static str, name: &'static str, takes: Takes) -> Echo {
    let declaration = Declaration {
        module,
        name,
        effect: Effect::Read,
        doc: "",
        positional: &[],
        returns: "",
        example: "",
    };
    Echo { declaration, takes }
}

pub(super) fn primitives() -> Vec<Arc<dyn Primitive>> {
    let mut get = echo("http", "get", Takes::Typed(schemars::schema_for!(Get)));
    get.declaration.positional = &["url", "status"];
    let anything = schemars::json_schema!({ "type": "object" });
    vec![
        Arc::new(echo("ecs", "update_service", Takes::Api("UpdateService"))),
        Arc::new(echo(
            "ecs",
            "describe_services",
            Takes::Api("DescribeServices"),
        )),
        Arc::new(get),
        Arc::new(echo("test", "echo", Takes::Typed(anything))),
    ]
}

/// Writes down what happens, in one line each. A call with `fault` or `halt` in its input ends so.
#[derive(Default)]
pub(super) struct Notes {
    lines: Mutex<Vec<String>>,
    sites: Mutex<Vec<Site>>,
    undos: Mutex<Vec<Undo>>,
    halted: Mutex<Option<Halt>>,
}

impl Notes {
    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
    pub(super) fn sites(&self) -> Vec<String> {
        let sites = self.sites.lock().unwrap();
        sites.iter().map(Site::to_string).collect()
    }
    pub(super) fn undo(&self) -> Option<Result<(), Failure>> {
        let undo = self.undos.lock().unwrap().pop()?;
        Some(undo())
    }
    fn add(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

impl RunApi for Notes {
    fn plans(&self) -> bool {
        true
    }
    fn perform(
        &self,
        primitive: &dyn Primitive,
        input: Value,
        site: Site,
        branch: &str,
    ) -> Result<Output, Stop> {
        if let Some(halt) = self.halted() {
            return Err(halt.into());
        }
        self.sites.lock().unwrap().push(site);
        let path = primitive.declaration().path();
        self.add(format!("{branch} {path} {input}"));
        if let Some(code) = input["fault"].as_str() {
            return Err(Fault::new(code, "it went wrong").hint("look").into());
        }
        if input["halt"] == true {
            *self.halted.lock().unwrap() = Some(Halt::Cancelled);
            return Err(Halt::Cancelled.into());
        }
        Ok(input.into())
    }
    fn finish_early(&self, reason: &str) -> Result<Halt, Fault> {
        let reason = reason.to_owned();
        let halt = Halt::Finished { reason };
        *self.halted.lock().unwrap() = Some(halt.clone());
        Ok(halt)
    }
    fn halted(&self) -> Option<Halt> {
        self.halted.lock().unwrap().clone()
    }
    fn step_started(&self, step: &str, _branch: &str, _site: Site) {
        self.add(format!("> {step}"));
    }
    fn step_ended(&self, _branch: &str, result: StepResult, _reason: Option<&str>) {
        self.add(format!("< {result:?}"));
    }
    fn title(&self, text: &str) {
        self.add(format!("title {text}"));
    }
    fn note(&self, text: &str, _branch: &str) {
        self.add(format!("note {text}"));
    }
    fn printed(&self, text: &str, site: Site) {
        self.add(format!("print {text} at {}:{}", site.line, site.column));
    }
    fn register_undo(&self, label: &str, _branch: &str, undo: Undo) -> Result<(), Fault> {
        self.add(format!("undo {label}"));
        self.undos.lock().unwrap().push(undo);
        Ok(())
    }
    fn register_stays(&self, _reason: &str, _branch: &str) {}
    fn register_finalizer(&self, label: &str, _: Site, _: Finalizer) -> Result<(), Fault> {
        self.add(format!("finally {label}"));
        Ok(())
    }
}

/// A project in a folder of its own; file names with their texts, the pipeline first.
pub(super) struct Project {
    _folder: tempfile::TempDir,
    pub(super) pipeline: PathBuf,
}

pub(super) fn project(files: &[(&str, &str)]) -> Project {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let pipeline = folder.path().join(files[0].0);
    Project {
        _folder: folder,
        pipeline,
    }
}

impl Project {
    pub(super) fn load(&self) -> Result<Program, InvalidPipeline> {
        Program::load(&self.pipeline, &primitives())
    }
}

/// A name in a message, without the folder that the test happened to get.
pub(super) fn base(name: &str) -> String {
    let file = Path::new(name).file_name().unwrap_or_default();
    match name.starts_with("std/") {
        true => name.to_owned(),
        false => file.to_string_lossy().into_owned(),
    }
}

/// Executes one script by itself, unchecked.
pub(super) fn run(script: &str) -> (Arc<Notes>, Result<Value, Failure>) {
    run_with(&[("p.rhai", script)])
}

/// Executes the first of some scripts, unchecked: names as the resolver gives them.
pub(super) fn run_with(scripts: &[(&str, &str)]) -> (Arc<Notes>, Result<Value, Failure>) {
    let sources = scripts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let program = match Program::recorded(sources, scripts[0].0, &primitives()) {
        Ok(program) => program,
        Err(rejected) => panic!("{:?}", rejected.diagnoses),
    };
    let notes = Arc::new(Notes::default());
    let result = program.execute(Arc::clone(&notes) as Arc<dyn RunApi>, json!({}));
    (notes, result)
}

/// The fault that a script ends in, as `code: message`, and its frames.
pub(super) fn ends(result: Result<Value, Failure>) -> (String, Vec<String>) {
    let failure = result.expect_err("it fails");
    let stop = match failure.stop {
        Stop::Fault(fault) => fault.to_string(),
        Stop::Halt(halt) => format!("halt: {halt}"),
    };
    let frames = failure.frames.iter().map(Site::to_string).collect();
    (stop, frames)
}
