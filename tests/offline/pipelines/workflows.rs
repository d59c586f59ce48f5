//! The workflows that ship (`pipelines/*/ci/`): every line of them that calls deployer is one that this program takes, for
//! files that are there, and none of them trusts more than it must.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::deployer::Deployer;

const TEAMS: [&str; 5] = ["catalog", "coditect", "imagy", "menotime", "truecaller"];

fn workflows() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("pipelines")
        .flatten()
        .flat_map(|team| fs::read_dir(team.path().join("ci")).into_iter().flatten())
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// The workflows of one team.
fn of(team: &str) -> Vec<String> {
    let own = |path: &PathBuf| {
        let folder = path.parent().and_then(Path::parent);
        folder.is_some_and(|folder| folder.ends_with(team))
    };
    let found = workflows().into_iter().filter(own);
    found
        .map(|path| fs::read_to_string(path).expect("a workflow"))
        .collect()
}

/// The jobs of a workflow: their names, and what they say.
fn jobs(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let jobs = text.split("\njobs:\n").nth(1).expect("jobs");
    for line in jobs.lines() {
        let name = line.strip_prefix("  ").and_then(|l| l.strip_suffix(':'));
        match name.filter(|name| !name.starts_with([' ', '#'])) {
            Some(name) => found.push((name.to_owned(), String::new())),
            None => {
                if let Some((_, said)) = found.last_mut() {
                    said.push_str(line);
                    said.push('\n');
                }
            }
        }
    }
    found
}

/// What a line runs, word by word, without quotes, redirections and what else the shell does.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let begins = line.starts_with("deployer ") || line.starts_with("timeout ");
    let (_, rest) = line.split_once("deployer ").filter(|_| begins)?;
    let rest = rest.split(" >> ").next().unwrap_or(rest);
    let rest = rest.split(" || ").next().unwrap_or(rest);
    let words = rest.split_whitespace();
    Some(words.map(|word| word.replace('"', "")).collect())
}

/// The flags that a command has.
fn flags(deployer: &Deployer, name: &str) -> String {
    let help = deployer.run(&[name, "--help"]);
    help.expect(0);
    help.stdout
}

#[test]
fn every_team_has_one() {
    for team in TEAMS {
        let all = of(team).concat();
        let seen: Vec<Vec<String>> = all.lines().filter_map(command).collect();
        for wanted in ["plan", "run", "test", "approve", "resume"] {
            assert!(
                seen.iter().flatten().any(|word| word == wanted),
                "{team}: no {wanted}"
            );
        }
        // What runs is held to a plan that was saved before.
        assert!(
            all.contains("run --plan release.json") && all.contains("--out release.json"),
            "{team}"
        );
    }
}

#[test]
fn each_line_is_one_that_this_program_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let deployer = Deployer::offline();
    for path in workflows() {
        let text = fs::read_to_string(&path).expect("a workflow");
        for words in text.lines().filter_map(command) {
            let named = words.iter().position(|word| {
                ["plan", "run", "test", "approve", "resume"].contains(&word.as_str())
            });
            let name = &words[named.unwrap_or_else(|| panic!("{path:?}: {words:?}"))];
            let known = flags(&deployer, name);
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    known.contains(flag.as_str()),
                    "{path:?}: {name} has no {flag}"
                );
            }
            for file in words.iter().filter(|word| word.starts_with("pipelines/")) {
                assert!(root.join(file).exists(), "{path:?}: there is no {file}");
            }
            // A plan is made here as it is made there, on the simulated cloud.
            if name == "plan" && words.iter().any(|word| word == "--cloud") {
                deployer.run(&words).expect(0);
            }
        }
    }
}

#[test]
fn none_trusts_more_than_it_must() {
    for path in workflows() {
        let text = fs::read_to_string(&path).expect("a workflow");
        assert!(
            text.contains("\npermissions:\n  contents: read\n"),
            "{path:?}"
        );
        assert!(
            !text.contains("write-all") && !text.contains("pull_request_target"),
            "{path:?}"
        );
        assert!(
            !text.contains("aws-access-key-id"),
            "{path:?}: roles, and no keys"
        );
        for line in text.lines().map(str::trim) {
            if let Some(action) = line.trim_start_matches("- ").strip_prefix("uses: ") {
                // Another workflow of the same commit.
                if action.starts_with("./") {
                    continue;
                }
                let version = action.split('@').nth(1).unwrap_or_default();
                let commit = version.split(' ').next().unwrap_or_default();
                assert!(
                    commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()),
                    "{path:?}: {action}"
                );
            }
            // What a person typed reaches the shell as a variable only.
            let shell = command(line).is_some() || line.starts_with("run: ");
            assert!(!shell || !line.contains("${{"), "{path:?}: {line}");
        }
    }
}

#[test]
fn a_pull_request_of_a_fork_gets_no_credentials() {
    for team in TEAMS {
        let all: Vec<(String, String)> = of(team).iter().flat_map(|text| jobs(text)).collect();
        let job = |name: &str| {
            let found = all.iter().find(|(each, _)| each == name);
            &found
                .unwrap_or_else(|| panic!("{team} has no job {name}"))
                .1
        };
        assert!(!job("rehearse").contains("role-to-assume"), "{team}");
        assert!(job("rehearse").contains("--cloud "), "{team}");
        // Live, for branches of the repository itself, with the role that reads.
        let live = job("plan-pull-request");
        assert!(
            live.contains("head.repo.full_name == github.repository")
                && live.contains("vars.AWS_READ_ROLE")
                && !live.contains("--cloud "),
            "{team}"
        );
        for (name, said) in &all {
            let asked = said.contains("pull_request'") && !said.contains("head.repo.full_name");
            assert!(
                !asked || !said.contains("role-to-assume"),
                "{team}: {name} trusts forks"
            );
            assert!(
                !said.contains("AWS_DEPLOY_ROLE") || said.contains("environment: "),
                "{team}: {name} writes outside of an environment"
            );
        }
    }
}

#[test]
fn the_chain_of_imagy_goes_from_one_environment_to_the_next() {
    let all: Vec<(String, String)> = of("imagy").iter().flat_map(|text| jobs(text)).collect();
    for (name, needs) in [
        ("develop", "test"),
        ("staging", "develop"),
        ("proven", "staging"),
        ("production", "proven"),
    ] {
        let job = all.iter().find(|(each, _)| each == name);
        let said = &job.unwrap_or_else(|| panic!("no job {name}")).1;
        assert!(said.contains(&format!("needs: {needs}\n")), "{name}");
    }
}

/// The shell that a step of a workflow runs.
fn script(text: &str, step: &str) -> String {
    let (_, after) = text
        .split_once(&format!("- name: {step}"))
        .expect("the step");
    let (_, body) = after.split_once("run: |\n").expect("its shell");
    let lines = body
        .lines()
        .take_while(|line| line.starts_with("          "));
    lines.map(|line| format!("{}\n", &line[10..])).collect()
}

/// Runs it as a runner does, with what it has for a workspace.
fn attempt(project: &Deployer, script: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_deployer"));
    let folder = program.parent().expect("a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let summary = project.directory().join("summary.md");
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", script])
        .current_dir(project.directory())
        .env("PATH", format!("{folder}:{path}"))
        .env("GITHUB_STEP_SUMMARY", summary)
        .env("GITHUB_RUN_ID", "4711")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    bash.output().expect("bash")
}

#[test]
fn a_job_that_is_run_again_goes_on_with_its_run() {
    let texts = TEAMS.iter().flat_map(|team| of(team));
    let with_run = texts.filter(|text| text.contains("- name: Run, held to the plan"));
    for text in with_run.collect::<Vec<_>>() {
        let step = script(&text, "Run, held to the plan");
        let mut project = Deployer::offline();
        let asks = "step \"Ask\" { approval::ask(\"go\", #{ roles: [\"lead\"] }); }\nstep \"After\" { note(\"it went on\"); }\n";
        project.write("deploy.rhai", asks);
        let begin = format!("deployer plan deploy.rhai --out release.json > plan.txt\n{step}");
        let first = attempt(&project, &begin);
        assert_eq!(first.status.code(), Some(5), "{first:?}");
        let told = fs::read_to_string(project.directory().join("summary.md")).expect("a summary");
        assert!(told.contains("--as lead --reviewed"), "{told}");
        // What was kept of the first attempt comes back in a folder of its own; another runner has nothing else.
        let keep = "deployer approve $(deployer --output json runs | sed -E 's/^.{8}([^\"]+).*/\\1/') --as lead\nmkdir states; mv .deployer states/state-production-1\n";
        let kept = attempt(&project, keep);
        assert!(kept.status.success(), "{kept:?}");
        let second = attempt(&project, &step);
        assert_eq!(second.status.code(), Some(0), "{second:?}");
        let said = String::from_utf8_lossy(&second.stdout).into_owned();
        assert!(said.contains("it went on"), "{said}");
    }
}
