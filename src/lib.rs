//! deployer: runbooks you can run.
//!
//! `CONTRIBUTING.md` says how to build and test, and how to add a verb, a simulated service, a command, a library module
//! or a fault.
//!
//! # Architecture overview
//!
//! Data goes one way: a script asks, the run records, a primitive acts, a world answers; events go up
//! to the reporters. Imports point downwards only:
//!
//! ```text
//! cli → testing → script → run → primitive → world        cli → report → run, testing
//! journal → vocabulary → text; data, scrub, retry, sync, cancel: leaves    only cli and testing build a world; no world knows the run
//! ```
//!
//! | room | what lives there |
//! | --- | --- |
//! | [`vocabulary`] | the shared vocabulary: `Effect`, `Fault`, `Halt`, `Question`, `Line`, `Event`, `Outcome`, and the `codes` of faults |
//! | [`text`] | hexadecimal digits, words for a shell, spans of time, ARNs, patterns of `*` and `?` |
//! | [`sync`] | locks that a panic of another thread does not take away |
//! | [`retry`] | when a call is made again: after which faults, how often, after which delays |
//! | [`cancel`] | a person's wish to stop |
//! | [`data`] | what people write: JSON and TOML, with the place of what is wrong |
//! | `suggest` | what a misspelt name stands for |
//! | [`scrub`] | secret values, and how they are taken out of what is said |
//! | [`world`] | what is acted upon: three worlds: `live` (AWS, HTTP, people), `simulated` (a rehearsal's cloud in virtual time), `predicted` (a plan's: live reads, simulated writes) |
//! | [`primitive`] | the verbs of a deployment, a file per service, each declared once |
//! | [`journal`] | what a run remembers: entries, cursor, files |
//! | [`run`] | `Run::perform`, the one door; undo, the ending |
//! | [`script`] | Rhai: engine, syntax, resolver, parameters, checking |
//! | [`testing`] | tests of pipelines: rehearsals with assertions; crash tests at every call; random faults |
//! | [`report`] | the only code that prints: terminal, plain, json, plan, diagnostics |
//! | [`cli`] | `commands`: a file per command; `execution`: what commands that execute scripts share; `completion` |
//!
//! Inside [`world::simulated`]: `kernel` (time, chance, faults; knows no service), `aws` (a room a service, each with its own
//! state; its front page says which may call which), `outside` (HTTP, processes, files, people), `fixture` (the file, and a cloud
//! made from it).
//!
//! # Glossary
//!
//! | word | means |
//! | --- | --- |
//! | pipeline | a script that declares parameters and is run as a whole |
//! | verb, primitive | a function that acts: `ecs::update_service`; the code behind it |
//! | effect | what a call does: it reads, writes, waits or asks |
//! | fault | what went wrong in a call; a script may catch it by its `code` |
//! | halt | what ends a run and cannot be caught: a rejection, a wait for an answer, a divergence, an interruption |
//! | world | what calls act upon: live, simulated or predicted |
//! | journal | what a run has done, entry by entry, on disk before the next thing is done |
//! | in doubt | a write whose intent is in the journal and whose result is not |
//! | ledger | the writes of a run with their undos |
//! | undo, finally | how to take back a write; what is done however a run ends |
//! | way back | the revision that a service can be rolled back to |
//! | plan | the calls that a run will make; a saved plan binds the run to them |
//! | rehearsal | a run on a simulated cloud, in virtual time |
//! | fixture | the file that describes a simulated cloud |
//!
//! # Invariants
//!
//! 1. **One door.** Every effect of a script goes through `Run::perform`.
//! 2. **No modes.** There is no dry-run flag. What differs is the world that is plugged in, and where
//!    the journal's cursor stands. A plan is handed only [`world::ReadOnlyWorld`], which cannot write.
//! 3. **Every call has an [`vocabulary::Effect`]**, and the effect is the journal's contract.
//! 4. **Replay is pure and checked**: same script, same answers, same calls, or `Diverged`.
//! 5. **A [`vocabulary::Fault`] can be caught by a script; a [`vocabulary::Halt`] cannot**, and it is sticky.
//! 6. **Outcomes are truthful**: see [`vocabulary::outcome::Outcome`].
//! 7. **Secrets are never shown**: no primitive returns a secret's value into a script's reach.

pub mod cancel;
pub mod cli;
pub mod data;
pub mod journal;
pub mod primitive;
pub mod report;
pub mod retry;
pub mod run;
pub mod script;
pub mod scrub;
mod suggest;
pub mod sync;
pub mod testing;
pub mod text;
pub mod vocabulary;
pub mod world;
