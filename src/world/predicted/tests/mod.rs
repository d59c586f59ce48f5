//! The world of a plan over a live one, which a simulated one stands in for.

use serde_json::json;

use super::*;
use crate::world::simulated::tests::{CLUSTER, SERVICE, aws, deploy, ecs, migrate, service, world};
use crate::world::{ReadCall, ReadProcess};

mod express;
mod functions;
mod live_reads;
mod overlay;
mod processes;
mod schedules;
mod services;

/// The reading half of a simulated world, standing in for the live one.
struct Live(Simulated);

impl ReadOnlyWorld for Live {
    fn read(&self, call: &ReadCall) -> Result<Value, Fault> {
        self.0.aws(call.call()).map(Arc::unwrap_or_clone)
    }

    fn read_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        self.0.process(command.command(), output)
    }
}

/// A plan's world over a live one.
fn over(live: &Simulated) -> PlanWorld {
    PlanWorld::new(Box::new(Live(live.clone())), live.now(), &[])
}
