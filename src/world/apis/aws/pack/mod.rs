//! The packed models, which are a part of the program: nothing is opened before it is asked for, and one service at a
//! time. `pack.py` writes them; what is opened stays for the life of the process.

use std::collections::HashMap;
use std::sync::OnceLock;

use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::model::Service;
use bytes::Bytes;

mod bytes;
mod decode;

static PACKED: &[u8] = include_bytes!("../models.bin");

/// What can be known without opening a service.
struct Index {
    names: Vec<&'static str>,
    services: HashMap<&'static str, Packed>,
    /// As policies, metrics and host names spell services: `elasticloadbalancing` is `elb` and `elbv2`.
    spellings: HashMap<&'static str, Vec<&'static str>>,
    dictionary: &'static [u8],
    operations: Squeezed,
    partitions: Squeezed,
}

struct Packed {
    content: Squeezed,
    opened: OnceLock<Service>,
}

#[derive(Clone, Copy)]
struct Squeezed {
    size: usize,
    data: &'static [u8],
}

impl Squeezed {
    /// What is before a section: its sizes.
    fn section(bytes: &mut Bytes) -> Squeezed {
        let (size, squeezed) = (bytes.number(), bytes.number());
        Squeezed {
            size,
            data: bytes.take(squeezed),
        }
    }

    /// What is in it, for the life of the process. `dictionary`: what it refers back to.
    fn open(self, dictionary: &[u8]) -> &'static [u8] {
        let mut out = dictionary.to_vec();
        out.resize(dictionary.len() + self.size, 0);
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let mut unpacker = DecompressorOxide::new();
        decompress(&mut unpacker, self.data, &mut out, dictionary.len(), flags);
        &Vec::leak(out)[dictionary.len()..]
    }

    fn text(self) -> &'static str {
        std::str::from_utf8(self.open(&[])).unwrap_or_default()
    }
}

impl Index {
    fn read() -> Index {
        let mut file = Bytes::new(PACKED);
        file.long();
        let [dictionary, index, operations, partitions] =
            std::array::from_fn(|_| Squeezed::section(&mut file));
        let mut index = Bytes::new(index.open(&[]));
        let mut services = HashMap::new();
        let mut spellings: HashMap<_, Vec<_>> = HashMap::new();
        let names = index.list(|index| {
            let name = index.long();
            for spelling in index.list(Bytes::long) {
                spellings.entry(spelling).or_default().push(name);
            }
            let (size, squeezed) = (index.number(), index.number());
            let content = Squeezed {
                size,
                data: file.take(squeezed),
            };
            let opened = OnceLock::new();
            services.insert(name, Packed { content, opened });
            name
        });
        Index {
            names,
            services,
            spellings,
            dictionary: dictionary.open(&[]),
            operations,
            partitions,
        }
    }
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(Index::read)
}

/// Where the models come from, their version and their licence.
pub fn origin() -> &'static str {
    Bytes::new(PACKED).long()
}

/// Every service, in alphabetical order and in the AWS CLI's spelling.
pub fn services() -> &'static [&'static str] {
    &index().names
}

/// The service of that name.
pub fn service(name: &str) -> Option<&'static Service> {
    let (name, packed) = index().services.get_key_value(name)?;
    let open = || decode::service(name, packed.content.open(index().dictionary)).0;
    Some(packed.opened.get_or_init(open))
}

/// Services that policies, metrics or host names spell like that: `elasticloadbalancing` is `elb` and `elbv2`.
pub fn spelt(name: &str) -> &'static [&'static str] {
    index().spellings.get(name).map_or(&[], Vec::as_slice)
}

/// AWS's partitions, for the endpoint rules, as AWS publishes them: JSON.
pub fn partitions() -> &'static str {
    static TEXT: OnceLock<&str> = OnceLock::new();
    TEXT.get_or_init(|| index().partitions.text())
}

/// The operations of a service, in alphabetical order, without opening it; none of an unknown one.
pub fn operations(service: &str) -> &'static [&'static str] {
    all_operations().get(service).map_or(&[], Vec::as_slice)
}

fn all_operations() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static OPERATIONS: OnceLock<HashMap<&str, Vec<&str>>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let names = index().names.iter().copied();
        let lines = index().operations.text().lines();
        let of_each = lines.map(|line| line.split(' ').collect());
        names.zip(of_each).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_opens_and_is_read_to_its_end() {
        let mut counted = 0;
        for name in services() {
            let packed = &index().services[name];
            let content = packed.content.open(index().dictionary);
            assert_eq!(content.len(), packed.content.size, "{name}");
            let (service, left) = decode::service(name, content);
            assert_eq!(left, b"", "{name}");
            let names: Vec<_> = service.operations.iter().map(|one| one.name).collect();
            assert_eq!(names, operations(name), "{name}");
            counted += names.len();
        }
        assert_eq!((services().len(), counted), (445, 20_027));
    }

    #[test]
    fn the_file_says_where_it_comes_from_and_is_small() {
        for said in ["botocore 1.44.8", "pypi.org", "Apache-2.0"] {
            assert!(origin().contains(said), "{said}");
        }
        assert!(PACKED.len() < 3_200_000, "{}", PACKED.len());
    }

    #[test]
    fn services_are_found_as_policies_spell_them() {
        assert_eq!(spelt("elasticloadbalancing"), ["elb", "elbv2"]);
        assert_eq!(spelt("states"), ["stepfunctions"]);
        assert_eq!(spelt("monitoring"), ["cloudwatch"]);
        assert!(spelt("nosuch").is_empty());
    }
}
