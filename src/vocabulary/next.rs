//! The commands that make sense after a run, or while it waits.

use serde::{Serialize, Serializer};

use super::outcome::Outcome;
use super::{Halt, Question};
use crate::text::shell;

/// A command that a person may run about a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// `deployer approve`: answer the open question with yes.
    Approve {
        /// The role to answer as; `None`: the question names no roles.
        role: Option<String>,
        /// The word that must be typed; `None`: none.
        word: Option<String>,
        /// What was shown with the question ([`Question::reviewed`]): an answer to anything else does not count.
        reviewed: String,
    },
    /// `deployer reject`: answer the open question with no.
    Reject,
    /// `deployer resume`: go on with the run.
    Resume,
    /// `deployer show`: see what the run did.
    Show,
}

impl Next {
    /// The commands that answer a question, and then go on with the run: an approval for each role that has not answered.
    pub fn answers(question: &Question) -> Vec<Next> {
        let approve = |role: Option<&String>| Next::Approve {
            role: role.cloned(),
            word: question.word.clone(),
            reviewed: question.reviewed().to_owned(),
        };
        let mut next: Vec<Next> = match question.roles.as_slice() {
            [] => vec![approve(None)],
            roles => roles.iter().map(|role| approve(Some(role))).collect(),
        };
        next.extend([Next::Reject, Next::Resume]);
        next
    }

    /// The commands that make sense after an ending.
    pub fn after(outcome: Outcome, halt: Option<&Halt>) -> Vec<Next> {
        match (halt, outcome) {
            (Some(Halt::Suspended { question }), _) => Next::answers(question),
            (_, Outcome::Succeeded) => Vec::new(),
            (_, Outcome::Suspended | Outcome::Interrupted) => vec![Next::Resume],
            _ => vec![Next::Show],
        }
    }
}

/// Commands about one run, in the order in which they are shown. In JSON they are the lines that a person types.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NextCommands {
    /// How the program is called: `deployer --state DIR`.
    program: String,
    /// Id of the run that the commands are about.
    run: String,
    commands: Vec<Next>,
}

impl NextCommands {
    /// Commands about `run`; `program`: how the program is called.
    pub fn new(program: &str, run: &str, commands: Vec<Next>) -> Self {
        if commands.is_empty() {
            return NextCommands::default();
        }
        NextCommands {
            program: program.to_owned(),
            run: run.to_owned(),
            commands,
        }
    }

    /// Whether no command makes sense.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The commands, in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = &Next> {
        self.commands.iter()
    }

    /// Without those that `fits` says no to.
    pub fn filtered(mut self, fits: impl Fn(&Next) -> bool) -> Self {
        self.commands.retain(fits);
        self
    }

    /// One of them as a person types it.
    pub fn line(&self, next: &Next) -> String {
        let (program, run) = (&self.program, &self.run);
        let (role, word, reviewed) = match next {
            Next::Approve {
                role,
                word,
                reviewed,
            } => (role, word, reviewed),
            Next::Reject => return format!("{program} reject {run}"),
            Next::Resume => return format!("{program} resume {run}"),
            Next::Show => return format!("{program} show {run}"),
        };
        let option = |name: &str, value: &Option<String>| {
            let value = value.as_deref().map(shell::quote);
            value.map_or(String::new(), |value| format!(" {name} {value}"))
        };
        let (word, role) = (option("--type", word), option("--as", role));
        format!("{program} approve {run}{word}{role} --reviewed {reviewed}")
    }

    /// Each of them as a person types it.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.commands.iter().map(|next| self.line(next))
    }
}

impl Serialize for NextCommands {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.lines())
    }
}
