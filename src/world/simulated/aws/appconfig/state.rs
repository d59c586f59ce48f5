//! What AppConfig knows: applications with their environments and configuration profiles, strategies, deployments.

use std::time::Duration;

use jiff::Timestamp;

use crate::world::simulated::kernel::clock::later;

/// Time that a rollback takes.
pub(super) const ROLLS_BACK: Duration = Duration::from_secs(15);

/// The state of AppConfig.
#[derive(Debug, Clone, Default)]
pub(crate) struct AppConfig {
    pub(super) applications: Vec<Application>,
    /// Those of the account, without the predefined ones.
    pub(super) strategies: Vec<Strategy>,
}

/// A deployment looks at the alarms of its environment.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(super) environment: String,
    pub(super) number: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Application {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) environments: Vec<Environment>,
    pub(super) profiles: Vec<Profile>,
}

#[derive(Debug, Clone)]
pub(super) struct Environment {
    pub(super) id: String,
    pub(super) name: String,
    /// Names of the CloudWatch alarms that roll a deployment back.
    pub(super) monitors: Vec<String>,
    /// In the order of their numbers, which begin with 1.
    pub(super) deployments: Vec<Deployment>,
}

/// A configuration profile whose configurations AppConfig hosts itself.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) id: String,
    pub(super) name: String,
    /// Type of the profile: `AWS.Freeform` or `AWS.AppConfig.FeatureFlags`.
    pub(super) kind: String,
    /// In the order of their numbers, which begin with 1.
    pub(super) versions: Vec<Version>,
}

#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) number: u64,
    /// The configuration itself, in base64.
    pub(super) content: String,
    pub(super) content_type: String,
    pub(super) label: Option<String>,
    pub(super) description: Option<String>,
}

/// How a deployment reaches its targets.
#[derive(Debug, Clone)]
pub(crate) struct Strategy {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Minutes until all targets have the configuration.
    pub(crate) minutes: u32,
    /// How the share of the targets grows: `LINEAR` or `EXPONENTIAL`.
    pub(crate) growth: String,
    /// Percentage of the targets in the first step.
    pub(crate) factor: f64,
    /// Minutes in which alarms are watched afterwards.
    pub(crate) bake: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Deployment {
    pub(super) number: u64,
    pub(super) profile: String,
    pub(super) profile_name: String,
    pub(super) version: u64,
    pub(super) label: Option<String>,
    pub(super) description: Option<String>,
    pub(super) strategy: Strategy,
    pub(super) started: Timestamp,
    /// When and why it was taken back; `None`: it was not.
    pub(super) stopped: Option<Stopped>,
}

/// How a deployment was taken back.
#[derive(Debug, Clone)]
pub(super) struct Stopped {
    pub(super) at: Timestamp,
    /// Whether it was complete then: it is reverted, not rolled back.
    pub(super) reverted: bool,
    /// Who stopped the deployment: `USER` or `CLOUDWATCH_ALARM`.
    pub(super) by: &'static str,
    pub(super) why: String,
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

impl Strategy {
    /// The percentages of the targets, each with the time after the start at which it is reached.
    ///
    /// AppConfig User Guide, "Working with deployment strategies": linear growth adds the step percentage in each step,
    /// exponential growth doubles it, over the time of the deployment.
    pub(super) fn steps(&self) -> Vec<(Duration, f64)> {
        let mut shares = Vec::new();
        let mut share = self.factor.clamp(1.0, 100.0);
        while share < 100.0 {
            shares.push(share);
            share = match self.growth.as_str() {
                "EXPONENTIAL" => share * 2.0,
                _ => share + self.factor.clamp(1.0, 100.0),
            };
        }
        shares.push(100.0);
        let count = u32::try_from(shares.len()).unwrap_or(u32::MAX);
        let pause = minutes(self.minutes) / count;
        let shares = (0..).zip(shares);
        shares
            .map(|(index, share)| (pause * index, share))
            .collect()
    }
}

impl Deployment {
    /// When all targets have the configuration.
    pub(super) fn deployed(&self) -> Timestamp {
        later(self.started, minutes(self.strategy.minutes))
    }

    /// When it is complete, if nothing stops it.
    pub(super) fn complete(&self) -> Timestamp {
        later(self.deployed(), minutes(self.strategy.bake))
    }

    /// Its state: AppConfig API Reference, GetDeployment, `State`.
    pub(super) fn state(&self, now: Timestamp) -> &'static str {
        match &self.stopped {
            Some(stopped) if stopped.reverted => "REVERTED",
            Some(stopped) if now < later(stopped.at, ROLLS_BACK) => "ROLLING_BACK",
            Some(_) => "ROLLED_BACK",
            None if now < self.deployed() => "DEPLOYING",
            None if now < self.complete() => "BAKING",
            None => "COMPLETE",
        }
    }

    /// The share of the targets that have the configuration, in percent.
    pub(super) fn share(&self, now: Timestamp) -> f64 {
        let until = self.stopped.as_ref().map_or(now, |stopped| stopped.at);
        let steps = self.strategy.steps().into_iter();
        let mut reached = steps.filter(|(after, _)| later(self.started, *after) <= until);
        let share = reached.next_back().map_or(0.0, |(_, share)| share);
        match self.state(now) {
            "ROLLED_BACK" | "REVERTED" => 0.0,
            _ => share,
        }
    }

    /// Whether the environment can take no other deployment meanwhile.
    pub(super) fn is_under_way(&self, now: Timestamp) -> bool {
        ["DEPLOYING", "BAKING", "ROLLING_BACK"].contains(&self.state(now))
    }
}

/// AppConfig User Guide, "Working with deployment strategies", "Predefined deployment strategies".
pub(super) fn predefined() -> Vec<Strategy> {
    let strategy = |name: &str, minutes, growth: &str, factor, bake| Strategy {
        id: name.to_owned(),
        name: name.to_owned(),
        minutes,
        growth: growth.to_owned(),
        factor,
        bake,
    };
    vec![
        strategy("AppConfig.AllAtOnce", 0, "LINEAR", 100.0, 10),
        strategy(
            "AppConfig.Linear50PercentEvery30Seconds",
            1,
            "LINEAR",
            50.0,
            1,
        ),
        strategy(
            "AppConfig.Linear20PercentEvery6Minutes",
            30,
            "LINEAR",
            20.0,
            30,
        ),
        strategy(
            "AppConfig.Canary10Percent20Minutes",
            20,
            "EXPONENTIAL",
            10.0,
            10,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(growth: &str, factor: f64, minutes: u32) -> Vec<(u64, f64)> {
        let strategy = Strategy {
            id: String::new(),
            name: String::new(),
            minutes,
            growth: growth.to_owned(),
            factor,
            bake: 0,
        };
        let steps = strategy.steps().into_iter();
        steps
            .map(|(after, share)| (after.as_secs(), share))
            .collect()
    }

    /// AppConfig User Guide, "Working with deployment strategies", "Deployment type".
    #[test]
    fn growth_is_linear_or_exponential() {
        assert_eq!(steps("LINEAR", 50.0, 1), [(0, 50.0), (30, 100.0)]);
        assert_eq!(steps("LINEAR", 100.0, 0), [(0, 100.0)]);
        let shares = [
            (0, 10.0),
            (240, 20.0),
            (480, 40.0),
            (720, 80.0),
            (960, 100.0),
        ];
        assert_eq!(steps("EXPONENTIAL", 10.0, 20), shares);
    }
}
