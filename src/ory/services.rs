//! Ory's services: how each reports that an object does not exist, and what its errors mean.
//!
//! Hydra's handlers answer with the flat error of RFC 6749 (`error`, `error_description`); the other services, and Ory Network's
//! gateway in front of all of them, with an envelope (`{"error": {…}}`).

use crate::{
    rest::{Lists, REPLACING, Service},
    value::Json,
};

/// OAuth 2.0 clients, keys and trusted issuers.
pub static HYDRA_ADMIN: Service = Service {
    name: "Ory Hydra's admin API",
    is_missing: unknown_row,
    is_busy,
    reason,
    hint,
    // The smallest plan allows 15 lists but 80 reads of clients a minute.
    lists: Some(Lists { price: 6, query: &[] }),
};

/// The API with which clients register themselves. It never reports that a client does not exist, so that strangers cannot find
/// that out: it reports only that the request is not authorized.
pub static HYDRA_PUBLIC: Service =
    Service { name: "Ory Hydra's public API", is_missing: |_| false, is_busy, reason, hint: hint_to_register, lists: None };

/// Whether the error says that registration is switched off.
pub fn says_registration_is_off(body: &Json) -> bool {
    reason(body).0.is_some_and(|reason| reason.contains("Dynamic registration is not enabled"))
}

/// Hydra's router answers "Not Found" in an envelope for a route that it does not have; its handlers answer `ROW` for a missing
/// row, and `SET` for a missing key set.
fn unknown_row(body: &Json) -> bool {
    const ROW: &str = "Unable to locate the resource";
    const SET: &str = "Unable to locate the requested resource";
    let text = |value: Option<&Json>| value.and_then(Json::as_str).unwrap_or_default().to_owned();
    let said = match body.at("error") {
        Json::String(error) => [error.clone(), text(body.get("error_description"))],
        Json::Object(error) => [text(error.get("message")), text(error.get("reason"))],
        _ => return false,
    };
    said.iter().any(|said| said == ROW || said == SET)
}

fn hint_to_register(status: u16, body: &Json) -> Option<String> {
    if says_registration_is_off(body) {
        return Some(
            "Switch it on: `oidc.dynamic_client_registration.enabled: true` in Hydra's configuration, or `/services/oauth2/config/oidc/dynamic_client_registration/enabled` in the project's."
                .into(),
        );
    }
    // The hint of the admin API about keys and credentials does not apply here.
    if status == 401 {
        Some("The client does not exist, or its registration token is no longer accepted.".into())
    } else {
        hint(status, body)
    }
}

/// Relationships, for reads.
pub static KETO_READ: Service = Service {
    name: "Ory Keto's read API",
    is_missing: unknown_namespace,
    is_busy,
    reason,
    hint,
    // This service has only lists.
    lists: Some(Lists { price: 1, query: &[] }),
};

/// Relationships, for writes.
pub static KETO_WRITE: Service =
    Service { name: "Ory Keto's write API", is_missing: unknown_namespace, is_busy, reason, hint, lists: None };

/// Identities.
pub static KRATOS_ADMIN: Service = Service {
    name: "Ory Kratos' admin API",
    is_missing: |body| *body.at("error/message") == "Unable to locate the resource",
    is_busy,
    reason,
    hint: |status, body| match status {
        409 => Some(format!(
            "Another identity has one of these identifiers or addresses, or this `external_id`. To manage that one, import it by its id, or as `identifier=…` with what it signs in with (`GET /admin/identities?credentials_identifier=…` shows it), or as `external_id=…`; otherwise choose others.{REPLACING}"
        )),
        400 if body.at("error/message").as_str().is_some_and(|message| message.starts_with("json: unknown field")) => {
            Some("This version of Ory Kratos does not have the attribute: remove it, or use a newer version.".into())
        }
        _ => hint(status, body),
    },
    // The smallest plan allows 25 lists but 40 reads a minute. A project may be configured with eventually consistent lists.
    lists: Some(Lists { price: 2, query: &[("consistency", "strong")] }),
};

/// Identity schemas.
pub static KRATOS_PUBLIC: Service = Service {
    name: "Ory Kratos' public API",
    is_missing: |body| body.at("error/reason").as_str().is_some_and(|reason| reason.starts_with("Identity schema `")),
    is_busy,
    reason,
    hint,
    lists: None,
};

/// API keys: issued by Ory Talos, imported into it, verified, and tokens that are derived from them. Self-hosted, one URL serves
/// all of them, and routes that need no key ignore one.
pub static TALOS: Service = Service {
    name: "Ory Talos' API",
    is_missing: unknown_key,
    is_busy: |_, _| false,
    reason: |body| {
        let (said, request) = reason(body);
        let code = talos_reason(body).filter(|code| !said.as_deref().unwrap_or_default().contains(code));
        let said = said.into_iter().chain(code.map(|code| format!("({code})"))).collect::<Vec<_>>().join(" ");
        ((!said.is_empty()).then_some(said), request)
    },
    hint: |status, body| match (status, talos_reason(body)) {
        (402, _) => Some("The plan allows no more active API keys. Revoke or delete some, or upgrade the plan.".into()),
        (409, Some("API_KEY_EXISTS")) => Some(format!(
            "The server has this key already, and it may be revoked. To manage it, import it by its `key_id`; or delete it first, and then apply again.{REPLACING}"
        )),
        (409, _) => Some(
            "The key's state does not allow this: it may be revoked already, or it looks like a key that Ory Talos itself makes.".into(),
        ),
        _ => hint(status, body),
    },
    // A list shows the same as reads, but counts against the same limit as reads, and has at most 1000 keys.
    lists: None,
};

/// The reason code of an error of Ory Talos (AIP-193), in either form: in an envelope, as the server writes it, or flat, as Ory
/// describes it.
pub fn talos_reason(body: &Json) -> Option<&str> {
    let error = if body.at("error").is_object() { body.at("error") } else { body };
    error.at("details").as_array()?.iter().find_map(|detail| detail.at("reason").as_str())
}

/// Its router answers 404 with "Not Found" for a route that it does not have, and so does its tenancy for an unknown host.
fn unknown_key(body: &Json) -> bool {
    match talos_reason(body) {
        Some(code) => code == "API_KEY_NOT_FOUND",
        None => of_error(body, "message").is_some_and(|message| matches!(message, "API key not found" | "imported key not found")),
    }
}

/// Keto identifies tuples by their content, so it never says that a tuple does not exist; only a namespace.
fn unknown_namespace(body: &Json) -> bool {
    body.at("error/reason").as_str().is_some_and(|reason| reason.starts_with("Unknown namespace with name"))
}

// Whether the database rolled the transaction back because of another one. In-memory databases do so as
// soon as two requests meet, and all do under load.
fn is_busy(status: u16, body: &Json) -> bool {
    let (said, _) = reason(body);
    status == 400 && said.is_some_and(|reason| reason.starts_with("Unable to serialize access due to a concurrent update"))
}

/// The texts of an error in either of Ory's two forms: an envelope (`{"error": {…}}`), or flat. No member is in all errors.
fn reason(body: &Json) -> (Option<String>, Option<String>) {
    let text = |value: &Json| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let get = |name: &str| match body.at("error") {
        Json::Object(error) => error.get(name).and_then(text).or_else(|| text(body.at(name))),
        _ => text(body.at(name)),
    };
    let said = match (get("message"), get("reason")) {
        (None, None) => [get("error"), get("error_description")],
        said => said.into(),
    };
    let reason = said.into_iter().flatten().collect::<Vec<_>>().join(": ");
    ((!reason.is_empty()).then_some(reason), get("request"))
}

/// A member of an error in either form.
pub(super) fn of_error<'a>(body: &'a Json, name: &str) -> Option<&'a str> {
    body.at("error").at(name).as_str().or_else(|| body.at(name).as_str())
}

/// What to do when the project's plan does not allow something.
fn plan_limit(status: u16, body: &Json) -> Option<String> {
    match of_error(body, "id") {
        Some("feature_not_available") => Some(match of_error(body, "details/feature") {
            Some(feature) => {
                format!("The project's plan does not include the feature `{feature}`. Upgrade the plan, or remove the attribute or resource that needs it.")
            }
            None => "The project's plan does not include this feature. Upgrade the plan, or remove the attribute or resource that needs it.".into(),
        }),
        Some("in_use_by_identity") => Some(
            "Identities still use this schema. Nothing was changed. Delete them or give them another schema, and apply again. To keep the schema in the project, apply `on_destroy = \"keep\"`, and then destroy the resource."
                .into(),
        ),
        Some("quota_exceeded") => Some("The project's plan allows no more of these. Remove some, or upgrade the plan.".into()),
        _ if status == 402 => {
            Some("The workspace's plan does not allow this, or no more of these. Upgrade the plan, or remove some.".into())
        }
        _ => None,
    }
}

fn hint(status: u16, body: &Json) -> Option<String> {
    plan_limit(status, body).or_else(|| match status {
        401 => Some(
            "Clients, keys, relationships and identities need a project API key (`project_api_key`, `ORY_PROJECT_API_KEY`); a workspace key is not accepted here. An object with its own `project_api_key` is read and deleted with the key in the state: apply the configuration with a valid key first. A self-hosted service behind a proxy takes `admin_headers`, `admin_basic_auth` or `admin_oauth2`."
                .into(),
        ),
        _ => None,
    })
}

/// The service that has objects of this kind.
pub fn service_of(kind: &str) -> &'static Service {
    match kind {
        "oauth2_client" | "oidc_dynamic_client" | "json_web_key_set" | "trusted_oauth2_jwt_grant_issuer" => &HYDRA_ADMIN,
        "identity" => &KRATOS_ADMIN,
        "relationship" | "relationships" => &KETO_READ,
        "api_key" | "imported_api_key" => &TALOS,
        _ => &CONSOLE,
    }
}

/// Workspaces, projects, their configuration and their API keys, on Ory Network.
pub static CONSOLE: Service = Service {
    name: "Ory Network's console API",
    is_missing: unknown_row_of_console,
    is_busy,
    reason,
    hint: |status, body| {
        plan_limit(status, body).or_else(|| match status {
            401 => Some(
                "Projects, their configuration and their API keys need a key of the workspace (`workspace_api_key`, `ORY_WORKSPACE_API_KEY`, `ory_wak_…`) that is neither expired nor deleted; a project API key is not accepted here."
                    .into(),
            ),
            403 => Some(
                "The workspace key (`workspace_api_key`, `ORY_WORKSPACE_API_KEY`) may not do this, or it belongs to another workspace. Ory gives the same answer for an object that does not exist and for one of another workspace. Check the key, the ids of the workspace and the project, and whether the plan includes this feature. Nothing was removed from the state."
                    .into(),
            ),
            _ => None,
        })
    },
    lists: None,
};

/// The console's error has one of Ory's two forms. A router answers only "Not Found" for a route that it does not have.
fn unknown_row_of_console(body: &Json) -> bool {
    let is_error = body.at("error").is_object() || body.at("code").as_i64() == Some(404);
    is_error && matches!(reason(body).0.as_deref(), Some(reason) if reason != "Not Found")
}
