//! If only a spelling changes, or an attribute that controls the provider, nothing is written, for any kind of object and through
//! both faces: a write would invalidate a registration token, and report a change to others.

use super::{
    adoption::everywhere,
    both_faces::{held, ways},
    console::lives::with_project,
    identity_lives,
};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    shares::Share,
    support::{faults::Proxy, stored},
    terraform::{
        core::Core,
        samples::{self, Way},
    },
};
use janiform::{
    emulator::{Profile, Running},
    engine::Engine,
    frontends::pulumi::{Server, names},
    ory::ORY,
    schema::{Attr, Codec, EmptyText, Guards, Kind, Presence, Resource},
};
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, sync::Arc};

fn resource(name: &str) -> &'static Resource {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap().resource
}

/// The forms in which a configuration can say of the attribute what it says without it, and what is not of the object.
fn forms(resource: &Resource, attr: &'static Attr) -> Vec<Json> {
    let is_trigger = attr.name.strip_suffix("_version").is_some_and(|name| resource.table.index(name).is_some());
    if attr.presence != Presence::Optional && attr.presence != Presence::OrServer || attr.write_only || is_trigger {
        return Vec::new();
    }
    if attr.guards == Some(Guards::Deletion) {
        return vec![json!(true), json!(false)];
    }
    if !attr.remote() {
        // Another project is another place.
        return if attr.replaces { Vec::new() } else { samples::values(attr, identity_lives::known) };
    }
    if attr.presence == Presence::OrServer || attr.empty_counts {
        return Vec::new();
    }
    let mut forms: Vec<_> = attr.unset_as.iter().chain(&attr.default).map(|same| stored::kind_to_json(&attr.kind, &same.value())).collect();
    match attr.kind {
        Kind::List(_) => forms.push(json!([])),
        Kind::String if attr.codec == Codec::Json => forms.extend([json!("{}"), json!("null")]),
        _ => {}
    }
    if attr.empty_text() == EmptyText::Unset {
        forms.push(json!(""));
    }
    forms
}

/// Configurations that mean what the way's own does, each with one attribute in another form.
fn respelled(way: &Way) -> Vec<(&'static str, Json)> {
    let resource = resource(way.resource);
    let mut all = Vec::new();
    for attr in resource.table.attrs() {
        for form in forms(resource, attr) {
            let config = samples::with(resource, &way.base, attr, &form, way.known);
            // What needs others beside it changes those too.
            all.extend(
                config
                    .filter(|config| config.as_object().unwrap().len() == way.base.as_object().unwrap().len() + 1)
                    .map(|config| (attr.name, config)),
            );
        }
        // What has to be set has other spellings too.
        if let Some(other) = way.base.get(attr.name).and_then(|value| samples::respelled(attr, value)) {
            let mut config = way.base.clone();
            config[attr.name] = other;
            all.push((attr.name, config));
        }
    }
    all
}

struct Setup {
    proxy: Proxy,
    emulator: Running,
}

impl Setup {
    async fn new() -> Setup {
        let emulator = identity_lives::kratos(Profile::V26_2).await;
        Setup { proxy: Proxy::to(&emulator.url()).await, emulator }
    }

    async fn config(&self) -> Json {
        with_project(everywhere(&self.proxy.url()), &self.emulator.url()).await
    }

    fn writes(&self) -> Vec<String> {
        self.proxy.asked().into_iter().map(|(line, _)| line).filter(|line| !line.starts_with("GET")).collect()
    }
}

/// What a write would change in a state although it changes nothing of the object.
fn told(state: &Json) -> BTreeMap<&'static str, Json> {
    let all = ["registration_access_token", "registrationAccessToken", "client_secret", "clientSecret", "updated_at", "updatedAt"];
    all.into_iter().map(|name| (name, state[name].clone())).collect()
}

mod nothing_is_written_under_terraform {
    in_shares!(super::under_terraform);
}

mod nothing_is_written_under_pulumi {
    in_shares!(super::under_pulumi);
}

async fn under_terraform(share: Share) {
    let setup = Setup::new().await;
    let mut core = Core::direct(&ORY, setup.config().await).await.unwrap();
    for way in &share.of(ways()).collect::<Vec<_>>() {
        let mut thing = core.thing(&format!("ory_{}", way.resource));
        core.apply(&mut thing, &way.base).await.unwrap();
        let state = |thing: &crate::terraform::core::Thing| thing.state.as_ref().unwrap().value.to_json();
        let (before, id) = (state(&thing), state(&thing)["id"].as_str().unwrap().to_owned());
        let object = held(&setup.emulator.url(), way, &id).await;
        setup.proxy.asked();
        let all = respelled(way);
        assert!(all.len() > 1, "{}: {all:?}", way.resource);
        for (name, config) in &all {
            for config in [config, &way.base] {
                core.apply(&mut thing, config).await.unwrap_or_else(|stop| panic!("{}.{name}: {stop:?}", way.resource));
                assert_eq!(setup.writes(), [] as [String; 0], "{}.{name}", way.resource);
                assert_eq!(told(&state(&thing)), told(&before), "{}.{name}", way.resource);
            }
        }
        assert_eq!(held(&setup.emulator.url(), way, &id).await, object);
        core.destroy(&mut thing).await.unwrap();
    }
}

async fn under_pulumi(share: Share) {
    let setup = Setup::new().await;
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &setup.config().await)).await.unwrap();
    for way in &share.of(ways()).collect::<Vec<_>>() {
        let (table, token) = (&resource(way.resource).table, names::resource_token(ORY.name, way.resource));
        host.up(&token, "it", &spell(table, &way.base)).await.unwrap();
        let (before, id) = (host.state["it"].outputs.clone(), host.state["it"].id.clone());
        let object = held(&setup.emulator.url(), way, &id).await;
        setup.proxy.asked();
        for (name, config) in &respelled(way) {
            for config in [config, &way.base] {
                host.up(&token, "it", &spell(table, config)).await.unwrap_or_else(|stop| panic!("{token}.{name}: {stop:?}"));
                assert_eq!(setup.writes(), [] as [String; 0], "{token}.{name}");
                assert_eq!(told(&host.state["it"].outputs), told(&before), "{token}.{name}");
            }
        }
        assert_eq!(held(&setup.emulator.url(), way, &id).await, object);
        host.destroy().await.unwrap();
    }
}
