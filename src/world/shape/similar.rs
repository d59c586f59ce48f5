//! Did you mean.

/// The candidate that `name` is most likely a misspelling of.
pub(crate) fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, candidate)| *distance <= allowed(name.len().max(candidate.len())))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many slips of the finger a word of this length may hold.
fn allowed(length: usize) -> usize {
    match length {
        0..=3 => 1,
        4..=7 => 2,
        _ => length / 4,
    }
}
