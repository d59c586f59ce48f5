//! Secrets Manager, SSM parameters, and STS.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

fn secret(name: &'static str) -> Case {
    case(name)
        .call(
            "secretsmanager",
            "CreateSecret",
            json!({"Name": "{id}", "SecretString": "hidden"}),
        )
        .keep("arn", "/ARN")
}

fn id(of: &str) -> Value {
    json!({"SecretId": of})
}

fn parameter(name: &'static str) -> Case {
    case(name).call(
        "ssm",
        "PutParameter",
        json!({"Name": "/{id}/flag", "Value": "on", "Type": "String"}),
    )
}

pub fn cases() -> Vec<Case> {
    vec![
        secret("secrets: created with an ARN that ends in six characters")
            .gives(json!({"ARN": "$like arn:aws:secretsmanager:{region}:{account}:secret:{id}-*", "Name": "{id}", "VersionId": "$text"})),
        secret("secrets: a second one of that name is refused")
            .call("secretsmanager", "CreateSecret", json!({"Name": "{id}", "SecretString": "x"}))
            .fails("ResourceExistsException"),
        secret("secrets: described without their value")
            .call("secretsmanager", "DescribeSecret", id("{id}"))
            .gives(json!({"ARN": "{arn}", "Name": "{id}", "SecretString": "$absent", "VersionIdsToStages": {}})),
        secret("secrets: described by ARN")
            .call("secretsmanager", "DescribeSecret", id("{arn}"))
            .gives(json!({"Name": "{id}"})),
        case("secrets: describing an unknown one is refused")
            .call("secretsmanager", "DescribeSecret", id("{id}-none"))
            .fails("ResourceNotFoundException"),
        secret("secrets: values are read")
            .call("secretsmanager", "GetSecretValue", id("{id}"))
            .gives(json!({"ARN": "{arn}", "Name": "{id}", "SecretString": "$text", "VersionStages": ["AWSCURRENT"], "CreatedDate": "$time"})),
        case("secrets: the value of an unknown one is refused")
            .call("secretsmanager", "GetSecretValue", id("{id}-none"))
            .fails("ResourceNotFoundException"),
        case("secrets: one without value cannot be read")
            .call("secretsmanager", "CreateSecret", json!({"Name": "{id}"}))
            .call("secretsmanager", "GetSecretValue", id("{id}"))
            .fails("ResourceNotFoundException"),
        case("secrets: one without value has no version")
            .call("secretsmanager", "CreateSecret", json!({"Name": "{id}"}))
            .call("secretsmanager", "DescribeSecret", id("{id}"))
            .gives(json!({"Name": "{id}", "VersionIdsToStages": "$absent"})),
        case("secrets: a binary one is read as binary")
            .call("secretsmanager", "CreateSecret", json!({"Name": "{id}", "SecretBinary": "aGlkZGVu"}))
            .call("secretsmanager", "GetSecretValue", id("{id}"))
            .gives(json!({"SecretBinary": "$text", "SecretString": "$absent"})),
        secret("secrets: one that is marked for deletion cannot be read")
            .call("secretsmanager", "DeleteSecret", id("{id}"))
            .call("secretsmanager", "GetSecretValue", id("{id}"))
            .fails("InvalidRequestException"),
        secret("secrets: one that is marked for deletion says since when")
            .call("secretsmanager", "DeleteSecret", id("{id}"))
            .call("secretsmanager", "DescribeSecret", id("{id}"))
            .gives(json!({"DeletedDate": "$time"})),
        secret("secrets: deleted ones say until when they can be restored")
            .call("secretsmanager", "DeleteSecret", json!({"SecretId": "{id}", "RecoveryWindowInDays": 7}))
            .gives(json!({"ARN": "{arn}", "Name": "{id}", "DeletionDate": "$time"})),
        secret("secrets: restored ones can be read")
            .call("secretsmanager", "DeleteSecret", id("{id}"))
            .call("secretsmanager", "RestoreSecret", id("{id}"))
            .call("secretsmanager", "GetSecretValue", id("{id}"))
            .gives(json!({"Name": "{id}", "SecretString": "$text"})),
        secret("secrets: restored ones are not to be deleted")
            .call("secretsmanager", "DeleteSecret", id("{id}"))
            .call("secretsmanager", "RestoreSecret", id("{id}"))
            .call("secretsmanager", "DescribeSecret", id("{id}"))
            .gives(json!({"Name": "{id}", "DeletedDate": "$absent"})),
        secret("secrets: deleted by force, they are gone")
            .call("secretsmanager", "DeleteSecret", json!({"SecretId": "{id}", "ForceDeleteWithoutRecovery": true}))
            .call("secretsmanager", "DescribeSecret", id("{id}"))
            .fails("ResourceNotFoundException"),
        case("secrets: an unknown one cannot be deleted")
            .call("secretsmanager", "DeleteSecret", id("{id}-none"))
            .fails("ResourceNotFoundException"),
        case("secrets: an unknown one cannot be restored")
            .call("secretsmanager", "RestoreSecret", id("{id}-none"))
            .fails("ResourceNotFoundException"),
        secret("secrets: a week is the shortest time in which they can be restored")
            .call("secretsmanager", "DeleteSecret", json!({"SecretId": "{id}", "RecoveryWindowInDays": 1}))
            .fails("InvalidParameterException"),
        secret("secrets: listed")
            .call("secretsmanager", "ListSecrets", json!({"MaxResults": 100}))
            .gives(json!({"SecretList": {"$has": {"Name": "{id}", "ARN": "{arn}"}}})),
        parameter("parameters: read by name")
            .call("ssm", "GetParameter", json!({"Name": "/{id}/flag"}))
            .gives(json!({"Parameter": {
                "Name": "/{id}/flag", "Type": "String", "Value": "on", "Version": 1, "LastModifiedDate": "$time",
                "ARN": "arn:aws:ssm:{region}:{account}:parameter/{id}/flag",
            }})),
        case("parameters: an unknown one is refused")
            .call("ssm", "GetParameter", json!({"Name": "/{id}/none"}))
            .fails("ParameterNotFound"),
        parameter("parameters: several are read, unknown ones named apart")
            .call("ssm", "GetParameters", json!({"Names": ["/{id}/flag", "/{id}/none"]}))
            .gives(json!({"Parameters": [{"Name": "/{id}/flag"}], "InvalidParameters": ["/{id}/none"]})),
        parameter("parameters: one that is there is not overwritten by chance")
            .call("ssm", "PutParameter", json!({"Name": "/{id}/flag", "Value": "off", "Type": "String"}))
            .fails("ParameterAlreadyExists"),
        parameter("parameters: one that is overwritten has the next version")
            .call("ssm", "PutParameter", json!({"Name": "/{id}/flag", "Value": "off", "Type": "String", "Overwrite": true}))
            .gives(json!({"Version": 2})),
        case("identity: who calls")
            .call("sts", "GetCallerIdentity", json!({}))
            .gives(json!({"Account": "{account}", "Arn": "$like arn:aws:*", "UserId": "$text"})),
    ]
}
