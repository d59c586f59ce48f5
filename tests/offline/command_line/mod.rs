//! The program as a process: what it refuses, what it says, how it ends.

mod answers;
mod ends_early;
mod init;
mod input_files;
mod scripts;
mod stdlib;
mod terminal;
mod typed_word;
