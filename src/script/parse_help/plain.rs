//! What no rule explains: Rhai's own error in plain words.

use rhai::{LexError, ParseErrorType};

/// One sentence about an error at the token `token`, which is empty at the end of the script.
pub(super) fn told(error: &ParseErrorType, token: &str) -> String {
    let found = match token {
        "" => "the end of the script".to_owned(),
        token => format!("`{token}`"),
    };
    match error {
        ParseErrorType::UnexpectedEOF => {
            "the script ends too early: something is opened and not closed".to_owned()
        }
        ParseErrorType::BadInput(error) => unreadable(error),
        ParseErrorType::UnknownOperator(sign) => format!("the language has no operator `{sign}`"),
        ParseErrorType::MissingToken(missing, _) => format!("missing `{missing}` before {found}"),
        ParseErrorType::MissingSymbol(_) => format!("something is missing before {found}"),
        ParseErrorType::MalformedIndexExpr(_) => {
            "an index is a number, a text or a range".to_owned()
        }
        ParseErrorType::MalformedCapture(_) => {
            "only a call of a function by its name takes `!`".to_owned()
        }
        ParseErrorType::DuplicatedProperty(name) => format!("the map has `{name}` twice"),
        ParseErrorType::DuplicatedVariable(name) => format!("the name `{name}` is used twice"),
        ParseErrorType::WrongSwitchIntegerCase => {
            "a `switch` has its ranges after its single numbers".to_owned()
        }
        ParseErrorType::WrongSwitchDefaultCase => "a `switch` has `_` as its last case".to_owned(),
        ParseErrorType::WrongSwitchCaseCondition => {
            "the case `_` of a `switch` takes no condition".to_owned()
        }
        ParseErrorType::PropertyExpected => format!("expected the name of a member, found {found}"),
        ParseErrorType::VariableExpected => {
            format!("expected the name of a variable, found {found}")
        }
        ParseErrorType::ForbiddenVariable(name) | ParseErrorType::Reserved(name) => {
            format!("the language reserves the word `{name}`: choose another name")
        }
        ParseErrorType::ExprExpected(_) => format!("expected a value, found {found}"),
        ParseErrorType::WrongDocComment => "a `///` comment stands before a function".to_owned(),
        ParseErrorType::WrongFnDefinition => {
            "a function is defined outside of blocks and other functions".to_owned()
        }
        ParseErrorType::FnDuplicatedDefinition(name, arity) => {
            format!("the function `{name}` with {arity} parameters is defined twice")
        }
        ParseErrorType::FnMissingName => {
            format!("expected the name of the function, found {found}")
        }
        ParseErrorType::FnMissingParams(name) => {
            format!("the function `{name}` has no list of parameters: `fn {name}() {{ … }}`")
        }
        ParseErrorType::FnDuplicatedParam(name, parameter) => {
            format!("the function `{name}` has two parameters `{parameter}`")
        }
        ParseErrorType::FnMissingBody(name) => {
            format!("the function `{name}` has no body: `fn {name}(…) {{ … }}`")
        }
        ParseErrorType::WrongExport => "`export` stands outside of blocks and functions".to_owned(),
        ParseErrorType::AssignmentToConstant(name) => {
            format!("`{name}` is a constant: it cannot be assigned to")
        }
        ParseErrorType::AssignmentToInvalidLHS(_) => {
            "only a variable, a member or an element can be assigned to".to_owned()
        }
        ParseErrorType::ExprTooDeep => {
            "the expression is nested too deeply: give its parts names with `let`".to_owned()
        }
        ParseErrorType::TooManyFunctions => "the script defines too many functions".to_owned(),
        ParseErrorType::LiteralTooLarge(what, most) => {
            format!("{what} is too large: the limit is {most}")
        }
        ParseErrorType::LoopBreak => "`break` and `continue` stand inside a loop".to_owned(),
        other => other.to_string(),
    }
}

fn unreadable(error: &LexError) -> String {
    match error {
        LexError::UnexpectedInput(text) => format!("`{text}` has no meaning in a script"),
        LexError::UnterminatedString => "the text has no closing quote".to_owned(),
        LexError::StringTooLong(most) => format!("the text is longer than {most} characters"),
        LexError::MalformedEscapeSequence(text) => format!("`{text}` is not an escape sequence"),
        LexError::MalformedNumber(text) => format!("`{text}` is not a number"),
        LexError::MalformedChar(text) => format!("`{text}` is not one character"),
        LexError::MalformedIdentifier(text) => format!("`{text}` is not a name"),
        LexError::ImproperSymbol(sign, _) => format!("the language has no sign `{sign}`"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_is_of_the_parser() {
        let name = || "name".to_owned();
        for (error, said) in [
            (
                ParseErrorType::PropertyExpected,
                "expected the name of a member, found `}`",
            ),
            (
                ParseErrorType::MissingToken(")".to_owned(), name()),
                "missing `)` before `}`",
            ),
            (
                ParseErrorType::BadInput(LexError::MalformedNumber("1x".to_owned())),
                "`1x` is not a number",
            ),
            (
                ParseErrorType::FnMissingBody(name()),
                "the function `name` has no body: `fn name(…) { … }`",
            ),
        ] {
            assert_eq!(told(&error, "}"), said);
        }
        let end = told(&ParseErrorType::PropertyExpected, "");
        assert_eq!(
            end,
            "expected the name of a member, found the end of the script"
        );
    }
}
