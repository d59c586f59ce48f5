//! A service: its head, which is read when the service is opened, and its parts, each of which is read when a call first
//! uses it. A call costs what it uses, also in a service with hundreds of operations.

use std::sync::OnceLock;

use super::bytes::Bytes;
use super::part::{Part, one_of};
use super::squeezed::Squeezed;
use super::{Member, Operation, Protocol, Shape, ShapeKey};

/// A service of AWS, as its model describes it.
#[derive(Debug)]
pub struct Service {
    /// Name in the AWS CLI's spelling: `secretsmanager`.
    pub name: &'static str,
    /// AWS's service id, for `AWS_ENDPOINT_URL_…` and `endpoint_url` in a profile's services: `Secrets Manager`.
    pub id: &'static str,
    /// Full name for people: `AWS Secrets Manager`.
    pub full_name: &'static str,
    /// Version of the API: `2017-10-17`.
    pub api_version: &'static str,
    /// First part of the host name.
    pub endpoint_prefix: &'static str,
    /// Name of the service in the signature (Signature Version 4).
    pub signing_name: &'static str,
    /// `v4`; `s3` and `v2` where a service is older.
    pub signature_version: &'static str,
    /// `1.0` or `1.1`, of awsJson.
    pub json_version: Option<&'static str>,
    /// Prefix of `X-Amz-Target`, of awsJson and CBOR.
    pub target_prefix: Option<&'static str>,
    /// Namespace of all documents, of restXml.
    pub xml_namespace: Option<&'static str>,
    /// The one host of a global service.
    pub global_endpoint: Option<&'static str>,
    /// Protocols that the service speaks; the first is the one that AWS prefers.
    pub protocols: Vec<Protocol>,
    /// Schemes of authentication, by preference: `aws.auth#sigv4`. None: the signature version says it.
    pub auth: Vec<&'static str>,
    /// Whether errors have a second code, that of the query protocol, in `x-amzn-query-error`.
    pub query_compatible: bool,
    /// Its waiters, as AWS publishes them: a JSON object by name.
    pub waiters: &'static str,
    /// Its endpoint rule set, as AWS publishes it: JSON.
    pub endpoint_rules: &'static str,
    operation_names: Vec<&'static str>,
    common_texts: &'static [&'static str],
    parts: Vec<PackedPart>,
    dictionary: &'static [u8],
}

/// A part, and what is in it as soon as somebody has asked for it.
#[derive(Debug)]
struct PackedPart {
    first_shape: usize,
    first_operation: usize,
    shapes: usize,
    operations: usize,
    content: Squeezed,
    opened: OnceLock<Part>,
}

impl Service {
    /// The service, and what is left of its head's bytes: nothing. `sections`: the head and the parts; `dictionary`: what
    /// they refer back to.
    pub(in crate::world::apis::aws) fn open(
        name: &'static str,
        sections: &'static [u8],
        dictionary: &'static [u8],
    ) -> (Service, &'static [u8]) {
        let mut sections = Bytes::new(sections);
        let head = Squeezed::read(&mut sections).open(dictionary);
        let mut bytes = Bytes::new(head);
        let common_texts: &'static [&'static str] = bytes.table().leak();
        let mut bytes = Bytes::with(common_texts, bytes.left());
        bytes.own_texts();
        let id = bytes.maybe().unwrap_or(name);
        let full_name = bytes.maybe().unwrap_or(id);
        let api_version = bytes.maybe().unwrap_or_default();
        let endpoint_prefix = bytes.maybe().unwrap_or(name);
        let service = Service {
            name,
            id,
            full_name,
            api_version,
            endpoint_prefix,
            signing_name: bytes.maybe().unwrap_or(endpoint_prefix),
            signature_version: bytes.maybe().unwrap_or("v4"),
            json_version: bytes.maybe(),
            target_prefix: bytes.maybe(),
            xml_namespace: bytes.maybe(),
            global_endpoint: bytes.maybe(),
            protocols: bytes.list(|bytes| one_of(&Protocol::ALL, bytes.number())),
            auth: bytes.list(Bytes::text),
            query_compatible: bytes.number() == 1,
            operation_names: bytes.table(),
            common_texts,
            parts: parts(&mut bytes, &mut sections),
            waiters: bytes.long(),
            endpoint_rules: bytes.long(),
            dictionary,
        };
        (service, bytes.left())
    }

    /// The operation of that name: `GetSecretValue`.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let at = self.operation_names.binary_search(&name).ok()?;
        let behind = self
            .parts
            .partition_point(|part| part.first_operation <= at);
        let part = self.parts.get(behind.checked_sub(1)?)?;
        self.opened_part(part)
            .operations
            .get(at - part.first_operation)
    }

    /// Its operations, in alphabetical order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        let parts = self.parts.iter();
        parts.flat_map(|part| &self.opened_part(part).operations)
    }

    /// The protocol to speak: of those that the service has, the first in the order that the AWS CLI prefers.
    pub fn protocol(&self) -> Protocol {
        let known = Protocol::PREFERRED.into_iter();
        let mut known = known.filter(|one| self.protocols.contains(one));
        known.next().unwrap_or(Protocol::Json)
    }

    /// A shape of this service.
    pub fn shape(&self, key: ShapeKey) -> &Shape {
        let at = key.0 as usize;
        let behind = self.parts.partition_point(|part| part.first_shape <= at);
        let part = &self.parts[behind - 1];
        &self.opened_part(part).shapes[at - part.first_shape]
    }

    /// The members of an operation's input; none where it takes nothing.
    pub fn inputs(&self, operation: &Operation) -> &'static [Member] {
        let input = operation.input.map(|key| self.shape(key).members);
        input.unwrap_or_default()
    }

    fn opened_part<'a>(&self, part: &'a PackedPart) -> &'a Part {
        part.opened.get_or_init(|| {
            let (part, _) = self.read(part);
            part
        })
    }

    fn read(&self, part: &PackedPart) -> (Part, &'static [u8]) {
        let content = part.content.open(self.dictionary);
        let bytes = Bytes::with(self.common_texts, content);
        let names = &self.operation_names[part.first_operation..][..part.operations];
        Part::read(bytes, part.shapes, names)
    }

    /// What is left of each part's bytes: nothing.
    #[cfg(test)]
    pub(in crate::world::apis::aws) fn unread(&self) -> Vec<&'static [u8]> {
        self.parts.iter().map(|part| self.read(part).1).collect()
    }

    /// How many parts there are, and how many of them are opened.
    #[cfg(test)]
    pub(in crate::world::apis::aws) fn parts(&self) -> (usize, usize) {
        let opened = self.parts.iter().filter(|part| part.opened.get().is_some());
        (self.parts.len(), opened.count())
    }
}

/// The parts of a service: the head says what is in each.
fn parts(head: &mut Bytes, sections: &mut Bytes) -> Vec<PackedPart> {
    let (mut first_shape, mut first_operation) = (0, 0);
    head.list(|head| {
        let part = PackedPart {
            first_shape,
            first_operation,
            shapes: head.number(),
            operations: head.number(),
            content: Squeezed::read(sections),
            opened: OnceLock::new(),
        };
        first_shape += part.shapes;
        first_operation += part.operations;
        part
    })
}
