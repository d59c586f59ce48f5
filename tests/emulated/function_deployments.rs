//! Lambda and CodeDeploy against moto, which nobody here wrote: a version is published and shifted, taken back when
//! something after it fails, and done once when the run is killed inside a write.

use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;
use crate::support::proxy::Proxy;
use crate::support::rules::Moment;

/// The function with one version and an alias that points at it.
const SEED: &str = r#"
let trust = #{ Version: "2012-10-17", Statement: [#{ Effect: "Allow", Action: "sts:AssumeRole", Principal: #{ Service: "lambda.amazonaws.com" } }] };
let role = aws::call("iam", "CreateRole", #{ RoleName: "orders", AssumeRolePolicyDocument: json::text(trust) }).Role.Arn;
aws::call("lambda", "CreateFunction", #{
    FunctionName: "orders", PackageType: "Image", Role: role,
    Code: #{ ImageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1.0.0" },
});
aws::call("lambda", "PublishVersion", #{ FunctionName: "orders" });
aws::call("lambda", "CreateAlias", #{ FunctionName: "orders", Name: "live", FunctionVersion: "1" });
"#;

const SHIFT: &str = r#"
import "std/lambda" as lambda;
let found = lambda::find("orders", "live");
let published = lambda::publish("orders", #{ ImageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1.1.0" });
lambda::shift(found, published.version, #{ steps: [50, 100], pause: "1s" });
"#;

struct Account {
    _moto: Moto,
    proxy: Proxy,
    deployer: Deployer,
}

impl Account {
    fn open(seed: &str) -> Account {
        let moto = Moto::start();
        let proxy = Proxy::start(&moto.endpoint());
        let mut account = Account {
            deployer: Deployer::at(&proxy.endpoint()),
            proxy,
            _moto: moto,
        };
        account.run(seed).expect(0);
        account
    }

    fn run(&mut self, script: &str) -> Finished {
        self.deployer.write("team.rhai", script);
        self.deployer.json(&["run", "team.rhai"])
    }

    /// The alias points at `version` alone, and that many versions are published.
    fn serves(&mut self, version: &str, versions: usize) {
        let run = self.run(&format!(
            r#"import "std/lambda" as lambda;
            let found = lambda::find("orders", "live");
            if found.version != "{version}" || found.weights != #{{}} {{ fail(json::text(found)); }}
            let all = aws::pages("lambda", "ListVersionsByFunction", #{{ FunctionName: "orders" }});
            if all.len() != {versions} + 1 {{ fail(`${{all.len()}} versions`); }}"#
        ));
        run.expect(0);
    }

    /// Kills a run inside the request that is the `nth` of its operation, and resumes it.
    fn killed_in(&mut self, script: &str, operation: &'static str, nth: usize, moment: Moment) {
        self.deployer.write("team.rhai", script);
        let held = self.proxy.hold(operation, nth, moment);
        let live = self.deployer.spawn_json(&["run", "team.rhai"]);
        let reached = held.reached(crate::support::HANG);
        let killed = live.kill();
        assert!(reached.is_some(), "{operation} was never sent: {killed}");
        held.abandon();
        let id = self.deployer.newest_run();
        let resumed = self.deployer.json(&["resume", &id]);
        assert_eq!(
            resumed.expect(0).ending()["outcome"],
            "succeeded",
            "killed in {operation}: {resumed}"
        );
        assert_eq!(resumed.events("reconciled").len(), 1, "{resumed}");
    }
}

#[test]
fn a_version_is_published_and_gets_the_invocations() {
    let mut account = Account::open(SEED);
    account.run(SHIFT).expect(0);
    account.serves("2", 2);
}

#[test]
fn what_fails_later_brings_alias_and_code_back() {
    let mut account = Account::open(SEED);
    let failing = format!("{SHIFT}\nfail(\"something after it\");");
    let run = account.run(&failing);
    run.expect(3)
        .says("orders:live back to version 1")
        .says("code of orders back to");
    account.serves("1", 2);
    let image = r#"
        let code = aws::call("lambda", "GetFunction", #{ FunctionName: "orders" }).Code;
        if !code.ImageUri.ends_with("orders:1.0.0") { fail(code.ImageUri); }"#;
    account.run(image).expect(0);
}

#[test]
fn an_alias_is_created_once_and_deleted_again() {
    let mut account = Account::open(SEED);
    let point = r#"import "std/lambda" as lambda; lambda::point("orders", "next", "1");"#;
    let failing = format!("{point}\nfail(\"something after it\");");
    account.run(&failing).expect(3);
    let gone = r#"
        let all = aws::pages("lambda", "ListAliases", #{ FunctionName: "orders" });
        if all.some(|one| one.Name == "next") { fail("it is there"); }"#;
    account.run(gone).expect(0);
    account.run(point).expect(0).says("points at version 1");
    account
        .run(point)
        .expect(0)
        .says("points at version 1 already");
}

/// Each write of the deployment, before AWS has carried it out and after: the path and how often it was asked before.
#[test]
fn killed_in_a_write_it_is_done_once() {
    const ALIAS: &str = "/2015-03-31/functions/orders/aliases/live";
    let points = [
        ("/2015-03-31/functions/orders/code", 1),
        // Of the alias, two requests read.
        (ALIAS, 3),
        (ALIAS, 5),
    ];
    std::thread::scope(|scope| {
        for (operation, nth) in points {
            scope.spawn(move || {
                for moment in [Moment::Before, Moment::After] {
                    let mut account = Account::open(SEED);
                    account.killed_in(SHIFT, operation, nth, moment);
                    account.serves("2", 2);
                }
            });
        }
    });
}

const GROUP: &str = r#"
aws::call("codedeploy", "CreateApplication", #{ applicationName: "orders", computePlatform: "Lambda" });
aws::call("codedeploy", "CreateDeploymentGroup", #{
    applicationName: "orders", deploymentGroupName: "live", serviceRoleArn: "arn:aws:iam::123456789012:role/codedeploy",
    deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
});
"#;

const START: &str = r#"
import "std/code_deploy" as code_deploy;
let app = #{ application: "orders", group: "live" };
let started = code_deploy::start(app, code_deploy::lambda_spec("orders", "live", "1", "2"), #{ description: "1.1.0" });
note(`started ${started.deployment}`);
"#;

#[test]
fn a_deployment_is_started_once() {
    for moment in [Moment::Before, Moment::After] {
        let mut account = Account::open(GROUP);
        account.killed_in(START, "CreateDeployment", 1, moment);
        let one = r#"
            let ids = aws::pages("codedeploy", "ListDeployments", #{ applicationName: "orders", deploymentGroupName: "live" });
            if ids.len() != 1 { fail(`${ids.len()} deployments`); }"#;
        account.run(one).expect(0);
        let again = account.run(START);
        assert_eq!(
            again.expect(1).ending()["fault"]["code"],
            "deployment_under_way",
            "{again}"
        );
    }
}
