//! Patterns of `*` (any text) and `?` (any character).

/// Whether a text fits a pattern of `*` and `?`.
pub fn fits(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    let fold = |c: char| {
        if case_sensitive {
            c
        } else {
            c.to_ascii_lowercase()
        }
    };
    // Most patterns are plain texts.
    if !pattern.contains(['*', '?']) {
        return match case_sensitive {
            true => pattern == text,
            false => pattern.eq_ignore_ascii_case(text),
        };
    }
    let pattern: Vec<char> = pattern.chars().map(fold).collect();
    let text: Vec<char> = text.chars().map(fold).collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on if what follows the last star does not fit here.
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text_and_question_marks_for_one_character() {
        for (pattern, text, found) in [
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
            ("V?__*.sql", "V1__a__b.sql", true),
            ("V?__*.sql", "V12__a.sql", false),
            ("*é?", "caféx", true),
            ("API", "api", false),
        ] {
            assert_eq!(fits(pattern, text, true), found, "{pattern} {text}");
        }
        assert!(fits("API*", "api.example.com", false));
    }
}
