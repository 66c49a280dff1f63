//! `janiform config render`: writes the configuration files of self-hosted servers from a project, a state or other files.

use super::{
    Error,
    kinds::KINDS,
    say,
    targets::{self, Counts, Target},
};
use crate::{
    crossing::staged::place_all,
    engine::one_line,
    export::File,
    ory::settings::{self, Left, Made, Servers},
};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The subcommands.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Writes kratos.yml, hydra.yml and keto.yml.
    Render(Args),
}

/// The target to read, and where to write.
#[derive(clap::Args)]
#[command(after_help = targets::HELP.to_owned() + "

The files contain the settings, identity schemas, templates, webhooks and social providers of the target, with the secrets that it \
has. Only you can read them. Add what else a server needs: `dsn` and `serve`, for example in the environment (DSN, \
SERVE_PUBLIC_BASE_URL), and the secrets that Ory Network does not show. Settings that cannot be written to the files are listed.")]
pub struct Args {
    /// The target to render.
    target: String,
    /// The directory to write to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The releases of the servers that the files are for.
    #[arg(long, value_enum, default_value_t = Version::V26_2)]
    servers: Version,
    /// Replaces existing files.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Version {
    /// Ory Kratos, Hydra and Keto 26.2.
    #[value(name = "26.2")]
    V26_2,
    /// Ory Hydra 2.3 and Kratos 1.3.
    #[value(name = "2.3")]
    V2_3,
}

/// Runs the command.
pub async fn run(Command::Render(args): Command) -> Result<(), Error> {
    let target = args.target.parse::<Target>();
    let target = target.map_err(|why| {
        Error::new(format_args!("`{}`: {why}", args.target), "`janiform config render --help` shows how targets are written.")
    })?;
    let made = objects(&args.target, &target).await?;
    let servers = match args.servers {
        Version::V26_2 => Servers::V26_2,
        Version::V2_3 => Servers::V2_3,
    };
    let (files, left) = settings::render(&made, servers).map_err(|error| targets::told(&error))?;
    if files.is_empty() {
        return Err(Error::new(
            format_args!("`{}` has no settings for a server's configuration", args.target),
            "The command renders ory_project_config, ory_identity_schema, ory_email_template, ory_action and ory_social_provider.",
        ));
    }
    let file = |(server, config): (settings::Server, _)| File { path: format!("{}.yml", server.name()), content: settings::print(&config) };
    place(&args.out, &files.into_iter().map(file).collect::<Vec<_>>(), args.force)?;
    tell(&left, "These settings could not be written to the files:");
    Ok(())
}

/// The objects of the target that can be written into servers' files.
async fn objects(word: &str, target: &Target) -> Result<Vec<Made>, Error> {
    let source = targets::open(word, target, Counts::Presets).await?;
    let mut made = Vec::new();
    let kinds =
        KINDS.iter().map(|inside| inside.kind).filter(|kind| settings::kinds().any(|resource| std::ptr::eq(resource, kind.resource)));
    for kind in kinds.filter(|kind| source.unread(kind).is_none()) {
        let mut hidden = None;
        let mut see = |found: crate::crossing::diff::Found| {
            let unknown = kind.resource.table.attrs().zip(found.value.fields()).find(|(_, value)| value.is_unknown());
            hidden = hidden.take().or(unknown.map(|(attr, _)| format!("{} of {} {}", attr.name, kind.resource.name, one_line(&found.id))));
            made.push(Made { resource: kind.resource, value: found.value });
        };
        source.each(&kind, &mut see).await.map_err(|error| targets::told(&error))?;
        if let Some(hidden) = hidden {
            return Err(Error::new(
                format_args!("`{word}`: the secret {hidden} is encrypted"),
                "Give the output of `pulumi stack export --show-secrets`. It contains unencrypted secrets, so keep it private (`umask 077`).",
            ));
        }
    }
    Ok(made)
}

/// Writes all files, or none, and lists them. Only this user can read them, since they contain secrets.
pub fn place(dir: &Path, files: &[File], force: bool) -> Result<(), Error> {
    place_all(dir, files, force)?;
    files.iter().try_for_each(|file| say(dir.join(&file.path).display()))
}

/// Lists settings that could not be converted, on standard error.
pub fn tell(left: &[Left], title: &str) {
    if left.is_empty() {
        return;
    }
    let lines: String = left.iter().map(|left| format!("  {} ({})\n", left.at, left.why)).collect();
    // A failure cannot be reported anywhere.
    let _ = write!(io::stderr(), "{title}\n{lines}");
}
