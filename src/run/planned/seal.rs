//! What makes a saved plan the one that was reviewed: a digest over all of it, and an end.

use jiff::{SignedDuration, Timestamp};

use super::saved::SavedPlan;
use crate::text::hex;

impl SavedPlan {
    /// Closes the plan: it says when it was made, until when it holds, and the digest of all of it.
    pub fn sealed(mut self, made: Timestamp, holds: SignedDuration) -> Self {
        self.made = Some(made);
        self.expires = made.checked_add(holds).ok();
        self.digest = self.computed_digest();
        self
    }

    /// Demands that it is as it was made, and that it still holds.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn holds(&self, now: Timestamp) -> Result<(), String> {
        if self.digest.is_empty() {
            return Err("it has no digest: it was edited, or an older version made it".to_owned());
        }
        if self.digest != self.computed_digest() {
            return Err("it was changed after it was made".to_owned());
        }
        match self.expires {
            Some(expires) if now < expires => Ok(()),
            Some(expires) => Err(format!(
                "it has expired: it held until {}",
                expires.strftime("%Y-%m-%d %H:%MZ")
            )),
            None => Err("it does not say until when it holds".to_owned()),
        }
    }

    fn computed_digest(&self) -> String {
        let plain = SavedPlan {
            digest: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_string(&plain).unwrap_or_default();
        hex::sha256(text.as_bytes())
    }
}
