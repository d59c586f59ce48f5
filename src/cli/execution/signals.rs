//! Ctrl-C: the first asks the run to stop before its next call, the second exits at once.

use std::process;
use std::thread;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::cancel::Cancel;
use crate::report::Notice;
use crate::vocabulary::outcome::Outcome;

/// The answer to the first Ctrl-C.
const STOPPING: &str = "stopping at the next call; Ctrl-C again exits at once";

/// Listens on a thread of its own for as long as the process lives, and answers on `notice`. SIGTERM, and the
/// SIGHUP of a terminal that is gone, count as Ctrl-C.
pub(in crate::cli) fn listen(cancel: &Cancel, notice: Notice) {
    let cancel = cancel.clone();
    // Without the thread Ctrl-C ends the process at once, and the journal resumes all the same.
    let _thread = thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let Ok(runtime) = runtime::Builder::new_current_thread().enable_io().build() else {
                return;
            };
            runtime.block_on(async {
                let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)) = (
                    signal(SignalKind::interrupt()),
                    signal(SignalKind::terminate()),
                    signal(SignalKind::hangup()),
                ) else {
                    return;
                };
                loop {
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                        _ = hangup.recv() => {}
                    }
                    if cancel.is_cancelled() {
                        process::exit(i32::from(Outcome::Interrupted.exit_code()));
                    }
                    cancel.cancel();
                    notice.say(STOPPING);
                }
            });
        });
}
