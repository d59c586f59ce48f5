//! Bad input: each error shows the line in the script and changes nothing.

mod aws_identity;
mod journal;
mod parameters;
