//! The same seed gives the same bytes.

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
