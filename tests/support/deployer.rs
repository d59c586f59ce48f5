//! The program under test, as a process: nothing of the machine's configuration reaches it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::emulators::{PATIENT, REGION};

/// No run of the tests takes longer.
pub const LIMIT: Duration = crate::support::HANG;

/// The program with a home, a state directory and an AWS of its own.
pub struct Deployer {
    home: TempDir,
    directory: PathBuf,
    endpoint: Option<String>,
    environment: Vec<(String, String)>,
}

impl Deployer {
    /// With credentials, and `endpoint` for AWS; in the project's directory.
    pub fn at(endpoint: &str) -> Deployer {
        Deployer {
            endpoint: Some(endpoint.to_owned()),
            ..Deployer::offline()
        }
    }

    /// The program with neither credentials nor region, so that it cannot reach AWS.
    pub fn offline() -> Deployer {
        Deployer {
            home: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary directory"),
            directory: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
            endpoint: None,
            environment: Vec::new(),
        }
    }

    /// Adds a variable to its environment.
    pub fn environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// A file in a project of its own, where commands then run: `write("team.rhai", "…")`.
    pub fn write(&mut self, name: &str, text: &str) {
        self.directory = self.home.path().join("project");
        let path = self.directory.join(name);
        let parent = path.parent().expect("a file in the project");
        fs::create_dir_all(parent).expect("a directory of our own");
        // A repository of its own: else the project around the build directory would be taken for its root.
        fs::create_dir_all(self.directory.join(".git")).expect("a directory of our own");
        fs::write(&path, text).expect("a file of our own");
    }

    /// The text of a file in that project.
    pub fn read(&self, name: &str) -> String {
        let path = self.directory.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Another file in that project.
    pub fn put(&self, name: &str, text: &str) {
        let path = self.directory.join(name);
        assert!(
            path.starts_with(self.home.path()),
            "write a first file before"
        );
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory of our own");
        fs::write(&path, text).expect("a file of our own");
    }

    /// The directory in which commands are run.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The state directory of the commands (`--state`).
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// Every file that runs have left, with its content.
    pub fn state_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.state(), &mut files);
        files
    }

    /// Runs a command to its end; kills it after [`LIMIT`].
    pub fn run(&self, arguments: &[impl AsRef<str>]) -> Finished {
        self.spawn(arguments).finish()
    }

    /// As [`Deployer::run`], with `--output json`.
    pub fn json(&self, arguments: &[impl AsRef<str>]) -> Finished {
        self.spawn_json(arguments).finish()
    }

    /// As [`Deployer::spawn`], with `--output json`.
    pub fn spawn_json(&self, arguments: &[impl AsRef<str>]) -> Live {
        let arguments = arguments.iter().map(AsRef::as_ref);
        let arguments: Vec<&str> = arguments.chain(["--output", "json"]).collect();
        self.spawn(&arguments)
    }

    /// Starts a command and does not wait for its end.
    pub fn spawn(&self, arguments: &[impl AsRef<str>]) -> Live {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deployer"));
        command
            .args(arguments.iter().map(AsRef::as_ref))
            .arg("--state")
            .arg(self.state())
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(endpoint) = &self.endpoint {
            command
                .env("AWS_ENDPOINT_URL", endpoint)
                .env("AWS_REGION", REGION)
                .env("AWS_ACCESS_KEY_ID", "test")
                .env("AWS_SECRET_ACCESS_KEY", "test")
                .envs([PATIENT]);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.spawn().expect("the program starts");
        let (say, lines) = mpsc::channel();
        let stdout = child.stdout.take().expect("a pipe");
        let stderr = child.stderr.take().expect("a pipe");
        let said = thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // The test may have lost interest.
                let _unheard = say.send(line);
            }
        });
        let complained = thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            lines.collect::<Vec<_>>().join("\n")
        });
        Live {
            child,
            started: Instant::now(),
            lines,
            heard: Vec::new(),
            said: Some(said),
            complained: Some(complained),
        }
    }

    /// The newest run, as `runs` lists it.
    pub fn newest(&self) -> Value {
        let runs = self.json(&["runs"]);
        let newest = runs.lines().into_iter().next();
        newest.unwrap_or_else(|| panic!("no run is known\n{runs}"))
    }

    /// Id of the newest run in the state directory.
    pub fn newest_run(&self) -> String {
        let id = self.newest()["run"].clone();
        id.as_str().expect("the run's id").to_owned()
    }
}

fn collect(directory: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if let Ok(content) = fs::read(&path) {
            files.push((path, content));
        }
    }
}

/// A running command; killed when it is dropped.
pub struct Live {
    child: Child,
    started: Instant,
    lines: Receiver<String>,
    heard: Vec<String>,
    said: Option<JoinHandle<()>>,
    complained: Option<JoinHandle<String>>,
}

impl Live {
    /// Waits for the line of standard output that `wanted` accepts; `None`: it ended without.
    pub fn line(&mut self, mut wanted: impl FnMut(&str) -> bool) -> Option<String> {
        loop {
            let left = LIMIT.saturating_sub(self.started.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.heard.push(line.clone());
                    if wanted(&line) {
                        return Some(line);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("still waiting after {LIMIT:?}"),
            }
        }
    }

    /// Ends the command with SIGKILL, and waits for its end.
    pub fn kill(mut self) -> Finished {
        self.child.kill().expect("our own child");
        self.finish()
    }

    /// Sends SIGINT to the command, as Ctrl-C does.
    pub fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let status = Command::new("sh")
            .args(["-c", "kill -INT \"$1\"", "sh", &pid])
            .status();
        assert!(status.expect("a shell").success(), "kill -INT {pid}");
    }

    /// Waits for its end; kills it after [`LIMIT`].
    ///
    /// # Panics
    /// When it had to be killed.
    pub fn finish(mut self) -> Finished {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                break status;
            }
            if self.started.elapsed() > LIMIT {
                self.child.kill().expect("our own child");
                self.child.wait().expect("our own child");
                let finished = self.gather(None);
                panic!("still running after {LIMIT:?}\n{finished}");
            }
            thread::sleep(Duration::from_millis(5));
        };
        self.gather(Some(status))
    }

    fn gather(&mut self, status: Option<ExitStatus>) -> Finished {
        if let Some(said) = self.said.take() {
            said.join().expect("reading does not panic");
        }
        self.heard.extend(self.lines.try_iter());
        let complained = self.complained.take().map(JoinHandle::join);
        Finished {
            code: status.and_then(|status| status.code()),
            stdout: self.heard.join("\n"),
            stderr: complained
                .transpose()
                .expect("reading does not panic")
                .unwrap_or_default(),
            elapsed: self.started.elapsed(),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A command that has ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Exit code; `None`: a signal killed it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// Time from start to end, by the wall clock.
    pub elapsed: Duration,
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "exit {:?} after {:?}", self.code, self.elapsed)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            writeln!(f, "--- {name}")?;
            // Progress and whole API answers would bury what matters.
            for line in text
                .lines()
                .filter(|line| !line.contains("\"event\":\"progress\""))
            {
                writeln!(f, "{}", line.chars().take(1000).collect::<String>())?;
            }
        }
        Ok(())
    }
}

impl Finished {
    /// The lines of `--output json`.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in `{line}`\n{self}"))
        };
        let lines = self.stdout.lines().filter(|line| !line.is_empty());
        lines.map(parse).collect()
    }

    /// The events of one kind.
    pub fn events(&self, kind: &str) -> Vec<Value> {
        let mut events = self.lines();
        events.retain(|event| event["event"] == kind);
        events
    }

    /// The last event, which says how the run ended.
    pub fn ending(&self) -> Value {
        let last = self.lines().pop().unwrap_or_default();
        assert_eq!(last["event"], "finished", "{self}");
        last
    }

    /// Id of the run, from its `started` event; `None`: it has none.
    pub fn run_id(&self) -> Option<String> {
        let started = self.events("started").into_iter().next()?;
        started["run"].as_str().map(str::to_owned)
    }

    /// Checks the exit code and, where there are events, that the last one says the same.
    pub fn expect(&self, code: i32) -> &Finished {
        assert_eq!(self.code, Some(code), "{self}");
        if self
            .stdout
            .lines()
            .last()
            .is_some_and(|it| it.contains("\"event\":\"finished\""))
        {
            assert_eq!(self.ending()["exit_code"], code, "{self}");
        }
        self
    }

    /// Checks that it says something, anywhere.
    pub fn says(&self, what: &str) -> &Finished {
        assert!(self.has_said(what), "does not say {what:?}: {self}");
        self
    }

    /// Whether it says something, anywhere: an error's lines are as long as the paths in them let
    /// them be, so where they are broken does not count.
    pub fn has_said(&self, what: &str) -> bool {
        let said = |text: &str| text.contains(what) || unwrapped(text).contains(&unwrapped(what));
        said(&self.stdout) || said(&self.stderr)
    }
}

/// The words of a text, without the breaks and the bar that an error is drawn with.
fn unwrapped(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}
