//! The live world: AWS and HTTP over the network, processes, the real clock, real people.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use self::aws::LiveAws;
use self::engine::Engine;
use self::http::LiveHttp;
use super::folder::{Folder, LARGEST_BINARY};
use super::glob::Glob;
use super::load::{Load, Shot};
use super::{
    AskResult, AwsCall, HttpRequest, HttpResponse, ProcessCommand, ProcessOutput, ReadCall,
    ReadOnlyWorld, ReadProcess, Scheduler, Scratch, Stream, World,
};
use crate::cancel::Cancel;
use crate::scrub::Secrets;
use crate::vocabulary::{Fault, Question, Replies, codes};

pub mod aws;
mod engine;
mod error_causes;
mod files;
mod forbidden_addresses;
pub mod http;
mod inherited_environment;
mod load;
mod net;
mod process;
mod process_mark;

/// Whoever can be asked: a terminal, a file in which answers arrive.
pub trait People: Send + Sync {
    /// Asks. `before`: the answers that are already recorded.
    ///
    /// # Errors
    /// When asking itself failed; no answer is [`AskResult::Later`].
    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault>;
}

/// The world as it is. Nothing is loaded or connected before the first call.
pub struct Live {
    aws: LiveAws,
    http: LiveHttp,
    engine: Arc<Engine>,
    folder: Folder,
    cancel: Cancel,
    people: Box<dyn People>,
    made: Instant,
}

impl Live {
    /// `cancel` ends sleeps; `people` are asked; `secrets` learn the credentials that AWS is called with.
    pub fn new(cancel: Cancel, people: Box<dyn People>, secrets: Arc<Secrets>) -> Self {
        let engine = Arc::new(Engine::new(cancel.clone()));
        Live {
            aws: LiveAws::new(Arc::clone(&engine), secrets),
            http: LiveHttp::new(Arc::clone(&engine)),
            engine,
            folder: Folder::here(),
            cancel,
            people,
            made: Instant::now(),
        }
    }
}

impl World for Live {
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault> {
        self.aws.call(call).map(Arc::new)
    }

    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        self.http.send(request)
    }

    fn file(&self, path: &str) -> Result<String, Fault> {
        self.folder.read(path)
    }

    fn file_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.folder.read_bytes(path, LARGEST_BINARY)
    }

    fn files(&self, pattern: &str) -> Result<Vec<String>, Fault> {
        let found = self.folder.list(&Glob::new(pattern)?)?;
        Ok(found.into_iter().collect())
    }

    fn write_file(&self, path: &str, text: &str) -> Result<(), Fault> {
        files::write(&self.folder, path, text)
    }

    fn scratch(&self, name: &str) -> Result<Scratch, Fault> {
        Scratch::make(name)
    }

    fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<(), Fault> {
        net::connect(&self.engine, host, port, timeout)
    }

    fn load(
        &self,
        load: &Load,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        self.http.load(load, &self.cancel, each)
    }

    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        process::run(command, &self.cancel, output)
    }

    fn process_alive(&self, mark: &str) -> bool {
        process_mark::is_alive(mark)
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.made.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        self.cancel.sleep(duration);
    }

    fn predicts(&self) -> bool {
        false
    }

    fn scheduler(&self) -> Option<Arc<Scheduler>> {
        None
    }

    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault> {
        self.people.ask(question, before)
    }
}

/// Reads the live AWS and can do nothing else: what a plan is handed.
pub struct LiveReader {
    aws: LiveAws,
    http: LiveHttp,
    cancel: Cancel,
}

impl LiveReader {
    /// Once `cancel` is set, nothing more is read. `secrets`: as for [`Live::new`].
    pub fn new(cancel: Cancel, secrets: Arc<Secrets>) -> Self {
        let engine = Arc::new(Engine::new(cancel.clone()));
        LiveReader {
            aws: LiveAws::new(Arc::clone(&engine), secrets),
            http: LiveHttp::new(engine),
            cancel,
        }
    }

    /// Gets what an address answers with.
    ///
    /// # Errors
    /// As [`LiveHttp::send`].
    pub fn get(&self, url: &str) -> Result<HttpResponse, Fault> {
        self.http.send(&HttpRequest {
            method: "GET".to_owned(),
            url: url.to_owned(),
            timeout_ms: 10_000,
            ..HttpRequest::default()
        })
    }
}

impl ReadOnlyWorld for LiveReader {
    fn read(&self, call: &ReadCall) -> Result<Value, Fault> {
        if self.cancel.is_cancelled() {
            return Err(Fault::new(codes::INTERRUPTED, "someone asked to stop"));
        }
        self.aws.call(call.call())
    }

    fn read_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        process::run(command.command(), &self.cancel, output)
    }
}
