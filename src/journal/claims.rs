//! Which run deploys what: `STATE/claims/`, a file for each thing that a run has begun to change.
//!
//! A claim holds until its run is over. A run that was killed, or waits for people, still has what it has begun to change.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::disk::digest;
use super::private;
use super::store::Store;

/// A claim, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Id of the run that has it.
    pub run: String,
    /// What it is on (the ARN of a service).
    pub what: String,
    /// When the run took the claim, by the run's clock.
    pub since: Timestamp,
    /// In which step it was taken.
    pub step: Option<String>,
}

/// A claim that another run has.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimConflict {
    /// The claim of the other run, as its file has it.
    pub claim: Claim,
    /// Whether a process has that run now.
    pub running: bool,
    /// The file that holds the claim.
    pub file: PathBuf,
}

impl Store {
    /// Takes a claim for its run, unless another run that is not over has it.
    ///
    /// # Errors
    /// Of the file system. `Ok(Err(…))`: who has it.
    pub fn claim(&self, claim: &Claim) -> io::Result<Result<(), ClaimConflict>> {
        let folder = self.root().join("claims");
        private::folder(&folder)?;
        // One process at a time looks and takes.
        let guard = private::edit(&folder.join("guard"))?;
        guard.lock()?;
        let file = folder.join(format!("{}.json", &digest(&claim.what)[..32]));
        let mut kept = private::edit(&file)?;
        let mut text = String::new();
        kept.read_to_string(&mut text)?;
        // Half of one, of whom the disk was full, is none.
        if let Ok(other) = serde_json::from_str::<Claim>(&text)
            && other.run != claim.run
            && let Some(running) = self.goes_on(&other.run)
        {
            return Ok(Err(ClaimConflict {
                claim: other,
                running,
                file,
            }));
        }
        kept.set_len(0)?;
        io::Seek::rewind(&mut kept)?;
        kept.write_all(&serde_json::to_vec(claim)?)?;
        kept.sync_all()?;
        drop(guard);
        Ok(Ok(()))
    }

    /// Whether a process has a run that is not over; `None`: it is over, or gone.
    fn goes_on(&self, run: &str) -> Option<bool> {
        let dir = self.find(run).ok()?;
        let running = dir.is_running();
        let Ok((entries, _)) = dir.read() else {
            return Some(running);
        };
        let over = |entry: &Entry| matches!(entry, Entry::Finished { last: true, .. });
        (!entries.iter().any(over)).then_some(running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{FORMAT, Log, Tail};
    use crate::vocabulary::outcome::{Ending, Outcome};
    use std::collections::BTreeMap;

    fn claim(run: &str) -> Claim {
        Claim {
            run: run.into(),
            what: "arn:aws:ecs:eu-west-1:123456789012:service/prod/web".into(),
            since: Timestamp::UNIX_EPOCH,
            step: Some("Deploy".into()),
        }
    }

    #[test]
    fn a_run_has_its_claim_until_it_is_over() {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::new(temp.path().join("state"));
        let begun = |run: &str| {
            let dir = store.create(run, &BTreeMap::new()).unwrap();
            let mut log = dir.open(Tail::none()).unwrap();
            let started = Entry::Started {
                format: FORMAT,
                run: run.into(),
                pipeline: "p.rhai".into(),
                params: serde_json::json!({}),
                deployer: "0".into(),
                sources: BTreeMap::new(),
                overridden: Vec::new(),
                plan: None,
                aws: BTreeMap::new(),
                by: String::new(),
                at: Timestamp::UNIX_EPOCH,
            };
            log.append(&started, true).unwrap();
            log
        };
        let mut first = begun("01A");
        let _second = begun("01B");
        assert_eq!(store.claim(&claim("01A")).unwrap(), Ok(()));
        assert_eq!(store.claim(&claim("01A")).unwrap(), Ok(()));
        let taken = store.claim(&claim("01B")).unwrap().unwrap_err();
        assert_eq!((taken.claim, taken.running), (claim("01A"), false));
        let finished = Entry::Finished {
            ending: Box::new(Ending::of(Outcome::Succeeded)),
            last: true,
            at: Timestamp::UNIX_EPOCH,
        };
        first.append(&finished, true).unwrap();
        assert_eq!(store.claim(&claim("01B")).unwrap(), Ok(()));
        assert!(store.claim(&claim("01A")).unwrap().is_err());
    }
}
