//! Settings that the other side does not have, and why.

use super::Server;
use crate::{
    ory::project::is_as_meant,
    value::{Json, Steps},
};
use std::collections::BTreeSet;

/// A setting that the other side does not have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Left {
    /// Where it is: the file and the place in it, or the resource and its attribute.
    pub at: String,
    /// Why, and what to do instead.
    pub why: String,
}

impl Left {
    pub(super) fn new(at: impl Into<String>, why: impl Into<String>) -> Left {
        Left { at: at.into(), why: why.into() }
    }
}

const PROCESS: &str = "it is about the server's process, which Ory Network runs";
const COOKIES: &str = "cookies belong to the project's domain: the attribute `cookie_domain` of `ory_custom_domain` is what can be set";

/// Settings that no project has, by their place, including everything inside.
const REASONS: &[(Server, &str, &str)] = &[
    (Server::Kratos, "dsn", "Ory Network keeps the data"),
    (Server::Hydra, "dsn", "Ory Network keeps the data"),
    (Server::Keto, "dsn", "Ory Network keeps the data"),
    (Server::Kratos, "serve", "Ory Network serves a project at its own URLs; another host name is an `ory_custom_domain`"),
    (Server::Hydra, "serve", "Ory Network serves a project at its own URLs; another host name is an `ory_custom_domain`"),
    (Server::Keto, "serve", "Ory Network serves a project at its own URLs; another host name is an `ory_custom_domain`"),
    (Server::Kratos, "cookies", COOKIES),
    (Server::Kratos, "session/cookie", COOKIES),
    (Server::Kratos, "hashers", "Ory Network chooses how passwords are hashed; hashes of identities can be imported as they are"),
    (Server::Kratos, "ciphers", "Ory Network chooses how it encrypts"),
    (Server::Kratos, "courier/template_override_path", "a directory cannot be uploaded: each template is an `ory_email_template`"),
    (Server::Kratos, "courier/templates", "`ory_email_template` has no such occasion"),
    (Server::Kratos, "courier/message_retries", PROCESS),
    (Server::Kratos, "courier/worker", PROCESS),
    (Server::Kratos, "organizations", "an organization is an `ory_organization`"),
    (Server::Kratos, "clients", PROCESS),
    (Server::Kratos, "database", PROCESS),
    (Server::Kratos, "dev", PROCESS),
    (Server::Kratos, "expose-metrics-port", PROCESS),
    (Server::Kratos, "log", PROCESS),
    (Server::Kratos, "sqa-opt-out", PROCESS),
    (Server::Kratos, "tracing", PROCESS),
    (Server::Kratos, "version", PROCESS),
    (Server::Kratos, "watch-courier", PROCESS),
    (Server::Hydra, "cgroups", PROCESS),
    (Server::Hydra, "clients", PROCESS),
    (Server::Hydra, "db", PROCESS),
    (Server::Hydra, "dev", PROCESS),
    (Server::Hydra, "hsm", PROCESS),
    (Server::Hydra, "log", PROCESS),
    (Server::Hydra, "profiling", PROCESS),
    (Server::Hydra, "sqa", PROCESS),
    (Server::Hydra, "tracing", PROCESS),
    (Server::Hydra, "urls/self/admin", "Ory Network serves a project at its own URLs"),
    (Server::Hydra, "urls/self/public", "Ory Network serves a project at its own URLs"),
    (Server::Hydra, "urls/identity_provider", "the services of a project know each other"),
    (Server::Hydra, "version", PROCESS),
    (Server::Keto, "limit", PROCESS),
    (Server::Keto, "log", PROCESS),
    (Server::Keto, "namespaces", "a project numbers its namespaces itself"),
    (Server::Keto, "profiling", PROCESS),
    (Server::Keto, "sqa", PROCESS),
    (Server::Keto, "tracing", PROCESS),
    (Server::Keto, "version", PROCESS),
];

const SCHEMAS: &str = "Ory Kratos does not start without a schema: render the project itself (`project:SLUG`), which also serves the schemas that Ory provides, or add a schema with its content";

/// Settings without which a server does not start, and that may be in no part of a project.
const NEEDED: &[(Server, &str, &str)] = &[
    (Server::Kratos, "identity/schemas", SCHEMAS),
    (Server::Kratos, "selfservice/default_browser_return_url", "Ory Kratos does not start without it: add it"),
];

const HOOK: &str = "no resource of a project has a hook of this kind at this place: webhooks are `ory_action`, and some of Ory's own hooks are attributes of `ory_project_config`";
const NO_ATTRIBUTE: &str = "the provider has no attribute for it; if projects have the setting, set it with `ory_project_raw_config`";

/// The settings of the server that the first document has and the second one does not.
pub(super) fn missing(server: Server, said: &Json, kept: &Json) -> Vec<Left> {
    let mut places = Vec::new();
    compare(said, kept, &mut Vec::new(), &mut places);
    let left: BTreeSet<_> = places.iter().map(|place| reason(server, place)).collect();
    left.into_iter().collect()
}

/// The settings that a server's configuration lacks.
pub(super) fn lacking(server: Server, config: &Json) -> impl Iterator<Item = Left> {
    let needed = NEEDED.iter().filter(move |(of, place, _)| *of == server && config.at(*place).is_null());
    needed.map(move |(_, place, why)| Left::new(named(server, place), *why))
}

/// The reason for this place.
pub(super) fn reason(server: Server, place: &[String]) -> Left {
    let is_in = |prefix: &str| place.len() >= prefix.steps().count() && prefix.steps().zip(place).all(|(step, at)| step == at);
    let known = REASONS.iter().find(|(of, prefix, _)| *of == server && is_in(prefix));
    let (at, why) = match known {
        Some((_, prefix, why)) => ((*prefix).to_owned(), *why),
        None if place.iter().any(|step| step == "hooks") => (place.join("/"), HOOK),
        None => (place.join("/"), NO_ATTRIBUTE),
    };
    Left::new(named(server, &at), why)
}

/// The file and the place in it, in the usual spelling.
pub(super) fn named(server: Server, place: &str) -> String {
    format!("{}: {}", server.name(), place.replace('/', "."))
}

fn compare(said: &Json, kept: &Json, at: &mut Vec<String>, missing: &mut Vec<Vec<String>>) {
    match said {
        Json::Object(members) => {
            for (name, said) in members {
                at.push(name.clone());
                compare(said, kept.get(name).unwrap_or(&Json::Null), at, missing);
                at.pop();
            }
        }
        Json::Array(items) if items.iter().any(Json::is_object) => {
            let kept = kept.as_array().unwrap_or_default();
            for (place, item) in items.iter().enumerate() {
                at.push(place.to_string());
                match kept.iter().find(|kept| is_the_same(item, kept)) {
                    Some(kept) => compare(item, kept, at, missing),
                    None => missing.push(at.clone()),
                }
                at.pop();
            }
        }
        said if is_as_meant(said, kept) => {}
        _ => missing.push(at.clone()),
    }
}

/// Whether both are the same thing, perhaps with other settings.
fn is_the_same(said: &Json, kept: &Json) -> bool {
    let tells_apart = ["id", "name", "hook", "config/url"];
    let mut known =
        tells_apart.into_iter().filter(|place| !said.at(*place).is_null() && (*place != "id" || said.get("name").is_none())).peekable();
    known.peek().is_some() && known.all(|place| said.at(place) == kept.at(place))
}
