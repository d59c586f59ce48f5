//! What the rules say of a statement, given the statements before it in the same file.

use std::collections::HashSet;

use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, AlterType, AlterTypeOperation, ColumnDef,
    ColumnOption, CreateIndex, CreateTable, FromTable, ObjectName, ObjectType, Query,
    RenameTableNameKind, SetExpr, Statement, TableConstraint, TableFactor, TableWithJoins,
};

use super::rule::Rule;

/// Judges the statements of one file in their order.
pub(super) struct StatementJudge {
    /// The whole file is run as one transaction.
    whole: bool,
    /// Whether a `BEGIN` was met that no `COMMIT` or `ROLLBACK` has closed.
    open: bool,
    /// The statement is in a block of code.
    block: bool,
    /// Tables that came into being here: nobody uses them yet.
    new: HashSet<String>,
}

impl StatementJudge {
    pub fn new(whole: bool) -> StatementJudge {
        StatementJudge {
            whole,
            open: false,
            block: false,
            new: HashSet::new(),
        }
    }

    /// The rules that it breaks, each once. `concurrently`: it is a `DROP INDEX CONCURRENTLY`.
    pub fn statement(&mut self, statement: &Statement, concurrently: bool) -> Vec<Rule> {
        let mut broken = Vec::new();
        match statement {
            Statement::StartTransaction { .. } => self.open = true,
            Statement::Commit { .. } | Statement::Rollback { .. } => self.open = false,
            Statement::CreateTable(table) => self.created(table),
            Statement::AlterTable(alter) => {
                let fresh = self.is_new(&alter.name);
                for operation in &alter.operations {
                    if fresh {
                        self.renamed(operation);
                    } else {
                        alters(operation, &mut broken);
                    }
                }
            }
            Statement::RenameTable(_) => broken.push(Rule::RenameTable),
            Statement::Drop {
                object_type, names, ..
            } => self.drops(*object_type, names, concurrently, &mut broken),
            Statement::DropFunction(_)
            | Statement::DropProcedure { .. }
            | Statement::DropDomain(_)
            | Statement::DropExtension(_) => broken.push(Rule::DropObject),
            Statement::AlterType(AlterType { operation, .. }) => match operation {
                AlterTypeOperation::AddValue(_) => {}
                _ => broken.push(Rule::RenameObject),
            },
            Statement::AlterSchema(_) => broken.push(Rule::RenameObject),
            Statement::CreateIndex(index) => self.index(index, &mut broken),
            Statement::Truncate(truncate)
                if !truncate.table_names.iter().all(|t| self.is_new(&t.name)) =>
            {
                broken.push(Rule::Truncate);
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) =
                    &delete.from;
                if delete.selection.is_none() && !from.iter().all(|t| self.of_new(t)) {
                    broken.push(Rule::DeleteWithoutWhere);
                }
            }
            Statement::Update(update)
                if update.selection.is_none() && !self.of_new(&update.table) =>
            {
                broken.push(Rule::UpdateWithoutWhere);
            }
            Statement::Query(query) => self.query(query, &mut broken),
            Statement::Insert(insert) => {
                if let Some(query) = &insert.source {
                    self.query(query, &mut broken);
                }
            }
            _ => {}
        }
        let mut once = Vec::new();
        for rule in broken {
            if !once.contains(&rule) {
                once.push(rule);
            }
        }
        once
    }

    fn created(&mut self, table: &CreateTable) {
        // `IF NOT EXISTS` may find one that is in use.
        if !table.if_not_exists {
            self.new.insert(name(&table.name));
        }
    }

    fn is_new(&self, table: &ObjectName) -> bool {
        self.new.contains(&name(table))
    }

    fn of_new(&self, table: &TableWithJoins) -> bool {
        matches!(&table.relation, TableFactor::Table { name, .. } if self.is_new(name))
    }

    /// A new table stays new under its new name.
    fn renamed(&mut self, operation: &AlterTableOperation) {
        if let AlterTableOperation::RenameTable {
            table_name: RenameTableNameKind::As(to) | RenameTableNameKind::To(to),
        } = operation
        {
            self.new.insert(name(to));
        }
    }

    fn drops(
        &mut self,
        kind: ObjectType,
        names: &[ObjectName],
        concurrently: bool,
        broken: &mut Vec<Rule>,
    ) {
        match kind {
            ObjectType::Table => {
                if !names.iter().all(|table| self.is_new(table)) {
                    broken.push(Rule::DropTable);
                }
                // The name may come back as another table, which is judged as it comes.
                for table in names {
                    self.new.remove(&name(table));
                }
            }
            ObjectType::Index if !concurrently => broken.push(Rule::DropIndexNotConcurrent),
            ObjectType::Index => {}
            _ => broken.push(Rule::DropObject),
        }
    }

    fn index(&self, index: &CreateIndex, broken: &mut Vec<Rule>) {
        if !index.concurrently && !self.is_new(&index.table_name) {
            broken.push(Rule::IndexNotConcurrent);
        }
    }

    /// Whether the next statement is run inside a transaction.
    pub fn in_transaction(&self) -> bool {
        self.whole || self.open || self.block
    }

    /// A block of code begins or ends: it is part of a transaction, always.
    pub fn block(&mut self, begins: bool) {
        self.block = begins;
    }

    /// A query may change data in its `WITH`.
    fn query(&mut self, query: &Query, broken: &mut Vec<Rule>) {
        for part in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.query(&part.query, broken);
        }
        self.body(&query.body, broken);
    }

    fn body(&mut self, body: &SetExpr, broken: &mut Vec<Rule>) {
        match body {
            SetExpr::Query(query) => self.query(query, broken),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left, broken);
                self.body(right, broken);
            }
            SetExpr::Insert(it) | SetExpr::Update(it) | SetExpr::Delete(it) => {
                broken.extend(self.statement(it, false));
            }
            _ => {}
        }
    }
}

/// What `ALTER TABLE` does to a table that is in use.
fn alters(operation: &AlterTableOperation, broken: &mut Vec<Rule>) {
    match operation {
        AlterTableOperation::DropColumn { .. } => broken.push(Rule::DropColumn),
        AlterTableOperation::RenameColumn { .. } => broken.push(Rule::RenameColumn),
        AlterTableOperation::RenameTable { .. } => broken.push(Rule::RenameTable),
        AlterTableOperation::AlterColumn { op, .. } => match op {
            AlterColumnOperation::SetNotNull => broken.push(Rule::SetNotNull),
            AlterColumnOperation::SetDataType { .. } => broken.push(Rule::ChangeType),
            _ => {}
        },
        AlterTableOperation::AddColumn { column_def, .. } => adds(column_def, broken),
        AlterTableOperation::AddConstraint {
            constraint,
            not_valid,
        } => match constraint {
            TableConstraint::ForeignKey(_) | TableConstraint::Check(_) if !not_valid => {
                broken.push(Rule::ConstraintNotValid);
            }
            TableConstraint::Unique(_)
            | TableConstraint::PrimaryKey(_)
            | TableConstraint::Exclude(_) => broken.push(Rule::IndexNotConcurrent),
            _ => {}
        },
        _ => {}
    }
}

/// What a new column asks of rows that are there, and of inserts that do not know it.
fn adds(column: &ColumnDef, broken: &mut Vec<Rule>) {
    let (mut not_null, mut filled) = (false, fills_itself(column));
    for option in &column.options {
        match &option.option {
            ColumnOption::NotNull => not_null = true,
            ColumnOption::Default(_) | ColumnOption::Generated { .. } => filled = true,
            ColumnOption::PrimaryKey(_) => {
                not_null = true;
                broken.push(Rule::IndexNotConcurrent);
            }
            ColumnOption::Unique(_) => broken.push(Rule::IndexNotConcurrent),
            ColumnOption::Check(_) | ColumnOption::ForeignKey(_) => {
                broken.push(Rule::ConstraintNotValid);
            }
            _ => {}
        }
    }
    if not_null && !filled {
        broken.push(Rule::NotNullWithoutDefault);
    }
}

fn fills_itself(column: &ColumnDef) -> bool {
    let kind = column.data_type.to_string().to_lowercase();
    matches!(
        kind.as_str(),
        "serial" | "serial2" | "serial4" | "serial8" | "bigserial" | "smallserial"
    )
}

/// A name as PostgreSQL compares it: lower case unless it is quoted, in `public` unless it says otherwise.
fn name(name: &ObjectName) -> String {
    let parts: Vec<String> = name
        .0
        .iter()
        .map(|part| match part.as_ident() {
            Some(ident) if ident.quote_style.is_some() => ident.value.clone(),
            Some(ident) => ident.value.to_lowercase(),
            None => part.to_string(),
        })
        .collect();
    let name = parts.join(".");
    name.strip_prefix("public.").unwrap_or(&name).to_owned()
}
