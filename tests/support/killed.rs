//! Runs that are killed inside their requests, and resumed.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::HANG;
use super::deployer::{Deployer, Finished};
use super::proxy::Proxy;
use super::rules::{Moment, Which};

/// Points of a run that are tried at the same time, each on an emulator of its own.
const AT_ONCE: usize = 4;

/// Tries each of these points of a run.
pub fn at_each<P: Sync + Debug>(points: &[P], work: impl Fn(&P) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    eprintln!("killed at {point:?}");
                    work(point);
                }
            });
        }
    });
}

/// Tries each of so many requests of a run, by its number from 1, before it reaches the emulator and after its answer.
pub fn around_each_request(requests: usize, work: impl Fn(usize, Moment) + Sync) {
    let points: Vec<(usize, Moment)> = (1..=requests)
        .flat_map(|nth| [(nth, Moment::Before), (nth, Moment::After)])
        .collect();
    at_each(&points, |(nth, moment)| work(*nth, *moment));
}

/// Kills a run of `script` at the `nth` request that the proxy sees, and resumes it to its end, in which it has succeeded.
pub fn kill_and_resume(
    deployer: &Deployer,
    proxy: &Proxy,
    script: &str,
    nth: usize,
    moment: Moment,
) -> Finished {
    let held = proxy.hold(Which::Any, nth, moment);
    let live = deployer.spawn_json(&["run", script]);
    let reached = held.reached(HANG);
    let killed = live.kill();
    assert!(reached.is_some(), "request {nth} was never sent: {killed}");
    held.abandon();
    let resumed = deployer.json(&["resume", &deployer.newest_run()]);
    assert_eq!(
        resumed.expect(0).ending()["outcome"],
        "succeeded",
        "killed at request {nth}, {moment:?}: {resumed}"
    );
    resumed
}
