//! A process that does its best to give a secret away, run for real.

use crate::support::cloud::secret;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;

const VALUE: &str = "Tr0ub4dor&3/with \"quotes\"";

/// Says it plainly, in base64 alone and behind a user, in a URL, on both outputs, and in the end by failing.
const SCRIPT: &str = r#"
process::run("sh", #{ args: ["-c", `
    echo "plain: $TOKEN"
    printf '%s' "$TOKEN" | base64 >&2
    printf 'user:%s' "$TOKEN" | base64 -w0; echo
    python3 -c 'import os, urllib.parse; print(urllib.parse.quote(os.environ["TOKEN"], safe=""))'
    python3 -c 'import os, json; print(json.dumps(os.environ["TOKEN"]))'
    echo "the last: $TOKEN" >&2
    exit 3
`], secret_env: #{ TOKEN: "app/token" } });
"#;

#[test]
fn whatever_a_process_says_of_a_secret_is_taken_out() {
    let (deployer, runs) = told(SCRIPT, "the last: (secret app/token)");
    let told = runs
        .iter()
        .map(|run| format!("{}{}", run.stdout, run.stderr));
    let kept = deployer.state_files().into_iter();
    let kept = kept.map(|(_, content)| String::from_utf8_lossy(&content).into_owned());
    // `Tr0ub4dor&3/…` as it is, in base64 at all three offsets, and in a URL.
    let traces = [
        "Tr0ub4dor",
        "VHIwdWI0ZG9y",
        "RyMHViNGRvc",
        "UcjB1YjRkb3",
        "%263%2F",
        "quotes",
    ];
    for text in told.chain(kept) {
        // The script itself asks for it by name, and talks of `urllib.parse.quote`.
        let text = text.replace("urllib.parse.quote", "");
        for trace in traces {
            assert!(!text.contains(trace), "{trace} in {text}");
        }
    }
}

#[test]
fn a_missing_secret_names_itself_and_runs_nothing() {
    let moto = Moto::start();
    let mut deployer = Deployer::at(&moto.endpoint());
    let script = r#"process::run("touch", #{ args: ["ran"], secret_env: #{ A: "nothing" } });"#;
    deployer.write("team.rhai", script);
    let run = deployer.json(&["run", "team.rhai"]);
    let ending = run.expect(1).ending();
    assert_eq!(ending["fault"]["code"], "secret_not_ready");
    run.says("secret nothing does not exist");
    assert!(!deployer.directory().join("ran").exists());
}

#[test]
fn a_parameter_is_fetched_by_its_name_and_by_its_arn() {
    let moto = Moto::start();
    crate::support::cloud::must(
        &moto.endpoint(),
        "ssm",
        "PutParameter",
        serde_json::json!({ "Name": "/app/token", "Value": VALUE, "Type": "SecureString" }),
    );
    let mut deployer = Deployer::at(&moto.endpoint());
    let arn = "arn:aws:ssm:ap-south-1:123456789012:parameter/app/token";
    for reference in ["ssm:/app/token", arn] {
        let script = format!(
            r#"process::run("sh", #{{ args: ["-c", "echo got $A"], secret_env: #{{ A: "{reference}" }} }});"#
        );
        deployer.write("team.rhai", &script);
        let run = deployer.json(&["run", "team.rhai"]);
        run.expect(0).says("got (secret /app/token)");
    }
}

/// Says it in every way that was thought of, from a file that an earlier process wrote.
const LATER: &str = r#"
step "Fetch" { process::run("sh", #{ args: ["-c", "printf '%s' \"$TOKEN\" > found.txt; cp found.txt copy.txt"], secret_env: #{ TOKEN: "app/token" } }); }
step "Say" {
    print(file::read("found.txt"));
    process::run("cat", #{ args: ["copy.txt"] });
    process::run("python3", #{ args: ["-c", `
import base64
token = open("found.txt").read()
print(repr(token), repr(token.encode()), token.upper(), token.replace("'", "''"), token.replace('"', '""'))
print(base64.b32encode(token.encode()).decode())
encoded = base64.b64encode(("user:" + token).encode()).decode()
for at in range(0, len(encoded), 20): print(encoded[at:at + 20])
`] });
    note(file::read("found.txt"));
    throw file::read("copy.txt");
}
"#;

/// What one call fetched, another says: a later process, a file, a fault, however it is written.
#[test]
fn a_secret_is_known_to_the_whole_run() {
    let (deployer, runs) = told(LATER, "(secret app/token)");
    nothing_of_it(&deployer, &runs);
}

/// A resumed run has to learn again what it knew.
#[test]
fn a_resumed_run_knows_the_secrets_of_the_one_before() {
    let moto = Moto::start();
    secret(&moto.endpoint(), "app/token", VALUE);
    let mut deployer = Deployer::at(&moto.endpoint());
    let script = r#"
step "Fetch" { process::run("sh", #{ args: ["-c", "printf '%s' \"$TOKEN\" > found.txt"], secret_env: #{ TOKEN: "app/token" } }); }
step "Ask" { approval::ask(#{ title: "Go on?", roles: ["devops"] }); }
step "Say" { process::run("cat", #{ args: ["found.txt"] }); }
"#;
    deployer.write("team.rhai", script);
    deployer.run(&["run", "team.rhai"]).expect(5);
    let run = deployer.newest_run();
    deployer.run(&["approve", &run, "--as", "devops"]).expect(0);
    let resumed = deployer.run(&["resume", &run]);
    resumed.expect(0).says("(secret app/token)");
    nothing_of_it(&deployer, &[resumed]);
}

/// A process gets what it is given, and what programs need; deployer's own credentials are no part of that.
#[test]
fn a_process_does_not_get_the_credentials_of_deployer() {
    let moto = Moto::start();
    let mut deployer = Deployer::at(&moto.endpoint());
    deployer.environment("NPM_TOKEN", "npm_0123456789abcdef");
    deployer.write(
        "team.rhai",
        r#"
let bare = process::run("env").stdout;
let given = process::run("env", #{ inherit: ["AWS_*", "NPM_TOKEN"], env: #{ MODE: "x" } }).stdout;
for name in ["AWS_SECRET_ACCESS_KEY=", "NPM_TOKEN="] {
    if bare.contains(name) { throw `${name} is there`; }
    if !given.contains(name) { throw `${name} is not there`; }
}
if !bare.contains("PATH=") || !given.contains("MODE=x") { throw "the environment is not whole"; }
"#,
    );
    let run = deployer.run(&["run", "team.rhai"]);
    run.expect(0).says("(the secret in NPM_TOKEN)");
    assert!(
        !run.stdout.contains("npm_0123456789abcdef"),
        "{}",
        run.stdout
    );
}

/// Runs a script that fails, plainly and as events, and shows it; all three say `what`.
fn told(script: &str, what: &str) -> (Deployer, [Finished; 3]) {
    let moto = Moto::start();
    secret(&moto.endpoint(), "app/token", VALUE);
    let mut deployer = Deployer::at(&moto.endpoint());
    deployer.write("team.rhai", script);
    let runs = [
        deployer.run(&["run", "team.rhai"]),
        deployer.json(&["run", "team.rhai"]),
        deployer.run(&["show", &deployer.newest_run()]),
    ];
    runs[0].expect(1);
    for run in &runs {
        run.says(what);
    }
    (deployer, runs)
}

fn nothing_of_it(deployer: &Deployer, runs: &[Finished]) {
    let told = runs
        .iter()
        .map(|run| format!("{}{}", run.stdout, run.stderr));
    let kept = deployer.state_files().into_iter();
    let kept = kept.map(|(_, content)| String::from_utf8_lossy(&content).into_owned());
    for text in told.chain(kept) {
        for trace in [
            "Tr0ub4dor",
            "TR0UB4DOR",
            "VHIwdWI0ZG9y",
            "RyMHViNGRvc",
            "UcjB1YjRkb3",
            "KRZDA5LCGRSG64",
        ] {
            assert!(!text.contains(trace), "{trace} in {text}");
        }
    }
}
