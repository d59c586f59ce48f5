//! Everything that a deployment test needs, set up: the catalog on ministack, a proxy in front of it, the
//! health endpoint behind it, and the program.

use serde_json::{Value, json};

use super::catalog::{self, Names};
use super::cloud;
use super::deployer::{Deployer, Finished};
use super::emulators::Ministack;
use super::health::Health;
use super::proxy::Proxy;

/// The pipeline that the tests deploy with.
pub const PIPELINE: &str = "pipelines/prod.rhai";

/// A catalog service that runs the old version.
pub struct Stage {
    /// Names of cluster, service and the rest.
    pub names: Names,
    /// Sees all that the program asks of AWS.
    pub proxy: Proxy,
    /// Answers with the version that ECS runs.
    pub health: Health,
    /// The program under test, which talks to the proxy.
    pub deployer: Deployer,
    /// The emulator behind the proxy.
    pub ministack: Ministack,
}

impl Stage {
    /// Starts emulator, proxy and endpoint, with the old version running.
    pub fn set() -> Stage {
        let ministack = Ministack::start(catalog::behaviour());
        let names = catalog::seed_ministack(&ministack);
        let proxy = Proxy::start(&ministack.endpoint());
        Stage {
            health: Health::live(ministack.endpoint(), names.clone()),
            deployer: Deployer::at(&proxy.endpoint()),
            names,
            proxy,
            ministack,
        }
    }

    /// Arguments of a command on the production pipeline: `COMMAND pipelines/prod.rhai --set …`.
    pub fn arguments(&self, command: &str, version: &str) -> Vec<String> {
        let mut arguments = vec![command.to_owned(), PIPELINE.to_owned()];
        arguments.extend(self.names.parameters(version, &self.health.url()));
        arguments
    }

    /// As [`Stage::arguments`], with other values for some parameters.
    pub fn arguments_with(
        &self,
        command: &str,
        version: &str,
        others: &[(&str, &str)],
    ) -> Vec<String> {
        let mut arguments = self.arguments(command, version);
        for (name, value) in others {
            let position = arguments
                .iter()
                .position(|it| it.starts_with(&format!("{name}=")))
                .unwrap_or_else(|| panic!("{name} is not a parameter of the pipeline"));
            arguments[position] = format!("{name}={value}");
        }
        arguments
    }

    /// Deploys a version, with events.
    pub fn run(&self, version: &str) -> Finished {
        self.deployer.json(&self.arguments("run", version))
    }

    /// The service as the emulator has it now.
    pub fn service(&self) -> Value {
        cloud::service(
            &self.ministack.endpoint(),
            &self.names.cluster,
            &self.names.service,
        )
    }

    /// Checks that the service runs `version` and nothing else, twice, as the PRIMARY deployment.
    pub fn serves(&self, version: &str) {
        let service = self.service();
        let primary = cloud::primary(&service).unwrap_or_else(|| panic!("no PRIMARY: {service}"));
        let described = cloud::must(
            &self.ministack.endpoint(),
            "ecs",
            "DescribeTaskDefinition",
            json!({"taskDefinition": primary["taskDefinition"]}),
        );
        let image = described["taskDefinition"]["containerDefinitions"][0]["image"].as_str();
        assert_eq!(
            image.and_then(catalog::version_of),
            Some(version),
            "{service}"
        );
        assert_eq!(primary["rolloutState"], "COMPLETED", "{service}");
        assert_eq!(primary["runningCount"], 2, "{service}");
        assert_eq!(service["runningCount"], 2, "{service}");
        assert_eq!(service["desiredCount"], 2, "{service}");
    }

    /// Checks that each change of a good deployment reached AWS exactly once.
    pub fn changed_once(&self) {
        for operation in ["RegisterTaskDefinition", "RunTask", "UpdateService"] {
            let times = self.proxy.carried_out(operation);
            assert_eq!(times, 1, "{operation}: {:#?}", self.proxy.writes());
        }
    }

    /// Checks that AWS was not asked to change anything.
    pub fn changed_nothing(&self) {
        let writes = self.proxy.writes();
        assert!(writes.is_empty(), "{writes:#?}");
    }
}
