//! `std/app_config` against ministack, which nobody here wrote: a configuration is published and deployed, and taken back
//! when something after it fails.

use crate::support::catalog;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Ministack;

/// An application whose first version is deployed. The strategy takes no time: a minute of AppConfig is a minute here.
const SEED: &str = r#"
let app = aws::call("appconfig", "CreateApplication", #{ Name: "catalog" }).Id;
let environment = aws::call("appconfig", "CreateEnvironment", #{ ApplicationId: app, Name: "production" }).Id;
let profile = aws::call("appconfig", "CreateConfigurationProfile", #{ ApplicationId: app, Name: "settings", LocationUri: "hosted" }).Id;
aws::call("appconfig", "CreateHostedConfigurationVersion", #{
    ApplicationId: app, ConfigurationProfileId: profile, ContentType: "application/json", Content: "e30=",
});
for strategy in [["at-once", 0], ["slow", 60]] {
    aws::call("appconfig", "CreateDeploymentStrategy", #{
        Name: strategy[0], DeploymentDurationInMinutes: strategy[1], GrowthFactor: 100.0, FinalBakeTimeInMinutes: 0,
    });
}
"#;

const FIND: &str = r#"
import "std/app_config" as app_config;
let at = app_config::find("catalog", "production", "settings");
"#;

const DEPLOY: &str = r#"
let version = app_config::publish(at, `{"limit":2}`);
app_config::deploy(at, version, #{ strategy: "at-once" });
"#;

struct Account {
    deployer: Deployer,
    _ministack: Ministack,
}

impl Account {
    /// An account whose application has the first version deployed.
    fn open() -> Account {
        let ministack = Ministack::start(catalog::behaviour());
        let mut account = Account {
            deployer: Deployer::at(&ministack.endpoint()),
            _ministack: ministack,
        };
        account.run(SEED).expect(0);
        account
            .run(&format!(
                r#"{FIND} app_config::deploy(at, 1, #{{ strategy: "at-once" }});"#
            ))
            .expect(0);
        account
    }

    fn run(&mut self, script: &str) -> Finished {
        self.deployer.write("team.rhai", script);
        self.deployer.json(&["run", "team.rhai"])
    }

    fn serves(&mut self, version: &str) {
        let script = format!(r#"{FIND} if at.before != "{version}" {{ fail(`${{at.before}}`); }}"#);
        self.run(&script).expect(0);
    }
}

#[test]
fn a_configuration_is_published_once_and_deployed() {
    let mut account = Account::open();
    let script = format!("{FIND}{DEPLOY}");
    account
        .run(&script)
        .expect(0)
        .says("version 2 of settings is deployed");
    account.serves("2");
    account
        .run(&script)
        .expect(0)
        .says("version 2 has this content")
        .says("version 2 is deployed already");
}

#[test]
fn what_fails_later_reverts_the_configuration() {
    let mut account = Account::open();
    let script = format!("{FIND}{DEPLOY} fail(\"something after it\");");
    account
        .run(&script)
        .expect(3)
        .says("settings back to version 1");
    account.serves("1");
}

#[test]
fn one_deployment_at_a_time() {
    let mut account = Account::open();
    let start = format!(
        r#"{FIND}
        let version = app_config::publish(at, `{{"limit":3}}`);
        let strategies = aws::pages("appconfig", "ListDeploymentStrategies", #{{}});
        let slow = strategies.filter(|one| one.Name == "slow")[0].Id;
        appconfig::start_deployment(#{{
            ApplicationId: at.application, EnvironmentId: at.environment, ConfigurationProfileId: at.profile,
            ConfigurationVersion: `${{version}}`, DeploymentStrategyId: slow,
        }});"#
    );
    account.run(&start).expect(0);
    let refused = account.run(&format!("{FIND}{DEPLOY}"));
    let code = refused.expect(1).ending()["fault"]["code"].clone();
    assert_eq!(code, "deployment_in_progress", "{refused}");
    account.serves("1");
}

#[test]
fn an_unknown_environment_is_told_with_those_that_there_are() {
    let mut account = Account::open();
    let script = r#"import "std/app_config" as app_config; app_config::find("catalog", "produktion", "settings");"#;
    let run = account.run(script);
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "app_config_not_found", "{run}");
    assert!(fault["hint"].to_string().contains("production"), "{fault}");
}
