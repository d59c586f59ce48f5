//! Two runs on one service: the second is told who has it, before it changes anything.

use super::{ARRIVAL, migrations};
use crate::support::catalog::{GOOD, OLD};
use crate::support::rules::Moment;
use crate::support::stage::Stage;

#[test]
fn a_second_run_is_refused_while_the_first_migrates() {
    let stage = Stage::set();
    let held = stage.proxy.hold("RunTask", 1, Moment::Before);
    let first = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(ARRIVAL).is_some());
    let id = stage.deployer.newest_run();
    let second = stage.run(GOOD);
    assert_eq!(second.expect(1).ending()["fault"]["code"], "service_busy");
    second.says(&id).says("step Migrate").says("is running");
    held.release();
    first.finish().expect(0);
    stage.serves(GOOD);
    stage.changed_once();
    assert_eq!(migrations(&stage), 1);
    // Whoever comes when the first is over has nobody in the way.
    stage.run(OLD).expect(0);
    stage.serves(OLD);
}

#[test]
fn a_run_that_was_killed_keeps_what_it_has_begun_to_change() {
    let stage = Stage::set();
    let held = stage.proxy.hold("UpdateService", 1, Moment::Before);
    let first = stage.deployer.spawn_json(&stage.arguments("run", GOOD));
    assert!(held.reached(ARRIVAL).is_some());
    let id = stage.deployer.newest_run();
    first.kill();
    held.abandon();
    let second = stage.deployer.run(&stage.arguments("run", GOOD));
    second
        .expect(1)
        .says("has begun to change it, and is not over")
        .says(&format!("resume {id}"));
    assert_eq!(stage.proxy.carried_out("RunTask"), 1, "{second}");
    // The newest run is the one that was refused.
    let resumed = stage.deployer.json(&["resume", &id]);
    resumed.expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}
