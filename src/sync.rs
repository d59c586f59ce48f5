//! Locks that are used on after a panic in another thread: what they guard is whole between two calls, and a run that can
//! still be told must be told.

use std::sync::{
    LockResult, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

/// What a lock guards, poisoned or not.
pub fn unpoisoned<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

/// A mutex that ignores poison.
pub trait Lock<T: ?Sized> {
    /// Waits for the lock and takes it, even if a thread panicked while it held it.
    fn locked(&self) -> MutexGuard<'_, T>;
}

impl<T: ?Sized> Lock<T> for Mutex<T> {
    fn locked(&self) -> MutexGuard<'_, T> {
        unpoisoned(self.lock())
    }
}

/// A read-write lock that ignores poison.
pub trait ReadWrite<T: ?Sized> {
    /// Takes the lock for reading; waits until nobody writes.
    fn reading(&self) -> RwLockReadGuard<'_, T>;
    /// Waits until nobody reads or writes.
    fn writing(&self) -> RwLockWriteGuard<'_, T>;
}

impl<T: ?Sized> ReadWrite<T> for RwLock<T> {
    fn reading(&self) -> RwLockReadGuard<'_, T> {
        unpoisoned(self.read())
    }

    fn writing(&self) -> RwLockWriteGuard<'_, T> {
        unpoisoned(self.write())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_panic_of_another_thread_does_not_take_the_lock_with_it() {
        let shared = Arc::new(Mutex::new(1));
        let other = Arc::clone(&shared);
        let panicked = std::thread::spawn(move || {
            let _guard = other.locked();
            panic!("on purpose");
        });
        panicked.join().unwrap_err();
        assert_eq!(*shared.locked(), 1);
    }
}
