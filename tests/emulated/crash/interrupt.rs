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
    run.says(&format!(" resume {}", stage.deployer.newest_run()));
    assert_eq!(
        stage.proxy.carried_out("UpdateService"),
        1,
        "the write was finished"
    );
    resumes_to_the_same_end(&stage, GOOD);
}

/// A request that nobody answers does not keep a run from stopping: what becomes of it is found out by the next process.
#[test]
fn the_first_is_heard_within_a_request() {
    for (operation, moment) in [
        ("DescribeServices", Moment::Before),
        ("UpdateService", Moment::Before),
        ("UpdateService", Moment::After),
    ] {
        let mut stage = Stage::set();
        // Nothing but the signal ends it before the test is given up.
        stage.deployer.environment("DEPLOYER_CALL_TIMEOUT", "30m");
        let held = stage.proxy.hold(operation, 1, moment);
        let live = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
        assert!(held.reached(ARRIVAL).is_some());
        live.interrupt();
        let run = live.finish();
        assert_eq!(run.expect(130).ending()["outcome"], "interrupted");
        held.abandon();
        resumes_to_the_same_end(&stage, GOOD);
    }
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
