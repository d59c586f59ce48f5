//! Secrets in processes and requests, pushes and typed words, rehearsed: what is carried is shown nowhere.

use deployer::primitive;
use deployer::script::Program;
use deployer::vocabulary::Halt;
use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};

use super::mortal_world::{Play, Scene, Then};

/// What every secret of the simulated cloud holds.
const VALUE: &str = "nobody-may-see-this";

fn rehearse(script: &str, faults: &[&str]) -> (Scene, Ending) {
    let scene = Scene::set(faults);
    let ending = scene.perform(&Play::written(script));
    (scene, ending)
}

fn succeeds(script: &str) -> Scene {
    let (scene, ending) = rehearse(script, &[]);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    scene
}

fn fails(script: &str, faults: &[&str]) -> (Scene, String, String) {
    let (scene, ending) = rehearse(script, faults);
    let fault = ending.fault.expect("a fault");
    (scene, fault.code, fault.message)
}

/// Nothing that is kept or told holds a value.
fn keeps_quiet(scene: &Scene) {
    let kept = format!("{:?} {:?}", scene.entries(), scene.events());
    for trace in [VALUE, "bm9ib2R5LW1heS1zZWUtdGhpcw", "simulated-token"] {
        assert!(!kept.contains(trace), "{trace}");
    }
}

const IN_A_PROCESS: &str = r#"
process::run("git", #{ args: ["rev-parse", "HEAD"], secret_env: #{ TOKEN: "catalog-db-connection" } });
"#;

#[test]
fn a_process_gets_a_secret_that_nobody_sees() {
    let scene = succeeds(IN_A_PROCESS);
    let ran = scene.world.processes();
    assert_eq!(ran[0].env["TOKEN"], VALUE);
    keeps_quiet(&scene);
    let shown = scene.events().into_iter().any(|event| match event.kind {
        EventKind::Call(event::Call { line, .. }) => {
            line.detail == "with TOKEN from secret catalog-db-connection"
        }
        _ => false,
    });
    assert!(shown, "{:?}", scene.events());
}

#[test]
fn a_secret_that_is_not_there_fails_before_the_process_is_run() {
    let (scene, code, message) = fails(IN_A_PROCESS, &["secret-empty"]);
    assert_eq!(code, "secret_not_ready");
    assert!(
        message.contains("catalog-db-connection has no value"),
        "{message}"
    );
    assert!(scene.world.processes().is_empty());
    let missing = IN_A_PROCESS.replace("catalog-db-connection", "nothing");
    let (_, code, message) = fails(&missing, &[]);
    assert_eq!(code, "secret_not_ready");
    assert!(message.contains("nothing does not exist"), "{message}");
}

#[test]
fn a_resumed_run_fetches_again() {
    let reads = IN_A_PROCESS.replace("secret_env:", "reads: true, secret_env:");
    let play = Play::written(&reads);
    let scene = Scene::set(&[]);
    scene.perform(&play);
    let intent = scene.intent_of("process::run", 1);
    let scene = Scene::set(&[]);
    assert!(
        scene
            .perform_until(&play, intent, Then::DiesUnrecorded)
            .is_none()
    );
    let fetched = || {
        let asked = scene.world.requests().into_iter();
        asked
            .filter(|r| r.call.operation == "GetSecretValue")
            .count()
    };
    assert_eq!(fetched(), 1);
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
    assert_eq!(fetched(), 2);
    keeps_quiet(&scene);
}

const WEBHOOK: &str = r#"
let sent = http::request(#{ url_secret: "catalog-db-connection", method: "POST", json: #{ text: "hi" } });
print(sent.status);
http::check("https://api.realserv.com/catalog/health", #{
    secret_headers: #{ Authorization: #{ secret: "catalog-db-connection", prefix: "Bearer " } },
});
"#;

#[test]
fn requests_carry_secrets_that_nobody_sees() {
    let scene = succeeds(WEBHOOK);
    let sent = scene.world.http_requests();
    assert_eq!(sent[0].request.url, VALUE);
    assert_eq!(sent[0].request.shown(), "secret:catalog-db-connection");
    assert_eq!(sent[0].status, Some(200));
    let bearer = ("Authorization".to_owned(), format!("Bearer {VALUE}"));
    assert!(sent[1].request.headers.contains(&bearer));
    keeps_quiet(&scene);
}

#[test]
fn a_value_in_the_place_of_a_reference_is_refused() {
    for call in [
        r#"http::request(#{ url_secret: "https://hooks.example.com/T/B" })"#,
        r#"http::request("https://a.example", #{ url_secret: "hook" })"#,
        r#"http::request(#{ method: "POST" })"#,
        r#"http::check("https://a.example", #{ secret_headers: #{ A: #{ secret: "Bearer x" } } })"#,
        r#"process::run("true", #{ secret_env: #{ URL: "postgres://a:b@c/d" } })"#,
        r#"process::run("true", #{ env: #{ A: "1" }, secret_env: #{ A: "a" } })"#,
    ] {
        assert_eq!(fails(call, &[]).1, "invalid_input", "{call}");
    }
}

const PUSH: &str = r#"
let pushed = ecr::push(#{ image: "app:build", repository: "realserv/catalog-service", tags: ["9.0.0", "main"] });
let found = ecr::describe_images(#{
    repositoryName: "realserv/catalog-service", imageIds: [#{ imageTag: "9.0.0" }, #{ imageTag: "main" }],
});
if found.imageDetails.len() != 1 || found.imageDetails[0].imageDigest != pushed.digest {
    fail("two images");
}
"#;

#[test]
fn a_push_needs_no_description_and_its_token_goes_by_standard_input() {
    let scene = succeeds(PUSH);
    let ran = scene.world.processes();
    let words: Vec<String> = ran.iter().map(|p| p.args[0].clone()).collect();
    let expected = ["context", "login", "tag", "push", "tag", "push", "logout"];
    assert_eq!(words, expected);
    assert_eq!(ran[1].stdin.as_deref(), Some("simulated-token"));
    assert!(
        ran[1]
            .args
            .iter()
            .all(|word| !word.contains("simulated-token"))
    );
    assert_eq!(ran[1].env["DOCKER_CONFIG"], ran[6].env["DOCKER_CONFIG"]);
    keeps_quiet(&scene);
}

#[test]
fn a_push_that_was_carried_out_is_found_in_ecr() {
    let play = Play::written(PUSH);
    let scene = Scene::set(&[]);
    scene.perform(&play);
    let intent = scene.intent_of("ecr::push", 1);
    for (then, pushes) in [(Then::DiesUnrecorded, 2), (Then::DiesUnsent, 2)] {
        let scene = Scene::set(&[]);
        assert!(scene.perform_until(&play, intent, then).is_none());
        assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
        let ran = scene.world.processes();
        let pushed = ran.iter().filter(|p| p.args[0] == "push").count();
        assert_eq!(pushed, pushes, "{then:?}");
    }
}

const CONFIRM: &str = r#"
let confirmed = approval::confirm("delete it all", #{ about: #{ services: 3 }, type: "DESTROY" });
print(confirmed.by);
"#;

#[test]
fn a_word_is_typed_by_someone_who_is_recorded() {
    let scene = succeeds(CONFIRM);
    let typed = scene
        .events()
        .into_iter()
        .find_map(|event| match event.kind {
            EventKind::Answered(event::Answered { answer }) => answer.typed,
            _ => None,
        });
    assert_eq!(typed.as_deref(), Some("DESTROY"));
}

#[test]
fn a_wrong_word_confirms_nothing() {
    for fault in ["confirmation-mistyped", "approval-rejected"] {
        let (scene, ending) = rehearse(CONFIRM, &[fault]);
        assert_eq!(ending.outcome, Outcome::Rejected, "{fault}");
        assert!(scene.writes().is_empty());
    }
    let (_, _, message) = fails(CONFIRM, &["confirmation-mistyped"]);
    assert!(
        message.contains("`DESTROY?` and not `DESTROY`"),
        "{message}"
    );
}

#[test]
fn nobody_there_suspends_until_the_word_comes() {
    let scene = Scene::set(&[]);
    let play = Play::written(CONFIRM);
    scene.people_away(true);
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Suspended);
    let Some(Halt::Suspended { question }) = ending.halt else {
        panic!("{ending:#?}");
    };
    assert_eq!(question.word.as_deref(), Some("DESTROY"));
    scene.people_away(false);
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
}

#[test]
fn a_misspelt_reference_is_found_before_anything_runs() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("team.rhai");
    let script = r#"process::run("true", #{ secret_envs: #{ A: "a" } });"#;
    std::fs::write(&path, script).expect("a file of our own");
    let Err(rejected) = Program::load(&path, &primitive::all()) else {
        panic!("misspelt");
    };
    let said = format!("{:?}", rejected.diagnoses);
    assert!(said.contains("secret_env"), "{said}");
}

/// A process that dies while it runs a write, and one that goes on.
fn cut_off_in(script: &str, primitive: &str) -> (Scene, Ending) {
    let play = Play::written(script);
    let scene = Scene::set(&[]);
    scene.perform(&play);
    let intent = scene.intent_of(primitive, 1);
    let scene = Scene::set(&[]);
    scene.people_away(true);
    let died = scene.perform_until(&play, intent, Then::DiesUnrecorded);
    assert!(died.is_none());
    let ending = scene.perform(&play);
    (scene, ending)
}

#[test]
fn in_doubt_what_is_repeatable_is_done_again_and_what_shows_it_was_done_is_not() {
    let build =
        |more: &str| format!(r#"process::run("docker", #{{ args: ["build", "."], {more} }});"#);
    let head = |prints: &str| {
        format!(r#"done: #{{ program: "git", args: ["rev-parse", "HEAD"], prints: "{prints}" }}"#)
    };
    let (_, ending) = cut_off_in(&build(""), "process::run");
    assert_eq!(ending.outcome, Outcome::Suspended, "somebody is asked");
    let shown = head("4f2c9d1e7ab03c5586d1f0e9b7a2c4d8e6f10325");
    for (more, times) in [
        ("repeatable: true", 2),
        (shown.as_str(), 1),
        (&head("other"), 2),
    ] {
        let (scene, ending) = cut_off_in(&build(more), "process::run");
        assert_eq!(ending.outcome, Outcome::Succeeded, "{more}: {ending:#?}");
        let ran = scene.world.processes();
        let built = ran.iter().filter(|p| p.program == "docker").count();
        assert_eq!(built, times, "{more}");
    }
    let hook = r#"http::request(#{ url_secret: "catalog-db-connection", method: "POST", repeatable: true });"#;
    let (scene, ending) = cut_off_in(hook, "http::request");
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(scene.world.http_requests().len(), 2);
}
