//! How small things are written: bytes as hexadecimal digits, words for a shell, spans of time, names of
//! AWS, patterns. A leaf.

pub mod arn;
pub mod elapsed;
pub mod hex;
pub mod shell;
pub mod wildcard;
