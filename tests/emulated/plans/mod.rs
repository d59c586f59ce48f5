//! Plans: saved and kept to, what they foresee of failures, what they cost to make.

mod created_from_scratch;
mod reads;
mod saved;
mod what_if;
