//! Settings that cannot be converted to the other side, and the reasons.

use super::Server;
use crate::{
    ory::project::is_as_meant,
    value::{Json, Steps},
};
use std::collections::BTreeSet;

/// A setting that cannot be converted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Left {
    /// Its place: the file and the path in it, or the resource and its attribute.
    pub at: String,
    /// The reason, and what to do instead.
    pub why: String,
}

impl Left {
    pub(super) fn new(at: impl Into<String>, why: impl Into<String>) -> Left {
        Left { at: at.into(), why: why.into() }
    }
}

const PROCESS: &str = "it is about the server's process, which Ory Network runs";
const COOKIES: &str = "cookies belong to the project's domain: the attribute `cookie_domain` of `ory_custom_domain` is what can be set";

/// Settings that no project has, by their path, with everything inside.
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

/// A setting that a server needs to start, and that a project may not have or not show.
struct Need {
    server: Server,
    place: &'static str,
    /// Whether this configuration needs it.
    when: fn(&Json) -> bool,
    why: &'static str,
}

/// Settings that the servers' configuration schemas require (`embedx/config.schema.json` of Ory Kratos 1.3.1, `spec/config.json` of
/// Ory Hydra 2.3.0; that of Ory Keto 0.14.0 requires no others), as the servers apply them: Kratos' schema also requires `courier`
/// for recovery and verification, but it has a default. `dsn` is always left to the user.
const NEEDED: &[Need] = &[
    Need { server: Server::Kratos, place: "identity/schemas", when: |_| true, why: SCHEMAS },
    Need {
        server: Server::Kratos,
        place: "selfservice/default_browser_return_url",
        when: |_| true,
        why: "Ory Kratos does not start without it: add it",
    },
    Need { server: Server::Kratos, place: "selfservice/methods/webauthn/config/rp/id", when: has_webauthn, why: RELYING_PARTY },
    Need { server: Server::Kratos, place: "selfservice/methods/webauthn/config/rp/display_name", when: has_webauthn, why: RELYING_PARTY },
    Need { server: Server::Kratos, place: "selfservice/methods/passkey/config/rp/id", when: has_passkeys, why: RELYING_PARTY },
    Need { server: Server::Kratos, place: "selfservice/methods/passkey/config/rp/display_name", when: has_passkeys, why: RELYING_PARTY },
    Need {
        server: Server::Hydra,
        place: "oidc/subject_identifiers/pairwise/salt",
        when: |config| {
            let types = config.at("oidc/subject_identifiers/supported_types").as_array().unwrap_or_default();
            types.iter().any(|kind| kind.as_str() == Some("pairwise"))
        },
        why: "Ory Hydra does not start without it, and Ory Network does not show it: with another value, people get other subjects",
    },
];

const RELYING_PARTY: &str = "Ory Kratos needs the domain and the name of your site for this method: add it";
const CREDENTIALS: &str = "Ory Kratos does not start without it, and Ory Network does not show it: fill it in";

fn has_webauthn(config: &Json) -> bool {
    config.at("selfservice/methods/webauthn/enabled").as_bool() == Some(true)
}

fn has_passkeys(config: &Json) -> bool {
    config.at("selfservice/methods/passkey/enabled").as_bool() == Some(true)
}

/// What requests lack to authenticate, at any place: those of hooks, and those that send messages.
fn credentials(config: &Json, at: &mut Vec<String>, lacking: &mut Vec<String>) {
    let needed: &[&str] = match config.at("auth/type").as_str() {
        Some("api_key") => &["name", "value", "in"],
        Some("basic_auth") => &["user", "password"],
        _ => &[],
    };
    let missing = needed.iter().map(|name| format!("auth/config/{name}")).filter(|place| config.at(place.as_str()).is_null());
    lacking.extend(missing.map(|place| at.iter().map(String::as_str).chain([&*place]).collect::<Vec<_>>().join("/")));
    let mut inside = |name: String, member: &Json| {
        at.push(name);
        credentials(member, at, lacking);
        at.pop();
    };
    match config {
        Json::Object(members) => members.iter().for_each(|(name, member)| inside(name.clone(), member)),
        Json::Array(items) => items.iter().enumerate().for_each(|(place, item)| inside(place.to_string(), item)),
        _ => {}
    }
}

const HOOK: &str = "no resource of a project has a hook of this kind at this place: webhooks are `ory_action`, and some of Ory's own hooks are attributes of `ory_project_config`";
const NO_ATTRIBUTE: &str = "the provider has no attribute for it; if projects have the setting, set it with `ory_project_raw_config`";

/// The settings of the server that the first document has and the second one does not.
pub(super) fn missing(server: Server, given: &Json, kept: &Json) -> Vec<Left> {
    let mut places = Vec::new();
    compare(given, kept, &mut Vec::new(), &mut places);
    let left: BTreeSet<_> = places.iter().map(|place| reason(server, place)).collect();
    left.into_iter().collect()
}

/// The settings that a server's configuration lacks.
pub(super) fn lacking(server: Server, config: &Json) -> Vec<Left> {
    let needed = NEEDED.iter().filter(|need| need.server == server && config.at(need.place).is_null() && (need.when)(config));
    let mut left: Vec<_> = needed.map(|need| Left::new(named(server, need.place), need.why)).collect();
    if server == Server::Kratos {
        let mut lacking = Vec::new();
        credentials(config, &mut Vec::new(), &mut lacking);
        left.extend(lacking.iter().map(|place| Left::new(named(server, place), CREDENTIALS)));
    }
    left
}

/// The setting at this path, with the reason why it cannot be converted.
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

/// The server and the path in its file, in the usual spelling.
pub(super) fn named(server: Server, place: &str) -> String {
    format!("{}: {}", server.name(), place.replace('/', "."))
}

fn compare(given: &Json, kept: &Json, at: &mut Vec<String>, missing: &mut Vec<Vec<String>>) {
    match given {
        Json::Object(members) => {
            for (name, given) in members {
                at.push(name.clone());
                compare(given, kept.get(name).unwrap_or(&Json::Null), at, missing);
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
        given if is_as_meant(given, kept) || is_as_text(given, kept) => {}
        _ => missing.push(at.clone()),
    }
}

/// Whether a number of a file is the text of an attribute, such as `-1`.
fn is_as_text(given: &Json, kept: &Json) -> bool {
    matches!((given, kept), (Json::Number(given), Json::String(kept)) if given.as_str() == kept)
}

/// Whether both are the same element of a list, perhaps with other settings.
fn is_the_same(given: &Json, kept: &Json) -> bool {
    let tells_apart = ["id", "name", "hook", "config/url"];
    let mut known =
        tells_apart.into_iter().filter(|place| !given.at(*place).is_null() && (*place != "id" || given.get("name").is_none())).peekable();
    known.peek().is_some() && known.all(|place| given.at(place) == kept.at(place))
}
