//! Words for a POSIX shell.

/// The word as a shell takes it: in single quotes, unless it has only characters that mean nothing to a shell.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_read_is_quoted() {
        assert_eq!(quote("arn:aws:ecs/x"), "arn:aws:ecs/x");
        assert_eq!(quote("op's"), r"'op'\''s'");
        assert_eq!(quote(""), "''");
    }
}
