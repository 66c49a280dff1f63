//! Routes that only Ory's own console and tools use: no API description has them, so Ory may remove them without notice.
//!
//! Owns their list, the evidence that they exist, and the message if one is gone. Each of them is sent by one function, and the
//! provider sends no other undescribed request.

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
    /// The evidence that it exists, and that there is no other way.
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

/// The same, for reads.
pub static READ_REVISION: Unpublished = Unpublished {
    method: "GET",
    path: "/normalized/projects/*",
    purpose: "to see settings and SCIM clients, which the project's document does not show",
    ..CHANGE
};

/// The custom domains of a project.
pub static DOMAINS: Unpublished = DOMAIN;

const DOMAIN: Unpublished = Unpublished {
    method: "GET",
    path: "/projects/*/cname",
    purpose: "to manage custom domains",
    evidence: "The official provider's internal/client/client.go sends it and the three below for its ory_custom_domain. The description (client-go 1.22.92) has the schemas `customDomain`, `listCustomDomains`, `createCustomDomainBody` and `setCustomDomainBody`, and no path for them.",
    instead: "Manage the domain in the Ory Console, and remove the `ory_custom_domain` from the configuration and the state (`terraform state rm`, `pulumi state delete`)",
};

/// Makes one.
pub static CREATE_DOMAIN: Unpublished = Unpublished { method: "POST", ..DOMAIN };

/// Changes one.
pub static CHANGE_DOMAIN: Unpublished = Unpublished { method: "PUT", path: "/projects/*/cname/*", ..DOMAIN };

/// Deletes one.
pub static DELETE_DOMAIN: Unpublished = Unpublished { method: "DELETE", path: "/projects/*/cname/*", ..DOMAIN };

/// All of them.
pub static UNPUBLISHED: &[&Unpublished] = &[&TIER, &REVISION, &READ_REVISION, &DOMAINS, &CREATE_DOMAIN, &CHANGE_DOMAIN, &DELETE_DOMAIN];

impl Unpublished {
    /// The error for an answer that is not one of this route.
    pub fn refuse(&self, service: &Service, reply: &Reply) -> SendError {
        self.explain(service.refuse(reply))
    }

    /// Explains an answer that was refused or could not be read.
    pub fn explain(&self, mut error: SendError) -> SendError {
        let (summary, what) = match error.status {
            Some(404 | 405 | 410 | 501) => ("An unpublished endpoint is gone", "Ory may have removed it"),
            Some(200..=299) => ("An unpublished endpoint answers in another way", "Ory may have changed it"),
            _ => return error,
        };
        let detail = format!(
            "{}\n\nThe provider needs this endpoint {}, and Ory does not publish it: {what}. {}; and please report this to the provider's authors.",
            error.diagnostic.detail, self.purpose, self.instead
        );
        error.diagnostic = Diagnostic::error(summary, detail);
        error
    }
}
