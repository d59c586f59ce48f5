//! The plan of every shipped pipeline, with each of its environments, as it is kept beside the pipeline in
//! `plans/`: what changes in a pipeline, a library or the program shows there as what it would do.
//!
//! `plans/rollback.production.to-40.toml` holds more parameters for `rollback.rhai` in `production`: its plan is
//! `plans/rollback.production.to-40.txt`. Where the fixture lacks what an environment names, no plan is kept; of
//! every pipeline there must be one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use deployer::primitive;
use deployer::script::Program;

use super::rehearsed::pipelines;
use crate::support::deployer::Deployer;

/// Set to write the plans as they are now.
const UPDATE: &str = "UPDATE_PLANS";

/// Files in a folder with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The fixture of a pipeline, as `rehearse` finds it.
fn fixture(pipeline: &Path) -> Option<PathBuf> {
    let own = pipeline.with_extension("cloud.toml");
    let shared = pipeline.with_file_name("cloud.toml");
    [own, shared].into_iter().find(|path| path.is_file())
}

/// A pipeline with the parameters that one of its plans is made with.
pub(super) struct Kept {
    pipeline: PathBuf,
    pub(super) params: Option<PathBuf>,
    /// More of them, as `--set` takes them.
    pub(super) set: Vec<(String, String)>,
    /// Where the plan is kept.
    file: PathBuf,
}

/// The values of a file, as `--set` takes them.
fn values(file: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).expect("parameters");
    let table: toml::Table = toml::from_str(&text).expect("TOML");
    let each = table.into_iter().map(|(name, value)| match value {
        toml::Value::String(text) => (name, text),
        other => (name, serde_json::to_string(&other).expect("JSON")),
    });
    each.collect()
}

/// The plans of a pipeline that are kept: with every environment of its folder, and with every set of
/// parameters beside the plans.
pub(super) fn plans_of(pipeline: &Path) -> Vec<Kept> {
    let folder = pipeline.parent().expect("a folder");
    let plans = folder.join("plans");
    let name = stem(pipeline);
    let kept = |file: String, params: Option<PathBuf>| Kept {
        pipeline: pipeline.to_owned(),
        params,
        set: Vec::new(),
        file: plans.join(file),
    };
    let environments = files(&folder.join("environments"), ".toml");
    let mut found = Vec::new();
    if environments.is_empty() {
        found.push(kept(format!("{name}.txt"), None));
    }
    for environment in environments {
        let file = format!("{name}.{}.txt", stem(&environment));
        found.push(kept(file, Some(environment)));
    }
    for other in files(&plans, ".toml") {
        let own = stem(&other);
        let Some(rest) = own.strip_prefix(&format!("{name}.")) else {
            continue;
        };
        let environment = rest.split('.').next().unwrap_or(rest);
        let environment = folder
            .join("environments")
            .join(format!("{environment}.toml"));
        found.push(Kept {
            set: values(&other),
            ..kept(
                format!("{own}.txt"),
                environment.is_file().then_some(environment),
            )
        });
    }
    found
}

/// Plans against the fixture: what is shown, or why that is not a plan.
fn plan(deployer: &Deployer, root: &Path, kept: &Kept) -> Result<String, String> {
    let below = |path: &Path| {
        let path = path.strip_prefix(root).expect("a file of the project");
        path.display().to_string()
    };
    let mut arguments = vec!["plan".to_owned(), below(&kept.pipeline)];
    if let Some(fixture) = fixture(&kept.pipeline) {
        arguments.extend(["--cloud".to_owned(), below(&fixture)]);
    }
    if let Some(params) = &kept.params {
        arguments.extend(["--params".to_owned(), below(params)]);
    }
    for (name, value) in &kept.set {
        arguments.extend(["--set".to_owned(), format!("{name}={value}")]);
    }
    let plan = deployer.run(&arguments);
    match plan.code {
        Some(0) => Ok(plan.stdout + "\n"),
        _ => Err(format!("{arguments:?}: {plan}")),
    }
}

/// The plans as they are kept, by path, and as they are now.
fn compare(kept: &BTreeMap<PathBuf, String>, now: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let mut differences = Vec::new();
    for (path, text) in now {
        let before = kept.get(path).map_or("", String::as_str);
        if before != text {
            let lines = before.lines().zip(text.lines());
            let line = lines.take_while(|(before, now)| before == now).count();
            let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
            differences.push(format!(
                "{}:{}\n  - {}\n  + {}",
                path.display(),
                line + 1,
                at(before),
                at(text)
            ));
        }
    }
    let gone = kept.keys().filter(|path| !now.contains_key(*path));
    differences.extend(gone.map(|path| format!("{}: of no pipeline", path.display())));
    differences
}

/// Parameters of one release or one emergency, which no environment can know.
const OF_A_RUN: [&str; 9] = [
    "version",
    "patch",
    "branch",
    "reason",
    "domain",
    "snapshot",
    "migrations",
    "schema_from",
    "schema",
];

/// A kept plan shows what its environment gets: nothing in it may come from the fixture's own parameters.
#[test]
fn an_environment_says_all_that_the_fixture_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    pipelines(&root.join("pipelines"), &mut found);
    let table = |path: &Path| -> toml::Table {
        toml::from_str(&fs::read_to_string(path).expect("a file")).expect("TOML")
    };
    let mut lacks = Vec::new();
    for pipeline in found {
        let Some(cloud) = fixture(&pipeline) else {
            continue;
        };
        let cloud = table(&cloud);
        let Some(given) = cloud.get("params").and_then(toml::Value::as_table) else {
            continue;
        };
        for environment in files(&pipeline.with_file_name("environments"), ".toml") {
            let own = table(&environment);
            let of_the_run = |name: &str| OF_A_RUN.contains(&name);
            let missing = given
                .keys()
                .filter(|name| !of_the_run(name) && !own.contains_key(*name));
            lacks.extend(missing.map(|name| format!("{}: {name}", environment.display())));
        }
    }
    assert!(
        lacks.is_empty(),
        "only the fixture has these, and the environment does not: {lacks:#?}"
    );
}

#[test]
fn every_pipeline_does_what_its_kept_plan_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    pipelines(&root.join("pipelines"), &mut found);
    let deployer = Deployer::offline();
    let (mut kept, mut now) = (BTreeMap::new(), BTreeMap::new());
    let mut hopeless = Vec::new();
    for pipeline in found {
        let folder = pipeline.parent().expect("a folder");
        for file in files(&folder.join("plans"), ".txt") {
            let text = fs::read_to_string(&file).expect("a kept plan");
            kept.insert(file, text);
        }
        let program = Program::load(&pipeline, &primitive::all())
            .unwrap_or_else(|rejected| panic!("{pipeline:?}: {:#?}", rejected.diagnoses));
        // What declares nothing is a library that pipelines import.
        if program
            .declare()
            .map_or(true, |declared| declared.is_empty())
        {
            continue;
        }
        let before = now.len();
        let mut refused = Vec::new();
        for kept in plans_of(&pipeline) {
            match plan(&deployer, root, &kept) {
                Ok(text) => {
                    now.insert(kept.file, text);
                }
                Err(why) => refused.push(why),
            }
        }
        if now.len() == before {
            hopeless.extend(refused);
        }
    }
    assert!(now.len() > 1, "{now:#?}");
    assert!(
        hopeless.is_empty(),
        "no plan of these gets through; more parameters can be kept in plans/PIPELINE.ENVIRONMENT.NAME.toml:\n{}",
        hopeless.join("\n")
    );
    if std::env::var_os(UPDATE).is_some() {
        for (path, text) in &now {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a kept plan");
        }
        for path in kept.keys().filter(|path| !now.contains_key(*path)) {
            fs::remove_file(path).expect("a plan of no pipeline");
        }
        return;
    }
    let differences = compare(&kept, &now);
    assert!(
        differences.is_empty(),
        "plans are not as they are kept:\n{}\n\nif that is as it should be, keep them with\n  \
         {UPDATE}=1 cargo test --test integration plans::snapshots\nand review the difference",
        differences.join("\n")
    );
}
