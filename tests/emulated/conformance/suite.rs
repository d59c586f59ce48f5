//! Runs the cases on each backend, and compares what differs with the table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::backend::{Backend, Network};
use super::cases;
use super::differences::DIFFERENCES;
use super::stage;
use crate::support::cloud::{subnets, vpc};
use crate::support::emulators::{Ministack, Moto, PATIENT, REGION};

/// Name the emulators' network for the process that judges.
const SUBNETS: &str = "CONFORMANCE_SUBNETS";
const VPC: &str = "CONFORMANCE_VPC";

/// So many cases are tried at once on each backend.
const AT_ONCE: usize = 8;

/// The live world is configured by the environment and the profile files, as AWS tools are: the suite runs in
/// a process of its own, whose profiles name the emulators.
#[test]
fn every_backend_conforms() {
    in_a_process_of_its_own("emulated::conformance::suite::judged");
}

/// Runs an ignored test of this program with the emulators as profiles.
pub fn in_a_process_of_its_own(test: &str) {
    let moto = Moto::start();
    let ministack = Ministack::start(stage::behaviour());
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary directory");
    let config = home.path().join("config");
    let profile = |name: &str, endpoint: String| {
        format!(
            "[profile {name}]\nregion = {REGION}\nendpoint_url = {endpoint}\n\
             aws_access_key_id = test\naws_secret_access_key = test\n"
        )
    };
    let profiles = [
        profile("moto", moto.endpoint()),
        profile("ministack", ministack.endpoint()),
    ];
    fs::write(&config, profiles.concat()).expect("a file of our own");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs([PATIENT])
        .env(SUBNETS, subnets(&moto.endpoint()).join(","))
        .env(VPC, vpc(&moto.endpoint()))
        .output()
        .expect("this program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert!(said.contains("1 passed"), "{test} did not run:\n{said}");
}

/// Whether this process has the emulators as profiles; one that runs all tests, the ignored ones too, has not.
pub fn is_in_a_process_of_its_own() -> bool {
    std::env::var_os(SUBNETS).is_some()
}

/// The emulators, as this process' profiles name them.
pub fn emulators() -> Vec<Backend> {
    let given = |name| std::env::var(name).expect("run by `in_a_process_of_its_own`");
    let network = Network {
        subnets: given(SUBNETS).split(',').map(str::to_owned).collect(),
        vpc: given(VPC),
    };
    vec![
        Backend::live("moto", &network),
        Backend::live("ministack", &network),
    ]
}

/// The table by backend and case; each differs for one reason.
fn rows() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let mut rows = BTreeMap::new();
    for group in DIFFERENCES.into_iter().flatten() {
        assert!(!group.why.is_empty(), "{}: say why", group.backend);
        for (case, what) in group.cases {
            let before = rows.insert((group.backend, *case), *what);
            assert!(before.is_none(), "{}: {case:?} has two rows", group.backend);
        }
    }
    rows
}

#[test]
#[ignore = "is run by every_backend_conforms"]
fn judged() {
    if !is_in_a_process_of_its_own() {
        return;
    }
    let live = emulators();
    let judge = |backend: Option<&Backend>| -> Vec<(&'static str, Result<(), String>)> {
        let cases = cases::all();
        let one = |number: usize| {
            let (case, id) = (&cases[number], format!("c{number:03}"));
            let judged = match backend {
                // Each attempt makes things with names of its own.
                Some(backend) => {
                    backend.judge(|attempt| case.judge(backend, &format!("{id}{attempt}")))
                }
                // A simulated cloud is cheap: each case has its own.
                None => case.judge(&Backend::simulated(), &id),
            };
            (case.name, judged)
        };
        // Most of the time is waiting for what takes its time.
        let (next, judged) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let number = next.fetch_add(1, Ordering::Relaxed)
                        && number < cases.len()
                    {
                        let told = one(number);
                        judged.lock().expect("judging does not panic").push(told);
                    }
                });
            }
        });
        judged.into_inner().expect("judging does not panic")
    };
    let judged = thread::scope(|scope| {
        let judge = &judge;
        let live = live
            .iter()
            .map(|backend| (backend.name, scope.spawn(move || judge(Some(backend)))));
        let mut all: Vec<_> = live.collect();
        all.push(("simulated", scope.spawn(move || judge(None))));
        let end = |(name, thread): (_, thread::ScopedJoinHandle<_>)| (name, thread.join());
        all.into_iter().map(end).collect::<Vec<_>>()
    });
    let rows = rows();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    for (backend, cases) in judged {
        for (case, judged) in cases.expect("judging does not panic") {
            assert!(
                known.insert((backend, case)),
                "two cases are called {case:?}"
            );
            let row = rows.get(&(backend, case)).copied();
            match (judged, row) {
                (Ok(()), None) => {}
                (Err(why), Some(what)) if why.contains(what) => {}
                (Err(why), Some(what)) => wrong.push(format!(
                    "{backend}: {case}\n    differs otherwise than the table says ({what:?}): {why}"
                )),
                (Err(why), None) => wrong.push(format!("{backend}: {case}\n    {why}")),
                (Ok(()), Some(what)) => wrong.push(format!(
                    "{backend}: {case}\n    differs no longer ({what:?}): delete its row"
                )),
            }
        }
    }
    for (backend, case) in rows.keys() {
        if !known.contains(&(*backend, *case)) {
            wrong.push(format!("{backend}: there is no case {case:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
