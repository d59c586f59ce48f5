//! "Rolled back" means as it was: the whole service, as ECS describes it, for every verb of the library that changes one.

use crate::support::deployer::Deployer;

/// Changes a service by the verb that is named, and fails.
const CHANGING: &str = r#"
import "std/alarms" as alarms;
import "std/blue_green" as blue_green;
import "std/canary" as canary;
import "std/blue_green_pair" as blue_green_pair;
import "std/rollback" as rollback;
import "std/scaling" as scaling;
import "std/service" as service;
import "std/task_definition" as task_definition;

let app = params(#{ verb: text("what is called"), cluster: text("").or("realserv-prod"), service: text("").or("catalog-service") });
let second = #{
    alternateTargetGroupArn: "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-green/7e1fdf942ffd0a18",
    productionListenerRule: "arn:aws:elasticloadbalancing:ap-south-1:123456789012:listener-rule/app/realserv-alb/50dc6c495c0c9188/443/10",
    roleArn: "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
};
let live = service::find(app.cluster, app.service);
let definition = task_definition::as_new_revision(task_definition::find(live.taskDefinition));
let previous = live.taskDefinition;

step "Change" {
    switch app.verb {
        "nothing" => { return_value(); }
        "roll_out" => { service::roll_out(app, live, definition, previous); }
        "ensure" => {
            service::ensure(app, live, definition, #{
                grace_period: "5m", minimum_percent: 50, maximum_percent: 150, subnets: ["subnet-other"], security_groups: ["sg-other"],
                capacity: [#{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
                target_group: "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09",
                container: "catalog-service",
            });
        }
        "blue_green" => {
            let green = blue_green::start(app, live, definition, previous, #{ pause: true, alarms: ["errors"], load_balancer_config: second });
            blue_green::wait_for_test_traffic(green);
        }
        "blue_green_all" => {
            let green = blue_green::start(app, live, definition, previous, #{ bake_time: "1m", load_balancer_config: second });
            blue_green::finish(green);
        }
        "canary" => { canary::deploy_with_ecs(app, live, definition, previous, #{ strategy: "CANARY", alarms: ["errors"], load_balancer_config: second }); }
        "linear" => { canary::deploy_with_ecs(app, live, definition, previous, #{ strategy: "LINEAR", percent: 50, pause: "1m", load_balancer_config: second }); }
        "scaling" => {
            scaling::ensure(app, #{ minimum: 2, maximum: 6 });
            scaling::suspend(app);
        }
        "retire" => {
            let group = live.loadBalancers[0].targetGroupArn;
            let one = #{ colour: "blue", service: app.service, group: group, now: live };
            blue_green_pair::retire(#{ app: #{ cluster: app.cluster, service: "catalog" }, live: one, idle: () }, #{});
        }
    }
    if app.verb != "nothing" { throw "it does not hold"; }
}

fn return_value() { }
"#;

/// The whole service afterwards is that of a run that changed nothing.
const TESTS: &str = r#"
fn whole(verb, faults, outcome) {
    let run = rehearse("change.rhai", #{ params: #{ verb: verb }, faults: faults, cloud: "cloud.toml" });
    run.expect_outcome(outcome);
    run.pass("1h");
    let now = run.cloud("ecs", "DescribeServices", #{
        cluster: "realserv-prod", services: ["catalog-service"], include: ["TAGS"],
    }).services[0];
    assert_eq(now.deployments.len(), 1, `${verb}: one deployment`);
    // What counts up with every deployment.
    for counter in ["deployments", "events", "currentServiceRevisions", "currentServiceDeployment"] { now.remove(counter); }
    now
}

fn same(verb, faults) {
    let before = whole("nothing", [], "succeeded");
    assert_eq(whole(verb, faults, "rolled_back"), before, verb);
}

fn test_nothing_is_something() { assert_eq(whole("nothing", [], "succeeded").status, "ACTIVE", "it is there"); }
"#;

const CASES: [(&str, &str); 11] = [
    ("roll_out", ""),
    ("roll_out", "crash-loop"),
    ("roll_out", "version-unhealthy"),
    ("ensure", ""),
    ("ensure", "crash-loop"),
    ("blue_green", ""),
    ("blue_green_all", ""),
    ("canary", ""),
    ("linear", ""),
    ("scaling", ""),
    ("retire", ""),
];

/// What the library sets otherwise is not set in this service.
fn bare(cloud: &str) -> String {
    let cloud = cloud.replace(
        "deploymentCircuitBreaker = { enable = true, rollback = true }",
        "deploymentCircuitBreaker = { enable = false, rollback = false }",
    );
    cloud.replace(
        "healthCheckGracePeriodSeconds = 60",
        "healthCheckGracePeriodSeconds = 0",
    )
}

#[test]
fn a_service_is_as_it_was() {
    let mut deployer = Deployer::offline();
    deployer.write("change.rhai", CHANGING);
    let cloud = bare(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/pipelines/prod.cloud.toml"
    )));
    assert!(cloud.contains("enable = false") && cloud.contains("Seconds = 0"));
    deployer.write("cloud.toml", &cloud);
    let mut tests = TESTS.to_owned();
    for (verb, fault) in CASES {
        let name = format!("{verb}_{}", fault.replace('-', "_"));
        let faults = match fault {
            "" => "[]".to_owned(),
            fault => format!("[\"{fault}\"]"),
        };
        tests.push_str(&format!(
            "fn test_{name}() {{ same(\"{verb}\", {faults}); }}\n"
        ));
    }
    deployer.write("change.test.rhai", &tests);
    deployer.run(&["test", "change.test.rhai"]).expect(0);
}
