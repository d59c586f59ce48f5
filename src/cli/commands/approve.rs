//! `deployer approve` and `deployer reject`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use jiff::Timestamp;

use crate::cli::completion::candidates;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::execution::questions::{answers_to, open_questions};
use crate::cli::execution::{answers, stored_run};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::journal::RunDir;
use crate::report::{self, Output};
use crate::vocabulary::{Answer, Question, Refusal};

/// Command-line arguments of `deployer approve` and `deployer reject`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AnswerArgs {
    /// Run id, or the beginning of it
    #[arg(value_name = "RUN", add = ArgValueCompleter::new(candidates::asking_runs))]
    run: String,
    /// Role in which you answer; needed where the question asks several roles
    #[arg(long = "as", value_name = "ROLE", add = ArgValueCompleter::new(candidates::roles))]
    role: Option<String>,
    /// The word that the question asks you to type
    #[arg(long = "type", value_name = "WORD")]
    word: Option<String>,
    /// Digest of what you reviewed, as shown with the question; a question with another digest is not answered
    #[arg(long, value_name = "DIGEST", add = ArgValueCompleter::new(candidates::digests))]
    reviewed: Option<String>,
    /// A comment; the run's record keeps it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Posts the answer to the run.
pub(super) fn main(args: &AnswerArgs, approved: bool, global: &GlobalArgs) -> CommandResult {
    let dir = stored_run::find(&args.run, global)?;
    let (entries, _) = stored_run::read(&dir)?;
    let question = choose_question(args, open_questions(&entries), &dir, global)?;
    let earlier = answers_to(&question, &entries, &dir)
        .map_err(|error| CommandError::message("answers_unreadable", error.to_string()))?;
    let role = choose_role(args, &question, &earlier, &dir)?;
    let typed = args.word.as_ref().filter(|_| approved);
    require_word(typed, approved, &question, &dir)?;
    let now = Timestamp::now();
    let answer = Answer {
        role,
        typed: typed.cloned(),
        note: args.note.clone(),
        ..Answer::to(&question, approved, answers::user(), now)
    };
    let answer = answer.sealed();
    if let Some(refusal) = question.refuses(&answer, &earlier, now) {
        let hint = hint(&refusal, &question, &earlier, &dir, global);
        let error = match hint {
            Some(hint) => CommandError::with_hint(refusal.code(), refusal.to_string(), hint),
            None => CommandError::message(refusal.code(), refusal.to_string()),
        };
        return Err(error);
    }
    dir.post_answer(&answer)
        .map_err(|error| CommandError::message("state", error.to_string()))?;
    let waits_for = question.outstanding(&[earlier, vec![answer.clone()]].concat());
    confirm(&answer, &question, &waits_for, &dir, global);
    Ok(ExitCode::SUCCESS)
}

/// The question that is answered: the only open one, or the one with the digest of `--reviewed`.
fn choose_question(
    args: &AnswerArgs,
    mut open: Vec<Question>,
    dir: &RunDir,
    global: &GlobalArgs,
) -> CommandResult<Question> {
    let run = dir.id();
    if open.is_empty() {
        let message = format!("run {run} is not waiting for approval");
        return Err(CommandError::message("not_asked", message));
    }
    let listed = |open: &[Question]| {
        let each = open
            .iter()
            .map(|q| format!("{} (--reviewed {})", q.title, q.reviewed()));
        each.collect::<Vec<_>>().join(", ")
    };
    let chosen = match &args.reviewed {
        Some(digest) => open
            .iter()
            .position(|q| !digest.is_empty() && q.digest.starts_with(digest)),
        None if open.len() == 1 => Some(0),
        None => {
            let message = format!("run {run} asks several questions: {}", listed(&open));
            let hint = "choose one with --reviewed";
            return Err(CommandError::with_hint("reviewed_needed", message, hint));
        }
    };
    match chosen {
        Some(index) => Ok(open.swap_remove(index)),
        None => {
            let message = format!("run {run} now asks another question: {}", listed(&open));
            let hint = format!("look at it: {} show {run}", global.program());
            Err(CommandError::with_hint("not_asked", message, hint))
        }
    }
}

/// The role in which the question is answered; `None`: it asks no roles and none was given.
fn choose_role(
    args: &AnswerArgs,
    question: &Question,
    earlier: &[Answer],
    dir: &RunDir,
) -> CommandResult<Option<String>> {
    if question.roles.is_empty() {
        return Ok(args.role.clone());
    }
    let (run, roles) = (dir.id(), question.roles.join(", "));
    match (&args.role, question.outstanding(earlier).as_slice()) {
        (Some(role), _) if question.roles.contains(role) => Ok(Some(role.clone())),
        (Some(role), _) => {
            let message = format!("run {run} does not ask the role {role}; it asks {roles}");
            Err(CommandError::message("not_asked", message))
        }
        (None, [only]) => Ok(Some(only.clone())),
        (None, _) => {
            let message = format!("run {run} asks {roles}: say in which role you answer");
            let hint = "add --as ROLE";
            Err(CommandError::with_hint("role_needed", message, hint))
        }
    }
}

/// Checks the word that an approval must type.
fn require_word(
    typed: Option<&String>,
    approved: bool,
    question: &Question,
    dir: &RunDir,
) -> CommandResult<()> {
    let run = dir.id();
    match (&question.word, typed) {
        (Some(word), None) if approved => {
            let message = format!("run {run} asks you to type a word: {}", question.title);
            let hint = format!("add --type {word} if that is what you want");
            Err(CommandError::with_hint("word_needed", message, hint))
        }
        (Some(word), Some(typed)) if typed != word => {
            let message = format!("`{typed}` is not {word}: not confirmed");
            Err(CommandError::message("wrong_word", message))
        }
        (None, Some(_)) => {
            let message = format!("run {run} asks for no word");
            let hint = "leave --type out";
            Err(CommandError::with_hint("no_word_asked", message, hint))
        }
        _ => Ok(()),
    }
}

/// What to do after an answer was refused.
fn hint(
    refusal: &Refusal,
    question: &Question,
    earlier: &[Answer],
    dir: &RunDir,
    global: &GlobalArgs,
) -> Option<String> {
    let waits_for = question.outstanding(earlier);
    Some(match refusal {
        Refusal::Answered { .. } | Refusal::SamePerson { .. } if waits_for.is_empty() => {
            format!("continue with `{} resume {}`", global.program(), dir.id())
        }
        Refusal::Answered { .. } => format!("waiting for {}", waits_for.join(", ")),
        Refusal::SamePerson { .. } => format!(
            "somebody else answers as {}; a pipeline allows one person with `distinct: false`",
            waits_for.join(", ")
        ),
        Refusal::OlderThanQuestion | Refusal::FromTheFuture => {
            "correct the clock of this machine, and answer again".to_owned()
        }
        Refusal::NotSealed | Refusal::NotAsked { .. } | Refusal::TooLate => return None,
    })
}

fn confirm(
    answer: &Answer,
    question: &Question,
    waits_for: &[String],
    dir: &RunDir,
    global: &GlobalArgs,
) {
    if global.quiet && global.output != Output::Json {
        return;
    }
    if global.output == Output::Json {
        report::print_text(&(serde_json::to_string(answer).unwrap_or_default() + "\n"));
        return;
    }
    let verb = match answer.approved {
        true => "approved",
        false => "rejected",
    };
    let role = answer.role.as_ref();
    let role = role.map(|role| format!(" as {role}")).unwrap_or_default();
    let mut text = format!(
        "{verb}{role} by {} (claimed): {}\n",
        answer.by, question.title
    );
    if !waits_for.is_empty() && answer.approved {
        text.push_str(&format!("waiting for {}\n", waits_for.join(", ")));
    } else if !dir.is_running() {
        text.push_str(&format!(
            "the run is not running; continue it with: {} resume {}\n",
            global.program(),
            dir.id()
        ));
    }
    report::print_text(&text);
}
