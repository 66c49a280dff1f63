//! The targets of commands: a project, servers, a state, or configuration files, each written as one word.
//!
//! Owns the syntax of these words, and which environment variables each target uses: those of one side must not be used for the
//! other.

use super::{
    Error,
    kinds::{KINDS, unreachable},
    server_files, states,
};
use crate::{
    crossing::diff::{Found, Held, Live, Source},
    engine::{Asked, Call, Diagnostic, Engine, has_errors},
    ory::{
        Client, ORY, SELF_HOSTED,
        resources::{permission_namespaces, project, project_config},
        settings,
    },
    schema::Object,
    value::Value,
};
use std::{collections::BTreeMap, env, path::PathBuf, str::FromStr};
use tokio::sync::mpsc;
use url::Url;

/// The syntax of targets, for the help of commands.
pub const HELP: &str = "\
A target is one of these:
  project:NAME        a project of Ory Network, by its slug or id
  project:NAME@PREFIX the same with other credentials: PREFIX_ORY_WORKSPACE_API_KEY
                      in the place of ORY_WORKSPACE_API_KEY, and so on
  env                 the settings in the provider's environment variables (ORY_…)
  env:PREFIX          the same variables with PREFIX_ before their names
  emulator:URL        a local Ory that `janiform emulator` runs, or all servers at one URL
  state:FILE          a state of Terraform or OpenTofu, or an export of a Pulumi stack
  config:FILE,FILE    kratos.yml, hydra.yml and keto.yml of self-hosted servers";

/// The target of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// The settings in environment variables with this prefix.
    Env(Option<String>),
    /// A project, with credentials from environment variables with this prefix.
    Project(String, Option<String>),
    /// Servers at one URL.
    Emulator(Url),
    /// A state.
    State(PathBuf),
    /// Files of a configuration.
    Config(Vec<PathBuf>),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(word: &str) -> Result<Target, String> {
        let (kind, rest) = word.split_once(':').unwrap_or((word, ""));
        match (kind, rest) {
            ("env", "") => Ok(Target::Env(None)),
            ("env", name) => prefix(name).map(|prefix| Target::Env(Some(prefix))),
            ("project", rest) if !rest.is_empty() => match rest.split_once('@') {
                Some((name, variables)) if !name.is_empty() => Ok(Target::Project(name.to_owned(), Some(prefix(variables)?))),
                None => Ok(Target::Project(rest.to_owned(), None)),
                Some(_) => Err("the project's slug before the `@` is missing".to_owned()),
            },
            ("emulator", url) if !url.is_empty() => crate::ory::http_url(url)
                .and_then(|()| Url::parse(url).map_err(|_| "Must be a URL.".to_owned()))
                .map(Target::Emulator)
                .map_err(|why| format!("`{url}` is not the URL of an emulator. {why}")),
            ("state", file) if !file.is_empty() => Ok(Target::State(file.into())),
            ("config", files) if !files.is_empty() => Ok(Target::Config(files.split(',').map(PathBuf::from).collect())),
            _ => Err("a target is `project:SLUG`, `env`, `emulator:URL`, `state:FILE` or `config:FILE,FILE`".to_owned()),
        }
    }
}

fn prefix(text: &str) -> Result<String, String> {
    let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_one
        .then(|| text.to_owned())
        .ok_or_else(|| "the prefix of environment variables has letters, digits and `_` only, such as `STAGING`".to_owned())
}

/// Which objects of a target are used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Objects that users have created.
    Own,
    /// The same, and the identity schemas that Ory provides.
    Presets,
}

/// Opens the target as a source of objects.
pub async fn open(word: &str, target: &Target, counts: Counts) -> Result<Box<dyn Source>, Error> {
    let live = |word, engine| live(word, engine, counts);
    let source: Box<dyn Source> = match target {
        Target::State(file) => Box::new(Held { name: word.to_owned(), objects: states::objects(file)? }),
        Target::Config(files) => Box::new(Held { name: word.to_owned(), objects: of_files(files, counts).await? }),
        Target::Env(prefix) => Box::new(live(word, configured(&no_config(), prefix.as_deref(), &[])?).await),
        Target::Emulator(url) => Box::new(live(word, emulator(url)?).await),
        Target::Project(name, prefix) => {
            let (engine, own_url) = of_project(name, prefix.as_deref()).await?;
            Box::new(Live { own_url, ..live(word, engine).await })
        }
    };
    Ok(source)
}

async fn of_files(files: &[PathBuf], counts: Counts) -> Result<Vec<(&'static crate::schema::Resource, Found)>, Error> {
    let settings = server_files::read(files).await?;
    let (made, _) = settings::objects(&settings).map_err(|error| told(&error))?;
    let found = |made: settings::Made| {
        let object = Object::new(&made.resource.table, &made.value);
        let id = made.resource.name_of(object).or_else(|| object.str("schema_id").map(str::to_owned));
        (made.resource, Found { id: id.unwrap_or_default(), value: made.value })
    };
    Ok(made.into_iter().filter(|made| counts == Counts::Presets || !made.is_preset()).map(found).collect())
}

fn no_config() -> Value {
    ORY.config.nulls()
}

/// The provider with this configuration. Unset attributes are from environment variables with this prefix, except those in
/// `without`.
fn configured(config: &Value, prefix: Option<&str>, without: &[&str]) -> Result<Engine<Client>, Error> {
    let engine = Engine::new(&ORY);
    let variable = |name: &str| prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}_{name}"));
    let diagnostics = engine.configure(config, &|name| env::var(variable(name)).ok().filter(|_| !without.contains(&name)));
    match diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        Some(error) if has_errors(&diagnostics) => Err(Error::new(
            format_args!("{}: {}", error.summary, error.detail),
            match prefix {
                Some(prefix) => {
                    format!("The environment variables of this target begin with `{prefix}_`, such as `{prefix}_ORY_WORKSPACE_API_KEY`.")
                }
                None => "Run `janiform doctor` to check the environment variables.".to_owned(),
            },
        )),
        _ => Ok(engine),
    }
}

fn emulator(url: &Url) -> Result<Engine<Client>, Error> {
    let url = url.as_str().trim_end_matches('/');
    let mut config = no_config();
    set(&mut config, SELF_HOSTED.iter().map(|one| (one.attr, url)));
    let network = ["ORY_WORKSPACE_API_KEY", "ORY_PROJECT_API_KEY", "ORY_PROJECT_ID", "ORY_PROJECT_SLUG"];
    configured(&config, None, &network)
}

/// The provider for a project, even if the environment has URLs of servers; and the project's URL, if it is known.
async fn of_project(name: &str, prefix: Option<&str>) -> Result<(Engine<Client>, Option<String>), Error> {
    let servers: Vec<_> = SELF_HOSTED.iter().map(|one| one.variable).collect();
    let mut without = servers.clone();
    without.extend(["ORY_PROJECT_ID", "ORY_PROJECT_SLUG"]);
    let mut config = no_config();
    let is_id = uuid::Uuid::try_parse(name).is_ok();
    set(&mut config, [(if is_id { "project_id" } else { "project_slug" }, name)]);
    let engine = configured(&config, prefix, &without)?;
    match known(&engine, name).await? {
        Some((id, slug)) => {
            set(&mut config, [("project_id", id.as_str()), ("project_slug", slug.as_str())]);
            let engine = configured(&config, prefix, &without)?;
            let url = engine.client().and_then(|client| client.project_url(&slug).ok());
            Ok((engine, url.map(String::from)))
        }
        None => Ok((engine, None)),
    }
}

/// The project's id and slug, if a key of the workspace can read them.
async fn known(engine: &Engine<Client>, name: &str) -> Result<Option<(String, String)>, Error> {
    let console = KINDS.iter().find(|inside| std::ptr::eq(inside.kind.resource, &project_config::RESOURCE));
    let Some((client, console)) = engine.client().zip(console) else { return Ok(None) };
    let nothing = console.kind.resource.table.nulls();
    let object = Object::new(&console.kind.resource.table, &nothing);
    if crate::rest::Client::endpoint(&*client, console.service, object).await.is_err() {
        return Ok(None);
    }
    let mut lists = engine.list_resources().map(|(entry, _)| entry);
    let Some(entry) = lists.find(|entry| std::ptr::eq(entry.list.of, &project::RESOURCE)) else { return Ok(None) };
    let (to, _open) = mpsc::channel::<()>(1);
    let mut found = None;
    let see = |listed: crate::engine::Listed| {
        let project = Object::new(&project::RESOURCE.table, &listed.value);
        let slug = project.str("slug").unwrap_or_default();
        if listed.id.eq_ignore_ascii_case(name) || slug == name {
            found = Some((listed.id.clone(), slug.to_owned()));
        }
        None
    };
    let asked = Asked { filter: entry.list.table.nulls(), limit: None, whole: false };
    engine.list(entry, asked, Call::default(), &to, see).await.map_err(|failure| match failure.diagnostics.first() {
        Some(error) => told(error),
        None => Error::new("the projects cannot be listed", "Check that the key is one of the workspace."),
    })?;
    match found {
        Some(found) => Ok(Some(found)),
        None => Err(Error::new(
            format_args!("the key of the workspace has no access to a project `{name}`"),
            "Give the slug or the id of the project, as the Ory Console shows it.",
        )),
    }
}

fn set<'a>(config: &mut Value, values: impl IntoIterator<Item = (&'static str, &'a str)>) {
    let Value::Object(fields) = config else { return };
    for (name, text) in values {
        if let Some(place) = ORY.config.index(name) {
            fields[place] = Value::text(text);
        }
    }
}

/// The source for a configured provider, with the kinds that cannot be read from it.
async fn live(word: &str, engine: Engine<Client>, counts: Counts) -> Live<Client> {
    let (mut unread, mut only) = (BTreeMap::new(), BTreeMap::new());
    if let Some(client) = engine.client() {
        for inside in KINDS {
            if let Some(why) = unreachable(&client, inside).await {
                unread.insert(inside.kind.resource.name, why.summary);
            }
        }
        if let Some(id) = client.project_id() {
            only.insert(project_config::RESOURCE.name, format!("{id}:*"));
            only.insert(permission_namespaces::RESOURCE.name, id.to_string());
        }
    }
    let including: &'static [&'static str] = if counts == Counts::Presets { &["include_presets"] } else { &[] };
    Live { name: word.to_owned(), engine, own_url: None, unread, only, including }
}

/// Converts an error of the engine to one of the command line.
pub fn told(error: &Diagnostic) -> Error {
    Error::new(&error.summary, &error.detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_one_word() {
        let target = |word: &str| word.parse::<Target>();
        assert_eq!(target("env"), Ok(Target::Env(None)));
        assert_eq!(target("env:STAGING"), Ok(Target::Env(Some("STAGING".into()))));
        assert_eq!(target("project:a-b"), Ok(Target::Project("a-b".into(), None)));
        assert_eq!(target("project:a-b@PROD"), Ok(Target::Project("a-b".into(), Some("PROD".into()))));
        assert_eq!(target("state:a.tfstate"), Ok(Target::State("a.tfstate".into())));
        assert_eq!(target("config:a.yml,b.yml"), Ok(Target::Config(vec!["a.yml".into(), "b.yml".into()])));
        assert!(matches!(target("emulator:http://127.0.0.1:4445"), Ok(Target::Emulator(_))));
        for wrong in ["", "project:", "project:@A", "env:A B", "state:", "config:", "emulator:x", "http://a.example", "x:y"] {
            assert!(target(wrong).is_err(), "{wrong}");
        }
    }
}
