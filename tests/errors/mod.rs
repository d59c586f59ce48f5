//! Bad input: each error shows the line in the script and changes nothing.

mod answers;
mod early;
mod files;
mod journal;
mod scripts;
mod surroundings;
mod terminal;
