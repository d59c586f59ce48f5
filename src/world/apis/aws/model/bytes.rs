//! Numbers and texts one after another, as `writer.py` writes them.

/// Reads from the front. Behind the end there are zeros and empty texts: the file is a part of the program, and a test
/// reads all of it.
#[derive(Debug, Clone)]
pub(in crate::world::apis::aws) struct Bytes {
    left: &'static [u8],
    /// Texts that all parts of a service refer to.
    common: &'static [&'static str],
    /// Texts that are used here only, in the order in which they are used.
    own: Vec<&'static str>,
    /// How many of them have been used.
    used: usize,
}

impl Bytes {
    pub fn new(left: &'static [u8]) -> Bytes {
        Bytes::with(&[], left)
    }

    /// Bytes that refer to those texts.
    pub fn with(common: &'static [&'static str], left: &'static [u8]) -> Bytes {
        Bytes {
            left,
            common,
            own: Vec::new(),
            used: 0,
        }
    }

    /// Bytes that are not read yet.
    pub fn left(&self) -> &'static [u8] {
        self.left
    }

    /// Seven bits a byte, the least first.
    pub fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.left.split_first() {
            self.left = rest;
            number |= usize::from(byte & 127) << shift;
            shift += 7;
            if *byte < 128 || shift > 56 {
                break;
            }
        }
        number
    }

    /// A number that is small.
    pub fn small(&mut self) -> u32 {
        u32::try_from(self.number()).unwrap_or_default()
    }

    /// The next `size` bytes; fewer, if fewer are left.
    pub fn take(&mut self, size: usize) -> &'static [u8] {
        let (taken, left) = self.left.split_at(size.min(self.left.len()));
        self.left = left;
        taken
    }

    /// A text with its length before it.
    pub fn long(&mut self) -> &'static str {
        let size = self.number();
        std::str::from_utf8(self.take(size)).unwrap_or_default()
    }

    /// A table of texts: their lengths, then the texts.
    pub fn table(&mut self) -> Vec<&'static str> {
        let sizes = self.list(Bytes::number);
        let text = self.take(sizes.iter().sum());
        let mut left = std::str::from_utf8(text).unwrap_or_default();
        let texts = sizes.into_iter().map(|size| {
            let (text, rest) = left.split_at_checked(size).unwrap_or_default();
            left = rest;
            text
        });
        texts.collect()
    }

    /// The table of texts that are used here only, which goes before everything that refers to it.
    pub fn own_texts(&mut self) {
        self.own = self.table();
    }

    /// A text of the tables.
    pub fn text(&mut self) -> &'static str {
        let number = self.number();
        self.referred(number)
    }

    /// A text of the tables, or nothing.
    pub fn maybe(&mut self) -> Option<&'static str> {
        let number = self.number().checked_sub(1)?;
        Some(self.referred(number))
    }

    /// 0 is the next text that is used here only; odd numbers are common texts, even ones are texts that were used before.
    fn referred(&mut self, number: usize) -> &'static str {
        let found = match number.checked_sub(1) {
            None => {
                self.used += 1;
                self.own.get(self.used - 1)
            }
            Some(number) if number % 2 == 0 => self.common.get(number / 2),
            Some(number) => self.own.get(number / 2),
        };
        found.copied().unwrap_or_default()
    }

    /// A list with its length before it.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Bytes) -> T) -> Vec<T> {
        let length = self.number();
        (0..length).map(|_| read(self)).collect()
    }
}
