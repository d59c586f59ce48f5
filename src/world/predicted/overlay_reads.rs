//! What reads of resources beside ECS show in a plan: as they are live, with what the plan has changed.

use serde_json::{Value, json};

use super::edit::{append, with};
use super::overlay::ResourceChange;
use super::plan_state::PlanState;
use super::resources::{self, AnswerPlace, ResourceType};
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::model::json::{list, set, text};
use crate::world::simulated::model::{Cloud, dispatch};

impl PlanState {
    /// A read of anything beside ECS.
    pub(super) fn read_over(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let about = resources::all().filter(|kind| kind.service == call.service);
        for kind in about {
            let reads = kind
                .about
                .iter()
                .filter(|(name, ..)| *name == call.operation);
            for (_, member, any) in reads {
                let named = text(&call.input, member).unwrap_or_default();
                if self.overlay.answers_for(cloud, kind, named, *any) {
                    return dispatch(cloud, call);
                }
            }
        }
        match resources::shown_by(call) {
            Some(kind) => self.show(cloud, call, kind),
            None => self.live(cloud, call),
        }
    }

    /// Shows resources of a kind, the plan's changes laid over what is live.
    pub(super) fn show(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        kind: &'static ResourceType,
    ) -> Result<Value, Fault> {
        let touched = self.overlay.touched(cloud, kind);
        for (member, parent) in kind.parents {
            let of = text(&call.input, member).unwrap_or_default();
            if self.overlay.answers_for(cloud, parent, of, false) {
                return dispatch(cloud, call);
            }
        }
        if touched.is_empty() {
            return self.live(cloud, call);
        }
        let key = match kind.lists.iter().find(|(name, _)| *name == call.operation) {
            Some((_, key)) => AnswerPlace::List(key),
            None => kind.shown,
        };
        let Some((name, values)) = kind.asked(&call.input) else {
            return match key {
                AnswerPlace::List(key) => self.list(cloud, call, kind, key, &touched),
                _ => self.live(cloud, call),
            };
        };
        let only_here = |value: &String| {
            touched.iter().any(|(_, item, change)| {
                let inside = matches!(kind.shown, AnswerPlace::Inside(_) | AnswerPlace::Nameless);
                let here =
                    inside || matches!(change, ResourceChange::Created | ResourceChange::Gone);
                here && kind.called(item, name.input, value)
            })
        };
        let (planned, live): (Vec<String>, Vec<String>) = values.into_iter().partition(only_here);
        if live.is_empty() {
            return dispatch(cloud, call);
        }
        let AnswerPlace::List(key) = key else {
            let mut out = self.live(cloud, call)?;
            patch(&mut out, kind, &touched);
            return Ok(out);
        };
        let narrowed = match planned.is_empty() {
            true => call.clone(),
            false => with(call, name.input, json!(live)),
        };
        let mut out = self.live(cloud, &narrowed)?;
        if let Some(items) = out.get_mut(key).and_then(Value::as_array_mut) {
            items
                .iter_mut()
                .for_each(|item| patch(item, kind, &touched));
        }
        if !planned.is_empty() {
            let more = dispatch(cloud, &with(call, name.input, json!(planned)))?;
            append(&mut out, &more, key);
        }
        Ok(out)
    }

    /// A listing of resources of a kind.
    fn list(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        kind: &'static ResourceType,
        key: &str,
        touched: &[(String, Value, ResourceChange)],
    ) -> Result<Value, Fault> {
        let mut out = self.live(cloud, call)?;
        let paged = ["NextToken", "nextToken", "Marker"];
        let first = paged.iter().all(|token| text(&call.input, token).is_none());
        let mut whole = call.clone();
        for token in paged {
            whole = with(&whole, token, Value::Null);
        }
        // What it lists by may be nothing that the simulated cloud knows.
        let simulated = dispatch(cloud, &whole).unwrap_or_default();
        let here = list(&simulated, key);
        let listed = |id: &str| {
            here.iter()
                .find(|item| kind.id(item).as_deref() == Some(id))
        };
        let mut items = list(&out, key).to_vec();
        items.retain(|item| {
            let id = kind.id(item).unwrap_or_default();
            match touched.iter().find(|(own, ..)| *own == id) {
                Some((_, _, ResourceChange::Gone)) => false,
                Some((_, _, ResourceChange::Changed(..))) => {
                    here.is_empty() || listed(&id).is_some()
                }
                _ => true,
            }
        });
        for item in &mut items {
            patch(item, kind, touched);
        }
        for (id, live, change) in touched.iter().filter(|_| first) {
            let there = items
                .iter()
                .any(|item| kind.id(item).as_deref() == Some(id));
            match (change, listed(id)) {
                (ResourceChange::Created, Some(new)) if !there => items.push(new.clone()),
                (ResourceChange::Changed(..), Some(_)) if !there => {
                    let mut item = live.clone();
                    patch(&mut item, kind, touched);
                    items.push(item);
                }
                _ => {}
            }
        }
        set(&mut out, key, Value::Array(items));
        Ok(out)
    }
}

/// Lays what the plan has changed over a resource as it is live.
fn patch(item: &mut Value, kind: &ResourceType, touched: &[(String, Value, ResourceChange)]) {
    let id = kind.id(item).unwrap_or_default();
    let found = touched.iter().find(|(own, ..)| *own == id);
    let Some((_, _, ResourceChange::Changed(then, now))) = found else {
        return;
    };
    for (name, value) in now.as_object().into_iter().flatten() {
        if then.get(name) != Some(value) {
            set(item, name, value.clone());
        }
    }
    if let (Some(item), Some(then)) = (item.as_object_mut(), then.as_object()) {
        for name in then.keys().filter(|name| now.get(name).is_none()) {
            item.remove(name);
        }
    }
}
