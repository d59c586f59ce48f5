//! The packed models, which are a part of the program: nothing is opened before it is asked for, and one service at a
//! time. `pack.py` writes them; what is opened stays for the life of the process.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::model::Service;
use super::model::bytes::Bytes;
use super::model::squeezed::Squeezed;

static PACKED: &[u8] = include_bytes!("models.bin");

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
    /// Its head and its parts.
    sections: &'static [u8],
    opened: OnceLock<Service>,
}

impl Index {
    fn read() -> Index {
        let mut file = Bytes::new(PACKED);
        file.long();
        let [dictionary, index, operations, partitions] =
            std::array::from_fn(|_| Squeezed::read(&mut file));
        let mut index = Bytes::new(index.open(&[]));
        let mut services = HashMap::new();
        let mut spellings: HashMap<_, Vec<_>> = HashMap::new();
        let names = index.list(|index| {
            let name = index.long();
            for spelling in index.list(Bytes::long) {
                spellings.entry(spelling).or_default().push(name);
            }
            let sections = file.take(index.number());
            let opened = OnceLock::new();
            services.insert(name, Packed { sections, opened });
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
    let index = index();
    let (name, packed) = index.services.get_key_value(name)?;
    let open = || Service::open(name, packed.sections, index.dictionary).0;
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

    fn opened(name: &'static str) -> (Service, &'static [u8]) {
        Service::open(name, index().services[name].sections, index().dictionary)
    }

    #[test]
    fn every_service_opens_and_is_read_to_its_end() {
        let mut counted = 0;
        for name in services() {
            let (service, left) = opened(name);
            assert_eq!(left, b"", "{name}");
            assert_eq!(service.unread().concat(), b"", "{name}");
            let names: Vec<_> = service.operations().map(|one| one.name).collect();
            assert_eq!(names, operations(name), "{name}");
            for name in &names {
                assert_eq!(service.operation(name).map(|one| one.name), Some(*name));
            }
            counted += names.len();
        }
        assert_eq!((services().len(), counted), (445, 20_027));
    }

    #[test]
    fn a_call_opens_only_the_parts_that_it_uses() {
        let (ec2, _) = opened("ec2");
        let (all, none) = ec2.parts();
        assert!(all > 20 && none == 0, "{none} of {all}");
        let describe = ec2.operation("DescribeVpcs").expect("an operation");
        ec2.inputs(describe);
        assert!(ec2.parts().1 <= 2, "{:?}", ec2.parts());
    }

    #[test]
    fn the_file_says_where_it_comes_from_and_is_small() {
        for said in ["botocore 1.44.8", "pypi.org", "Apache-2.0"] {
            assert!(origin().contains(said), "{said}");
        }
        assert!(PACKED.len() < 3_000_000, "{}", PACKED.len());
    }

    #[test]
    fn services_are_found_as_policies_spell_them() {
        assert_eq!(spelt("elasticloadbalancing"), ["elb", "elbv2"]);
        assert_eq!(spelt("states"), ["stepfunctions"]);
        assert_eq!(spelt("monitoring"), ["cloudwatch"]);
        assert!(spelt("nosuch").is_empty());
    }
}
