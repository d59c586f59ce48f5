//! "Did you mean …?"

/// The candidate that `word` most likely stands for: at most one letter in three differs.
pub(crate) fn did_you_mean<'a, S: AsRef<str>>(word: &str, candidates: &'a [S]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let most = (lower.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(AsRef::as_ref)
        .map(|candidate| {
            (
                strsim::osa_distance(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= most && *candidate != word)
        .min()
        .map(|(_, candidate)| candidate)
}
