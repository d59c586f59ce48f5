//! The program as a process: what it refuses, what it says, how it ends.

mod answers;
mod completion;
mod ends_early;
mod init;
mod input_files;
mod journals;
mod mistakes;
mod output_options;
mod program;
mod project_folder;
mod renamed;
mod scripts;
mod services;
mod stdlib;
mod terminal;
mod typed_word;
mod usage;
