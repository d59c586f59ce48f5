//! One run at a time on a service: a live run claims it in the state directory.

use jiff::Timestamp;

use super::aws_identity;
use crate::cli::global::GlobalArgs;
use crate::journal::{Claim, Store};
use crate::run::Claims;
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, codes};

/// Takes claims in the state directory for one run.
pub(in crate::cli) struct RunClaims {
    store: Store,
    run: String,
    /// How to call the program, for hints.
    program: String,
    /// The endpoint that replaces AWS, if there is one: a service of the same name there is another service.
    endpoint: Option<String>,
}

impl RunClaims {
    pub(in crate::cli) fn of(run: String, global: &GlobalArgs) -> RunClaims {
        RunClaims {
            store: global.store(),
            run,
            program: global.program(),
            endpoint: aws_identity::endpoint(),
        }
    }
}

impl Claims for RunClaims {
    fn claim(&self, what: &str, step: Option<&str>) -> Result<(), Fault> {
        let claim = Claim {
            run: self.run.clone(),
            what: match &self.endpoint {
                Some(endpoint) => format!("{endpoint} {what}"),
                None => what.to_owned(),
            },
            since: Timestamp::now(),
            step: step.map(str::to_owned),
        };
        let taken = match self.store.claim(&claim) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(taken)) => taken,
            Err(error) => {
                return Err(Fault::new(
                    codes::STATE,
                    format!("the claim on {what}: {error}"),
                ));
            }
        };
        let other = &taken.claim;
        let step = other.step.as_ref();
        let step = step.map_or(String::new(), |step| format!(", step {step}"));
        let since = other.since.strftime("%Y-%m-%d %H:%MZ");
        let how = match taken.running {
            true => "is running",
            false => "has begun to change it, and is not over",
        };
        let message = format!(
            "{} is being deployed by run {} since {since}{step}, which {how}",
            short_name(what),
            other.run
        );
        let (program, run) = (&self.program, &other.run);
        let hint = match taken.running {
            true => format!("wait for it, or look: {program} show {run}"),
            false => format!(
                "go on with it: {program} resume {run}; if it will never go on, put right what it has left and delete {}",
                taken.file.display()
            ),
        };
        Err(Fault::new(codes::SERVICE_BUSY, message).hint(hint))
    }
}
