//! The doors that only Ory's own console and its tools use: no description names them, so that they may go without a word.
//!
//! Owns the list of them, with what shows that they are there, and what is said when one is gone. Each is gone through in
//! one function, and nothing else that is not in the description is sent.

use crate::{
    engine::Diagnostic,
    rest::{Reply, SendError, Service},
};

/// A route that no description names.
pub struct Unpublished {
    /// The method.
    pub method: &'static str,
    /// The path, in which `*` stands for any one segment.
    pub path: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What shows that it is there, and that there is no other way.
    pub evidence: &'static str,
    /// What a user can do without it.
    pub instead: &'static str,
}

/// The tier of a project.
pub static TIER: Unpublished = Unpublished {
    method: "PUT",
    path: "/projects/*/environment",
    purpose: "to change a project's environment",
    evidence: "The official provider's resource_project.go sends it since its issue 289. A JSON Patch of `/environment` is answered by 200 and changes nothing.",
    instead: "Change it in the Ory Console, and refresh",
};

/// The normalised revision of a project.
pub static REVISION: Unpublished = CHANGE;

const CHANGE: Unpublished = Unpublished {
    method: "PATCH",
    path: "/normalized/projects/*/revision/*",
    purpose: "to change settings and SCIM clients, which the project's document does not show",
    evidence: "The official provider's keto_strict_mode.go, projectconfig/resource.go and scimclient/resource.go read `GET /normalized/projects/{id}` and send this. The description (client-go 1.22.92) has the schema `normalizedProjectRevision` and no path for it.",
    instead: "Set them in the Ory Console, and remove `strict_security`, `feature_flags`, `account_experience_custom_translations` and `disable_account_experience_welcome_screen`, or the SCIM client, from the configuration",
};

/// The same, read.
pub static READ_REVISION: Unpublished = Unpublished {
    method: "GET",
    path: "/normalized/projects/*",
    purpose: "to see settings and SCIM clients, which the project's document does not show",
    ..CHANGE
};

/// All of them.
pub static UNPUBLISHED: &[&Unpublished] = &[&TIER, &REVISION, &READ_REVISION];

impl Unpublished {
    /// What is to be said of an answer that is none of this route.
    pub fn refuse(&self, service: &Service, reply: &Reply) -> SendError {
        let mut error = service.refuse(reply);
        if matches!(reply.status, 404 | 405 | 410 | 501) {
            error.diagnostic = Diagnostic::error(
                "An unpublished endpoint is gone",
                format!(
                    "{}\n\nThis endpoint is needed {}, and Ory does not publish it: it may have been taken away. {}; and tell the provider's authors.",
                    error.diagnostic.detail, self.purpose, self.instead
                ),
            );
        }
        error
    }
}
