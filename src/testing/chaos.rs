//! Chaos tests: random combinations of faults, drawn from a seed. The invariants must hold for each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::cloud_snapshot::CloudSnapshot;
use super::invariants;
use super::scenario::Scenario;
use super::{Options, TestFailure, Verdict, panicked, pool};
use crate::vocabulary::Fault;
use crate::vocabulary::event::Event;
use crate::world::simulated::rng::Rng;
use crate::world::simulated::{FaultSpec, catalogue};

/// The most faults of one combination.
const MOST: usize = 3;

/// Rehearses `count` combinations of faults, drawn from `options.seed`, over the pipelines of `scenarios`,
/// and reports a verdict for each.
pub fn combinations(
    scenarios: &[Scenario],
    count: usize,
    options: &Options,
    mut told: impl FnMut(Verdict),
) {
    let mut stages: Vec<&Scenario> = Vec::new();
    for scenario in scenarios {
        let alike = |s: &&Scenario| {
            s.path == scenario.path
                && s.cloud.path == scenario.cloud.path
                && s.given == scenario.given
        };
        if !stages.iter().any(alike) {
            stages.push(scenario);
        }
    }
    if stages.is_empty() {
        return;
    }
    let mut rng = Rng::new(options.seed);
    let combinations: Vec<FaultCombination> = (0..count)
        .map(|_| {
            let scenario = stages[rng.below(stages.len())];
            draw_combination(scenario, &mut rng)
        })
        .collect();
    let work = |combination: &FaultCombination| test_combination(combination, options);
    pool::each(&combinations, options.threads, work, &mut told);
}

/// A scenario with the faults that were drawn for it.
struct FaultCombination {
    scenario: Scenario,
    faults: Vec<String>,
    seed: u64,
}

fn draw_combination(scenario: &Scenario, rng: &mut Rng) -> FaultCombination {
    let mut faults: Vec<String> = Vec::new();
    let wanted = 1 + rng.below(MOST);
    while faults.len() < wanted {
        let info = catalogue()[rng.below(catalogue().len())];
        let argument = argument(info.name, scenario, rng);
        let begin = match rng.below(4) {
            0 => format!("@{}m", 1 + rng.below(40)),
            1 => format!("@{}", 1 + rng.below(80)),
            _ => String::new(),
        };
        let named = |text: &String| text.split([':', '@']).next() == Some(info.name);
        if faults.iter().any(named) {
            continue;
        }
        // A fault that takes no argument is taken without.
        let whole = format!("{}{argument}{begin}", info.name);
        let bare = format!("{}{begin}", info.name);
        faults.extend(
            [whole, bare]
                .into_iter()
                .find(|f| f.parse::<FaultSpec>().is_ok()),
        );
    }
    FaultCombination {
        scenario: scenario.clone(),
        faults,
        seed: u64::try_from(rng.below(1_000_000)).unwrap_or(0),
    }
}

/// The operations that `access-denied` may strike. A rollback needs some of them, too.
const DENIED: [&str; 6] = [
    "UpdateService",
    "ModifyRule",
    "RegisterTaskDefinition",
    "RegisterScalableTarget",
    "RunTask",
    "DescribeServices",
];

/// An argument for a fault, `:ARGUMENT`; empty in half of the cases.
fn argument(name: &str, scenario: &Scenario, rng: &mut Rng) -> String {
    if rng.chance(50) {
        return String::new();
    }
    let fixture = &scenario.cloud.fixture;
    let mut one = |names: Vec<&str>| match names.len() {
        0 => String::new(),
        n => format!(":{}", names[rng.below(n)]),
    };
    match name {
        "secret-empty" => one(fixture.secrets.iter().map(|s| s.name.as_str()).collect()),
        "approval-rejected" | "approval-unanswered" => one(fixture
            .people
            .iter()
            .filter_map(|p| p.role.as_deref())
            .collect()),
        "image-missing" | "image-unpullable" | "alarm-fires" | "hook-fails" => String::new(),
        "access-denied" => one(DENIED.to_vec()),
        "slow-start" | "slow-placement" => format!(":{}m", 1 + rng.below(20)),
        "throttling" | "server-errors" => format!(":{}", 1 + rng.below(40)),
        _ => format!(":{}", 1 + rng.below(255)),
    }
}

/// The violated invariants, and the events of the rehearsal.
type ViolationsFound = (Vec<String>, Vec<Event>);

fn test_combination(combination: &FaultCombination, options: &Options) -> Verdict {
    let began = Instant::now();
    let mut verdict = Verdict {
        file: combination.scenario.path.display().to_string(),
        name: format!("chaos: {}", combination.faults.join(" + ")),
        rehearsals: 1,
        virtual_ms: 0,
        took: Default::default(),
        printed: Vec::new(),
        failure: None,
    };
    match attempt(
        combination,
        &combination.faults,
        options,
        &mut verdict.virtual_ms,
    ) {
        Ok((violations, events)) if !violations.is_empty() => {
            let (faults, (violations, events)) =
                minimize(combination, (violations, events), options);
            verdict.failure = Some(TestFailure {
                difference: Some(("every invariant holds".into(), violations.join("\n"))),
                timeline: events,
                again: command(combination, faults),
                ..TestFailure::new("invariant", "an invariant was violated")
            });
        }
        Ok(_) => {}
        Err(failure) => {
            verdict.failure = Some(TestFailure {
                again: command(combination, combination.faults.clone()),
                ..failure
            });
        }
    }
    verdict.took = began.elapsed();
    verdict
}

fn command(combination: &FaultCombination, faults: Vec<String>) -> Option<String> {
    let scenario = combination
        .scenario
        .clone()
        .with_faults(faults, combination.seed);
    scenario.ok().map(|scenario| scenario.command())
}

/// Removes every fault that is not needed to violate an invariant.
fn minimize(
    combination: &FaultCombination,
    violations: ViolationsFound,
    options: &Options,
) -> (Vec<String>, ViolationsFound) {
    let (mut faults, mut violations) = (combination.faults.clone(), violations);
    let mut index = 0;
    while index < faults.len() {
        let mut fewer = faults.clone();
        fewer.remove(index);
        match attempt(combination, &fewer, options, &mut 0) {
            Ok(less) if !less.0.is_empty() => (faults, violations) = (fewer, less),
            _ => index += 1,
        }
    }
    (faults, violations)
}

fn attempt(
    combination: &FaultCombination,
    faults: &[String],
    options: &Options,
    virtual_ms: &mut u64,
) -> Result<ViolationsFound, TestFailure> {
    let scenario = combination
        .scenario
        .clone()
        .with_faults(faults.to_vec(), combination.seed)?;
    let rehearsed = catch_unwind(AssertUnwindSafe(|| -> Result<_, Fault> {
        let before = CloudSnapshot::of(&scenario.world()?)?;
        let run = scenario.rehearse(Instant::now() + options.patience)?;
        let violations = invariants::violations(&run, &before)?;
        Ok((run.ending.elapsed_ms, violations, run.observed.events))
    }));
    let (elapsed_ms, violations, events) =
        rehearsed.map_err(|panic| panicked(panic.as_ref()))??;
    *virtual_ms = elapsed_ms;
    Ok((violations, events))
}
