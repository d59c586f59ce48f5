//! What CloudFront remembers: distributions, what their edges have cached, and invalidations.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::text::wildcard;
use crate::world::simulated::aws::s3::Content;

/// The state of CloudFront: the distributions of the account, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct CloudFront {
    pub(super) distributions: BTreeMap<String, Distribution>,
}

impl CloudFront {
    /// Adds a distribution under its id.
    pub(crate) fn add(&mut self, id: String, distribution: Distribution) {
        self.distributions.insert(id, distribution);
    }

    /// The ids of all distributions, sorted.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.distributions.keys()
    }

    /// The id of the distribution that a host name leads to.
    pub(super) fn at(&self, host: &str) -> Option<&str> {
        let mut all = self.distributions.iter();
        let (id, _) = all.find(|(_, it)| {
            let mut names = it.aliases.iter().chain([&it.domain]);
            names.any(|name| wildcard::fits(name, host, false))
        })?;
        Some(id)
    }
}

/// A distribution whose origin is a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Distribution {
    pub(crate) domain: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) bucket: String,
    /// What stands before the path of a request in the bucket: `/site`; empty: nothing.
    pub(crate) origin_path: String,
    /// The object that a request for `/` is answered with.
    pub(crate) root: String,
    pub(crate) created: Timestamp,
    /// Time until an invalidation has reached every edge.
    pub(crate) invalidation_takes: Duration,
    /// What the edges have cached, by path.
    pub(crate) cache: BTreeMap<String, Cached>,
    /// In the order in which they were created.
    pub(crate) invalidations: Vec<Invalidation>,
}

/// An object at the edges.
#[derive(Debug, Clone)]
pub(crate) struct Cached {
    pub(crate) content: Content,
    /// When it was fetched from the bucket.
    pub(crate) since: Timestamp,
}

/// A request to forget what is cached.
#[derive(Debug, Clone)]
pub(crate) struct Invalidation {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) paths: Vec<String>,
    pub(super) created: Timestamp,
    /// When it has reached every edge, where no fault holds it up.
    pub(super) completes: Timestamp,
}

impl Invalidation {
    /// Whether it covers a path. CloudFront Developer Guide, "What you need to know when invalidating files": `*` is only a
    /// wildcard as the last character.
    pub(super) fn covers(&self, path: &str) -> bool {
        self.paths.iter().any(|it| match it.strip_suffix('*') {
            Some(begin) => path.starts_with(begin),
            None => it == path,
        })
    }
}
