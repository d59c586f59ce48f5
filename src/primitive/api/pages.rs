//! Lists that AWS answers page by page, read as AWS's own paginators say.

use serde_json::Value;

use super::secrets::hide;
use super::send::send;
use crate::primitive::Context;
use crate::vocabulary::{Effect, Fault, Halt, Stop, codes};
use crate::world::AwsCall;
use crate::world::apis::aws::paging::Pages;

/// A longer list is not read to its end: its token stays in the answer.
const PAGES: usize = 100;
/// The most items that are read where nobody says how many.
const ITEMS: usize = 10_000;

/// Sends a call; a read that asks for no page of its own is answered with all of them. Secrets are not in the answer.
///
/// # Errors
/// As [`send`].
pub(in crate::primitive) fn send_all(cx: &Context<'_>, mut call: AwsCall) -> Result<Value, Stop> {
    let mut whole = send(cx, &call)?;
    let pages = match call.effect() {
        Effect::Read => Pages::of(&call.service, &call.operation),
        _ => None,
    };
    if let Some(pages) = pages.filter(|pages| !pages.asks_for_one(&call.input)) {
        let mut left = PAGES;
        while let Some(next) = pages.next(&whole) {
            left -= 1;
            if left == 0 || !go_to(&mut call, next) {
                break;
            }
            whole = pages.join(whole, send(cx, &call)?);
        }
        if pages.next(&whole).is_none() {
            pages.forget_tokens(&mut whole);
        }
    }
    hide(cx, &call, &mut whole);
    Ok(whole)
}

/// The items of a list, from as many pages as it takes; `most`: no more than that many. Secrets are not in them.
///
/// # Errors
/// As [`send`]; `list_too_long` where nobody says how many are wanted.
pub(in crate::primitive) fn items(
    cx: &Context<'_>,
    mut call: AwsCall,
    pages: &Pages,
    list: &str,
    most: Option<usize>,
) -> Result<Value, Stop> {
    let mut found = Vec::new();
    // A page may have no items, and still not be the last.
    for _ in 0..ITEMS {
        let mut page = send(cx, &call)?;
        let next = pages.next(&page);
        hide(cx, &call, &mut page);
        found.extend(Pages::items(&mut page, list));
        if let Some(most) = most
            && found.len() >= most
        {
            found.truncate(most);
            break;
        }
        if most.is_none() && found.len() > ITEMS {
            return Err(Stop::Fault(too_long(&call)));
        }
        if next.is_none_or(|next| !go_to(&mut call, next)) {
            break;
        }
        if cx.cancel.is_cancelled() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
    }
    Ok(Value::Array(found))
}

fn too_long(call: &AwsCall) -> Fault {
    let message = format!(
        "{} {} lists more than {ITEMS} items",
        call.service, call.operation
    );
    let hint = "say with `max_items` how many are wanted, or narrow the input";
    Fault::new(codes::LIST_TOO_LONG, message).hint(hint)
}

/// Makes a call that of the next page; `false`: it is the page that was just read, as if there were no end.
fn go_to(call: &mut AwsCall, next: Vec<(&'static str, Value)>) -> bool {
    let is_same = next
        .iter()
        .all(|(member, token)| call.input[*member] == *token);
    let Some(input) = call.input.as_object_mut() else {
        return false;
    };
    for (member, token) in next {
        match token {
            Value::Null => drop(input.remove(member)),
            token => drop(input.insert(member.to_owned(), token)),
        }
    }
    !is_same
}
