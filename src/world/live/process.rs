//! Processes, each in a group of its own, so that all of it ends with it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;

use super::{inherited_environment, process_mark};
use crate::cancel::Cancel;
use crate::vocabulary::{Fault, codes};
use crate::world::{ProcessCommand, ProcessOutput, Stream, process_timed_out};

/// No more of an output is kept: 1 MiB.
const KEPT: usize = 1 << 20;
/// A longer line comes in pieces of this many bytes.
const LINE: u64 = 16 * 1024;
/// How often the time, the end and a wish to stop are looked for.
const GLANCE: Duration = Duration::from_millis(50);
/// Between asking to end and ending by force; also how long an output may be waited for after the end.
const GRACE: Duration = Duration::from_secs(3);
/// More than a process can have printed that was not read when it ended.
const UNREAD: usize = 8 << 20;

type Lines = Receiver<(Stream, Vec<u8>)>;

/// Runs one process to its end; kills its group at its time-out, or when someone asks to stop.
///
/// # Errors
/// `program_not_found`, `process_not_started`, `process_timed_out`, `interrupted`.
pub(super) fn run(
    command: &ProcessCommand,
    cancel: &Cancel,
    output: &mut dyn FnMut(Stream, &str),
) -> Result<ProcessOutput, Fault> {
    let result = watch(command, cancel, output);
    if let Some(mark) = &command.mark {
        process_mark::remove(mark);
    }
    result
}

fn watch(
    command: &ProcessCommand,
    cancel: &Cancel,
    output: &mut dyn FnMut(Stream, &str),
) -> Result<ProcessOutput, Fault> {
    let deadline = Instant::now().checked_add(Duration::from_millis(command.timeout_ms));
    let mut running = Running(spawn(command)?);
    let lines = running.lines(command.stdin.clone());
    let mut done = ProcessOutput::default();
    let mut ended: Option<ExitStatus> = None;
    let (mut waited, mut rest) = (Duration::ZERO, 0);
    loop {
        let asked = Instant::now();
        let line = lines.recv_timeout(GLANCE);
        if ended.is_some() {
            waited += asked.elapsed();
        }
        match line {
            Ok((stream, bytes)) => {
                rest += if ended.is_some() { bytes.len() } else { 0 };
                keep(&mut done, stream, &bytes, output);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) if ended.is_some() => break,
            // It has closed its outputs, and goes on.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(GLANCE / 10),
        }
        if ended.is_none() {
            let status = running.0.try_wait().map_err(|e| not_started(command, &e))?;
            ended = status;
        }
        if ended.is_some() {
            // What it left behind keeps its outputs open. How long `output` takes for what was printed does not count.
            if waited > GRACE || rest > UNREAD {
                break;
            }
            continue;
        }
        if cancel.is_cancelled() {
            running.end();
            let words = format!("`{}` was stopped", command.words());
            return Err(Fault::new(codes::INTERRUPTED, words));
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            running.end();
            let said = json!({ "stdout": done.stdout, "stderr": done.stderr });
            return Err(process_timed_out(command).details(said));
        }
    }
    if let Some(status) = ended {
        done.signal = status.signal();
        let by_signal = done.signal.map(|signal| 128 + signal);
        done.status = status.code().or(by_signal).unwrap_or(-1);
    }
    Ok(done)
}

fn spawn(command: &ProcessCommand) -> Result<Child, Fault> {
    let mut builder = Command::new(&command.program);
    builder
        .args(&command.args)
        .env_clear()
        .envs(inherited_environment::environment(&command.inherit))
        .envs(&command.env)
        .stdin(match command.stdin {
            Some(_) => Stdio::piped(),
            None => Stdio::null(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    if let Some(dir) = &command.dir {
        builder.current_dir(dir);
        if !std::path::Path::new(dir).is_dir() {
            return Err(Fault::new(
                codes::DIRECTORY_NOT_FOUND,
                format!("{dir}: no such directory"),
            ));
        }
    }
    let spawned = match &command.mark {
        Some(mark) => process_mark::with(mark, || builder.spawn()),
        None => builder.spawn(),
    };
    spawned.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Fault::new(
            codes::PROGRAM_NOT_FOUND,
            format!("{}: no such program", command.program),
        )
        .hint("install it, put it into PATH, or name it by its whole path"),
        ErrorKind::PermissionDenied => Fault::new(
            codes::PROGRAM_NOT_FOUND,
            format!("{}: not executable", command.program),
        )
        .hint("make it executable (chmod +x), or run it by its interpreter"),
        _ => not_started(command, &error),
    })
}

fn not_started(command: &ProcessCommand, error: &std::io::Error) -> Fault {
    Fault::new(
        codes::PROCESS_NOT_STARTED,
        format!("{}: {error}", command.program),
    )
}

/// A process; what is left of its group is killed when it is dropped.
struct Running(Child);

impl Running {
    /// Feeds it, and reads its lines on threads that end with its outputs.
    fn lines(&mut self, stdin: Option<String>) -> Lines {
        if let (Some(mut pipe), Some(text)) = (self.0.stdin.take(), stdin) {
            // One that does not read all of it is not an error.
            thread::spawn(move || drop(pipe.write_all(text.as_bytes())));
        }
        let (send, lines) = sync_channel(64);
        if let Some(pipe) = self.0.stdout.take() {
            let send = send.clone();
            thread::spawn(move || read(pipe, Stream::Out, &send));
        }
        if let Some(pipe) = self.0.stderr.take() {
            thread::spawn(move || read(pipe, Stream::Err, &send));
        }
        lines
    }

    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // A group that is gone already cannot be signalled.
            let _gone = kill_process_group(group, signal);
        }
    }

    /// Asks the group to end, and ends it.
    fn end(&mut self) {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(GLANCE / 5);
        }
        self.signal(Signal::KILL);
        let _reaped = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _reaped = self.0.wait();
    }
}

fn read(pipe: impl Read, stream: Stream, send: &SyncSender<(Stream, Vec<u8>)>) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        let read = (&mut reader).take(LINE).read_until(b'\n', &mut line);
        let more = matches!(read, Ok(count) if count > 0);
        let next = if more { half(&mut line) } else { Vec::new() };
        if (!line.is_empty() && send.send((stream, line)).is_err()) || !more {
            return;
        }
        line = next;
    }
}

/// Takes away the beginning of a character that a piece ends in.
fn half(piece: &mut Vec<u8>) -> Vec<u8> {
    let tail = piece.len().saturating_sub(3);
    let begun = (tail..piece.len()).find(|at| {
        let cut = std::str::from_utf8(&piece[*at..]);
        cut.is_err_and(|wrong| wrong.valid_up_to() == 0 && wrong.error_len().is_none())
    });
    piece.split_off(begun.unwrap_or(piece.len()))
}

fn keep(
    done: &mut ProcessOutput,
    stream: Stream,
    bytes: &[u8],
    output: &mut dyn FnMut(Stream, &str),
) {
    let text = String::from_utf8_lossy(bytes);
    output(stream, &text);
    let kept = match stream {
        Stream::Out => &mut done.stdout,
        Stream::Err => &mut done.stderr,
    };
    let room = KEPT.saturating_sub(kept.len()).min(text.len());
    let end = (0..=room).rev().find(|i| text.is_char_boundary(*i));
    kept.push_str(&text[..end.unwrap_or(0)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, timeout_ms: u64) -> ProcessCommand {
        ProcessCommand {
            program: "sh".to_owned(),
            args: vec!["-c".to_owned(), script.to_owned()],
            env: [("WHO".to_owned(), "ana".to_owned())].into(),
            inherit: Vec::new(),
            dir: Some("/".to_owned()),
            stdin: Some("two\n".to_owned()),
            timeout_ms,
            reads: false,
            mark: None,
        }
    }

    fn ran(command: &ProcessCommand) -> (Result<ProcessOutput, Fault>, Vec<String>) {
        let mut lines = Vec::new();
        let result = run(command, &Cancel::default(), &mut |_, line| {
            lines.push(line.trim_end().to_owned());
        });
        (result, lines)
    }

    #[test]
    fn a_process_has_its_input_environment_and_output() {
        let (done, lines) = ran(&shell("echo $WHO; cat; pwd; echo no >&2; exit 3", 5_000));
        let done = done.expect("it ran");
        assert_eq!((done.status, done.signal), (3, None));
        assert_eq!(done.stdout, "ana\ntwo\n/\n");
        assert_eq!(done.stderr, "no\n");
        assert_eq!(lines.len(), 4);
    }

    /// A character on the bound of two pieces stays whole: what is looked for in an output is found there.
    #[test]
    fn long_lines_are_not_cut_within_a_character() {
        let bytes = usize::try_from(LINE).expect("small");
        let script = format!("printf '%{}s' ''; printf 'pässwörd'; echo", bytes - 2);
        let (done, lines) = ran(&shell(&script, 5_000));
        assert!(done.expect("it ran").stdout.ends_with(" pässwörd\n"));
        assert_eq!(lines.len(), 2);
        for (given, kept) in [("ä", 2), ("xx\u{1F600}", 6), ("", 0)] {
            assert_eq!(half(&mut given.as_bytes().to_vec()).len(), 0);
            let mut cut = given.as_bytes()[..given.len().saturating_sub(1)].to_vec();
            let rest = half(&mut cut);
            assert_eq!((cut.len() + rest.len() + 1).max(1), kept.max(1));
            assert!(std::str::from_utf8(&cut).is_ok());
        }
    }

    /// What it printed before it ended is there, and whoever listens may take longer with it than the grace.
    #[test]
    fn all_that_was_printed_is_heard() {
        let mut heard = 0;
        let result = run(
            &shell("seq 40", 60_000),
            &Cancel::default(),
            &mut |_, line| {
                assert!(line.ends_with('\n'), "{line}");
                heard += 1;
                thread::sleep(GRACE / 30);
            },
        );
        assert_eq!(result.expect("it ran").status, 0);
        assert_eq!(heard, 40);
    }

    #[test]
    fn a_signal_is_reported() {
        let (done, _) = ran(&shell("kill -9 $$", 5_000));
        let done = done.expect("it ran");
        assert_eq!((done.status, done.signal), (137, Some(9)));
    }

    #[test]
    fn a_time_out_ends_the_whole_group() {
        let (done, lines) = ran(&shell("sleep 3600 & echo $!; wait", 2_000));
        let fault = done.expect_err("it takes an hour");
        assert_eq!(fault.code, "process_timed_out");
        let child: i32 = lines[0].parse().expect("a pid");
        // It is gone, or a zombie that nobody has collected, in a moment.
        let lives = || {
            let status = std::fs::read_to_string(format!("/proc/{child}/stat"));
            status.is_ok_and(|s| !s.contains(") Z "))
        };
        let end = Instant::now() + Duration::from_secs(60);
        while lives() && Instant::now() < end {
            thread::sleep(GLANCE);
        }
        assert!(!lives(), "{child} lives");
    }

    #[test]
    fn someone_can_stop_it() {
        let cancel = Cancel::default();
        let fault = run(
            &shell("echo on; sleep 3600", 3_600_000),
            &cancel,
            &mut |_, _| {
                cancel.cancel();
            },
        );
        assert_eq!(fault.expect_err("stopped").code, "interrupted");
    }

    #[test]
    fn what_is_not_there_is_said() {
        let missing = ProcessCommand {
            program: "no-such-program-here".to_owned(),
            ..shell("", 1_000)
        };
        assert_eq!(ran(&missing).0.expect_err("none").code, "program_not_found");
        let nowhere = ProcessCommand {
            dir: Some("/no/such/dir".to_owned()),
            ..shell("", 1_000)
        };
        assert_eq!(
            ran(&nowhere).0.expect_err("none").code,
            "directory_not_found"
        );
    }
}
