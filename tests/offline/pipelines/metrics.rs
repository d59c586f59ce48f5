//! Metrics that are measured only since a moment.

use deployer::vocabulary::outcome::Outcome;

use super::mortal_world::{Play, Scene};

/// A metric of the load balancer, with more options of its measurement.
fn requests(name: &str, options: &str) -> String {
    format!(
        r#"#{{ window: "10m", reduce: "sum", {options} queries: [#{{ Id: "m", MetricStat: #{{
            Metric: #{{
                Namespace: "AWS/ApplicationELB", MetricName: "{name}",
                Dimensions: [#{{ Name: "LoadBalancer", Value: "app/realserv-alb/50dc6c495c0c9188" }}],
            }},
            Period: 60, Stat: "Sum",
        }} }}] }}"#
    )
}

#[test]
fn what_went_before_does_not_count() {
    let all = requests("RequestCount", "");
    let own = requests("RequestCount", "since: began,");
    let play = Play::written(&format!(
        r#"let began = time::now();
if cloudwatch::measure({own}).value != () {{ fail("there is a number already"); }}
time::sleep("3m");
let own = cloudwatch::measure({own}).value;
let all = cloudwatch::measure({all}).value;
if own == () || own > all * 0.4 || own < all * 0.1 {{ fail(`${{own}} of ${{all}}`); }}"#
    ));
    let ending = Scene::set(&[]).perform(&play);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
}

#[test]
fn what_has_only_just_begun_is_not_without_data() {
    let watch = |duration: &str, since: &str| {
        let measure = requests("NobodyPublishesThis", since);
        let play = Play::written(&format!(
            r#"let began = time::now();
check::hold(#{{ duration: "{duration}", checks: [#{{ kind: "metric", name: "requests", measure: {measure}, above: 0.0 }}] }});"#
        ));
        Scene::set(&[]).perform(&play)
    };
    let since = "since: began,";
    assert_eq!(watch("90s", since).outcome, Outcome::Succeeded);
    for (duration, since) in [("90s", ""), ("4m", since)] {
        let ending = watch(duration, since);
        let fault = ending.fault.expect("a fault");
        assert_eq!(fault.code, "watch_breached", "{duration}");
        assert_eq!(fault.details["cause"]["code"], "no_data", "{duration}");
    }
}

#[test]
fn a_moment_is_checked_before_anything_runs() {
    let measure = requests("RequestCount", r#"since: "yesterday","#);
    let play = Play::written(&format!(
        "let asked = {measure}; cloudwatch::measure(asked);"
    ));
    let ending = Scene::set(&[]).perform(&play);
    let fault = ending.fault.expect("a fault");
    assert_eq!(fault.code, "invalid_input");
    assert!(
        fault.message.contains("`yesterday` is not a time"),
        "{fault}"
    );
}

#[test]
fn a_small_threshold_says_its_unit() {
    let asked = |name: &str, wanted: &str| {
        let play = Play::written(&format!(
            r#"import "std/metrics" as metrics;
print(metrics::threshold("{name}", "{wanted}", "", ()));"#
        ));
        Scene::set(&[]).perform(&play)
    };
    for (name, wanted, hint) in [
        (
            "error_rate",
            "0.01",
            r#"write "0.01%" if that is meant, otherwise for example "1%""#,
        ),
        (
            "cpu",
            " .5 ",
            r#"write ".5%" if that is meant, otherwise for example "1%""#,
        ),
        (
            "p99",
            "0.5",
            r#"write "0.5ms" if that is meant, otherwise for example "500ms""#,
        ),
    ] {
        let fault = asked(name, wanted).fault.expect("a fault");
        assert_eq!(fault.code, "invalid_input");
        assert!(fault.message.contains("has no unit"), "{fault}");
        assert_eq!(fault.hint.as_deref(), Some(hint));
    }
    for (name, wanted) in [
        ("error_rate", "0.01%"),
        ("error_rate", "0"),
        ("error_rate", "5"),
        ("p99", "0.5s"),
        ("requests", "0.5"),
    ] {
        let ending = asked(name, wanted);
        assert_eq!(ending.outcome, Outcome::Succeeded, "{wanted}: {ending:#?}");
    }
}
