//! The same seed gives the same bytes.

use deployer::vocabulary::outcome::Outcome;

use super::mortal_world::{Play, Scene};
use crate::support::deployer::Deployer;

#[test]
fn the_same_rehearsal_twice() {
    let deployer = Deployer::offline();
    for faults in [
        &[][..],
        &["throttling", "server-errors"],
        &["crash-loop"],
        &["approval-unanswered"],
    ] {
        let rehearse = |seed| {
            let mut arguments = vec!["rehearse", "pipelines/prod.rhai", "--seed", seed];
            arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
            deployer.json(&arguments).stdout
        };
        let first = rehearse("7");
        assert!(first.lines().count() > 10, "{faults:?}: {first}");
        assert_eq!(first, rehearse("7"), "{faults:?}");
        assert_ne!(
            first,
            rehearse("8"),
            "{faults:?}: chance is drawn from the seed"
        );
    }
}

/// Branches take turns, so that their sleeps overlap and what they do has one order.
#[test]
fn branches_side_by_side_are_the_same_every_time() {
    let script = r#"
        fn branch(name, pause) {
            for round in 0..4 {
                time::sleep(pause);
                let found = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] });
                print(`${name} ${round} ${found.services[0].runningCount}`);
            }
        }
        parallel([
            || branch("a", "3m"),
            || parallel([|| branch("b", "2m"), || branch("c", "5m")]),
            || branch("d", "3m"),
        ]);
    "#;
    let play = Play::written(script);
    let once = || {
        let scene = Scene::set(&["throttling:30", "read-lag:5s"]);
        let ending = scene.perform(&play);
        assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
        let minutes = ending.elapsed_ms / 60_000;
        assert_eq!(minutes, 20, "the longest of them, and not their sum");
        serde_json::to_string(&scene.events()).expect("events")
    };
    let first = once();
    for _ in 0..20 {
        assert_eq!(once(), first);
    }
}
