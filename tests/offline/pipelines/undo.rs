//! What a failed run takes back: everything of which it is not proven that it was never done.

use std::time::Duration;

use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::vocabulary::{Halt, Retry};

use super::mortal_world::{Play, Scene, Then};

/// An alarm, and an update that ECS refuses.
const PARTS: &str = r#"
fn alarm() {
    cloudwatch::put_metric_alarm(#{
        AlarmName: "made", Namespace: "AWS/ECS", MetricName: "CPUUtilization", Statistic: "Average", Period: 60,
        EvaluationPeriods: 1, Threshold: 80, ComparisonOperator: "GreaterThanThreshold",
        Dimensions: [#{ Name: "ClusterName", Value: "realserv-prod" }],
    });
}
fn gone() { cloudwatch::delete_alarms(#{ AlarmNames: ["made"] }); }
fn refused() { ecs::update_service(#{ cluster: "realserv-prod", service: "no-such-service" }); }
"#;

fn ended(script: &str, faults: &[&str]) -> Ending {
    Scene::set(faults).perform(&Play::written(&format!("{PARTS}{script}")))
}

fn is_undone(script: &str) {
    let ending = ended(script, &[]);
    assert_eq!(ending.outcome, Outcome::RolledBack, "{script}: {ending:#?}");
    assert_eq!(ending.undone.len(), 1, "{script}");
    assert_eq!(ending.left, [], "{script}");
}

/// What was refused is somebody else's, perhaps: an undo that stands for it would take that away.
#[test]
fn an_undo_stands_for_what_comes_behind_it() {
    let ending = ended(
        r#"alarm(); undo("alarm deleted", || gone()); refused();"#,
        &[],
    );
    assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
    assert!(ending.undone.is_empty());
    assert_eq!(ending.left.len(), 1, "it is said");
}

#[test]
fn a_write_behind_one_that_was_refused_and_caught_is_undone() {
    is_undone(
        r#"step "A" { undo("alarm deleted", || gone()); try { refused(); } catch { } alarm(); throw "no"; }"#,
    );
}

#[test]
fn one_of_several_branches_is_undone() {
    is_undone(
        r#"step "A" { undo("alarm deleted", || gone()); parallel([|| alarm(), || refused()]); }"#,
    );
}

#[test]
fn where_all_was_refused_there_is_nothing_to_undo() {
    let ending = ended(r#"undo("alarm deleted", || gone()); refused();"#, &[]);
    assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
    assert!(ending.undone.is_empty() && ending.left.is_empty());
}

#[test]
fn a_process_that_failed_may_have_done_something() {
    let script = r#"undo("restored", || { }); process::run("migrate", #{ args: ["--all"] });"#;
    let ending = ended(script, &["process-fails"]);
    assert_eq!(ending.outcome, Outcome::RolledBack, "{ending:#?}");
    let ending = ended(r#"process::run("migrate");"#, &["process-fails"]);
    assert_eq!(ending.outcome, Outcome::Failed);
    let left = ending.left.first().map(|left| left.text.as_str());
    let said =
        left.is_some_and(|left| left.contains("migrate") && left.contains("how far it came"));
    assert!(said, "{left:?}");
}

/// Neither an undo nor what is done finally registers itself for ever.
#[test]
fn the_end_has_an_end() {
    let again = r#"fn again() { finally("x", |e| { again(); }); } again();"#;
    assert_eq!(ended(again, &[]).outcome, Outcome::Succeeded);
    let again = r#"
fn again() { undo("x", || { again(); file::write("y.txt", "y"); }); }
again(); file::write("x.txt", "x"); throw "no";
"#;
    let ending = ended(again, &[]);
    assert_eq!(ending.undone.len(), 1, "{ending:#?}");
    for many in [r#"finally("x", |e| { });"#, r#"undo("x", || { });"#] {
        let ending = ended(&format!("loop {{ {many} }}"), &[]);
        let code = ending.fault.map(|fault| fault.code);
        assert_eq!(code.as_deref(), Some("limit_exceeded"), "{many}");
    }
}

fn undoing(kind: &EventKind) -> bool {
    matches!(kind, EventKind::UndoStarted(_))
}

/// An undo that is given up leaves in place what is broken.
#[test]
fn an_outage_is_outlasted() {
    let scene = Scene::set(&["crash-loop"]);
    scene.outage(undoing, Duration::from_secs(45));
    let ending = scene.perform(&Play::shipped());
    assert_eq!(ending.outcome, Outcome::RolledBack, "{ending:#?}");
}

#[test]
fn what_could_not_be_undone_is_undone_when_the_run_is_resumed() {
    let play = Play::shipped();
    let scene = Scene::set(&["crash-loop"]);
    scene.outage(undoing, Duration::from_secs(600));
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Interrupted, "{ending:#?}");
    let message = ending.message.unwrap_or_default();
    assert!(message.contains("could not be undone"), "{message}");
    assert!(message.contains("connection_failed"), "{message}");

    scene.outage(|_| false, Duration::ZERO);
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::RolledBack, "{ending:#?}");
}

/// The call's own deadline says nothing of how long people may take to answer whether it was carried out.
#[test]
fn a_question_about_what_is_in_doubt_has_no_deadline() {
    let play = Play::written(r#"process::run("migrate", #{ timeout: "10m" });"#);
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform_until(&play, 2, Then::DiesUnrecorded), None);
    scene.people_away(true);
    deployer::world::World::sleep(&scene.world, Duration::from_secs(3600));
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Suspended, "{ending:#?}");
    let Some(Halt::Suspended { question }) = ending.halt else {
        panic!("{:#?}", ending.halt);
    };
    assert_eq!(question.deadline, None);
}

/// An update whose answer was lost, while nobody can be asked what became of it.
#[test]
fn a_lost_write_that_cannot_be_looked_up_is_no_failure() {
    fn lost(kind: &EventKind) -> bool {
        matches!(kind, EventKind::Call(event::Call { primitive, .. }) if primitive == "ecs::update_service")
    }
    let play = Play::shipped();
    let whole = Scene::set(&[]);
    assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded);
    let update = whole.intent_of("ecs::update_service", 1);

    // It dies with the update carried out, and whoever goes on reaches nobody.
    let scene = Scene::set(&[]);
    assert_eq!(
        scene.perform_until(&play, update, Then::DiesUnrecorded),
        None
    );
    scene.outage(lost, Duration::from_secs(600));
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Interrupted, "{ending:#?}");
    assert!(matches!(ending.halt, Some(Halt::InDoubt { .. })));
    assert!(ending.fault.is_none_or(|fault| fault.retry != Retry::Never));

    scene.outage(|_| false, Duration::ZERO);
    assert_eq!(scene.perform(&play).outcome, Outcome::Succeeded);
}

/// What ECS has taken back by itself is not said to be updated.
#[test]
fn a_service_that_ecs_took_back_serves_what_it_did() {
    let script = r#"
let made = ecs::register_task_definition(#{
    family: "realserv-catalog-service", requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc", cpu: "512", memory: "1024",
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    containerDefinitions: [#{
        name: "catalog-service", essential: true, portMappings: [#{ containerPort: 80 }],
        image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0",
    }],
});
let updated = ecs::update_service(#{
    cluster: "realserv-prod", service: "catalog-service", taskDefinition: made.taskDefinition.taskDefinitionArn,
});
ecs::follow_deployment(#{ cluster: "realserv-prod", service: "catalog-service", deployment: updated.service.deployments[0].id, timeout: "40m" });
"#;
    let ending = ended(script, &["crash-loop"]);
    assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
    let left: Vec<&str> = ending.left.iter().map(|left| left.text.as_str()).collect();
    let service = left
        .iter()
        .find(|text| text.starts_with("service catalog-service"));
    assert_eq!(
        service,
        Some(
            &"service catalog-service was updated, and ECS has realserv-catalog-service:41 serve in its place"
        ),
        "{left:?}"
    );
}

/// A migration stays on purpose if it was done; of one that broke off, nobody knows how far it came.
#[test]
fn a_migration_that_failed_does_not_stay_on_purpose() {
    let script = r#"
import "std/migrate" as migrate;
import "std/service" as service;
import "std/task_definition" as task_definition;
step "Alarm" { undo("alarm deleted", || gone()); alarm(); }
step "Migrate" {
    let live = service::find("realserv-prod", "catalog-service");
    let migration = task_definition::find("catalog-migration-task").taskDefinition;
    migrate::task("realserv-prod", migration, live, #{ container: migration.containerDefinitions[0].name });
}
"#;
    let ending = ended(script, &["migration-fails"]);
    assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
    assert_eq!(ending.undone.len(), 1, "{ending:#?}");
    let left = ending
        .left
        .iter()
        .find(|left| left.text.contains("failed with exit 1"));
    assert!(
        left.is_some_and(|left| left.is_lasting()),
        "{:?}",
        ending.left
    );
}
