//! Converts a project's configuration to the files of self-hosted servers (`kratos.yml`, `hydra.yml`, `keto.yml`), and back.
//!
//! The paths are the same: the part of a project's document below `services/identity/config` has the form of Ory Kratos' file, and so
//! on. Therefore the same tables read and write both. Owns which file is which part of the document, the few settings with another
//! path in it, and the messages about settings that the other side does not have. Messages never show values. Knows nothing about
//! programs and states.

mod content;
mod files;
mod left;
mod newer;
mod objects;
mod schemas;
mod yaml;

pub use content::Contents;
pub use files::{File, read};
pub use left::Left;
pub use newer::Servers;
pub use objects::{Made, kinds, objects, render};
pub use yaml::print;

use crate::value::Json;

/// A server that can be self-hosted, and has a part of a project's document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Server {
    /// Ory Kratos: identities.
    Kratos,
    /// Ory Hydra: OAuth 2.0.
    Hydra,
    /// Ory Keto: permissions.
    Keto,
}

impl Server {
    /// All of them, in the order of a project's document.
    pub const ALL: [Server; 3] = [Server::Kratos, Server::Hydra, Server::Keto];

    /// Its name, and that of its file.
    pub fn name(self) -> &'static str {
        match self {
            Server::Kratos => "kratos",
            Server::Hydra => "hydra",
            Server::Keto => "keto",
        }
    }

    /// The path of its configuration in a project's document.
    pub fn place(self) -> &'static str {
        match self {
            Server::Kratos => "services/identity/config",
            Server::Hydra => "services/oauth2/config",
            Server::Keto => "services/permission/config",
        }
    }
}

/// The settings of self-hosted servers, in the form of a project's document.
#[derive(Clone, Default)]
pub struct Settings {
    /// The document.
    pub document: Json,
    /// Settings that no project has.
    pub left: Vec<Left>,
    /// Where its parts are from.
    origins: Vec<Origin>,
}

/// The file that a part of the document is from.
#[derive(Clone)]
struct Origin {
    file: String,
    /// The part's path in the file; empty for the whole file.
    path: &'static str,
    /// Its place in the document.
    place: &'static str,
}

impl Settings {
    /// The file with the value at this place of the document, and the value's path in it, in the usual spelling.
    fn origin(&self, place: &str) -> Option<(&str, String)> {
        self.origins.iter().find_map(|origin| {
            let inside = place.strip_prefix(origin.place).filter(|inside| inside.is_empty() || inside.starts_with('/'))?;
            Some((origin.file.as_str(), format!("{}{inside}", origin.path).trim_start_matches('/').replace('/', ".")))
        })
    }
}

/// Settings whose path in a project's document differs from that in a server's file, with both paths. If several servers have the
/// setting, the first one is used.
const MOVED: &[(Server, &str, &str)] = &[
    (Server::Kratos, "serve/public/cors/enabled", "cors_public/enabled"),
    (Server::Kratos, "serve/public/cors/allowed_origins", "cors_public/origins"),
    (Server::Hydra, "serve/public/cors/enabled", "cors_public/enabled"),
    (Server::Hydra, "serve/public/cors/allowed_origins", "cors_public/origins"),
    (Server::Hydra, "serve/admin/cors/enabled", "cors_admin/enabled"),
    (Server::Hydra, "serve/admin/cors/allowed_origins", "cors_admin/origins"),
    (Server::Hydra, "oidc/subject_identifiers/pairwise/salt", "services/oauth2/config/oidc/subject_identifiers/pairwise_salt"),
];
