//! Invocations: which version answers, and what.

use aws_smithy_types::base64;
use serde_json::{Value, json};

use super::configuration::is_dry_run;
use super::metrics::behaviour_at;
use super::state::{LATEST, Lambda};
use super::{function, named, no_function};
use crate::vocabulary::{Fault, unknown};
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::kernel::Kernel;

/// By how many parts chance decides.
const PARTS: usize = 10_000;

/// `Invoke`. An alias with weights decides by chance.
pub(super) fn invoke(lambda: &Lambda, kernel: &mut Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, qualifier) = named(input)?;
    let function = function(lambda, kernel, &name)?;
    let asked = qualifier.as_deref().unwrap_or(LATEST);
    let version = match function.aliases.get(asked) {
        Some(alias) => {
            let additional = alias.additional.as_ref();
            let drawn = additional.filter(|(_, weight)| chance(kernel, *weight));
            drawn.map_or(&alias.version, |(version, _)| version).clone()
        }
        None => asked.to_owned(),
    };
    let build = function.build(&version);
    let build = build.ok_or_else(|| no_function(kernel, &name, qualifier.as_deref()))?;
    if is_dry_run(input) {
        return Ok(json!({ "StatusCode": 204 }));
    }
    let behaviour = behaviour_at(kernel, function, &version, build, kernel.now());
    let fails = chance(kernel, behaviour.errors);
    if text(input, "InvocationType") == Some("Event") {
        return Ok(json!({ "StatusCode": 202 }));
    }
    if kernel.all_goes_well() {
        // What code answers, only a run can know.
        let payload = unknown(format!("what {name} answers"));
        return Ok(json!({ "StatusCode": 200, "ExecutedVersion": version, "Payload": payload }));
    }
    let payload = match fails {
        true => {
            json!({ "errorMessage": format!("{} failed", build.code.name()), "errorType": "Error" })
        }
        false => behaviour.answer.clone(),
    };
    let mut out = json!({
        "StatusCode": 200, "ExecutedVersion": version, "Payload": base64::encode(payload.to_string()),
    });
    if fails {
        set(&mut out, "FunctionError", json!("Unhandled"));
    }
    if text(input, "LogType") == Some("Tail") {
        let took = behaviour.duration.as_secs_f64() * 1000.0;
        let line = format!("REPORT Duration: {took:.2} ms");
        set(&mut out, "LogResult", json!(base64::encode(line)));
    }
    Ok(out)
}

/// True with this probability, from 0 to 1.
fn chance(kernel: &mut Kernel, share: f64) -> bool {
    (kernel.rng.below(PARTS) as f64) < share * PARTS as f64
}
