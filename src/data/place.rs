//! Where a member of a text stands: a path as people read it, `services[0].taskDefinition`, becomes line and column.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use toml::de::{DeTable, DeValue};

use super::{DataError, Format, MARK};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

impl Format {
    /// Where what `path` names begins in `text`, as line and column, both from 1; where it is not there, the nearest
    /// that is around it. `None`: not even its first step is there, or the text cannot be read.
    pub fn place(self, text: &str, path: &str) -> Option<(usize, usize)> {
        let text = text.strip_prefix(MARK).unwrap_or(text);
        let steps = steps(path);
        let seek = match self {
            Format::Json => in_json,
            Format::Toml => in_toml,
        };
        (1..=steps.len())
            .rev()
            .find_map(|length| seek(text, &steps[..length]))
    }
}

fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, indices) = part.split_once('[').unwrap_or((part, ""));
        if !name.is_empty() {
            steps.push(Step::Name(name.to_owned()));
        }
        let indices = indices.split(['[', ']']);
        steps.extend(
            indices
                .filter_map(|index| index.parse().ok())
                .map(Step::Index),
        );
    }
    steps
}

fn in_toml(text: &str, steps: &[Step]) -> Option<(usize, usize)> {
    let table = DeTable::parse(text).ok()?;
    let mut at = table.span().start;
    let mut value = &DeValue::Table(table.into_inner());
    for step in steps {
        (at, value) = match (step, value) {
            (Step::Name(name), DeValue::Table(table)) => {
                let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
                (key.span().start, value.get_ref())
            }
            (Step::Index(index), DeValue::Array(items)) => {
                let item = items.get(*index)?;
                (item.span().start, item.get_ref())
            }
            _ => return None,
        };
    }
    let place = DataError::at(text, at, "", None);
    Some((place.line, place.column))
}

/// Reads until the place and fails there: the reader knows where it is.
fn in_json(text: &str, steps: &[Step]) -> Option<(usize, usize)> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = Seek(steps).deserialize(&mut reader).err()?;
    (found.is_data()).then(|| (found.line(), found.column()))
}

/// What is still to go.
struct Seek<'s>(&'s [Step]);

const FOUND: &str = "found";

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            [] => Err(D::Error::custom(FOUND)),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match self.0 {
                [Step::Name(wanted)] if *wanted == name => return Err(A::Error::custom(FOUND)),
                [Step::Name(wanted), rest @ ..] if *wanted == name => {
                    map.next_value_seed(Seek(rest))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let [Step::Index(wanted), rest @ ..] = self.0 else {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        for _ in 0..*wanted {
            if items.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        items.next_element_seed(Seek(rest))?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = "clusters = [\"prod\"]\n\n[[services]]\nname = \"a\"\n\n[[services]]\nname = \"b\"\n\
                        network = { subnets = [\"x\",\n  \"y\"] }\n";
    const JSON: &str = "{\n  \"clusters\": [\"prod\"],\n  \"services\": [\n    { \"name\": \"a\" },\n    { \"name\": \"b\",\n      \
                        \"network\": { \"subnets\": [\"x\",\n        \"y\"] } }\n  ]\n}\n";

    #[test]
    fn a_path_leads_to_its_line() {
        for (path, toml, json) in [
            ("clusters", 1, 2),
            ("clusters[0]", 1, 2),
            ("services[0].name", 4, 4),
            ("services[1].name", 7, 5),
            ("services[1].network.subnets", 8, 6),
            ("services[1].network.subnets[1]", 9, 7),
        ] {
            let line = |format: Format, text| format.place(text, path).map(|(line, _)| line);
            assert_eq!(line(Format::Toml, TOML), Some(toml), "{path}");
            assert_eq!(line(Format::Json, JSON), Some(json), "{path}");
        }
    }

    #[test]
    fn what_is_missing_is_told_by_what_is_around_it() {
        let found = Format::Toml.place(TOML, "services[1].network.vpc");
        assert_eq!(found, Some((8, 1)));
        let found = Format::Json.place(JSON, "services[0].network");
        assert_eq!(found.map(|(line, _)| line), Some(4));
        assert_eq!(Format::Toml.place(TOML, "queues[0]"), None);
    }
}
