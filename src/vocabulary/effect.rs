//! What a call does to the world.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a call does to the world, which decides what the journal must know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Looks, and changes nothing. The result is recorded.
    Read,
    /// Changes something. The intent is on disk before it happens, the result after.
    Write,
    /// Passes time until something holds. Its deadline is recorded; its polls are not.
    Wait,
    /// Asks people. The question is recorded; the answer may come to a later process.
    Ask,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Effect::Read => "read",
            Effect::Write => "write",
            Effect::Wait => "wait",
            Effect::Ask => "ask",
        })
    }
}
