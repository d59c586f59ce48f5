//! Writes whose result is missing, and that nothing shows: a person must say.

use std::time::Duration;

use deployer::journal::Entry;
use deployer::primitive::Input;
use deployer::vocabulary::event::{self, Event, EventKind};
use deployer::vocabulary::outcome::Outcome;
use deployer::vocabulary::{Effect, Halt};
use deployer::world::World;

use super::mortal_world::{Play, Scene, Then};

/// Nothing shows whether it happened: the run knows no more of it than its name.
fn writes() -> Play {
    Play::written(
        r#"aws::call("ecs", "RegisterTaskDefinition", #{ family: "once", containerDefinitions: [#{ name: "web", image: "nginx", memory: 64 }] });"#,
    )
}

/// Dies in the write, before it is sent or after, and leaves the question open.
fn in_doubt(then: Then) -> Scene {
    let scene = Scene::set(&[]);
    // The start, then the intent.
    assert_eq!(scene.perform_until(&writes(), 2, then), None);
    scene.people_away(true);
    let ending = scene.perform(&writes());
    assert_eq!(ending.outcome, Outcome::Suspended, "{ending:#?}");
    let Some(Halt::Suspended { question }) = ending.halt else {
        panic!("{:#?}", ending.halt);
    };
    assert!(
        question.title.contains("RegisterTaskDefinition ecs"),
        "{}",
        question.title
    );
    assert_eq!(question.about["input"]["family"], "once");
    scene.people_away(false);
    scene
}

#[test]
fn approved_it_is_carried_out() {
    let scene = in_doubt(Then::DiesUnsent);
    assert!(scene.writes().is_empty());
    assert_eq!(scene.perform(&writes()).outcome, Outcome::Succeeded);
    assert_eq!(scene.writes().len(), 1);
}

#[test]
fn asked_with_people_at_hand() {
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform_until(&writes(), 2, Then::DiesUnsent), None);
    assert_eq!(scene.perform(&writes()).outcome, Outcome::Succeeded);
    assert_eq!(scene.writes().len(), 1);
}

#[test]
fn rejected_it_is_a_fault() {
    let scene = Scene::set(&["approval-rejected"]);
    assert_eq!(
        scene.perform_until(&writes(), 2, Then::DiesUnrecorded),
        None
    );
    let ending = scene.perform(&writes());
    // Whoever knows that it was carried out stops it here: once is enough.
    assert_eq!(ending.outcome, Outcome::Rejected, "{ending:#?}");
    assert_eq!(scene.writes().len(), 1);
}

/// A yes is to one sending: after another death nobody knows again.
#[test]
fn an_approval_is_used_once() {
    let scene = in_doubt(Then::DiesUnsent);
    let asked = scene.entries().len();
    // Resumed, asked, answered; then it is sent.
    assert_eq!(
        scene.perform_until(&writes(), asked + 3, Then::DiesUnrecorded),
        None
    );
    assert_eq!(scene.writes().len(), 1);

    scene.people_away(true);
    let ending = scene.perform(&writes());
    assert_eq!(ending.outcome, Outcome::Suspended, "{ending:#?}");
    assert_eq!(scene.writes().len(), 1, "not again without being told to");

    scene.people_away(false);
    assert_eq!(scene.perform(&writes()).outcome, Outcome::Succeeded);
    let events = scene.events();
    let titles: Vec<&str> = events
        .iter()
        .filter_map(|e| match &e.kind {
            EventKind::Asked(event::Asked { question }) => Some(question.title.as_str()),
            _ => None,
        })
        .collect();
    let last = titles.last().copied().unwrap_or_default();
    assert!(last.contains("lost 2 times"), "{titles:?}");
}

/// AWS answers with a 5xx, carried out or not, while the process lives.
#[test]
fn lost_while_it_lives() {
    // The first two calls are lost.
    let scene = Scene::set(&["server-errors:100"]);
    scene.people_away(true);
    let ending = scene.perform(&writes());
    assert_eq!(ending.outcome, Outcome::Suspended, "{ending:#?}");
    assert_eq!(scene.world.requests().len(), 1, "not sent again");

    scene.people_away(false);
    let ending = scene.perform(&writes());
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    // Asked after each of the two, and sent when told to.
    assert_eq!(scene.world.requests().len(), 3);
    let asked = |e: &&Event| matches!(e.kind, EventKind::Answered(_));
    assert_eq!(scene.events().iter().filter(asked).count(), 2);
}

/// What can be looked at is not asked.
#[test]
fn stopped_and_deregistered() {
    let play = Play::written(
        r#"ecs::deregister_task_definition(#{ taskDefinition: "realserv-catalog-service:39" });
let tasks = ecs::list_tasks(#{ cluster: "realserv-prod", serviceName: "catalog-service" }).taskArns;
ecs::stop_task(#{ cluster: "realserv-prod", task: tasks[0], reason: "test" });"#,
    );
    for after in [2, 6] {
        for then in [Then::DiesUnsent, Then::DiesUnrecorded] {
            let scene = Scene::set(&[]);
            assert_eq!(scene.perform_until(&play, after, then), None);
            scene.people_away(true);
            let ending = scene.perform(&play);
            assert_eq!(ending.outcome, Outcome::Succeeded, "{after} {then:?}");
            assert_eq!(scene.writes().len(), 2, "{after} {then:?}");
        }
    }
}

/// ECS forgets stopped tasks: a migration that nobody finds a day later may have run, and is not run again unasked.
#[test]
fn a_task_that_ecs_may_have_forgotten_is_asked_about() {
    let play = Play::written(
        r#"ecs::run_task(#{ cluster: "realserv-prod", taskDefinition: "catalog-migration-task", launchType: "FARGATE",
    networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"] } } });"#,
    );
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform_until(&play, 2, Then::DiesUnrecorded), None);
    scene.world.sleep(Duration::from_secs(24 * 3600));
    scene.people_away(true);
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Suspended, "{ending:#?}");
    assert_eq!(scene.writes().len(), 1, "not again without being told to");
}

/// Killed in the update, resumed when the circuit breaker has gone back and the service shows the failed deployment no
/// longer: it is found among the deployments that ECS lists, and not started again.
#[test]
fn an_update_that_ecs_has_given_up_is_not_sent_again() {
    let play = Play::shipped();
    let whole = Scene::set(&["crash-loop"]);
    assert_eq!(whole.perform(&play).outcome, Outcome::RolledBack);
    let update = whole.intent_of("ecs::update_service", 1);

    let scene = Scene::set(&["crash-loop"]);
    assert_eq!(
        scene.perform_until(&play, update, Then::DiesUnrecorded),
        None
    );
    scene.world.sleep(Duration::from_secs(24 * 3600));
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::RolledBack, "{ending:#?}");
    let fault = ending.fault.map(|fault| fault.code);
    assert_eq!(fault.as_deref(), Some("deployment_superseded"));
    let updates = scene.writes().into_iter();
    let updates: Vec<_> = updates
        .filter(|(name, _)| name == "UpdateService")
        .collect();
    assert_eq!(updates.len(), 1, "{updates:#?}");
}

const CATALOG: &str = r#"
let service = #{ cluster: "realserv-prod", service: "catalog-service" };
let revision = |n| `realserv-catalog-service:${n}`;
ecs::describe_services(#{ cluster: service.cluster, services: [service.service] });
"#;

/// Dies in the last write of its kind before it is sent, and goes on: it is sent after all.
fn is_sent_after_all(primitive: &str, script: &str) {
    let play = Play::written(&format!("{CATALOG}{script}"));
    let whole = Scene::set(&[]);
    assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded, "{script}");
    let name = primitive.rsplit("::").next();
    let operation = name.map(|name| name.replace('_', "")).unwrap_or_default();
    let sent = |scene: &Scene| {
        let writes = scene.writes().into_iter();
        writes
            .filter(|(name, _)| name.to_lowercase() == operation)
            .count()
    };
    let times = sent(&whole);
    let scene = Scene::set(&[]);
    let last = whole.intent_of(primitive, times);
    assert_eq!(scene.perform_until(&play, last, Then::DiesUnsent), None);
    assert_eq!(sent(&scene), times - 1, "{script}");
    scene.people_away(true);
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{script}: {ending:#?}");
    assert_eq!(sent(&scene), times, "{script}");
}

/// What somebody else has just done looks like it.
#[test]
fn what_was_there_before_is_not_taken_for_ours() {
    let update = "ecs::update_service";
    // The way back to a revision that was deployed a moment ago.
    is_sent_after_all(
        update,
        r#"ecs::update_service(service + #{ taskDefinition: revision.call(40) });
ecs::update_service(service + #{ taskDefinition: revision.call(41) });
ecs::update_service(service + #{ taskDefinition: revision.call(40) });"#,
    );
    is_sent_after_all(
        update,
        "ecs::update_service(service + #{ forceNewDeployment: true });
ecs::update_service(service + #{ forceNewDeployment: true });",
    );
    // A description does not show these as they were asked for.
    is_sent_after_all(
        update,
        r#"ecs::update_service(service + #{ platformVersion: "1.4.0" });"#,
    );
    is_sent_after_all(
        update,
        r#"ecs::update_service(service + #{ capacityProviderStrategy: [#{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    forceNewDeployment: true });"#,
    );
    // Others start tasks by this name, too.
    is_sent_after_all(
        "ecs::run_task",
        r#"let task = #{
    cluster: service.cluster, taskDefinition: "catalog-migration-task", launchType: "FARGATE", startedBy: "ci",
    networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"] } },
};
ecs::run_task(task);
ecs::run_task(task);"#,
    );
}

/// A rule that was there before is another's: what is refused must not be taken back as if it were ours.
#[test]
fn a_rule_of_others_is_not_claimed() {
    let play = Play::written(
        r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
let rule = elb::describe_rules(#{ ListenerArn: listener.ListenerArn }).Rules[0];
elb::create_rule(#{
    ListenerArn: listener.ListenerArn, Priority: parse_int(rule.Priority), Conditions: rule.Conditions,
    Actions: rule.Actions,
});"#,
    );
    let scene = Scene::set(&[]);
    let ending = scene.perform(&play);
    assert_eq!(
        ending.fault.map(|f| f.code).as_deref(),
        Some("PriorityInUse")
    );
    let intent = scene.intent_of("elb::create_rule", 1);
    let scene = Scene::set(&[]);
    assert_eq!(scene.perform_until(&play, intent, Then::DiesUnsent), None);
    let ending = scene.perform(&play);
    assert_eq!(
        ending.fault.map(|f| f.code).as_deref(),
        Some("PriorityInUse")
    );
    assert_eq!(ending.left, []);
}

/// Every API that writes: killed around each write of its example, it is resumed without a question, and does nothing
/// twice that may not be.
#[test]
fn every_write_is_found_again() {
    for primitive in deployer::primitive::all() {
        let declaration = primitive.declaration();
        let api = matches!(primitive.input(), Input::Api { .. });
        if !api || declaration.effect != Effect::Write {
            continue;
        }
        let path = declaration.path();
        let play = Play::written(declaration.example);
        let whole = Scene::set(&[]);
        assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded, "{path}");
        let entries = whole.entries();
        let intents = entries.iter().enumerate().filter(|(_, entry)| {
            matches!(entry, Entry::Intent { effect: Effect::Write, primitive, .. } if *primitive == path)
        });
        let mut killed = 0;
        for (index, _) in intents {
            for then in [Then::DiesUnsent, Then::DiesUnrecorded] {
                let scene = Scene::set(&[]);
                assert_eq!(scene.perform_until(&play, index + 1, then), None);
                scene.people_away(true);
                let ending = scene.perform(&play);
                assert_eq!(
                    ending.outcome,
                    Outcome::Succeeded,
                    "{path} {then:?}: {ending:#?}"
                );
                // What may be sent once more without harm.
                let repeatable = ["route53::change_resource_record_sets", "sns::publish"];
                let is_repeated =
                    repeatable.contains(&path.as_str()) && then == Then::DiesUnrecorded;
                let again = usize::from(is_repeated);
                let (made, carried_out) = (whole.writes().len(), scene.writes().len());
                assert_eq!(carried_out, made + again, "{path} {then:?}");
                killed += 1;
            }
        }
        assert!(killed > 0, "{path} is not in its example");
    }
}
