//! The tests that ship pass, everywhere and always, and say the same each time.

use std::fs;
use std::path::Path;

use super::last;
use crate::support::deployer::Deployer;

const SHIPPED: &str = "pipelines/prod.test.rhai";

/// Faults of what no pipeline has (a lifecycle hook), or that are tested elsewhere (a word that is mistyped).
const UNSEEN: [&str; 2] = ["hook-fails", "confirmation-mistyped"];

#[test]
fn they_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let folders = fs::read_dir(folder).expect("pipelines").flatten();
    // The folders of runbooks; what prod.rhai plans is kept beside them.
    let folders = folders.filter(|entry| entry.path().join("cloud.toml").is_file());
    let mut paths: Vec<String> = folders
        .map(|entry| format!("pipelines/{}", entry.file_name().to_string_lossy()))
        .collect();
    paths.push(SHIPPED.to_owned());
    for path in paths {
        let finished = Deployer::offline().run(&["test", &path]);
        finished.expect(0);
        assert!(last(&finished).ends_with(" passed, 0 failed"), "{finished}");
    }
}

#[test]
fn the_tests_of_all_pipelines_name_every_fault() {
    let mut text = String::new();
    read_tests(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines"),
        &mut text,
    );
    let listed = Deployer::offline().run(&["reference", "faults"]);
    for fault in deployer::world::simulated::catalogue() {
        assert!(listed.has_said(fault.name));
        assert!(
            UNSEEN.contains(&fault.name) || text.contains(&format!("\"{}", fault.name)),
            "no test of {}",
            fault.name
        );
    }
}

fn read_tests(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("pipelines").flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_tests(&path, text);
        } else if path.to_string_lossy().ends_with(".test.rhai") {
            text.push_str(&fs::read_to_string(&path).expect("a test"));
        }
    }
}

/// What each pipeline is there for: the way on which everything goes well.
const WAYS: &[(&str, &str)] = &[
    (SHIPPED, "a_good_version_is_deployed"),
    ("pipelines/catalog", "r08_the_service_is_created_once"),
    ("pipelines/catalog", "r13_the_idle_colour_takes_over"),
    ("pipelines/catalog", "r23_it_is_back_within_five_minutes"),
    ("pipelines/coditect", "r14_traffic_comes_in_steps"),
    ("pipelines/coditect", "r14_ecs_moves_a_tenth_and_then_all"),
    ("pipelines/examples", "a_good_version"),
    ("pipelines/examples", "assets_come_before_the_page"),
    ("pipelines/examples", "flags_are_deployed_step_by_step"),
    ("pipelines/examples", "the_change_set_is_approved"),
    ("pipelines/examples", "the_name_moves_in_three_steps"),
    ("pipelines/examples", "the_schedule_starts_the_new_version"),
    ("pipelines/examples", "the_service_is_moved_and_serves"),
    ("pipelines/imagy", "r11_the_new_revision_is_named"),
    (
        "pipelines/imagy",
        "r28_production_gets_what_runs_in_staging",
    ),
    (
        "pipelines/imagy",
        "r23_the_last_healthy_revision_serves_again",
    ),
    (
        "pipelines/menotime",
        "r31_a_release_is_checked_reviewed_merged_and_tagged",
    ),
    (
        "pipelines/menotime",
        "r23_the_last_healthy_revision_is_gone_back_to",
    ),
    ("pipelines/truecaller", "r11_a_good_version_is_rolled_out"),
    (
        "pipelines/truecaller",
        "r39_everything_goes_after_two_words",
    ),
];

#[test]
#[ignore = "deep: every pipeline, killed at every call"]
fn killed_everywhere_they_end_the_same() {
    for (path, way) in WAYS {
        let finished = Deployer::offline().run(&["test", path, "--crash", "--filter", way]);
        finished.expect(0).says("crash test at every call: ");
    }
}

#[test]
fn the_same_seed_says_the_same() {
    let said = |threads: &str| {
        let arguments = [
            "test",
            SHIPPED,
            "--chaos",
            "8",
            "--seed",
            "5",
            "--threads",
            threads,
        ];
        Deployer::offline().json(&arguments).stdout
    };
    let once = said("1");
    assert!(once.contains("chaos: "), "{once}");
    assert_eq!(once, said("3"));
}
