//! Plans of shipped pipelines on their fixtures.

mod rehearsed;
mod snapshots;
mod what_if_promises;

pub use rehearsed::pipelines;
