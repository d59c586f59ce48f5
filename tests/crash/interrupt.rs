//! Ctrl-C: the first stops at the next boundary, the second at once; both resume.

use super::{ARRIVAL, resumes_to_the_same_end};
use crate::support::catalog::GOOD;
use crate::support::rules::Moment;
use crate::support::stage::Stage;

#[test]
fn the_first_stops_at_the_next_boundary() {
    let stage = Stage::set();
    let held = stage.proxy.hold("UpdateService", 1, Moment::Before);
    let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(ARRIVAL).is_some());
    live.interrupt();
    held.release();
    let run = live.finish();
    let ending = run.expect(130).ending();
    assert_eq!(ending["outcome"], "interrupted");
    assert_ne!(
        ending["in_flight"].to_string(),
        "null",
        "the deployment goes on in AWS: {run}"
    );
    run.says(&format!(" resume {}", stage.deployer.newest_run()));
    assert_eq!(
        stage.proxy.carried_out("UpdateService"),
        1,
        "the write was finished"
    );
    resumes_to_the_same_end(&stage, GOOD);
}

#[test]
fn the_second_exits_at_once() {
    let stage = Stage::set();
    let held = stage.proxy.hold("UpdateService", 1, Moment::Before);
    let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(ARRIVAL).is_some());
    live.interrupt();
    // Two signals in one instant are one signal.
    std::thread::sleep(std::time::Duration::from_millis(300));
    live.interrupt();
    let run = live.finish();
    assert_eq!(run.code, Some(130), "{run}");
    held.abandon();
    resumes_to_the_same_end(&stage, GOOD);
}
