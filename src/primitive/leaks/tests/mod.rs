//! The rules as they ship: all of them can be read, find what they should, and leave alone what is not a secret.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;

mod history;
mod written;

use super::rules::{PROJECT, Rules};
use super::scanner::Fragment;

/// What is made from gitleaks' own tests.
const SAMPLES: &str = include_str!("../rules/samples.tsv");

/// How a token is written down: as gitleaks' own tests do.
const WAYS: [&str; 12] = [
    "{i}Token=\"{s}\"",
    "{i}Token = {s}",
    "{\n    \"{i}_token\": \"{s}\"\n}",
    "{i}_token: {s}",
    "{i}_token: '{s}'",
    "string {i}Token = \"{s}\";",
    "{i}Token := `{s}`",
    "${i}Token .= \"{s}\"",
    "System.setProperty(\"{I}_TOKEN\", \"{s}\")",
    "  \"{i}Token\" => \"{s}\"",
    "{i}_TOKEN ?= \"{s}\"",
    "{i}_api_token = \"{s}\"",
];

pub(super) fn rules() -> Rules {
    load(&[], &[]).expect("they can be read")
}

fn load(files: &[(&str, &str)], patterns: &[&str]) -> Result<Rules, String> {
    let files: BTreeMap<String, String> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), said(text)))
        .collect();
    let patterns: Vec<String> = patterns.iter().map(|p| said(p)).collect();
    Rules::load(&|path| Ok(files.get(path).cloned()), &patterns)
}

/// A text without its marks: they keep other scanners from finding secrets here.
pub(super) fn said(marked: &str) -> String {
    marked.replace('~', "")
}

/// The rules that find something, by line.
pub(super) fn found(rules: &Rules, path: &str, text: &str) -> Vec<(u64, String)> {
    let hits = rules.scan(&Fragment {
        commit: "c0ffee",
        path,
        line: 1,
        text: text.as_bytes(),
    });
    hits.iter()
        .map(|hit| (hit.line, hit.rule.to_owned()))
        .collect()
}

#[test]
fn every_rule_can_be_compiled() {
    let rules = rules();
    assert!(rules.rules.len() >= 222 + 16, "{}", rules.rules.len());
    for rule in &rules.rules {
        rule.check()
            .unwrap_or_else(|why| panic!("{}: {why}", rule.id));
        assert!(!rule.description.is_empty(), "{}", rule.id);
        assert!(rule.regex.is_some() || rule.path.is_some(), "{}", rule.id);
    }
    for allow in &rules.allow {
        allow.check().expect("it can be compiled");
    }
}

#[test]
fn what_gitleaks_finds_in_its_own_tests_is_found() {
    let rules = rules();
    let mut runner = TestRunner::deterministic();
    let (mut tried, mut wrong) = (0, Vec::new());
    for line in SAMPLES.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [id, name, made] = parts.as_slice() else {
            panic!("{line}");
        };
        let rule = rules
            .rules
            .iter()
            .find(|rule| rule.id == *id)
            .expect("the rule is there");
        let secrets = string_regex(made).expect("it can be made");
        // What is made by chance may have a word in it that is never in a secret.
        let mut best = 0;
        for _ in 0..5 {
            let secret = secrets.new_tree(&mut runner).expect("it is made").current();
            let finds = |way: &&&str| {
                let text = way
                    .replace("{i}", name)
                    .replace("{I}", &name.to_uppercase())
                    .replace("{s}", &secret);
                let path = match &rule.path {
                    Some(_) => "settings.php",
                    None => "settings",
                };
                found(&rules, path, &text)
                    .iter()
                    .any(|(_, found)| found == id)
            };
            best = best.max(WAYS.iter().filter(finds).count());
        }
        tried += 1;
        if best < WAYS.len() - 1 {
            wrong.push(format!("{id}: {best} of {} ways, {made}", WAYS.len()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 150, "{tried}");
}

#[test]
fn one_line_has_the_finding_that_says_most() {
    let rules = rules();
    let token = said("to~ken = \"gh~p_16C7e42F292c6912E7710c838347Ae178B4a\"");
    assert_eq!(
        found(&rules, "a.py", &token),
        [(1, "github-pat".to_owned())]
    );
    let key = said(
        "x\n-----BEGIN RSA PRI~VATE KEY-----\nMIIEpQIBAAKCAQEAn6/O8li+SX4m98LLYt/PKSzEmQ++ZBD7Loh9P13f4yQ92EF3\nyxR5MsXFu9PRsrYQA7/4UTPHiC4y2sAVCBg4C2yyBpUEtMQjyCESi6Y=\n-----END RSA PRI~VATE KEY-----\n",
    );
    assert_eq!(
        found(&rules, "id_rsa", &key),
        [(2, "private-key".to_owned())]
    );
    let named: Vec<&str> = rules
        .named("", "certs/x.p12")
        .iter()
        .map(|hit| hit.rule)
        .collect();
    assert_eq!(named, ["pkcs12-file"]);
}

#[test]
fn a_project_has_rules_of_its_own() {
    let text = said("pass~word=hunt~er2x\nACME-1234\n");
    let ids = |rules: &Rules| -> Vec<String> {
        found(rules, "a/.env", &text)
            .into_iter()
            .map(|(_, id)| id)
            .collect()
    };
    let acme = "[[rules]]\nid = \"acme\"\nregex = '''ACME-\\d+'''\nkeywords = [\"ACME\"]\n";
    let only = load(&[(PROJECT, acme)], &[]).expect("rules");
    assert_eq!(ids(&only), ["bare-secret", "configured-password", "acme"]);
    assert!(!only.rules.iter().any(|rule| rule.id == "github-pat"));

    let extended = format!(
        "[extend]\nuseDefault = true\ndisabledRules = [\"bare-secret\", \"configured-password\", \"jwt\"]\n{acme}[[allowlists]]\ntargetRules = [\"acme\"]\npaths = ['''^a/''']\n"
    );
    let extended = load(&[(PROJECT, &extended)], &[]).expect("rules");
    assert_eq!(ids(&extended), [] as [&str; 0]);
    assert!(extended.rules.iter().any(|rule| rule.id == "github-pat"));
    assert!(!extended.rules.iter().any(|rule| rule.id == "jwt"));

    let base = [
        (PROJECT, "[extend]\npath = \"rules/base.toml\"\n"),
        ("rules/base.toml", acme),
    ];
    assert_eq!(
        ids(&load(&base, &[]).expect("rules"))
            .last()
            .map(String::as_str),
        Some("acme")
    );
    let condition = "[[rules]]\nid = \"acme\"\nregex = '''ACME-\\d+'''\n[[rules.allowlists]]\ncondition = \"AND\"\npaths = ['''\\.env$''']\nregexTarget = \"line\"\nregexes = ['''-9''']\n";
    assert!(ids(&load(&[(PROJECT, condition)], &[]).expect("rules")).contains(&"acme".to_owned()));

    let own = load(&[], &["acme-\\d"]).expect("rules");
    assert_eq!(ids(&own).last().map(String::as_str), Some("pattern-1"));
}

#[test]
fn rules_that_cannot_be_read_are_said() {
    for (text, why) in [
        ("[allowlist]\npaths = [\"x\"]\n", "has no rules"),
        ("[[rules]]\nid = \"a\"\nregex = \"(\"\n", "rule a: "),
        ("[[rules]]\nregex = \"x\"\n", "a rule has no id"),
        ("[[rules]]\nid = 3\n", "invalid type"),
        (
            "[extend]\npath = \"nowhere.toml\"\n",
            "there is no file nowhere.toml",
        ),
        ("[extend]\npath = \".gitleaks.toml\"\n", "too deep"),
        (
            "[[rules]]\nid = \"a\"\nregex = \"x\"\n[[rules.allowlists]]\n",
            "it allows nothing",
        ),
    ] {
        let told = load(&[(PROJECT, text)], &[]).expect_err("wrong");
        assert!(told.contains(why), "{told}");
    }
    let told = load(&[], &["("]).expect_err("wrong");
    assert!(told.contains("pattern `(`"), "{told}");
}
