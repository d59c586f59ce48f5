//! `s3::upload` — one object.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::objects::{self, Content, Target};
use super::{check_bucket, content_type, etag, size, wrong};
use crate::primitive::{
    Call, Context, Declaration, Line, LineKind, Reconciled, Residue, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::AwsCall;
use crate::world::folder::relative;

/// Arguments of `s3::upload`: where it goes, and a file or a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// Name of the bucket.
    bucket: String,
    /// Key of the object: `releases/1.3.0.json`.
    key: String,
    /// File of the project whose content it gets, at most 64 MiB.
    #[serde(default)]
    file: Option<String>,
    /// Instead of `file`: its content.
    #[serde(default)]
    text: Option<String>,
    /// `Content-Type` of the object. Default: by the ending of the key.
    #[serde(default)]
    content_type: Option<String>,
    /// `Cache-Control` of the object. Default: none.
    #[serde(default)]
    cache_control: Option<String>,
}

impl Verb for Upload {
    const DECLARATION: Declaration = Declaration {
        module: "s3",
        name: "upload",
        effect: Effect::Write,
        doc: "Uploads one file of the project, or a text, to an object. An object that already has this content and these headers is not written again. Paths are restricted as in `file::read`. A lost answer is found out by `HeadObject`. An object that is overwritten can only be brought back in a bucket with versioning.",
        positional: &["bucket", "key"],
        returns: "`#{ bucket, key, etag, bytes, version }`; `version` is null where the bucket has no versions.",
        example: r#"let done = s3::upload("realserv-site", "version.json", #{ text: json::pretty(#{ version: "1.3.0" }), cache_control: "no-cache" });
print(done.etag);"#,
    };
    const WRITES: &'static [&'static str] = &["PutObject"];
}

impl Upload {
    fn content(&self, cx: &Context<'_>) -> Result<Content, Stop> {
        let bytes = match (&self.file, &self.text) {
            (Some(file), _) => cx.world.file_bytes(file)?,
            (None, text) => text.clone().unwrap_or_default().into_bytes(),
        };
        Ok(Content::new(bytes))
    }

    fn target(&self) -> Target<'_> {
        let by_name = || content_type::of(&self.key);
        Target {
            bucket: &self.bucket,
            key: &self.key,
            content_type: self.content_type.as_deref().unwrap_or_else(by_name),
            cache_control: self.cache_control.as_deref(),
        }
    }

    /// What is there, if it is what was to be uploaded.
    fn found(&self, cx: &Context<'_>, content: &Content) -> Result<Option<Value>, Stop> {
        let there = objects::head(cx, &self.bucket, &self.key)?;
        let target = self.target();
        Ok(there.filter(|there| {
            objects::is_uploaded(there, &content.md5)
                && there["ContentType"].as_str() == Some(target.content_type)
                && there["CacheControl"].as_str() == target.cache_control
        }))
    }

    fn output(&self, content: &Content, etag: &str, version: Option<&str>) -> Value {
        json!({
            "bucket": self.bucket, "key": self.key, "etag": etag, "bytes": content.bytes.len(),
            "version": version,
        })
    }

    fn output_of(&self, content: &Content, there: &Value) -> Value {
        let tag = there["ETag"].as_str().map(etag::bare).unwrap_or_default();
        self.output(content, tag, there["VersionId"].as_str())
    }
}

impl Call for Upload {
    fn check(&self) -> Result<(), Fault> {
        let name = Self::DECLARATION.path();
        check_bucket(&name, &self.bucket)?;
        if self.key.is_empty() || self.key.starts_with('/') || self.key.len() > 1024 {
            let why = "expected a key of 1 to 1024 bytes that does not begin with a slash";
            return Err(wrong(&name, "key", why));
        }
        match (&self.file, &self.text) {
            (Some(file), None) => relative(file).map(drop),
            (None, Some(_)) => Ok(()),
            (Some(_), Some(_)) => Err(wrong(&name, "text", "`file` says the content already")),
            (None, None) => Err(wrong(&name, "file", "expected `file` or `text`")),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        let from = match (&self.file, &self.text) {
            (Some(file), _) => file.clone(),
            (None, text) => size(text.as_deref().map_or(0, str::len) as u64),
        };
        Line {
            verb: "upload".into(),
            object: format!("s3://{}/{}", self.bucket, self.key),
            detail: from,
            kind: LineKind::Changes,
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let content = self.content(cx)?;
        if let Some(there) = self.found(cx, &content)? {
            return Ok(self.output_of(&content, &there));
        }
        let (etag, version) = self.target().put(cx, &content)?;
        Ok(self.output(&content, &etag, version.as_deref()))
    }

    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let content = self.content(cx)?;
        let input = self.target().input(&content.md5);
        cx.world.aws(&AwsCall::new("s3", "PutObject", input))?;
        Ok(self.output(&content, &content.md5, None))
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        let content = self.content(cx)?;
        Ok(match self.found(cx, &content)? {
            Some(there) => Reconciled::Happened {
                output: self.output_of(&content, &there),
                how: "the object has this content".to_owned(),
            },
            None => Reconciled::DidNot {
                how: "the object does not have this content".to_owned(),
            },
        })
    }

    fn summary(&self, output: &Value) -> Option<String> {
        output["bytes"].as_u64().map(size)
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("object s3://{}/{}", self.bucket, self.key),
            ..Residue::default()
        })
    }
}
