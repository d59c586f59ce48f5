//! Modules of the standard library against moto, which nobody here wrote: what they do over the network, and that
//! they take it back when something after it fails.

use serde_json::json;

use crate::support::catalog::{self, GOOD, Names, OLD};
use crate::support::cloud;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;

/// Fails, so that everything before it is undone.
const FAIL: &str = r#"fail("something after it");"#;

struct Account {
    moto: Moto,
    names: Names,
    deployer: Deployer,
}

impl Account {
    fn open() -> Account {
        let moto = Moto::start();
        Account {
            names: catalog::seed_moto(&moto),
            deployer: Deployer::at(&moto.endpoint()),
            moto,
        }
    }

    fn run(&mut self, script: &str) -> Finished {
        self.deployer.write("team.rhai", script);
        self.deployer.json(&["run", "team.rhai"])
    }

    /// Runs it so that it holds, then so that it is taken back, and then `after`, which sees that it was.
    fn does_and_undoes(&mut self, before: &str, script: &str, after: &str) {
        self.run(before).expect(0);
        self.run(&format!("{script}\n{FAIL}")).expect(3);
        self.run(after).expect(0);
        self.run(script).expect(0);
    }
}

#[test]
fn secrets_are_ready_or_named() {
    let mut account = Account::open();
    let endpoint = account.moto.endpoint();
    let put = |name: &str, value: &str| {
        let input = json!({ "Name": name, "Value": value, "Type": "SecureString" });
        cloud::must(&endpoint, "ssm", "PutParameter", input);
    };
    put("/orders/key", "k-1");
    let value = json!({ "SecretString": r#"{"url":"postgres://x","token":""}"#, "Name": "orders" });
    let made = cloud::must(&endpoint, "secretsmanager", "CreateSecret", value);
    let arn = made["ARN"].as_str().expect("an ARN");
    let script = |key: &str, parameter: &str| {
        format!(
            r#"import "std/secrets_ready" as secrets_ready;
            let secrets = [
                #{{ name: "DATABASE_URL", valueFrom: "{arn}:{key}::" }}, #{{ name: "KEY", valueFrom: "{parameter}" }},
            ];
            note(`${{secrets_ready::check([#{{ containerDefinitions: [#{{ name: "api", secrets: secrets }}] }}])}} ready`);"#
        )
    };
    account
        .run(&script("url", "/orders/key"))
        .expect(0)
        .says("2 ready");
    let run = account.run(&script("token", "/orders/gone"));
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "secrets_not_ready");
    let said = fault["message"].to_string();
    assert!(
        said.contains("(DATABASE_URL of api) has no value under its key token"),
        "{said}"
    );
    assert!(
        said.contains("/orders/gone (KEY of api) does not exist"),
        "{said}"
    );
}

#[test]
fn an_image_is_tagged_anew_and_the_tag_goes_back() {
    let mut account = Account::open();
    let repository = account.names.repository.clone();
    let tag = |from: &str| {
        format!(
            r#"import "std/image" as image;
            image::retag("{repository}", "{from}", "production");"#
        )
    };
    let is = |version: &str| {
        let digest = catalog::digest(version);
        format!(
            r#"import "std/image" as image;
            let found = image::find("{repository}", "production");
            if found.digest != "{digest}" {{ fail(found.digest); }}"#
        )
    };
    let gone = format!(
        r#"import "std/image" as image;
        if image::exists("{repository}", "production") {{ fail("it is there"); }}"#
    );
    // A tag that was nowhere goes; one that was elsewhere goes back.
    account.does_and_undoes(&gone, &tag(OLD), &gone);
    account.does_and_undoes(&is(OLD), &tag(GOOD), &is(OLD));
    account.run(&is(GOOD)).expect(0);
}

#[test]
fn a_database_is_backed_up_and_comes_back_beside_itself() {
    let mut account = Account::open();
    let run = account.run(
        r#"
        import "std/backup" as backup;
        aws::call("rds", "CreateDBInstance", #{
            DBInstanceIdentifier: "orders", Engine: "postgres", DBInstanceClass: "db.t4g.medium", AllocatedStorage: 20,
            MasterUsername: "app", ManageMasterUserPassword: true,
        });
        let made = backup::database("orders", #{ reason: "before-1.3.0" });
        let back = backup::restore(made.snapshot, "orders-restored", #{ settings_from: "orders" });
        note(`${back.instance} from ${made.snapshot}`);
    "#,
    );
    run.expect(0)
        .says("orders-restored from orders-before-1-3-0-");
    let run = account.run(r#"import "std/backup" as backup; backup::database("nothing", #{});"#);
    assert!(
        run.expect(1).ending()["fault"]["code"]
            .to_string()
            .contains("DBInstanceNotFound"),
        "{run}"
    );
}

/// A load balancer with its listener; `{vpc}` and `{subnets}` are filled in.
const BALANCER: &str = r#"
let made = aws::call("elbv2", "CreateLoadBalancer", #{ Name: "alb", Subnets: [{subnets}] }).LoadBalancers[0];
elb::create_listener(#{
    LoadBalancerArn: made.LoadBalancerArn, Protocol: "HTTP", Port: 80,
    DefaultActions: [#{ Type: "fixed-response", FixedResponseConfig: #{ StatusCode: "404", ContentType: "text/plain" } }],
});
"#;

/// Two colours behind one path: created, and where traffic goes.
const COLOURS: &str = r#"
import "std/load_balancer" as load_balancer;
import "std/target_group" as target_group;
let listener = load_balancer::listener("alb", 80).ListenerArn;
let blue = target_group::ensure(#{ name: "orders-blue", vpc: "{vpc}" }).TargetGroupArn;
let green = target_group::ensure(#{ name: "orders-green", vpc: "{vpc}" }).TargetGroupArn;
let weights = |b, g| { let w = #{}; w[blue] = b; w[green] = g; w };
let rule = load_balancer::ensure_rule(#{
    listener: listener, priority: 30, path: "/orders/*", weights: weights.call(100, 0),
});
"#;

fn balancer(account: &mut Account) -> (String, String) {
    let endpoint = account.moto.endpoint();
    let subnets: Vec<String> = cloud::subnets(&endpoint)
        .iter()
        .map(|s| format!("{s:?}"))
        .collect();
    account
        .run(&BALANCER.replace("{subnets}", &subnets.join(", ")))
        .expect(0);
    let vpc = cloud::vpc(&endpoint);
    (COLOURS.replace("{vpc}", &vpc), vpc)
}

#[test]
fn colours_come_and_go_and_traffic_moves_between_them() {
    let mut account = Account::open();
    let (colours, _) = balancer(&mut account);
    let nothing = r#"
        import "std/load_balancer" as load_balancer;
        import "std/target_group" as target_group;
        if target_group::try_find("orders-blue") != () { fail("a target group is there"); }
        let listener = load_balancer::listener("alb", 80).ListenerArn;
        if elb::describe_rules(#{ ListenerArn: listener }).Rules.len() != 1 { fail("a rule is there"); }
    "#;
    account.does_and_undoes(nothing, &colours, nothing);
    let is = |b: u32, g: u32| {
        format!(
            r#"{colours}
            if json::text(load_balancer::weights(rule)) != json::text(weights.call({b}, {g})) {{
                fail(json::text(load_balancer::weights(rule)));
            }}"#
        )
    };
    let shifted = format!("{colours} load_balancer::shift_traffic(rule, weights.call(10, 90));");
    account.run(&is(100, 0)).expect(0);
    account.run(&shifted).expect(0);
    account.run(&is(10, 90)).expect(0);
}

#[test]
fn an_alarm_is_made_once_and_heard() {
    let mut account = Account::open();
    let (colours, _) = balancer(&mut account);
    let alarm = format!(
        r#"{colours}
        import "std/alarms" as alarms;
        let balancer = load_balancer::find("alb").LoadBalancerArn;
        alarms::ensure(alarms::error_alarm(#{{ name: "orders-errors", load_balancer: balancer, target_group: blue }}));"#
    );
    let none = r#"if cloudwatch::describe_alarms(#{ AlarmNames: ["orders-errors"] }).MetricAlarms.len() != 0 { fail("one is there"); }"#;
    account.does_and_undoes(none, &alarm, none);
    let quiet = r#"import "std/alarms" as alarms; alarms::check_quiet(["orders-errors"], #{});"#;
    let state = |state: &str| {
        format!(
            r#"aws::call("cloudwatch", "SetAlarmState", #{{
                AlarmName: "orders-errors", StateValue: "{state}", StateReason: "a test" }});"#
        )
    };
    account.run(&state("OK")).expect(0);
    account.run(quiet).expect(0).says("orders-errors OK");
    account.run(&state("ALARM")).expect(0);
    let run = account.run(quiet);
    assert_eq!(
        run.expect(1).ending()["fault"]["code"],
        "alarm_firing",
        "{run}"
    );
}

#[test]
fn a_service_scales_between_bounds_and_no_longer_if_that_fails() {
    let mut account = Account::open();
    let app = r#"import "std/scaling" as scaling; let app = #{ cluster: "prod", service: "catalog-service" };"#;
    let none = format!(r#"{app} if scaling::find(app) != () {{ fail("it scales"); }}"#);
    let ensured = format!("{app} scaling::ensure(app, #{{ minimum: 2, maximum: 6, cpu: 60.0 }});");
    account.does_and_undoes(&none, &ensured, &none);
    let run = account.run(&format!(
        r#"{app}
        let target = scaling::find(app);
        note(`${{target.MinCapacity}} to ${{target.MaxCapacity}}`);
        scaling::resume(scaling::suspend(app));
        scaling::remove(app);"#
    ));
    run.expect(0).says("2 to 6");
    account.run(&none).expect(0);
}

/// A queue, and whatever `more` says; moto wants the version and a description.
const STACK: &str = r#"
import "std/cloud_formation" as cloud_formation;
let template = |visibility, more| `AWSTemplateFormatVersion: '2010-09-09'
Description: queues
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      VisibilityTimeout: ${visibility}
${more}`;
let change = |visibility, more| {
    let prepared = cloud_formation::prepare("orders", #{ template: template.call(visibility, more) });
    cloud_formation::apply(prepared);
    prepared.empty
};
let visibility = || aws::call("sqs", "GetQueueAttributes", #{
    QueueUrl: sqs::get_queue_url(#{ QueueName: "orders" }).QueueUrl, AttributeNames: ["VisibilityTimeout"],
}).Attributes.VisibilityTimeout;
"#;

#[test]
fn a_stack_is_created_and_changed_and_goes_back() {
    let mut account = Account::open();
    let none = r#"import "std/cloud_formation" as cloud_formation;
        if cloud_formation::find("orders") != () { fail("it is there"); }"#;
    let created = format!(r#"{STACK} change.call("30", "");"#);
    account.does_and_undoes(none, &created, none);
    let is = |seconds: u32| {
        format!(r#"{STACK} if visibility.call() != "{seconds}" {{ fail(visibility.call()); }}"#)
    };
    let changed = format!(r#"{STACK} change.call("60", "  Topic:\n    Type: AWS::SNS::Topic\n");"#);
    account.does_and_undoes(&is(30), &changed, &is(30));
    account.run(&is(60)).expect(0);
    let again = format!(
        r#"{STACK} if !change.call("60", "  Topic:\n    Type: AWS::SNS::Topic\n") {{ fail("it has changes"); }}"#
    );
    account.run(&again).expect(0);
}

/// A task that a rule and a schedule start, as moto has them before a test.
const SCHEDULED: &str = r#"
let definition = ecs::register_task_definition(#{
    family: "invoices", containerDefinitions: [#{ name: "invoices", image: "invoices:1", memory: 64 }],
}).taskDefinition.taskDefinitionArn;
let cluster = ecs::describe_clusters(#{ clusters: ["prod"] }).clusters[0].clusterArn;
let target = #{
    Arn: cluster, RoleArn: "arn:aws:iam::123456789012:role/events", Input: `{"containerOverrides":[{"name":"invoices"}]}`,
    EcsParameters: #{ TaskDefinitionArn: definition, TaskCount: 1, LaunchType: "EC2" },
};
aws::call("events", "PutRule", #{ Name: "nightly", ScheduleExpression: "rate(1 day)" });
events::put_targets(#{ Rule: "nightly", Targets: [target + #{ Id: "invoices" }] });
aws::call("scheduler", "CreateSchedule", #{
    Name: "nightly", ScheduleExpression: "rate(1 days)", ScheduleExpressionTimezone: "Europe/Berlin", State: "DISABLED",
    Description: "invoices of the day", FlexibleTimeWindow: #{ Mode: "FLEXIBLE", MaximumWindowInMinutes: 5 }, Target: target,
});
"#;

#[test]
fn scheduled_tasks_start_another_revision_and_nothing_else_changes() {
    let mut account = Account::open();
    account.run(SCHEDULED).expect(0);
    for task in ["rule", "schedule"] {
        let find = format!(
            r#"import "std/scheduled_task" as scheduled_task;
            let task = scheduled_task::find(#{{ {task}: "nightly" }});"#
        );
        let is = |revision: u32| {
            format!(
                r#"{find}
                if !task.revision.ends_with("invoices:{revision}") {{ fail(task.revision); }}
                if task.at.schedule != "" && (task.enabled || task.whole.ScheduleExpressionTimezone != "Europe/Berlin") {{
                    fail(json::text(task.whole));
                }}
                if task.target.Input != `{{"containerOverrides":[{{"name":"invoices"}}]}}` {{ fail(task.target.Input); }}"#
            )
        };
        let next = format!(
            r#"{find}
            import "std/task_definition" as task_definition;
            let definition = task_definition::as_new_revision(task_definition::find("invoices:1"));
            let all = ecs::list_task_definitions(#{{ familyPrefix: "invoices" }}).taskDefinitionArns;
            let revision = if all.len() > 1 {{ all[1] }} else {{
                ecs::register_task_definition(definition).taskDefinition.taskDefinitionArn
            }};
            scheduled_task::point_at(task, revision);
            scheduled_task::verify(task, revision);"#
        );
        account.does_and_undoes(&is(1), &next, &is(1));
        account.run(&is(2)).expect(0);
    }
    let found = account.run(
        r#"import "std/scheduled_task" as scheduled_task;
        for task in scheduled_task::find_all("prod", "invoices") { note(task.label); }"#,
    );
    found
        .expect(0)
        .says("rule nightly")
        .says("schedule nightly");
    let none = account.run(
        r#"import "std/scheduled_task" as scheduled_task; scheduled_task::find(#{ schedule: "hourly" });"#,
    );
    let code = none.expect(1).ending()["fault"]["code"].clone();
    assert_eq!(code, "ResourceNotFoundException", "{none}");
}
