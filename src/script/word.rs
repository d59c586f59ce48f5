//! A word of the language or of tests, as the reference shows it.

/// A word of the language or of tests, with its documentation.
pub struct Word {
    /// How scripts call it: `step`.
    pub name: &'static str,
    /// Other words that are explained with it: `integer` with `text`.
    pub also: &'static [&'static str],
    /// How it is written, one line for each form.
    pub forms: &'static [&'static str],
    /// What it does, in Markdown; the first sentence is its summary.
    pub doc: &'static str,
    /// A whole script. What it prints follows each line as a comment.
    pub example: &'static str,
}

impl Word {
    /// Whether this word, or one that is explained with it, is called `name`.
    pub fn explains(&self, name: &str) -> bool {
        self.name == name || self.also.contains(&name)
    }
}
