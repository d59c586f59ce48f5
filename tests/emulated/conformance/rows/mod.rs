//! The rows of the runbooks that are about AWS, each a script on the standard library: on the simulated cloud, and
//! over sockets on moto and ministack.
//!
//! Each is run twice: as it is, and with the answer of every write lost. Then each write must be found again by
//! looking, as nobody is there who could be asked.

mod lossy;
mod performance;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread;

use super::backend::Backend;
use super::suite::{emulators, in_a_process_of_its_own, is_in_a_process_of_its_own};
use performance::{Answers, Row};

#[test]
fn every_row_runs_over_sockets() {
    in_a_process_of_its_own("emulated::conformance::rows::judged");
}

/// Rows are tried at once on each backend.
const AT_ONCE: usize = 4;

#[test]
#[ignore = "is run by every_row_runs_over_sockets"]
fn judged() {
    if !is_in_a_process_of_its_own() {
        return;
    }
    let mut backends = emulators();
    backends.push(Backend::simulated());
    let rows = Row::all();
    let runs: Vec<(&Row, Answers)> = rows
        .iter()
        .flat_map(|row| [(row, Answers::Arrive), (row, Answers::AreLost)])
        .collect();
    let told = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for backend in &backends {
            let (runs, told) = (&runs, &told);
            for worker in 0..AT_ONCE {
                scope.spawn(move || {
                    for (row, answers) in runs.iter().skip(worker).step_by(AT_ONCE) {
                        // A simulated cloud is cheap: each run has its own.
                        let own = (backend.name == "simulated").then(Backend::simulated);
                        let result = row.perform(own.as_ref().unwrap_or(backend), *answers);
                        let key = (backend.name, row.name.clone(), *answers);
                        told.lock().expect("no panic").insert(key, result);
                    }
                });
            }
        }
    });
    let told = told.into_inner().expect("no panic");
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for ((backend, row, answers), result) in &told {
        let known = table::DIFFERENCES.iter().position(|d| {
            d.backend == *backend && d.row == row && d.answers.is_none_or(|a| a == *answers)
        });
        used.extend(known);
        let known = known.map(|at| &table::DIFFERENCES[at]);
        match (result, known) {
            (Ok(()), None) => {}
            (Err(why), Some(known)) if why.contains(known.what) => {}
            (Ok(()), Some(_)) => {
                wrong.push(format!("{backend}: {row} ({answers:?}) differs no longer"))
            }
            (Err(why), _) => wrong.push(format!("{backend}: {row} ({answers:?})\n    {why}")),
        }
    }
    for (at, row) in table::DIFFERENCES.iter().enumerate() {
        assert!(!row.why.is_empty(), "{}: say why", row.row);
        if !used.contains(&at) {
            wrong.push(format!("{}: there is no row {}", row.backend, row.row));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
