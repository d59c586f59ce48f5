//! The rules of a review, and what to do instead.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a migration may not do while the version before it still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Rule {
    DropTable,
    DropColumn,
    DropObject,
    RenameTable,
    RenameColumn,
    RenameObject,
    ChangeType,
    NotNullWithoutDefault,
    SetNotNull,
    IndexNotConcurrent,
    DropIndexNotConcurrent,
    ConstraintNotValid,
    ConcurrentInTransaction,
    Empty,
    Truncate,
    DeleteWithoutWhere,
    UpdateWithoutWhere,
    Unparsed,
}

impl Rule {
    /// What to do instead of breaking the rule, in a sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Rule::DropTable => {
                "the running version may still use it; drop it in the release after the one that stops using it"
            }
            Rule::DropColumn => {
                "the running version may still read or write it; drop it in the release after the one that stops using it"
            }
            Rule::DropObject => {
                "the running version may still use it; drop it in the release after the one that stops using it"
            }
            Rule::RenameTable => {
                "the running version knows the old name; add the new one, copy, switch, and drop the old one a release later"
            }
            Rule::RenameColumn => {
                "the running version knows the old name; add a column, write both, switch, and drop the old one a release later"
            }
            Rule::RenameObject => {
                "the running version knows the old name; add the new one, switch, and drop the old one a release later"
            }
            Rule::ChangeType => {
                "rewrites the table under an exclusive lock, and the running version expects the old type; add a column of the new type instead"
            }
            Rule::NotNullWithoutDefault => {
                "fails on a table with rows, and so does every insert of the running version; give it a DEFAULT, or make it nullable first"
            }
            Rule::SetNotNull => {
                "scans the table under an exclusive lock, and the running version may still insert NULL; add CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL a release later"
            }
            Rule::IndexNotConcurrent => {
                "blocks writes while the index is built; CREATE INDEX CONCURRENTLY in a file that is not run as one transaction (a key then takes it with ADD CONSTRAINT … USING INDEX)"
            }
            Rule::DropIndexNotConcurrent => {
                "takes an exclusive lock on the table; DROP INDEX CONCURRENTLY in a file that is not run as one transaction"
            }
            Rule::ConstraintNotValid => {
                "scans the table under a lock; add it NOT VALID, then VALIDATE CONSTRAINT in a later migration"
            }
            Rule::ConcurrentInTransaction => {
                "PostgreSQL refuses it inside a transaction; put it into a file that holds only such statements, which is run without one"
            }
            Rule::Empty => {
                "holds no statement, so nothing says that it is compatible; name the files that are run"
            }
            Rule::Truncate => "removes every row, and takes an exclusive lock",
            Rule::DeleteWithoutWhere => "removes every row",
            Rule::UpdateWithoutWhere => {
                "locks every row until the transaction ends; fill the column in batches"
            }
            Rule::Unparsed => "could not be judged; someone must review it",
        }
    }
}
