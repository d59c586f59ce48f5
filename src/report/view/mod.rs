//! A run as it stands: what its events add up to.

use jiff::Timestamp;

use super::shorten_ids::shorten_ids;
use crate::vocabulary::event::StepResult;
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Answer, Effect, Line, Progress, Question};

mod events;

/// What is known of a run after some of its events.
#[derive(Debug, Default, Clone)]
pub struct View {
    /// Id of the run, a ULID; empty before the first event.
    pub run: String,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// What the script says that it deploys.
    pub title: Option<String>,
    /// Whether it goes on from a journal.
    pub resumed: bool,
    /// Library modules that the project replaces.
    pub overridden: Vec<String>,
    /// Time of the first event; `None`: there was none yet.
    pub started: Option<Timestamp>,
    /// Time of the latest event; `None`: there was none yet.
    pub latest: Option<Timestamp>,
    /// Steps and undos, in the order in which they are shown.
    pub entries: Vec<Entry>,
    /// Calls that have not returned, oldest first.
    pub active: Vec<Active>,
    /// Remarks that the script made outside of all steps.
    pub notes: Vec<String>,
    /// What was asked, the latest last, and the answers to it.
    pub asked: Vec<(Question, Vec<Answer>)>,
    /// What the program itself has to say meanwhile.
    pub notice: Option<String>,
    /// Outcome and details of the end; `None`: the run has not ended.
    pub ending: Option<Ending>,
}

/// A step or an undo of the run, and how it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The step's name, or the undo's label.
    pub name: String,
    /// Whether it is an undo; otherwise it is a step.
    pub undo: bool,
    /// How many steps are around it; 0: none.
    pub depth: usize,
    /// Whether it is still to come, is running or has ended.
    pub state: State,
    /// What the script remarked, and who answered.
    pub notes: Vec<String>,
    /// What its calls came to, for when the script remarks nothing.
    pub summaries: Vec<String>,
    /// Its writes that change something there is to show.
    pub writes: Vec<Line>,
    /// Why it failed, in a line; `None`: it did not.
    pub reason: Option<String>,
}

/// How a step or an undo stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// The script has not reached it yet.
    Pending,
    /// It is running since that time.
    Running(Timestamp),
    /// It has ended in this way, after so many milliseconds.
    Ended(StepResult, u64),
}

/// A call that has not returned.
#[derive(Debug, Clone)]
pub struct Active {
    /// Key of the call in the journal: branch path and number (`0:12`).
    pub key: String,
    /// What the call does: it reads, writes, waits or asks.
    pub effect: Effect,
    /// What is done to which object, as it is shown to a person.
    pub line: Line,
    /// When the call was made, in the world's time.
    pub since: Timestamp,
    /// The latest state that a wait has reported; `None`: none yet.
    pub progress: Option<Progress>,
    /// The latest news of a wait, and when it was reported.
    pub news: Option<(Timestamp, String)>,
    /// The passing fault that it is tried again after.
    pub retry: Option<String>,
}

impl View {
    /// What the run is called: its title, or else its pipeline.
    pub fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.pipeline)
    }

    /// What people have said to a question.
    pub fn answers(&self, question: &Question) -> &[Answer] {
        let mut asked = self.asked.iter();
        let answers = asked.find(|(asked, _)| asked.id == question.id);
        answers.map_or(&[], |(_, answers)| answers)
    }

    /// Roles that have not approved a question yet.
    pub fn outstanding(&self, question: &Question) -> Vec<String> {
        question.outstanding(self.answers(question))
    }

    /// The question that was asked last; `None`: none was.
    pub fn question(&self) -> Option<&Question> {
        self.asked.last().map(|(question, _)| question)
    }

    fn returned(&mut self, key: &str, summary: Option<&str>) {
        let Some(at) = self.active.iter().position(|call| call.key == key) else {
            return;
        };
        let call = self.active.remove(at);
        let Some(summary) = summary.map(shorten_ids) else {
            return;
        };
        if let Some(entry) = self.running(|_| true) {
            let told = call.effect != Effect::Read;
            // `catalog:42`, and then `catalog:42 3/3 running`.
            if entry
                .summaries
                .last()
                .is_some_and(|last| summary.starts_with(last.as_str()))
            {
                entry.summaries.pop();
            }
            if told && entry.summaries.last().is_none_or(|last| *last != summary) {
                entry.summaries.push(summary);
            }
        }
    }

    /// The innermost running entry that `fits`.
    fn running(&mut self, fits: impl Fn(&Entry) -> bool) -> Option<&mut Entry> {
        self.entries
            .iter_mut()
            .rev()
            .find(|e| matches!(e.state, State::Running(_)) && fits(e))
    }

    /// The entry for a step that begins: the announced one, or a new one behind all that began.
    fn place_for(&mut self, step: &str) -> usize {
        let announced = |e: &Entry| e.state == State::Pending && !e.undo && e.name == step;
        if let Some(at) = self.entries.iter().position(announced) {
            return at;
        }
        let at = self.behind_begun();
        self.entries.insert(at, Entry::pending(step));
        at
    }

    fn behind_begun(&self) -> usize {
        let last = self.entries.iter().rposition(|e| e.state != State::Pending);
        last.map_or(0, |at| at + 1)
    }
}

impl Entry {
    fn pending(name: &str) -> Self {
        Entry {
            name: name.to_owned(),
            undo: false,
            depth: 0,
            state: State::Pending,
            notes: Vec::new(),
            summaries: Vec::new(),
            writes: Vec::new(),
            reason: None,
        }
    }

    /// What is said beside it: the script's remarks, or else what its calls came to.
    pub fn told(&self) -> String {
        if !self.notes.is_empty() {
            return self.notes.join(" · ");
        }
        let from = self.summaries.len().saturating_sub(3);
        self.summaries[from..].join(" · ")
    }
}

/// An answer in a few words: `lead ana (claimed)`, `devops raj (claimed, started the run) rejected: not on a Friday`.
/// Without a signature, a name is what somebody claims.
pub fn says(answer: &Answer) -> String {
    let role = answer.role.as_deref().map(|role| format!("{role} "));
    let claimed = match answer.starter {
        true => "claimed, started the run",
        false => "claimed",
    };
    let mut said = format!("{}{} ({claimed})", role.unwrap_or_default(), answer.by);
    if let Some(typed) = answer.typed.as_ref().filter(|_| answer.approved) {
        said.push_str(&format!(" typed {typed}"));
    }
    if !answer.approved {
        said.push_str(" rejected");
    }
    if let Some(note) = answer.note.as_ref().filter(|note| !note.is_empty()) {
        said.push_str(&format!(": {note}"));
    }
    said
}
