//! Values of texts of which AWS lists the values.

use crate::suggest::suggest;

/// Lists that the API reference has and the models do not: service, shape, values. AWS refuses any other value.
///
/// Amazon CloudWatch API Reference, PutMetricAlarm, "Request Parameters": `TreatMissingData`,
/// `EvaluateLowSampleCountPercentile`.
const DOCUMENTED: [(&str, &str, &[&str]); 2] = [
    (
        "cloudwatch",
        "TreatMissingData",
        &["breaching", "notBreaching", "ignore", "missing"],
    ),
    (
        "cloudwatch",
        "EvaluateLowSampleCountPercentile",
        &["evaluate", "ignore"],
    ),
];

/// The values of a shape that only the API reference lists.
pub(super) fn documented(service: &str, shape: &str) -> Option<&'static [&'static str]> {
    let mut listed = DOCUMENTED.iter();
    let found = listed.find(|(of, name, _)| *of == service && *name == shape);
    found.map(|(.., values)| *values)
}

/// The listed value that an unknown one was probably meant to be; `None`: it may be one that AWS has added since.
///
/// AWS adds versions and sizes all the time, and these resemble the ones before: `python3.15` is not `python3.14`
/// misspelt. So a value with digits is a slip only where nothing but capitals, dashes and underscores differ.
pub(super) fn meant<'k>(value: &str, listed: &[&'k str]) -> Option<&'k str> {
    let folded = |text: &str| {
        let letters = text.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let wanted = folded(value);
    if let Some(same) = listed.iter().find(|known| folded(known) == wanted) {
        return Some(same);
    }
    let has_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    if has_digits(value) {
        return None;
    }
    let words = listed.iter().copied().filter(|known| !has_digits(known));
    let words: Vec<&'k str> = words.collect();
    let found = suggest(value, words.iter().copied())?;
    words.into_iter().find(|known| *known == found)
}
