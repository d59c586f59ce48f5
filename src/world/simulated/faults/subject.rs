//! What faults name must be there: in the fixture, the parameters or the scripts.

use crate::suggest::suggest;
use crate::text::arn::Arn;
use serde_json::Value;

use super::FaultSpec;
use crate::vocabulary::{Fault, codes};
use crate::world::shape;
use crate::world::simulated::aws::json::collect_texts;
use crate::world::simulated::fixture::Fixture;

/// The least length of a parameter's value that names of other things may begin with.
const NAMING: usize = 8;

/// What a pipeline speaks of, beside what its fixture has.
#[derive(Debug, Clone, Default)]
pub struct PipelineText {
    /// Values of the pipeline's parameters by name.
    pub params: Value,
    /// The text of its scripts, without the standard library.
    pub scripts: Vec<String>,
}

/// The object that the argument of a fault must name.
struct FaultSubject {
    /// What kind of object the argument names, in a word: `secret`.
    what: &'static str,
    /// Names of such objects that the fixture has.
    known: Vec<String>,
    /// Where they come from, for who looks for them.
    place: &'static str,
    /// Whether others may be met: said at the end, if not.
    open: bool,
}

impl FaultSpec {
    /// Demands that what the fault names is there.
    ///
    /// # Errors
    /// `fault_without_subject`, with what was meant.
    pub fn strikes_in(&self, fixture: &Fixture, mentioned: &PipelineText) -> Result<(), Fault> {
        let Some(argument) = self.argument.as_deref() else {
            return Ok(());
        };
        if self.name == "access-denied" {
            return self.strikes_operation(argument);
        }
        let Some(named) = self.named(fixture) else {
            return Ok(());
        };
        let begins = |known: &String| named.open && known.starts_with(argument);
        let known = &named.known;
        if known.iter().any(|k| k == argument || begins(k)) || mentioned.has(argument) {
            return Ok(());
        }
        let meant = suggest(argument, known.iter().map(String::as_str));
        if named.open && meant.is_none() {
            return Ok(());
        }
        let FaultSubject { what, place, .. } = named;
        let mut message =
            format!("the fault `{self}` strikes nothing: there is no {what} `{argument}`");
        if let Some(meant) = meant {
            message.push_str(&format!(", did you mean `{meant}`?"));
        }
        let hint = match known.as_slice() {
            [] => format!("there is none in {place}, in the parameters or in the scripts"),
            known if known.len() <= 12 => format!("{what}s in {place}: {}", known.join(", ")),
            _ => format!("it is neither in {place} nor in the parameters or the scripts"),
        };
        Err(Fault::new(codes::FAULT_WITHOUT_SUBJECT, message).hint(hint))
    }

    fn strikes_operation(&self, argument: &str) -> Result<(), Fault> {
        let Err(problem) = shape::Named::find(argument) else {
            return Ok(());
        };
        let mut message = format!("the fault `{self}` strikes nothing: {}", problem.message);
        if let Some(meant) = problem.suggestion {
            message.push_str(&format!(", did you mean `{meant}`?"));
        }
        let hint = format!("expected: {}", problem.expected);
        Err(Fault::new(codes::FAULT_WITHOUT_SUBJECT, message).hint(hint))
    }

    fn named(&self, fixture: &Fixture) -> Option<FaultSubject> {
        let (what, place, known) = match self.name {
            "secret-empty" => {
                let names = fixture.secrets.iter().map(|s| s.name.clone());
                ("secret", "[[secrets]]", names.collect())
            }
            "image-missing" | "image-unpullable" => {
                let images = fixture.repositories.iter().flat_map(|r| &r.images);
                let tags = images.flat_map(|image| image.tags.iter().cloned());
                ("tag", "[[repositories]]", tags.collect())
            }
            "alarm-fires" => {
                let names = fixture.alarms.iter().map(|a| a.get("AlarmName"));
                let names = names.flatten().filter_map(Value::as_str);
                ("alarm", "[[alarms]]", names.map(str::to_owned).collect())
            }
            "approval-rejected" | "approval-unanswered" => {
                let roles = fixture.people.iter().filter_map(|p| p.role.clone());
                ("role", "[[people]]", roles.collect())
            }
            "hook-fails" => {
                let described = fixture.lifecycle_hooks.iter().map(|h| h.function.clone());
                let name = |f: String| Arn::parse(&f).map_or(&*f, Arn::name).to_owned();
                let known = described.chain(functions(fixture)).map(name);
                (
                    "function",
                    "[[lifecycle_hooks]] and [[services]]",
                    known.collect(),
                )
            }
            "invalidation-hangs" | "stale-cache" => {
                let ids = fixture.distributions.iter().map(|it| it.id.clone());
                ("distribution", "[[distributions]]", ids.collect())
            }
            "process-fails" => {
                let line = |p: &crate::world::simulated::fixture::Process| {
                    let words = std::iter::once(&p.program).chain(&p.args);
                    words.cloned().collect::<Vec<_>>().join(" ")
                };
                let lines = fixture.processes.iter().map(line);
                ("process", "[[processes]]", lines.collect())
            }
            _ => return None,
        };
        let mut known: Vec<String> = known;
        known.sort();
        known.dedup();
        Some(FaultSubject {
            what,
            known,
            place,
            open: self.name == "process-fails",
        })
    }
}

/// What the lifecycle hooks of the services call.
fn functions(fixture: &Fixture) -> Vec<String> {
    let mut texts = std::collections::BTreeSet::new();
    for service in &fixture.services {
        if let Some(configuration) = service.raw.get("deploymentConfiguration") {
            collect_texts(configuration, &mut texts);
        }
    }
    let functions = texts.into_iter().filter(|t| t.contains(":function:"));
    functions.collect()
}

impl PipelineText {
    /// Whether a parameter has this value, or a script says it as a text.
    fn has(&self, word: &str) -> bool {
        let mut texts = std::collections::BTreeSet::new();
        collect_texts(&self.params, &mut texts);
        let quoted = [format!("\"{word}\""), format!("`{word}`")];
        // What a run makes is often named after a parameter: `orders-errors` and `orders-errors-green`.
        let built = |text: &String| text.len() >= NAMING && word.starts_with(text.as_str());
        texts.contains(word)
            || texts.iter().any(built)
            || self
                .scripts
                .iter()
                .any(|text| quoted.iter().any(|q| text.contains(q)))
    }
}
