//! The standard library, embedded: `stdlib/*.rhai`, imported as `std/…`.
//!
//! Beside the text of each module the binary carries the module as it is executed, and what a checker wants to know
//! of it: see `prepared`. So a pipeline is checked without a look into the library, and what it imports is parsed
//! once, as far as it can be called: see `reached`.

use std::sync::OnceLock;

pub(crate) use prepared::PreparedModule;
pub(super) use reached::Reached;

#[cfg(test)]
mod prepare;
mod prepared;
mod reached;

/// A module of the library that is embedded in the program.
pub struct Module {
    /// Name of the module without `std/`: `service`.
    pub name: &'static str,
    /// Its text, as it was written.
    pub text: &'static str,
    prepared: OnceLock<Option<PreparedModule>>,
}

macro_rules! modules {
    ($($name:literal)*) => {
        /// All modules, sorted by name.
        pub static MODULES: [Module; [$($name),*].len()] = [$(Module {
            name: $name,
            text: include_str!(concat!("../../../stdlib/", $name, ".rhai")),
            prepared: OnceLock::new(),
        }),*];
    };
}

modules![
    "alarms"
    "app_config"
    "approvals"
    "backup"
    "blue_green"
    "blue_green_pair"
    "canary"
    "chain"
    "checklist"
    "cloud_formation"
    "code_deploy"
    "costs"
    "daemon"
    "deployment"
    "diagnose"
    "express_service"
    "first_deployment"
    "image"
    "image_scan"
    "incident"
    "kpis"
    "lambda"
    "load_balancer"
    "load_test"
    "metrics"
    "migrate"
    "notify"
    "preflight"
    "promote"
    "pull_request"
    "release"
    "repository"
    "rollback"
    "rollout"
    "scaling"
    "scheduled_task"
    "secrets_ready"
    "service"
    "static_site"
    "target_group"
    "task_definition"
    "undeploy"
    "verify"
    "watch"
    "weighted_records"
    "windows"
];

impl Module {
    /// The module as it is executed; `None`: it has changed since it was prepared, and is parsed as any other script.
    pub(super) fn prepared(&self) -> Option<&PreparedModule> {
        self.prepared
            .get_or_init(|| PreparedModule::find(self.name, self.text))
            .as_ref()
    }
}

/// The embedded module `std/NAME`; `None`: the library has none of that name.
pub(super) fn module(name: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == name)
}

/// Source text of the embedded module `std/NAME`; `None`: there is none.
pub fn text(name: &str) -> Option<&'static str> {
    module(name).map(|module| module.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_folder() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .map(|entries| {
                entries
                    .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                    .filter_map(|name| Some(name.strip_suffix(".rhai")?.to_owned()))
                    .collect()
            })
            .unwrap_or_default();
        files.sort();
        let table: Vec<&str> = MODULES.iter().map(|module| module.name).collect();
        assert_eq!(table, files);
    }
}
