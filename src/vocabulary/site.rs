//! A place in a script.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where in a script something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Site {
    /// The script as it was loaded (`pipelines/prod.rhai`, `std/service`).
    pub source: String,
    /// Line in the source, from 1; 0: unknown.
    pub line: usize,
    /// 1-based column in characters; 0: unknown.
    pub column: usize,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source, self.line, self.column)
    }
}
