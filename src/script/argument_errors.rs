//! What native functions take, told to who hands them something else.
//!
//! Rhai only says that there is no function for these types. So each function that is not for any type has one beside it
//! that is, and that says what the others take: from their own signatures.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use rhai::packages::{Package, StandardPackage};
use rhai::{
    Array, Blob, Dynamic, Engine, EvalAltResult, FnPtr, FuncRegistration, ImmutableString, Map,
    Module, NativeCallContext, Position, RhaiFunc, Shared,
};

use super::failure::{self, Error};
use super::type_names::WRONG_TYPE;
use super::unknown_value::Unknown;
use super::values;
use crate::vocabulary::Fault;

/// What an argument looks like where its type does not say: function, argument (from 0, the first of a method behind
/// what it is called on), example.
const EXAMPLES: [(&str, usize, &str); 14] = [
    ("expect_outcome", 0, "\"rolled_back\""),
    ("expect_fault", 0, "\"secret_empty\""),
    ("expect_failed_in", 0, "\"Deploy\""),
    ("expect_asked", 0, "[\"lead\"]"),
    ("expect_within", 0, "\"20m\""),
    ("expect_lasting", 0, "\"20m\""),
    ("pass", 0, "\"20m\""),
    ("expect_order", 0, "[\"RunTask\", \"UpdateService\"]"),
    ("expect_write", 0, "\"UpdateService\""),
    ("expect_writes", 0, "\"UpdateService\""),
    ("expect_never", 0, "\"UpdateService\""),
    ("expect_process", 0, "\"psql\""),
    ("expect_no_process", 0, "\"psql\""),
    ("rehearse", 0, "\"deploy.rhai\""),
];
/// The longest value that is shown.
const LONGEST: usize = 40;

/// The types that each overload of a function takes.
type Overloads = Vec<Vec<TypeId>>;

/// Functions by name and number of arguments.
type Functions = BTreeMap<(String, usize), Overloads>;

/// Those of Rhai's own library: the same for every engine.
static STANDARD: LazyLock<Shared<Module>> = LazyLock::new(|| {
    let mut engine = Engine::new_raw();
    engine.register_global_module(StandardPackage::new().as_shared_module());
    beside(functions(&engine, true)).into()
});

/// Those of the language: every engine has registered the same when it comes to [`refuse`].
static LANGUAGE: OnceLock<Shared<Module>> = OnceLock::new();

/// Registers them beside Rhai's own functions and those that the engine has by now.
pub(super) fn refuse(engine: &mut Engine) {
    engine.register_global_module(Shared::clone(&STANDARD));
    let language = LANGUAGE.get_or_init(|| beside(functions(engine, false)).into());
    engine.register_global_module(Shared::clone(language));
}

/// Registers them beside the functions that the engine has got since.
pub(crate) fn refuse_own(engine: &mut Engine) {
    let own = functions(engine, false);
    engine.register_global_module(beside(own).into());
}

fn functions(engine: &Engine, standard: bool) -> Functions {
    let listed = engine.collect_fn_metadata(
        None,
        |f| {
            let of = f.metadata;
            let own = f.namespace.is_empty() && of.num_params > 0;
            let typed = own && of.param_types.len() == of.num_params;
            let word = of.name.starts_with(|c: char| c.is_ascii_lowercase())
                && of
                    .name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_');
            (typed && word).then(|| (of.name.to_string(), of.param_types.to_vec()))
        },
        standard,
    );
    let mut functions = Functions::new();
    for (name, types) in listed {
        let key = (name, types.len());
        functions.entry(key).or_default().push(types);
    }
    let any = |types: &Vec<TypeId>| types.iter().all(|of| *of == TypeId::of::<Dynamic>());
    functions.retain(|_, overloads| !overloads.iter().any(any));
    functions
}

/// A function for any types beside each of these.
fn beside(functions: Functions) -> Module {
    let mut module = Module::new();
    for ((name, arity), overloads) in functions {
        let called = name.clone();
        FuncRegistration::new(name).set_into_module_raw(
            &mut module,
            vec![TypeId::of::<Dynamic>(); arity],
            RhaiFunc::Pure {
                func: Arc::new(move |context: Option<NativeCallContext<'_>>, arguments| {
                    let position = context.map_or(Position::NONE, |c| c.call_position());
                    let given: Vec<&Dynamic> = arguments.iter().map(|given| &**given).collect();
                    Err(misfit(&called, &overloads, &given, position))
                }),
                has_context: true,
                is_pure: true,
                is_volatile: false,
            },
        );
    }
    module
}

/// The error of a call that no overload fits.
fn misfit(name: &str, overloads: &Overloads, given: &[&Dynamic], position: Position) -> Error {
    if given.iter().any(|value| value.is::<Unknown>()) {
        // A plan ends where nothing takes what only the run knows: told from the types, as everywhere.
        let types: Vec<&str> = given.iter().map(|value| value.type_name()).collect();
        let called = format!("{name} ({})", types.join(", "));
        return EvalAltResult::ErrorFunctionNotFound(called, position).into();
    }
    failure::raise(
        &Fault::new(WRONG_TYPE, said(name, overloads, given)),
        position,
    )
}

/// `expect_lasting` takes a text like "20m", this is a number (20).
fn said(name: &str, overloads: &Overloads, given: &[&Dynamic]) -> String {
    let fits = |wanted: TypeId, value: &Dynamic| {
        wanted == TypeId::of::<Dynamic>() || wanted == value.type_id()
    };
    let fitting = |types: &[TypeId]| {
        let pairs = types.iter().zip(given);
        pairs
            .take_while(|(wanted, value)| fits(**wanted, value))
            .count()
    };
    // The first argument that no overload takes behind those before it.
    let at = overloads
        .iter()
        .map(|types| fitting(types))
        .max()
        .unwrap_or(0);
    let nearest = overloads.iter().filter(|types| fitting(types) == at);
    let mut wanted: Vec<String> = Vec::new();
    for types in nearest {
        let word = types
            .get(at)
            .map_or("something else", |of| taken(*of))
            .to_owned();
        if !wanted.contains(&word) {
            wanted.push(word);
        }
    }
    let value = given.get(at).map(|value| shown(value)).unwrap_or_default();
    // What a method is called on is not an argument of it.
    let method = given
        .first()
        .is_some_and(|first| taken(first.type_id()) == OTHER);
    let place = at.saturating_sub(usize::from(method));
    let example = EXAMPLES
        .iter()
        .find(|(of, argument, _)| *of == name && *argument == place)
        .map(|(_, _, example)| format!(" like {example}"));
    let wanted = format!("{}{}", wanted.join(" or "), example.unwrap_or_default());
    let arguments = given.len() - usize::from(method);
    match (arguments, at) {
        (1, _) => format!("`{name}` takes {wanted}, this is {value}"),
        (_, 0) if !method => format!("`{name}` takes {wanted} first, this is {value}"),
        _ => format!(
            "`{name}` takes {wanted} as its {} argument, this is {value}",
            ordinal(place + 1)
        ),
    }
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{number}th"),
    }
}

/// How values are called that no script writes by hand.
const OTHER: &str = "something else";

/// A type that is taken, in plain words.
fn taken(of: TypeId) -> &'static str {
    let words = [
        (TypeId::of::<i64>(), "a whole number"),
        (TypeId::of::<f64>(), "a number with a fraction"),
        (TypeId::of::<ImmutableString>(), "a text"),
        (TypeId::of::<bool>(), "true or false"),
        (TypeId::of::<Array>(), "a list"),
        (TypeId::of::<Map>(), "a map"),
        (TypeId::of::<FnPtr>(), "a closure"),
        (TypeId::of::<char>(), "a character"),
        (TypeId::of::<Blob>(), "bytes"),
        (TypeId::of::<()>(), "nothing"),
        (TypeId::of::<Dynamic>(), "a value"),
    ];
    let found = words.iter().find(|(known, _)| *known == of);
    found.map_or(OTHER, |(_, word)| word)
}

/// A value that was given: `a number (20)`.
fn shown(value: &Dynamic) -> String {
    let what = match value {
        value if value.is_int() || value.is_float() => "a number",
        value if value.is_unit() => return "nothing, `()`".to_owned(),
        value if value.is_fnptr() => return "a closure".to_owned(),
        value => match taken(value.type_id()) {
            OTHER => return format!("a {}", value.type_name()),
            word => word,
        },
    };
    let text = values::to_json(value).map_or_else(|_| value.to_string(), |json| json.to_string());
    match text.chars().count() > LONGEST {
        true => {
            let text: String = text.chars().take(LONGEST).collect();
            format!("{what} ({text}…)")
        }
        false => format!("{what} ({text})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::type_names::missing;

    #[test]
    fn what_a_function_takes_is_said() {
        let text = TypeId::of::<ImmutableString>();
        let map = TypeId::of::<Map>();
        #[derive(Clone)]
        struct Run;
        let run = TypeId::of::<Run>();
        let (run_, twenty) = (Dynamic::from(Run), Dynamic::from(20_i64));
        for (name, overloads, given, expected) in [
            (
                "expect_lasting",
                vec![vec![run, text]],
                vec![&run_, &twenty],
                "`expect_lasting` takes a text like \"20m\", this is a number (20)",
            ),
            (
                "note",
                vec![vec![text]],
                vec![&twenty],
                "`note` takes a text, this is a number (20)",
            ),
            (
                "expect_write",
                vec![vec![run, text, map]],
                vec![&run_, &Dynamic::from("UpdateService"), &twenty],
                "`expect_write` takes a map as its second argument, this is a number (20)",
            ),
            (
                "expect_write",
                vec![vec![run, text, map]],
                vec![&run_, &Dynamic::UNIT, &twenty],
                "`expect_write` takes a text like \"UpdateService\" as its first argument, this is nothing, `()`",
            ),
        ] {
            assert_eq!(said(name, &overloads, &given), expected);
        }
        assert_eq!(
            missing("- (i64, str)").message,
            "there is no `-` that takes a whole number and a text"
        );
    }

    #[test]
    fn every_native_function_says_what_it_takes() {
        let engine = Engine::new();
        let functions = functions(&engine, true);
        assert!(functions.len() > 150, "{}", functions.len());
    }
}
