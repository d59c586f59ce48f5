//! `s3::` — files of the project into buckets: one, or a whole folder, and back again.
//!
//! A sync is two calls. [`compare::Compare`] reads and lists what differs; [`sync::Sync`] is given that list and carries it
//! out. So a plan shows every object, a saved plan binds the run to them, and a resumed run goes on with the same list.

use std::sync::Arc;

use super::Primitive;
use super::verb::verb;
use crate::vocabulary::Fault;

mod changes;
mod compare;
mod content_type;
mod etag;
mod objects;
mod restore;
mod sync;
mod upload;

use super::args::INVALID_INPUT;

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    vec![
        verb::<upload::Upload>(),
        verb::<compare::Compare>(),
        verb::<sync::Sync>(),
        verb::<restore::Restore>(),
    ]
}

fn wrong(verb: &str, place: &str, why: &str) -> Fault {
    Fault::new(INVALID_INPUT, format!("{verb} at `{place}`: {why}"))
}

/// Refuses what is not a bucket's name.
fn check_bucket(verb: &str, bucket: &str) -> Result<(), Fault> {
    match bucket.is_empty() || bucket.contains(['/', ':']) {
        true => {
            let why = "expected the name of a bucket, such as `shop-site`";
            Err(wrong(verb, "bucket", why)
                .hint("folders in the bucket belong into the key or `prefix`"))
        }
        false => Ok(()),
    }
}

/// A size for people: `312 bytes`, `1.2 KiB`, `3.4 MiB`.
fn size(bytes: u64) -> String {
    const KIB: f64 = 1024.0;
    match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / KIB),
        _ => format!("{:.1} MiB", bytes as f64 / (KIB * KIB)),
    }
}
