//! Applications that are there from the start.

use std::collections::BTreeMap;

use super::state::{Application, Deployment, Environment, Profile, Strategy, Version, predefined};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::rng;

/// An application as it is described: names, and what each of them has.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeclaredApplication {
    pub(crate) name: String,
    /// Names of environments, with the names of the alarms that they watch.
    pub(crate) environments: BTreeMap<String, Vec<String>>,
    /// Names of profiles, with type and versions.
    pub(crate) profiles: BTreeMap<String, (String, Vec<String>)>,
    /// What is deployed: environment, profile, number of the version.
    pub(crate) deployed: Vec<(String, String, u64)>,
    pub(crate) strategies: Vec<Strategy>,
}

/// An ID as AppConfig gives them, always the same one for a name.
fn id_of(name: &str) -> String {
    let letters = rng::uuid_of(name).replace('-', "");
    letters.chars().take(7).collect()
}

/// Adds an application. What is deployed there has been so for a day.
pub(crate) fn add_application(cloud: &mut Cloud, declared: DeclaredApplication) {
    let name = declared.name;
    let profiles = declared
        .profiles
        .into_iter()
        .map(|(profile, (kind, texts))| {
            let versions = (1..).zip(texts).map(|(number, text)| Version {
                number,
                content: aws_smithy_types::base64::encode(text),
                content_type: "application/json".to_owned(),
                label: None,
                description: None,
            });
            Profile {
                id: id_of(&format!("{name}/profile/{profile}")),
                name: profile,
                kind,
                versions: versions.collect(),
            }
        });
    let profiles: Vec<Profile> = profiles.collect();
    let environments = declared.environments.into_iter().map(|(place, monitors)| {
        let deployed = declared.deployed.iter().filter(|(of, ..)| *of == place);
        let deployments: Vec<Deployment> = (1..)
            .zip(deployed)
            .filter_map(|(number, (_, profile, version))| {
                let profile = profiles.iter().find(|one| one.name == *profile)?;
                Some(Deployment {
                    number,
                    profile: profile.id.clone(),
                    profile_name: profile.name.clone(),
                    version: *version,
                    label: None,
                    description: None,
                    strategy: predefined().into_iter().next()?,
                    started: cloud.began(),
                    stopped: None,
                })
            })
            .collect();
        Environment {
            id: id_of(&format!("{name}/environment/{place}")),
            name: place,
            monitors,
            deployments,
        }
    });
    let made = Application {
        id: id_of(&name),
        environments: environments.collect(),
        profiles: profiles.clone(),
        name,
    };
    cloud.appconfig.applications.push(made);
    for strategy in declared.strategies {
        let id = id_of(&format!("strategy/{}", strategy.name));
        cloud.appconfig.strategies.push(Strategy { id, ..strategy });
    }
}
