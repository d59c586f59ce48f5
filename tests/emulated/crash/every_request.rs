//! Modules of the library over sockets, killed before and after every request of a run: resumed, each comes to the same end,
//! and what AWS has is there once.

use crate::support::deployer::Deployer;
use crate::support::emulators::{Ministack, Moto};
use crate::support::proxy::Proxy;
use crate::support::{catalog, killed};

/// A run that is killed, what is there before it, and what must be there after it.
struct Scenario {
    seed: String,
    run: String,
    /// Fails unless all is as it should be.
    end: &'static str,
    /// Starts an emulator that has the services.
    emulator: fn() -> Emulator,
}

enum Emulator {
    Moto(Moto),
    Ministack(Ministack),
}

impl Emulator {
    fn moto() -> Emulator {
        Emulator::Moto(Moto::start())
    }

    fn ministack() -> Emulator {
        Emulator::Ministack(Ministack::start(catalog::behaviour()))
    }

    fn endpoint(&self) -> String {
        match self {
            Emulator::Moto(moto) => moto.endpoint(),
            Emulator::Ministack(ministack) => ministack.endpoint(),
        }
    }
}

/// A scenario on an emulator of its own.
struct Stage {
    proxy: Proxy,
    deployer: Deployer,
    /// Past the proxy, for what the test itself asks.
    direct: Deployer,
    _emulator: Emulator,
}

impl Stage {
    fn set(scenario: &Scenario) -> Stage {
        let emulator = (scenario.emulator)();
        let proxy = Proxy::start(&emulator.endpoint());
        let mut stage = Stage {
            deployer: Deployer::at(&proxy.endpoint()),
            direct: Deployer::at(&emulator.endpoint()),
            proxy,
            _emulator: emulator,
        };
        stage.ask(&scenario.seed);
        stage.deployer.write("team.rhai", &scenario.run);
        stage
    }

    fn ask(&mut self, script: &str) {
        self.direct.write("ask.rhai", script);
        self.direct.json(&["run", "ask.rhai"]).expect(0);
    }
}

impl Scenario {
    fn killed_at_every_request(&self, least: usize) {
        let mut reference = Stage::set(self);
        reference.deployer.json(&["run", "team.rhai"]).expect(0);
        reference.ask(self.end);
        let requests = reference.proxy.requests().len();
        assert!(requests >= least, "too few to mean anything: {requests}");
        killed::around_each_request(requests, |nth, moment| {
            let mut stage = Stage::set(self);
            killed::kill_and_resume(&stage.deployer, &stage.proxy, "team.rhai", nth, moment);
            stage.ask(self.end);
        });
    }
}

#[test]
fn a_stack_is_changed_once() {
    const TEMPLATE: &str = r#"
        let template = |seconds| `AWSTemplateFormatVersion: '2010-09-09'
Description: a queue
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      VisibilityTimeout: ${seconds}
`;
        import "std/cloud_formation" as cloud_formation;
        let change = |seconds| cloud_formation::apply(cloud_formation::prepare("orders", #{ template: template.call(seconds) }));"#;
    let scenario = Scenario {
        seed: format!(r#"{TEMPLATE} change.call("30");"#),
        run: format!(r#"{TEMPLATE} change.call("60");"#),
        end: r#"
            let stack = aws::call("cloudformation", "DescribeStacks", #{ StackName: "orders" }).Stacks[0];
            if stack.StackStatus != "UPDATE_COMPLETE" { fail(stack.StackStatus); }
            let url = sqs::get_queue_url(#{ QueueName: "orders" }).QueueUrl;
            let queue = aws::call("sqs", "GetQueueAttributes", #{ QueueUrl: url, AttributeNames: ["VisibilityTimeout"] });
            if queue.Attributes.VisibilityTimeout != "60" { fail(json::text(queue)); }
            let events = aws::pages("cloudformation", "DescribeStackEvents", #{ StackName: "orders" });
            let updates = events.filter(|it| it.LogicalResourceId == "orders" && it.ResourceStatus == "UPDATE_COMPLETE");
            if updates.len() != 1 { fail(`${updates.len()} updates`); }"#,
        emulator: Emulator::moto,
    };
    scenario.killed_at_every_request(6);
}

#[test]
fn a_scheduled_task_is_pointed_once() {
    let scenario = Scenario {
        seed: r#"
            let register = || ecs::register_task_definition(#{
                family: "invoices", containerDefinitions: [#{ name: "invoices", image: "invoices:1", memory: 64 }],
            }).taskDefinition.taskDefinitionArn;
            let definition = register.call();
            register.call();
            let cluster = aws::call("ecs", "CreateCluster", #{ clusterName: "prod" }).cluster.clusterArn;
            let target = #{
                Arn: cluster, RoleArn: "arn:aws:iam::123456789012:role/events", Input: "{}",
                EcsParameters: #{ TaskDefinitionArn: definition, TaskCount: 1, LaunchType: "EC2" },
            };
            aws::call("events", "PutRule", #{ Name: "nightly", ScheduleExpression: "rate(1 day)" });
            events::put_targets(#{ Rule: "nightly", Targets: [target + #{ Id: "invoices" }] });
            aws::call("scheduler", "CreateSchedule", #{
                Name: "nightly", ScheduleExpression: "rate(1 days)", ScheduleExpressionTimezone: "Europe/Berlin",
                State: "DISABLED", FlexibleTimeWindow: #{ Mode: "OFF" }, Target: target,
            });"#.to_owned(),
        run: r#"
            import "std/scheduled_task" as scheduled_task;
            let revision = ecs::list_task_definitions(#{ familyPrefix: "invoices" }).taskDefinitionArns[1];
            for task in [scheduled_task::find(#{ rule: "nightly" }), scheduled_task::find(#{ schedule: "nightly" })] {
                scheduled_task::point_at(task, revision);
                scheduled_task::verify(task, revision);
            }"#.to_owned(),
        end: r#"
            let targets = aws::call("events", "ListTargetsByRule", #{ Rule: "nightly" }).Targets;
            let schedule = aws::call("scheduler", "GetSchedule", #{ Name: "nightly" });
            if targets.len() != 1 || schedule.State != "DISABLED" { fail(json::text(targets)); }
            if schedule.ScheduleExpressionTimezone != "Europe/Berlin" { fail(json::text(schedule)); }
            for target in [targets[0], schedule.Target] {
                let definition = target.EcsParameters.TaskDefinitionArn;
                if !definition.ends_with("invoices:2") || target.Input != "{}" { fail(json::text(target)); }
            }"#,
        emulator: Emulator::moto,
    };
    scenario.killed_at_every_request(6);
}

#[test]
fn weights_are_shifted_once() {
    let scenario = Scenario {
        seed: r#"
            let zone = aws::call("route53", "CreateHostedZone", #{ Name: "example.com", CallerReference: "1" }).HostedZone.Id;
            let set = |id, weight| #{
                Name: "shop.example.com", Type: "CNAME", TTL: 60, SetIdentifier: id, Weight: weight,
                ResourceRecords: [#{ Value: `${id}.example.net` }],
            };
            let changes = [#{ Action: "CREATE", ResourceRecordSet: set.call("blue", 100) },
                #{ Action: "CREATE", ResourceRecordSet: set.call("green", 0) }];
            route53::change_resource_record_sets(#{ HostedZoneId: zone, ChangeBatch: #{ Changes: changes } });"#.to_owned(),
        run: r#"
            import "std/weighted_records" as weighted_records;
            let find = || weighted_records::find(#{ zone: "example.com", name: "shop.example.com", type: "CNAME" });
            weighted_records::set_weights(find.call(), #{ blue: 50, green: 50 });
            weighted_records::set_weights(find.call(), #{ blue: 0, green: 100 });
            weighted_records::verify(find.call(), #{ blue: 0, green: 100 });"#.to_owned(),
        end: r#"
            let zone = aws::call("route53", "ListHostedZonesByName", #{}).HostedZones[0].Id;
            let all = aws::call("route53", "ListResourceRecordSets", #{ HostedZoneId: zone }).ResourceRecordSets;
            let weights = all.filter(|set| set.Type == "CNAME").map(|set| `${set.SetIdentifier} ${set.Weight}`);
            if weights != ["blue 0", "green 100"] { fail(json::text(weights)); }"#,
        emulator: Emulator::moto,
    };
    scenario.killed_at_every_request(6);
}

#[test]
fn a_configuration_is_published_and_deployed_once() {
    let scenario = Scenario {
        seed: r#"
            let app = aws::call("appconfig", "CreateApplication", #{ Name: "catalog" }).Id;
            aws::call("appconfig", "CreateEnvironment", #{ ApplicationId: app, Name: "production" });
            let profile = aws::call("appconfig", "CreateConfigurationProfile", #{
                ApplicationId: app, Name: "settings", LocationUri: "hosted",
            }).Id;
            aws::call("appconfig", "CreateHostedConfigurationVersion", #{
                ApplicationId: app, ConfigurationProfileId: profile, ContentType: "application/json", Content: "e30=",
            });
            aws::call("appconfig", "CreateDeploymentStrategy", #{
                Name: "at-once", DeploymentDurationInMinutes: 0, GrowthFactor: 100.0, FinalBakeTimeInMinutes: 0,
            });"#.to_owned(),
        run: r#"
            import "std/app_config" as app_config;
            let at = app_config::find("catalog", "production", "settings");
            app_config::deploy(at, app_config::publish(at, `{"limit":2}`), #{ strategy: "at-once" });"#.to_owned(),
        end: r#"
            import "std/app_config" as app_config;
            let at = app_config::find("catalog", "production", "settings");
            if at.before != "2" { fail(`version ${at.before} is deployed`); }
            let place = #{ ApplicationId: at.application };
            let versions = aws::pages("appconfig", "ListHostedConfigurationVersions", place + #{ ConfigurationProfileId: at.profile });
            let deployments = aws::pages("appconfig", "ListDeployments", place + #{ EnvironmentId: at.environment });
            if versions.len() != 2 || deployments.len() != 1 { fail(`${versions.len()} versions, ${deployments.len()} deployments`); }"#,
        emulator: Emulator::ministack,
    };
    scenario.killed_at_every_request(8);
}
