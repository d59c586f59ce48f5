//! Ends that no script can catch: nothing is done after them, and what can go on goes on.

use std::time::Duration;

use deployer::journal::Entry;
use deployer::vocabulary::event::EventKind;
use deployer::vocabulary::outcome::Outcome;
use deployer::vocabulary::{Halt, codes};
use deployer::world::{AwsCall, World};
use jiff::Timestamp;
use serde_json::json;

use super::mortal_world::{Play, Scene, Then};

const UPDATE: &str = r#"ecs::update_service(#{ cluster: "realserv-prod", service: "catalog-service", taskDefinition: "realserv-catalog-service:40" });"#;

/// A script that reads once, then updates the service.
fn looks_and_updates() -> Play {
    Play::written(&format!(
        r#"ecs::describe_clusters(#{{ clusters: ["realserv-prod"] }});
{UPDATE}"#
    ))
}

#[test]
fn another_call_than_the_recorded_one() {
    let scene = Scene::set(&[]);
    let play = looks_and_updates();
    scene.perform_until(&play, 3, Then::DiesUnsent);
    let before = scene.world.requests();

    let edited = play.edited(&format!(
        r#"ecs::describe_clusters(#{{ clusters: ["staging"] }});
{UPDATE}"#
    ));
    let ending = scene.perform(&edited);
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Diverged, 6));
    let Some(Halt::Diverged {
        key,
        recorded,
        attempted,
    }) = ending.halt
    else {
        panic!("{ending:#?}");
    };
    assert_eq!(key, "0:1");
    assert!(recorded.contains("realserv-prod"), "{recorded}");
    assert!(attempted.contains("staging"), "{attempted}");
    assert_eq!(scene.world.requests(), before, "nothing is done");

    // The recorded script still goes on.
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
    assert_eq!(scene.writes().len(), 1);
}

#[test]
fn a_recorded_call_that_is_not_made_again() {
    let scene = Scene::set(&[]);
    let play = looks_and_updates();
    scene.perform(&play);
    let before = scene.world.requests();

    let ending = scene.perform(&play.edited(r#"print("done");"#));
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Diverged, 6));
    let message = ending.message.unwrap_or_default();
    assert!(message.contains("ecs::describe_clusters"), "{message}");
    assert!(message.contains("the end of the script"), "{message}");
    assert_eq!(scene.world.requests(), before, "nothing is done");
}

#[test]
fn interrupted_between_two_calls() {
    let scene = Scene::set(&[]);
    let play = looks_and_updates();
    let ending = scene
        .perform_until(&play, 3, Then::IsCancelled)
        .expect("an interrupt is no death");
    assert_eq!(
        (ending.outcome, ending.exit_code),
        (Outcome::Interrupted, 130)
    );
    assert_eq!(ending.halt, Some(Halt::Cancelled));
    assert!(scene.writes().is_empty(), "{:?}", scene.writes());

    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
    assert_eq!(scene.writes().len(), 1);
}

#[test]
fn interrupted_while_a_deployment_rolls() {
    let scene = Scene::set(&[]);
    let play = Play::shipped();
    let recorded = Scene::set(&[]);
    recorded.perform(&play);
    let following = recorded.intent_of("ecs::follow_deployment", 1);

    let ending = scene
        .perform_until(&play, following, Then::IsCancelled)
        .expect("an interrupt is no death");
    assert_eq!(ending.outcome, Outcome::Interrupted);
    assert_eq!(ending.in_flight.len(), 1, "{ending:#?}");
    assert!(ending.undone.is_empty(), "an interrupt undoes nothing");
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
}

/// An update goes on by itself, whatever is waited for behind it, until a wait has seen its end.
#[test]
fn what_goes_on_in_aws_is_said_until_it_has_ended() {
    let play = Play::written(
        r#"let service = #{ cluster: "realserv-prod", service: "catalog-service" };
let updated = ecs::update_service(service + #{ taskDefinition: "realserv-catalog-service:40" });
time::sleep("5s");
time::now();
ecs::follow_deployment(service + #{ deployment: updated.service.deployments[0].id });
time::now();"#,
    );
    let whole = Scene::set(&[]);
    assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded);
    let going = |nth: usize| {
        let scene = Scene::set(&[]);
        let now = whole.intent_of("time::now", nth);
        let ending = scene.perform_until(&play, now, Then::IsCancelled);
        ending.expect("an interrupt is no death").in_flight
    };
    assert_eq!(
        going(1),
        ["the deployment of catalog-service continues in ECS"]
    );
    assert!(going(2).is_empty());
}

/// Steps of branches that run side by side are each in their own.
#[test]
fn steps_side_by_side_are_kept_apart() {
    let play = Play::written(
        r#"step "Both" { parallel([
    || step "Long" { time::sleep("20s"); time::now(); },
    || step "Short" { time::sleep("5s"); time::now(); },
]); time::now(); }"#,
    );
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
    let mut steps: Vec<(String, Option<String>)> = Vec::new();
    for entry in scene.entries() {
        if let Entry::Intent { key, step, .. } = entry {
            let branch = key.split(':').next().unwrap_or_default();
            steps.push((branch.to_owned(), step));
        }
    }
    for (branch, step) in steps {
        let own = match branch.as_str() {
            "0/1.1" => "Long",
            "0/1.2" => "Short",
            _ => "Both",
        };
        assert_eq!(step.as_deref(), Some(own), "{branch}");
    }
}

#[test]
fn a_journal_that_cannot_be_written() {
    let play = Play::shipped();
    let recorded = Scene::set(&["crash-loop"]);
    recorded.perform(&play);
    let is_result = |e: &Entry| matches!(e, Entry::Result { .. });
    let last = recorded.entries().iter().rposition(is_result);
    for after in 1..=last.expect("a result") {
        let scene = Scene::set(&["crash-loop"]);
        let ending = scene
            .perform_until(&play, after, Then::CannotWrite)
            .expect("a full disk is no death");
        assert_eq!(ending.outcome, Outcome::Interrupted, "after {after}");
        assert!(matches!(ending.halt, Some(Halt::Journal { .. })));
        // A write without its intent on disk must not be.
        let intents = scene
            .entries()
            .iter()
            .filter(|e| {
                matches!(e, Entry::Intent { effect, .. } if *effect == deployer::vocabulary::Effect::Write)
            })
            .count();
        assert!(scene.writes().len() <= intents, "after {after}");
    }
}

/// A number is the same when it has been in the journal.
#[test]
fn what_was_asked_with_numbers_is_the_same_when_it_is_resumed() {
    let play = Play::written(
        "for n in 1..60 { approval::ask(`go ${n}`, #{ about: #{ share: n * 100.0 / 7 } }); }",
    );
    let scene = Scene::set(&[]);
    scene.people_away(true);
    assert_eq!(scene.perform(&play).outcome, Outcome::Suspended);
    scene.people_away(false);
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    // Again, with all of them recorded.
    let whole = scene.entries().len();
    let scene = Scene::set(&[]);
    assert_eq!(
        scene.perform_until(&play, whole - 10, Then::DiesUnrecorded),
        None
    );
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
}

#[test]
fn suspended_answered_and_resumed() {
    let play = Play::written(&format!(
        r#"step "Approve" {{ approval::ask("deploy", #{{ roles: ["lead"] }}); }}
{UPDATE}"#
    ));
    let scene = Scene::set(&[]);
    scene.people_away(true);
    let ending = scene.perform(&play);
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Suspended, 5));
    let Some(Halt::Suspended { question }) = ending.halt else {
        panic!("{ending:#?}");
    };
    assert_eq!(question.roles, ["lead"]);
    assert!(scene.writes().is_empty());
    // Nobody has answered yet: it is still so, and asks the same.
    let again = scene.perform(&play);
    assert_eq!(again.halt, Some(Halt::Suspended { question }));

    scene.people_away(false);
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
    assert_eq!(scene.writes().len(), 1);
}

#[test]
fn a_wait_keeps_its_deadline() {
    let play = Play::written(r#"time::sleep("1h");"#);
    for (away, total) in [("20m", "1h"), ("1h 30m", "1h 30m")] {
        let scene = Scene::set(&[]);
        let began = scene.world.now();
        // The start, then the intent.
        assert_eq!(scene.perform_until(&play, 2, Then::DiesUnsent), None);
        scene.world.sleep(length(away));
        assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
        assert_eq!(passed(began, &scene), length(total), "dead for {away}");
    }
}

#[test]
fn a_deployment_keeps_its_deadline() {
    // It never becomes healthy, and nothing else ends it.
    let play = Play::written(
        r#"let made = ecs::register_task_definition(#{
    family: "realserv-catalog-service", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "512",
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    containerDefinitions: [#{ name: "catalog-service", essential: true, portMappings: [#{ containerPort: 80 }],
        image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0" }],
}).taskDefinition;
let updated = ecs::update_service(#{
    cluster: "realserv-prod", service: "catalog-service", taskDefinition: made.taskDefinitionArn,
    deploymentConfiguration: #{ deploymentCircuitBreaker: #{ enable: false, rollback: false } },
});
ecs::follow_deployment(#{
    cluster: "realserv-prod", service: "catalog-service", deployment: updated.service.deployments[0].id, timeout: "30m",
});"#,
    );
    let uncut = Scene::set(&["version-unhealthy"]);
    let began = uncut.world.now();
    let ending = uncut.perform(&play);
    assert_eq!(ending.fault.map(|f| f.code).as_deref(), Some("timed_out"));
    let expected = passed(began, &uncut);

    let scene = Scene::set(&["version-unhealthy"]);
    let began = scene.world.now();
    let following = uncut.intent_of("ecs::follow_deployment", 1);
    assert_eq!(
        scene.perform_until(&play, following, Then::DiesUnsent),
        None
    );
    scene.world.sleep(length("10m"));
    let ending = scene.perform(&play);
    assert_eq!(ending.fault.map(|f| f.code).as_deref(), Some("timed_out"));
    let late = passed(began, &scene).abs_diff(expected);
    assert!(late < Duration::from_secs(5), "{late:?} apart");
}

#[test]
fn nobody_answered_in_time() {
    let play = Play::written(&format!(
        r#"approval::ask("deploy", #{{ timeout: "10m" }});
{UPDATE}"#
    ));
    let scene = Scene::set(&[]);
    scene.people_away(true);
    assert_eq!(scene.perform(&play).outcome, Outcome::Suspended);
    scene.world.sleep(length("11m"));
    // Whoever comes back now is too late.
    scene.people_away(false);
    let ending = scene.perform(&play);
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Rejected, 4));
    assert_eq!(
        ending.fault.map(|f| f.code).as_deref(),
        Some(codes::REJECTED)
    );
    assert!(scene.writes().is_empty());
}

#[test]
fn swallowing_a_halt_leads_nowhere() {
    let swallows = [
        r#"[1, 2].map(|x| { try { approval::ask("deploy"); } catch { } x });"#,
        r#"[1, 2].filter(|x| { try { approval::ask("deploy"); } catch { } true });"#,
        r#"[2, 1].sort(|a, b| { approval::ask("deploy"); a - b });"#,
        r#"try { approval::ask("deploy"); } catch (e) { print(e); }"#,
        r#"for i in 0..3 { try { parallel([|| approval::ask("deploy")]); } catch { } }"#,
    ];
    for swallow in swallows {
        let scene = Scene::set(&[]);
        scene.people_away(true);
        let play = Play::written(&format!(
            r#"undo("never needed", || print("undone"));
try {{
{swallow}
}} catch {{ }}
note("went on");
{UPDATE}"#
        ));
        let ending = scene.perform(&play);
        assert_eq!(ending.outcome, Outcome::Suspended, "{swallow}");
        assert!(scene.world.requests().is_empty(), "{swallow}");
        let went_on = |e: &Entry| matches!(e, Entry::Event { event, .. } if matches!(&event.kind, EventKind::Printed(line) if line.text == "went on"));
        assert!(!scene.entries().iter().any(went_on), "{swallow}");

        scene.people_away(false);
        assert_eq!(
            scene.perform(&play).outcome,
            Outcome::Succeeded,
            "{swallow}"
        );
        assert_eq!(scene.writes().len(), 1, "{swallow}");
    }
}

#[test]
fn no_secret_is_ever_shown() {
    let scene = Scene::set(&[]);
    let get = AwsCall::new(
        "secretsmanager",
        "GetSecretValue",
        json!({ "SecretId": "catalog-db-connection" }),
    );
    let secret = scene.world.aws(&get).expect("the fixture's secret");
    let secret = secret["SecretString"]
        .as_str()
        .expect("its value")
        .to_owned();

    assert_eq!(scene.perform(&Play::shipped()).outcome, Outcome::Succeeded);
    let read = |r: &deployer::world::simulated::Request| r.call.operation == "GetSecretValue";
    assert!(
        scene.world.requests().iter().filter(|r| read(r)).count() > 1,
        "the preflight looks at the value"
    );
    hides(&scene, &secret);

    let attempts = [
        r#"print(secrets::status("catalog-db-connection"));"#,
        r#"print(aws::call("secretsmanager", "GetSecretValue", #{ SecretId: "catalog-db-connection" }));"#,
        r#"let get = "get"; print(aws::call("secretsmanager", get + "SecretValue", #{ SecretId: "catalog-db-connection" }));"#,
        r#"print(aws::call("secretsmanager", "BatchGetSecretValue", #{ SecretIdList: ["catalog-db-connection"] }));"#,
    ];
    for attempt in attempts {
        let scene = Scene::set(&[]);
        scene.perform(&Play::written(attempt));
        hides(&scene, &secret);
    }
}

fn hides(scene: &Scene, secret: &str) {
    let journal = serde_json::to_string(&scene.entries()).expect("JSON");
    let events = serde_json::to_string(&scene.events()).expect("JSON");
    let finished = |e: &EventKind| matches!(e, EventKind::Finished(_));
    assert!(scene.events().iter().any(|e| finished(&e.kind)));
    for (what, text) in [("journal", journal), ("events", events)] {
        assert!(!text.contains(secret), "the {what}: {text}");
    }
}

fn length(text: &str) -> Duration {
    let signed: jiff::SignedDuration = text.parse().expect("a length of time");
    Duration::try_from(signed).expect("not negative")
}

fn passed(since: Timestamp, scene: &Scene) -> Duration {
    Duration::try_from(scene.world.now().duration_since(since)).expect("time runs forwards")
}
