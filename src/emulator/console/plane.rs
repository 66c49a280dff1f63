//! The services at a project's own URL: Hydra, Kratos, Keto and Talos, with their own storage.
//!
//! Owns the access checks there, and how the project's document configures these services: their namespaces and identity schemas.
//! The services themselves do not know projects.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use super::address;
use super::console::{Console, Plane, bearer};
use super::project::Project;
use crate::emulator::call::Call;
use crate::emulator::envelope::Problem;
use crate::emulator::go::json::Json;
use crate::emulator::kratos::identity_schema::PERMISSIVE;
use crate::emulator::reply::Reply;
use crate::emulator::service::Ground;
use crate::emulator::store::{Store, StoreError};
use crate::emulator::{Options, secret, talos};
use crate::opl;
use crate::value::duration;

/// Public paths, including everything below them.
const PUBLIC: [&str; 9] = [
    "/oauth2",
    "/.well-known",
    "/self-service",
    "/sessions",
    "/schemas",
    "/health",
    "/elements",
    "/v2alpha1/apiKeys:selfRevoke",
    "/v2alpha1/derivedKeys",
];
/// Paths that a self-hosted server has, but Ory Network only with the prefix `/admin`.
const PREFIXED: [&str; 5] = ["/clients", "/keys", "/trust", "/identities", "/recovery"];

fn is_below(path: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

impl Console {
    /// Answers a request to a project.
    pub(super) fn through(&self, slug: &str, path: &str, call: &Call) -> Reply {
        let Ok(project) = self.load_any(slug).and_then(|project| self.living(project)) else {
            return Problem::not_found().because("There is no project with this slug.").reply();
        };
        let opens = |key: &str| self.opens(&project, key).unwrap_or(false);
        if !is_below(path, &PUBLIC) && !bearer(call).is_some_and(opens) {
            return Problem::unauthorized().because("Send an API key of this project as a bearer token.").reply();
        }
        if is_below(path, &PREFIXED) {
            return Reply::no_route();
        }
        let plane = match self.plane(&project) {
            Ok(plane) => plane,
            Err(why) => {
                tracing::error!(%why, %slug, "emulator: the project's services cannot be set up");
                return Problem::misconfigured().because(why).reply();
            }
        };
        let call = Call { path: path.to_owned(), ..call.clone() };
        let reply = plane.services.iter().find_map(|answering| answering(&call)).unwrap_or_else(Reply::no_route);
        beneath(&address::url("", slug), reply)
    }

    /// The project's services, configured by its current revision.
    fn plane(&self, project: &Project) -> Result<Arc<Plane>, String> {
        let mut planes = self.planes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = planes.get(&project.id);
        if let Some(plane) = known.filter(|plane| plane.revision == project.record.revision_id) {
            return Ok(Arc::clone(plane));
        }
        let store = match known {
            Some(plane) => Arc::clone(&plane.store),
            None => self.open_store(&project.id).map_err(|error| error.to_string())?,
        };
        let system_secret = store.setting("system-secret", || match secret::random::<32>() {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(error) => Err(StoreError::Broken(error.to_string())),
        });
        let system_secret = system_secret.map_err(|error| error.to_string())?;
        let options = self.options_of(project);
        let ground = Ground {
            options: &options,
            store: &store,
            system_secret: &system_secret,
            base: &project.settings.base,
            switches: &self.switches,
            services: self.services,
        };
        let services = (self.services.of_project)(&ground)?;
        let plane = Arc::new(Plane { store, revision: project.record.revision_id.clone(), services });
        planes.insert(project.id.clone(), Arc::clone(&plane));
        Ok(plane)
    }

    /// The ids of the schemas that the project's identities use.
    pub(super) fn used_schemas(&self, project: &Project) -> Result<Vec<String>, String> {
        self.plane(project)?.store.used_schemas().map_err(|error| error.to_string())
    }

    fn open_store(&self, project: &str) -> Result<Arc<Store>, StoreError> {
        let store = Arc::new(Store::open(self.file(project).as_deref(), (self.services.kinds)())?);
        self.store.look_beside(&store)?;
        Ok(store)
    }

    /// The file for the project's data, beside the emulator's own file, if there is one.
    fn file(&self, project: &str) -> Option<PathBuf> {
        let mut file = self.options.data.clone()?.into_os_string();
        file.push(format!(".{project}"));
        Some(file.into())
    }

    fn options_of(&self, project: &Project) -> Options {
        let flag = |name: &str| project.settings.is_set(name);
        Options {
            namespaces: self.namespaces(project),
            schemas: self.schemas(project),
            pairwise: true,
            unreleased: true,
            dynamic_registration: flag("hydra_oidc_dynamic_client_registration_enabled"),
            talos: self.talos(project),
            ..self.options.clone()
        }
    }

    /// The configuration of Talos in the project's document.
    fn talos(&self, project: &Project) -> talos::Settings {
        let own = self.options.talos.clone();
        let set = |name: &str| project.settings.of(&format!("talos_credentials_{name}"));
        let text = |name: &str| set(name)?.as_text().filter(|text| !text.is_empty());
        let texts = |name: &str| match set(name) {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_text).collect(),
            _ => Vec::new(),
        };
        let seconds = |name: &str| duration::parse(&text(name)?).ok().map(|nanoseconds| nanoseconds / 1_000_000_000);
        talos::Settings {
            network: project.id.clone(),
            issuer: text("issuer").unwrap_or_else(|| project.settings.base.clone()),
            default_ttl: seconds("api_keys_default_ttl").or(own.default_ttl),
            max_ttl: seconds("api_keys_max_ttl").unwrap_or(own.max_ttl),
            prefix: (text("api_keys_prefix_current").unwrap_or(own.prefix.0), texts("api_keys_prefix_retired")),
            public_prefix: (text("api_keys_prefix_public_current").or(own.public_prefix.0), texts("api_keys_prefix_public_retired")),
            macaroon_prefix: (
                text("derived_tokens_macaroon_prefix_current").unwrap_or(own.macaroon_prefix.0),
                texts("derived_tokens_macaroon_prefix_retired"),
            ),
            derived_ttl: seconds("derived_tokens_default_ttl").unwrap_or(own.derived_ttl),
            hmac: self.hmac(project),
            ..own
        }
    }

    /// The secrets that sign the project's API keys, if its document has them: the current one, and older ones.
    fn hmac(&self, project: &Project) -> (Option<String>, Vec<String>) {
        let value = |row: &Json| row.member("value").and_then(Json::as_text);
        let current = project.settings.of("talos_secrets_hmac_current").and_then(|secret| secret.as_text());
        let retired = match project.settings.of("talos_secrets_hmac_retired_entries") {
            Some(Json::Array(rows)) => rows.iter().filter_map(value).collect(),
            _ => Vec::new(),
        };
        (current.filter(|secret| !secret.is_empty()), retired)
    }

    /// The names in the project's list, or in its file of namespaces. Without either, every name is accepted.
    fn namespaces(&self, project: &Project) -> Option<Vec<String>> {
        if let Some(Json::Array(rows)) = project.settings.of("keto_namespaces") {
            return Some(rows.iter().filter_map(|row| row.member("name")?.as_text()).collect());
        }
        let file = project.settings.of("keto_namespace_configuration")?.as_text()?;
        let text = String::from_utf8(self.store.file(&file).ok()?).ok()?;
        Some(opl::parse(&text).namespaces.into_iter().map(|namespace| namespace.name).collect())
    }

    /// The project's schemas, the default one first. A preset, or a schema at another URL, has no requirements.
    fn schemas(&self, project: &Project) -> Vec<(String, String)> {
        let Some(Json::Array(rows)) = project.settings.of("kratos_identity_schemas") else { return Vec::new() };
        let text = |row: &Json, name: &str| row.member(name).and_then(Json::as_text).unwrap_or_default();
        let (default, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.member("is_default") == Some(&Json::Bool(true)));
        let schema = |row: &Json| {
            let content = self.store.file(&text(row, "import_url")).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            (text(row, "import_id"), content.unwrap_or_else(|| PERMISSIVE.to_owned()))
        };
        default.into_iter().chain(others).map(schema).collect()
    }
}

/// The answer with the prefix before its own paths.
fn beneath(prefix: &str, mut reply: Reply) -> Reply {
    for (name, value) in &mut reply.headers {
        match *name {
            "location" if value.starts_with('/') && !value.starts_with(prefix) => *value = format!("{prefix}{value}"),
            "link" => *value = value.replace("</", &format!("<{prefix}/")),
            _ => {}
        }
    }
    reply
}
