//! What the simulated cloud can carry: `cargo bench --bench cloud`. Prints; asserts nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use deployer::cancel::Cancel;
use deployer::primitive::{self, Primitive};
use deployer::run::{Run, RunSetup};
use deployer::script::Program;
use deployer::testing::{Library, Options, Suite, discover};
use deployer::world::simulated::{Fixture, Simulated, catalogue};
use deployer::world::{AwsCall, World};
use serde_json::{Value, json};

const PIPELINE: &str = "pipelines/prod.rhai";
const REHEARSALS: usize = 200;
const SERVICES: usize = 1_000;

fn main() {
    let primitives = primitive::all();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let program = load(&primitives);

    let since = Instant::now();
    let mut count = 0_u32;
    while since.elapsed() < Duration::from_secs(2) {
        rehearse(&program, None, "15m", u64::from(count));
        count += 1;
    }
    let rate = f64::from(count) / since.elapsed().as_secs_f64();
    say("rehearsals a second, one core", format!("{rate:.0}"));

    let since = Instant::now();
    with_faults(cores);
    let what = format!("{REHEARSALS} rehearsals with faults, {cores} cores");
    say(&what, format!("{:.2?}", since.elapsed()));

    let hour = (0..20).map(|seed| {
        let since = Instant::now();
        rehearse(&program, None, "1h", seed);
        since.elapsed()
    });
    say(
        "a rehearsal with an hour of watching",
        format!("{:.1?}", middle(hour.collect())),
    );

    let since = Instant::now();
    let verdicts = tests(cores);
    let what = format!("the {verdicts} tests of the shipped pipelines");
    say(&what, format!("{:.2?}", since.elapsed()));

    // Last, because a process' peak of memory never falls.
    let before = peak();
    let (built, rolled, settled) = thousand();
    say(
        &format!("a cloud of {SERVICES} services"),
        format!("{built:.2?}"),
    );
    let what = format!("{SERVICES} services rolling at once, until the last is settled");
    say(&what, format!("{rolled:.2?}  ({settled} completed)"));
    say(
        "peak of memory, before and after them",
        format!("{before} MiB, {} MiB", peak()),
    );
}

fn load(primitives: &[Arc<dyn Primitive>]) -> Program {
    match Program::load(Path::new(PIPELINE), primitives) {
        Ok(program) => program,
        Err(rejected) => panic!("{:?}", rejected.diagnoses),
    }
}

/// One rehearsal on the shipped fixture.
fn rehearse(program: &Program, fault: Option<&str>, watch: &str, seed: u64) {
    let fixture = Fixture::builtin().expect("the shipped fixture");
    let mut params = Value::Object(fixture.params.clone());
    params["watch"] = json!(watch);
    let faults: Vec<_> = fault
        .map(|name| name.parse().expect("a fault"))
        .into_iter()
        .collect();
    let world = Simulated::from_fixture(fixture, &faults, seed).expect("a cloud");
    let run = Run::start(RunSetup {
        plan: None,
        aws: BTreeMap::new(),
        starter: String::new(),
        claims: None,
        guard: None,
        id: "01BENCH".into(),
        program: None,
        pipeline: PIPELINE.into(),
        params: params.clone(),
        steps: Vec::new(),
        overridden: Vec::new(),
        sources: BTreeMap::new(),
        world: Arc::new(world),
        log: Box::new(Vec::new()),
        recorded: Vec::new(),
        secrets: Default::default(),
        cancel: Cancel::default(),
        listener: Box::new(|_| {}),
    })
    .expect("started");
    let result = program.execute(Arc::new(Arc::clone(&run)), params);
    let _ending = run.finish(result);
}

/// Every fault in turn, on all cores.
fn with_faults(cores: usize) {
    let faults: Vec<&str> = catalogue().iter().map(|fault| fault.name).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let program = load(&primitive::all());
                while let number = next.fetch_add(1, Ordering::Relaxed)
                    && number < REHEARSALS
                {
                    let fault = faults[number % faults.len()];
                    rehearse(&program, Some(fault), "15m", number as u64);
                }
            });
        }
    });
}

/// `deployer test pipelines`; how many there are.
fn tests(cores: usize) -> usize {
    let files = discover(&[PathBuf::from("pipelines")]).expect("the shipped tests");
    let options = Options {
        seed: 1,
        threads: cores,
        patience: Duration::from_secs(60),
    };
    let mut verdicts = 0;
    let suite = Suite::load(Arc::new(Library::default()), &files);
    let _scenarios = suite.run(None, &options, &mut |_| verdicts += 1);
    verdicts
}

/// Builds a thousand services, rolls out all of them, and lets time pass until the last one is settled.
fn thousand() -> (Duration, Duration, usize) {
    let since = Instant::now();
    let fixture = Fixture::parse(&fixture(), "thousand.cloud.toml").expect("a fixture");
    let world = Simulated::from_fixture(fixture, &[], 1).expect("a cloud");
    let built = since.elapsed();
    let call = |operation: &str, input: Value| {
        world
            .aws(&AwsCall::new("ecs", operation, input))
            .expect("answered")
    };
    let since = Instant::now();
    for number in 0..SERVICES {
        let service = format!("s{number}");
        let input = json!({"cluster": "c", "service": service, "taskDefinition": "app:2"});
        call("UpdateService", input);
    }
    let mut completed = 0;
    for _minute in 0..60 {
        world.sleep(Duration::from_secs(60));
        completed = 0;
        for some in (0..SERVICES).collect::<Vec<_>>().chunks(10) {
            let names: Vec<String> = some.iter().map(|number| format!("s{number}")).collect();
            let answer = call(
                "DescribeServices",
                json!({"cluster": "c", "services": names}),
            );
            let services = answer["services"].as_array().cloned().unwrap_or_default();
            let done = |s: &&Value| {
                s["deployments"].as_array().is_some_and(|d| d.len() == 1)
                    && s["deployments"][0]["rolloutState"] == "COMPLETED"
            };
            completed += services.iter().filter(done).count();
        }
        if completed == SERVICES {
            break;
        }
    }
    (built, since.elapsed(), completed)
}

fn fixture() -> String {
    let mut text = String::from(
        "account = \"123456789012\"\nregion = \"ap-south-1\"\nclusters = [\"c\"]\n\
         repositories = [{ name = \"app\", images = [\n\
           { tags = [\"1\"], digest = \"sha256:01\" }, { tags = [\"2\"], digest = \"sha256:02\" },\n\
         ] }]\n",
    );
    for revision in [1, 2] {
        let image = format!("123456789012.dkr.ecr.ap-south-1.amazonaws.com/app:{revision}");
        let _written = write!(
            text,
            "[[task_definitions]]\nfamily = \"app\"\nrevision = {revision}\n\
             containerDefinitions = [{{ name = \"app\", image = \"{image}\", memory = 128 }}]\n"
        );
    }
    for number in 0..SERVICES {
        let _written = write!(
            text,
            "[[services]]\ncluster = \"c\"\nserviceName = \"s{number}\"\ntaskDefinition = \"app:1\"\n\
             desiredCount = 3\n"
        );
    }
    text
}

/// The most memory that this process ever had, in MiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn middle(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

fn say(what: &str, how: String) {
    println!("{what:<64} {how}");
}
