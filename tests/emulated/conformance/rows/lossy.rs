//! A backend as a run's world, which may lose the answers of writes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use deployer::primitive::{self, Input};
use deployer::vocabulary::{Effect, Fault, Question, Replies, Retry};
use deployer::world::load::{Load, Shot};
use deployer::world::{
    AskResult, AwsCall, HttpRequest, HttpResponse, ProcessCommand, ProcessOutput, Scheduler,
    Scratch, Stream, World,
};
use jiff::Timestamp;
use serde_json::Value;

/// A backend's world, in which nobody answers.
pub struct Lossy {
    world: Arc<dyn World>,
    profile: Option<String>,
    /// What has been lost already: a repetition is answered.
    lost: Option<Lost>,
}

/// The calls whose answers were lost.
pub type Lost = Arc<Mutex<BTreeSet<String>>>;

impl Lossy {
    pub fn new(world: Arc<dyn World>, profile: Option<String>, lost: Option<Lost>) -> Lossy {
        Lossy {
            world,
            profile,
            lost,
        }
    }

    /// Whether the answer to this call is lost: once to every call that a primitive can look for.
    fn loses(&self, call: &AwsCall) -> bool {
        let Some(lost) = &self.lost else {
            return false;
        };
        let key = format!("{} {}", call.operation, call.input);
        WRITES.contains(call.operation.as_str()) && lost.lock().expect("no panic").insert(key)
    }
}

/// Operations with a primitive that writes: what only sets a row up (`aws::call`) would be asked about, and is not lost.
static WRITES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let all = primitive::all().into_iter();
    let writes = all.filter(|p| p.declaration().effect == Effect::Write);
    let apis = writes.filter_map(|p| match p.input() {
        Input::Api { operation, .. } => Some(operation),
        Input::Typed(_) => None,
    });
    apis.collect()
});

#[deny(clippy::missing_trait_methods)]
impl World for Lossy {
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault> {
        let mut named = call.clone();
        named.profile.clone_from(&self.profile);
        let output = self.world.aws(&named)?;
        match self.loses(call) {
            true => Err(Fault::new("ServerException", "the answer was lost").retry(Retry::InDoubt)),
            false => Ok(output),
        }
    }

    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        self.world.http(request)
    }
    fn file(&self, path: &str) -> Result<String, Fault> {
        self.world.file(path)
    }
    fn file_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.world.file_bytes(path)
    }
    fn files(&self, pattern: &str) -> Result<Vec<String>, Fault> {
        self.world.files(pattern)
    }
    fn write_file(&self, path: &str, text: &str) -> Result<(), Fault> {
        self.world.write_file(path, text)
    }
    fn scratch(&self, name: &str) -> Result<Scratch, Fault> {
        self.world.scratch(name)
    }
    fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<(), Fault> {
        self.world.connect(host, port, timeout)
    }
    fn load(
        &self,
        load: &Load,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        self.world.load(load, each)
    }
    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        self.world.process(command, output)
    }
    fn now(&self) -> Timestamp {
        self.world.now()
    }
    /// Nobody sets a virtual clock.
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.now().as_nanosecond()).unwrap_or(0))
    }

    fn sleep(&self, duration: Duration) {
        self.world.sleep(duration);
    }
    fn process_alive(&self, mark: &str) -> bool {
        self.world.process_alive(mark)
    }
    fn predicts(&self) -> bool {
        self.world.predicts()
    }
    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        self.world.scheduler()
    }
    fn ask(&self, _: &Question, _: &Replies) -> Result<AskResult, Fault> {
        Ok(AskResult::Later)
    }
}
