//! Closures bound to their home.
//!
//! A closure of Rhai is only a name: whoever calls it resolves it among the functions that are in reach
//! *there*. A bound closure remembers where it was made, so that it can be called from anywhere and
//! later, finds its module's functions and constants, and has its errors blamed on its own file.

// Rhai marks what may change between versions as deprecated; the version is pinned.
#![allow(deprecated)]

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext, NativeCallContextStore};

use super::failure::Error;

/// A closure and the place it was made in.
#[derive(Clone)]
pub(crate) struct BoundClosure {
    home: NativeCallContextStore,
    closure: FnPtr,
}

impl BoundClosure {
    /// Binds `closure` to where `context` was called, which is where closures are written.
    pub(crate) fn new(context: &NativeCallContext<'_>, closure: FnPtr) -> Self {
        BoundClosure {
            home: context.store_data(),
            closure,
        }
    }

    /// The script that the closure stands in.
    pub(crate) fn source(&self) -> &str {
        self.home.global.source.as_deref().unwrap_or_default()
    }

    /// Moves the closure, with all that it calls, into a parallel branch.
    pub(crate) fn in_branch(mut self, branch: &str) -> Self {
        self.home.global.tag = branch.into();
        self
    }

    /// Lets the closure count its operations and call levels anew: it runs by itself, later.
    pub(crate) fn afresh(mut self) -> Self {
        self.home.global.level = 0;
        self.home.global.num_operations = Default::default();
        self
    }

    /// Calls the closure with its arguments, in the place where it was made. Fails with what its body throws.
    pub(crate) fn call(
        &self,
        engine: &Engine,
        arguments: impl AsMut<[Dynamic]>,
    ) -> Result<Dynamic, Error> {
        let context = self.home.create_context(engine);
        self.closure.call_raw(&context, None, arguments)
    }

    /// The closure as a value that scripts can call from anywhere. It acts in the branch of whoever calls it.
    pub(crate) fn into_closure(self) -> Result<FnPtr, Error> {
        FnPtr::from_fn("bound", move |context, arguments| {
            let mut arguments: Vec<Dynamic> = arguments.iter_mut().map(|a| a.take()).collect();
            // The caller's branch, not the maker's: that is where the calls happen.
            let mut bound = self.clone();
            if let Some(tag) = context.tag() {
                bound.home.global.tag = tag.clone();
            }
            bound.call(context.engine(), &mut arguments[..])
        })
    }
}
