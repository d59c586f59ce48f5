//! `aws::pages` — the items of a list, from all its pages.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Place, call_of};
use crate::primitive::api::{self, pages::items};
use crate::primitive::args::INVALID_INPUT;
use crate::primitive::{Call, Context, Declaration, Line, LineKind, ResourceCache, Verb};
use crate::suggest::did_you_mean;
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::AwsCall;
use crate::world::apis::aws::paging::Pages;

/// The items of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllItems {
    /// Service in the AWS CLI's spelling: `rds`.
    service: String,
    /// Operation that lists, in the API's spelling: `DescribeDBSnapshots`.
    operation: String,
    /// The API's own JSON; its member for the size of a page (`MaxRecords`) may be set. Default: an empty map.
    #[serde(default)]
    input: Value,
    /// Member of the answer that has the items: `CommonPrefixes`. Default: the operation's main list.
    #[serde(default)]
    list: Option<String>,
    /// Most items to read, at least 1. Default: all of them, and a list of more than 10000 is a fault.
    #[serde(default)]
    max_items: Option<usize>,
    /// Region, where it is not the configured one.
    #[serde(default)]
    region: Option<String>,
    /// Named profile, where it is not the configured one.
    #[serde(default)]
    profile: Option<String>,
}

impl AllItems {
    fn call(&self) -> AwsCall {
        let place = Place {
            region: &self.region,
            profile: &self.profile,
        };
        call_of(&self.service, &self.operation, &self.input, place)
    }

    fn wrong(&self, at: &str, why: String) -> Fault {
        let name = Self::DECLARATION.path();
        Fault::new(INVALID_INPUT, format!("{name} at `{at}`: {why}"))
    }

    /// The pages of the operation, and the path of the list that is wanted.
    fn pages(&self) -> Result<(Pages, &str), Fault> {
        let pages = Pages::of(&self.service, &self.operation).ok_or_else(|| {
            let why = format!("{} {} has no pages", self.service, self.operation);
            self.wrong("operation", why)
                .hint("make the call with aws::call")
        })?;
        let known = pages.results();
        let list = match &self.list {
            None => known.first().copied().unwrap_or_default(),
            Some(list) => match known.iter().find(|known| *known == list) {
                Some(known) => known,
                None => {
                    let why = format!("{} has no list `{list}`", self.operation);
                    let mut fault = self.wrong("list", why);
                    let lists = known.join(", ");
                    let meant = did_you_mean(list, known.iter().copied());
                    fault.hint = Some(meant.unwrap_or_else(|| format!("it has {lists}")));
                    return Err(fault);
                }
            },
        };
        Ok((pages, list))
    }
}

impl Verb for AllItems {
    const DECLARATION: Declaration = Declaration {
        module: "aws",
        name: "pages",
        effect: Effect::Read,
        doc: "Reads a list of AWS to its end, page by page, and returns its items. The pages are followed as AWS's own paginators say. `aws::call` returns the API's own answer, of at most 100 pages; this returns only the items, from as many pages as `max_items` needs. A list that is longer than 10000 items is the fault `list_too_long`, unless `max_items` says how many are wanted.",
        positional: &["service", "operation", "input"],
        returns: "The items, in AWS's order: an array.",
        example: r#"let snapshots = aws::pages("rds", "DescribeDBSnapshots", #{ DBInstanceIdentifier: "catalog-db" });
for snapshot in snapshots { print(snapshot.DBSnapshotIdentifier); }"#,
    };
}

impl Call for AllItems {
    fn check(&self) -> Result<(), Fault> {
        let name = Self::DECLARATION.path();
        let call = self.call();
        api::check(&name, &call.service, &call.operation, &call.input)?;
        if call.effect() != Effect::Read {
            let why = format!("{} does not only read", self.operation);
            return Err(self.wrong("operation", why));
        }
        if self.max_items == Some(0) {
            return Err(self.wrong("max_items", "expected at least 1".to_owned()));
        }
        self.pages().map(drop)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: self.operation.clone(),
            object: self.service.clone(),
            kind: LineKind::Looks,
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let (pages, list) = self.pages()?;
        items(cx, self.call(), &pages, list, self.max_items)
    }

    fn unknown_names(&self, output: &Value) -> Vec<String> {
        let (_, list) = match self.pages() {
            Ok(found) => found,
            Err(_) => return Vec::new(),
        };
        let mut answer = output.clone();
        for name in list.rsplit('.') {
            answer = serde_json::json!({ name: answer });
        }
        api::unknown_names(&self.service, &self.operation, &answer)
    }

    fn returns_settings(&self) -> bool {
        self.service != "logs"
    }

    fn summary(&self, output: &Value) -> Option<String> {
        match output.as_array()?.len() {
            1 => Some("1 item".to_owned()),
            many => Some(format!("{many} items")),
        }
    }
}
