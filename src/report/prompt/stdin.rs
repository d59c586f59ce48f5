//! Lines that a person types, while the wait for them may be ended from elsewhere.

use std::io::{self, BufRead};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use rustix::termios::{QueueSelector, tcflush};

use crate::sync::Lock;

/// How often it is looked whether an answer came from elsewhere.
const POLL: Duration = Duration::from_millis(200);

/// What was typed before the question was there is no answer to it.
pub(super) fn forget_typed() {
    // Nothing to forget where it is not a terminal.
    let _nothing = tcflush(io::stdin(), QueueSelector::IFlush);
}

/// Lines from standard input: read by one thread, and only when one is wanted, because a blocking read
/// cannot be taken back. A read that nobody waits for any more is left to the next prompt.
struct Stdin {
    want: Sender<()>,
    lines: Receiver<io::Result<String>>,
    reading: bool,
}

/// The next line; `None`: `ended` said so first.
pub(super) fn read_line(ended: &mut dyn FnMut() -> bool) -> io::Result<Option<String>> {
    static STDIN: OnceLock<Mutex<Stdin>> = OnceLock::new();
    let stdin = STDIN.get_or_init(|| Mutex::new(Stdin::start()));
    stdin.locked().line(ended)
}

impl Stdin {
    fn start() -> Self {
        let (want, wanted) = channel();
        let (send, lines) = channel();
        // If the thread cannot start, its end of the channel is dropped: the same as a closed input.
        let _unstarted = std::thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                while wanted.recv().is_ok() {
                    let mut line = String::new();
                    let read = match io::stdin().lock().read_line(&mut line) {
                        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
                        Err(error) => Err(error),
                    };
                    if send.send(read).is_err() {
                        break;
                    }
                }
            });
        Stdin {
            want,
            lines,
            reading: false,
        }
    }

    fn line(&mut self, ended: &mut dyn FnMut() -> bool) -> io::Result<Option<String>> {
        // What was typed at a prompt that had ended is not an answer to this one.
        if self.reading && self.lines.try_recv().is_ok() {
            self.reading = false;
        }
        if !self.reading {
            self.want
                .send(())
                .map_err(|_| io::ErrorKind::UnexpectedEof)?;
            self.reading = true;
        }
        loop {
            match self.lines.recv_timeout(POLL) {
                Ok(line) => {
                    self.reading = false;
                    return line.map(Some);
                }
                Err(RecvTimeoutError::Timeout) if ended() => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
    }
}
