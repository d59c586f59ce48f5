//! Secrets Manager: secrets, whose values are never modelled, and what tasks get of them.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::text::arn::{Arn, secret_and_parts};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{flag, invalid, number, page, required, set, text};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// The state of Secrets Manager: secrets by name, without their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    by_name: BTreeMap<String, Secret>,
}

impl Secrets {
    /// Adds a secret under its name.
    pub(crate) fn add(&mut self, name: String, secret: Secret) {
        self.by_name.insert(name, secret);
    }

    /// The names of all secrets.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }
}

/// A secret. Its value is never modelled: only whether there is one.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub(crate) arn: String,
    pub(crate) has_value: bool,
    /// Until when it can be restored, where it is marked for deletion.
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) binary: bool,
    /// The members of the JSON that it holds.
    pub(crate) keys: Vec<String>,
}

impl Secret {
    /// Whether the time is over in which it could be restored.
    fn gone(&self, now: Timestamp) -> bool {
        self.deleted.is_some_and(|at| at <= now)
    }
}

/// What every secret that has a value holds.
pub const VALUE: &str = "nobody-may-see-this";

/// How long a secret can be restored where nothing else is said.
pub(crate) const WINDOW: Duration = Duration::from_secs(30 * DAY);
const DAY: u64 = 24 * 3600;

const NO_SECRET: &str = "Secrets Manager can't find the specified secret.";
const NO_VALUE: &str =
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
const DELETED: &str =
    "You can't perform this operation on the secret because it was marked for deletion.";

/// How far Secrets Manager is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "secretsmanager",
    behaves: "Secrets are created, get values, are marked for deletion and restored in time. Tasks that need a \
              missing secret, value or key do not start.",
    leaves_out: "Whether a secret has a value is simulated; the value is not, and every one reads the same. \
              Versions, rotation, replication and policies are left out.",
    tests: &[
        "simulated::tests::stores",
        "simulated::tests::refusals::secrets",
        "emulated::conformance::cases::secrets",
    ],
};

pub(crate) fn call(
    secrets: &mut Secrets,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    let now = kernel.now();
    secrets.by_name.retain(|_, secret| !secret.gone(now));
    match operation {
        "GetSecretValue" => get(secrets, kernel, input),
        "DescribeSecret" => describe(secrets, kernel, input),
        "ListSecrets" => list(secrets, kernel, input),
        "CreateSecret" => create(secrets, kernel, input),
        "PutSecretValue" | "UpdateSecret" => put_value(secrets, input),
        "DeleteSecret" => delete(secrets, kernel, input),
        "RestoreSecret" => restore(secrets, input),
        _ => Err(not_simulated("secretsmanager", operation)),
    }
}

/// A secret by name, ARN, or ARN without its random ending.
fn find<'a>(secrets: &'a Secrets, id: &str) -> Option<(&'a str, &'a Secret)> {
    let by_arn = |secret: &Secret| {
        let partial = secret.arn.rsplit_once('-').map(|(partial, _)| partial);
        secret.arn == id || partial == Some(id)
    };
    secrets
        .by_name
        .iter()
        .find(|(name, secret)| *name == id || by_arn(secret))
        .map(|(name, secret)| (name.as_str(), secret))
}

/// What reading its value comes to.
fn readable<'a>(
    secrets: &'a Secrets,
    kernel: &Kernel,
    id: &str,
) -> Result<(&'a str, &'a Secret), Fault> {
    let not_found = |message| Fault::new("ResourceNotFoundException", message);
    let (name, secret) = find(secrets, id)
        .filter(|(_, secret)| !secret.gone(kernel.now()))
        .ok_or_else(|| not_found(NO_SECRET))?;
    if secret.deleted.is_some() {
        return Err(Fault::new("InvalidRequestException", DELETED));
    }
    if !secret.has_value || kernel.fault_on("secret-empty", name) {
        return Err(not_found(NO_VALUE));
    }
    Ok((name, secret))
}

fn get(secrets: &Secrets, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, secret) = readable(secrets, kernel, required(input, "SecretId")?)?;
    let members = secret.keys.iter().map(|key| (key.clone(), json!(VALUE)));
    let (member, value) = match (secret.binary, secret.keys.is_empty()) {
        (true, _) => ("SecretBinary", "bm9ib2R5LW1heS1zZWUtdGhpcw==".to_owned()),
        (false, true) => ("SecretString", VALUE.to_owned()),
        (false, false) => ("SecretString", Value::Object(members.collect()).to_string()),
    };
    Ok(json!({
        "ARN": secret.arn,
        "Name": name,
        "VersionId": VERSION,
        member: value,
        "VersionStages": ["AWSCURRENT"],
        "CreatedDate": kernel.start.to_string(),
    }))
}

const VERSION: &str = "5a1d0000-0000-4000-8000-000000000001";

/// Whether a call brings a value, and whether that is binary.
fn brought(input: &Value) -> Option<bool> {
    let some = |name| text(input, name).is_some_and(|v| !v.is_empty());
    match (some("SecretString"), some("SecretBinary")) {
        (true, _) => Some(false),
        (false, true) => Some(true),
        (false, false) => None,
    }
}

/// The members of the JSON that a call brings; none where it is not an object.
fn keys_of(input: &Value) -> Vec<String> {
    let given = text(input, "SecretString").unwrap_or_default();
    match serde_json::from_str(given) {
        Ok(Value::Object(members)) => members.into_iter().map(|(key, _)| key).collect(),
        _ => Vec::new(),
    }
}

fn create(secrets: &mut Secrets, kernel: &mut Kernel, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "Name")?.to_owned();
    let fits = |c: char| c.is_ascii_alphanumeric() || "/_+=.@!-".contains(c);
    if name.len() > 512 || !name.chars().all(fits) {
        return Err(Fault::new(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        ));
    }
    match secrets.by_name.get(&name) {
        Some(known) if known.deleted.is_some() => {
            return Err(Fault::new(
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            ));
        }
        Some(_) => {
            return Err(Fault::new(
                "ResourceExistsException",
                format!("The operation failed because the secret {name} already exists."),
            ));
        }
        None => {}
    }
    let ending = kernel.rng.hex(6);
    let value = brought(input);
    let secret = Secret {
        arn: kernel.arn("secretsmanager", &format!("secret:{name}-{ending}")),
        has_value: value.is_some(),
        deleted: None,
        binary: value == Some(true),
        keys: keys_of(input),
    };
    let mut out = json!({ "ARN": secret.arn, "Name": name });
    if value.is_some() {
        set(&mut out, "VersionId", json!(VERSION));
    }
    secrets.by_name.insert(name, secret);
    Ok(out)
}

fn known<'a>(secrets: &'a mut Secrets, input: &Value) -> Result<(String, &'a mut Secret), Fault> {
    let none = || Fault::new("ResourceNotFoundException", NO_SECRET);
    let name = find(secrets, required(input, "SecretId")?).map(|(name, _)| name.to_owned());
    let name = name.ok_or_else(none)?;
    let secret = secrets.by_name.get_mut(&name).ok_or_else(none)?;
    Ok((name, secret))
}

fn put_value(secrets: &mut Secrets, input: &Value) -> Result<Value, Fault> {
    let (name, secret) = known(secrets, input)?;
    if secret.deleted.is_some() {
        return Err(Fault::new("InvalidRequestException", DELETED));
    }
    if let Some(binary) = brought(input) {
        (secret.has_value, secret.binary) = (true, binary);
        secret.keys = keys_of(input);
    }
    Ok(
        json!({ "ARN": secret.arn, "Name": name, "VersionId": VERSION, "VersionStages": ["AWSCURRENT"] }),
    )
}

fn delete(secrets: &mut Secrets, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let now = kernel.now();
    let force = flag(input, "ForceDeleteWithoutRecovery");
    let window = number(input, "RecoveryWindowInDays");
    if force && window.is_some() {
        return Err(invalid(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        ));
    }
    let window = window.map_or(WINDOW, |days| Duration::from_secs(days * DAY));
    if !(7 * DAY..=30 * DAY).contains(&window.as_secs()) {
        return Err(invalid(
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        ));
    }
    let (name, secret) = known(secrets, input)?;
    if secret.deleted.is_some() && !force {
        return Err(Fault::new("InvalidRequestException", DELETED));
    }
    let arn = secret.arn.clone();
    let at = match force {
        true => {
            secrets.by_name.remove(&name);
            now
        }
        false => *secret.deleted.insert(later(now, window)),
    };
    Ok(json!({ "ARN": arn, "Name": name, "DeletionDate": at.to_string() }))
}

fn restore(secrets: &mut Secrets, input: &Value) -> Result<Value, Fault> {
    let (name, secret) = known(secrets, input)?;
    secret.deleted = None;
    Ok(json!({ "ARN": secret.arn, "Name": name }))
}

fn describe(secrets: &Secrets, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let id = required(input, "SecretId")?;
    let (name, secret) =
        find(secrets, id).ok_or_else(|| Fault::new("ResourceNotFoundException", NO_SECRET))?;
    Ok(render(kernel, name, secret, "VersionIdsToStages"))
}

/// `versions`: what the operation calls the versions and their stages.
fn render(kernel: &Kernel, name: &str, secret: &Secret, versions: &str) -> Value {
    let empty = !secret.has_value || kernel.fault_on("secret-empty", name);
    let mut out = json!({
        "ARN": secret.arn,
        "Name": name,
        "CreatedDate": kernel.start.to_string(),
        "LastChangedDate": kernel.start.to_string(),
        "Tags": [],
    });
    if !empty {
        set(&mut out, versions, json!({ VERSION: ["AWSCURRENT"] }));
    }
    if let Some(at) = secret.deleted {
        set(&mut out, "DeletedDate", json!(at.to_string()));
    }
    out
}

fn list(secrets: &Secrets, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let deleted_too = flag(input, "IncludePlannedDeletion");
    let all = secrets
        .by_name
        .iter()
        .filter(|(_, s)| deleted_too || s.deleted.is_none())
        .map(|(name, secret)| render(kernel, name, secret, "SecretVersionsToStages"))
        .collect();
    // This service spells its page members in capitals.
    let lower =
        json!({ "nextToken": input.get("NextToken"), "maxResults": input.get("MaxResults") });
    let mut out = page(&lower, "SecretList", all, 100);
    if let Some(next) = out.as_object_mut().and_then(|o| o.remove("nextToken")) {
        set(&mut out, "NextToken", next);
    }
    Ok(out)
}

/// Refuses the live answer of `GetSecretValue` where a fault empties the secret.
pub(crate) fn unless_emptied(kernel: &Kernel, live: &Value) -> Result<(), Fault> {
    let name = live.get("Name").and_then(Value::as_str).unwrap_or_default();
    if kernel.fault_on("secret-empty", name) {
        return Err(Fault::new("ResourceNotFoundException", NO_VALUE));
    }
    Ok(())
}

/// Fetches what a live container's `secrets[].valueFrom` names: it is there, unless a fault empties it.
///
/// # Errors
/// As [`for_task`].
pub(crate) fn for_live_task(kernel: &Kernel, from: &str) -> Result<(), String> {
    let (arn, _) = secret_and_parts(from);
    let Some(arn) = Arn::parse(arn).filter(|arn| arn.service == "secretsmanager") else {
        return Ok(());
    };
    // An ARN ends in six characters of its own.
    let name = arn.name();
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    if kernel.fault_on("secret-empty", name) {
        let fault = Fault::new("ResourceNotFoundException", NO_VALUE);
        return Err(not_fetched(from, &fault));
    }
    Ok(())
}

/// Fetches what a container's `secrets[].valueFrom` names, as a task does.
///
/// # Errors
/// Why not, as the task's stopped reason goes on.
pub(crate) fn for_task(secrets: &Secrets, kernel: &Kernel, from: &str) -> Result<(), String> {
    let (id, [key, stage, _]) = secret_and_parts(from);
    let (_, secret) = readable(secrets, kernel, id).map_err(|fault| not_fetched(from, &fault))?;
    if let Some(stage) = stage.filter(|stage| *stage != "AWSCURRENT") {
        let what = format!(
            "Secrets Manager can't find the specified secret value for staging label: {stage}"
        );
        let fault = Fault::new("ResourceNotFoundException", what);
        return Err(not_fetched(from, &fault));
    }
    match key {
        Some(key) if !secret.keys.iter().any(|known| known == key) => Err(format!(
            "unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key {key}"
        )),
        _ => Ok(()),
    }
}

fn not_fetched(from: &str, fault: &Fault) -> String {
    format!(
        "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {from} from secrets manager: {}: {}",
        fault.code, fault.message
    )
}
