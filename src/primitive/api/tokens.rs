//! Tokens by which AWS recognises that a call is a repetition: what the models mark so and a script leaves out is filled in
//! from the run and the call, so that a call that is made again after a lost answer or in a resumed run is the same call.

use serde_json::Value;

use crate::primitive::Context;
use crate::world::AwsCall;
use crate::world::apis::aws::{Marks, service};

/// The call with its tokens; those that the input has stay.
pub(in crate::primitive) fn with_tokens(cx: &Context<'_>, mut call: AwsCall) -> AwsCall {
    let Some(service) = service(&call.service) else {
        return call;
    };
    let inputs = service
        .operation(&call.operation)
        .map(|it| service.inputs(it));
    let Value::Object(given) = &mut call.input else {
        return call;
    };
    for member in inputs.unwrap_or_default() {
        let is_given = given.get(member.name).is_some_and(|value| !value.is_null());
        if member.marks.has(Marks::IDEMPOTENCY_TOKEN) && !is_given {
            given.insert(member.name.to_owned(), uuid(&cx.token()).into());
        }
    }
    call
}

/// A token of 32 hexadecimal digits as a UUID: some services take nothing else.
fn uuid(token: &str) -> String {
    let part = |from: usize, to: usize| token.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9562, "UUID version 4".
    #[test]
    fn tokens_look_like_uuids() {
        assert_eq!(
            uuid("0123456789abcdef0123456789abcdef"),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }
}
