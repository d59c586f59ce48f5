//! Scheduler in virtual time: of branches that run side by side one runs at a time, until it sleeps, and the one that is
//! to wake first goes on. So their sleeps overlap, and what they do has the same order in every run.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;

use crate::sync::{Lock, unpoisoned};

/// The branch that begins without a turn of its own: the script itself.
const TRUNK: u64 = 0;

thread_local! {
    /// The branch that runs on this thread.
    static BRANCH: Cell<u64> = const { Cell::new(TRUNK) };
}

/// Whose turn it is in one world.
#[derive(Debug)]
pub struct Scheduler {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// How many branches have begun so far; the next one's id.
    begun: u64,
    current: u64,
    open: BTreeMap<u64, Branch>,
}

#[derive(Debug)]
struct Branch {
    parent: u64,
    /// How many of its branches have not ended: it waits for them.
    children: usize,
    wakes: Timestamp,
}

impl State {
    /// Passes the turn to whoever wakes first and waits for no other branch.
    fn pass_on(&mut self) {
        let ready = self.open.iter().filter(|(_, branch)| branch.children == 0);
        if let Some((id, _)) = ready.min_by_key(|(id, branch)| (branch.wakes, **id)) {
            self.current = *id;
        }
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        let trunk = Branch {
            parent: TRUNK,
            children: 0,
            wakes: Timestamp::MIN,
        };
        Scheduler {
            state: Mutex::new(State {
                begun: TRUNK,
                current: TRUNK,
                open: [(TRUNK, trunk)].into(),
            }),
            changed: Condvar::new(),
        }
    }
}

impl Scheduler {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.locked()
    }

    fn until_turn_of(&self, id: u64, state: MutexGuard<'_, State>) {
        let waited = self.changed.wait_while(state, |s| s.current != id);
        drop(unpoisoned(waited));
    }

    /// Lets `duration` pass for the branch on this thread, and others have their turns meanwhile. `now` tells the
    /// time, and `pass` lets it pass for all.
    pub(super) fn sleep(
        &self,
        duration: Duration,
        now: impl Fn() -> Timestamp,
        pass: impl Fn(Duration),
    ) {
        let id = BRANCH.get();
        let wakes = now().checked_add(duration).unwrap_or(Timestamp::MAX);
        let mut state = self.state();
        if let Some(branch) = state.open.get_mut(&id) {
            branch.wakes = wakes;
        }
        if state.open.len() > 1 {
            state.pass_on();
            self.changed.notify_all();
            self.until_turn_of(id, state);
        } else {
            drop(state);
        }
        // Nobody else runs: what is left until then passes for all.
        if let Ok(left) = Duration::try_from(wakes.duration_since(now())) {
            pass(left);
        }
    }

    /// Begins `count` branches of the one on this thread, which waits for them from then on.
    pub fn fork(self: &Arc<Self>, count: usize) -> Fork {
        let parent = BRANCH.get();
        let mut state = self.state();
        let wakes = Timestamp::MIN;
        let ids: Vec<u64> = (0..count)
            .map(|_| {
                state.begun += 1;
                let branch = Branch {
                    parent,
                    children: 0,
                    wakes,
                };
                let id = state.begun;
                state.open.insert(id, branch);
                id
            })
            .collect();
        if let Some(branch) = state.open.get_mut(&parent) {
            branch.children += count;
            branch.wakes = wakes;
        }
        state.pass_on();
        // A branch that has not had its first turn yet may be the next.
        self.changed.notify_all();
        Fork {
            turns: Arc::clone(self),
            parent,
            ids,
        }
    }

    fn end(&self, id: u64) {
        let mut state = self.state();
        let Some(branch) = state.open.remove(&id) else {
            return;
        };
        if let Some(parent) = state.open.get_mut(&branch.parent) {
            parent.children = parent.children.saturating_sub(1);
        }
        if state.current == id {
            state.pass_on();
        }
        self.changed.notify_all();
    }
}

/// Branches that one `parallel` began together.
pub struct Fork {
    turns: Arc<Scheduler>,
    parent: u64,
    ids: Vec<u64>,
}

impl Fork {
    /// On the thread of a branch: waits for its first turn. It is over when what is returned is dropped.
    pub fn begin(&self, index: usize) -> Turn<'_> {
        let id = self.ids[index];
        BRANCH.set(id);
        self.turns.until_turn_of(id, self.turns.state());
        Turn {
            turns: &self.turns,
            id,
        }
    }

    /// Ends a branch that is never begun.
    pub fn skip(&self, index: usize) {
        self.turns.end(self.ids[index]);
    }

    /// On the thread that forked, once all branches are over: waits for its turn.
    pub fn joined(&self) {
        self.turns.until_turn_of(self.parent, self.turns.state());
    }
}

/// A branch that has begun; when it is dropped, the branch has ended.
pub struct Turn<'a> {
    turns: &'a Scheduler,
    id: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.end(self.id);
    }
}
