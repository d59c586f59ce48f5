//! AWS's reads are eventually consistent: no shipped pipeline takes what is not shown yet for what is not there.

use std::path::Path;

use crate::offline::plans::pipelines;
use crate::support::deployer::Deployer;

#[test]
#[ignore = "deep: every pipeline, many times"]
fn no_pipeline_is_misled_by_reads_that_lag() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    pipelines(&root.join("pipelines"), &mut found);
    let deployer = Deployer::offline();
    let mut misled = Vec::new();
    let mut tried = 0;
    for path in &found {
        let path = path.strip_prefix(root).expect("inside").to_string_lossy();
        let rehearse = |more: &[&str]| deployer.run(&[&["rehearse", &*path], more].concat());
        let whole = rehearse(&[]).code;
        // Modules, and pipelines whose parameters only an environment gives.
        if whole == Some(2) {
            continue;
        }
        for (lag, seed) in [
            ("read-lag:300ms", "1"),
            ("read-lag:2s", "2"),
            ("read-lag:2s", "3"),
        ] {
            tried += 1;
            let lagging = rehearse(&["--fault", lag, "--seed", seed]);
            if lagging.code != whole {
                misled.push(format!("{path}, {lag}, seed {seed}: {lagging}"));
            }
        }
    }
    assert!(tried >= 30, "only {tried} rehearsals");
    assert!(misled.is_empty(), "{}", misled.join("\n"));
}
