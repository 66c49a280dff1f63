//! Actions, templates of messages, identity schemas and permission models: parts of a project's document, changed and read without
//! the provider.

use super::{
    ask,
    lives::{self, Console},
};
use crate::{support::stored, terraform::samples::Way};
use janiform::{
    ory::resources::{action, email_template, identity_schema, permission_namespaces},
    schema::{Attr, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

pub fn is_one(resource: &str) -> bool {
    matches!(resource, "action" | "email_template" | "identity_schema" | "permission_namespaces")
}

/// What the project at this URL holds of it.
pub async fn held(url: &str, project: &str, resource: &str, id: &str) -> Option<Json> {
    let (_, document) = ask(url, "GET", &format!("/projects/{project}"), None).await;
    let place = place(&document, resource, id)?;
    document.pointer(&place).cloned()
}

/// Whether there is one. An SMS that somebody else has written stays.
pub fn is_there(resource: &str, held: &Json) -> bool {
    resource != "email_template" || says(&held["email"])
}

/// Changes this attribute, and else nothing; whether that can be.
pub async fn change(console: &Console, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
    let operations = match (resource.name, attr.name) {
        ("identity_schema", _) => return false,
        // What is not there is not there: the whole is gone.
        ("permission_namespaces", _) if value.is_none() => return false,
        ("permission_namespaces", "source") => {
            let Some(text) = value.and_then(Value::as_str) else { return false };
            json!([{ "op": "add", "path": NAMESPACES, "value": { "location": sent(text) } }])
        }
        ("permission_namespaces", "namespaces") => {
            let names = stored::kind_to_json(&attr.kind, value.unwrap_or(&Value::Null));
            let value: Json = names.as_array().unwrap().iter().zip(1..).map(|(name, id)| json!({ "id": id, "name": name })).collect();
            json!([{ "op": "add", "path": NAMESPACES, "value": value }])
        }
        ("permission_namespaces", _) => return false,
        // What identifies it is another one's.
        _ if !attr.configurable() || !attr.remote() || attr.replaces => return false,
        _ => {
            let Some(place) = at(console, resource.name, id).await else { return false };
            let path = format!("{place}/{}", attr.pointer());
            match value {
                Some(value) => added(console, &path, stored::kind_to_json(&attr.kind, value)).await,
                None => json!([{ "op": "remove", "path": path }]),
            }
        }
    };
    patch(console, operations).await
}

/// Takes it away.
pub async fn remove(console: &Console, resource: &str, id: &str) {
    let place = at(console, resource, id).await.unwrap();
    assert!(patch(console, json!([{ "op": "remove", "path": place }])).await);
}

/// Patches the project past the provider; whether that was taken, and can be seen.
async fn patch(console: &Console, operations: Json) -> bool {
    let at = format!("/projects/{}", console.project);
    let services = async || ask(&console.url, "GET", &at, None).await.1["services"].take();
    let before = services().await;
    ask(&console.url, "PATCH", &at, Some(&operations)).await.0 == 200 && services().await != before
}

/// Where it is in the document.
async fn at(console: &Console, resource: &str, id: &str) -> Option<String> {
    let (_, document) = ask(&console.url, "GET", &format!("/projects/{}", console.project), None).await;
    place(&document, resource, id)
}

/// Whether there is a text in it.
fn says(value: &Json) -> bool {
    match value {
        Json::Object(members) => members.values().any(says),
        value => value.as_str().is_some_and(|text| !text.is_empty()),
    }
}

/// Where what has this id is in the document, if it is there.
fn place(document: &Json, resource: &str, id: &str) -> Option<String> {
    const CONFIG: &str = "/services/identity/config";
    if resource == "permission_namespaces" {
        let is_there = document["id"] == id && document.pointer(NAMESPACES).is_some_and(|model| *model != json!([]));
        return is_there.then(|| NAMESPACES.to_owned());
    }
    if resource == "identity_schema" {
        let list = format!("{CONFIG}/identity/schemas");
        let place = document.pointer(&list)?.as_array()?.iter().position(|schema| schema["id"] == id)?;
        return Some(format!("{list}/{place}"));
    }
    if resource == "email_template" {
        let place = id.strip_suffix("_valid").map(|name| format!("{name}/valid"));
        let place = place.or_else(|| id.strip_suffix("_invalid").map(|name| format!("{name}/invalid"))).unwrap_or_else(|| id.to_owned());
        let place = format!("{CONFIG}/courier/templates/{place}");
        return document.pointer(&place).is_some_and(says).then_some(place);
    }
    let parts: Vec<_> = id.splitn(6, ':').collect();
    let [project, flow, timing, way, method, url] = parts[..] else { return None };
    let is_split = timing == "after" && ["login", "registration", "settings"].contains(&flow);
    let list = format!("{CONFIG}/selfservice/flows/{flow}/{timing}{}/hooks", if is_split { format!("/{way}") } else { String::new() });
    let hooks = document.pointer(&list).filter(|_| document["id"] == project)?.as_array()?;
    let place = hooks.iter().position(|hook| hook["config"]["url"] == url && hook["config"]["method"] == method)?;
    Some(format!("{list}/{place}"))
}

fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "flow" => vec![json!("registration"), json!("login")],
        "timing" => vec![json!("before"), json!("after")],
        "auth_method" => vec![json!("oidc"), json!("code"), json!("password")],
        "url" => vec![json!("https://a.example/hooks?of=a:b"), json!("https://b.example")],
        "template_type" => vec![json!("login_code_valid"), json!("verification_code_valid")],
        _ => return lives::known(name),
    })
}

/// Where the permission model of a project is.
const NAMESPACES: &str = "/services/permission/config/namespaces";
/// Permission models.
const MODELS: [&str; 2] = ["class User implements Namespace {}", "class Doc implements Namespace { related: { owners: Doc[] } }"];
/// Identity schemas; the name of the first is the id that the console gives it, so that an import knows it.
const SCHEMAS: [&str; 2] = [
    r#"{"properties":{"traits":{"type":"object"}},"type":"object"}"#,
    r#"{"properties":{"traits":{"type":"object","title":"Person"}},"type":"object"}"#,
];
const SCHEMA_ID: &str =
    "0bc02f4eae92d46e6947e6fa024dd2f05d15665cad029d8129aaa20d78840c62ac00f9a3d579818ba00ce9d9eced401a65646c6da007f274d69cd77eaa952d67";

fn sent(text: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    format!("base64://{}", BASE64_STANDARD.encode(text))
}

fn schemas(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "schema_id" => vec![json!(SCHEMA_ID)],
        "schema" => SCHEMAS.map(Json::from).into(),
        // The default one stays in the project: it has tests of its own.
        "set_default" => vec![json!(false)],
        // What is kept does not go.
        "on_destroy" => vec![json!("delete")],
        _ => return known(name),
    })
}

fn model(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "source" => MODELS.map(Json::from).into(),
        "namespaces" => vec![],
        _ => return known(name),
    })
}

fn names(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "source" => vec![],
        "namespaces" => vec![json!(["a", "b"]), json!(["c"])],
        _ => return known(name),
    })
}

/// All ways to say them.
pub fn ways() -> Vec<Way> {
    let action = |known| Way {
        base: json!({ "flow": "login", "timing": "after", "url": "https://a.example" }),
        ..Way::only(&action::RESOURCE, known)
    };
    let template = json!({ "template_type": "login_code_valid", "body_html": "<p>{{ .LoginCode }}</p>" });
    let schema = Way { base: json!({ "schema_id": SCHEMA_ID, "schema": SCHEMAS[0] }), ..Way::only(&identity_schema::RESOURCE, schemas) };
    let model = Way { base: json!({ "source": MODELS[0] }), ..Way::only(&permission_namespaces::RESOURCE, model) };
    let names = Way { base: json!({ "namespaces": ["a"] }), ..Way::only(&permission_namespaces::RESOURCE, names) };
    vec![
        action(without_credentials),
        action(with_password),
        action(with_key),
        action(with_written_password),
        action(with_written_key),
        Way { base: template, ..Way::only(&email_template::RESOURCE, known) },
        schema,
        model,
        names,
    ]
}

/// A hook that anybody may call.
pub fn without_credentials(name: &str) -> Option<Vec<Json>> {
    match name {
        "response_ignore" => Some(vec![]),
        name if name.starts_with("webhook_auth") => Some(vec![]),
        name => known(name),
    }
}

/// A hook that is let in by a password, and whose answer nobody waits for.
pub fn with_password(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "webhook_auth_type" => vec![json!("basic_auth")],
        "webhook_auth_basic_auth_password" => vec![json!("canary-of-a-hook-5521"), json!("canary-of-a-hook-5522")],
        "response_parse" | "can_interrupt" => vec![],
        name if name.contains("_wo") || name.contains("api_key") => vec![],
        name => return known(name),
    })
}

/// A hook that is let in by a key, and whose answer counts.
pub fn with_key(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "webhook_auth_type" => vec![json!("api_key")],
        "webhook_auth_api_key_value" => vec![json!("canary-of-a-hook-5521"), json!("canary-of-a-hook-5522")],
        "response_ignore" => vec![],
        name if name.contains("_wo") || name.contains("basic_auth") => vec![],
        name => return known(name),
    })
}

/// The same with a password that no state has.
pub fn with_written_password(name: &str) -> Option<Vec<Json>> {
    written(name, "webhook_auth_basic_auth_password").or_else(|| with_password(name))
}

/// The same with a key that no state has.
pub fn with_written_key(name: &str) -> Option<Vec<Json>> {
    written(name, "webhook_auth_api_key_value").or_else(|| with_key(name))
}

/// The write-only argument instead of this one.
fn written(name: &str, secret: &str) -> Option<Vec<Json>> {
    match name.strip_prefix(secret)? {
        "" => Some(vec![]),
        "_wo" => Some(vec![json!("canary-of-a-hook-5523"), json!("canary-of-a-hook-5524")]),
        _ => Some(vec![json!("1"), json!("2")]),
    }
}

/// The operation that puts a value there, with what is missing on its way.
async fn added(console: &Console, path: &str, mut value: Json) -> Json {
    let (_, document) = ask(&console.url, "GET", &format!("/projects/{}", console.project), None).await;
    let mut at = path.to_owned();
    while let Some((parent, name)) = at.clone().rsplit_once('/')
        && document.pointer(parent).is_none()
    {
        (at, value) = (parent.to_owned(), json!({ name: value }));
    }
    json!([{ "op": "add", "path": at, "value": value }])
}
