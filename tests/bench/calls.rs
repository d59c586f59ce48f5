//! What a call costs, and a rehearsal: `cargo bench`. Prints medians; asserts nothing.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deployer::cancel::Cancel;
use deployer::journal::{Entry, Log, Store, Tail};
use deployer::primitive::{self, Primitive};
use deployer::run::{Run, RunSetup};
use deployer::script::Program;
use deployer::vocabulary::Site;
use deployer::world::apis::aws;
use deployer::world::simulated::{Fixture, Simulated};
use serde_json::{Value, json};

const PIPELINE: &str = "pipelines/prod.rhai";

fn main() {
    let primitives = primitive::all();
    let scratch = tempfile::tempdir().expect("a directory for journals");
    let dir = Store::new(scratch.path())
        .create("01BENCH", &BTreeMap::new())
        .expect("a run");
    let file = || dir.open(Tail::none()).expect("a journal");

    let read = |log: Box<dyn Log>| per_call(&primitives, "time::now", &json!({}), log, 2_000);
    let memory = read(Box::<Vec<Entry>>::default());
    let on_disk = read(Box::new(file()));
    say("a read, journal in memory", memory, "");
    say(
        "a read, journal on disk",
        on_disk,
        &format!("{:.1}x memory", ratio(on_disk, memory)),
    );

    let stop = json!({ "taskDefinition": "realserv-catalog-service:39" });
    let write = |log: Box<dyn Log>| {
        per_call(
            &primitives,
            "ecs::deregister_task_definition",
            &stop,
            log,
            200,
        )
    };
    let memory = write(Box::<Vec<Entry>>::default());
    let on_disk = write(Box::new(file()));
    say("a write, journal in memory", memory, "");
    say(
        "a write, intent on disk before",
        on_disk,
        &format!("{:.0}x memory", ratio(on_disk, memory)),
    );

    let sync = median(100, || {
        let mut log = file();
        let entry = Entry::Resumed {
            deployer: "0".into(),
            at: jiff::Timestamp::now(),
        };
        log.append(&entry, true).expect("appended");
    });
    say(
        "the disk's own sync, for comparison",
        sync,
        &format!("{:.0} % of a write", 100.0 * ratio(sync, on_disk)),
    );

    opening();

    say(
        "load and check prod.rhai",
        median(30, || drop(load(&primitives))),
        "",
    );
    let program = load(&primitives);
    for watch in ["15m", "1h"] {
        let took = median(30, || rehearse(&program, watch));
        say(&format!("a rehearsal with {watch} of watching"), took, "");
    }
}

/// What a service's model costs when a process first asks for it, and then its first call. Each is opened once: there is
/// no median.
fn opening() {
    let since = Instant::now();
    aws::operations("ecs");
    let names = since.elapsed();
    say("the names of all operations, for comparison", names, "");
    let mut all: Vec<_> = aws::services()
        .iter()
        .map(|name| {
            let since = Instant::now();
            let service = aws::service(name).expect("a service");
            let opened = since.elapsed();
            let since = Instant::now();
            let first = aws::operations(name)[0];
            let operation = service.operation(first).expect("an operation");
            black_box(service.inputs(operation));
            (opened + since.elapsed(), opened, *name)
        })
        .collect();
    all.sort_unstable();
    let slowest = all[all.len() - 1].2;
    for (whole, opened, name) in all {
        if ["ecs", "s3", "ec2", slowest].contains(&name) {
            let beside = format!(
                "{opened:.1?} of it the head; {:.2}x names",
                ratio(whole, names)
            );
            say(
                &format!("{name} is opened for its first call"),
                whole,
                &beside,
            );
        }
    }
}

fn load(primitives: &[Arc<dyn Primitive>]) -> Program {
    match Program::load(Path::new(PIPELINE), primitives) {
        Ok(program) => program,
        Err(rejected) => panic!("{:?}", rejected.diagnoses),
    }
}

fn world() -> (Simulated, Value) {
    let fixture = Fixture::builtin().expect("the shipped fixture");
    let params = Value::Object(fixture.params.clone());
    (
        Simulated::from_fixture(fixture, &[], 1).expect("a cloud"),
        params,
    )
}

fn start(log: Box<dyn Log>, params: Value) -> Arc<Run> {
    let setup = RunSetup {
        id: "01BENCH".into(),
        program: None,
        pipeline: PIPELINE.into(),
        params,
        steps: Vec::new(),
        overridden: Vec::new(),
        sources: BTreeMap::new(),
        world: Arc::new(world().0),
        log,
        recorded: Vec::new(),
        secrets: Default::default(),
        cancel: Cancel::default(),
        listener: Box::new(|event| {
            black_box(event);
        }),
        plan: None,
        aws: BTreeMap::new(),
        starter: String::new(),
        claims: None,
        guard: None,
    };
    Run::start(setup).expect("started")
}

fn per_call(
    primitives: &[Arc<dyn Primitive>],
    path: &str,
    input: &Value,
    log: Box<dyn Log>,
    calls: u32,
) -> Duration {
    let primitive = primitives
        .iter()
        .find(|p| p.declaration().path() == path)
        .expect("a primitive");
    let run = start(log, Value::Null);
    median(calls, || {
        let made = run.perform(primitive.as_ref(), input.clone(), Site::default(), "0");
        black_box(&made);
    })
}

fn rehearse(program: &Program, watch: &str) {
    let (_, mut params) = world();
    params["watch"] = json!(watch);
    let run = start(Box::<Vec<Entry>>::default(), params.clone());
    let result = program.execute(Arc::new(Arc::clone(&run)), params);
    let ending = run.finish(result);
    assert_eq!(ending.exit_code, 0, "{ending:?}");
}

fn median(rounds: u32, mut f: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..rounds)
        .map(|_| {
            let since = Instant::now();
            f();
            since.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[took.len() / 2]
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn say(what: &str, took: Duration, beside: &str) {
    println!("{what:<40} {took:>12.1?}   {beside}");
}
