//! The standard library, embedded: `stdlib/*.rhai`, imported as `std/…`.

macro_rules! module {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../stdlib/", $name, ".rhai")),
        )
    };
}

/// Module name (without `std/`) and text, sorted by name.
pub const MODULES: &[(&str, &str)] = &[
    module!("alarms"),
    module!("approvals"),
    module!("backup"),
    module!("blue_green"),
    module!("canary"),
    module!("chain"),
    module!("checklist"),
    module!("colours"),
    module!("costs"),
    module!("diagnose"),
    module!("first_deployment"),
    module!("image"),
    module!("incident"),
    module!("kpis"),
    module!("load_balancer"),
    module!("load_test"),
    module!("metrics"),
    module!("migrate"),
    module!("notify"),
    module!("preflight"),
    module!("promote"),
    module!("pull_request"),
    module!("release"),
    module!("repository"),
    module!("rollback"),
    module!("rollout"),
    module!("scaling"),
    module!("secrets_ready"),
    module!("service"),
    module!("target_group"),
    module!("task_definition"),
    module!("undeploy"),
    module!("verify"),
    module!("watch"),
    module!("windows"),
];

/// The embedded text of `std/NAME`.
pub fn text(name: &str) -> Option<&'static str> {
    MODULES
        .iter()
        .find(|(module, _)| *module == name)
        .map(|(_, text)| *text)
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
        let table: Vec<&str> = MODULES.iter().map(|(name, _)| *name).collect();
        assert_eq!(table, files);
    }
}
