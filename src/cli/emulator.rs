//! `janiform emulator`.

use super::{Error, say};
use crate::emulator::{self, Options, Profile};
use std::path::PathBuf;

/// A local Ory on one port of this machine.
#[derive(clap::Args)]
pub struct Args {
    /// The port to listen on; any free one when 0.
    #[arg(long, default_value_t = 4445)]
    port: u16,
    /// Keeps the data in this SQLite file; in memory without it.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The server version to behave like.
    #[arg(long, value_enum, default_value_t = Version::V26_2)]
    profile: Version,
    /// Lets clients have pairwise subjects, as a project of Ory Network does.
    #[arg(long)]
    pairwise: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Version {
    /// Ory Hydra 26.2.
    #[value(name = "26.2")]
    V26_2,
    /// Ory Hydra 2.3.
    #[value(name = "2.3")]
    V2_3,
}

/// Serves until interrupted.
pub async fn run(args: Args) -> Result<(), Error> {
    let profile = match args.profile {
        Version::V26_2 => Profile::V26_2,
        Version::V2_3 => Profile::V2_3,
    };
    let options = Options { profile, data: args.data, port: args.port, pairwise: args.pairwise, ..Options::default() };
    let running = emulator::start(options).await.map_err(|error| {
        Error::new(
            format_args!("the emulator cannot start: {error}"),
            "Choose another `--port` (0 takes any free one), or look at the file given as `--data`.",
        )
    })?;
    let url = running.url();
    say(format_args!(
        "A local Ory listens at {url}\n\n  export ORY_HYDRA_ADMIN_URL={url}\n  export ORY_HYDRA_PUBLIC_URL={url}\n\nInterrupt to stop."
    ))?;
    tokio::signal::ctrl_c().await.map_err(|error| Error::new(error, "Signals cannot be received here."))?;
    running.stop().await;
    Ok(())
}
