//! What reads of resources beside ECS show in a plan: as they are live, with what the plan has changed.

use serde_json::{Value, json};

use super::kinds::{Kind, Shown};
use super::overlay::Fate;
use super::{Seeds, append, with};
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::dispatch;
use crate::world::simulated::json::{list, set, text};

impl Seeds {
    /// Shows resources of a kind, the plan's changes laid over what is live.
    pub(super) fn show(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        kind: &'static Kind,
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
            Some((_, key)) => Shown::List(key),
            None => kind.shown,
        };
        let Some((name, values)) = kind.asked(&call.input) else {
            return match key {
                Shown::List(key) => self.list(cloud, call, kind, key, &touched),
                _ => self.live(cloud, call),
            };
        };
        let only_here = |value: &String| {
            touched.iter().any(|(_, item, fate)| {
                let inside = matches!(kind.shown, Shown::Inside(_));
                let here = inside || matches!(fate, Fate::Created | Fate::Gone);
                here && kind.called(item, name.input, value)
            })
        };
        let (planned, live): (Vec<String>, Vec<String>) = values.into_iter().partition(only_here);
        if live.is_empty() {
            return dispatch(cloud, call);
        }
        let Shown::List(key) = key else {
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
        kind: &'static Kind,
        key: &str,
        touched: &[(String, Value, Fate)],
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
                Some((_, _, Fate::Gone)) => false,
                Some((_, _, Fate::Changed(..))) => here.is_empty() || listed(&id).is_some(),
                _ => true,
            }
        });
        for item in &mut items {
            patch(item, kind, touched);
        }
        for (id, live, fate) in touched.iter().filter(|_| first) {
            let there = items
                .iter()
                .any(|item| kind.id(item).as_deref() == Some(id));
            match (fate, listed(id)) {
                (Fate::Created, Some(new)) if !there => items.push(new.clone()),
                (Fate::Changed(..), Some(_)) if !there => {
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
fn patch(item: &mut Value, kind: &Kind, touched: &[(String, Value, Fate)]) {
    let id = kind.id(item).unwrap_or_default();
    let found = touched.iter().find(|(own, ..)| *own == id);
    let Some((_, _, Fate::Changed(then, now))) = found else {
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
