//! What is simulated, how far, and which tests show it: from what each service of the simulated cloud declares.

use crate::world::simulated::{self, Coverage};

const INTRODUCTION: &str = "\
A rehearsal calls these services of AWS on a simulated cloud, in virtual time. An operation that is not listed fails with \
`not_simulated`, unless the fixture answers it (`deployer reference answers`). In the source tree, `cargo test -- TEST` runs \
the tests below a name.";

/// A section for each service.
pub(super) fn page() -> String {
    let mut text = heading();
    for one in simulated::coverage() {
        text.push_str(&format!(
            "\n### {}\n\n{}\n\n{}\n\nOperations: {}.\n\nTests: {}.\n",
            one.service,
            one.behaves,
            one.leaves_out,
            operations(one),
            tests(one)
        ));
    }
    text
}

/// A row for each service.
pub(super) fn table() -> String {
    let mut text = heading();
    text.push_str("\n| service | operations | what it does | what it leaves out | tests |\n");
    text.push_str("| --- | --- | --- | --- | --- |\n");
    for one in simulated::coverage() {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            one.service,
            operations(one),
            one.behaves,
            one.leaves_out,
            tests(one)
        ));
    }
    text
}

fn heading() -> String {
    format!("## What is simulated\n\n{INTRODUCTION}\n")
}

fn operations(of: &Coverage) -> String {
    quoted(&simulated::simulated_operations(of.service))
}

fn tests(of: &Coverage) -> String {
    quoted(of.tests)
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
