//! Images in a plan: what it pushes, tags anew and deletes is simulated, everything else is read.

use serde_json::{Value, json};

use super::edit::{append, with};
use super::image_changes::tags;
use super::plan_state::PlanState;
use crate::text::hex;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::{flag, list, set, text, texts};
use crate::world::simulated::model::{dispatch, ecr};

fn repository(call: &AwsCall) -> &str {
    text(&call.input, "repositoryName").unwrap_or_default()
}

impl PlanState {
    /// A call about images; `None`: it is about something else.
    pub(super) fn images(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Option<Result<Value, Fault>> {
        Some(match call.operation.as_str() {
            // Nobody logs in to a plan.
            "GetAuthorizationToken" => dispatch(cloud, call),
            "DescribeImages" => self.select(cloud, call, "imageDetails"),
            "BatchGetImage" => self.select(cloud, call, "images"),
            "ListImages" => self.all_images(cloud, call, "imageIds"),
            "DescribeImageScanFindings" => self.findings(cloud, call),
            "PutImage" | "BatchDeleteImage" | "StartImageScan" => self.change_images(cloud, call),
            "DeleteRepository" => {
                let name = repository(call).to_owned();
                let forced = flag(&call.input, "force");
                match forced
                    || cloud
                        .ecr
                        .repository(&name)
                        .is_some_and(|r| !r.images.is_empty())
                {
                    true => return None,
                    // Whether it is empty is known only from a look.
                    false => {
                        let input = json!({ "repositoryName": name });
                        match self.look_at(cloud, &like(call, "DescribeImages", input)) {
                            Err(fault) if fault.code != "RepositoryNotFoundException" => Err(fault),
                            _ => return None,
                        }
                    }
                }
            }
            _ => return None,
        })
    }

    /// Live images as they are, unless a fault takes one away.
    fn look_at(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let out = self.live(cloud, call)?;
        let name = repository(call);
        for image in list(&out, "imageDetails") {
            if let Some(digest) = text(image, "imageDigest") {
                self.know(cloud, name, digest, texts(image, "imageTags"), None);
            }
        }
        for image in list(&out, "images") {
            let id = image.get("imageId").unwrap_or(&Value::Null);
            if let Some(digest) = text(id, "imageDigest") {
                let tag = text(id, "imageTag").map(str::to_owned);
                let tags = tag.into_iter().collect();
                let manifest = text(image, "imageManifest").map(str::to_owned);
                self.know(cloud, name, digest, tags, manifest);
            }
        }
        for id in list(&call.input, "imageIds") {
            ecr::unless_missing(&cloud.ecr, &cloud.kernel, name, id)?;
        }
        Ok(out)
    }

    /// Makes a live image known, unless the plan has another opinion of it.
    fn know(
        &mut self,
        cloud: &mut Cloud,
        name: &str,
        digest: &str,
        mut tags: Vec<String>,
        manifest: Option<String>,
    ) {
        if used(cloud, name, digest, &tags) {
            cloud.ecr.note_in_use(digest.to_owned());
        }
        let key = |of: &str| (name.to_owned(), of.to_owned());
        if !self.images.touched.contains_key(&key(digest)) {
            tags.retain(|tag| !self.images.tags.contains_key(&key(tag)));
            ecr::import(&mut cloud.ecr, &cloud.kernel, name, digest, tags, manifest);
        }
    }

    /// Images by their ids, or all of them.
    fn select(&mut self, cloud: &mut Cloud, call: &AwsCall, key: &str) -> Result<Value, Fault> {
        let name = repository(call);
        if !self.images.any(name) {
            return self.look_at(cloud, call);
        }
        let ids = list(&call.input, "imageIds").to_vec();
        if ids.is_empty() {
            return self.all_images(cloud, call, key);
        }
        let decided = |id: &Value| self.images.decides(name, id);
        let (planned, live): (Vec<Value>, Vec<Value>) = ids.into_iter().partition(decided);
        if live.is_empty() {
            return dispatch(cloud, call);
        }
        if planned.is_empty() {
            return self.look_at(cloud, call);
        }
        let mut out = self.look_at(cloud, &with(call, "imageIds", json!(live)))?;
        let more = dispatch(cloud, &with(call, "imageIds", json!(planned)))?;
        append(&mut out, &more, key);
        Ok(out)
    }

    /// All images of a repository, those that the plan has changed as it has left them.
    fn all_images(&mut self, cloud: &mut Cloud, call: &AwsCall, key: &str) -> Result<Value, Fault> {
        let name = repository(call);
        let mut out = self.look_at(cloud, call)?;
        if !self.images.any(name) {
            return Ok(out);
        }
        let simulated = dispatch(cloud, &with(call, "nextToken", Value::Null))?;
        let touched = |item: &Value| {
            let digest = text(item, "imageDigest").unwrap_or_default().to_owned();
            self.images.touched.contains_key(&(name.to_owned(), digest))
        };
        let moved = |tag: &str| {
            let key = (name.to_owned(), tag.to_owned());
            self.images.tags.contains_key(&key)
        };
        let mut items = list(&out, key).to_vec();
        items.retain(|item| !touched(item) && !text(item, "imageTag").is_some_and(moved));
        for item in &mut items {
            let mut tags = texts(item, "imageTags");
            if tags.iter().any(|tag| moved(tag)) {
                tags.retain(|tag| !moved(tag));
                set(item, "imageTags", json!(tags));
            }
        }
        if text(&call.input, "nextToken").is_none() {
            let here = list(&simulated, key).iter();
            items.extend(here.filter(|item| touched(item)).cloned());
        }
        set(&mut out, key, Value::Array(items));
        Ok(out)
    }

    fn findings(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let id = call.input.get("imageId").unwrap_or(&Value::Null);
        match self.images.decides(repository(call), id) {
            true => dispatch(cloud, call),
            false => self.live(cloud, call),
        }
    }

    fn change_images(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let name = repository(call).to_owned();
        let one = call.input.get("imageId").into_iter();
        let mut ids: Vec<Value> = list(&call.input, "imageIds")
            .iter()
            .chain(one)
            .cloned()
            .collect();
        if let Some(manifest) = text(&call.input, "imageManifest") {
            ids.push(json!({ "imageDigest": self.digest_of(cloud, &name, manifest) }));
        }
        for id in &ids {
            if self.images.decides(&name, id) || ecr::has(&cloud.ecr, &name, id) {
                continue;
            }
            let input = json!({ "repositoryName": name, "imageIds": [id] });
            match self.look_at(cloud, &like(call, "DescribeImages", input)) {
                Err(fault) if fault.code == "ImageNotFoundException" => {
                    cloud.ecr.repository_mut(&name);
                }
                out => {
                    out?;
                }
            }
        }
        let before = tags(cloud, &name);
        let out = dispatch(cloud, call)?;
        self.images.note(&name, &before, &tags(cloud, &name));
        if call.operation == "StartImageScan" {
            let digest = out.get("imageId").and_then(|id| text(id, "imageDigest"));
            let key = (name, digest.unwrap_or_default().to_owned());
            self.images.touched.entry(key).or_insert(true);
        }
        Ok(out)
    }

    /// The digest behind a manifest: the one that was read with it, or else what ECR calculates.
    fn digest_of(&self, cloud: &Cloud, name: &str, manifest: &str) -> String {
        ecr::by_manifest(&cloud.ecr, name, manifest).unwrap_or_else(|| sha256(manifest))
    }

    /// A planned push of `repository:tag` to ECR. What one plan pushes to a repository is taken for one image.
    pub(super) fn pushed(&mut self, cloud: &mut Cloud, name: &str, tag: &str) -> String {
        let digest = sha256(&format!("pushed to {name}"));
        cloud.ecr.repository_mut(name);
        let before = tags(cloud, name);
        // Whether tags there are immutable is not looked at: the push would say so.
        if ecr::tag(&mut cloud.ecr, &cloud.kernel, name, &digest, Some(tag)).is_ok() {
            self.images.note(name, &before, &tags(cloud, name));
        }
        digest
    }
}

fn sha256(text: &str) -> String {
    let hex: String = hex::sha256(text);
    format!("sha256:{hex}")
}

/// Another call where `call` was made.
fn like(call: &AwsCall, operation: &str, input: Value) -> AwsCall {
    AwsCall {
        operation: operation.to_owned(),
        input,
        ..call.clone()
    }
}

/// Whether a live task definition uses an image.
fn used(cloud: &Cloud, repository: &str, digest: &str, tags: &[String]) -> bool {
    let names = |image: &str| {
        let by_tag = |tag: &String| image.ends_with(&format!("/{repository}:{tag}"));
        image.ends_with(&format!("@{digest}")) || tags.iter().any(by_tag)
    };
    let revisions = cloud.ecs.families().flat_map(|f| f.revisions.values());
    revisions
        .filter(|definition| !definition.new)
        .flat_map(|definition| definition.containers())
        .filter_map(|container| text(container, "image"))
        .any(names)
}
