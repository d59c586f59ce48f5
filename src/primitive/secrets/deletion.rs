//! Secrets Manager's secrets as things that are there or not: nothing here has a value.

use serde_json::{Value, json};

use crate::primitive::api::reconcile::{did_not_happen, happened_if_gone, is_not_found};
use crate::primitive::api::{Api, left, name_of, send};
use crate::primitive::{Context, LineKind, Reconciled};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

const SERVICE: &str = "secretsmanager";

fn read(
    name: &'static str,
    operation: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read(
        "secrets",
        name,
        (SERVICE, operation),
        "SecretId",
        doc,
        example,
    )
}

/// Operations on secrets that show no value.
pub(super) fn all() -> [Api; 3] {
    [
        read(
            "describe_secret",
            "DescribeSecret",
            "Describes a secret without its value: it has a `DeletedDate` if it is scheduled for deletion.",
            r#"print(secrets::describe_secret(#{ SecretId: "catalog-db-connection" }).ARN);"#,
        ),
        read(
            "delete_secret",
            "DeleteSecret",
            "Schedules a secret for deletion after `RecoveryWindowInDays` (7 to 30, 30 if left out), until when `secrets::restore_secret` restores it. With `ForceDeleteWithoutRecovery` it cannot be restored.",
            r#"let gone = secrets::delete_secret(#{ SecretId: "catalog-db-connection", RecoveryWindowInDays: 7 });
print(gone.DeletionDate);"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let live = described(cx, input)?;
            let forced = input["ForceDeleteWithoutRecovery"] == json!(true);
            Ok(match live {
                Some(secret) if secret["DeletedDate"].is_string() && !forced => {
                    Reconciled::Happened {
                        output: json!({
                            "ARN": secret["ARN"],
                            "Name": secret["Name"],
                            "DeletionDate": secret["DeletedDate"],
                        }),
                        how: "it is marked for deletion".into(),
                    }
                }
                live => happened_if_gone(live.as_ref(), json!({ "Name": input["SecretId"] })),
            })
        })
        .residue(|input, output| {
            let name = name_of(&input["SecretId"]);
            let forced = input["ForceDeleteWithoutRecovery"] == json!(true);
            let text = match output["DeletionDate"].as_str().filter(|_| !forced) {
                Some(until) => format!("secret {name} marked for deletion; it can be restored until {until}"),
                None => format!("secret {name} deleted for good"),
            };
            left(text, false)
        }),
        read(
            "restore_secret",
            "RestoreSecret",
            "Restores a secret that is scheduled for deletion.",
            r#"secrets::delete_secret(#{ SecretId: "catalog-db-connection", RecoveryWindowInDays: 7 });
print(secrets::restore_secret(#{ SecretId: "catalog-db-connection" }).Name);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            Ok(match described(cx, input)? {
                Some(secret) if secret["DeletedDate"].is_null() => Reconciled::Happened {
                    output: json!({ "ARN": secret["ARN"], "Name": secret["Name"] }),
                    how: "it is not marked for deletion".into(),
                },
                _ => did_not_happen("it is marked for deletion"),
            })
        })
        .residue(|input, _| left(format!("secret {} restored", name_of(&input["SecretId"])), true)),
    ]
}

/// A secret without its value; `None`: there is none.
fn described(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let describe = json!({ "SecretId": input["SecretId"] });
    match send(cx, &AwsCall::new(SERVICE, "DescribeSecret", describe)) {
        Ok(secret) => Ok(Some(secret)),
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) => Ok(None),
        Err(stop) => Err(stop),
    }
}
