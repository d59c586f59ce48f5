//! A simulated world in which a process can die at any moment, and another go on with its journal.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use deployer::cancel::Cancel;
use deployer::journal::{Entry, Log, digest, written};
use deployer::primitive;
use deployer::run::{Run, RunSetup};
use deployer::script::{Program, params};
use deployer::vocabulary::event::{Event, EventKind};
use deployer::vocabulary::outcome::Ending;
use deployer::vocabulary::{Fault, Question, Replies, Retry};
use deployer::world::load::{Load, Shot};
use deployer::world::simulated::{Fixture, Simulated};
use deployer::world::{
    AskResult, AwsCall, HttpRequest, HttpResponse, ProcessCommand, ProcessOutput, Scheduler,
    Scratch, Stream, World,
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A pipeline and its parameters.
pub struct Play {
    pub program: Program,
    pub params: Value,
}

impl Play {
    /// `pipelines/prod.rhai` with the parameters of the fixture that ships with it, and a watch that is short:
    /// it is rehearsed some hundred times.
    pub fn shipped() -> Play {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/prod.rhai");
        let program = load(&path);
        let declared = program.declare().expect("parameters");
        let watch = ("watch".to_owned(), "2m".to_owned());
        let given = params::read(&declared, &[watch], None, &fixture().params);
        Play {
            program,
            params: given.expect("the fixture gives every parameter"),
        }
    }

    /// A script without parameters, checked as `deployer check` does.
    pub fn written(text: &str) -> Play {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("team.rhai");
        std::fs::write(&path, text).expect("a file of our own");
        Play {
            program: load(&path),
            params: json!({}),
        }
    }

    /// A pipeline of which the run kept `text` as its copy.
    pub fn edited(&self, text: &str) -> Play {
        let mut sources = self.program.sources();
        sources.insert(self.program.entry().to_owned(), text.to_owned());
        let program = Program::recorded(sources, self.program.entry(), &primitive::all());
        Play {
            program: program.unwrap_or_else(|rejected| panic!("{:#?}", rejected.diagnoses)),
            params: self.params.clone(),
        }
    }
}

fn load(path: &Path) -> Program {
    Program::load(path, &primitive::all())
        .unwrap_or_else(|rejected| panic!("{}: {:#?}", path.display(), rejected.diagnoses))
}

/// The fixture that ships with `pipelines/prod.rhai`.
fn fixture() -> Fixture {
    static READ: OnceLock<Fixture> = OnceLock::new();
    let read = || Fixture::builtin().expect("the built-in fixture");
    READ.get_or_init(read).clone()
}

/// When something happens to the process that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It dies before it writes the next entry: what it did meanwhile is done, and not recorded.
    DiesUnrecorded,
    /// It dies before it touches the world again (or writes, if that comes first).
    DiesUnsent,
    /// Someone asks it to stop.
    IsCancelled,
    /// The disk is full: no further entry can be written.
    CannotWrite,
}

/// A world, the journal of one run in it, and what happens to the run's process.
pub struct Scene {
    pub world: Simulated,
    backstage: Arc<Mutex<Backstage>>,
}

#[derive(Default)]
struct Backstage {
    entries: Vec<Entry>,
    events: Vec<Event>,
    /// What happens to the process, and after how many journal entries.
    fate: Option<(usize, Then)>,
    cancel: Cancel,
    people_away: bool,
    outage: Option<Outage>,
}

/// AWS cannot be reached for a while.
#[derive(Clone, Copy)]
pub struct Outage {
    /// It begins with the first event like this.
    pub with: fn(&EventKind) -> bool,
    /// How long AWS cannot be reached, in virtual time.
    pub lasting: Duration,
    /// When it is over, once it has begun.
    pub until: Option<Timestamp>,
}

impl Backstage {
    fn hears(&mut self, event: &Event) {
        self.events.push(event.clone());
        if let Some(outage) = &mut self.outage
            && outage.until.is_none()
            && (outage.with)(&event.kind)
        {
            outage.until = event.at.checked_add(outage.lasting).ok();
        }
    }

    fn due(&self, wanted: Then) -> bool {
        self.fate == Some((self.entries.len(), wanted))
    }
}

impl Scene {
    /// The cloud of the shipped fixture, with `faults`.
    pub fn set(faults: &[&str]) -> Scene {
        let faults: Vec<_> = faults
            .iter()
            .map(|fault| fault.parse().expect("a fault"))
            .collect();
        Scene {
            world: Simulated::from_fixture(fixture(), &faults, 1).expect("a world"),
            backstage: Arc::default(),
        }
    }

    /// Nobody can answer questions, or people can again.
    pub fn people_away(&self, away: bool) {
        self.backstage().people_away = away;
    }

    /// AWS cannot be reached for so long from the first event like this on.
    pub fn outage(&self, with: fn(&EventKind) -> bool, lasting: Duration) {
        self.backstage().outage = Some(Outage {
            with,
            lasting,
            until: None,
        });
    }

    /// A process runs `play`, or goes on with it, to its end.
    pub fn perform(&self, play: &Play) -> Ending {
        self.process(play, None)
            .expect("nothing happens to the process")
    }

    /// A process to which something happens after the `after`th entry of the journal. `None`: it died.
    pub fn perform_until(&self, play: &Play, after: usize, then: Then) -> Option<Ending> {
        self.process(play, Some((after, then)))
    }

    fn process(&self, play: &Play, fate: Option<(usize, Then)>) -> Option<Ending> {
        let cancel = Cancel::default();
        let recorded = {
            let mut backstage = self.backstage();
            backstage.fate = fate;
            backstage.cancel = cancel.clone();
            backstage.entries.clone()
        };
        let heard = Arc::clone(&self.backstage);
        let setup = RunSetup {
            id: "rehearsal".into(),
            program: None,
            pipeline: play.program.entry().to_owned(),
            params: play.params.clone(),
            steps: play.program.steps(),
            overridden: Vec::new(),
            sources: digests(&play.program),
            world: Arc::new(MortalWorld(self.world.clone(), Arc::clone(&self.backstage))),
            log: Box::new(Recorder(Arc::clone(&self.backstage))),
            recorded,
            secrets: Default::default(),
            cancel,
            listener: Box::new(move |event| lock(&heard).hears(event)),
            plan: None,
            aws: BTreeMap::new(),
            starter: String::new(),
            claims: None,
            guard: None,
        };
        let lived = catch_unwind(AssertUnwindSafe(|| {
            let run = Run::start(setup).expect("a journal that can be gone on with");
            let door = Arc::new(Arc::clone(&run));
            let result = play.program.execute(door, play.params.clone());
            let ending = run.finish(result);
            let gone = Arc::downgrade(&run);
            drop(run);
            assert_eq!(gone.strong_count(), 0, "something holds on to the run");
            ending
        }));
        match lived {
            Ok(ending) => Some(ending),
            Err(died) if died.is::<Death>() => None,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Everything that was written so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.backstage().entries.clone()
    }

    /// Everything that was told so far, by every process.
    pub fn events(&self) -> Vec<Event> {
        self.backstage().events.clone()
    }

    /// What was carried out: `(operation, input)` of every write, in order.
    pub fn writes(&self) -> Vec<(String, Value)> {
        let writes = self.world.writes().into_iter();
        writes.map(|r| (r.call.operation, r.call.input)).collect()
    }

    /// The journal's length after the intent of the nth call (from 1) of `primitive`.
    pub fn intent_of(&self, primitive: &str, nth: usize) -> usize {
        let is_it =
            |entry: &Entry| matches!(entry, Entry::Intent { primitive: p, .. } if p == primitive);
        let entries = self.entries();
        let mut places = (1..).zip(&entries).filter(|(_, entry)| is_it(entry));
        places.nth(nth - 1).expect("such a call").0
    }

    fn backstage(&self) -> MutexGuard<'_, Backstage> {
        lock(&self.backstage)
    }
}

fn lock(backstage: &Mutex<Backstage>) -> MutexGuard<'_, Backstage> {
    backstage.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digests(program: &Program) -> BTreeMap<String, String> {
    let sources = program.sources().into_iter();
    sources.map(|(name, text)| (name, digest(&text))).collect()
}

/// The end of a process, thrown past everything that would catch an error. No panic: nothing is printed.
struct Death;

/// Writes the journal into memory, up to the entry at which the process dies.
struct Recorder(Arc<Mutex<Backstage>>);

impl Log for Recorder {
    fn append(&mut self, entry: &Entry, _sync: bool) -> io::Result<()> {
        let mut backstage = lock(&self.0);
        if backstage.due(Then::DiesUnrecorded) || backstage.due(Then::DiesUnsent) {
            drop(backstage);
            resume_unwind(Box::new(Death));
        }
        if let Some((after, Then::CannotWrite)) = backstage.fate
            && backstage.entries.len() >= after
        {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left"));
        }
        // What another goes on with has been on disk.
        backstage.entries.push(written(entry)?);
        if backstage.due(Then::IsCancelled) {
            backstage.cancel.cancel();
        }
        Ok(())
    }
}

/// The simulated world, as long as the process lives.
struct MortalWorld(Simulated, Arc<Mutex<Backstage>>);

impl MortalWorld {
    fn touch(&self) -> &Simulated {
        if lock(&self.1).due(Then::DiesUnsent) {
            resume_unwind(Box::new(Death));
        }
        &self.0
    }
}

#[deny(clippy::missing_trait_methods)]
impl World for MortalWorld {
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault> {
        let until = lock(&self.1).outage.and_then(|outage| outage.until);
        if until.is_some_and(|until| self.0.now() < until) {
            let fault = Fault::new("connection_failed", "no connection to AWS");
            return Err(fault.retry(Retry::Transient));
        }
        self.touch().aws(call)
    }
    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        self.touch().http(request)
    }
    fn file(&self, path: &str) -> Result<String, Fault> {
        self.touch().file(path)
    }
    fn file_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.touch().file_bytes(path)
    }

    fn files(&self, pattern: &str) -> Result<Vec<String>, Fault> {
        self.touch().files(pattern)
    }
    fn write_file(&self, path: &str, text: &str) -> Result<(), Fault> {
        self.touch().write_file(path, text)
    }
    fn scratch(&self, name: &str) -> Result<Scratch, Fault> {
        self.touch().scratch(name)
    }
    fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<(), Fault> {
        self.touch().connect(host, port, timeout)
    }
    fn load(
        &self,
        load: &Load,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        self.touch().load(load, each)
    }

    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        self.touch().process(command, output)
    }
    fn now(&self) -> Timestamp {
        self.0.now()
    }
    /// Nobody sets a virtual clock.
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.now().as_nanosecond()).unwrap_or(0))
    }

    fn sleep(&self, duration: Duration) {
        self.touch().sleep(duration);
    }
    fn process_alive(&self, mark: &str) -> bool {
        self.0.process_alive(mark)
    }
    fn predicts(&self) -> bool {
        self.0.predicts()
    }
    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        self.0.scheduler()
    }
    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault> {
        let away = lock(&self.1).people_away;
        match away {
            true => Ok(AskResult::Later),
            false => self.touch().ask(question, before),
        }
    }
}
