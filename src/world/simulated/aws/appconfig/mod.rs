//! AppConfig: configurations that reach an environment step by step, watched by alarms.
//!
//! Configurations are those that AppConfig hosts itself. Validators, extensions and what the targets read are not simulated.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;

mod declared;
mod deployments;
mod lookup;
pub(crate) mod state;
mod versions;

pub(crate) use declared::{DeclaredApplication, add_application};
pub(crate) use deployments::look;
pub(crate) use state::Strategy;

use lookup::{application, environment, profile};
use state::{Application, Profile, predefined};

/// How far AppConfig is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "appconfig",
    behaves: "A deployment of a hosted configuration grows by its strategy, bakes, and completes; it looks at \
              the alarms of its environment every 15 seconds and rolls back. It can be stopped or reverted.",
    leaves_out: "Applications, environments, profiles and strategies come from the fixture and cannot be created. \
              Validators, extensions, configurations outside AppConfig and what clients read are left out.",
    tests: &[
        "simulated::tests::appconfig",
        "simulated::aws::appconfig::state",
        "emulated::conformance::cases::configurations",
    ],
};

/// Answers a call of AppConfig.
pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "ListApplications" => {
            let all = cloud.appconfig.applications.iter();
            let all = all.map(|one| json!({ "Id": one.id, "Name": one.name }));
            Ok(json!({ "Items": all.collect::<Vec<_>>() }))
        }
        "ListEnvironments" => {
            let application = application(&cloud.appconfig, input)?;
            let all = application.environments.iter();
            let all = all.map(|one| deployments::environment(cloud, application, one));
            Ok(json!({ "Items": all.collect::<Vec<_>>() }))
        }
        "GetEnvironment" => {
            let application = application(&cloud.appconfig, input)?;
            let found = environment(application, input)?;
            Ok(deployments::environment(cloud, application, found))
        }
        "ListConfigurationProfiles" => {
            let application = application(&cloud.appconfig, input)?;
            let all = application.profiles.iter();
            let all = all.map(|one| profile_view(application, one));
            Ok(json!({ "Items": all.collect::<Vec<_>>() }))
        }
        "GetConfigurationProfile" => {
            let application = application(&cloud.appconfig, input)?;
            Ok(profile_view(application, profile(application, input)?))
        }
        "ListDeploymentStrategies" => {
            let all = predefined();
            let all = all.iter().chain(&cloud.appconfig.strategies);
            let all = all.map(deployments::strategy);
            Ok(json!({ "Items": all.collect::<Vec<_>>() }))
        }
        "CreateHostedConfigurationVersion" => versions::create(cloud, input),
        "GetHostedConfigurationVersion" => versions::get(cloud, input),
        "ListHostedConfigurationVersions" => versions::list_all(cloud, input),
        "StartDeployment" => deployments::start(cloud, input),
        "GetDeployment" => deployments::get(cloud, input),
        "ListDeployments" => deployments::list_all(cloud, input),
        "StopDeployment" => deployments::stop(cloud, input),
        _ => Err(not_simulated("appconfig", operation)),
    }
}

fn profile_view(application: &Application, known: &Profile) -> Value {
    json!({
        "ApplicationId": application.id,
        "Id": known.id,
        "Name": known.name,
        "LocationUri": "hosted",
        "Type": known.kind,
    })
}
