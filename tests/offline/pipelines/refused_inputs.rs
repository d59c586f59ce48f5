//! Inputs that AWS's models do not take: refused by `check`, `plan` and `rehearse` alike, whatever the service.

use crate::support::deployer::Deployer;

const CLOUD: &str = "account = \"123456789012\"\nregion = \"eu-west-1\"\nclusters = [\"prod\"]\n";

/// A verb, an input that it does not take, and what is said of it.
///
/// The members and types are those of the API references: AWS Secrets Manager, DeleteSecret; Elastic Load Balancing
/// (2015-12-01), CreateTargetGroup and DescribeTargetGroups; Amazon CloudWatch, PutMetricAlarm; AWS Lambda, UpdateAlias; Amazon
/// S3, PutObject; Amazon EC2, DescribeVpcs; each "Request Parameters" or "Request Syntax".
const REFUSED: [(&str, &str, &str); 9] = [
    (
        "secrets::delete_secret",
        "SecretId: \"db\", RecoveryWindowInDay: 7",
        "RecoveryWindowInDays",
    ),
    (
        "elb::create_target_group",
        "Name: \"z\", Protocol: \"HTTP\", Port: 80, HealthCheckPaht: \"/x\"",
        "HealthCheckPath",
    ),
    (
        "elb::describe_target_groups",
        "Names: \"blue\"",
        "expected list, found string",
    ),
    (
        "cloudwatch::put_metric_alarm",
        "AlarmName: \"a\", EvaluationPeriods: 1, ComparisonOperator: \"GreaterThanThreshold\", TreatMissingDat: \"ignore\"",
        "TreatMissingData",
    ),
    (
        "cloudwatch::put_metric_alarm",
        "AlarmName: \"a\", EvaluationPeriods: 1, ComparisonOperator: \"GreaterThanThreshold\", TreatMissingData: \"bogus\"",
        "unknown value \"bogus\"",
    ),
    (
        "aws::call",
        "service: \"lambda\", operation: \"UpdateAlias\", input: #{ FunctionName: \"f\", Nmae: \"live\" }",
        "Name",
    ),
    (
        "aws::call",
        "service: \"lambda\", operation: \"UpdateAlias\", input: #{ FunctionName: \"f\" }",
        "required and missing",
    ),
    (
        "aws::call",
        "service: \"s3\", operation: \"PutObject\", input: #{ Bucket: \"b\", Key: \"k\", ContentLength: \"long\" }",
        "expected integer, found string",
    ),
    (
        "aws::call",
        "service: \"ec2\", operation: \"DescribeVpcs\", input: #{ VpcId: [\"vpc-1\"] }",
        "VpcIds",
    ),
];

#[test]
fn every_command_refuses_what_aws_does_not_take() {
    for (verb, input, said) in REFUSED {
        let mut deployer = Deployer::offline();
        deployer.write("cloud.toml", CLOUD);
        deployer.write("literal.rhai", &format!("{verb}(#{{ {input} }});\n"));
        // `check` does not know what is computed: the run has to look.
        let computed = format!("let given = #{{ {input} }};\nstep \"Call\" {{ {verb}(given); }}\n");
        deployer.write("computed.rhai", &computed);
        let checked = deployer.run(&["check", "literal.rhai"]);
        checked.expect(2).says(said).says("literal.rhai:1:");
        for command in ["plan", "rehearse"] {
            let refused = deployer.json(&[command, "computed.rhai", "--cloud", "cloud.toml"]);
            let text = format!("{}{}", refused.stdout, refused.stderr);
            let text = text.replace("\\\"", "\"");
            assert!(
                text.contains("invalid_input") && text.contains(said),
                "{command} {verb} {input}: {refused}"
            );
        }
    }
}
