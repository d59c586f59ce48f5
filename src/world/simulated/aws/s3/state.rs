//! What S3 remembers: buckets, and every version of their objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Map, Value};

use crate::text::hex;
use crate::world::simulated::kernel::Kernel;

/// The version id of an object that was written while versioning was not enabled.
pub(crate) const NULL_VERSION: &str = "null";

/// The state of S3: the buckets of the account, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct S3 {
    pub(super) buckets: BTreeMap<String, Bucket>,
}

impl S3 {
    /// Adds a bucket under its name.
    pub(crate) fn add(&mut self, name: String, bucket: Bucket) {
        self.buckets.insert(name, bucket);
    }

    /// The names of all buckets, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.buckets.keys()
    }

    /// The current content of an object; `None`: the bucket or the object does not exist.
    pub(crate) fn content(&self, bucket: &str, key: &str) -> Option<&Content> {
        self.buckets.get(bucket)?.current(key)?.content.as_ref()
    }

    /// Every object of a bucket with its current content.
    pub(crate) fn contents(&self, bucket: &str) -> impl Iterator<Item = (&String, &Content)> {
        let bucket = self.buckets.get(bucket);
        let objects = bucket.into_iter().flat_map(|bucket| &bucket.objects);
        objects.filter_map(|(key, versions)| Some((key, versions.last()?.content.as_ref()?)))
    }
}

/// Whether a bucket keeps what is overwritten and deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Versioning {
    #[default]
    NeverEnabled,
    Enabled,
    Suspended,
}

/// A bucket and its objects.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) created: Timestamp,
    pub(crate) versioning: Versioning,
    /// By key: the versions of each object, the current one last. None of them is empty.
    pub(super) objects: BTreeMap<String, Vec<Version>>,
    /// How many versions were written so far.
    written: u64,
}

/// One version of an object.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) id: String,
    /// `None`: a delete marker.
    pub(super) content: Option<Content>,
    pub(super) modified: Timestamp,
}

/// What an object is made of. Clones share the bytes.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) bytes: Arc<[u8]>,
    /// MD5 of the bytes in hexadecimal digits, without the quotes of the header.
    pub(crate) etag: String,
    /// Members of `GetObject`'s answer that were given with `PutObject`: `ContentType`, `CacheControl`, `Metadata`.
    pub(crate) headers: Map<String, Value>,
}

impl Content {
    /// An object of these bytes.
    pub(crate) fn new(bytes: &[u8], headers: Map<String, Value>) -> Content {
        Content {
            etag: hex::hex(Md5::digest(bytes)),
            bytes: bytes.into(),
            headers,
        }
    }
}

impl Bucket {
    /// An empty bucket, made at `created`.
    pub(crate) fn new(created: Timestamp, versioning: Versioning) -> Bucket {
        Bucket {
            created,
            versioning,
            objects: BTreeMap::new(),
            written: 0,
        }
    }

    /// The current version of an object, which may be a delete marker.
    pub(super) fn current(&self, key: &str) -> Option<&Version> {
        self.objects.get(key)?.last()
    }

    /// Writes an object, or a delete marker (`None`), as its current version, and returns its version id; `None`: the bucket
    /// has never had versions.
    ///
    /// Amazon S3 User Guide, "How S3 Versioning works": while versioning is enabled every write gets a version of its own;
    /// otherwise it replaces the version `null`.
    pub(crate) fn write(
        &mut self,
        kernel: &Kernel,
        key: &str,
        content: Option<Content>,
    ) -> Option<String> {
        let modified = kernel.now();
        let id = match self.versioning {
            Versioning::Enabled => self.version_id(key),
            Versioning::NeverEnabled | Versioning::Suspended => NULL_VERSION.to_owned(),
        };
        let versions = self.objects.entry(key.to_owned()).or_default();
        versions.retain(|version| version.id != id);
        if content.is_some() || self.versioning != Versioning::NeverEnabled {
            versions.push(Version {
                id: id.clone(),
                content,
                modified,
            });
        }
        if versions.is_empty() {
            self.objects.remove(key);
        }
        (self.versioning != Versioning::NeverEnabled).then_some(id)
    }

    /// An id that no version had before; it is not left to chance, so that objects change nothing else in a rehearsal.
    fn version_id(&mut self, key: &str) -> String {
        self.written += 1;
        let digest: String = hex::hex(Md5::digest(format!("{}/{key}", self.written)));
        digest
    }

    /// Removes one version for good, and says whether it was a delete marker; `None`: it does not exist.
    pub(super) fn remove(&mut self, key: &str, id: &str) -> Option<bool> {
        let versions = self.objects.get_mut(key)?;
        let at = versions.iter().position(|version| version.id == id)?;
        let gone = versions.remove(at);
        if versions.is_empty() {
            self.objects.remove(key);
        }
        Some(gone.content.is_none())
    }
}
