//! As much of Kratos' admin API as identities need, after its recorded exchanges: decoding that is strict in one
//! place and lenient in another, credentials that are told without their secrets, what a replacement clears.

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// One request: method, path with query, body.
pub type Asked = (String, String, Json);

/// A running Kratos; it ends with the test's runtime.
pub struct Kratos {
    pub url: String,
    held: Arc<Held>,
}

struct Held {
    /// Version 1.3 has no `external_id`.
    old: bool,
    identities: Mutex<BTreeMap<String, Json>>,
    asked: Mutex<Vec<Asked>>,
}

const READ_ONLY: [&str; 4] = ["id", "created_at", "updated_at", "linked"];
const SETTABLE: [&str; 7] = ["schema_id", "traits", "state", "metadata_public", "metadata_admin", "external_id", "region"];

impl Kratos {
    pub async fn start(old: bool) -> Kratos {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let held = Arc::new(Held { old, identities: Mutex::default(), asked: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(held.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Kratos { url, held }
    }

    /// What was asked so far, and not yet taken.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.held.asked.lock().unwrap())
    }

    /// The password and the linked accounts that would let somebody in.
    pub fn credentials(&self, id: &str) -> (Json, Json) {
        let identity = &self.held.identities.lock().unwrap()[id];
        (identity["password"].clone(), identity["linked"].clone())
    }
}

type Refused = (u16, &'static str, String);

async fn answer(State(held): State<Arc<Held>>, request: Request) -> Response {
    let (method, uri) = (request.method().to_string(), request.uri().clone());
    let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body: Json = serde_json::from_slice(&body).unwrap_or_default();
    held.asked.lock().unwrap().push((method.clone(), uri.to_string(), body.clone()));
    let path: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    let outcome = match (method.as_str(), path.as_slice()) {
        ("POST", ["admin", "identities"]) => held.create(&body),
        ("GET", ["admin", "identities", "by", "external", id]) if !held.old => {
            let identities = held.identities.lock().unwrap();
            identities.values().find(|identity| identity["external_id"] == *id).map(|found| (200, shown(found, true))).ok_or_else(missing)
        }
        ("GET", ["admin", "identities", id]) => {
            held.identities.lock().unwrap().get(*id).map(|found| (200, shown(found, true))).ok_or_else(missing)
        }
        ("PUT", ["admin", "identities", id]) => held.replace(id, &body),
        ("DELETE", ["admin", "identities", id]) => {
            held.identities.lock().unwrap().remove(*id).map(|_| (204, Json::Null)).ok_or_else(missing)
        }
        ("DELETE", ["admin", "identities", id, "credentials", "oidc"]) => held.unlink(id, uri.query().unwrap_or_default()),
        _ => return (StatusCode::NOT_FOUND, "404 page not found\n").into_response(),
    };
    let (status, body) = outcome.unwrap_or_else(|(status, message, reason)| {
        let mut error = json!({ "code": status, "status": "-", "message": message });
        if !reason.is_empty() {
            error["reason"] = json!(reason);
        }
        (status, json!({ "error": error }))
    });
    let body = if status == 204 { String::new() } else { body.to_string() };
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], body).into_response()
}

fn missing() -> Refused {
    (404, "Unable to locate the resource", String::new())
}

fn malformed(reason: impl Into<String>) -> Refused {
    (400, "The request was malformed or contained invalid parameters", reason.into())
}

fn shown(identity: &Json, read: bool) -> Json {
    let mut shown = identity.clone();
    let members = shown.as_object_mut().unwrap();
    let (password, linked) = (members.remove("password"), members.remove("linked").unwrap_or_default());
    let email = identity["traits"]["email"].clone();
    let entry = |kind: &str, identifiers: Json| json!({ "type": kind, "identifiers": identifiers, "version": 0, "created_at": identity["created_at"], "updated_at": identity["updated_at"] });
    let mut credentials = Map::new();
    credentials.insert("password".into(), entry("password", json!([email])));
    drop(password);
    if linked.as_array().is_some_and(|linked| !linked.is_empty()) {
        credentials.insert("oidc".into(), entry("oidc", linked));
    }
    members.insert("credentials".into(), Json::Object(credentials));
    let schema = identity["schema_id"].as_str().unwrap();
    members.insert("schema_url".into(), json!(format!("http://127.0.0.1:4433/schemas/{schema}")));
    members.insert("state_changed_at".into(), identity["created_at"].clone());
    let address =
        json!({ "id": "a", "value": email, "via": "email", "created_at": identity["created_at"], "updated_at": identity["updated_at"] });
    let mut verifiable = address.clone();
    verifiable["verified"] = json!(false);
    verifiable["status"] = json!("pending");
    members.insert("verifiable_addresses".into(), json!([verifiable]));
    members.insert("recovery_addresses".into(), json!([address]));
    for always in ["metadata_public", "organization_id"] {
        members.entry(always).or_insert(Json::Null);
    }
    if read {
        members.entry("metadata_admin").or_insert(Json::Null);
    } else if members.get("metadata_admin") == Some(&Json::Null) {
        members.remove("metadata_admin");
    }
    shown
}

impl Held {
    fn check(&self, id: &str, identity: &Json) -> Result<(), Refused> {
        let schema = identity["schema_id"].as_str().unwrap_or("person");
        if !["person", "robot"].contains(&schema) {
            return Err(malformed(format!("Unable to find JSON Schema ID: {schema}")));
        }
        if !identity["traits"]["email"].is_string() {
            return Err(malformed("I[#/traits] S[#/properties/traits/required] missing properties: \"email\""));
        }
        if !["active", "inactive"].contains(&identity["state"].as_str().unwrap_or_default()) {
            return Err(malformed("identity state is not valid"));
        }
        let identities = self.identities.lock().unwrap();
        let taken = |other: &Json| {
            other["traits"]["email"] == identity["traits"]["email"]
                || (!other["external_id"].is_null() && other["external_id"] == identity["external_id"])
        };
        if identities.iter().any(|(other, held)| other != id && taken(held)) {
            let reason = "This identity conflicts with another identity that already exists.";
            return Err((409, "The resource could not be created due to a conflict", reason.into()));
        }
        Ok(())
    }

    /// Credentials come with a config, or not at all: an empty one would replace what is there.
    fn credentials(&self, identity: &mut Json, credentials: &Json) -> Result<(), Refused> {
        for (kind, credential) in credentials.as_object().into_iter().flatten() {
            let config = &credential["config"];
            match kind.as_str() {
                "password" if config["password"].is_string() => identity["password"] = config["password"].clone(),
                "password" if config["hashed_password"].as_str().is_some_and(|hash| hash.starts_with('$')) => {
                    identity["password"] = config["hashed_password"].clone();
                }
                "oidc" if config["providers"].is_array() => {
                    let linked = identity["linked"].as_array_mut().unwrap();
                    for link in config["providers"].as_array().unwrap() {
                        linked.push(json!(format!("{}:{}", link["provider"].as_str().unwrap(), link["subject"].as_str().unwrap())));
                    }
                }
                _ => return Err(malformed(format!("credentials of {kind} cannot be used: {:?}", config["password"]))),
            }
        }
        Ok(())
    }

    fn create(&self, body: &Json) -> Result<(u16, Json), Refused> {
        let mut identity = json!({ "state": "active", "linked": [] });
        for (name, value) in body.as_object().into_iter().flatten() {
            let known = SETTABLE.contains(&name.as_str()) && !(self.old && name == "external_id");
            if !known && name != "credentials" {
                let known_name = if name == "external_id" { "json: unknown field \"external_id\"" } else { "json: unknown field \"…\"" };
                return Err((400, known_name, String::new()));
            }
            if known {
                identity[name] = value.clone();
            }
        }
        self.check("", &identity)?;
        self.credentials(&mut identity, &body["credentials"])?;
        let id = uuid::Uuid::new_v4().to_string();
        let now = jiff::Timestamp::now().to_string();
        (identity["id"], identity["created_at"], identity["updated_at"]) = (json!(id), json!(now), json!(now));
        let answer = shown(&identity, false);
        self.identities.lock().unwrap().insert(id, identity);
        Ok((201, answer))
    }

    fn replace(&self, id: &str, body: &Json) -> Result<(u16, Json), Refused> {
        let before = self.identities.lock().unwrap().get(id).cloned().ok_or_else(missing)?;
        let mut identity = json!({ "password": before["password"] });
        for name in READ_ONLY {
            identity[name] = before[name].clone();
        }
        for name in ["schema_id", "state"] {
            identity[name] = before[name].clone();
        }
        for name in SETTABLE.into_iter().filter(|name| !(self.old && *name == "external_id")) {
            if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
                identity[name] = value.clone();
            }
        }
        self.check(id, &identity)?;
        self.credentials(&mut identity, &body["credentials"])?;
        identity["updated_at"] = json!(jiff::Timestamp::now().to_string());
        let answer = shown(&identity, false);
        self.identities.lock().unwrap().insert(id.to_owned(), identity);
        Ok((200, answer))
    }

    fn unlink(&self, id: &str, query: &str) -> Result<(u16, Json), Refused> {
        let mut identities = self.identities.lock().unwrap();
        let linked = identities.get_mut(id).ok_or_else(missing)?["linked"].as_array_mut().unwrap();
        let link = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "identifier").unwrap().1.into_owned();
        if link.starts_with("last:") {
            return Err(malformed("You cannot remove the last first factor credential."));
        }
        let before = linked.len();
        linked.retain(|other| *other != link);
        match linked.len() < before {
            true => Ok((204, Json::Null)),
            false => Err((
                404,
                "The requested resource could not be found",
                "You tried to remove a oidc but this user have no oidc set up.".into(),
            )),
        }
    }
}
