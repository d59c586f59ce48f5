//! Numbers and texts one after another, as `pack.py` writes them.

/// Reads from the front. Behind the end there are zeros and empty texts: the file is a part of the program, and a test
/// reads all of it.
#[derive(Debug, Clone)]
pub(super) struct Bytes {
    left: &'static [u8],
    texts: Vec<&'static str>,
}

impl Bytes {
    pub fn new(left: &'static [u8]) -> Bytes {
        Bytes {
            left,
            texts: Vec::new(),
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

    /// The table of texts, which goes before everything that refers to it.
    pub fn table(&mut self) {
        let sizes = self.list(Bytes::number);
        let text = self.take(sizes.iter().sum());
        let mut left = std::str::from_utf8(text).unwrap_or_default();
        for size in sizes {
            let (text, rest) = left.split_at_checked(size).unwrap_or_default();
            self.texts.push(text);
            left = rest;
        }
    }

    /// A text of the table.
    pub fn text(&mut self) -> &'static str {
        let number = self.number();
        self.texts.get(number).copied().unwrap_or_default()
    }

    /// A text of the table, or nothing.
    pub fn maybe(&mut self) -> Option<&'static str> {
        let number = self.number().checked_sub(1)?;
        self.texts.get(number).copied()
    }

    /// A list with its length before it.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Bytes) -> T) -> Vec<T> {
        let length = self.number();
        (0..length).map(|_| read(self)).collect()
    }
}
