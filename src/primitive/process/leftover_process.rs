//! A process whose run was killed goes on by itself: nobody begins it again beside it.

use std::time::Duration;

use crate::primitive::{Context, Progress};
use crate::vocabulary::{Halt, Stop};

/// How often it is looked for.
const GLANCE: Duration = Duration::from_millis(500);

/// Waits until what an earlier process of this run has started is over, as long as it may take.
///
/// # Errors
/// `Halt::InDoubt` where it does not end; `Halt::Cancelled`.
pub(in crate::primitive) fn outlive(
    cx: &Context<'_>,
    words: &str,
    limit: Duration,
) -> Result<(), Stop> {
    let mark = cx.token();
    let began = cx.world.now();
    let mut told = false;
    while cx.world.process_alive(&mark) {
        let waited = Duration::try_from(cx.world.now().duration_since(began)).unwrap_or_default();
        if waited >= limit {
            return Err(Stop::Halt(Halt::InDoubt {
                message: format!(
                    "`{words}` that was begun before the interruption still runs; end it, or wait for it, and resume"
                ),
            }));
        }
        let news = "it was begun before the interruption, and still runs".to_owned();
        cx.progress(Progress {
            waiting_for: format!("`{words}` to end"),
            since: Some(began),
            news: (!told).then_some(news),
            ..Progress::default()
        });
        told = true;
        cx.sleep(GLANCE)?;
    }
    Ok(())
}
