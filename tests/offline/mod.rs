//! Without an emulator: the program as a process, and pipelines through the library.

mod command_line;
mod docstrings;
mod fixtures;
mod imports;
mod pipelines;
mod plans;
mod readme;
mod supply_chain;
mod testing;
mod tree;
