//! The least and the greatest numbers and lengths that a model allows.

use crate::world::apis::aws::Shape;

/// What a length must be and what it is, if it is out of the shape's bounds, and whether it is too small. `unit`: what
/// is counted, one of it.
pub(super) fn length(shape: &Shape, length: usize, unit: &str) -> Option<(bool, String, String)> {
    let bound = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok());
    let (min, max) = (bound(shape.min), bound(shape.max));
    let is_less = min.is_some_and(|min| length < min);
    if !is_less && max.is_none_or(|max| length <= max) {
        return None;
    }
    let last = max.or(min).unwrap_or_default();
    let expected = format!("{} {}", span(shape), counted(last, unit));
    Some((
        is_less,
        expected,
        format!("{length} {}", counted(length, unit)),
    ))
}

/// What a number must be, if it is out of the shape's bounds.
pub(super) fn number(shape: &Shape, number: f64) -> Option<String> {
    let bound = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
    let is_less = bound(shape.min).is_some_and(|min| number < min);
    let is_more = bound(shape.max).is_some_and(|max| number > max);
    (is_less || is_more).then(|| span(shape))
}

/// `1 to 255`, `at least 1`, `at most 255`, `exactly 2`.
pub(super) fn span(shape: &Shape) -> String {
    match (shape.min, shape.max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => String::new(),
    }
}

fn counted(count: usize, unit: &str) -> String {
    match (count, unit) {
        (1, one) => one.to_owned(),
        (_, "entry") => "entries".to_owned(),
        (_, one) => format!("{one}s"),
    }
}
