//! Objects that name their project, and those that leave it to the provider: another project means another object.

use super::{ask, project_at, provider};
use crate::{
    ory::queries::Faces,
    pulumi::{engine::Done, every::spell},
    support::faults::{Fault, Proxy},
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::{self, Options},
    ory::{ORY, resources::oauth2_client},
};
use serde_json::{Value as Json, json};

const CLIENT: &str = "ory_oauth2_client";

struct Place {
    url: String,
    id: String,
    slug: String,
    key: String,
}

impl Place {
    async fn new(url: &str) -> Place {
        let (id, slug) = project_at(url, "dev").await;
        let key = Place::key(url, &id).await;
        Place { url: format!("{url}/p/{slug}"), id, slug, key }
    }

    async fn key(url: &str, project: &str) -> String {
        let (_, key) = ask(url, "POST", &format!("/projects/{project}/tokens"), Some(&json!({ "name": "it" }))).await;
        key["value"].as_str().unwrap().to_owned()
    }

    /// The same project with another key, after all that it had are revoked.
    async fn rotated(&self, url: &str) -> Place {
        let tokens = format!("/projects/{}/tokens", self.id);
        for key in ask(url, "GET", &tokens, None).await.1.as_array().unwrap() {
            assert_eq!(ask(url, "DELETE", &format!("{tokens}/{}", key["id"].as_str().unwrap()), None).await.0, 204);
        }
        Place { key: Place::key(url, &self.id).await, id: self.id.clone(), slug: self.slug.clone(), url: self.url.clone() }
    }

    /// An object in it.
    fn holding(&self, mut object: Json) -> Json {
        object["project_slug"] = json!(self.slug);
        object["project_api_key"] = json!(self.key);
        object
    }

    /// The answer to a request in it, past the provider.
    async fn ask(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let mut request = crate::support::client().request(method.parse().unwrap(), format!("{}{path}", self.url)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn has_client(&self) -> bool {
        self.ask("GET", "/admin/clients/mv", None).await.0 == 200
    }

    async fn grants(&self) -> usize {
        let (_, found) = self.ask("GET", "/relation-tuples?namespace=N", None).await;
        found["relation_tuples"].as_array().unwrap().len()
    }
}

fn client() -> Json {
    json!({ "client_id": "mv", "client_name": "mv" })
}

#[tokio::test]
async fn in_another_project_there_is_another_object() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let (a, b) = (Place::new(&url).await, Place::new(&url).await);
    let Faces { mut core, mut host } = Faces::with(provider(&url)).await;
    let mut thing = core.thing(CLIENT);
    core.apply(&mut thing, &a.holding(client())).await.unwrap();
    // A new key of the same project is no other project.
    let a = a.rotated(&url).await;
    assert_eq!(core.apply(&mut thing, &a.holding(client())).await.unwrap(), Action::Update);
    // An object of somebody else is not taken over.
    let theirs = json!({ "client_id": "mv", "client_name": "theirs" });
    assert_eq!(b.ask("POST", "/admin/clients", Some(&theirs)).await.0, 201);
    let planned = core.plan(&thing, &b.holding(client())).await.unwrap();
    assert_eq!(planned.action, Action::Replace);
    let stop = core.apply(&mut thing, &b.holding(client())).await.unwrap_err();
    assert!(stop.says("already"), "{stop:?}");
    assert_eq!(b.ask("GET", "/admin/clients/mv", None).await.1["client_name"], "theirs");
    assert_eq!(b.ask("DELETE", "/admin/clients/mv", None).await.0, 204);
    core.apply(&mut thing, &b.holding(client())).await.unwrap();
    assert!(!a.has_client().await && b.has_client().await);
    core.settled(&thing, &b.holding(client())).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    // A grant does not stay where it was.
    let namespace = |at: &Place| json!({ "project_id": at.id, "namespaces": ["N"] });
    for at in [&a, &b] {
        let mut model = core.thing("ory_permission_namespaces");
        core.apply(&mut model, &namespace(at)).await.unwrap();
    }
    let grant = json!({ "namespace": "N", "object": "o", "relation": "r", "subject_id": "s" });
    let mut thing = core.thing("ory_relationship");
    core.apply(&mut thing, &a.holding(grant.clone())).await.unwrap();
    assert_eq!(core.apply(&mut thing, &b.holding(grant)).await.unwrap(), Action::Replace);
    assert_eq!((a.grants().await, b.grants().await), (0, 1));
    // The same in Pulumi.
    let token = "ory:index/oauth2Client:Oauth2Client";
    let program = |at: &Place| spell(&oauth2_client::RESOURCE.table, &at.holding(client()));
    host.up(token, "it", &program(&a)).await.unwrap();
    assert_eq!(host.up(token, "it", &program(&b)).await.unwrap().done, Done::Replaced);
    assert!(!a.has_client().await && b.has_client().await);
    host.destroy().await.unwrap();
    assert!(!b.has_client().await);
}

#[tokio::test]
async fn an_object_that_names_the_providers_project_stays() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let (a, b) = (Place::new(&url).await, Place::new(&url).await);
    let mut core = Core::direct(&ORY, a.holding(provider(&url))).await.unwrap();
    let mut thing = core.thing(CLIENT);
    core.apply(&mut thing, &client()).await.unwrap();
    assert_eq!(core.plan(&thing, &b.holding(client())).await.unwrap().action, Action::Replace);
    assert_eq!(core.apply(&mut thing, &a.holding(client())).await.unwrap(), Action::Update);
    // An import reads with the provider's key.
    let mut thing = core.import(CLIENT, "mv").await.unwrap();
    assert_eq!(core.apply(&mut thing, &a.holding(client())).await.unwrap(), Action::Update);
    assert_eq!(core.apply(&mut thing, &client()).await.unwrap(), Action::Update);
    core.settled(&thing, &client()).await.unwrap();
    // Without its own project, it is in no project that is known.
    let mut other = Core::direct(&ORY, provider(&url)).await.unwrap();
    let stop = other.import(CLIENT, "mv").await.unwrap_err();
    assert!(stop.says("An import reads with these"), "{stop:?}");
}

/// The provider's own project stands for nothing there.
#[tokio::test]
async fn an_object_on_a_self_hosted_server_is_in_no_project() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let a = Place::new(&url).await;
    let mut config = a.holding(provider(&url));
    (config["hydra_admin_url"], config["hydra_public_url"]) = (json!(url), json!(url));
    let mut core = Core::direct(&ORY, config).await.unwrap();
    let mut thing = core.thing(CLIENT);
    core.apply(&mut thing, &client()).await.unwrap();
    assert!(!a.has_client().await);
    assert_eq!(core.apply(&mut thing, &a.holding(client())).await.unwrap(), Action::Replace);
    assert!(a.has_client().await);
}

/// A refresh only knows the state.
#[tokio::test]
async fn a_key_that_was_revoked_is_replaced_by_the_next_apply() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let proxy = Proxy::to(&emulator.url()).await;
    let url = proxy.url();
    let a = Place::new(&url).await;
    let mut core = Core::direct(&ORY, provider(&url)).await.unwrap();
    let mut thing = core.thing(CLIENT);
    core.apply(&mut thing, &a.holding(client())).await.unwrap();
    // What has nothing to do with the key is an error.
    proxy.then("GET", Fault::Answer(400, "application/json", r#"{"error":"bad"}"#));
    core.refresh(&mut thing).await.unwrap_err();
    let renewed = a.rotated(&url).await;
    assert_eq!(core.apply(&mut thing, &renewed.holding(client())).await.unwrap(), Action::Update);
    let said = format!("{:?}", core.warnings);
    assert!(said.contains("The object was not refreshed") && said.contains("project_api_key") && !said.contains(&a.key), "{said}");
    core.warnings.clear();
    core.settled(&thing, &renewed.holding(client())).await.unwrap();
    assert!(core.warnings.is_empty(), "{:?}", core.warnings);
    // The provider's own key is in its configuration: there, it is an error.
    let mut other = Core::direct(&ORY, a.holding(provider(&url))).await.unwrap();
    let stop = other.import(CLIENT, "mv").await.unwrap_err();
    assert!(stop.says("did not accept the credentials"), "{stop:?}");
    core.destroy(&mut thing).await.unwrap();
    assert!(!renewed.has_client().await);
}

#[tokio::test]
async fn a_plan_says_that_the_provider_has_another_project() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let (a, b) = (Place::new(&url).await, Place::new(&url).await);
    let of = |at: &Place| {
        let mut config = provider(&url);
        config["project_id"] = json!(at.id);
        config
    };
    let mut core = Core::direct(&ORY, of(&a)).await.unwrap();
    let mut thing = core.thing("ory_project_config");
    let config = json!({ "cors_enabled": true });
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    assert!(core.warnings.is_empty(), "{:?}", core.warnings);
    let mut core = Core::direct(&ORY, of(&b)).await.unwrap();
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::NoOp);
    let said = format!("{:?}", core.warnings);
    assert!(said.contains("project_id is not that of the provider") && said.contains(&a.id) && said.contains(&b.id), "{said}");
    // Once it is said, it is meant.
    core.warnings.clear();
    let named = json!({ "project_id": a.id, "cors_enabled": true });
    assert_eq!(core.plan(&thing, &named).await.unwrap().action, Action::NoOp);
    assert!(core.warnings.is_empty(), "{:?}", core.warnings);
}
