//! `janiform discover`.

use super::{Error, from_config};
use crate::crossing::program::Language;
use std::path::PathBuf;

/// From what, and as what.
#[derive(clap::Args)]
pub struct Args {
    /// Writes what these files of self-hosted servers say: kratos.yml, hydra.yml, keto.yml.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    from_config: Vec<PathBuf>,
    /// The language of the program.
    #[arg(long, value_enum, default_value_t = To::Terraform)]
    to: To,
    /// The directory to write to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replaces files that are there.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum To {
    /// HCL, for Terraform and OpenTofu.
    Terraform,
    /// Pulumi YAML.
    Yaml,
    /// TypeScript, for Pulumi.
    Typescript,
    /// Python, for Pulumi.
    Python,
    /// Go, for Pulumi.
    Go,
}

/// Writes the program.
pub async fn run(args: Args) -> Result<(), Error> {
    let language = match args.to {
        To::Terraform => Language::Terraform,
        To::Yaml => Language::Yaml,
        To::Typescript => Language::TypeScript,
        To::Python => Language::Python,
        To::Go => Language::Go,
    };
    from_config::write(&args.from_config, language, &args.out, args.force).await
}
