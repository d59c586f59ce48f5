//! What is wrong with a script, found before anything runs.

use crate::vocabulary::Site;

/// Something wrong in a script, with its place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// One sentence: `ecs::update_service has no field `desierdCount``.
    pub message: String,
    /// What stands at the marked place, in a few words: `did you mean `desiredCount`?`.
    pub label: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    pub help: Option<String>,
    /// Where; line 0: the script as a whole.
    pub site: Site,
    /// Characters to mark from there, where known.
    pub length: Option<usize>,
    /// Whether it is a warning: the script may run nevertheless.
    pub warning: bool,
}

impl Diagnosis {
    pub(crate) fn new(message: impl Into<String>, site: Site) -> Self {
        Diagnosis {
            message: message.into(),
            label: String::new(),
            help: None,
            site,
            length: None,
            warning: false,
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}
