//! The document of a project of Ory Network, in the two views that the console has of it.
//!
//! Owns their routes, which changes would lock people out, and the message for a change that Ory refuses because an organization
//! does not exist. The resources know the members.

use super::{
    resources::content::CONTENT,
    services::{CONSOLE, of_error},
    unpublished,
};
use crate::{
    engine::Diagnostic,
    rest::{Reply, SendError, document::Document},
    schema::{DURATION, Table, string},
    value::Json,
};

/// An object with only a project's id, for requests for the project's document.
pub static NAMED: Table = Table::new(&[&[string("project_id", "Id of the project.")]]);

/// The project with the configuration of its services.
pub static PROJECT: Document = Document {
    service: &CONSOLE,
    name: "the project",
    path: "/projects/{project_id}",
    revisions: "revision",
    shown: "",
    root: "project",
    revision: "revision_id",
    id: Some("id"),
    view_of: None,
    guard: Some(lock_out),
    alike: is_as_meant,
    refusal: Some(|reply| explained(reply, CONSOLE.refuse(reply))),
    is_refused,
    is_gone: is_deleted,
};

/// The normalised revision: the only route to settings that the project does not show. It is not published. The
/// official provider uses it (`terraform-provider-ory`, 26.x).
pub static REVISION: Document = Document {
    service: &CONSOLE,
    name: "the project's normalised revision (an endpoint that Ory has not published)",
    path: "/normalized/projects/{project_id}",
    revisions: "revision",
    shown: "current_revision",
    root: "current_revision",
    revision: "id",
    id: None,
    view_of: Some("/projects/{project_id}"),
    guard: None,
    alike: is_as_meant,
    refusal: Some(|reply| explained(reply, unpublished::REVISION.refuse(&CONSOLE, reply))),
    is_refused,
    is_gone: is_deleted,
};

/// Whether the project was deleted: its routes still show it, with its last revision.
fn is_deleted(project: &Json) -> bool {
    project.at("state") == "deleted"
}

/// Whether a part of the patch has an organization that does not exist. The database refuses it then, and the console answers 500
/// with the name of a constraint, such as `project_revision_scim_clients_organization_fkey`. Nothing was changed.
fn has_no_organization(reply: &Reply) -> bool {
    let says = |text: &str| text.contains("organization") && (text.contains("_fkey") || text.contains("foreign key"));
    reply.status == 500 && reply.json().is_some_and(|body| says(&body.to_string()))
}

/// The refusal with an explanation, where Ory only passes on the message of its database.
fn explained(reply: &Reply, mut error: SendError) -> SendError {
    let is_no_id = reply.status == 400 && reply.json().is_some_and(|body| body.to_string().contains("incorrect UUID length"));
    if has_no_organization(reply) {
        error.diagnostic.summary = "The organization does not exist".to_owned();
    }
    if is_no_id || has_no_organization(reply) {
        error.diagnostic.detail.push_str(
            "\n\n`organization_id` has to be the id of an organization of the same project: refer to it (`ory_organization.NAME.id` in \
             Terraform, the resource's `id` in Pulumi), so that it is made first. Nothing was changed.",
        );
    }
    error
}

/// Whether Ory carried out nothing of a patch: it has an organization that does not exist, or something in the project still uses
/// what it removes, such as identities their schema.
fn is_refused(reply: &Reply) -> bool {
    let is_in_use = || reply.json().is_some_and(|body| of_error(&body, "id").is_some_and(|id| id.starts_with("in_use_by_")));
    has_no_organization(reply) || reply.status == 409 && is_in_use()
}

/// Whether Ory has the value that was sent. Ory spells durations in its own way, turns content into URLs, and does not show empty
/// values.
pub fn is_as_meant(meant: &Json, there: &Json) -> bool {
    let is_nothing = |value: &Json| match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    };
    match (meant, there) {
        (meant, there) if meant == there || is_nothing(meant) && is_nothing(there) => true,
        (Json::String(meant), Json::String(there)) => (DURATION.same)(meant, there) || (CONTENT.same)(meant, there),
        (Json::Array(meant), Json::Array(there)) => {
            meant.len() == there.len() && meant.iter().zip(there.iter()).all(|(meant, there)| is_as_meant(meant, there))
        }
        (Json::Object(meant), there @ Json::Object(_)) => {
            meant.iter().all(|(name, meant)| is_as_meant(meant, there.get(name).unwrap_or(&Json::Null)))
        }
        _ => false,
    }
}

const METHODS: &str = "services/identity/config/selfservice/methods";

/// The error for a change that locks people out: nobody could sign in any more, or no browser could call the project.
fn lock_out(before: &Json, after: &Json) -> Option<Diagnostic> {
    let refused = |summary: &str, detail: &str| {
        let detail =
            format!("{detail} Nothing was changed. If you want this change, set `allow_lockout = true` on the resource, and apply again.");
        Some(Diagnostic::error(summary, detail))
    };
    if lets_in(before) && !lets_in(after) {
        return refused(
            "Nobody could sign in any more",
            "With this change, the project has no sign-in method left: no password, code, passkey or security key as a first factor, and no other provider.",
        );
    }
    if has_default_schema(before) && !has_default_schema(after) {
        return refused(
            "The default identity schema would be gone",
            "New identities would have no schema: make another one the default first.",
        );
    }
    if has_origins(before) && !has_origins(after) && *after.at("cors_public/enabled") == Json::Bool(true) {
        return refused("No browser could call the project any more", "CORS stays on, and this change removes the last allowed origin.");
    }
    None
}

/// Whether there is a sign-in method. Passwords are on by default (configuration schema of Ory Kratos).
fn lets_in(project: &Json) -> bool {
    let is_on = |at: &str| *project.at(&format!("{METHODS}/{at}")) == Json::Bool(true);
    // Only enabled providers count.
    let has_some = |at: &str| {
        let all = project.at(&format!("{METHODS}/{at}"));
        all.as_array().is_some_and(|items| items.iter().any(|item| item.at("state") != "disabled"))
    };
    *project.at(&format!("{METHODS}/password/enabled")) != Json::Bool(false)
        || is_on("code/enabled") && is_on("code/passwordless_enabled")
        || is_on("passkey/enabled")
        || is_on("webauthn/enabled") && is_on("webauthn/config/passwordless")
        || is_on("deviceauthn/enabled") && is_on("deviceauthn/config/first_factor")
        || is_on("oidc/enabled") && has_some("oidc/config/providers")
        || is_on("saml/enabled") && has_some("saml/config/providers")
}

fn has_default_schema(project: &Json) -> bool {
    let identity = project.at("services/identity/config/identity");
    let id = identity.at("default_schema_id");
    identity.at("schemas").as_array().is_some_and(|schemas| schemas.iter().any(|schema| schema.at("id") == id))
}

fn has_origins(project: &Json) -> bool {
    project.at("cors_public/origins").as_array().is_some_and(|origins| !origins.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(methods: &str, more: &str) -> Json {
        let text = format!(r#"{{"services":{{"identity":{{"config":{{"selfservice":{{"methods":{methods}}}{more}}}}}}}}}"#);
        Json::parse(text).unwrap()
    }

    #[test]
    fn what_ory_spells_in_its_own_way_is_as_meant() {
        let json = |text: &str| Json::parse(text).unwrap();
        for (meant, there) in [
            (r#""1h""#, r#""1h0m0s""#),
            ("[]", "null"),
            (r#"{"a":""}"#, "{}"),
            (r#"["1m"]"#, r#"["1m0s"]"#),
            ("{\"a\":1}", r#"{"a":1,"b":2}"#),
        ] {
            assert!(is_as_meant(&json(meant), &json(there)), "{meant} {there}");
        }
        for (meant, there) in [(r#""1h""#, r#""2h0m0s""#), ("false", "null"), ("[1]", "[1,2]"), ("0", "null")] {
            assert!(!is_as_meant(&json(meant), &json(there)), "{meant} {there}");
        }
    }

    #[test]
    fn the_last_way_in_is_guarded() {
        let ways = [
            "{}",
            r#"{"password":{"enabled":true}}"#,
            r#"{"password":{"enabled":false},"code":{"enabled":true,"passwordless_enabled":true}}"#,
            r#"{"password":{"enabled":false},"passkey":{"enabled":true}}"#,
            r#"{"password":{"enabled":false},"webauthn":{"enabled":true,"config":{"passwordless":true}}}"#,
            r#"{"password":{"enabled":false},"oidc":{"enabled":true,"config":{"providers":[{"id":"a"}]}}}"#,
        ];
        let none = [
            r#"{"password":{"enabled":false}}"#,
            r#"{"password":{"enabled":false},"code":{"enabled":true,"mfa_enabled":true}}"#,
            r#"{"password":{"enabled":false},"oidc":{"enabled":true,"config":{"providers":[]}}}"#,
            r#"{"password":{"enabled":false},"oidc":{"enabled":true,"config":{"providers":[{"id":"a","state":"disabled"}]}}}"#,
        ];
        for way in ways {
            for no_way in none {
                let said = lock_out(&project(way, ""), &project(no_way, "")).unwrap();
                assert!(said.summary.contains("sign in") && said.detail.contains("allow_lockout"), "{way} {no_way}");
                assert!(
                    lock_out(&project(no_way, ""), &project(way, "")).is_none()
                        && lock_out(&project(no_way, ""), &project(no_way, "")).is_none()
                );
            }
        }
    }

    #[test]
    fn the_default_schema_and_the_last_origin_are_guarded() {
        let schemas = |ids: &str| project("{}", &format!(r#","identity":{{"default_schema_id":"a","schemas":[{ids}]}}"#));
        assert!(lock_out(&schemas(r#"{"id":"a"},{"id":"b"}"#), &schemas(r#"{"id":"b"}"#)).unwrap().summary.contains("schema"));
        assert!(lock_out(&schemas(r#"{"id":"a"},{"id":"b"}"#), &schemas(r#"{"id":"a"}"#)).is_none());
        let cors = |text: &str| Json::parse(text).unwrap();
        let before = cors(r#"{"cors_public":{"enabled":true,"origins":["https://a.example"]}}"#);
        assert!(lock_out(&before, &cors(r#"{"cors_public":{"enabled":true}}"#)).unwrap().summary.contains("browser"));
        assert!(lock_out(&before, &cors(r#"{"cors_public":{"enabled":false,"origins":[]}}"#)).is_none());
    }
}
