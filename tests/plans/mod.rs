//! Plans: saved and kept to, what they foresee of failures, what they cost to make.

mod from_nothing;
mod kept;
mod promises;
mod reads;
mod snapshots;
mod what_if;

pub use reads::pipelines;
