//! `ecr::push` — a local image into ECR.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::api::send;
use super::args::INVALID_INPUT;
use super::process::leftover_process::outlive;
use super::{Call, Context, Declaration, Line, LineKind, Reconciled, Residue, ResourceCache, Verb};
use crate::text::hex;
use crate::vocabulary::{Effect, Fault, Stop, codes};
use crate::world::AwsCall;

mod arguments;
mod pushing;

pub use arguments::Push;
use pushing::Pushing;

/// How often ECR is asked for what was just pushed, and how long it is waited between.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_secs(2);
/// How far our clock may be ahead of AWS's.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

impl Verb for Push {
    const DECLARATION: Declaration = Declaration {
        module: "ecr",
        name: "push",
        effect: Effect::Write,
        doc: "Pushes a local image into a repository of ECR, under each of the tags. It logs in with ECR's own token, which it passes by standard input and keeps in a temporary configuration; it tags, pushes, logs out, and reads the digest back from ECR. It does not use the user's own configuration, except for the address of the Docker daemon. Throws `process_failed` if the program fails, and `image_not_pushed` if ECR does not have the image afterwards. If the run is killed meanwhile, the resumed run pushes the same image again, which changes nothing; if tags are immutable, it asks ECR first.",
        positional: &[],
        returns: "`#{ uri, digest, tags }`; `uri` names the image by its digest.",
        example: r#"let pushed = ecr::push(#{
    image: "catalog-service:build", repository: "realserv/catalog-service", tags: ["1.4.0", "git-9f3c2ab"],
});
print(pushed.uri);"#,
    };
}

impl Call for Push {
    fn check(&self) -> Result<(), Fault> {
        let wrong = |place: &str, why: String| {
            let message = format!("ecr::push at `{place}`: {why}");
            Err(Fault::new(INVALID_INPUT, message))
        };
        let option = |text: &str| text.is_empty() || text.starts_with('-');
        if option(&self.image) {
            return wrong("image", "expected the name of a local image".into());
        }
        if self.repository.is_empty() || self.repository.contains([':', '@']) {
            return wrong("repository", "expected a name without tag".into());
        }
        if self.tags.is_empty() {
            return wrong("tags", "expected at least one".into());
        }
        let bad = |tag: &&String| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            tag.starts_with(['.', '-'])
                || tag.is_empty()
                || tag.len() > 128
                || !tag.chars().all(fits)
        };
        match self.tags.iter().find(bad) {
            Some(tag) => wrong("tags", format!("`{tag}` is not a tag")),
            None => Ok(()),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "push".into(),
            object: self.named(),
            detail: format!("image {}, by {}", self.image, self.program),
            kind: LineKind::Creates,
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let uri = uri(&repository(self, cx)?);
        let pushing = Pushing::begin(self, &uri, cx)?;
        let pushed = pushing.push();
        pushing.end();
        drop(pushing);
        pushed?;
        for look in 1.. {
            if let Some(found) = find(self, cx)? {
                return Ok(output(&uri, self, &found.digest));
            }
            if look >= LOOKS {
                break;
            }
            cx.sleep(PAUSE)?;
        }
        Err(Fault::new(
            codes::IMAGE_NOT_PUSHED,
            format!(
                "ECR does not have {} as one image, though the push went well",
                self.named()
            ),
        )
        .into())
    }

    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let uri = uri(&repository(self, cx)?);
        pushing::predict(self, &uri, cx)?;
        let found = find(self, cx)?.filter(|found| found.since(cx));
        let digest = found.map_or_else(|| predicted(self), |found| found.digest);
        Ok(output(&uri, self, &digest))
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        outlive(cx, &format!("{} push", self.program), self.timeout.0)?;
        // What was killed may have left its token there.
        drop(cx.world.scratch(&cx.token())?);
        let repository = repository(self, cx)?;
        let immutable = repository["imageTagMutability"]
            .as_str()
            .is_some_and(|it| it.starts_with("IMMUTABLE"));
        Ok(match find(self, cx)? {
            // A tag that nobody can move is ours, or the push was refused.
            Some(found) if immutable && found.since(cx) => Reconciled::Happened {
                output: output(&uri(&repository), self, &found.digest),
                how: format!("ECR has {} since then", self.named()),
            },
            // Somebody else may have moved a tag meanwhile. To push the same image again changes nothing else.
            Some(_) => Reconciled::DidNot {
                how: format!("ECR has {}; it is pushed again, to be sure", self.named()),
            },
            None => Reconciled::DidNot {
                how: format!("ECR does not have {} as one image", self.named()),
            },
        })
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let digest = output["digest"].as_str()?;
        Some(digest.chars().take(19).chain(['…']).collect())
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("image {}", self.named()),
            harmless: true,
            ..Residue::default()
        })
    }
}

/// The repository, as ECR describes it.
fn repository(args: &Push, cx: &Context<'_>) -> Result<Value, Stop> {
    let input = json!({ "repositoryNames": [args.repository] });
    let mut found = send(cx, &AwsCall::new("ecr", "DescribeRepositories", input))?;
    let repository = found["repositories"][0].take();
    if repository["repositoryUri"].is_string() {
        return Ok(repository);
    }
    let message = format!("ECR does not know repository {}", args.repository);
    Err(Fault::new("RepositoryNotFoundException", message).into())
}

/// `HOST/REPOSITORY` of a repository, from an answer of ECR; empty if the answer lacks it.
fn uri(repository: &Value) -> String {
    let uri = repository["repositoryUri"].as_str();
    uri.unwrap_or_default().to_owned()
}

fn output(uri: &str, args: &Push, digest: &str) -> Value {
    json!({ "uri": format!("{uri}@{digest}"), "digest": digest, "tags": args.tags })
}

/// In the place of a digest that only the real push can know.
fn predicted(args: &Push) -> String {
    let hash = Sha256::digest(format!("planned {}", args.named()));
    let hex: String = hex::hex(hash);
    format!("sha256:{hex}")
}

/// An image that has all the tags.
struct Pushed {
    digest: String,
    at: Option<jiff::Timestamp>,
}

impl Pushed {
    /// Whether it came after the call was first made.
    fn since(&self, cx: &Context<'_>) -> bool {
        let began = cx.started.checked_sub(SKEW).unwrap_or(cx.started);
        self.at.is_some_and(|at| at >= began)
    }
}

/// The image in ECR, if all the tags name one.
fn find(args: &Push, cx: &Context<'_>) -> Result<Option<Pushed>, Stop> {
    let ids: Vec<Value> = args
        .tags
        .iter()
        .map(|tag| json!({ "imageTag": tag }))
        .collect();
    let input = json!({ "repositoryName": args.repository, "imageIds": ids });
    let found = match send(cx, &AwsCall::new("ecr", "DescribeImages", input)) {
        Ok(found) => found,
        Err(Stop::Fault(fault)) if fault.code == "ImageNotFoundException" => return Ok(None),
        Err(stop) => return Err(stop),
    };
    let none = Vec::new();
    let images = found["imageDetails"].as_array().unwrap_or(&none);
    let digests: BTreeSet<&str> = images
        .iter()
        .filter_map(|i| i["imageDigest"].as_str())
        .collect();
    let mut digests = digests.into_iter();
    Ok(match (digests.next(), digests.next()) {
        (Some(digest), None) => Some(Pushed {
            digest: digest.to_owned(),
            at: images[0]["imagePushedAt"]
                .as_str()
                .and_then(|at| at.parse().ok()),
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::args::read;

    #[test]
    fn what_cannot_be_pushed_is_refused() {
        let refused = |image: &str, repository: &str, tags: &[&str]| {
            let input = json!({ "image": image, "repository": repository, "tags": tags });
            let push: Push = read("ecr::push", &input).expect("arguments");
            push.check().expect_err("refused").message
        };
        assert!(refused("app", "app", &[]).contains("at least one"));
        assert!(refused("app", "app", &["1.0", "a b"]).contains("`a b` is not a tag"));
        assert!(refused("--help", "app", &["1"]).contains("`image`"));
        assert!(refused("app", "app:1", &["1"]).contains("`repository`"));
    }
}
