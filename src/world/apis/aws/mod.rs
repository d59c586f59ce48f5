//! AWS's published models: every service, every operation, every shape that an operation uses.
//!
//! `pack` opens a service when it is first asked for; [`model`] is what is in it, read part by part; [`request`] writes a call and [`checksum`]
//! what it is checked by, [`endpoint`] finds where it is sent, [`answer`] reads what comes back; [`schema`] is what the
//! official codecs write by. [`effects`] knows by name what an operation does; [`paging`] and [`waiters`] follow AWS's
//! paginators and waiters, which look at answers with [`jmespath`]. Nothing here reaches the network.

pub mod answer;
pub mod checksum;
pub mod effects;
pub mod endpoint;
pub mod jmespath;
pub mod model;
mod pack;
pub mod paging;
pub mod request;
pub mod schema;
#[cfg(test)]
mod tests;
pub mod waiters;

pub use model::{
    Kind, Location, Marks, Member, Operation, Paginator, Protocol, Service, Shape, ShapeKey,
    TimestampFormat,
};
pub use pack::{operations, origin, partitions, service, services, spelt};
