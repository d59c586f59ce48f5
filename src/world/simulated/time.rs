//! How time passes in the simulated cloud: it jumps from event to event.

use std::time::Duration;

use jiff::Timestamp;

use super::aws::{appconfig, codedeploy, daemons, ecs, scaling};
use super::cloud::{Cloud, Event};
use super::kernel::clock::later;
use super::outside::traffic;

impl Cloud {
    /// Lets `duration` pass: everything that is due happens, in order.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let until = later(self.now(), duration);
        while self.step(until) {}
        self.kernel.clock.reach(until);
    }

    /// Lets the next event up to `until` happen; `false`: there is none.
    pub(crate) fn step(&mut self, until: Timestamp) -> bool {
        let Some((at, event)) = self.schedule.next_until(until) else {
            return false;
        };
        self.kernel.clock.reach(at);
        self.changes += 1;
        match event {
            Event::AppConfig(look) => appconfig::look(self, look),
            Event::CodeDeploy(event) => codedeploy::happen(self, event),
            Event::Daemon(step) => daemons::happen(self, &step),
            Event::Ecs(event) => {
                if let Some(key) = ecs::happen(self, event) {
                    traffic::changed(self, &key);
                }
            }
            Event::Scaling(evaluation) => scaling::evaluate(self, &evaluation),
        }
        traffic::catch_up(self);
        true
    }
}
