//! What lies behind an error.

use std::error::Error;
use std::io;
use std::iter;

/// An error and everything that caused it, outermost first; also what an I/O error wraps.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        let wrapped = error.downcast_ref::<io::Error>().and_then(|e| e.get_ref());
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

/// The first cause of a type.
pub(super) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// What the causes say on one line, each thing once, without the names of layers that say nothing.
pub(super) fn said(error: &(dyn Error + 'static)) -> String {
    let mut out: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if !is_layer(&text) && !out.iter().any(|said| said.contains(&text)) {
            out.push(text);
        }
    }
    if out.is_empty() {
        return error.to_string();
    }
    out.join(": ")
}

fn is_layer(text: &str) -> bool {
    const LAYERS: [&str; 10] = [
        "dispatch failure",
        "response error",
        "service error",
        "construction failure",
        "io error",
        "timeout",
        "other",
        "connection error",
        "tcp connect error",
        "an error occurred while loading credentials",
    ];
    LAYERS.contains(&text)
        || text.starts_with("client error (")
        || text.starts_with("error sending request")
        || text.starts_with("error following redirect")
        || text.starts_with("failed to apply endpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_left_out_and_wrapped_errors_are_found() {
        let inner = io::Error::new(io::ErrorKind::InvalidData, "bad certificate");
        let outer = io::Error::other(inner);
        assert_eq!(said(&outer), "bad certificate");
        assert_eq!(causes(&outer).count(), 3);
        assert_eq!(said(&io::Error::other("io error")), "io error");
    }
}
