//! How small things are written: bytes as hexadecimal digits, words for a shell, spans of time. A leaf.

pub mod elapsed;
pub mod hex;
pub mod shell;
