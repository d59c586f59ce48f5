//! Reading the history of alarms: `DescribeAlarmHistory`.

use serde_json::{Value, json};

use super::alarm_calls::{kinds, refresh};
use super::history::HistoryItem;
use super::parameters::time;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, page, set, text};
use crate::world::simulated::cloud::Cloud;

/// Items that one page has at most.
const PAGE: usize = 100;

pub(super) fn describe(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    refresh(cloud);
    let kinds = kinds(input);
    let day = |member| input.get(member).and_then(time);
    let (from, to) = (day("StartDate"), day("EndDate"));
    let asked = |member, own: &str| text(input, member).is_none_or(|wanted| wanted == own);
    let history = cloud.cloudwatch.history.iter();
    let mut found: Vec<&HistoryItem> = history
        .filter(|item| kinds.contains(&item.kind) && asked("AlarmName", &item.name))
        .filter(|item| asked("HistoryItemType", item.item))
        .filter(|item| from.is_none_or(|from| item.at >= from) && to.is_none_or(|to| item.at <= to))
        .collect();
    found.sort_by_key(|item| item.at);
    if text(input, "ScanBy") != Some("TimestampAscending") {
        found.reverse();
    }
    let items = found.into_iter().map(HistoryItem::render).collect();
    let asked =
        json!({ "nextToken": input.get("NextToken"), "maxResults": input.get("MaxRecords") });
    let paged = page(&asked, "AlarmHistoryItems", items, PAGE);
    let mut out = json!({ "AlarmHistoryItems": list(&paged, "AlarmHistoryItems") });
    if let Some(token) = paged.get("nextToken") {
        set(&mut out, "NextToken", token.clone());
    }
    Ok(out)
}
