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
