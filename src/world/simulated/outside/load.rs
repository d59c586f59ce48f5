//! Load in virtual time: each request is answered by what is there when it goes out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::vocabulary::Fault;
use crate::world::load::{IN_FLIGHT, Load, Shot};
use crate::world::simulated::Simulated;
use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::outside::http;

/// Sends requests as they fall due, in virtual time.
pub(crate) fn fire(
    world: &Simulated,
    load: &Load,
    each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let start = world.state().cloud.now();
    // When the requests under way end.
    let mut flying: BinaryHeap<Reverse<Duration>> = BinaryHeap::new();
    let mut last = Duration::ZERO;
    for number in 0..load.count() {
        let due = load.due(number);
        while flying.peek().is_some_and(|end| end.0 <= due) {
            flying.pop();
        }
        let free = match flying.len() < IN_FLIGHT {
            true => None,
            false => flying.pop().map(|end| end.0),
        };
        let begins = free.unwrap_or(due).max(due);
        // `each` may ask the world for the time, so the world is not held while it is called.
        let (takes, answer) = {
            let mut state = world.state();
            let ahead = later(start, begins).duration_since(state.cloud.now());
            state
                .cloud
                .pass(Duration::try_from(ahead).unwrap_or_default());
            http::reply(&mut state.cloud, &load.request)
        };
        let ended = begins + takes;
        last = last.max(ended);
        flying.push(Reverse(ended));
        let latency = ended.saturating_sub(due);
        if each(Shot {
            ended,
            latency,
            answer,
        })
        .is_break()
        {
            return Ok(());
        }
    }
    let mut state = world.state();
    let left = later(start, last).duration_since(state.cloud.now());
    state
        .cloud
        .pass(Duration::try_from(left).unwrap_or_default());
    Ok(())
}
