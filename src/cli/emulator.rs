//! `janiform emulator`.

use super::{Error, say};
use crate::{
    emulator::{
        self, Options, Profile,
        console::{address, features, fields::FIELDS},
        limit::BucketLimit,
        plan::Plan,
        switches::Switches,
        talos,
        window::Place,
    },
    value::duration,
};
use std::{fs, path::PathBuf, time::Duration};

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
    /// Supports pairwise subjects of clients, as Ory Network does.
    #[arg(long)]
    pairwise: bool,
    /// Supports features that Ory Network has but no release of the servers yet: rotation of client secrets, import of second
    /// factors and passkeys, regions of identities.
    #[arg(long)]
    unreleased: bool,
    /// A namespace of relationships; may be repeated. Without any, every name is accepted.
    #[arg(long = "namespace", value_name = "NAME")]
    namespaces: Vec<String>,
    /// An identity schema: its id and a file with a JSON Schema; may be repeated, the first is the default. Without any,
    /// there is one, `default`, which has e-mail addresses and allows everything else.
    #[arg(long = "identity-schema", value_name = "ID=FILE", value_parser = identity_schema)]
    identity_schemas: Vec<(String, PathBuf)>,
    /// Delays every request, such as by 20ms.
    #[arg(long, value_name = "DURATION", value_parser = latency, default_value = "0s")]
    latency: Duration,
    /// Limits the rate of requests as this plan of Ory Network does.
    #[arg(long, value_enum)]
    plan: Option<Tier>,
    /// Limits one bucket of requests, such as hydra-admin-low=5/s,300/m, in place of the plan's limit. May be repeated.
    #[arg(long, value_name = "BUCKET=RATE")]
    rate_limit: Vec<BucketLimit>,
    /// A feature that the plan of projects lacks, such as native_saml_engine, or all of them: its settings are refused
    /// with 403. May be repeated.
    #[arg(long = "without-feature", value_name = "FEATURE", value_parser = feature)]
    without: Vec<Features>,
    /// The maximum number of projects; another one is refused with 402.
    #[arg(long, value_name = "NUMBER")]
    max_projects: Option<usize>,
    /// After a write to a project, how many reads still show the state before it.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    stale_reads: u32,
    /// A setting of projects that writes silently ignore: the name of its column, or its path in the document. May be
    /// repeated.
    #[arg(long = "drop-setting", value_name = "SETTING", value_parser = setting)]
    dropped: Vec<String>,
    /// After how long a new key of a project works, such as 2s.
    #[arg(long, value_name = "DURATION", value_parser = latency, default_value = "0s")]
    key_delay: Duration,
    /// How long a patch of a project takes, such as 500ms.
    #[arg(long, value_name = "DURATION", value_parser = latency, default_value = "0s")]
    patch_time: Duration,
    /// How many reads of a new custom domain show it as not verified yet.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    unverified_looks: u32,
    /// The default lifetime of API keys of Ory Talos, such as 720h. Without it, each request has to set one.
    #[arg(long, value_name = "DURATION", value_parser = latency)]
    api_key_default_ttl: Option<Duration>,
    /// The maximum number of API keys that are not revoked; another one is refused with 402.
    #[arg(long, value_name = "NUMBER")]
    max_api_keys: Option<usize>,
    /// Shows expired API keys as active, as some versions of Ory Talos do.
    #[arg(long)]
    stale_key_status: bool,
    /// Has no key to sign tokens that are derived from API keys.
    #[arg(long)]
    no_signing_key: bool,
    /// Restricts workspace keys as Ory does: they cannot make workspaces or manage workspace keys, which only a person
    /// may.
    #[arg(long)]
    mere_keys: bool,
    /// When it stops, writes the number of requests per route to this file as JSON.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// The port of the window, a page that shows what happens; any free one when 0. By default it is the port after the
    /// emulator's or, if that is taken, any free one.
    #[arg(long, value_name = "PORT", conflicts_with = "no_window")]
    window: Option<u16>,
    /// Serves no window.
    #[arg(long)]
    no_window: bool,
    /// Also accepts requests to the host NAME, besides 127.0.0.1 and localhost; may be repeated.
    #[arg(long = "allow-host", value_name = "NAME")]
    hosts: Vec<String>,
}

fn identity_schema(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((id, file)) if !id.is_empty() && !file.is_empty() => Ok((id.to_owned(), file.into())),
        _ => Err("write it as `ID=FILE`, such as `person=person.schema.json`".into()),
    }
}

/// Names of features.
type Features = Vec<&'static str>;

fn feature(text: &str) -> Result<Features, String> {
    let fits = |feature: &&str| text == "all" || *feature == text;
    let found: Features = features::features().filter(fits).collect();
    let all = || features::features().collect::<Vec<_>>().join(", ");
    if found.is_empty() { Err(format!("there is no such feature; use one of all, {}", all())) } else { Ok(found) }
}

fn setting(text: &str) -> Result<String, String> {
    match FIELDS.iter().any(|field| features::is_called(field, text)) {
        true => Ok(text.to_owned()),
        false => {
            Err("there is no such setting; write it as `kratos_session_lifespan` or `/services/identity/config/session/lifespan`".into())
        }
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Version {
    /// Ory Hydra and Kratos 26.2.
    #[value(name = "26.2")]
    V26_2,
    /// Ory Hydra 2.3 and Kratos 1.3.
    #[value(name = "2.3")]
    V2_3,
}

/// The services that the provider can be configured for. The emulator serves all of them at one URL.
const SERVICES: [&str; 7] = ["HYDRA_ADMIN", "HYDRA_PUBLIC", "KRATOS_ADMIN", "KRATOS_PUBLIC", "KETO_READ", "KETO_WRITE", "TALOS"];

fn read((id, file): (String, PathBuf)) -> Result<(String, String), Error> {
    match fs::read_to_string(&file) {
        Ok(schema) => Ok((id, schema)),
        Err(error) => Err(Error::new(
            format_args!("the identity schema {} cannot be read: {error}", file.display()),
            "Give `--identity-schema` as `ID=FILE`, with the file relative to the current directory.",
        )),
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Tier {
    /// The free plan.
    Developer,
    /// A production project of the Production plan.
    Production,
    /// A production project of a Growth plan.
    Growth,
    /// A production project of an Enterprise plan.
    Enterprise,
    /// Any other project of a paid plan.
    Staging,
}

impl Tier {
    fn plan(self) -> Plan {
        match self {
            Tier::Developer => Plan::Developer,
            Tier::Production => Plan::Production,
            Tier::Growth => Plan::Growth,
            Tier::Enterprise => Plan::Enterprise,
            Tier::Staging => Plan::Staging,
        }
    }
}

fn latency(text: &str) -> Result<Duration, String> {
    let nanos = duration::parse(text).map_err(|error| error.to_string())?;
    u64::try_from(nanos).map(Duration::from_nanos).map_err(|_| "must not be negative".to_owned())
}

/// Serves until interrupted.
pub async fn run(args: Args) -> Result<(), Error> {
    let profile = match args.profile {
        Version::V26_2 => Profile::V26_2,
        Version::V2_3 => Profile::V2_3,
    };
    let mut limits = args.plan.map(|tier| tier.plan().limits()).unwrap_or_default();
    // Of two limits of a bucket, the later one is used.
    limits.extend(args.rate_limit);
    let window = match args.window {
        Some(port) => Place::Port(port),
        None if args.no_window => Place::Nowhere,
        None => Place::Beside,
    };
    let mut options = Options {
        profile,
        data: args.data,
        port: args.port,
        pairwise: args.pairwise,
        unreleased: args.unreleased,
        latency: args.latency,
        limits,
        console: Switches {
            without: args.without.into_iter().flatten().collect(),
            most_projects: args.max_projects,
            stale_reads: args.stale_reads,
            dropped: args.dropped,
            key_delay: args.key_delay,
            patch_time: args.patch_time,
            unverified_looks: args.unverified_looks,
            mere_keys: args.mere_keys,
        },
        talos: talos::Settings {
            default_ttl: args.api_key_default_ttl.and_then(|ttl| i64::try_from(ttl.as_secs()).ok()),
            most_keys: args.max_api_keys,
            stale_status: args.stale_key_status,
            signs: !args.no_signing_key,
            ..talos::Settings::default()
        },
        window,
        hosts: args.hosts,
        ..Options::default()
    };
    if !args.namespaces.is_empty() {
        options.namespaces = Some(args.namespaces);
    }
    if !args.identity_schemas.is_empty() {
        options.schemas = args.identity_schemas.into_iter().map(read).collect::<Result<_, _>>()?;
    }
    let running = emulator::start(options).await.map_err(|error| {
        Error::new(
            format_args!("the emulator cannot start: {error}"),
            "Choose another `--port` or `--window` (0 for any free one), or check the files given as `--data` and `--identity-schema`.",
        )
    })?;
    let url = running.url();
    let exports: String = SERVICES.iter().map(|service| format!("  export ORY_{service}_URL={url}\n")).collect();
    let project = address::url(&url, "%s");
    let network = format!(
        "  export ORY_CONSOLE_API_URL={url}\n  export ORY_PROJECT_API_URL={project}\n  export ORY_WORKSPACE_API_KEY=ory_wak_local\n"
    );
    let window = running.window_url().map(|url| format!("\nIts window shows what happens: {url}")).unwrap_or_default();
    say(format_args!(
        "A local Ory listens at {url}\n\n{exports}\nFor projects, as on Ory Network:\n\n{network}{window}\nInterrupt to stop."
    ))?;
    tokio::signal::ctrl_c().await.map_err(|error| Error::new(error, "The emulator cannot be interrupted here."))?;
    if let Some(file) = args.summary {
        let text = serde_json::to_string_pretty(&running.summary()).unwrap_or_default();
        fs::write(&file, text + "\n")
            .map_err(|error| Error::new(format_args!("{}: {error}", file.display()), "Give `--summary` a file that can be written."))?;
    }
    running.stop().await;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn features_and_settings_are_known_by_their_names() {
        assert_eq!(feature("native_saml_engine").unwrap(), ["native_saml_engine"]);
        assert!(feature("all").unwrap().contains(&"captcha"));
        assert!(feature("captchas").unwrap_err().contains("captcha_byo"));
        for name in ["kratos_session_lifespan", "/services/identity/config/session/lifespan", "services.identity.config.session.lifespan"] {
            assert_eq!(setting(name).unwrap(), name);
        }
        for name in ["", "/", "session/lifespan", "kratos_session_life_span"] {
            assert!(setting(name).is_err(), "{name}");
        }
    }
}
