//! What a mistake is told as: `mistakes.txt` holds each with its message, place, label and help.

use std::fmt::Write;

use super::explain;
use crate::script::parser;

const MISTAKES: &str = include_str!("mistakes.txt");

/// What is said of a script; `⏎` is the end of a line.
fn told(script: &str) -> String {
    let text = script.replace('⏎', "\n");
    let Err(error) = parser().compile(&text) else {
        return "it parses".to_owned();
    };
    let found = explain(&error, &text, "t.rhai");
    let mut told = format!(
        "{}:{} {}",
        found.site.line, found.site.column, found.message
    );
    let _ = write!(told, " | {}", found.label);
    if let Some(help) = found.help {
        let _ = write!(told, " | {help}");
    }
    told
}

#[test]
fn each_mistake_is_told_in_the_terms_of_what_was_meant() {
    let mut now = String::new();
    let mut script = "";
    for line in MISTAKES.lines() {
        match line.starts_with("    ") {
            true => now.push_str(&format!("    {}\n", told(script))),
            false => {
                script = line;
                now.push_str(&format!("{line}\n"));
            }
        }
    }
    if std::env::var_os("UPDATE_MISTAKES").is_some() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/script/parse_help/mistakes.txt"
        );
        std::fs::write(file, &now).expect("the file can be written");
        return;
    }
    for (now, before) in now.lines().zip(MISTAKES.lines()) {
        assert_eq!(now, before);
    }
}

#[test]
fn broken_texts_are_told_without_a_panic() {
    let whole = "let a = #{ b: [1, \"x\"] };\nstep \"S\" { if a.b == 1 { note(`v${a}`); } else { f(|x| x + 1); } }\n";
    let letters: Vec<char> = whole.chars().collect();
    for cut in 0..letters.len() {
        let without: String = letters
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != cut)
            .map(|(_, c)| *c)
            .collect();
        assert!(!told(&without).is_empty());
        let end: String = letters[..cut].iter().collect();
        assert!(!told(&end).is_empty());
    }
}
