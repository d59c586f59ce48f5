//! What services say, in fewer columns: identifiers are cut to what tells them apart.

use crate::text::arn::Arn;

/// Characters of a task's id that people compare.
const ID: usize = 8;

/// `text` with task ids cut to eight characters, target groups by name instead of ARN, and without AWS's
/// parentheses around both: `has started 2 tasks: 28f7deeb, 2919452b.`
pub fn shorten_ids(text: &str) -> String {
    unwrapped(&cut_ids(&name_target_groups(text)))
}

/// Replaces the ARN of each target group in a text by its name.
fn name_target_groups(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("arn:") {
        let (before, arn) = rest.split_at(at);
        let end = arn
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | ',' | ';' | '"' | '\''))
            .unwrap_or(arn.len());
        let (arn, after) = arn.split_at(end);
        out.push_str(before);
        let group = Arn::parse(arn).filter(|arn| arn.type_and_rest().0 == "targetgroup");
        out.push_str(group.map_or(arn, Arn::name));
        rest = after;
    }
    out + rest
}

/// Words that are ids of 32 hexadecimal digits or UUIDs, cut. Parts of paths stay whole.
fn cut_ids(text: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(word) {
        let (before, found) = rest.split_at(start);
        let end = found.find(|c| !word(c)).unwrap_or(found.len());
        let (found, after) = found.split_at(end);
        out.push_str(before);
        let path = out.ends_with(['/', '@', ':']) || after.starts_with('/');
        out.push_str(if is_id(found) && !path {
            &found[..ID]
        } else {
            found
        });
        rest = after;
    }
    out + rest
}

fn is_id(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_hexdigit).count();
    let dashes = word.chars().filter(|c| *c == '-').count();
    digits == 32 && digits + dashes == word.len() && (dashes == 0 || dashes == 4)
}

/// `(task a) (task b)` as `a, b` in a list and as `task a` elsewhere.
fn unwrapped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut listing = false;
    while let Some(at) = rest.find('(') {
        let (before, group) = rest.split_at(at);
        let named = group[1..].split_once(')').and_then(|(inside, after)| {
            let label = ["task ", "target-group ", "deployment "]
                .into_iter()
                .find(|label| inside.starts_with(label))?;
            Some((label, &inside[label.len()..], after))
        });
        let Some((label, name, after)) = named else {
            out.push_str(before);
            out.push('(');
            rest = &group[1..];
            listing = false;
            continue;
        };
        let next = listing && before == " ";
        out.push_str(if next { ", " } else { before });
        listing = next || out.ends_with(": ");
        if !listing {
            out.push_str(label);
        }
        out.push_str(name);
        // `(deployment x) deployment completed`
        rest = match after.strip_prefix(" deployment ") {
            Some(after) if label == "deployment " => {
                out.push(' ');
                after
            }
            _ => after,
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::shorten_ids;

    #[test]
    fn shortens_what_ecs_says() {
        let group = "(target-group arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-tg/6d0ecf831eec9f09)";
        for (said, expected) in [
            (
                "has started 2 tasks: (task 28f7deebb10d1df4ef6c8982a6072624) (task 2919452b44db5340b8e5450d9a3b51ab).".to_owned(),
                "has started 2 tasks: 28f7deeb, 2919452b.",
            ),
            (
                format!("registered 1 targets in {group}"),
                "registered 1 targets in target-group catalog-tg",
            ),
            (
                format!("(task 4a1d2716a0fa615a5a6821d3d440b5a7) (port 80) is unhealthy in {group} due to (reason Health checks failed with these codes: [503])"),
                "task 4a1d2716 (port 80) is unhealthy in target-group catalog-tg due to (reason Health checks failed with these codes: [503])",
            ),
            (
                "(deployment ecs-svc/1823444177309760754) deployment completed.".to_owned(),
                "deployment ecs-svc/1823444177309760754 completed.",
            ),
            (
                "task 8c6c9bb3-5438-4694-8d1d-354c21eb63b8 stopped: Essential container exited".to_owned(),
                "task 8c6c9bb3 stopped: Essential container exited",
            ),
            (
                "stream web/8c6c9bb354384694" .to_owned() + "8d1d354c21eb63b8 (gone",
                "stream web/8c6c9bb3543846948d1d354c21eb63b8 (gone",
            ),
        ] {
            assert_eq!(shorten_ids(&said), expected);
        }
    }
}
