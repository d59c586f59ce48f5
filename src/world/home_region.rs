//! The place that a call is about, where its input names something by an ARN.

use super::AwsCall;
use super::apis::aws::spelt;
use crate::text::arn::Arn;

impl AwsCall {
    /// The region of what the input names by ARN (or by the URL of a queue), where that is something of the same
    /// service. `None`: it names nothing so, or things of several regions.
    pub fn home(&self) -> Option<&str> {
        let mut found = None;
        for (member, value) in self.input.as_object()? {
            // What is copied is elsewhere; the copy is made here.
            if member.contains("Source") {
                continue;
            }
            let one = std::slice::from_ref(value);
            for text in value.as_array().map_or(one, |items| items.as_slice()) {
                let Some(region) = text.as_str().and_then(|text| self.region_in(text)) else {
                    continue;
                };
                if *found.get_or_insert(region) != region {
                    return None;
                }
            }
        }
        found
    }

    fn region_in<'a>(&self, text: &'a str) -> Option<&'a str> {
        let region = match Arn::parse(text) {
            Some(arn) if !self.is_named(arn.service) => return None,
            Some(arn) => arn.region,
            None if self.service == "sqs" => {
                let host = text.strip_prefix("https://sqs.")?.split('/').next()?;
                host.split_once(".amazonaws.com")?.0
            }
            None => return None,
        };
        (!region.is_empty()).then_some(region)
    }

    /// Whether ARNs name the service so: those of `elbv2` say `elasticloadbalancing`.
    fn is_named(&self, in_arns: &str) -> bool {
        in_arns == self.service || spelt(in_arns).contains(&self.service.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_named_by_arn_is_at_home_in_its_region() {
        let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3";
        let topic = "arn:aws:sns:eu-west-1:123456789012:alerts";
        let group =
            |region: &str| format!("arn:aws:elasticloadbalancing:{region}:1:targetgroup/a/b");
        for (service, operation, input, home) in [
            (
                "secretsmanager",
                "GetSecretValue",
                json!({ "SecretId": secret }),
                Some("us-east-1"),
            ),
            (
                "secretsmanager",
                "GetSecretValue",
                json!({ "SecretId": "db" }),
                None,
            ),
            (
                "ssm",
                "GetParameter",
                json!({ "Name": "arn:aws:ssm:eu-west-1:1:parameter/db" }),
                Some("eu-west-1"),
            ),
            (
                "kms",
                "DescribeKey",
                json!({ "KeyId": "arn:aws-cn:kms:cn-north-1:1:key/k" }),
                Some("cn-north-1"),
            ),
            (
                "sns",
                "Publish",
                json!({ "TopicArn": topic }),
                Some("eu-west-1"),
            ),
            (
                "elbv2",
                "DescribeTargetHealth",
                json!({ "TargetGroupArn": group("us-west-2") }),
                Some("us-west-2"),
            ),
            (
                "elbv2",
                "DescribeTargetGroups",
                json!({ "TargetGroupArns": [group("a-1"), group("b-1")] }),
                None,
            ),
            (
                "sqs",
                "GetQueueAttributes",
                json!({ "QueueUrl": "https://sqs.us-west-2.amazonaws.com/1/q" }),
                Some("us-west-2"),
            ),
            // An alarm lives where it is made, wherever its topic is.
            (
                "cloudwatch",
                "PutMetricAlarm",
                json!({ "AlarmActions": [topic] }),
                None,
            ),
            (
                "iam",
                "GetRole",
                json!({ "RoleName": "arn:aws:iam::1:role/x" }),
                None,
            ),
            (
                "rds",
                "CopyDBSnapshot",
                json!({ "SourceDBSnapshotIdentifier": "arn:aws:rds:us-east-1:1:snapshot:a" }),
                None,
            ),
        ] {
            assert_eq!(
                AwsCall::new(service, operation, input.clone()).home(),
                home,
                "{input}"
            );
        }
    }
}
