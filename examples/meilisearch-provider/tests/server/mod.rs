//! As much of Meilisearch as its keys and webhooks are, in memory: what its description of the API says (OpenAPI, of
//! Meilisearch 1.41), with the codes of its errors.
//!
//! * `POST` takes what is described, and nothing else: another member is `bad_request`. `actions`, `indexes` and `expiresAt` have
//!   to be there, and the last of them has to be ahead.
//! * `PATCH` of a key takes `name` and `description`; its other members are immutable, and said to be. `null` clears.
//! * `PATCH` of a webhook merges headers into those that are there; one that is `null` goes.
//! * The header `Authorization` of a webhook is never shown.
//! * Who does not say who he is gets 401, whoever it is that may not gets 403.

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Response,
};
use janiform::{
    schema::{Attr, Resource},
    value::Value,
};
use janiform_testing::{Backdoor, json};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard},
};
use uuid::Uuid;

/// What the server is started with.
pub const MASTER_KEY: &str = "canary-master-key";

/// A running server; it ends with the test's runtime.
pub struct Server {
    /// Where it is.
    pub url: String,
    kept: Arc<Kept>,
}

/// Objects as the server has them, by the collection and their id.
type Objects = BTreeMap<(&'static str, String), Map<String, Json>>;

#[derive(Default)]
struct Kept {
    objects: Mutex<Objects>,
}

type Answer = (u16, Json);

impl Server {
    /// A server with nothing in it.
    pub async fn start() -> Server {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let kept = Arc::new(Kept::default());
        let app = Router::new().fallback(serve).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Server { url, kept }
    }

    /// The provider block that reaches it.
    pub fn config(&self) -> Json {
        json!({ "url": self.url, "master_key": MASTER_KEY })
    }

    /// The headers of the webhook of this id, as they are sent.
    pub fn headers(&self, id: &str) -> Json {
        self.kept.objects()[&("webhooks", id.to_owned())]["headers"].clone()
    }

    /// How many objects there are.
    pub fn count(&self) -> usize {
        self.kept.objects().len()
    }
}

impl Kept {
    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap()
    }
}

fn collection(resource: &Resource) -> &'static str {
    if resource.name == "key" { "keys" } else { "webhooks" }
}

/// What other people do to it. Nobody can change what the API calls immutable, or what only the server decides.
#[async_trait]
impl Backdoor for Server {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let changeable = ["name", "description", "url", "updated_at"].contains(&attr.name);
        if let (true, Some(object)) = (changeable, self.kept.objects().get_mut(&(collection(resource), id.to_owned()))) {
            object.insert(attr.pointer().to_string(), value.map(|value| json::kind_to_json(&attr.kind, value)).unwrap_or_default());
        }
        changeable
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        self.kept.objects().remove(&(collection(resource), id.to_owned())).expect("an object of this id");
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.kept.objects().contains_key(&(collection(resource), id.to_owned()))
    }
}

async fn serve(State(kept): State<Arc<Kept>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let path: Vec<_> = parts.uri.path().trim_matches('/').split('/').map(str::to_owned).collect();
    let who = parts.headers.get("authorization").map(|who| who.to_str().unwrap_or_default().to_owned());
    let (status, answer) = match who.as_deref() {
        None => refuse(401, "missing_authorization_header", "The Authorization header is missing."),
        Some(who) if who != format!("Bearer {MASTER_KEY}") => refuse(403, "invalid_api_key", "The provided API key is invalid."),
        Some(_) => match (path.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), parts.method.as_str()) {
            (["keys"], "POST") => with_object(&body, |sent| kept.make_key(sent)),
            (["keys", id], method) => kept.one("keys", id, "api_key_not_found", method, &body),
            (["webhooks"], "POST") => with_object(&body, |sent| kept.make_webhook(sent)),
            (["webhooks", id], _) if Uuid::try_parse(id).is_err() => refuse(400, "invalid_webhook_uuid", "Invalid UUID"),
            (["webhooks", id], method) => kept.one("webhooks", id, "webhook_not_found", method, &body),
            _ => refuse(404, "not_found", "There is no such route."),
        },
    };
    let body = if status == 204 { Body::empty() } else { Body::from(answer.to_string()) };
    Response::builder().status(status).header("content-type", "application/json").body(body).unwrap()
}

fn refuse(status: u16, code: &str, message: &str) -> Answer {
    let kind = if status < 404 && status > 400 { "auth" } else { "invalid_request" };
    let link = format!("https://docs.meilisearch.com/errors#{code}");
    (status, json!({ "message": message, "code": code, "type": kind, "link": link }))
}

fn with_object(body: &[u8], then: impl FnOnce(&Map<String, Json>) -> Result<Answer, Answer>) -> Answer {
    match serde_json::from_slice(body) {
        Ok(Json::Object(sent)) => then(&sent).unwrap_or_else(|refused| refused),
        _ => refuse(400, "bad_request", "The body is no object."),
    }
}

/// Members that are not among these are refused; of those that an object has and a change must not touch, by a code of their own.
fn only(sent: &Map<String, Json>, taken: &[&str], immutable: &[&str], of: &str) -> Result<(), Answer> {
    match sent.keys().find(|name| !taken.contains(&name.as_str())) {
        Some(name) if immutable.contains(&name.as_str()) => {
            let snake: String =
                name.chars().flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()])).collect();
            Err(refuse(400, &format!("immutable_{of}_{snake}"), &format!("Immutable field `{name}`.")))
        }
        Some(name) => Err(refuse(400, "bad_request", &format!("Unknown field `{name}`."))),
        None => Ok(()),
    }
}

fn now() -> Json {
    jiff::Timestamp::now().to_string().into()
}

impl Kept {
    fn make_key(&self, sent: &Map<String, Json>) -> Result<Answer, Answer> {
        only(sent, &["uid", "name", "description", "actions", "indexes", "expiresAt"], &[], "api_key")?;
        for (name, code) in [("actions", "actions"), ("indexes", "indexes"), ("expiresAt", "expires_at")] {
            if !sent.contains_key(name) {
                return Err(refuse(400, &format!("missing_api_key_{code}"), &format!("Missing field `{name}`.")));
            }
        }
        // A moment comes back as the server writes moments.
        let expires = match &sent["expiresAt"] {
            Json::Null => Json::Null,
            sent => match sent.as_str().unwrap_or_default().parse::<jiff::Timestamp>() {
                Ok(moment) if moment > jiff::Timestamp::now() => moment.to_string().into(),
                _ => return Err(refuse(400, "invalid_api_key_expires_at", "It is no moment in the future.")),
            },
        };
        let uid = match sent.get("uid").map(|uid| Uuid::try_parse(uid.as_str().unwrap_or_default())) {
            None => Uuid::new_v4(),
            Some(Ok(uid)) => uid,
            Some(Err(_)) => return Err(refuse(400, "invalid_api_key_uid", "It is no UUID.")),
        };
        let mut secret = DefaultHasher::new();
        (MASTER_KEY, uid).hash(&mut secret);
        let mut key = sent.clone();
        for (name, value) in [
            ("uid", uid.to_string().into()),
            ("key", format!("{:064x}", secret.finish()).into()),
            ("expiresAt", expires),
            ("createdAt", now()),
            ("updatedAt", now()),
        ] {
            key.insert(name.to_owned(), value);
        }
        for name in ["name", "description"] {
            key.entry(name).or_insert(Json::Null);
        }
        let place = ("keys", uid.to_string());
        let mut objects = self.objects();
        if objects.contains_key(&place) {
            return Err(refuse(409, "api_key_already_exists", &format!("`uid` field value `{uid}` is already an existing API key.")));
        }
        objects.insert(place, key.clone());
        Ok((201, Json::Object(key)))
    }

    fn make_webhook(&self, sent: &Map<String, Json>) -> Result<Answer, Answer> {
        only(sent, &["url", "headers"], &["uuid", "isEditable"], "webhook")?;
        let id = Uuid::new_v4().to_string();
        let mut webhook = Map::from_iter([
            ("uuid".to_owned(), id.clone().into()),
            ("isEditable".to_owned(), true.into()),
            ("url".to_owned(), Json::Null),
            ("headers".to_owned(), json!({})),
        ]);
        change_webhook(&mut webhook, sent)?;
        self.objects().insert(("webhooks", id), webhook.clone());
        Ok((201, shown(webhook)))
    }

    fn one(&self, collection: &'static str, id: &str, missing: &str, method: &str, body: &[u8]) -> Answer {
        let mut objects = self.objects();
        let place = (collection, id.to_owned());
        let Some(object) = objects.get_mut(&place) else { return refuse(404, missing, &format!("`{id}` not found.")) };
        match method {
            "GET" => (200, shown(object.clone())),
            "PATCH" => with_object(body, |sent| {
                match collection {
                    "keys" => change_key(object, sent)?,
                    _ => change_webhook(object, sent)?,
                }
                Ok((200, shown(object.clone())))
            }),
            "DELETE" => {
                objects.remove(&place);
                (204, Json::Null)
            }
            _ => refuse(405, "method_not_allowed", "There is no such method."),
        }
    }
}

fn change_key(key: &mut Map<String, Json>, sent: &Map<String, Json>) -> Result<(), Answer> {
    only(sent, &["name", "description"], &["uid", "actions", "indexes", "expiresAt", "createdAt", "updatedAt"], "api_key")?;
    key.extend(sent.clone());
    key.insert("updatedAt".to_owned(), now());
    Ok(())
}

fn change_webhook(webhook: &mut Map<String, Json>, sent: &Map<String, Json>) -> Result<(), Answer> {
    only(sent, &["url", "headers"], &["uuid", "isEditable"], "webhook")?;
    if let Some(url) = sent.get("url") {
        webhook.insert("url".to_owned(), url.clone());
    }
    let headers = webhook["headers"].as_object_mut().unwrap();
    for (name, value) in sent.get("headers").and_then(Json::as_object).into_iter().flatten() {
        match value {
            Json::Null => headers.remove(name),
            value => headers.insert(name.clone(), value.clone()),
        };
    }
    match webhook["url"].as_str().map(url::Url::parse) {
        Some(Ok(_)) => Ok(()),
        _ => Err(refuse(400, "invalid_webhook_url", "It is no URL.")),
    }
}

/// Without what nobody is shown.
fn shown(mut object: Map<String, Json>) -> Json {
    if let Some(secret) = object.get_mut("headers").and_then(|headers| headers.get_mut("Authorization")) {
        *secret = "Bearer XXXXXX...".into();
    }
    Json::Object(object)
}
