//! Names that mean something in another language, and what to write instead.

use crate::world::shape;

/// Where values of the environment come from.
pub(crate) const ENVIRONMENT: &str = "declare a parameter, and run with --set name=\"$NAME\"; read a secret with `secret_headers` or secretsmanager";

/// What to write for a function that is not supported.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "env" | "getenv" | "environ" | "get_env" => ENVIRONMENT,
        "string" | "str" | "String" => {
            "a parameter's types are text, integer, number, flag, duration, list, map, choice; convert a value with .to_string()"
        }
        "int" | "Integer" | "Int" | "i64" => {
            "a parameter's type is `integer`; convert text with parse_int(…)"
        }
        "float" | "double" | "decimal" | "Number" => {
            "a parameter's type is `number`; convert text with parse_float(…)"
        }
        "bool" | "boolean" | "Boolean" | "Bool" => "a parameter's type is `flag`",
        "array" | "strings" | "tuple" | "List" | "Array" => "a parameter's type is `list`",
        "object" | "dict" | "hash" | "json" | "Map" | "record" => "a parameter's type is `map`",
        "enum" | "one_of" | "oneof" | "options_of" | "select" => {
            "a parameter's type is choice(\"what it is for\", [\"a\", \"b\"])"
        }
        "time" | "timeout" | "seconds" | "interval" | "timespan" | "minutes" => {
            "a parameter's type is `duration`; a duration is text: \"5m\""
        }
        "secret" | "password" => {
            "a parameter cannot be a secret: pass the secret's name as `text`, and let the call that needs it read it"
        }
        "printf" | "println" | "echo" | "puts" | "console" | "eprintln" | "fmt" => {
            "write print(…); note(…) adds a line to the step"
        }
        "die" | "panic" | "raise" | "error" | "Error" | "Exception" => {
            "write throw \"what went wrong\", or fail(#{ code: …, message: …, hint: … })"
        }
        "assert" | "ensure" | "require_true" => {
            "write if !condition { throw \"what does not hold\"; }"
        }
        "require" | "include" | "use" => "write import \"std/NAME\" as NAME;",
        "system" | "exec" | "shell" | "sh" | "run" | "subprocess" | "popen" | "cmd" => {
            "write process::run(\"program\", [\"first argument\"])"
        }
        "wait" | "pause" | "delay" => {
            "write time::sleep(\"5s\"), or wait for a state with a function of ecs, http or std/service"
        }
        "length" | "count" | "size" | "strlen" => "write value.len()",
        "format" | "sprintf" | "concat" => "backticks insert values: `v${version}`",
        "map" | "filter" => "write list.map(|x| …), list.filter(|x| …)",
        "push" | "append" => "write list.push(value), or list + [value]",
        "exit" | "quit" | "abort" => "write finish(\"why\"), or throw \"why\" to fail",
        "approve" | "ask" | "confirm" => "write approval::ask(#{ roles: [\"lead\"] })",
        "fetch" | "curl" | "request" => "write http::get(\"https://…\")",
        "now" | "today" | "date" => "write time::now()",
        _ => return None,
    })
}

/// What to write for a variable that is not supported.
pub(crate) fn variable(name: &str) -> Option<&'static str> {
    Some(match name {
        "None" | "NULL" | "Null" | "Nil" | "NaN" | "nothing" | "undefined" => {
            "write () for no value; .or(…) gives a parameter its default"
        }
        "True" | "TRUE" | "yes" | "Yes" | "on" => "write true",
        "False" | "FALSE" | "no" | "No" | "off" => "write false",
        "process" | "os" | "ENV" | "environ" | "env" => ENVIRONMENT,
        "console" | "logger" | "log" | "System" | "fmt" => {
            "write print(…); note(…) adds a line to the step"
        }
        "text" | "integer" | "number" | "flag" | "duration" | "list" | "choice" => {
            "describe the parameter: text(\"ECS cluster\")"
        }
        "self" | "Math" | "JSON" => {
            "there is no such object; `deployer reference` lists the functions"
        }
        "pass" => "an empty block is written { }",
        "params" | "args" | "inputs" | "vars" => {
            "declare parameters with let app = params(#{ … }); and read app.version"
        }
        _ => return None,
    })
}

/// What to write for a call of a module that is not supported: any service of AWS is reached by its name.
pub(crate) fn module(module: &str, function: &str) -> Option<String> {
    let service = shape::service_called(module)?;
    let operation: String = function
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect();
    Some(format!(
        "write aws::call(\"{service}\", \"{operation}\", #{{ … }})"
    ))
}
