//! The one binary: what it does depends on the name it is called by, on Terraform's cookie, or on its
//! first argument.

use janiform::{cli, frontends, ory::ORY};
use std::process::ExitCode;

fn main() -> ExitCode {
    // One thread: what the provider does is wait for answers, and threads take time to start.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return ExitCode::FAILURE,
    };
    let code = runtime.block_on(async {
        match frontends::face() {
            Some(face) => frontends::serve(face, &ORY).await,
            None => cli::run().await,
        }
    });
    // What is still running belongs to calls that nobody waits for; it was awaited where that matters.
    runtime.shutdown_background();
    code
}
