//! What a plan promises of a fault is what the rehearsal shows, or it promises nothing.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use deployer::primitive;
use deployer::report::plan::Plan;
use deployer::script::Program;
use deployer::script::params;
use deployer::testing::{fixture_for, refuse_unknown};
use deployer::world::World;
use deployer::world::predicted::PlanWorld;
use deployer::world::simulated::{FaultSpec, Fixture, Simulated, catalogue};
use serde_json::Value;

use super::pipelines;
use super::rehearsed::perform;
use crate::support::deployer::Deployer;

/// Faults as they are drawn where nothing is said, and with what they may be given.
fn faults() -> Vec<String> {
    let plain = catalogue().iter().map(|fault| fault.name.to_owned());
    let more = [
        "slow-start:40m",
        "slow-placement:40m",
        "crash-loop:7",
        "migration-fails:3",
        "access-denied:UpdateService",
        "access-denied:DescribeServices",
        "access-denied:RunTask",
        "throttling:90",
        "errors-after-shift:60",
        "crash-loop@5m",
        "crash-loop@99h",
        "access-denied@20",
    ];
    plain.chain(more.map(str::to_owned)).collect()
}

/// A shipped pipeline, with the cloud that it is rehearsed on.
struct Shipped {
    path: PathBuf,
    program: Program,
    fixture: Fixture,
    given: Value,
}

impl Shipped {
    /// Nothing for a library that pipelines import.
    fn load(path: &Path) -> Option<Shipped> {
        let program = Program::load(path, &primitive::all())
            .unwrap_or_else(|rejected| panic!("{}: {:#?}", path.display(), rejected.diagnoses));
        let declared = program.declare().expect("parameters");
        let fixture = fixture_for(path).expect("a fixture");
        let given = params::read(&declared, &[], None, &fixture.params).ok()?;
        (!declared.is_empty()).then(|| Shipped {
            path: path.to_owned(),
            program,
            fixture,
            given,
        })
    }

    /// The exit code of the rehearsal; 2: the fault met nothing.
    fn rehearsed(&self, faults: &[FaultSpec]) -> u8 {
        if refuse_unknown(faults, &self.fixture, &self.program, &self.given).is_err() {
            return 2;
        }
        let world = Simulated::from_fixture(self.fixture.clone(), faults, 1).expect("a world");
        let (ending, _) = perform(&self.program, &self.given, &world, false, None);
        match world.missed_faults().is_empty() {
            true => ending.exit_code,
            false => 2,
        }
    }

    /// What the plan of what is live promises, if it does.
    fn promised(&self, faults: &[FaultSpec]) -> Option<u8> {
        let live = Simulated::from_fixture(self.fixture.clone(), &[], 1).expect("a world");
        let plan = PlanWorld::new(Box::new(live.clone()), live.now(), faults);
        let plan = plan.with_files_of(&live);
        let (ending, events) = perform(&self.program, &self.given, &plan, false, None);
        assert!(live.writes().is_empty(), "{}", self.path.display());
        let told = Plan::what_if(&events, Vec::new(), &ending);
        let known = told.what_if.and_then(|what_if| what_if.exit_code);
        known.filter(|_| plan.missed_faults().is_empty())
    }

    /// Where a plan promises what does not come.
    fn broken_promises(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for text in faults() {
            let spec: FaultSpec = text.parse().expect("a fault");
            let Ok(spec) = spec.in_a_plan(&self.given) else {
                continue;
            };
            let Some(promised) = self.promised(&[spec]) else {
                continue;
            };
            let shown = self.rehearsed(&[text.parse().expect("a fault")]);
            if promised != shown {
                let name = self.path.display();
                broken.push(format!("{name} {text}: plan {promised}, rehearsal {shown}"));
            }
        }
        broken
    }
}

#[test]
#[ignore = "deep: every pipeline with every fault"]
fn no_plan_of_what_is_live_promises_what_does_not_come() {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    pipelines(&folder, &mut found);
    let left = Mutex::new(found);
    let broken = Mutex::new(Vec::new());
    let work = || {
        while let Some(path) = left.lock().expect("a list").pop() {
            if let Some(shipped) = Shipped::load(&path) {
                let more = shipped.broken_promises();
                broken.lock().expect("a list").extend(more);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, work)
                .expect("a thread");
        }
    });
    let broken = broken.into_inner().expect("a list");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn against_a_fixture_the_plan_promises_what_the_rehearsal_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/prod.rhai");
    let shipped = Shipped::load(&path).expect("a pipeline");
    let deployer = Deployer::offline();
    for fault in faults() {
        let shown = shipped.rehearsed(&[fault.parse().expect("a fault")]);
        let cloud = "pipelines/prod.cloud.toml";
        let plan = deployer.run(&[
            "plan",
            "pipelines/prod.rhai",
            "--cloud",
            cloud,
            "--what-if",
            &fault,
        ]);
        plan.expect(i32::from(shown));
        match shown {
            2 => plan.says("the fault `"),
            code => plan.says(&format!("· exit {code} ·")),
        };
    }
}
