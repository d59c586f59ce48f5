//! "Did you mean …?": which known word a misspelt one stands for. A leaf, used wherever a name is refused.

/// The one of `candidates` that `given` most likely is a misspelling of, or `None` if none comes close.
///
/// Upper and lower case count as equal, and so do `-`, `_` and spaces: `runSeconds`, `run-seconds` and `run_seconds` are
/// one word. About one letter in three may differ. Of several that are equally close, the first wins.
pub(crate) fn suggest<'a, S: AsRef<str> + ?Sized + 'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<&'a str> {
    let wanted = folded(given);
    if wanted.is_empty() {
        return None;
    }
    candidates
        .into_iter()
        .map(AsRef::as_ref)
        .filter(|candidate| *candidate != given)
        .filter_map(|candidate| {
            let known = folded(candidate);
            let slipped = distance(&wanted, &known);
            let letters = wanted.chars().count().max(known.chars().count());
            let near = slipped <= slips(letters) && !(letters < 4 && replaced(&wanted, &known));
            near.then_some((slipped, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `NAME`?" for the closest of `candidates`.
pub(crate) fn did_you_mean<'a, S: AsRef<str> + ?Sized + 'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<String> {
    suggest(given, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// In how many letters two words differ.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(one, other)
}

/// How many letters of a word with so many may be wrong.
fn slips(letters: usize) -> usize {
    match letters {
        0 | 1 => 0,
        2..=5 => 1,
        _ => letters / 3,
    }
}

/// Whether short words of one length differ in a letter: `env` is not `end` misspelt.
fn replaced(one: &str, other: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (one, other) = (sorted(one), sorted(other));
    one.len() == other.len() && one != other
}

fn folded(word: &str) -> String {
    word.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_recognised() {
        for (given, meant) in [
            ("servce", "service"),
            ("clster", "cluster"),
            ("runSeconds", "run_seconds"),
            ("desierdCount", "desiredCount"),
            ("tmie", "time"),
            ("ECS", "ecs"),
            ("slow_start", "slow-start"),
        ] {
            let known = [
                "service",
                "cluster",
                "run_seconds",
                "desiredCount",
                "time",
                "ecs",
                "slow-start",
            ];
            assert_eq!(suggest(given, &known), Some(meant), "{given}");
        }
    }

    #[test]
    fn other_words_are_not() {
        let known = ["end", "ecs", "cluster", "time"];
        for given in ["", "x", "production", "env", "s3", "version", "cluster"] {
            assert_eq!(suggest(given, &known), None, "{given}");
        }
    }
}
