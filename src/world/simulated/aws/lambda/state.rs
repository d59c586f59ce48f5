//! The state of Lambda: functions, their published versions, their aliases, and how their code behaves.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_smithy_types::base64;
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::world::simulated::outside::traffic::Timeline;

/// The unpublished version of every function.
pub(crate) const LATEST: &str = "$LATEST";

/// The state of Lambda: functions by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lambda {
    pub(super) functions: BTreeMap<String, Function>,
}

impl Lambda {
    /// Adds a function under its name.
    pub(crate) fn add(&mut self, name: String, function: Function) {
        self.functions.insert(name, function);
    }

    /// The functions by name.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&String, &Function)> {
        self.functions.iter()
    }

    /// A function by its name, to change it.
    pub(crate) fn function_mut(&mut self, name: &str) -> Option<&mut Function> {
        self.functions.get_mut(name)
    }
}

/// A function with its versions and aliases.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(super) latest: Build,
    pub(super) versions: BTreeMap<u64, Build>,
    /// Number of the version that is published next.
    pub(super) next: u64,
    /// Versions from this number on were published by the run.
    pub(super) first_new: u64,
    pub(super) aliases: BTreeMap<String, Alias>,
    pub(super) update: Option<Update>,
    /// How long Lambda takes for an update of the code or the configuration.
    pub(crate) update_takes: Duration,
    pub(crate) usual: Behaviour,
    /// Code that behaves differently, by its S3 key or image URI.
    pub(crate) releases: BTreeMap<String, Behaviour>,
    pub(crate) traffic: Option<Traffic>,
}

/// Code and configuration together, as `$LATEST` or a published version has them.
#[derive(Debug, Clone)]
pub(crate) struct Build {
    /// The members of `FunctionConfiguration` that a caller sets.
    pub(crate) configuration: Map<String, Value>,
    pub(crate) code: Code,
    pub(crate) revision: String,
    pub(crate) modified: Timestamp,
}

impl Build {
    /// Whether a new version of `other` would be the same as this one.
    pub(super) fn is_same(&self, other: &Build) -> bool {
        self.code == other.code && self.configuration == other.configuration
    }
}

/// Where a function's code is from: `ImageUri`, or `S3Bucket` and `S3Key`, or `ZipFile`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Code {
    source: Map<String, Value>,
    /// The hash that AWS has named, where the code itself is not known.
    sha256: Option<String>,
}

/// Members of an input that say where the code is.
const SOURCE: [&str; 5] = [
    "ImageUri",
    "S3Bucket",
    "S3Key",
    "S3ObjectVersion",
    "ZipFile",
];

impl Code {
    /// The code that the members of an input name.
    pub(crate) fn of(input: &Value) -> Code {
        let given = SOURCE.iter().filter_map(|name| {
            let value = input.get(*name)?;
            Some(((*name).to_owned(), value.clone()))
        });
        Code {
            source: given.collect(),
            sha256: None,
        }
    }

    /// The code with the hash that AWS has named.
    pub(crate) fn with_hash(self, sha256: Option<&str>) -> Code {
        Code {
            sha256: sha256.map(str::to_owned),
            ..self
        }
    }

    /// Whether anything names the code.
    pub(crate) fn is_given(&self) -> bool {
        !self.source.is_empty()
    }

    /// S3 key or image URI.
    pub(crate) fn name(&self) -> &str {
        let part = |name: &str| self.source.get(name).and_then(Value::as_str);
        part("ImageUri").or_else(|| part("S3Key")).unwrap_or("")
    }

    /// The image, if it is one.
    pub(super) fn image(&self) -> Option<&str> {
        self.source.get("ImageUri").and_then(Value::as_str)
    }

    /// The hash of the code as AWS shows it: base64.
    pub(crate) fn hash(&self) -> String {
        let computed = || {
            let text = Value::Object(self.source.clone()).to_string();
            base64::encode(Sha256::digest(text))
        };
        self.sha256.clone().unwrap_or_else(computed)
    }
}

/// A name for one version, or for two by weight.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    pub(crate) description: String,
    pub(crate) version: String,
    /// Another version, and its share of the invocations from 0 to 1.
    pub(crate) additional: Option<(String, f64)>,
    pub(crate) revision: String,
    /// Versions over time, each with its share of the invocations.
    pub(super) history: Timeline<Vec<(String, f64)>>,
}

impl Alias {
    /// An alias that has been what it is since `since`.
    pub(crate) fn new(version: String, revision: String, since: Timestamp) -> Alias {
        let mut alias = Alias {
            description: String::new(),
            version,
            additional: None,
            revision,
            history: Timeline::default(),
        };
        alias.note(since);
        alias
    }

    /// Takes note of where invocations go from now on.
    pub(crate) fn note(&mut self, now: Timestamp) {
        self.history.note(now, self.shares());
    }

    /// The versions, each with its share of the invocations from 0 to 1.
    pub(super) fn shares(&self) -> Vec<(String, f64)> {
        let additional = self.additional.iter();
        let other: f64 = additional.clone().map(|(_, weight)| weight).sum();
        let first = (self.version.clone(), 1.0 - other);
        std::iter::once(first).chain(additional.cloned()).collect()
    }
}

/// An update of the code or the configuration that takes its time.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) until: Timestamp,
    /// AWS's reason code, where it fails.
    pub(super) fails: Option<String>,
}

/// How code behaves when it is invoked or updated.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    /// Share of the invocations that fail, from 0 to 1.
    pub(crate) errors: f64,
    /// How long an invocation takes.
    pub(crate) duration: Duration,
    /// What an invocation answers.
    pub(crate) answer: Value,
    /// AWS's reason code for which the update to this code fails.
    pub(crate) update_fails: Option<String>,
}

/// The invocations of a function by its clients.
#[derive(Debug, Clone)]
pub(crate) struct Traffic {
    /// The alias that clients invoke.
    pub(crate) alias: String,
    pub(crate) requests_per_second: f64,
}

impl Function {
    /// A function that has only `$LATEST`.
    pub(crate) fn new(latest: Build, usual: Behaviour) -> Function {
        Function {
            latest,
            versions: BTreeMap::new(),
            next: 1,
            first_new: 1,
            aliases: BTreeMap::new(),
            update: None,
            update_takes: Duration::from_secs(6),
            usual,
            releases: BTreeMap::new(),
            traffic: None,
        }
    }

    /// Adds a version that was published before.
    pub(crate) fn add_version(&mut self, number: u64, build: Build) {
        self.versions.insert(number, build);
        self.next = self.next.max(number + 1);
        self.first_new = self.next;
    }

    /// Adds an alias under its name.
    pub(crate) fn add_alias(&mut self, name: String, alias: Alias) {
        self.aliases.insert(name, alias);
    }

    /// The numbers of the published versions.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &u64> {
        self.versions.keys()
    }

    /// Gives one of two versions behind an alias a share of the invocations, from 0 to 1; with all of them, the alias
    /// points at it alone.
    pub(crate) fn move_alias(
        &mut self,
        name: &str,
        (from, to): (&str, &str),
        share: f64,
        now: Timestamp,
    ) {
        let is_there = self.has_version(from) && self.has_version(to);
        let Some(alias) = self.aliases.get_mut(name).filter(|_| is_there) else {
            return;
        };
        let whole = share >= 1.0;
        alias.version = if whole { to } else { from }.to_owned();
        alias.additional = (!whole).then(|| (to.to_owned(), share));
        alias.note(now);
    }

    /// The names of the aliases.
    pub(crate) fn alias_names(&self) -> impl Iterator<Item = &String> {
        self.aliases.keys()
    }

    /// What a version has: `$LATEST` or a number.
    pub(super) fn build(&self, version: &str) -> Option<&Build> {
        match version {
            LATEST => Some(&self.latest),
            number => self.versions.get(&number.parse().ok()?),
        }
    }

    /// Whether there is such a version.
    pub(crate) fn has_version(&self, version: &str) -> bool {
        self.build(version).is_some()
    }

    /// Whether the run has published a version.
    pub(super) fn is_new(&self, version: &str) -> bool {
        version
            .parse()
            .is_ok_and(|number: u64| number >= self.first_new)
    }

    /// How the code of a build behaves.
    pub(super) fn behaviour(&self, build: &Build) -> &Behaviour {
        self.releases.get(build.code.name()).unwrap_or(&self.usual)
    }
}
