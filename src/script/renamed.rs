//! Names of the library and of the shipped pipelines that changed: the old one is refused, and the new one is named. A name
//! stays in these tables for one release.

/// Functions of the library: module and name as they were, module and name as they are.
const FUNCTIONS: &[(&str, &str, &str, &str)] = &[
    ("alarms", "errors", "alarms", "error_alarm"),
    ("alarms", "quiet", "alarms", "check_quiet"),
    ("alarms", "still", "alarms", "still_firing"),
    ("approvals", "by", "approvals", "ask"),
    ("approvals", "concerned", "approvals", "roles_for"),
    ("approvals", "unchanged", "approvals", "check_unchanged"),
    ("approvals", "typed", "approvals", "confirm"),
    ("backup", "stamp", "backup", "timestamp"),
    ("blue_green", "possible", "blue_green", "check"),
    (
        "blue_green",
        "try_out",
        "blue_green",
        "wait_for_test_traffic",
    ),
    ("blue_green", "go_on", "blue_green", "continue_deployment"),
    (
        "blue_green",
        "shifted",
        "blue_green",
        "wait_for_production_traffic",
    ),
    ("canary", "possible", "canary", "check"),
    ("canary", "by_ecs", "canary", "deploy_with_ecs"),
    ("canary", "possible_by_ecs", "canary", "check_with_ecs"),
    ("chain", "possible", "chain", "check"),
    ("chain", "at", "chain", "value_at"),
    ("checklist", "checked", "checklist", "automated_item"),
    ("checklist", "confirmed", "checklist", "manual_item"),
    ("checklist", "go_through", "checklist", "run"),
    ("colours", "look", "blue_green_pair", "find"),
    ("colours", "weights", "blue_green_pair", "initial_weights"),
    ("colours", "deploy", "blue_green_pair", "deploy"),
    (
        "colours",
        "switch_over",
        "blue_green_pair",
        "switch_traffic",
    ),
    ("colours", "retire", "blue_green_pair", "retire"),
    ("colours", "wake", "blue_green_pair", "start_idle"),
    ("costs", "of", "costs", "estimate"),
    ("costs", "change", "costs", "compare"),
    ("diagnose", "explained", "diagnose", "with_causes"),
    ("diagnose", "log_of", "diagnose", "log_stream"),
    ("first_deployment", "due", "first_deployment", "is_due"),
    (
        "first_deployment",
        "tasks",
        "first_deployment",
        "task_count",
    ),
    (
        "first_deployment",
        "way_back",
        "first_deployment",
        "rollback_target",
    ),
    ("first_deployment", "tell", "first_deployment", "announce"),
    (
        "first_deployment",
        "take_back",
        "first_deployment",
        "roll_back",
    ),
    ("image", "is_there", "image", "is_in_ecr"),
    ("image", "scanned", "image_scan", "check"),
    ("image", "keep", "image", "protect"),
    ("image", "brief", "image", "short_digest"),
    ("incident", "watch", "incident", "record_on_failure"),
    ("kpis", "judge", "kpis", "check"),
    ("load_balancer", "shift", "load_balancer", "shift_traffic"),
    (
        "load_balancer",
        "shift_back",
        "load_balancer",
        "restore_weights",
    ),
    ("load_test", "possible", "load_test", "check"),
    ("metrics", "no_worse", "metrics", "relaxed_threshold"),
    ("metrics", "beyond", "metrics", "breaches"),
    ("metrics", "known", "metrics", "describe"),
    ("metrics", "limit", "metrics", "threshold"),
    ("metrics", "usual", "metrics", "default_metrics"),
    ("migrate", "container", "migrate", "main_container"),
    ("notify", "tell", "notify", "send"),
    ("notify", "waiting", "notify", "report_waiting"),
    ("notify", "course", "notify", "report_start_and_end"),
    ("promote", "running", "promote", "running_image"),
    ("promote", "still", "promote", "check_evidence"),
    ("pull_request", "passed", "pull_request", "wait_for_checks"),
    (
        "pull_request",
        "reviewed",
        "pull_request",
        "wait_for_review",
    ),
    ("pull_request", "ci", "pull_request", "wait_for_ci"),
    ("release", "look", "release", "inspect"),
    ("release", "tested", "release", "run_tests"),
    ("release", "no_secrets", "release", "check_secrets"),
    ("repository", "published", "repository", "is_published"),
    ("repository", "changed", "repository", "changed_files"),
    ("repository", "checked_out", "repository", "check_worktree"),
    ("repository", "publish", "repository", "push_branch"),
    ("repository", "still_at", "repository", "check_branch_at"),
    ("repository", "drop", "repository", "delete_branch"),
    ("repository", "merged", "repository", "prepare_merge"),
    ("repository", "merge", "repository", "push_merge"),
    ("repository", "tag", "repository", "push_tag"),
    ("repository", "mark", "repository", "mark_rolled_back"),
    ("repository", "brief", "repository", "short_commit"),
    ("rollback", "target", "rollback", "find_target"),
    ("rollback", "proven", "rollback", "check_active"),
    ("rollback", "way", "rollback", "check"),
    ("rollback", "running", "rollback", "running_deployment"),
    ("rollout", "possible", "rollout", "check"),
    ("rollout", "limit", "rollout", "timeout"),
    ("rollout", "way_back", "rollout", "rollback_configuration"),
    ("rollout", "before", "rollout", "settings_before"),
    ("rollout", "has", "rollout", "matches"),
    ("scaling", "possible", "scaling", "check"),
    ("scaling", "helps_within", "scaling", "settling_time"),
    ("secrets_ready", "of", "secrets_ready", "check"),
    ("secrets_ready", "named", "secrets_ready", "check_named"),
    ("service", "primary", "deployment", "primary"),
    ("service", "completed", "deployment", "completed"),
    ("service", "settled", "deployment", "settled"),
    ("service", "deployable", "deployment", "check"),
    ("service", "back_to", "service", "roll_back_to"),
    ("service", "started", "deployment", "of_revision"),
    ("service", "follow", "deployment", "follow"),
    ("service", "not_served", "load_balancer", "check_not_served"),
    (
        "service",
        "not_deployed_by_others",
        "service",
        "check_not_deployed_by_others",
    ),
    ("target_group", "alone", "target_group", "only_target"),
    (
        "target_group",
        "healthy",
        "target_group",
        "wait_until_healthy",
    ),
    ("target_group", "serving", "target_group", "serving_arn"),
    (
        "task_definition",
        "anew",
        "task_definition",
        "as_new_revision",
    ),
    (
        "task_definition",
        "usable",
        "task_definition",
        "ensure_active",
    ),
    (
        "task_definition",
        "pinned",
        "task_definition",
        "check_pinned",
    ),
    ("watch", "moved", "watch", "retarget"),
    ("windows", "look", "windows", "state"),
    ("windows", "wait", "windows", "wait_until_open"),
];

/// Modules of the library, without `std/`.
const MODULES: &[(&str, &str)] = &[("colours", "blue_green_pair")];

/// Options of functions and requests. An old name counts only where the new one is declared.
const OPTIONS: &[(&str, &str)] = &[
    ("keep", "bake_time"),
    ("keep", "capture"),
    ("keep", "no_undo"),
    ("second", "load_balancer_config"),
    ("firing", "ignored_alarms"),
    ("room", "min_open"),
    ("base", "base_url"),
    ("like", "settings_from"),
    ("than", "no_worse_than"),
    ("undo", "undo_prefix"),
    ("unless", "skip_at"),
    ("fresh", "max_age"),
    ("known", "existing"),
    ("again", "allow_released"),
    ("out_cooldown", "scale_out_cooldown"),
    ("in_cooldown", "scale_in_cooldown"),
    ("grace", "grace_period"),
    ("every", "interval"),
    ("healthy", "healthy_threshold"),
    ("unhealthy", "unhealthy_threshold"),
    ("drain", "deregistration_delay"),
    ("path", "health_path"),
    ("of", "only_from"),
];

/// Members of what a verb returns: the verb, the member as it was, the member as it is.
const MEMBERS: &[(&str, &str, &str)] = &[("check::hold", "looks", "checks")];

/// Parameters of the shipped pipelines. An old name counts only where the new one is declared.
const PARAMETERS: &[(&str, &str)] = &[("confirms", "confirmed_by")];

/// Values of options and parameters that are one of several. An old value counts only where the new one is allowed.
const VALUES: &[(&str, &str)] = &[("sleeps", "scale_to_zero"), ("goes", "delete")];

/// The module (without `std/`) and the name that the function `name` of `module` (without `std/`) has now.
pub(super) fn function(module: &str, name: &str) -> Option<(&'static str, &'static str)> {
    let known = FUNCTIONS
        .iter()
        .find(|(m, n, ..)| (*m, *n) == (module, name));
    known.map(|(_, _, module, name)| (*module, *name))
}

/// The name that the library module `name` (without `std/`) has now.
pub(super) fn module(name: &str) -> Option<&'static str> {
    now(MODULES, name, |_| true)
}

/// The name that the option `name` has now, where that is one of `declared`.
pub(super) fn option(name: &str, declared: &[&str]) -> Option<&'static str> {
    now(OPTIONS, name, |new| declared.contains(&new))
}

/// The name that the member `name` of what `verb` returns has now.
pub(super) fn member(verb: &str, name: &str) -> Option<&'static str> {
    let known = MEMBERS
        .iter()
        .find(|(of, old, _)| (*of, *old) == (verb, name));
    known.map(|(.., new)| *new)
}

/// The name that the parameter `name` has now, where that is one of `declared`.
pub(super) fn parameter(name: &str, declared: &[&str]) -> Option<&'static str> {
    now(PARAMETERS, name, |new| declared.contains(&new))
}

/// What the value `name` is called now, where that is one of `allowed`.
fn value(name: &str, allowed: &[String]) -> Option<&'static str> {
    now(VALUES, name, |new| allowed.iter().any(|one| one == new))
}

/// How a new name is told: `renamed: `keep` is `bake_time``.
pub(super) fn said(old: &str, new: &str) -> String {
    format!("renamed: `{old}` is `{new}`")
}

/// What is added to the refusal of the value `name`, where one of `allowed` is its new name; otherwise empty.
pub(super) fn value_hint(name: &str, allowed: &[String]) -> String {
    value(name, allowed).map_or_else(String::new, |new| format!(": {}", said(name, new)))
}

fn now(
    table: &[(&str, &'static str)],
    name: &str,
    fits: impl Fn(&'static str) -> bool,
) -> Option<&'static str> {
    let new = table
        .iter()
        .filter(|(old, _)| *old == name)
        .map(|(_, new)| *new);
    new.into_iter().find(|new| fits(new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::library;

    fn has_function(module: &str, name: &str) -> bool {
        let text = library::text(module).unwrap_or_default();
        text.lines()
            .any(|line| line.starts_with(&format!("fn {name}(")))
    }

    #[test]
    fn new_functions_and_modules_exist_and_old_ones_do_not() {
        for (old_module, old, new_module, new) in FUNCTIONS {
            assert!(has_function(new_module, new), "{new_module}::{new}");
            assert!(!has_function(old_module, old), "{old_module}::{old}");
        }
        for (old, new) in MODULES {
            assert!(
                library::text(new).is_some() && library::text(old).is_none(),
                "{old}"
            );
        }
    }

    /// Whether a line of one of `texts` declares an option or a parameter of this name.
    fn declared<'t>(mut texts: impl Iterator<Item = &'t str>, name: &str) -> bool {
        let declares = |line: &str| {
            let rest = line
                .trim_start()
                .strip_prefix(name)
                .and_then(|l| l.strip_prefix(':'));
            let word = rest.and_then(|rest| rest.trim_start().split_once('('));
            word.is_some_and(|(word, _)| {
                word.chars().all(|c| c.is_ascii_lowercase()) && !word.is_empty()
            })
        };
        texts.any(|text| text.lines().any(declares))
    }

    #[test]
    fn new_options_exist_and_no_module_declares_both() {
        let texts = || library::MODULES.iter().map(|module| module.text);
        for (old, new) in OPTIONS {
            assert!(declared(texts(), new), "{new}");
            let both = texts().find(|text| {
                declared([*text].into_iter(), old) && declared([*text].into_iter(), new)
            });
            assert!(both.is_none(), "{old}, {new}");
        }
    }

    #[test]
    fn new_parameters_and_values_exist() {
        let shipped = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/pipelines/catalog/blue_green.rhai"
        );
        let text = std::fs::read_to_string(shipped).unwrap_or_default();
        for (old, new) in PARAMETERS {
            assert!(declared([text.as_str()].into_iter(), new), "{new}");
            assert!(!declared([text.as_str()].into_iter(), old), "{old}");
        }
        for (old, new) in VALUES {
            assert!(
                text.contains(&format!("\"{new}\"")) && !text.contains(&format!("\"{old}\"")),
                "{old}"
            );
        }
    }

    #[test]
    fn verbs_return_the_members_by_their_new_names() {
        let all = crate::primitive::all();
        for (verb, old, new) in MEMBERS {
            let verb = all.iter().find(|one| one.declaration().path() == *verb);
            let returns = verb.map_or("", |verb| verb.declaration().returns);
            assert!(returns.contains(new) && !returns.contains(old), "{old}");
        }
    }

    #[test]
    fn an_old_name_counts_only_where_the_new_one_is_known() {
        assert_eq!(option("keep", &["bake_time", "alarms"]), Some("bake_time"));
        assert_eq!(option("keep", &["capture"]), Some("capture"));
        assert_eq!(option("keep", &["alarms"]), None);
        assert_eq!(function("rollback", "way"), Some(("rollback", "check")));
        assert_eq!(
            function("service", "primary"),
            Some(("deployment", "primary"))
        );
        assert_eq!(function("service", "find"), None);
    }
}
