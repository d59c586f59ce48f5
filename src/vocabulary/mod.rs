//! The shared vocabulary: what a script asks for, what a run tells of it, and how either can end.
//!
//! A leaf: everything above speaks these words, and it knows none of them.

pub mod codes;
pub mod event;
pub mod outcome;

mod effect;
mod fault;
mod halt;
mod line;
mod next;
mod observer;
mod question;
mod site;
mod unknown;

pub use effect::Effect;
pub use fault::{Fault, Retry};
pub use halt::{Halt, Stop};
pub use line::{Change, InFlight, Line, LineKind, Progress, Residue};
pub use next::{Next, NextCommands};
pub use observer::Observer;
pub use question::{Answer, Question, Refusal, Replies};
pub use site::Site;
pub use unknown::{around_unknown, unknown, unknown_in, unknown_within};
