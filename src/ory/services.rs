//! Ory's services: how each says that an object does not exist, and how it explains an error.
//!
//! Hydra's handlers answer with the flat error of RFC 6749 (`error`, `error_description`); the other
//! services, and Ory Network's gateway before all of them, with an envelope (`{"error": {…}}`).

use crate::rest::Service;
use serde_json::Value as Json;

/// OAuth 2.0 clients, keys and trusted issuers.
pub static HYDRA_ADMIN: Service = Service {
    name: "Ory Hydra's admin API",
    is_missing: |body| match &body["error"] {
        // Hydra's router says "Not Found" in an envelope for a route that it does not have; its handlers
        // say this for a row.
        Json::String(error) => error == "Unable to locate the resource",
        Json::Object(error) => error.get("message").and_then(Json::as_str) == Some("Unable to locate the resource"),
        _ => false,
    },
    // Its database rolled the transaction back because of another one. Databases that Hydra is tried out with
    // do so as soon as two requests meet, and all do under load.
    is_busy: |status, body| {
        let (said, _) = reason(body);
        status == 400 && said.is_some_and(|reason| reason.starts_with("Unable to serialize access due to a concurrent update"))
    },
    reason,
    hint,
};

fn reason(body: &Json) -> (Option<String>, Option<String>) {
    let text = |value: &Json| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let (parts, request) = match &body["error"] {
        Json::Object(error) => {
            let get = |name: &str| error.get(name).and_then(text);
            ([get("message"), get("reason")], get("request"))
        }
        error => ([text(error), text(&body["error_description"])], None),
    };
    let reason = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    ((!reason.is_empty()).then_some(reason), request)
}

fn hint(status: u16, body: &Json) -> Option<String> {
    let error = &body["error"];
    match (status, error["id"].as_str()) {
        (_, Some("feature_not_available")) => Some(match error["details"]["feature"].as_str() {
            Some(feature) => format!("The project's plan does not include the feature `{feature}`. Upgrade the plan, or remove what needs it."),
            None => "The project's plan does not include this feature. Upgrade the plan, or remove what needs it.".into(),
        }),
        (_, Some("quota_exceeded")) => Some("The project's plan allows no more of these. Remove some, or upgrade the plan.".into()),
        (401, _) => Some(
            "Clients, keys and identities need a project API key (`project_api_key`, `ORY_PROJECT_API_KEY`); a workspace key is not accepted here. A self-hosted service behind a proxy takes `admin_headers`, `admin_basic_auth` or `admin_oauth2`."
                .into(),
        ),
        _ => None,
    }
}
