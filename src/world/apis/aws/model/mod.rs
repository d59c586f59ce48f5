//! What a service's model says, as `pack.py` has packed it. Every text is a part of the opened model, which stays for
//! the life of the process.

pub(super) mod bytes;
mod part;
mod service;
pub(super) mod squeezed;

pub use service::Service;

/// How a service writes requests and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// awsJson 1.0 and 1.1: every call is a POST with a JSON body.
    Json,
    /// restJson1: paths and headers carry members, the body is JSON.
    RestJson,
    /// restXml: paths and headers carry members, the body is XML.
    RestXml,
    /// awsQuery: a form in, XML out.
    Query,
    /// ec2Query: a form in, XML out, with names of its own.
    Ec2,
    /// rpcv2Cbor: every call is a POST with a CBOR body.
    Cbor,
}

impl Protocol {
    /// All of them, as `pack.py` numbers them.
    pub const ALL: [Protocol; 6] = [
        Protocol::Json,
        Protocol::RestJson,
        Protocol::RestXml,
        Protocol::Query,
        Protocol::Ec2,
        Protocol::Cbor,
    ];

    /// The order in which the AWS CLI chooses: botocore's `PRIORITY_ORDERED_SUPPORTED_PROTOCOLS`.
    const PREFERRED: [Protocol; 6] = [
        Protocol::Json,
        Protocol::RestJson,
        Protocol::RestXml,
        Protocol::Cbor,
        Protocol::Query,
        Protocol::Ec2,
    ];

    /// Whether the path and the headers carry members.
    pub fn is_rest(self) -> bool {
        matches!(self, Protocol::RestJson | Protocol::RestXml)
    }

    /// Whether answers of the protocol are XML.
    pub fn is_xml(self) -> bool {
        matches!(self, Protocol::RestXml | Protocol::Query | Protocol::Ec2)
    }
}

/// Which shape of its service: its place in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShapeKey(u32);

/// The type of a value, as the model names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Kind {
    #[default]
    Structure,
    List,
    Map,
    String,
    /// Of 32 bits or less.
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Blob,
    Timestamp,
}

/// Where a member is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Location {
    /// In the body of the request or answer.
    #[default]
    Body,
    /// In the header that the member names.
    Header,
    /// All headers with a prefix.
    Headers,
    /// A part of the path.
    Uri,
    /// In the query string of the URL.
    Query,
    /// The status of the answer.
    Status,
}

/// How a timestamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// As text in ISO 8601: `2026-11-20T16:30:00Z`.
    Iso8601,
    /// `Fri, 20 Nov 2026 16:30:00 GMT`.
    Rfc822,
    /// As a number: seconds since 1970, perhaps with fractions.
    Epoch,
}

/// What a shape or a member is marked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u32);

impl Marks {
    /// A list or map without an element around its entries (XML, query).
    pub const FLATTENED: Marks = Marks(1);
    /// A member that is an attribute of its XML element.
    pub const XML_ATTRIBUTE: Marks = Marks(1 << 1);
    /// A body that may be long.
    pub const STREAMING: Marks = Marks(1 << 2);
    /// A token by which a repetition of the call is recognised: filled in where it is not given.
    pub const IDEMPOTENCY_TOKEN: Marks = Marks(1 << 3);
    /// A text that is JSON, written and read as its value.
    pub const JSON_VALUE: Marks = Marks(1 << 4);
    /// A structure of which exactly one member is there.
    pub const UNION: Marks = Marks(1 << 5);
    /// A value that may be any JSON.
    pub const DOCUMENT: Marks = Marks(1 << 6);
    /// A union that is sent as a stream of events.
    pub const EVENT_STREAM: Marks = Marks(1 << 7);
    /// A secret, or what else is not to be logged.
    pub const SENSITIVE: Marks = Marks(1 << 8);
    /// A part of the host name.
    pub const HOST_LABEL: Marks = Marks(1 << 9);
    /// The payload of an event.
    pub const EVENT_PAYLOAD: Marks = Marks(1 << 10);
    /// A header of an event.
    pub const EVENT_HEADER: Marks = Marks(1 << 11);
    /// A member that must be there.
    pub const REQUIRED: Marks = Marks(1 << 12);
    /// The member that is the whole body.
    pub const PAYLOAD: Marks = Marks(1 << 13);
    /// An error after which the call may be made again.
    pub const RETRYABLE: Marks = Marks(1 << 14);
    /// An error that says that calls come too fast.
    pub const THROTTLING: Marks = Marks(1 << 15);

    /// Whether all of `other` are among these.
    pub fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A shape: what values of one name look like.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Name in the model: `SecretIdType`.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Kind,
    /// What it is marked with.
    pub marks: Marks,
    /// Least value of a number, least length of a text, a list, a map or a blob, as the model writes it.
    pub min: Option<&'static str>,
    /// Greatest value or length, as the model writes it.
    pub max: Option<&'static str>,
    /// Name on the wire, where members say none.
    pub wire: Option<&'static str>,
    /// Code of an error, where it is not the shape's name.
    pub error_code: Option<&'static str>,
    /// XML namespace: address and prefix.
    pub namespace: Option<(&'static str, Option<&'static str>)>,
    /// How a timestamp is written.
    pub timestamp: Option<TimestampFormat>,
    /// The members of a structure, in the model's order; of a list its element, of a map its key and value.
    pub members: &'static [Member],
    /// The values that a text may have; none where it is free.
    pub values: &'static [&'static str],
}

/// A member of a structure; the element of a list; the key or the value of a map.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name in JSON: `SecretId`; `member`, `key` or `value` in lists and maps.
    pub name: &'static str,
    /// What its values look like.
    pub target: ShapeKey,
    /// Name on the wire, where the model says one.
    pub wire: Option<&'static str>,
    /// Name in requests of ec2Query, where it is another.
    pub query_name: Option<&'static str>,
    /// Parameter of the endpoint rules that it sets.
    pub context: Option<&'static str>,
    /// XML namespace: address and prefix.
    pub namespace: Option<(&'static str, Option<&'static str>)>,
    /// Where in a request or answer it is written.
    pub location: Location,
    /// How a timestamp is written, where the member says it.
    pub timestamp: Option<TimestampFormat>,
    /// What it is marked with.
    pub marks: Marks,
}

/// An operation of a service.
#[derive(Debug, Clone, Default)]
pub struct Operation {
    /// In the API's spelling: `GetSecretValue`.
    pub name: &'static str,
    /// HTTP method of the request: `POST`, `GET`.
    pub method: &'static str,
    /// Path and query, with `{labels}` in the spelling of the wire.
    pub uri: &'static str,
    /// What it takes; `None`: nothing.
    pub input: Option<ShapeKey>,
    /// What it answers; `None`: nothing.
    pub output: Option<ShapeKey>,
    /// Errors that the model lists.
    pub errors: Vec<ShapeKey>,
    /// The root element of a restXml request.
    pub input_wire: Option<&'static str>,
    /// XML namespace of that element: address and prefix.
    pub input_namespace: Option<(&'static str, Option<&'static str>)>,
    /// The element around an answer of the query protocol.
    pub result_wrapper: Option<&'static str>,
    /// What goes before the host name, with `{labels}`.
    pub host_prefix: Option<&'static str>,
    /// Member that names the algorithm of the request's checksum.
    pub checksum_member: Option<&'static str>,
    /// Member that asks for the answer's checksum.
    pub checksum_mode_member: Option<&'static str>,
    /// Parameters of the endpoint rules that it sets: name and JSON.
    pub static_params: Vec<(&'static str, &'static str)>,
    /// Parameters of the endpoint rules that its input sets: name and JMESPath.
    pub input_params: Vec<(&'static str, &'static str)>,
    /// Whether the model says that it changes nothing; few models say it.
    pub is_readonly: bool,
    /// Whether the model says that it may be repeated.
    pub is_idempotent: bool,
    /// Whether its body is not signed.
    pub has_unsigned_payload: bool,
    /// Whether its request must have a checksum.
    pub requires_checksum: bool,
    /// Whether it is called without a signature.
    pub is_unsigned: bool,
    /// Whether long requests are compressed.
    pub is_compressed: bool,
    /// How its pages are followed, where it has pages.
    pub paginator: Option<Paginator>,
}

/// How the pages of an answer are followed. Members are JMESPaths in the answer.
#[derive(Debug, Clone, Default)]
pub struct Paginator {
    /// Members of the input that say where to go on.
    pub input_tokens: Vec<&'static str>,
    /// Where an answer says it.
    pub output_tokens: Vec<&'static str>,
    /// Lists that the pages make up; the first is the main one.
    pub results: Vec<&'static str>,
    /// Members that are the same on every page.
    pub constant: Vec<&'static str>,
    /// Member of the input that says how much a page has.
    pub limit: Option<&'static str>,
    /// Where an answer says that there is more, where its token does not.
    pub more_results: Option<&'static str>,
}
