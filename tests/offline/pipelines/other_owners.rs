//! The library beside other people: what somebody else has deployed, shares or set is not taken from them.

use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};

use super::mortal_world::{Play, Scene};

const HEAD: &str = r#"
import "std/load_balancer" as load_balancer;
import "std/service" as service;
import "std/target_group" as target_group;
import "std/task_definition" as task_definition;
import "std/undeploy" as undeploy;
let app = #{ cluster: "realserv-prod", service: "catalog-service" };
let live = service::find(app.cluster, app.service);
let definition = task_definition::as_new_revision(task_definition::find(live.taskDefinition));
let listener = load_balancer::listener("realserv-alb", 443).ListenerArn;
"#;

fn rehearse(script: &str) -> (Ending, Vec<String>) {
    let scene = Scene::set(&[]);
    let ending = scene.perform(&Play::written(&format!("{HEAD}{script}")));
    let printed = scene.events().into_iter().filter_map(|event| {
        let EventKind::Printed(event::Printed { text, .. }) = event.kind else {
            return None;
        };
        Some(text)
    });
    (ending, printed.collect())
}

#[test]
fn what_somebody_else_has_deployed_meanwhile_stays() {
    let (ending, _) = rehearse(
        r#"
        service::roll_out(app, live, definition, live.taskDefinition);
        ecs::update_service(#{ cluster: app.cluster, service: app.service, taskDefinition: "realserv-catalog-service:40" });
        throw "it does not hold";
    "#,
    );
    assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
    let [undone] = ending.undone.as_slice() else {
        panic!("{ending:#?}");
    };
    let fault = undone.fault.as_ref().expect("it was left alone");
    assert_eq!(fault.code, "service_changed");
    assert!(fault.message.contains("realserv-catalog-service:40"));
}

#[test]
fn an_update_keeps_the_hooks_and_alarms_of_a_service() {
    let (ending, printed) = rehearse(
        r#"
        let alarms = #{ alarmNames: ["catalog-service-5xx"], enable: true, rollback: true };
        let known = live.deploymentConfiguration ?? #{};
        known.alarms = alarms;
        ecs::update_service(#{ cluster: app.cluster, service: app.service, deploymentConfiguration: known });
        let live = service::find(app.cluster, app.service);
        service::ensure(app, live, definition, #{ minimum_percent: 50 });
        let now = service::find(app.cluster, app.service).deploymentConfiguration;
        print(`${now.minimumHealthyPercent} ${now.alarms.alarmNames}`);
    "#,
    );
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(printed, [r#"50 ["catalog-service-5xx"]"#]);
}

/// A rule that two services share, with a target group of somebody else.
const SHARED: &str = r#"
let rule = load_balancer::rule(listener, #{ path: "/catalog/*" });
let own = load_balancer::weights(rule).keys()[0];
let other = target_group::ensure(#{ name: "orders", vpc: "vpc-12345" }).TargetGroupArn;
let shares = #{};
shares[own] = 90;
shares[other] = 10;
load_balancer::set_weights(rule, shares);
"#;

#[test]
fn a_rule_that_others_share_stays_with_them() {
    let (ending, printed) = rehearse(&format!(
        r#"{SHARED}
        let found = undeploy::survey(app);
        undeploy::remove(found, #{{}});
        let left = load_balancer::weights(load_balancer::rule(listener, #{{ path: "/catalog/*" }}));
        print(`${{left.len()}} ${{left[other]}}`);
    "#
    ));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(printed, ["1 10"]);
}

#[test]
fn what_a_deleted_service_has_left_is_still_found() {
    let (ending, printed) = rehearse(
        r#"
        let first = undeploy::survey(app);
        service::remove(app.cluster, app.service);
        let again = undeploy::survey(app);
        print(`${again.there} ${again.groups == first.groups} ${again.definitions == first.definitions}`);
        undeploy::remove(again, #{});
        print(undeploy::survey(app).items.len());
    "#,
    );
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(printed, ["false true true", "0"]);
}

/// What a gate is given wrong must not pass it.
#[test]
fn gates_that_are_misspelt_or_not_met_hold() {
    for (script, code) in [
        (
            r#"import "std/image_scan" as image_scan;
            image_scan::check("realserv/catalog-service", "1.3.0", #{ limits: #{ HIHG: 0 } });"#,
            "invalid_input",
        ),
        (
            r#"import "std/checklist" as checklist;
            checklist::run("before", [checklist::automated_item("it is so", bind(|| 1 > 2))], #{});"#,
            "checklist_failed",
        ),
        (
            r#"import "std/repository" as repository;
            repository::push_branch("origin", "develop", "0123456789012345678901234567890123456789");"#,
            "branch_taken",
        ),
    ] {
        let (ending, _) = rehearse(script);
        assert_eq!(ending.outcome, Outcome::Failed, "{script}");
        assert_eq!(ending.fault.expect("a fault").code, code, "{script}");
    }
}
