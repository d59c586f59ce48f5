//! A process that does its best to give a secret away, run for real.

use super::secret;
use crate::support::deployer::Deployer;
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
    let moto = Moto::start();
    secret(&moto.endpoint(), "app/token", VALUE);
    let mut deployer = Deployer::at(&moto.endpoint());
    deployer.write("team.rhai", SCRIPT);
    let runs = [
        deployer.run(&["run", "team.rhai"]),
        deployer.json(&["run", "team.rhai"]),
        deployer.run(&["show", &deployer.newest_run()]),
    ];
    runs[0].expect(1);
    for run in &runs {
        run.says("the last: (secret app/token)");
    }
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
