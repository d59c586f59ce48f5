//! A plan: what a run on a predicting world would do, without having done any of it.
//!
//! `events` folds a run's events into the [`Plan`] of `model`; `text`, `undo` and `markdown` put it for people, `cost`
//! adds up what its services cost.

mod builder;
mod cost;
mod events;
mod failing;
mod markdown;
mod model;
mod text;
mod undo;

pub use cost::PlannedCost;
pub use model::{
    Item, PLAN_VERSION, Plan, PlanEnd, PlannedAsk, PlannedCall, PlannedPrograms, PlannedStep,
    PlannedUndo, UndoVariant, WhatIf,
};
