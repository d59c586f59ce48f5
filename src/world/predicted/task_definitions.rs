//! Task definitions in a plan: the next revision is predicted from the latest live one.

use serde_json::{Value, json};

use super::edit::with;
use super::import;
use super::plan_state::PlanState;
use crate::text::arn::{family_and_revision, short_name};
use crate::vocabulary::{Fault, Retry};
use crate::world::AwsCall;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::dispatch;
use crate::world::simulated::model::ecs::definitions;
use crate::world::simulated::model::json::{list, text};

impl PlanState {
    pub(super) fn describe_definition(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let reference = text(&call.input, "taskDefinition").unwrap_or_default();
        let known = definitions::find(cloud, reference);
        if known.is_some_and(|d| d.new || self.deregistered.contains(d.arn())) {
            return dispatch(cloud, call);
        }
        let out = self.live(cloud, call)?;
        import::definition(cloud, &out);
        Ok(out)
    }

    /// Makes a task definition known, if it is there.
    pub(super) fn ensure_definition(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        reference: &str,
    ) -> Result<(), Fault> {
        let known = definitions::find(cloud, reference);
        if reference.is_empty()
            || known.is_some_and(|d| d.new || short_name(reference).contains(':'))
        {
            return Ok(());
        }
        let input = json!({ "taskDefinition": reference });
        match self.also(cloud, call, "DescribeTaskDefinition", input) {
            Ok(out) => {
                import::definition(cloud, &out);
                Ok(())
            }
            // It is not there: the write itself says so.
            Err(fault) if fault.code == "ClientException" => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn list_definitions(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
    ) -> Result<Value, Fault> {
        let mut out = self.live(cloud, call)?;
        let planned = dispatch(cloud, &with(call, "nextToken", Value::Null))?;
        let new: Vec<Value> = list(&planned, "taskDefinitionArns")
            .iter()
            .filter(|arn| {
                let found = arn.as_str().and_then(|a| definitions::find(cloud, a));
                found.is_some_and(|d| d.new)
            })
            .cloned()
            .collect();
        let gone = |arn: &Value| arn.as_str().is_some_and(|a| self.deregistered.contains(a));
        let newest_first = text(&call.input, "sort") == Some("DESC");
        let last_page = text(&out, "nextToken").is_none();
        let first_page = text(&call.input, "nextToken").is_none();
        if let Some(arns) = out
            .get_mut("taskDefinitionArns")
            .and_then(Value::as_array_mut)
        {
            arns.retain(|arn| !gone(arn));
            if newest_first && first_page {
                arns.splice(0..0, new);
            } else if !newest_first && last_page {
                arns.extend(new);
            }
        }
        Ok(out)
    }

    /// Finds out the highest revision of a family, ACTIVE or not.
    pub(super) fn ensure_family(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        family: &str,
    ) -> Result<(), Fault> {
        if family.is_empty() || self.families.contains(family) {
            return Ok(());
        }
        let mut last = 0;
        for status in ["ACTIVE", "INACTIVE"] {
            let input = json!({ "familyPrefix": family, "status": status, "sort": "DESC" });
            let out = match self.also(cloud, call, "ListTaskDefinitions", input) {
                // Not allowed to list: the revisions that were described have to do.
                Err(fault) if fault.retry == Retry::Never => Value::Null,
                out => out?,
            };
            let highest = list(&out, "taskDefinitionArns")
                .iter()
                .filter_map(|arn| family_and_revision(arn.as_str()?))
                .filter(|(name, _)| *name == family)
                .map(|(_, revision)| revision)
                .max();
            last = last.max(highest.unwrap_or(0));
        }
        let known = cloud.ecs.family_mut(family);
        known.last = known.last.max(last);
        self.families.insert(family.to_owned());
        Ok(())
    }

    pub(super) fn register(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let family = text(&call.input, "family").unwrap_or_default().to_owned();
        self.ensure_family(cloud, call, &family)?;
        dispatch(cloud, call)
    }

    pub(super) fn deregister(&mut self, cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
        let reference = text(&call.input, "taskDefinition").unwrap_or_default();
        self.ensure_definition(cloud, call, reference)?;
        let out = dispatch(cloud, call)?;
        let arn = out
            .get("taskDefinition")
            .and_then(|d| text(d, "taskDefinitionArn"));
        self.deregistered.extend(arn.map(str::to_owned));
        Ok(out)
    }
}
