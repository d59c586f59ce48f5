//! Scheduled tasks: what must not change stays, what someone else has changed is not overwritten, and a run that is
//! killed anywhere resumes without a question.

use deployer::journal::Entry;
use deployer::vocabulary::Effect;
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::{AwsCall, World};
use serde_json::{Value, json};

use super::mortal_world::{Play, Scene, Then};

const HEAD: &str = r#"
import "std/scheduled_task" as scheduled_task;
import "std/task_definition" as task_definition;
fn registered(task) {
    let definition = task_definition::as_new_revision(task_definition::find(task.revision));
    ecs::register_task_definition(definition).taskDefinition.taskDefinitionArn
}
"#;

/// How the two tasks of the built-in cloud are named, and what changes each behind the run's back.
const TASKS: [(&str, &str); 2] = [
    (
        r#"#{ rule: "catalog-nightly" }"#,
        r#"let other = task.whole; other.RoleArn = "arn:aws:iam::123456789012:role/other";
           events::put_targets(#{ Rule: "catalog-nightly", Targets: [other] });"#,
    ),
    (
        r#"#{ schedule: "catalog-hourly" }"#,
        r#"let other = task.whole; other.ScheduleExpression = "rate(2 hours)"; scheduler::update_schedule(other);"#,
    ),
];

fn point(task: &str, before: &str, after: &str) -> Play {
    Play::written(&format!(
        "{HEAD}
        let task = scheduled_task::find({task});
        let revision = registered(task);
        {before}
        scheduled_task::point_at(task, revision);
        {after}
        scheduled_task::verify(task, revision);"
    ))
}

fn code(ending: &Ending) -> Option<&str> {
    ending.fault.as_ref().map(|fault| fault.code.as_str())
}

fn read(scene: &Scene, service: &str, operation: &str, input: Value) -> Value {
    let call = AwsCall::new(service, operation, input);
    let answer = scene.world.aws(&call).expect(operation);
    (*answer).clone()
}

/// Both tasks as AWS shows them, without the times of their changes.
fn shown(scene: &Scene) -> [Value; 2] {
    let rule = json!({ "Rule": "catalog-nightly" });
    let target = read(scene, "events", "ListTargetsByRule", rule)["Targets"][0].clone();
    let mut schedule = read(
        scene,
        "scheduler",
        "GetSchedule",
        json!({ "Name": "catalog-hourly" }),
    );
    schedule["LastModificationDate"] = Value::Null;
    [target, schedule]
}

/// EventBridge API Reference, "PutTargets"; EventBridge Scheduler API Reference, "UpdateSchedule": both replace the
/// whole.
#[test]
fn only_the_revision_changes_and_it_goes_back() {
    for (index, (task, _)) in TASKS.into_iter().enumerate() {
        let untouched = shown(&Scene::set(&[]));
        let scene = Scene::set(&[]);
        let ending = scene.perform(&point(task, "", ""));
        assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
        let mut now = shown(&scene);
        let changed = match index {
            0 => &mut now[0]["EcsParameters"]["TaskDefinitionArn"],
            _ => &mut now[1]["Target"]["EcsParameters"]["TaskDefinitionArn"],
        };
        let revision = changed.as_str().expect("an ARN").to_owned();
        assert!(
            revision.ends_with("catalog-migration-task:13"),
            "{revision}"
        );
        *changed = json!(revision.replace(":13", ":12"));
        assert_eq!(now, untouched);

        let scene = Scene::set(&[]);
        let ending = scene.perform(&point(task, "", r#"fail("something after it");"#));
        assert_eq!(ending.outcome, Outcome::RolledBack, "{ending:#?}");
        assert_eq!(shown(&scene), untouched);
    }
}

#[test]
fn what_others_have_changed_is_not_overwritten() {
    for (task, change) in TASKS {
        let scene = Scene::set(&[]);
        let ending = scene.perform(&point(task, change, ""));
        assert_eq!(code(&ending), Some("schedule_changed"), "{ending:#?}");

        // After it: the check notices, and the undo does not put the old settings over the new ones.
        let after = format!(
            "let task = scheduled_task::find({task}); {change} fail(\"something after it\");"
        );
        let scene = Scene::set(&[]);
        let ending = scene.perform(&point(task, "", &after));
        assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
        let kept = shown(&scene).map(|each| each.to_string());
        let kept = kept
            .iter()
            .any(|each| each.contains("role/other") || each.contains("rate(2 hours)"));
        assert!(kept, "{:#?}", shown(&scene));

        let scene = Scene::set(&[]);
        let verified =
            format!("let other = scheduled_task::find({task}); {{ let task = other; {change} }}");
        let ending = scene.perform(&point(task, "", &verified));
        assert_eq!(code(&ending), Some("schedule_changed"), "{ending:#?}");
    }
}

/// A schedule says nothing of a task that cannot start: it is found out before.
#[test]
fn a_revision_that_could_not_start_is_refused() {
    let refused = |task: &str, change: &str, expected: &str| {
        let scene = Scene::set(&[]);
        let ending = scene.perform(&Play::written(&format!(
            "{HEAD}
            let task = scheduled_task::find({task});
            let definition = task_definition::as_new_revision(task_definition::find(task.revision));
            {change}
            let revision = ecs::register_task_definition(definition).taskDefinition.taskDefinitionArn;
            scheduled_task::point_at(task, revision);"
        )));
        assert_eq!(code(&ending), Some(expected), "{ending:#?}");
        assert!(
            !scene
                .writes()
                .iter()
                .any(|(name, _)| name == "PutTargets" || name == "UpdateSchedule")
        );
    };
    let (rule, schedule) = (TASKS[0].0, TASKS[1].0);
    refused(
        rule,
        r#"definition.containerDefinitions[0].name = "other";"#,
        "container_not_found",
    );
    refused(
        schedule,
        "task.target.EcsParameters.remove(\"NetworkConfiguration\");",
        "network_missing",
    );
    let scene = Scene::set(&[]);
    let ending = scene.perform(&point(
        schedule,
        "ecs::deregister_task_definition(#{ taskDefinition: revision });",
        "",
    ));
    assert_eq!(code(&ending), Some("revision_inactive"), "{ending:#?}");
}

/// EventBridge API Reference, "PutTargets", FailedEntries: a target that could not be put does not fail the call.
#[test]
fn a_target_that_could_not_be_put_is_a_fault() {
    let cloud = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.cloud.toml");
    let cloud = std::fs::read_to_string(cloud).expect("the fixture");
    let answers = r#"
[[answers]]
service = "events"
operation = "PutTargets"
answer = { FailedEntryCount = 1, FailedEntries = [{ TargetId = "catalog-migration", ErrorCode = "ConcurrentModificationException", ErrorMessage = "try again" }] }
times = 1
"#;
    let mut deployer = crate::support::deployer::Deployer::offline();
    let script = format!(
        "{HEAD} let task = scheduled_task::find({}); scheduled_task::point_at(task, registered(task));",
        TASKS[0].0
    );
    deployer.write("team.rhai", &script);
    deployer.put("team.cloud.toml", &format!("{cloud}{answers}"));
    let run = deployer.json(&["rehearse", "team.rhai", "--cloud", "team.cloud.toml"]);
    let fault = run.ending()["fault"].clone();
    assert_eq!(fault["code"], "target_not_updated", "{run}");
    let said = fault["message"].to_string();
    assert!(
        said.contains("ConcurrentModificationException: try again"),
        "{said}"
    );
}

/// Killed around each write, it goes on without a question, and each write is carried out once.
#[test]
fn killed_around_each_write_it_goes_on() {
    for (task, _) in TASKS {
        let run = "scheduled_task::run_now(scheduled_task::find(task.at));";
        let play = point(task, "", run);
        let whole = Scene::set(&[]);
        assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded);
        let entries = whole.entries();
        let writes = entries.iter().enumerate().filter(|(_, entry)| {
            matches!(
                entry,
                Entry::Intent {
                    effect: Effect::Write,
                    ..
                }
            )
        });
        let mut killed = 0;
        for (index, _) in writes {
            for then in [Then::DiesUnsent, Then::DiesUnrecorded] {
                let scene = Scene::set(&[]);
                assert_eq!(scene.perform_until(&play, index + 1, then), None);
                scene.people_away(true);
                let ending = scene.perform(&play);
                assert_eq!(
                    ending.outcome,
                    Outcome::Succeeded,
                    "{task} {then:?}: {ending:#?}"
                );
                assert_eq!(
                    scene.writes().len(),
                    whole.writes().len(),
                    "{task} {then:?}"
                );
                assert_eq!(shown(&scene), shown(&whole), "{task} {then:?}");
                killed += 1;
            }
        }
        assert_eq!(killed, 6, "three writes, each killed twice");
    }
}
