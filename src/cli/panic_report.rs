//! A panic is a bug of the program. It is reported like any other error, with what to do about the run.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::process;
use std::sync::Mutex;

use super::error::{CommandError, CommandResult};
use super::exit_code::ExitCode;
use super::global::GlobalArgs;
use super::print;
use crate::sync::Lock;

/// Message and place of the first panic.
static FIRST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Carries out a command. A panic becomes an error of it.
///
/// # Errors
/// Those of the command, and `bug` after a panic.
pub(super) fn catch(global: &GlobalArgs, command: impl FnOnce() -> CommandResult) -> CommandResult {
    // Whoever asks for a backtrace gets Rust's own message too.
    let backtrace = std::env::var_os("RUST_BACKTRACE").is_some_and(|it| it != "0");
    let global_of_hook = global.clone();
    let default_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        remember(info);
        if backtrace {
            default_hook(info);
        }
        if cfg!(panic = "abort") {
            // The process ends when this hook returns: nobody else can print the report.
            print::error(&report(&global_of_hook), false, &global_of_hook);
            process::exit(ExitCode::FAILURE.into());
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| Err(report(global)))
}

fn report(global: &GlobalArgs) -> CommandError {
    let first = FIRST_PANIC.locked().take();
    let message = format!("a bug of deployer: {}", first.unwrap_or_default());
    let hint = format!(
        "the journal holds what was done: find the run with `{} runs`, and continue it with `resume`; please report this bug",
        global.program()
    );
    CommandError::with_hint("bug", message, hint).after_execution(ExitCode::FAILURE)
}

fn remember(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let place = info.location().map(|at| format!(" ({at})"));
    let mut first = FIRST_PANIC.locked();
    first.get_or_insert_with(|| format!("{message}{}", place.unwrap_or_default()));
}
