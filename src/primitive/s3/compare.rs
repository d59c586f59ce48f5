//! `s3::compare` — what a sync of a folder would do.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::changes::{Before, Changes, Deletion, Upload};
use super::objects::{self, Content, Stored};
use super::{check_bucket, content_type, etag, wrong};
use crate::primitive::{Call, Context, Declaration, Line, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop, codes};
use crate::world::folder::relative;
use crate::world::glob::Glob;

/// Arguments of `s3::compare`: a folder of the project, and where it goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Folder of the project: `dist`.
    folder: String,
    /// Name of the bucket.
    bucket: String,
    /// What all keys begin with: `app/`. Default: nothing.
    #[serde(default)]
    prefix: String,
    /// Patterns of paths below the folder that are neither uploaded nor deleted: `**/*.map`.
    #[serde(default)]
    exclude: Vec<String>,
    /// `Cache-Control` of every object that no rule of `cache_rules` is for. Default: none.
    #[serde(default)]
    cache_control: Option<String>,
    /// `Cache-Control` by pattern of the path below the folder. The first that matches applies.
    #[serde(default)]
    cache_rules: Vec<CacheRule>,
    /// `Content-Type` by the ending of the name, where the usual one is wrong: `#{ data: "application/json" }`.
    #[serde(default)]
    content_types: BTreeMap<String, String>,
    /// Whether to delete objects below the prefix that the folder does not have. Default: false.
    #[serde(default)]
    delete: bool,
}

/// How long some files are cached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CacheRule {
    /// Pattern of the path below the folder: `assets/**`.
    files: String,
    /// `Cache-Control` of those objects: `public, max-age=31536000, immutable`.
    cache_control: String,
}

impl Verb for Compare {
    const DECLARATION: Declaration = Declaration {
        module: "s3",
        name: "compare",
        effect: Effect::Read,
        doc: "Compares a folder of the project with a bucket, and lists what differs. `s3::sync_folder` carries the list out, and `s3::restore` takes it back. A file is unchanged if an object has its size and its MD5 (the ETag, also that of a usual multipart upload, or the MD5 with which `s3::sync_folder` uploaded it); an object with the same content stays as it is, also if its headers would be others. `Content-Type` follows from the ending of the name. Files are read one by one, each at most 64 MiB (`file_too_large`). An empty folder is `file_not_found`: otherwise a build that failed would delete a site. Names that begin with a dot are left out, except for `.well-known`; so are files that hold credentials, as in `file::read`.",
        positional: &["folder", "bucket"],
        returns: "`#{ folder, bucket, prefix, versioned, uploads, deletes, unchanged, bytes }`; each upload has `key`, `path`, `bytes`, `etag`, `content_type`, `cache_control` and `was`, which is null for a new object.",
        example: r#"let changes = s3::compare("site", "realserv-site", #{ cache_control: "no-cache", delete: true });
print(`${changes.uploads.len()} files, ${changes.bytes} bytes`);"#,
    };
}

impl Compare {
    fn name() -> String {
        Self::DECLARATION.path()
    }

    /// The prefix as keys have it: empty, or with a slash at its end.
    fn key_prefix(&self) -> String {
        match self.prefix.trim_end_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        }
    }

    fn excluded(&self) -> Result<Vec<Glob>, Fault> {
        self.exclude.iter().map(|it| Glob::new(it)).collect()
    }

    fn cache_rules(&self) -> Result<Vec<(Glob, &str)>, Fault> {
        let rules = self.cache_rules.iter();
        rules
            .map(|rule| Ok((Glob::new(&rule.files)?, rule.cache_control.as_str())))
            .collect()
    }

    fn content_type(&self, path: &str) -> String {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let own = self.content_types.get(ending);
        own.map_or_else(|| content_type::of(path).to_owned(), Clone::clone)
    }

    /// The paths below the folder, without the folder.
    fn files(&self, cx: &Context<'_>) -> Result<BTreeSet<String>, Stop> {
        let folder = relative(&self.folder)?;
        let mut found = BTreeSet::new();
        for pattern in [format!("{folder}/**"), format!("{folder}/.well-known/**")] {
            for path in cx.world.files(&pattern)? {
                let below = path
                    .strip_prefix(&folder)
                    .map(|it| it.trim_start_matches('/'));
                found.extend(below.map(str::to_owned));
            }
        }
        let excluded = self.excluded()?;
        found.retain(|path| !excluded.iter().any(|glob| glob.matches(path)));
        if found.is_empty() {
            let message = format!("there are no files in {folder}");
            return Err(Fault::new(codes::FILE_NOT_FOUND, message)
                .hint("build the site first")
                .details(json!({ "path": folder }))
                .into());
        }
        Ok(found)
    }

    /// What an object is that will be replaced or deleted.
    fn before(
        &self,
        cx: &Context<'_>,
        key: &str,
        stored: &Stored,
        versioned: bool,
    ) -> Result<Before, Stop> {
        let mut before = Before {
            etag: stored.etag.clone(),
            version: None,
        };
        if versioned && let Some(there) = objects::head(cx, &self.bucket, key)? {
            before.version = there["VersionId"].as_str().map(str::to_owned);
            before.etag = there["ETag"]
                .as_str()
                .map(etag::bare)
                .unwrap_or_default()
                .to_owned();
        }
        Ok(before)
    }

    fn changes(&self, cx: &Context<'_>) -> Result<Changes, Stop> {
        let prefix = self.key_prefix();
        let files = self.files(cx)?;
        let rules = self.cache_rules()?;
        let versioned = objects::is_versioned(cx, &self.bucket)?;
        let stored = objects::list(cx, &self.bucket, &prefix)?;
        let (mut uploads, mut unchanged, mut bytes) = (Vec::new(), 0, 0);
        for file in &files {
            objects::go_on(cx)?;
            let (key, path) = (format!("{prefix}{file}"), format!("{}/{file}", self.folder));
            let path = relative(&path)?;
            let content = Content::new(cx.world.file_bytes(&path)?);
            let there = stored.get(&key);
            if let Some(there) = there
                && objects::holds(cx, &self.bucket, &key, there, &content)?
            {
                unchanged += 1;
                continue;
            }
            let was = match there {
                Some(there) => Some(self.before(cx, &key, there, versioned)?),
                None => None,
            };
            let rule = rules.iter().find(|(glob, _)| glob.matches(file));
            let cache_control = rule.map(|(_, value)| (*value).to_owned());
            bytes += content.bytes.len() as u64;
            uploads.push(Upload {
                key,
                bytes: content.bytes.len() as u64,
                etag: content.md5,
                content_type: self.content_type(&path),
                cache_control: cache_control.or_else(|| self.cache_control.clone()),
                path,
                was,
            });
        }
        // A page names its assets: it comes when they are there.
        uploads.sort_by_key(|upload| content_type::is_page(&upload.content_type));
        let mut deletes = Vec::new();
        let excluded = self.excluded()?;
        let others = stored.iter().filter(|(key, _)| {
            let below = key.strip_prefix(&prefix).unwrap_or(key);
            !files.contains(below) && !excluded.iter().any(|glob| glob.matches(below))
        });
        for (key, there) in others {
            if !self.delete {
                unchanged += 1;
                continue;
            }
            deletes.push(Deletion {
                key: key.clone(),
                was: self.before(cx, key, there, versioned)?,
            });
        }
        Ok(Changes {
            folder: self.folder.clone(),
            bucket: self.bucket.clone(),
            prefix,
            versioned,
            uploads,
            deletes,
            unchanged,
            bytes,
        })
    }
}

impl Call for Compare {
    fn check(&self) -> Result<(), Fault> {
        let name = Self::name();
        check_bucket(&name, &self.bucket)?;
        relative(&self.folder)?;
        self.excluded()?;
        self.cache_rules()?;
        if self.prefix.starts_with('/') {
            return Err(wrong(&name, "prefix", "keys do not begin with a slash"));
        }
        if let Some(ending) = self.content_types.keys().find(|it| it.contains('.')) {
            let why = format!("expected endings without a dot, such as `data`, not `{ending}`");
            return Err(wrong(&name, "content_types", &why));
        }
        Ok(())
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "compare".into(),
            object: format!("s3://{}/{}", self.bucket, self.key_prefix()),
            detail: format!("with {}", self.folder),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!(self.changes(cx)?))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let changes: Changes = serde_json::from_value(output.clone()).ok()?;
        Some(changes.words())
    }
}
