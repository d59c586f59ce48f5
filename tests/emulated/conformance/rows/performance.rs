//! A row: its script, and a run of it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use deployer::cancel::Cancel;
use deployer::journal::{Entry, Log, digest};
use deployer::primitive;
use deployer::run::{Run, RunSetup};
use deployer::script::{Program, params};
use deployer::vocabulary::event::{self, Event, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::AwsCall;
use serde_json::{Map, Value, json};

use super::lossy::{Lossy, Lost};
use super::table::{DIFFERENCES, Difference};
use crate::emulated::conformance::backend::{ATTEMPTS, Backend};
use crate::support::HANG;

/// How long a row may take: one that is known to hang is cut off soon, any other only if it never ends.
fn longest(backend: &Backend, row: &str) -> Duration {
    let hangs =
        |it: &&Difference| it.what == "interrupted" && (it.backend, it.row) == (backend.name, row);
    match DIFFERENCES.iter().find(hangs) {
        Some(_) => Duration::from_secs(45),
        None => HANG,
    }
}

/// What becomes of the answers to writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answers {
    Arrive,
    AreLost,
}

/// A row of the runbooks.
pub struct Row {
    /// The name of its script.
    pub name: String,
    program: Program,
    number: usize,
}

impl Row {
    /// Every row, in the order of their names.
    pub fn all() -> Vec<Row> {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulated/conformance/rows/scripts");
        let files = fs::read_dir(&folder).expect("the scripts").flatten();
        let mut paths: Vec<_> = files.map(|file| file.path()).collect();
        paths.sort();
        let row = |(number, path): (usize, &std::path::PathBuf)| Row {
            name: path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            program: Program::load(path, &primitive::all())
                .unwrap_or_else(|wrong| panic!("{}: {:#?}", path.display(), wrong.diagnoses)),
            number,
        };
        paths.iter().enumerate().map(row).collect()
    }

    /// Runs the row to its end.
    ///
    /// # Errors
    /// How it ended, and why.
    pub fn perform(&self, backend: &Backend, answers: Answers) -> Result<(), String> {
        backend.judge(|attempt| self.attempt(backend, answers, attempt))
    }

    fn attempt(&self, backend: &Backend, answers: Answers, attempt: usize) -> Result<(), String> {
        let lost = answers == Answers::AreLost;
        // Each attempt makes things with names of its own.
        let number = ATTEMPTS * (2 * self.number + usize::from(lost)) + attempt;
        let declared = self.program.declare().map_err(|f| format!("{f:?}"))?;
        let params = params::read(&declared, &[], None, &stage(backend, number))
            .map_err(|problems| format!("{problems:?}"))?;
        set_up(backend, number)?;
        let lost = lost.then(Lost::default);
        let cancel = Cancel::default();
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let sources = self.program.sources().into_iter();
        let setup = RunSetup {
            id: format!("row-{number}-{}", backend.name),
            program: None,
            pipeline: self.program.entry().to_owned(),
            params: params.clone(),
            steps: self.program.steps(),
            overridden: Vec::new(),
            sources: sources
                .map(|(name, text)| (name, digest(&text)))
                .collect::<BTreeMap<_, _>>(),
            world: Arc::new(Lossy::new(backend.world(), backend.profile(), lost.clone())),
            log: Box::new(Forgotten),
            recorded: Vec::new(),
            secrets: Default::default(),
            cancel: cancel.clone(),
            listener: Box::new(move |event| heard.lock().expect("no panic").push(event.clone())),
            plan: None,
            aws: BTreeMap::new(),
            starter: String::new(),
            claims: None,
            guard: None,
        };
        // What hangs is a difference, and not the end of the suite.
        let (over, ended) = std::sync::mpsc::channel::<()>();
        let longest = longest(backend, &self.name);
        let watch = thread::spawn(move || {
            if ended.recv_timeout(longest).is_err() {
                cancel.cancel();
            }
        });
        let run = Run::start(setup).map_err(|e| e.to_string())?;
        let result = self.program.execute(Arc::new(Arc::clone(&run)), params);
        let ending = run.finish(result);
        let _over = over.send(());
        watch.join().expect("no panic");
        let events = events.lock().expect("no panic");
        match ending.outcome {
            Outcome::Succeeded => match &lost {
                Some(lost) => found_again(&events, lost.lock().expect("no panic").len()),
                None => Ok(()),
            },
            _ => Err(why(&ending, &events)),
        }
    }
}

/// Each row finds a secret of its own name: no script can make one.
fn set_up(backend: &Backend, number: usize) -> Result<(), String> {
    let secret = json!({"Name": own_name(number), "SecretString": "not-a-secret"});
    let made = backend.call(&AwsCall::new("secretsmanager", "CreateSecret", secret));
    made.map(drop).map_err(|fault| format!("set-up: {fault}"))
}

/// The name of what a row makes.
fn own_name(number: usize) -> String {
    format!("r{number:02}")
}

/// What the scripts may declare as parameters.
fn stage(backend: &Backend, number: usize) -> Map<String, Value> {
    let names = backend.names();
    let mut stage: Map<String, Value> = names
        .into_iter()
        .map(|(name, value)| (name.replace(['-', '.'], "_"), json!(value)))
        .collect();
    stage.insert("id".into(), json!(own_name(number)));
    stage.insert("port".into(), json!(8200 + number));
    // Longest that anything there takes.
    let patience = match backend.name {
        "simulated" => "15m",
        "ministack" => "5m",
        _ => "1m",
    };
    stage.insert("patience".into(), json!(patience));
    stage
}

/// Every write whose answer was lost was found, as it happened.
fn found_again(events: &[Event], lost: usize) -> Result<(), String> {
    let mut calls = BTreeMap::new();
    let mut found = 0;
    for event in events {
        match &event.kind {
            EventKind::Call(event::Call { key, primitive, .. }) => {
                calls.insert(key.clone(), primitive.clone());
            }
            EventKind::Reconciled(event::Reconciled {
                happened: Some(false),
                key,
                how,
            }) => {
                return Err(format!("{} was sent again: {how}", calls[key]));
            }
            EventKind::Reconciled(_) => found += 1,
            _ => {}
        }
    }
    // The way there may have lost some, too.
    match found >= lost {
        true => Ok(()),
        false => Err(format!(
            "{lost} answers were lost, {found} calls found again"
        )),
    }
}

fn why(ending: &Ending, events: &[Event]) -> String {
    let mut calls = events.iter().filter_map(|event| match &event.kind {
        EventKind::Call(event::Call {
            primitive, line, ..
        }) => Some(format!("{primitive} {}", line.object)),
        _ => None,
    });
    format!(
        "{}: {} {} after {}",
        ending.outcome.name(),
        ending
            .fault
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        ending.message.as_deref().unwrap_or_default(),
        calls.next_back().unwrap_or_default(),
    )
}

/// A journal that nobody reads.
struct Forgotten;

impl Log for Forgotten {
    fn append(&mut self, _: &Entry, _: bool) -> io::Result<()> {
        Ok(())
    }
}
