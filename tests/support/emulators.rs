//! Emulators of AWS as processes: moto for shapes and stores, ministack for a scheduler that really rolls.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use serde::Serialize;

use super::http::{self, RUNTIME};
use super::provision::{self, MINISTACK, MOTO, Package};

/// The account of both emulators.
pub const ACCOUNT: &str = "123456789012";
/// The region of both emulators.
pub const REGION: &str = "ap-south-1";

/// The setting with which a client waits for an emulator's answer for as long as a machine may need that has much other work:
/// moto loads all of itself before it first answers for CloudFormation.
pub const PATIENT: (&str, &str) = ("DEPLOYER_CALL_TIMEOUT", "5m");

const START_LIMIT: Duration = crate::support::HANG;

/// moto, a process of its own.
pub struct Moto(Process);

impl Moto {
    /// Starts one on a free port.
    pub fn start() -> Moto {
        // Its services never make tasks; this many are said to run, so that they are not deploying for ever.
        Moto(Process::start(MOTO, "/moto-api/data.json", |start| {
            start.command.env("MOTO_ECS_SERVICE_RUNNING", "2");
        }))
    }

    /// URL of the emulator: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        self.0.endpoint()
    }

    /// Removes every resource from the emulator.
    pub fn reset(&self) {
        self.0.post("/moto-api/reset");
    }
}

/// ministack, a process of its own.
pub struct Ministack(Process);

impl Ministack {
    /// Starts one on a free port. Its tasks run as `behaviour` says.
    pub fn start(behaviour: DockerBehaviour) -> Ministack {
        let process = Process::start(MINISTACK, "/_ministack/health", |start| {
            let images = start.directory.join("images.json");
            behaviour.write(&images);
            let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support");
            start
                .command
                .env("PYTHONPATH", stand_in)
                .env("STAND_IN_IMAGES", images);
        });
        Ministack(process)
    }

    /// URL of the emulator: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        self.0.endpoint()
    }

    /// Replaces the images; tasks that already run keep their fate.
    pub fn behave(&self, behaviour: DockerBehaviour) {
        behaviour.write(&self.0.directory.path().join("images.json"));
    }
}

/// The images that exist for ministack's tasks, and what becomes of their containers.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct DockerBehaviour {
    images: Vec<Image>,
}

#[derive(Debug, Clone, Serialize)]
struct Image {
    tag: String,
    digest: String,
    fate: String,
}

/// What becomes of a container.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// Runs until it is stopped.
    Stays,
    /// Exits with this code after this many seconds; not 0: with an exception in its log.
    Exits(u8, f64),
    /// Is pulled for this many seconds, then stays.
    Slow(f64),
    /// Its image cannot be pulled.
    Missing,
}

impl Fate {
    /// As the variable `FATE` of a container takes it.
    pub fn text(self) -> String {
        match self {
            Fate::Stays => "stay".to_owned(),
            Fate::Exits(code, after) => format!("exit {code} after {after}"),
            Fate::Slow(seconds) => format!("slow {seconds}"),
            Fate::Missing => "missing".to_owned(),
        }
    }
}

impl DockerBehaviour {
    /// Adds an image, found by tag or digest in any repository; in the place of one with the same tag.
    pub fn image(mut self, tag: &str, digest: &str, fate: Fate) -> Self {
        self.images.retain(|image| image.tag != tag);
        self.images.push(Image {
            tag: tag.to_owned(),
            digest: digest.to_owned(),
            fate: fate.text(),
        });
        self
    }

    /// Replaced in one go, as the stand-in may read at any moment.
    fn write(&self, path: &Path) {
        let new = path.with_extension("new");
        let text = serde_json::to_string_pretty(self).expect("images as JSON");
        fs::write(&new, text).expect("a file in a directory of our own");
        fs::rename(&new, path).expect("a file in a directory of our own");
    }
}

struct Process {
    child: Child,
    address: SocketAddr,
    directory: tempfile::TempDir,
    /// Keeps other processes from taking the port.
    _lock: File,
}

struct Starting<'a> {
    command: &'a mut Command,
    directory: &'a Path,
}

impl Process {
    fn start(package: Package, ready: &str, prepare: impl Fn(Starting<'_>)) -> Process {
        let python = provision::python(package);
        // The free port may be taken between our look and the emulator's: then it ends, and we try another.
        for _ in 0..3 {
            if let Some(process) = Process::try_start(package, &python, ready, &prepare) {
                return process;
            }
        }
        panic!("{} did not start on three ports", package.name);
    }

    fn try_start(
        package: Package,
        python: &PathBuf,
        ready: &str,
        prepare: impl Fn(Starting<'_>),
    ) -> Option<Process> {
        let (address, lock) = free_address();
        let directory =
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary directory");
        let log = File::create(directory.path().join("log")).expect("a log file");
        let launcher = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/launch.py");
        let mut command = Command::new(python);
        command
            .arg(launcher)
            .arg(package.name)
            .arg(address.port().to_string())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", directory.path())
            .env("TMPDIR", directory.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", REGION)
            .env("MINISTACK_ACCOUNT_ID", ACCOUNT)
            .env("MINISTACK_REGION", REGION)
            // The launcher ends when this pipe does: with us, however we end.
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log);
        prepare(Starting {
            command: &mut command,
            directory: directory.path(),
        });
        let child = command.spawn().expect("the interpreter was found before");
        let mut process = Process {
            child,
            address,
            directory,
            _lock: lock,
        };
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            if let Ok(Some(_ended)) = process.child.try_wait() {
                eprintln!("{}", process.log());
                return None;
            }
            if process.get(ready).is_ok() {
                return Some(process);
            }
            thread::sleep(Duration::from_millis(30));
        }
        panic!(
            "{} did not answer within {START_LIMIT:?}:\n{}",
            package.name,
            process.log()
        );
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    fn get(&self, path: &str) -> Result<(), String> {
        self.exchange("GET", path)
    }

    fn post(&self, path: &str) {
        self.exchange("POST", path)
            .unwrap_or_else(|why| panic!("POST {path}: {why}\n{}", self.log()));
    }

    fn exchange(&self, method: &str, path: &str) -> Result<(), String> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Full::new(Bytes::new()))
            .expect("a valid request");
        let answer =
            RUNTIME.block_on(http::send(self.address, request, Duration::from_secs(10)))?;
        if answer.status.is_success() {
            Ok(())
        } else {
            Err(format!("status {}", answer.status))
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A free port, and a lock that keeps every other test of this machine away from it: an emulator needs half a
/// second until it listens, and whoever took its port meanwhile would answer in its place.
fn free_address() -> (SocketAddr, File) {
    let locks = std::env::temp_dir().join("deployer-test-ports");
    fs::create_dir_all(&locks).expect("a directory for locks");
    for _ in 0..100 {
        let address = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free loopback port");
        let lock = File::create(locks.join(address.port().to_string())).expect("a lock");
        if lock.try_lock().is_ok() {
            return (address, lock);
        }
    }
    panic!("every free port is somebody else's");
}
