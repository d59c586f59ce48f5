//! Arguments in, exit code out.

use std::process::ExitCode;

/// Scripts are made of many small values.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    deployer::cli::main().into()
}
