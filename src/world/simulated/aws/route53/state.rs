//! What Route 53 remembers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::names::{Key, key};

/// The state of Route 53: hosted zones and changes, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Route53 {
    pub(super) zones: BTreeMap<String, Zone>,
    pub(super) changes: BTreeMap<String, Change>,
}

/// A hosted zone with its record sets.
#[derive(Debug, Clone, Default)]
pub(crate) struct Zone {
    /// Domain name with a dot at its end; empty: only some of its records are known.
    pub(super) name: String,
    pub(super) comment: Option<String>,
    pub(super) private: bool,
    /// In the API's shape.
    pub(super) records: BTreeMap<Key, Value>,
}

/// A batch of changes, which all name servers know after a while.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) submitted: Timestamp,
    /// When all name servers know it, in virtual time.
    pub(super) insync: Timestamp,
    pub(super) comment: Option<String>,
}

impl Route53 {
    /// The ids of all hosted zones.
    pub(crate) fn zone_ids(&self) -> impl Iterator<Item = &String> {
        self.zones.keys()
    }

    /// The ids of all changes.
    pub(crate) fn change_ids(&self) -> impl Iterator<Item = &String> {
        self.changes.keys()
    }

    /// Takes over record sets that were listed of a hosted zone.
    pub(crate) fn import(&mut self, zone: &str, listed: &[Value]) {
        let zone = self.zones.entry(zone.to_owned()).or_default();
        for set in listed {
            zone.records.insert(key(set), set.clone());
        }
    }
}
