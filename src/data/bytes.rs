//! From bytes to text: UTF-8, and what is not.

use super::DataError;

/// Bytes that are looked at to tell UTF-16, where every other byte of most texts is zero.
const LOOKED_AT: usize = 64;

/// The text that bytes are in UTF-8, byte order mark included.
///
/// # Errors
/// They are UTF-16, or in another encoding: says which, or where.
pub fn decode(bytes: &[u8]) -> Result<String, DataError> {
    if let Some(what) = wide(bytes) {
        return Err(DataError::whole(
            format!("is {what}, not UTF-8"),
            Some(HELP),
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let (sound, rest) = bytes.split_at(error.valid_up_to());
            let sound = std::str::from_utf8(sound).unwrap_or_default();
            let byte = rest.first().copied().unwrap_or_default();
            let what =
                format!("the byte 0x{byte:02X} is not UTF-8: the text is in another encoding");
            Err(DataError::at(sound, sound.len(), what, Some(HELP)))
        }
    }
}

const HELP: &str = "save it as UTF-8 (in PowerShell: `Out-File -Encoding utf8`)";

/// What bytes are that have two or four of them for a character.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Some("UTF-32"),
        [0xff, 0xfe, ..] => return Some("UTF-16 (little-endian, with a byte order mark)"),
        [0xfe, 0xff, ..] => return Some("UTF-16 (big-endian, with a byte order mark)"),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let zeros = |odd: usize| {
        let every = head.iter().skip(odd).step_by(2);
        (
            every.clone().filter(|byte| **byte == 0).count(),
            every.count(),
        )
    };
    let most = |(zeros, all): (usize, usize)| zeros * 4 >= all * 3 && all > 0;
    match (most(zeros(0)), most(zeros(1))) {
        (false, true) => Some("UTF-16 (little-endian)"),
        (true, false) => Some("UTF-16 (big-endian)"),
        _ => None,
    }
}
