//! What Fargate costs: on-demand prices for Linux, and `cost::fargate`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Context, Declaration, Line, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop};

/// Date of the price list.
pub const PRICES_OF: &str = "2026-03";

/// Hours in a month, as AWS's price calculator counts them.
const HOURS: u64 = 730;

/// Prices of a region in millionths of a dollar: vCPU-hour and GB-hour, first x86, then ARM.
type Prices = (&'static str, [u64; 2], [u64; 2]);

const PRICES: [Prices; 15] = [
    ("us-east-1", [40_480, 4_445], [32_380, 3_560]),
    ("us-east-2", [40_480, 4_445], [32_380, 3_560]),
    ("us-west-1", [46_560, 5_110], [37_250, 4_090]),
    ("us-west-2", [40_480, 4_445], [32_380, 3_560]),
    ("ca-central-1", [44_560, 4_865], [35_650, 3_890]),
    ("eu-west-1", [40_480, 4_445], [32_380, 3_560]),
    ("eu-west-2", [46_560, 5_110], [37_250, 4_090]),
    ("eu-west-3", [48_600, 5_300], [38_880, 4_240]),
    ("eu-central-1", [46_560, 5_110], [37_250, 4_090]),
    ("eu-north-1", [44_500, 4_900], [35_600, 3_920]),
    ("ap-south-1", [42_560, 4_655], [34_040, 3_720]),
    ("ap-southeast-1", [50_560, 5_530], [40_450, 4_420]),
    ("ap-southeast-2", [48_560, 5_320], [38_850, 4_260]),
    ("ap-northeast-1", [50_560, 5_530], [40_450, 4_420]),
    ("sa-east-1", [69_600, 7_600], [55_680, 6_080]),
];

/// Processor architecture, as a task definition names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
pub enum Arch {
    /// x86 with 64 bits (`X86_64`).
    #[default]
    #[serde(rename = "X86_64")]
    X86,
    /// AWS Graviton (`ARM64`).
    #[serde(rename = "ARM64")]
    Arm,
}

/// Dollar cents a month of `count` tasks that run all the time; `None`: no prices of that region are known.
/// `cpu` in CPU units (1024 are a vCPU), `memory` in MiB, as a task definition has them.
pub fn monthly_cents(region: &str, arch: Arch, cpu: u64, memory: u64, count: u64) -> Option<u64> {
    let (_, x86, arm) = PRICES.iter().find(|(name, ..)| *name == region)?;
    let [vcpu, gb] = match arch {
        Arch::X86 => x86,
        Arch::Arm => arm,
    };
    let hour = cpu
        .checked_mul(*vcpu)?
        .checked_add(memory.checked_mul(*gb)?)?;
    let month = hour.checked_mul(count)?.checked_mul(HOURS)?;
    // 1024 CPU units or MiB, and 10,000 millionths a cent; rounded.
    Some(month.checked_add(5_120_000)? / 10_240_000)
}

/// A sum in dollars for people: `$71.20`.
pub fn dollars(cents: u64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

/// Arguments of `cost::fargate`: Fargate tasks that run all the time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fargate {
    /// CPU units of a task, as its task definition has them: 1024, or `"1024"`.
    cpu: Size,
    /// Memory of a task in MiB: 2048, or `"2048"`.
    memory: Size,
    /// How many tasks run all the time.
    #[serde(default = "one")]
    count: u64,
    /// AWS region, such as `ap-south-1`.
    region: String,
    /// `X86_64` or `ARM64`. Default: `X86_64`.
    #[serde(default)]
    arch: Arch,
}

fn one() -> u64 {
    1
}

/// A number, or its text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Size {
    Number(u64),
    Text(String),
}

impl Size {
    fn value(&self, name: &str) -> Result<u64, Fault> {
        match self {
            Size::Number(n) => Ok(*n),
            Size::Text(text) => text.parse().map_err(|_| {
                let message = format!("cost::fargate at `{name}`: `{text}` is not a number");
                Fault::new(super::args::INVALID_INPUT, message)
            }),
        }
    }
}

impl Verb for Fargate {
    const DECLARATION: Declaration = Declaration {
        module: "cost",
        name: "fargate",
        effect: Effect::Read,
        doc: "Estimates what Fargate tasks cost a month (730 hours) on demand on Linux, with deployer's built-in price list. Spot, discounts, storage and traffic are not included.",
        positional: &[],
        returns: "`#{ monthly, text, prices_of }`: dollars, `$71.20`, and the month of the price list; `monthly` and `text` are `()` for a region that is not in the list.",
        example: r#"let cost = cost::fargate(#{ cpu: "512", memory: "1024", count: 3, region: "ap-south-1" });
print(cost.text);"#,
    };
}

impl Fargate {
    fn cents(&self) -> Result<Option<u64>, Fault> {
        let (cpu, memory) = (self.cpu.value("cpu")?, self.memory.value("memory")?);
        Ok(monthly_cents(
            &self.region,
            self.arch,
            cpu,
            memory,
            self.count,
        ))
    }
}

impl Call for Fargate {
    fn check(&self) -> Result<(), Fault> {
        self.cents().map(drop)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "cost".into(),
            object: self.region.clone(),
            ..Line::default()
        }
    }

    fn perform(&self, _: &Context<'_>) -> Result<Value, Stop> {
        let cents = self.cents()?;
        Ok(json!({
            "monthly": cents.map(|cents| cents as f64 / 100.0),
            "text": cents.map(dollars),
            "prices_of": PRICES_OF,
        }))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(format!("{} a month", output["text"].as_str()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_costs_what_the_list_says() {
        let month = |region, arch, cpu, memory, count| {
            monthly_cents(region, arch, cpu, memory, count).map(dollars)
        };
        // (0.5 × 0.04048 + 1 × 0.004445) × 730 = 18.02005
        let one = month("us-east-1", Arch::X86, 512, 1024, 1);
        assert_eq!(one.as_deref(), Some("$18.02"));
        // (0.5 × 0.04256 + 1 × 0.004655) × 3 × 730 = 56.79765
        let three = month("ap-south-1", Arch::X86, 512, 1024, 3);
        assert_eq!(three.as_deref(), Some("$56.80"));
        // (1 × 0.03725 + 2 × 0.00409) × 2 × 730 = 66.3278
        let arm = month("eu-central-1", Arch::Arm, 1024, 2048, 2);
        assert_eq!(arm.as_deref(), Some("$66.33"));
        assert_eq!(
            month("us-east-1", Arch::X86, 512, 1024, 0).as_deref(),
            Some("$0.00")
        );
        assert_eq!(month("mars-north-1", Arch::X86, 512, 1024, 1), None);
    }
}
