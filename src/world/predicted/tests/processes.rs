//! Programs in a plan.

use super::*;
use crate::world::simulated::tests::balancing::world_with;
use crate::world::simulated::tests::stores::{process, ran};

#[test]
fn a_plan_runs_only_what_reads() {
    let live = world_with("", &[]);
    let plan = over(&live);
    let mut head = process("git", &["rev-parse", "HEAD"]);
    head.reads = true;
    let printed = |world: &dyn World| ran(world, &head).expect("run").stdout;
    assert!(printed(&plan).starts_with("4f2c9d1e"));
    assert_eq!(live.processes().len(), 1);
    let commit = process("git", &["commit", "--all"]);
    assert_eq!(ran(&plan, &commit).expect("predicted").status, 0);
    // What a program has changed only in the plan, it cannot be asked for.
    assert!(crate::vocabulary::unknown_in(&printed(&plan)).is_some());
    assert_eq!(live.processes().len(), 1);
}
