//! What the functions of one engine share: the door, the sticky halt, the parameters, the branches.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, Weak};

use rhai::{Dynamic, Engine, ImmutableString, NativeCallContext, Position};
use serde_json::Value;

use super::failure::{self, Error, MemoryExceeded, OperationsExceeded};
use super::insertion;
use super::memory::Memory;
use super::params::kind::Mode;
use super::progress::Progress;
use super::run_api::RunApi;
use super::text_sources::ReturnedTexts;
use super::unit::{Insertions, ScriptTree};
use super::{unknown_value, values};
use crate::primitive::Primitive;
use crate::run::Failure;
use crate::sync::Lock;
use crate::vocabulary::{Fault, Halt, Site, Stop, codes};

/// The branch that the script itself runs in.
pub(crate) const TRUNK: &str = "0";

/// Operations of a script: some seconds of pure computation, even unoptimised. A poll takes a few dozen, so that a
/// day of polling fits as well.
const OPERATIONS: u64 = 5_000_000;

/// Shared by every function of one engine.
pub(crate) struct Runtime {
    pub(crate) door: Arc<dyn RunApi>,
    pub(crate) params: Mode,
    /// Name under which the pipeline was loaded: its path.
    pub(crate) pipeline: String,
    engine: OnceLock<Weak<Engine>>,
    /// Set once a call of this engine met a halt, so that every operation can look cheaply.
    stopped: AtomicBool,
    /// Place of the call that met the halt.
    stopped_at: Mutex<Option<Site>>,
    /// What was put into the scripts, by their names.
    insertions: HashMap<String, Insertions>,
    /// Modules are being loaded: nothing may be done yet.
    loading: AtomicBool,
    /// Operations of the script, or of the undo or `finally` that runs: of all branches, and of closures that Rhai's own
    /// functions call.
    operations: AtomicU64,
    memory: Memory,
    /// How far the pipeline has come.
    progress: Mutex<Progress>,
    /// Where the texts are from that the script has.
    texts: Mutex<ReturnedTexts>,
    /// How many times each branch has forked.
    forks: Mutex<HashMap<String, usize>>,
}

impl Runtime {
    /// `loaded`: what is executed; `None`: nothing is.
    pub(crate) fn new(
        door: Arc<dyn RunApi>,
        params: Mode,
        loaded: Option<&ScriptTree>,
    ) -> Arc<Self> {
        let modules = loaded.iter().flat_map(|loaded| &loaded.modules);
        let mut insertions: HashMap<_, _> = modules
            .map(|unit| (unit.name().to_owned(), unit.insertions()))
            .collect();
        let mut pipeline = String::new();
        if let Some(loaded) = loaded {
            let script = &loaded.pipeline;
            pipeline.clone_from(&script.name);
            let own = Insertions::Parsed(Arc::clone(&script.insertions));
            insertions.insert(script.name.clone(), own);
        }
        Arc::new(Runtime {
            door,
            params,
            pipeline,
            engine: OnceLock::new(),
            stopped: AtomicBool::new(false),
            stopped_at: Mutex::new(None),
            insertions,
            loading: AtomicBool::new(false),
            operations: AtomicU64::new(0),
            memory: Memory::new(),
            progress: Mutex::default(),
            texts: Mutex::default(),
            forks: Mutex::new(HashMap::new()),
        })
    }

    /// Lets closures that outlive their call find their engine. Weak: the engine owns this runtime.
    pub(crate) fn attach(&self, engine: &Arc<Engine>) {
        let _already_attached = self.engine.set(Arc::downgrade(engine));
    }

    pub(crate) fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.get().and_then(Weak::upgrade)
    }

    /// Loads modules: their functions act later, their top level may not.
    pub(crate) fn while_loading<T>(&self, load: impl FnOnce() -> T) -> T {
        self.loading.store(true, Ordering::Relaxed);
        let loaded = load();
        self.loading.store(false, Ordering::Relaxed);
        loaded
    }

    /// The texts that calls have returned.
    pub(super) fn texts(&self) -> MutexGuard<'_, ReturnedTexts> {
        self.texts.locked()
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.locked()
    }

    /// A call of this engine met a halt.
    pub(crate) fn stopped(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Counts an operation. What ends the script, if something does: a halt, of which the door is asked only now and
    /// then, or that it computes without end.
    pub(crate) fn operated(&self) -> Option<Dynamic> {
        let operations = self.operations.fetch_add(1, Ordering::Relaxed);
        let asks = self.stopped.load(Ordering::Relaxed) || operations.is_multiple_of(256);
        if asks && let Some(halt) = self.door.interrupted() {
            return Some(Dynamic::from(halt));
        }
        if operations.is_multiple_of(16) && self.memory.is_full() {
            return Some(Dynamic::from(MemoryExceeded));
        }
        (operations >= OPERATIONS).then(|| Dynamic::from(OperationsExceeded))
    }

    /// Whether the script has computed for too long, whatever it made of that.
    pub(crate) fn spent(&self) -> bool {
        self.operations.load(Ordering::Relaxed) > OPERATIONS
    }

    /// Whether the script has held too much in memory, whatever it made of that.
    pub(crate) fn filled(&self) -> bool {
        self.memory.was_full()
    }

    /// An undo, or what is done finally, counts its own operations, and holds its own values.
    pub(crate) fn afresh(&self) {
        self.memory.afresh();
        self.operations.store(0, Ordering::Relaxed);
    }

    /// Where the halt met the script.
    pub(crate) fn stopped_at(&self) -> Option<Site> {
        self.stopped_at.locked().clone()
    }

    /// The number, from 1, of the next `parallel` in `branch`.
    pub(crate) fn fork(&self, branch: &str) -> usize {
        let mut forks = self.forks.locked();
        let count = forks.entry(branch.to_owned()).or_insert(0);
        *count += 1;
        *count
    }

    /// Ends the run where its script depends on a value that only the real run can know.
    pub(crate) fn unknown(&self, what: &str, site: Site) -> Halt {
        let halt = self.door.unknown(what);
        self.stopped_at.locked().get_or_insert(site);
        self.stopped.store(true, Ordering::Relaxed);
        halt
    }

    /// Makes one call through the door.
    pub(crate) fn perform(
        &self,
        context: &NativeCallContext<'_>,
        primitive: &dyn Primitive,
        input: Value,
    ) -> Result<Dynamic, Error> {
        if self.loading.load(Ordering::Relaxed) {
            let path = primitive.declaration().path();
            let message = format!("{path} cannot be called while a module is loaded");
            let fault = Fault::new(codes::TOO_EARLY, message).hint("put the call into a function");
            return Err(failure::raise(&fault, context.call_position()));
        }
        let site = self.call_site(context);
        match self
            .door
            .perform(primitive, input, site.clone(), &branch(context))
        {
            Ok(output) => {
                if let Some(source) = output.source {
                    self.texts().note(source, &output.value);
                }
                Ok(values::from_json(&output.value))
            }
            Err(Stop::Fault(fault)) => Err(failure::raise(&fault, context.call_position())),
            Err(Stop::Halt(halt)) => {
                self.stopped_at.locked().get_or_insert(site);
                self.stopped.store(true, Ordering::Relaxed);
                Err(failure::terminate(halt, context.call_position()))
            }
        }
    }

    /// The place of `position` in the script `source` as it was written.
    pub(crate) fn site(&self, source: &str, position: Position) -> Site {
        self.original(failure::site(source, position))
    }

    /// The place of a native function's call.
    pub(crate) fn call_site(&self, context: &NativeCallContext<'_>) -> Site {
        let source = context.call_source().unwrap_or_default();
        self.site(source, context.call_position())
    }

    /// What an error means for the run; `source`: the script that was entered.
    pub(crate) fn failure(&self, error: Error, source: &str) -> Failure {
        let mut failure = failure::failure(error, source);
        if let Stop::Fault(fault) = &failure.stop
            && fault.code == codes::SCRIPT_ERROR
            && let Some(what) = unknown_value::behind(&fault.message)
        {
            failure.stop = Stop::Halt(self.door.unknown(what));
        }
        for frame in &mut failure.frames {
            *frame = self.original(std::mem::take(frame));
        }
        failure
    }

    fn original(&self, site: Site) -> Site {
        match self.insertions.get(&site.source) {
            Some(insertions) => insertion::original(site, insertions.get()),
            None => site,
        }
    }

    /// Turns an `Ok` that swallowed a halt back into the halt.
    pub(crate) fn unless_halted(
        &self,
        result: Result<Dynamic, Error>,
        position: Position,
    ) -> Result<Dynamic, Error> {
        match self.door.halted() {
            Some(halt) => Err(failure::terminate(halt, position)),
            None => result,
        }
    }
}

/// The branch that a native function is called in.
pub(crate) fn branch(context: &NativeCallContext<'_>) -> ImmutableString {
    branch_of(context.tag())
}

/// The branch that a tag names; without a tag, the script's own.
pub(crate) fn branch_of(tag: Option<&Dynamic>) -> ImmutableString {
    tag.and_then(|tag| tag.clone().into_immutable_string().ok())
        .unwrap_or_else(|| TRUNK.into())
}

/// A fault of ours, raised where a native function was called.
pub(crate) fn refuse(
    context: &NativeCallContext<'_>,
    code: &str,
    message: impl Into<String>,
) -> Error {
    failure::raise(&Fault::new(code, message), context.call_position())
}
