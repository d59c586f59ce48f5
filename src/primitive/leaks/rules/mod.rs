//! The rules of a scan: gitleaks', our own, and the project's.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use super::allow::Allow;
use super::file::{RuleEntry, RuleFile};
use super::pattern::Pattern;

/// The rules of gitleaks: the default of a project without a file of its own.
const GITLEAKS: &str = include_str!("gitleaks.toml");
/// What those leave out: they hold in any case.
const OURS: &str = include_str!("deployer.toml");
/// File in which a project has rules of its own.
pub(super) const PROJECT: &str = ".gitleaks.toml";
/// How many files may build on each other.
const DEEPEST: usize = 3;

/// Which of two findings in one line says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It knows what the secret is for.
    Particular,
    /// One of ours: it knows how it was written down.
    Ours,
    /// A rule for anything that looks random.
    Generic,
}

/// A rule that was read and checked, ready to search with.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub id: String,
    pub description: String,
    pub regex: Option<Pattern>,
    pub path: Option<Pattern>,
    /// The group that holds the secret; 0: the first that holds anything.
    pub group: usize,
    pub entropy: f64,
    /// In lower case; without one of them in a text the rule is not looked for.
    pub keywords: Vec<String>,
    pub allow: Vec<Allow>,
    pub rank: Rank,
    silent: bool,
}

/// All rules, with what finds those quickly that a text may break.
#[derive(Debug)]
pub(super) struct Rules {
    pub rules: Vec<Rule>,
    pub allow: Vec<Allow>,
    keywords: AhoCorasick,
    /// Indices of the rules that have the keyword, by index of the keyword.
    by_keyword: Vec<Vec<usize>>,
    /// The rules without keywords: every text is searched for them.
    always: Vec<usize>,
}

impl Rules {
    /// The rules of a project: gitleaks' or those of its `.gitleaks.toml`, and ours. `read` reads a file of the project,
    /// `patterns` are further expressions.
    ///
    /// # Errors
    /// Which file or expression is wrong, and how.
    pub(super) fn load(
        read: &dyn Fn(&str) -> Result<Option<String>, String>,
        patterns: &[String],
    ) -> Result<Rules, String> {
        let mut set = match read(PROJECT)? {
            Some(text) => {
                let set = RuleSetBuilder::project(PROJECT, &text, read, DEEPEST)?;
                if set.rules.is_empty() {
                    return Err(format!(
                        "{PROJECT} has no rules, so nothing would be found; add `[extend]` with `useDefault = true`"
                    ));
                }
                set
            }
            None => RuleSetBuilder::shipped("gitleaks.toml", GITLEAKS)?,
        };
        set.add(
            RuleSetBuilder::shipped("deployer.toml", OURS)?,
            &set.disabled.clone(),
        );
        for pattern in patterns {
            set.own(pattern)?;
        }
        set.finish()
    }

    /// The indices of the rules that a text may break, each once, in order.
    pub(super) fn concerned(&self, text: &[u8]) -> Vec<usize> {
        let mut meant = vec![false; self.rules.len()];
        for index in &self.always {
            meant[*index] = true;
        }
        for found in self.keywords.find_overlapping_iter(text) {
            for index in &self.by_keyword[found.pattern().as_usize()] {
                meant[*index] = true;
            }
        }
        (0..meant.len()).filter(|index| meant[*index]).collect()
    }
}

/// Rules that are being put together.
#[derive(Default)]
struct RuleSetBuilder {
    rules: BTreeMap<String, Rule>,
    allow: Vec<Allow>,
    /// Allow lists for some rules only, which may come with another file.
    targeted: Vec<(String, Allow)>,
    disabled: Vec<String>,
}

impl RuleSetBuilder {
    /// A file that ships with the program: compiled when it is needed, as a test compiles all of it.
    fn shipped(name: &str, text: &str) -> Result<RuleSetBuilder, String> {
        let file = RuleFile::read(text).map_err(|why| format!("{name}: {why}"))?;
        RuleSetBuilder::new(name, file)
    }

    /// A file of the project, on what it extends.
    fn project(
        name: &str,
        text: &str,
        read: &dyn Fn(&str) -> Result<Option<String>, String>,
        deepest: usize,
    ) -> Result<RuleSetBuilder, String> {
        let file = RuleFile::read(text).map_err(|why| format!("{name}: {why}"))?;
        let base = match (file.extend.usedefault, file.extend.path.as_str()) {
            (true, "") => Some(RuleSetBuilder::shipped("gitleaks.toml", GITLEAKS)?),
            (true, _) => return Err(format!("{name}: extend: `useDefault` or `path`, not both")),
            (false, "") => None,
            (false, path) if deepest > 1 => {
                let text = read(path)?
                    .ok_or_else(|| format!("{name}: extend: there is no file {path}"))?;
                Some(RuleSetBuilder::project(path, &text, read, deepest - 1)?)
            }
            (false, path) => return Err(format!("{name}: extend: {path}: too deep")),
        };
        let mut set = RuleSetBuilder::new(name, file)?;
        set.check(name)?;
        if let Some(base) = base {
            let disabled = set.disabled.clone();
            set.add(base, &disabled);
        }
        Ok(set)
    }

    fn new(name: &str, file: RuleFile) -> Result<RuleSetBuilder, String> {
        let mut set = RuleSetBuilder {
            disabled: file.extend.disabledrules,
            ..RuleSetBuilder::default()
        };
        let wrong = |id: &str, why: &str| format!("{name}: rule {id}: {why}");
        for entry in file.rules {
            let id = entry.id.clone();
            if id.is_empty() {
                return Err(format!("{name}: a rule has no id"));
            }
            let rule = rule(entry, name).map_err(|why| wrong(&id, &why))?;
            set.rules.insert(id, rule);
        }
        for entry in file.allowlist.into_iter().chain(file.allowlists) {
            let targets = entry.targetrules.clone();
            let allow = Allow::new(entry).map_err(|why| format!("{name}: allow list: {why}"))?;
            match targets.is_empty() {
                true => set.allow.push(allow),
                false => {
                    let each = targets.into_iter().map(|rule| (rule, allow.clone()));
                    set.targeted.extend(each);
                }
            }
        }
        Ok(set)
    }

    /// Compiles every expression. Fails with the rule or allow list that cannot be compiled.
    fn check(&self, name: &str) -> Result<(), String> {
        for rule in self.rules.values() {
            rule.check()
                .map_err(|why| format!("{name}: rule {}: {why}", rule.id))?;
        }
        let targeted = self.targeted.iter().map(|(_, allow)| allow);
        for allow in self.allow.iter().chain(targeted) {
            allow
                .check()
                .map_err(|why| format!("{name}: allow list: {why}"))?;
        }
        Ok(())
    }

    /// Lays these rules over others: what both have is the other's, with what these say of it.
    fn add(&mut self, base: RuleSetBuilder, disabled: &[String]) {
        for (id, mut rule) in base.rules {
            if disabled.contains(&id) {
                continue;
            }
            if let Some(over) = self.rules.remove(&id) {
                rule.overlay(over);
            }
            self.rules.insert(id, rule);
        }
        self.allow.extend(base.allow);
        self.targeted.extend(base.targeted);
        self.disabled.extend(base.disabled);
    }

    /// A rule of the pipeline's own.
    fn own(&mut self, pattern: &str) -> Result<(), String> {
        let id = format!(
            "pattern-{}",
            self.rules
                .keys()
                .filter(|id| id.starts_with("pattern-"))
                .count()
                + 1
        );
        let entry = RuleEntry {
            id: id.clone(),
            description: "It matches a pattern that the pipeline names.".to_owned(),
            regex: format!("(?i){pattern}"),
            ..RuleEntry::default()
        };
        let rule = rule(entry, "")?;
        rule.check()
            .map_err(|why| format!("pattern `{pattern}`: {why}"))?;
        self.rules.insert(id, rule);
        Ok(())
    }

    fn finish(mut self) -> Result<Rules, String> {
        for (id, allow) in self.targeted {
            // What is disabled needs no list.
            if let Some(rule) = self.rules.get_mut(&id) {
                rule.allow.push(allow);
            }
        }
        let rules: Vec<Rule> = self
            .rules
            .into_values()
            .filter(|rule| !rule.silent)
            .collect();
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, rule) in rules.iter().enumerate() {
            for word in &rule.keywords {
                by_word.entry(word).or_default().push(index);
            }
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(by_word.keys())
            .map_err(|error| error.to_string())?;
        let by_keyword = by_word.into_values().collect();
        let regexed = |rule: &Rule| rule.regex.is_some() && rule.keywords.is_empty();
        let always = rules.iter().enumerate().filter(|(_, rule)| regexed(rule));
        let always = always.map(|(index, _)| index).collect();
        Ok(Rules {
            allow: self.allow,
            keywords,
            by_keyword,
            always,
            rules,
        })
    }
}

fn rule(entry: RuleEntry, file: &str) -> Result<Rule, String> {
    let lists = entry.allowlist.into_iter().chain(entry.allowlists);
    let allow = lists.map(Allow::new).collect::<Result<Vec<_>, _>>()?;
    let pattern = |source: String| (!source.is_empty()).then(|| Pattern::new(source));
    let rank = match file {
        "deployer.toml" => Rank::Ours,
        _ if entry.id.contains("generic") => Rank::Generic,
        _ => Rank::Particular,
    };
    Ok(Rule {
        regex: pattern(entry.regex),
        path: pattern(entry.path),
        group: entry.secretgroup,
        entropy: entry.entropy,
        keywords: entry
            .keywords
            .iter()
            .map(|word| word.to_lowercase())
            .collect(),
        allow,
        rank,
        silent: entry.skipreport,
        id: entry.id,
        description: entry.description,
    })
}

impl Rule {
    /// Compiles all of it.
    ///
    /// # Errors
    /// What is wrong with an expression.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut patterns = self.regex.iter().chain(&self.path);
        patterns.try_for_each(Pattern::check)?;
        self.allow.iter().try_for_each(Allow::check)
    }

    /// Takes what another says of the same rule.
    fn overlay(&mut self, over: Rule) {
        if !over.description.is_empty() {
            self.description = over.description;
        }
        if over.entropy != 0.0 {
            self.entropy = over.entropy;
        }
        if over.group != 0 {
            self.group = over.group;
        }
        self.regex = over.regex.or(self.regex.take());
        self.path = over.path.or(self.path.take());
        self.keywords.extend(over.keywords);
        self.allow.extend(over.allow);
        self.silent |= over.silent;
    }
}
