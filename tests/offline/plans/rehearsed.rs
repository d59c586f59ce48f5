//! Plans through the library: no write is made, and failures are foreseen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use deployer::cancel::Cancel;
use deployer::primitive;
use deployer::run::guard::{Guard, GuardedCall};
use deployer::run::planned::{FailAfterWrite, PlanGuard, SavedPlan};
use deployer::run::{Run, RunSetup};
use deployer::script::Program;
use deployer::script::params::{self, Param};
use deployer::testing::fixture_for;
use deployer::vocabulary::Fault;
use deployer::vocabulary::event::{self, Event, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::predicted::PlanWorld;
use deployer::world::simulated::Simulated;
use deployer::world::{ProcessOutput, ReadCall, ReadOnlyWorld, ReadProcess, Stream, World};
use serde_json::Value;

use super::snapshots::{Kept, plans_of};
use crate::support::deployer::Deployer;
use crate::support::http::{self, Reply, Server};

/// Adds every pipeline below `folder` to `found`.
pub fn pipelines(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            pipelines(&path, found);
        } else if name.ends_with(".rhai") && !name.ends_with(".test.rhai") {
            found.push(path);
        }
    }
}

/// Something live, which counts the looks at it.
struct Counted(Simulated, Arc<AtomicUsize>);

impl ReadOnlyWorld for Counted {
    fn read(&self, call: &ReadCall) -> Result<Value, Fault> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.read(call)
    }
    fn read_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        self.0.read_process(command, output)
    }
}

#[test]
#[ignore = "deep: every pipeline and environment"]
fn every_shipped_pipeline_is_planned_without_a_write() {
    let mut found = Vec::new();
    pipelines(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines"),
        &mut found,
    );
    assert!(!found.is_empty());
    for path in found {
        let name = path.display();
        let program = Program::load(&path, &primitive::all())
            .unwrap_or_else(|rejected| panic!("{name}: {:#?}", rejected.diagnoses));
        let declared = program.declare().expect("parameters");
        if declared.is_empty() {
            // A library that pipelines import.
            continue;
        }
        for kept in plans_of(&path) {
            through(&path, &program, &declared, &kept);
        }
    }
}

/// Plans with one set of parameters; where that gets through, a run that is held to the plan does, too.
fn through(path: &Path, program: &Program, declared: &[Param], kept: &Kept) {
    let name = format!("{} with {:?}", path.display(), kept.params);
    let fixture = fixture_for(path).expect("a fixture");
    let file = kept.params.as_ref().map(|file| {
        let file = params::load(file).expect("parameters");
        params::meant_for(path, declared, file, &primitive::all())
    });
    let Ok(given) = params::read(declared, &kept.set, file.as_ref(), &fixture.params) else {
        return;
    };
    let world = || Simulated::from_fixture(fixture.clone(), &[], 1).expect("a world");
    let live = world();
    let looks = Arc::new(AtomicUsize::new(0));
    let look = Counted(live.clone(), Arc::clone(&looks));
    let plan = PlanWorld::new(Box::new(look), live.now(), &[]).with_files_of(&live);
    let (ending, events) = perform(program, &given, &plan, true, None);
    assert!(live.writes().is_empty(), "{name}: {:#?}", live.writes());
    if ending.outcome != Outcome::Succeeded {
        return;
    }
    assert!(looks.load(Ordering::SeqCst) > 0, "{name} looks at nothing");
    let saved = SavedPlan::from_events(&events, &[], BTreeMap::new(), &plan.read_live());
    let saved = serde_json::to_string(&saved).expect("JSON");
    let saved = SavedPlan::parse(&saved).expect("what was saved");
    let (ending, _) = perform(program, &given, &world(), false, Some(saved));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{name}: {ending:#?}");
}

/// Plans or runs to the end. `undo`: and then every undo, where all goes well.
pub(super) fn perform(
    program: &Program,
    given: &Value,
    world: &(impl World + Clone + 'static),
    undo: bool,
    plan: Option<SavedPlan>,
) -> (Ending, Vec<Event>) {
    let guard = plan.map(|plan| Box::new(PlanGuard::new(plan)) as Box<dyn Guard>);
    guarded(program, given, world, undo, guard)
}

/// Runs a program under any guard.
fn guarded(
    program: &Program,
    given: &Value,
    world: &(impl World + Clone + 'static),
    undo: bool,
    guard: Option<Box<dyn Guard>>,
) -> (Ending, Vec<Event>) {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let heard = Arc::clone(&events);
    let run = Run::start(RunSetup {
        id: "plan".into(),
        program: None,
        pipeline: program.entry().to_owned(),
        params: given.clone(),
        steps: program.steps(),
        overridden: Vec::new(),
        sources: BTreeMap::new(),
        world: Arc::new(world.clone()),
        log: Box::new(Vec::new()),
        recorded: Vec::new(),
        secrets: Default::default(),
        cancel: Cancel::default(),
        listener: Box::new(move |event| heard.lock().expect("a list").push(event.clone())),
        plan: None,
        aws: BTreeMap::new(),
        starter: String::new(),
        claims: None,
        guard,
    })
    .expect("a run");
    let result = program.execute(Arc::new(Arc::clone(&run)), given.clone());
    if undo && result.is_ok() {
        run.undo_all().expect("foreseen");
    }
    let ending = run.finish(result);
    let events = events.lock().expect("a list").clone();
    (ending, events)
}

/// A plan says which programs it has run, and where it is told to runs none: whoever proposes a change to a pipeline
/// must not be able to run something on the machine that makes the plan of it.
#[test]
fn the_programs_that_a_plan_runs_are_listed_and_can_be_left_out() {
    let mut deployer = Deployer::offline();
    let script = r#"
step "Look" { process::run("touch", #{ args: ["looked"], reads: true }); }
step "Decide" {
    let found = process::run("ls", #{ args: ["looked"], reads: true, allow_failure: true });
    if found.status == 0 { process::run("echo", #{ args: ["there"] }); }
}
"#;
    deployer.write("team.rhai", script);
    let looked = deployer.directory().join("looked");
    let careful = deployer.run(&["plan", "team.rhai", "--no-processes"]);
    careful
        .expect(0)
        .says("Programs that were not run")
        .says("touch looked");
    careful.says("the plan ends here").says("ls looked");
    assert!(!looked.exists());
    let plan = deployer.run(&["plan", "team.rhai"]);
    plan.expect(0)
        .says("Programs that were run to make this plan")
        .says("touch looked");
    plan.says("~ run echo there");
    assert!(looked.exists());
    let markdown = deployer.run(&["plan", "team.rhai", "--markdown"]);
    markdown.expect(0).says("- `touch looked`");
}

/// Holds a run to its plan, and has it fail behind a write.
struct HeldAndFailing(PlanGuard, FailAfterWrite);

impl Guard for HeldAndFailing {
    fn before(&mut self, call: &GuardedCall<'_>) -> Result<Option<String>, Fault> {
        self.0.before(call)
    }

    fn after(
        &mut self,
        call: &GuardedCall<'_>,
        result: &Result<Value, Fault>,
    ) -> Result<(), Fault> {
        self.0.after(call, result)?;
        let failed = self.1.after(call, result);
        if let Err(fault) = &failed {
            // What the script is told.
            self.0.after(call, &Err(fault.clone()))?;
        }
        failed
    }

    fn at_the_end(&self) -> Result<(), Fault> {
        self.0.at_the_end()
    }
}

/// However far a run came, what it undoes is what its plan has foreseen, and nothing of it is refused.
#[test]
fn what_is_undone_is_foreseen_behind_every_write() {
    for pipeline in [
        "pipelines/prod.rhai",
        "pipelines/catalog/blue_green.rhai",
        "pipelines/coditect/console.rhai",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(pipeline);
        let program = Program::load(&path, &primitive::all()).expect("it checks");
        let declared = program.declare().expect("parameters");
        let kept = plans_of(&path).remove(0);
        let fixture = fixture_for(&path).expect("a fixture");
        let file = kept.params.as_ref().map(|file| {
            let file = params::load(file).expect("parameters");
            params::meant_for(&path, &declared, file, &primitive::all())
        });
        let given =
            params::read(&declared, &kept.set, file.as_ref(), &fixture.params).expect("parameters");
        let live = || Simulated::from_fixture(fixture.clone(), &[], 1).expect("a world");
        let predicting = || {
            let world = live();
            PlanWorld::new(Box::new(world.clone()), world.now(), &[]).with_files_of(&world)
        };
        let plan = predicting();
        let (_, events) = perform(&program, &given, &plan, true, None);
        let mut seen = plan.read_live();
        let mut failing = Vec::new();
        for write in 0.. {
            let (guard, struck) = FailAfterWrite::behind(write);
            let world = predicting();
            let (_, events) = guarded(&program, &given, &world, false, Some(Box::new(guard)));
            if struck.write().is_none() {
                break;
            }
            seen.extend(world.read_live());
            failing.push(events);
        }
        assert!(failing.len() > 1, "{pipeline} writes");
        let saved = SavedPlan::from_events(&events, &failing, BTreeMap::new(), &seen);
        for write in 0..failing.len() {
            let (guard, struck) = FailAfterWrite::behind(write);
            let guard = HeldAndFailing(PlanGuard::new(saved.clone()), guard);
            let (ending, events) = guarded(&program, &given, &live(), false, Some(Box::new(guard)));
            let about = format!("{pipeline} behind {:?}: {ending:#?}", struck.write());
            let fault = ending.fault.as_ref().map(|fault| fault.code.as_str());
            assert_eq!(fault, Some("foreseen"), "{about}");
            assert!(
                ending.undone.iter().all(|undone| undone.fault.is_none()),
                "{about}"
            );
            for event in events {
                if let EventKind::Note(event::Note { text, .. }) = event.kind {
                    assert!(!text.starts_with("not foreseen"), "{text}: {about}");
                }
            }
        }
    }
}

/// A script that cleans up by itself when something fails may do so, and only then.
#[test]
fn what_a_script_cleans_up_by_itself_is_foreseen() {
    let shop = Server::start(|request: hyper::Request<hyper::body::Bytes>| async move {
        let broken = request.uri().path() == "/pay";
        let status = if broken { 500 } else { 200 };
        Reply::With(http::response(status, "application/json", "{\"id\":7}"))
    });
    let mut deployer = Deployer::offline();
    let script = format!(
        r#"
import "std/chain" as chain;
step "Buy" {{
    chain::run([
        #{{ name: "order", method: "POST", path: "/orders", status: 200, cleanup: #{{ method: "DELETE", path: "/orders/7" }} }},
        #{{ name: "pay", method: "POST", path: "/pay", status: 200 }},
        #{{ name: "ship", method: "POST", path: "/ship", status: 200 }},
    ], #{{ base_url: "{}" }});
}}
"#,
        shop.url()
    );
    deployer.write("team.rhai", &script);
    deployer
        .run(&["plan", "team.rhai", "--out", "saved.json"])
        .expect(0);
    let run = deployer.run(&["run", "--plan", "saved.json"]);
    run.expect(1).says("DELETE");
    let said = format!("{run}");
    assert!(
        !said.contains("not planned") && !said.contains("not cleaned up"),
        "{said}"
    );
}
