//! What is wrong at one place of an input or an answer.

/// What is wrong at one place of an input or an answer, and what would be right there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort of mistake it is.
    pub kind: ProblemKind,
    /// Where: `containerDefinitions[0].memmory`; empty: the whole.
    pub path: String,
    /// What is wrong: `unknown field`, `unknown value "FARGAT"`, `required and missing`,
    /// `expected integer, found string`.
    pub message: String,
    /// What would be right: a type (`integer`), or the known fields.
    pub expected: String,
    /// The most likely intention: a field name, or a value as JSON.
    pub suggestion: Option<String>,
}

/// What sort of mistake a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The service or the operation does not exist, or cannot be called.
    Call,
    /// The structure has no member of that name.
    UnknownField,
    /// The value is none of those that AWS lists.
    UnknownValue,
    /// A required member is absent.
    Missing,
    /// There are fewer members, entries or items than there must be.
    TooFew,
    /// A number or a length is out of its range.
    OutOfRange,
    /// Anything else: a wrong type, a text that cannot be read.
    Misfit,
}

/// The most names that a hint lists.
const LISTED: usize = 20;

impl Problem {
    /// A problem without a suggestion.
    pub fn new(
        kind: ProblemKind,
        path: impl Into<String>,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Problem {
        Problem {
            kind,
            path: path.into(),
            message: message.into(),
            expected: expected.into(),
            suggestion: None,
        }
    }

    /// Adds what was probably meant.
    pub fn suggesting(mut self, suggestion: Option<impl Into<String>>) -> Problem {
        self.suggestion = suggestion.map(Into::into);
        self
    }

    /// A member that its structure does not have; `known`: those that it has.
    pub fn unknown_field(path: String, known: &[&str], suggestion: Option<&str>) -> Problem {
        let problem = Problem::new(
            ProblemKind::UnknownField,
            path,
            "unknown field",
            known.join(", "),
        );
        problem.suggesting(suggestion)
    }

    /// The name of the unknown member, or the unknown value, if that is what is wrong: AWS may have added it since the
    /// models were published.
    pub fn unknown_name(&self) -> Option<&str> {
        match self.kind {
            ProblemKind::UnknownField => self.path.rsplit('.').next(),
            ProblemKind::UnknownValue => self.message.split('"').nth(1),
            _ => None,
        }
    }

    /// Whether a part of an input may have it: what is left out, or shortened to a pattern, is no mistake there.
    pub fn passes_in_a_part(&self) -> bool {
        matches!(
            self.kind,
            ProblemKind::Missing | ProblemKind::TooFew | ProblemKind::OutOfRange
        )
    }

    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        if let Some(meant) = &self.suggestion {
            return Some(format!("did you mean `{meant}`?"));
        }
        let is_short = self.expected.matches(',').count() < LISTED;
        match self.kind {
            ProblemKind::UnknownField if self.expected.is_empty() => {
                Some("it takes no members".to_owned())
            }
            ProblemKind::UnknownField if is_short => Some(format!("it has {}", self.expected)),
            _ if self.path.is_empty() && is_short => Some(format!("expected: {}", self.expected)),
            _ => None,
        }
    }

    /// Path of the member that an unknown one was probably meant to be.
    pub(super) fn meant(&self) -> Option<String> {
        let name = self.suggestion.as_deref()?;
        let parent = self.path.rfind('.').map_or("", |dot| &self.path[..=dot]);
        Some(format!("{parent}{name}"))
    }
}
