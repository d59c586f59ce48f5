//! Roll-outs that cannot be, that take long, and whose way back is not at hand: refused by name before anything changes, or done.

use crate::support::deployer::Deployer;

const PIPELINE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai"));
const CLOUD: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/pipelines/prod.cloud.toml"
));

const SERVICE: &str = "serviceName = \"catalog-service\"\n";
const LIVE: &str = "family = \"realserv-catalog-service\"\n";
const BREAKER: &str = "deploymentCircuitBreaker = { enable = true, rollback = true }";

/// A fixture is written as `name.toml`, the one of prod.rhai with these texts replaced.
fn fixture(deployer: &mut Deployer, name: &str, changes: &[(&str, &str)]) {
    let mut cloud = CLOUD.to_owned();
    for (from, to) in changes {
        assert!(cloud.contains(from), "{from}");
        cloud = cloud.replace(from, to);
    }
    deployer.write(&format!("{name}.toml"), &cloud);
}

fn tested(deployer: &mut Deployer, tests: &str) {
    deployer.write("prod.rhai", PIPELINE);
    deployer.write("prod.test.rhai", tests);
    deployer.run(&["test", "prod.test.rhai"]).expect(0);
}

#[test]
fn what_ecs_cannot_roll_out_is_refused_before_anything_changes() {
    let mut deployer = Deployer::offline();
    for controller in ["CODE_DEPLOY", "EXTERNAL"] {
        let with = format!("{SERVICE}deploymentController = {{ type = \"{controller}\" }}\n");
        fixture(&mut deployer, controller, &[(SERVICE, &with)]);
    }
    for (count, most, fewest) in [(6, 110, 100), (1, 150, 100), (3, 133, 67), (10, 109, 91)] {
        let changes = [
            ("desiredCount = 3", format!("desiredCount = {count}")),
            ("maximumPercent = 200", format!("maximumPercent = {most}")),
            (
                "minimumHealthyPercent = 100",
                format!("minimumHealthyPercent = {fewest}"),
            ),
        ];
        let changes: Vec<(&str, &str)> = changes.iter().map(|(a, b)| (*a, b.as_str())).collect();
        fixture(
            &mut deployer,
            &format!("room-{count}-{most}-{fewest}"),
            &changes,
        );
    }
    fixture(
        &mut deployer,
        "asleep",
        &[("desiredCount = 3", "desiredCount = 0")],
    );
    tested(
        &mut deployer,
        r#"
fn refused(cloud, code) {
    let run = rehearse("prod.rhai", #{ cloud: cloud + ".toml" });
    run.expect_outcome("failed");
    run.expect_failed_in("Preflight");
    run.expect_fault(code);
    run.expect_asked([]);
    run.expect_no_writes();
}
fn test_code_deploy() { refused("CODE_DEPLOY", "other_controller"); }
fn test_external() { refused("EXTERNAL", "other_controller"); }
fn test_six_at_100_110() { refused("room-6-110-100", "no_room"); }
fn test_one_at_100_150() { refused("room-1-150-100", "no_room"); }
fn test_three_at_67_133() { refused("room-3-133-67", "no_room"); }
fn test_ten_at_91_109() { refused("room-10-109-91", "no_room"); }
fn test_no_tasks() { refused("asleep", "no_tasks"); }
"#,
    );
}

#[test]
fn what_was_started_without_an_image_is_an_empty_service() {
    let mut deployer = Deployer::offline();
    // As Terraform starts it: a definition that names an image which nobody has pushed.
    let unpushed = [
        ("desiredCount = 3", "desiredCount = 0"),
        (
            "image = \"123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service@sha256:11aa63c0f8d24e7b95d1e6028c7b3f4fa09d58e2716c43bb8e5f0a9d2c17e684\"",
            "image = \"123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:latest\"",
        ),
    ];
    fixture(&mut deployer, "empty", &unpushed);
    deployer.write(
        "first.rhai",
        r#"
import "std/first_deployment" as first_deployment;
import "std/preflight" as preflight;
import "std/service" as service;
import "std/task_definition" as task_definition;
let app = params(#{
    cluster: text("c"), service: text("s"), container: text("n"), repository: text("r"), version: text("v"),
    fails: flag("whether it fails in the end").or(false),
});
step "Terraform" {
    ecs::update_service(#{ cluster: app.cluster, service: app.service, desiredCount: 2, forceNewDeployment: true,
        deploymentConfiguration: #{ deploymentCircuitBreaker: #{ enable: false, rollback: false } } });
    time::sleep("40m");
}
step "Deploy" {
    try {
        preflight::check(app + #{ migration: "" });
        throw "it is taken for one that may be deployed over";
    } catch (e) { if e.code != "deployment_stuck" { throw; } }
    let ready = preflight::check(app + #{ migration: "", desired: 1 });
    if !ready.first { throw "nothing ever ran"; }
    let definition = task_definition::with_image(ready.live, app.container, ready.image);
    service::roll_out(app, ready.service, definition, ready.previous, #{ desired: 1 });
    if app.fails { throw "no"; }
}
"#,
    );
    tested(
        &mut deployer,
        r#"
fn deployed(fails) {
    rehearse("first.rhai", #{ cloud: "empty.toml", params: #{ fails: fails } })
}
fn test_it_is_deployed_over() {
    let run = deployed(false);
    run.expect_outcome("succeeded");
    run.expect_note("way back 2 tasks of realserv-catalog-service:41");
    let found = run.cloud("ecs", "DescribeServices", #{ cluster: run.params.cluster, services: [run.params.service] }).services[0];
    assert_eq(found.runningCount, 2);
}
fn test_it_is_left_as_it_was() {
    let run = deployed(true);
    run.expect_undone("back to 2 tasks of realserv-catalog-service:41");
    let found = run.cloud("ecs", "DescribeServices", #{ cluster: run.params.cluster, services: [run.params.service] }).services[0];
    assert_eq(found.desiredCount, 2);
    assert(found.taskDefinition.ends_with(":41"), "the definition that was there");
}
"#,
    );
}

#[test]
fn a_live_revision_that_was_deregistered_is_a_way_back() {
    let mut deployer = Deployer::offline();
    let inactive = format!("{LIVE}status = \"INACTIVE\"\n");
    fixture(&mut deployer, "inactive", &[(LIVE, &inactive)]);
    fixture(&mut deployer, "as-it-is", &[]);
    // As Terraform does it: what is replaced is deregistered.
    let back = r#"
import "std/rollback" as rollback;
import "std/service" as service;
import "std/task_definition" as task_definition;
let app = params(#{ cluster: text("c"), service: text("s") });
step "Back" {
    let live = service::find(app.cluster, app.service);
    let definition = task_definition::as_new_revision(task_definition::find(live.taskDefinition));
    service::roll_out(app, live, definition, live.taskDefinition);
    ecs::deregister_task_definition(#{ taskDefinition: live.taskDefinition });
    let target = rollback::find_target(app);
    if !target.again { throw "it is ACTIVE"; }
    if !rollback::to(app, target).taskDefinition.ends_with(":43") { throw "another revision"; }
}
"#;
    deployer.write("back.rhai", back);
    tested(
        &mut deployer,
        r#"
fn deployed(faults) { rehearse("prod.rhai", #{ cloud: "inactive.toml", faults: faults }) }
fn test_one_before_it_is_gone_back_to() { rehearse("back.rhai", #{ cloud: "as-it-is.toml" }).expect_outcome("succeeded"); }
fn test_it_is_replaced() { deployed([]).expect_outcome("succeeded"); }
fn test_it_is_registered_again_to_go_back() {
    let run = deployed(["version-degraded"]);
    run.expect_outcome("rolled_back");
    run.expect_write("UpdateService", #{ taskDefinition: "realserv-catalog-service:43" });
    let images = [];
    for revision in ["realserv-catalog-service:41", "realserv-catalog-service:43"] {
        let found = run.cloud("ecs", "DescribeTaskDefinition", #{ taskDefinition: revision }).taskDefinition;
        images.push(found.containerDefinitions[0].image);
    }
    assert_eq(images[0], images[1], "the same definition");
}
"#,
    );
}

#[test]
fn a_slow_deployment_is_waited_for() {
    let mut deployer = Deployer::offline();
    let group = "deregistration_delay = \"10s\"";
    fixture(
        &mut deployer,
        "many",
        &[
            ("desiredCount = 3", "desiredCount = 10"),
            ("maximumPercent = 200", "maximumPercent = 125"),
            (group, "deregistration_delay = \"300s\""),
        ],
    );
    fixture(
        &mut deployer,
        "draining",
        &[(group, "deregistration_delay = \"1h\"")],
    );
    tested(
        &mut deployer,
        r#"
fn deployed(cloud, timeout) { rehearse("prod.rhai", #{ cloud: cloud, params: #{ timeout: timeout, watch: "1m" } }) }
fn test_in_five_batches() { deployed("many.toml", "").expect_outcome("succeeded"); }
fn test_old_tasks_drain_for_an_hour() { deployed("draining.toml", "").expect_outcome("succeeded"); }
fn test_one_that_gets_on_is_not_taken_back() { deployed("many.toml", "15m").expect_outcome("succeeded"); }
fn test_one_that_only_drains_is_not_taken_back() { deployed("draining.toml", "40m").expect_outcome("succeeded"); }
"#,
    );
}

/// The migration's container, and another before it.
const MIGRATION: &str = "[[task_definitions.containerDefinitions]]\nname = \"catalog-migration\"\n";

#[test]
fn the_container_that_does_the_work_decides() {
    let mut deployer = Deployer::offline();
    for (name, more) in [
        (
            "router",
            "essential = false\nfirelensConfiguration = { type = \"fluentbit\" }",
        ),
        ("other", "essential = true"),
    ] {
        let head = "[[task_definitions.containerDefinitions]]";
        let image = format!("image = \"public.ecr.aws/team/{name}:1\"");
        let with = format!("{head}\nname = \"{name}\"\n{image}\n{more}\n\n{MIGRATION}");
        let changes = [("exit_code = 0", "exit_code = 3"), (MIGRATION, &with)];
        fixture(&mut deployer, name, &changes);
    }
    tested(
        &mut deployer,
        r#"
fn test_not_the_router_that_is_listed_first() {
    let run = rehearse("prod.rhai", #{ cloud: "router.toml" });
    run.expect_outcome("failed");
    run.expect_failed_in("Migrate");
    run.expect_never("UpdateService", #{});
}
fn test_of_two_one_is_named() {
    let run = rehearse("prod.rhai", #{ cloud: "other.toml" });
    run.expect_failed_in("Preflight");
    run.expect_fault("ambiguous_container");
    run.expect_no_writes();
}
"#,
    );
}

#[test]
fn a_deployment_that_has_failed_is_deployed_over() {
    let mut deployer = Deployer::offline();
    fixture(
        &mut deployer,
        "failed",
        &[(
            BREAKER,
            "deploymentCircuitBreaker = { enable = true, rollback = false }",
        )],
    );
    let failing = r#"
import "std/deployment" as deployment;
import "std/service" as service;
import "std/task_definition" as task_definition;
import "std/preflight" as preflight;
let app = params(#{
    cluster: text("c"), service: text("s"), container: text("c"), repository: text("r"), version: text("v"), breaker: flag("b").or(true),
});
app.migration = "";
step "Fail" {
    let live = service::find(app.cluster, app.service);
    let bad = ecs::register_task_definition(task_definition::as_new_revision(task_definition::find(live.taskDefinition))).taskDefinition.taskDefinitionArn;
    let now = ecs::update_service(#{
        cluster: app.cluster, service: app.service, taskDefinition: bad,
        deploymentConfiguration: #{ deploymentCircuitBreaker: #{ enable: app.breaker, rollback: false } },
    }).service;
    try { deployment::follow(app, now, bad, "2m"); } catch (e) { print(e.code); }
}
let ready = step "Preflight" { preflight::check(app) };
if !ready.review.way_back.ends_with(":41") { throw "another way back"; }
"#;
    deployer.write("fix.rhai", failing);
    tested(
        &mut deployer,
        r#"
fn fixed(breaker) { rehearse("fix.rhai", #{ cloud: "failed.toml", faults: ["crash-loop"], params: #{ breaker: breaker } }) }
fn test_its_way_back_is_the_last_that_completed() { fixed(true).expect_outcome("succeeded"); }
fn test_one_that_nothing_ends_is_refused_with_what_helps() { fixed(false).expect_fault("deployment_stuck"); }
"#,
    );
}

#[test]
fn a_log_gate_counts_the_new_version_alone_and_per_minute() {
    let mut deployer = Deployer::offline();
    let faulty = "requests_per_second = 40\nerrors = 2\nerror_line = \"ERROR: 500\"";
    fixture(
        &mut deployer,
        "faulty",
        &[("requests_per_second = 40", faulty)],
    );
    let gate = r#"
import "std/deployment" as deployment;
import "std/service" as service;
import "std/watch" as watch;
let app = params(#{ cluster: text("c"), service: text("s") });
let log = #{ group: "/realserv/catalog-service", pattern: "ERROR" };
step "Gate" {
    time::sleep("20m");
    let before = watch::baseline(app.cluster, app.service, #{ logs: [log] });
    // 2 % of 40 a second.
    let rate = before.logs[`${log.group} ${log.pattern}`];
    if rate < 30 || rate > 70 { throw `${rate} a minute`; }
    let since = time::add(time::now(), "0s");
    time::sleep("10m");
    let running = #{ deployment: deployment::primary(service::find(app.cluster, app.service)).id };
    let breached = |rule| {
        try { watch::hold("10s", [rule], #{ tolerate: "0s" }); return false; } catch (e) {
            if e.code != "watch_breached" { throw; }
            return true;
        }
    };
    let of = #{ cluster: app.cluster, service: app.service, deployment: running.deployment };
    let another = #{ cluster: app.cluster, service: app.service, deployment: "ecs-svc/1" };
    let found = [
        breached.call(watch::logs(log.group, log.pattern, since, #{ at_most: 50 })),
        breached.call(watch::logs(log.group, log.pattern, since, #{ at_most: 50, only_from: of })),
        breached.call(watch::logs(log.group, log.pattern, since, #{ at_most: 0, only_from: another })),
        breached.call(watch::logs(log.group, log.pattern, since, #{ per_minute: 20, only_from: of })),
        breached.call(watch::logs(log.group, log.pattern, since, #{ per_minute: 100, only_from: of })),
        breached.call(watch::log_rate(before, running, log, since, #{ below: "2x baseline" })),
        breached.call(watch::log_rate(before, running, log, since, #{ below: "0.5x baseline", otherwise: "0", tolerate: "0s" })),
    ];
    if found != [true, true, false, true, false, false, true] { throw `${found}`; }
}
"#;
    deployer.write("gate.rhai", gate);
    tested(
        &mut deployer,
        r#"fn test_gate() { rehearse("gate.rhai", #{ cloud: "faulty.toml" }).expect_outcome("succeeded"); }"#,
    );
}
