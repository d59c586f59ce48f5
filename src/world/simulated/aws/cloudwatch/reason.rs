//! Why an alarm is in its state, in AWS's words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::alarm::Alarm;
use super::alarm_state::AlarmState;
use super::verdict::MissingData;
use crate::world::simulated::aws::json::text;

/// `StateReason` of an alarm that these points of its evaluation range, the newest first, bring into a state.
pub(super) fn of(alarm: &Alarm, state: AlarmState, points: &[(Timestamp, Option<f64>)]) -> String {
    let evaluation = alarm.evaluation;
    let known = points
        .iter()
        .filter_map(|(at, value)| Some((*at, (*value)?)));
    let known: Vec<(Timestamp, f64)> = known.take(evaluation.periods).collect();
    let missing = evaluation.periods - known.len();
    if state == AlarmState::InsufficientData {
        return format!(
            "Insufficient Data: {} unknown.",
            counted(missing, "was", "were")
        );
    }
    let treated = match evaluation.missing {
        MissingData::Breaching => Some("Breaching"),
        MissingData::NotBreaching => Some("NonBreaching"),
        _ => None,
    };
    let treated = treated.filter(|_| missing > 0).map(|how| {
        let what = match missing {
            1 => "1 missing datapoint was".to_owned(),
            many => format!("{many} missing datapoints were"),
        };
        format!("{what} treated as [{how}]")
    });
    if known.is_empty() {
        let periods = match missing {
            1 => "1 period".to_owned(),
            many => format!("{many} periods"),
        };
        let treated = treated.map_or_else(String::new, |treated| format!(" and {treated}"));
        return format!("Threshold Crossed: no datapoints were received for {periods}{treated}.");
    }
    let into_alarm = state == AlarmState::Alarm;
    let said = known
        .iter()
        .filter(|(_, value)| alarm.breaches(*value) == into_alarm);
    let said: Vec<String> = said
        .map(|(at, value)| format!("{value:?} ({})", written(*at)))
        .collect();
    let comparison = match text(&alarm.raw, "ComparisonOperator").unwrap_or_default() {
        "GreaterThanThreshold" => "greater than",
        "GreaterThanOrEqualToThreshold" => "greater than or equal to",
        "LessThanThreshold" => "less than",
        _ => "less than or equal to",
    };
    let (not, needed, change) = if into_alarm {
        ("", evaluation.needed, "OK -> ALARM")
    } else {
        let needed = evaluation.periods - evaluation.needed + 1;
        ("not ", needed, "ALARM -> OK")
    };
    let treated = treated.map_or_else(String::new, |treated| format!(" and {treated}"));
    format!(
        "Threshold Crossed: {} out of the last {} datapoints [{}] {} {not}{comparison} the threshold ({:?}){treated} (minimum {needed} datapoint{} for {change} transition).",
        said.len(),
        known.len(),
        said.join(", "),
        if said.len() == 1 { "was" } else { "were" },
        alarm.threshold(),
        if needed == 1 { "" } else { "s" },
    )
}

fn counted(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 datapoint {one}"),
        many => format!("{many} datapoints {several}"),
    }
}

/// A time as AWS writes it in a reason.
fn written(at: Timestamp) -> String {
    let then = at.to_zoned(TimeZone::UTC);
    then.strftime("%d/%m/%y %H:%M:%S").to_string()
}
