//! The same configuration through both faces creates the same object, and the same change makes the same requests: for every
//! attribute of every resource.

use super::{
    adoption::everywhere,
    console::lives::{self, with_project},
    identity_lives,
    lifecycle::{Hydra, all_ways, path},
    relationships::{Keto, in_namespace, in_scope, with_subject_id, with_subject_set},
    talos,
};
use crate::shares::Share;
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    terraform::{
        core::Core,
        samples::{self, Way},
    },
};
use janiform::{
    emulator::Profile,
    engine::Engine,
    frontends::pulumi::{Server, names},
    ory::{
        ORY,
        resources::{identity, relationship, relationships},
    },
    schema::Resource,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use url::Url;

/// Everything that there is to make.
pub fn ways() -> Vec<Way> {
    let mut ways = all_ways();
    ways.push(Way::only(&identity::RESOURCE, identity_lives::known));
    ways.extend([with_subject_id, with_subject_set].map(|known| Way::only(&relationship::RESOURCE, known)));
    ways.extend([in_scope, in_namespace].map(|known| Way::only(&relationships::RESOURCE, known)));
    ways.extend(talos::lives::bounded_ways());
    ways.extend(lives::ways());
    ways
}

/// What a server holds of an object, raw.
pub async fn held(url: &str, way: &Way, id: &str) -> Json {
    let mut encoded = Url::parse(url).unwrap();
    encoded.path_segments_mut().unwrap().push(id);
    let segment = &encoded.path()[1..];
    let path = match way.resource {
        "api_key" | "imported_api_key" => return talos::held(url, way.resource, id).await,
        "relationship" | "relationships" => return Json::Array(Keto::at(url).list(id).await),
        "project"
        | "project_api_key"
        | "workspace_api_key"
        | "organization"
        | "onboarding_portal_link"
        | "event_stream"
        | "custom_domain"
        | "action"
        | "email_template"
        | "social_provider"
        | "saml_provider"
        | "scim_client"
        | "identity_schema"
        | "permission_namespaces" => {
            return lives::held(url, way.resource, id).await.expect("an object");
        }
        "identity" => format!("identities/{segment}?include_credential=password&include_credential=oidc"),
        resource => path(resource, segment),
    };
    let (status, body) = Hydra::at(url).ask("GET", &path, None).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// Without what servers choose anew for each object.
fn comparable(mut object: Json, way: &Way, config: &Json) -> Json {
    let mut chosen =
        vec!["id", "client_id", "created_at", "updated_at", "state_changed_at", "verified_at", "schema_url", "hashed_password"];
    if way.resource.ends_with("_api_key") {
        chosen.extend(["project_id", "workspace_id", "owner_id", "last_characters"]);
    }
    if ["api_key", "imported_api_key"].contains(&way.resource) {
        chosen.extend(["key_id", "create_time", "update_time", "expire_time"]);
    }
    if way.resource == "onboarding_portal_link" {
        chosen.extend(["project_id", "value"]);
        if config.get("expires_at").is_none() {
            chosen.push("expires_at");
        }
    }
    if config.get("client_id").is_some() {
        chosen.retain(|name| *name != "client_id");
    }
    if way.resource == "json_web_key_set" && config.get("algorithm").is_some() {
        chosen.extend(["x", "y", "d"]);
        if config.get("key_id").is_none() {
            chosen.push("kid");
        }
    }
    strip(&mut object, &chosen);
    object
}

fn strip(value: &mut Json, names: &[&str]) {
    match value {
        Json::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|member| strip(member, names));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| strip(item, names)),
        _ => {}
    }
}

#[test]
fn every_resource_is_made() {
    let ways = ways();
    // Nobody can delete a workspace, and settings have some hundred attributes: they live in tests of their own.
    let elsewhere = ["workspace", "project_config", "project_raw_config"];
    let mut all = ORY.resources().filter(|entry| !elsewhere.contains(&entry.resource.name));
    assert!(all.all(|entry| ways.iter().any(|way| way.resource == entry.resource.name)));
}

mod both_faces_make_the_same {
    in_shares!(super::make_the_same);
}

async fn make_the_same(share: Share) {
    // What one of them makes would be in the way of the other.
    let servers = [identity_lives::kratos(Profile::V26_2).await, identity_lives::kratos(Profile::V26_2).await];
    let [terraformed, pulumied] = servers.each_ref().map(janiform::emulator::Running::url);
    let mut core = Core::direct(&ORY, with_project(everywhere(&terraformed), &terraformed).await).await.unwrap();
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &with_project(everywhere(&pulumied), &pulumied).await)).await.unwrap();
    for way in &share.of(ways()).collect::<Vec<_>>() {
        let resource = ORY.resources().find(|entry| entry.resource.name == way.resource).unwrap().resource;
        let (type_name, token) = (format!("ory_{}", resource.name), names::resource_token("ory", resource.name));
        let mut thing = core.thing(&type_name);
        // One object goes through all of it: the next attribute's configurations are without this one.
        for config in configs(resource, way) {
            // Each configuration is that of another run.
            core.restart().await.unwrap();
            core.apply(&mut thing, &config).await.unwrap();
            host.up(&token, "it", &spell(&resource.table, &config)).await.unwrap();
            let ids = [thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned(), host.state["it"].id.clone()];
            let made = [held(&terraformed, way, &ids[0]).await, held(&pulumied, way, &ids[1]).await];
            let [ours, theirs] = made.map(|object| comparable(object, way, &config));
            assert_eq!(ours, theirs, "{type_name}: {config}");
        }
        core.destroy(&mut thing).await.unwrap();
        host.destroy().await.unwrap();
    }
}

/// Each attribute's values, one after the other, and nothing but what is needed in the end.
fn configs(resource: &'static Resource, way: &Way) -> Vec<Json> {
    let mut all = Vec::new();
    for attr in resource.table.attrs().filter(|attr| attr.configurable()) {
        let version = format!("{}_version", attr.name);
        for value in samples::values(attr, way.known).iter().take(2) {
            let Some(mut config) = samples::with(resource, &way.base, attr, value, way.known) else { continue };
            // Only its version tells Terraform of a new write-only value.
            if attr.write_only && config[attr.name].is_string() {
                config[&version] = json!(all.len().to_string());
            }
            all.push(config);
        }
    }
    all.push(way.base.clone());
    all
}
