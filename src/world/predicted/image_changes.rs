//! What a plan has done to images in ECR.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::text;

/// What a plan has done to images.
#[derive(Default)]
pub(super) struct ImageChanges {
    /// Images that are not as they are live, by repository and digest; whether they are live at all.
    pub(super) touched: BTreeMap<(String, String), bool>,
    /// The digests to which tags point that the plan has given or taken away.
    pub(super) tags: BTreeMap<(String, String), Option<String>>,
}

impl ImageChanges {
    /// Whether the plan decides which image an id means.
    pub(super) fn decides(&self, repository: &str, id: &Value) -> bool {
        let key = |name: &str| Some((repository.to_owned(), text(id, name)?.to_owned()));
        let tag = key("imageTag").is_some_and(|key| self.tags.contains_key(&key));
        tag || key("imageDigest").is_some_and(|key| self.touched.contains_key(&key))
    }

    pub(super) fn any(&self, repository: &str) -> bool {
        let mut all = self.touched.keys().chain(self.tags.keys());
        all.any(|(own, _)| own == repository)
    }

    /// What has changed about a repository's images between two looks at them.
    pub(super) fn note(&mut self, repository: &str, before: &Tags, after: &Tags) {
        let key = |name: &String| (repository.to_owned(), name.clone());
        for digest in before.keys().chain(after.keys()) {
            if before.get(digest) != after.get(digest) {
                let live = before.contains_key(digest);
                self.touched.entry(key(digest)).or_insert(live);
            }
        }
        let holders = |tags: &Tags| -> BTreeMap<String, String> {
            let each = tags.iter();
            each.flat_map(|(digest, tags)| tags.iter().map(|t| (t.clone(), digest.clone())))
                .collect()
        };
        let (before, after) = (holders(before), holders(after));
        for tag in before.keys().chain(after.keys()) {
            if before.get(tag) != after.get(tag) {
                self.tags.insert(key(tag), after.get(tag).cloned());
            }
        }
    }
}

/// The tags of a repository's images, by digest.
pub(super) type Tags = BTreeMap<String, Vec<String>>;

pub(super) fn tags(cloud: &Cloud, repository: &str) -> Tags {
    let images = cloud.ecr.repository(repository).into_iter();
    let images = images.flat_map(|r| &r.images);
    images.map(|i| (i.digest.clone(), i.tags.clone())).collect()
}
