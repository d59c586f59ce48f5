//! `cloudfront::` — removing what the edges of a distribution have cached.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::send;
use super::args::INVALID_INPUT;
use super::{
    Call, Context, Declaration, InFlight, Line, LineKind, Reconciled, Residue, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::AwsCall;

/// Arguments of `cloudfront::invalidate`: which paths of which distribution are read anew.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invalidate {
    /// Id of the distribution: `E1EXAMPLE`.
    distribution: String,
    /// Paths to invalidate: `/index.html`, `/assets/*`, `/*`.
    paths: Vec<String>,
}

impl Verb for Invalidate {
    const DECLARATION: Declaration = Declaration {
        module: "cloudfront",
        name: "invalidate",
        effect: Effect::Write,
        doc: "Creates an invalidation: the edges of the distribution forget what they have cached of these paths. It does not wait: `aws::wait_for(\"cloudfront\", \"InvalidationCompleted\", …)` does. The caller reference is made from the run, so that CloudFront creates one invalidation however often the call is repeated. `*` is a wildcard only at the end of a path; AWS charges by path, and `/*` is one.",
        positional: &["distribution", "paths"],
        returns: "`#{ distribution, id, status }`.",
        example: r#"let made = cloudfront::invalidate("E1REALSERVSITE", ["/*"]);
aws::wait_for("cloudfront", "InvalidationCompleted", #{ DistributionId: made.distribution, Id: made.id });"#,
    };
    const WRITES: &'static [&'static str] = &["CreateInvalidation"];
}

impl Call for Invalidate {
    fn check(&self) -> Result<(), Fault> {
        let wrong = |place: &str, why: String| {
            let name = Self::DECLARATION.path();
            Err(Fault::new(
                INVALID_INPUT,
                format!("{name} at `{place}`: {why}"),
            ))
        };
        if self.distribution.is_empty() || self.distribution.contains(['.', '/']) {
            let why = "expected the id of a distribution, such as `E1EXAMPLE`";
            return wrong("distribution", why.to_owned());
        }
        if self.paths.is_empty() {
            return wrong("paths", "expected at least one, such as `/*`".to_owned());
        }
        let is_bad = |path: &&String| {
            let inner = path.strip_suffix('*').unwrap_or(path);
            !path.starts_with('/') || inner.contains('*')
        };
        match self.paths.iter().find(is_bad) {
            Some(path) => wrong(
                "paths",
                format!("`{path}` must begin with `/`, and have `*` only at its end"),
            ),
            None => Ok(()),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "CreateInvalidation".into(),
            object: self.distribution.clone(),
            detail: self.paths.join(", "),
            kind: LineKind::Creates,
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let batch = json!({
            "Paths": { "Quantity": self.paths.len(), "Items": self.paths },
            "CallerReference": cx.token(),
        });
        let input = json!({ "DistributionId": self.distribution, "InvalidationBatch": batch });
        let answer = send(cx, &AwsCall::new("cloudfront", "CreateInvalidation", input))?;
        // In a plan the whole answer is one that only the run can know.
        let (id, status) = match answer.is_string() {
            true => (answer, json!("InProgress")),
            false => (
                answer["Invalidation"]["Id"].clone(),
                answer["Invalidation"]["Status"].clone(),
            ),
        };
        Ok(json!({ "distribution": self.distribution, "id": id, "status": status }))
    }

    /// CloudFront API Reference, "InvalidationBatch": the same caller reference and paths name the same invalidation.
    fn reconcile(&self, _: &Context<'_>) -> Result<Reconciled, Stop> {
        Ok(Reconciled::MayRepeat {
            how: "CloudFront knows the caller reference again, and creates no other invalidation"
                .to_owned(),
        })
    }

    fn proves_refusal(&self, fault: &Fault) -> bool {
        super::api::answered(fault)
    }

    fn in_flight(&self, _: &Value) -> Option<InFlight> {
        Some(InFlight {
            text: format!(
                "an invalidation of {} continues in CloudFront",
                self.distribution
            ),
            about: self.distribution.clone(),
            stop: None,
        })
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("invalidation of {}", self.distribution),
            harmless: true,
            ..Residue::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::args::read;

    #[test]
    fn paths_are_checked() {
        let refused = |distribution: &str, paths: &[&str]| {
            let input = json!({ "distribution": distribution, "paths": paths });
            let call: Invalidate = read("cloudfront::invalidate", &input).expect("arguments");
            call.check().map_err(|fault| fault.message)
        };
        assert_eq!(refused("E1", &["/*", "/a/index.html"]), Ok(()));
        for (distribution, paths, place) in [
            ("d1.cloudfront.net", &["/*"][..], "`distribution`"),
            ("E1", &[], "`paths`"),
            ("E1", &["index.html"], "`paths`"),
            ("E1", &["/*/index.html"], "`paths`"),
        ] {
            let said = refused(distribution, paths).expect_err("refused");
            assert!(said.contains(place), "{said}");
        }
    }
}
