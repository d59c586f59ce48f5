//! What listens for TCP connections, beside the endpoints.

use jiff::Timestamp;

/// TCP ports that accept connections, beside those of HTTP endpoints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listeners {
    pub(super) listeners: Vec<Listener>,
}

impl Listeners {
    /// Adds a port that accepts connections.
    pub(crate) fn add(&mut self, listener: Listener) {
        self.listeners.push(listener);
    }
}

/// A host and port that accept TCP connections.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// When it begins to accept connections, in virtual time.
    pub(crate) from: Timestamp,
}
