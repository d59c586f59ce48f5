//! A bug of the program itself: told like any other problem, and with what to do about the run.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use super::{Everywhere, called, problem};
use crate::script::Sources;

/// Exit code: something may be left in place.
const FAILED: u8 = 1;

/// What the first panic said, and where.
static SAID: Mutex<Option<String>> = Mutex::new(None);

/// Does what the command says; a panic that reaches this ends it as a problem that is told.
pub(super) fn caught(everywhere: &Everywhere, command: impl FnOnce() -> u8) -> u8 {
    // Whoever asks for a backtrace gets Rust's own words too.
    let backtrace = std::env::var_os("RUST_BACKTRACE").is_some_and(|it| it != "0");
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        keep(info);
        if backtrace {
            before(info);
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).take();
        let message = format!("a bug of deployer: {}", said.unwrap_or_default());
        let hint = format!(
            "what was done is in the journal: find the run with `{} runs`, and go on with `resume`; please report this",
            called(everywhere)
        );
        let said = problem::plain("bug", message, Some(hint));
        problem::say(&[said], &Sources::new(), false, everywhere);
        FAILED
    })
}

fn keep(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let place = info.location().map(|at| format!(" ({at})"));
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    said.get_or_insert_with(|| format!("{message}{}", place.unwrap_or_default()));
}
