//! A reader for the XML that AWS's query protocol answers: elements and text, nothing else matters.

/// One element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element {
    /// Local name.
    pub name: String,
    /// Text of its own.
    pub text: String,
    /// Elements in it, in order.
    pub children: Vec<Element>,
}

/// AWS nests a handful of levels.
const DEPTH: usize = 100;

impl Element {
    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Text of the first child of that name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// Reads a document; `None` if it is not well-formed, or not XML at all.
pub(super) fn parse(text: &str) -> Option<Element> {
    let mut open: Vec<Element> = vec![Element::default()];
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        push_text(&mut open, before)?;
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = after(comment, "-->")?.1;
        } else if let Some(data) = tag.strip_prefix("<![CDATA[") {
            let (data, behind) = after(data, "]]>")?;
            open.last_mut()?.text.push_str(data);
            rest = behind;
        } else if let Some(declaration) = tag.strip_prefix("<?") {
            rest = after(declaration, "?>")?.1;
        } else if let Some(closing) = tag.strip_prefix("</") {
            let (name, behind) = after(closing, ">")?;
            close(&mut open, local(name.trim()))?;
            rest = behind;
        } else {
            let end = tag_end(tag)?;
            let inside = &tag[1..end];
            let name = inside.split([' ', '\t', '\r', '\n', '/']).next()?;
            // A document type is what a web page begins with, never AWS.
            if name.is_empty() || name.starts_with('!') || open.len() > DEPTH {
                return None;
            }
            open.push(Element {
                name: local(name).to_owned(),
                ..Element::default()
            });
            if inside.ends_with('/') {
                close(&mut open, local(name))?;
            }
            rest = &tag[end + 1..];
        }
    }
    if !rest.trim().is_empty() || open.len() != 1 {
        return None;
    }
    let root = open.pop()?;
    (root.children.len() == 1)
        .then(|| root.children.into_iter().next())
        .flatten()
}

fn after<'a>(text: &'a str, end: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(end)
}

/// Where a tag ends: a `>` outside quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn close(open: &mut Vec<Element>, name: &str) -> Option<()> {
    let mut element = open.pop().filter(|_| !open.is_empty())?;
    if element.name != name {
        return None;
    }
    if !element.children.is_empty() {
        // Only layout stands between elements.
        element.text.clear();
    }
    open.last_mut()?.children.push(element);
    Some(())
}

fn push_text(open: &mut [Element], raw: &str) -> Option<()> {
    let outside = open.len() == 1;
    if outside && !raw.trim().trim_start_matches('\u{feff}').is_empty() {
        return None;
    }
    open.last_mut()?.text.push_str(&unescaped(raw)?);
    Some(())
}

fn unescaped(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, entity)) = rest.split_once('&') {
        let (name, behind) = entity.split_once(';')?;
        out.push_str(before);
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = name.strip_prefix('#')?;
                let code = match code.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => code.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_text_entities_and_data() {
        let root = parse(
            "<?xml version=\"1.0\"?>\n<!-- x --><a:R xmlns:a=\"u>v\">\n <T>1 &lt; 2 &#x41;</T><E/>\
             <C><![CDATA[<raw>]]></C>\n</a:R>\n",
        )
        .expect("well-formed");
        assert_eq!((root.name.as_str(), root.text.as_str()), ("R", ""));
        assert_eq!(root.text_of("T"), Some("1 < 2 A"));
        assert_eq!(root.text_of("C"), Some("<raw>"));
        assert_eq!(
            root.child("E"),
            Some(&Element {
                name: "E".to_owned(),
                ..Element::default()
            })
        );
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "",
            "{}",
            "<a>",
            "<a></b>",
            "</a>",
            "<a>&nbsp;</a>",
            "<a/><b/>",
            "x<a/>",
            "<!DOCTYPE html><html></html>",
            "<a b=\"",
            "<>",
            "<a/>x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"<a>".repeat(10_000)), None);
    }
}
