//! `deployer reference services`: what AWS has, from its own models.

use crate::support::deployer::Deployer;

#[test]
fn services_operations_and_members_are_shown() {
    let deployer = Deployer::offline();
    let shown = |arguments: &[&str]| {
        let all = [&["--output=plain", "reference", "services"], arguments].concat();
        let finished = deployer.run(&all);
        finished.expect(0);
        finished
    };
    let listed = shown(&[]);
    for name in [
        "lambda",
        "route53",
        "stepfunctions",
        "application-autoscaling",
    ] {
        let mut lines = listed.stdout.lines();
        let found = lines.any(|line| line.starts_with(&format!("{name} ")));
        assert!(found, "{name}: {listed}");
    }
    // The field of a fixture that has the same name.
    listed.says("### services");
    let lambda = shown(&["lambda"]);
    lambda
        .says("AWS Lambda, version 2015-03-31 of its API")
        .says("FunctionName, Name");
    let operation = shown(&["lambda", "UpdateAlias"]);
    operation
        .says("## lambda UpdateAlias")
        .says("*write.* AWS Lambda")
        .says("| `FunctionName` | text | required, 1 to 140 |")
        .says("| `RoutingConfig` | map `AliasRoutingConfiguration` |")
        .says("#### AliasRoutingConfiguration")
        .says("| `AdditionalVersionWeights` | map of number |")
        .says("### Answer");
    // A structure that holds itself is shown once.
    let get = shown(&["dynamodb", "GetItem"]);
    assert_eq!(get.stdout.matches("#### AttributeValue\n").count(), 1);
    shown(&["qbusiness", "Chat"]).says("cannot be called: its input is a stream of events");
}

#[test]
fn what_aws_does_not_have_has_candidates() {
    let deployer = Deployer::offline();
    for (arguments, said) in [
        (&["services", "lamda"][..], "did you mean `lambda`?"),
        (&["services", "eventbridge"], "did you mean `events`?"),
        (
            &["services", "lambda", "UpdateAlis"],
            "did you mean `UpdateAlias`?",
        ),
        (&["ecs", "lambda"], "`ecs` does not take `lambda`"),
    ] {
        let all = [&["--output=plain", "reference"], arguments].concat();
        let finished = deployer.run(&all);
        finished.expect(2).says(said);
    }
}
