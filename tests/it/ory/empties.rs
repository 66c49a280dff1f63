//! The empty text, for every optional text attribute, through both faces: it is a value of its own, or refused when it
//! is planned, or another spelling of "not set". In the last case the server gets the same as for an unset attribute, and the
//! state keeps the empty text. And required attributes that are empty on the server.

use super::{
    adoption::everywhere,
    both_faces::{held, ways},
    console::lives::with_project,
    identity_lives,
    lifecycle::Hydra,
};
use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host},
        every::spell,
        wire::plain,
    },
    shares::Share,
    support::{self, faults::Proxy, stored},
    terraform::{
        core::{Action, Core, Stop},
        samples::{self, Way},
    },
};
use janiform::{
    emulator::Profile,
    engine::{Engine, has_errors, validate},
    frontends::pulumi::{Server, names},
    ory::ORY,
    schema::{Attr, Kind, Presence, Resource},
};
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, sync::Arc};

/// A server for everything, and both faces of a provider that reaches it.
struct Setup {
    core: Core,
    host: Host,
    proxy: Proxy,
    url: String,
    _emulator: janiform::emulator::Running,
}

impl Setup {
    async fn new() -> Setup {
        let emulator = identity_lives::kratos(Profile::V26_2).await;
        let (url, proxy) = (emulator.url(), Proxy::to(&emulator.url()).await);
        let config = with_project(everywhere(&proxy.url()), &url).await;
        let core = Core::direct(&ORY, config.clone()).await.unwrap();
        let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
        host.configure(spell(ORY.config, &config)).await.unwrap();
        Setup { core, host, proxy, url, _emulator: emulator }
    }

    /// The bodies of the writes since the last time.
    fn written(&self) -> Vec<Json> {
        let writes = self.proxy.asked().into_iter().filter(|(line, _)| !line.starts_with("GET"));
        writes.map(|(_, body)| serde_json::from_str(&body).unwrap_or_default()).collect()
    }
}

fn resource(name: &str) -> &'static Resource {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap().resource
}

/// The texts of a resource that may be left out in this way to make one.
fn optional(way: &Way) -> impl Iterator<Item = &'static Attr> + use<'_> {
    let is_text = |attr: &&Attr| matches!(attr.kind, Kind::String) && attr.configurable() && attr.presence != Presence::Required;
    resource(way.resource).table.attrs().filter(is_text).filter(|attr| way.base.get(attr.name).is_none())
}

/// The configuration with the attribute empty and what that needs; `None` where it is refused.
fn empty(way: &Way, attr: &Attr) -> Option<Json> {
    samples::with(resource(way.resource), &way.base, attr, &json!(""), way.known)
}

/// The same with a value, and everything else as there.
fn filled(way: &Way, attr: &Attr) -> Option<Json> {
    let value = samples::values(attr, way.known).into_iter().find(|value| *value != json!(""))?;
    samples::with(resource(way.resource), &way.base, attr, &value, way.known)
}

/// Without the attribute.
fn without(config: &Json, attr: &Attr) -> Json {
    let mut config = config.clone();
    config.as_object_mut().unwrap().remove(attr.name);
    config
}

fn names(all: &BTreeSet<String>) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

/// Every text that may be left out is refused when it is empty, or means nothing. A new one has to find its place here.
#[test]
fn every_text_attribute_declares_its_empty_form() {
    let (mut refused, mut unset) = (BTreeSet::new(), BTreeSet::new());
    for way in &ways() {
        // Conflicts with what this way is about say nothing of the attribute.
        let here = optional(way).filter(|attr| filled(way, attr).is_some());
        for attr in here {
            let place = if empty(way, attr).is_some() { &mut unset } else { &mut refused };
            place.insert(format!("{}.{}", way.resource, attr.name));
        }
    }
    assert_eq!(refused.intersection(&unset).count(), 0, "it depends on the way");
    // There is a closed list of values; or, where nothing is said of them, somebody else decides, or nobody could read what
    // is there, or another project is meant.
    assert_eq!(
        names(&refused),
        [
            "action.auth_method",
            "action.method",
            "action.webhook_auth_api_key_in",
            "action.webhook_auth_api_key_value",
            "action.webhook_auth_api_key_value_wo",
            "action.webhook_auth_api_key_value_wo_version",
            "action.webhook_auth_basic_auth_password",
            "action.webhook_auth_basic_auth_password_wo",
            "action.webhook_auth_basic_auth_password_wo_version",
            "action.webhook_auth_type",
            "api_key.project_api_key",
            "api_key.project_slug",
            "api_key.renew_before",
            "api_key.revocation_description",
            "api_key.revocation_reason",
            "api_key.seal_to",
            "api_key.visibility",
            "custom_domain.wait_for_verification",
            "email_template.subject",
            "event_stream.status",
            "identity.hashed_password",
            "identity.hashed_password_wo",
            "identity.hashed_password_wo_version",
            "identity.organization_id",
            "identity.password",
            "identity.password_wo",
            "identity.password_wo_version",
            "identity.project_api_key",
            "identity.project_slug",
            "identity.state",
            "identity_schema.on_destroy",
            "imported_api_key.on_destroy",
            "imported_api_key.project_api_key",
            "imported_api_key.project_slug",
            "imported_api_key.renew_before",
            "imported_api_key.visibility",
            "json_web_key_set.key_id",
            "json_web_key_set.project_api_key",
            "json_web_key_set.project_id",
            "json_web_key_set.project_slug",
            "json_web_key_set.use",
            "oauth2_client.client_id",
            "oauth2_client.client_secret",
            "oauth2_client.client_secret_wo",
            "oauth2_client.client_secret_wo_version",
            "oauth2_client.jwks_wo",
            "oauth2_client.jwks_wo_version",
            "oauth2_client.project_api_key",
            "oauth2_client.project_slug",
            "oauth2_client.scope",
            "oauth2_client.subject_type",
            "oauth2_client.token_endpoint_auth_method",
            "oauth2_client.userinfo_signed_response_alg",
            "oidc_dynamic_client.jwks_wo",
            "oidc_dynamic_client.jwks_wo_version",
            "oidc_dynamic_client.project_api_key",
            "oidc_dynamic_client.project_slug",
            "oidc_dynamic_client.scope",
            "oidc_dynamic_client.subject_type",
            "oidc_dynamic_client.token_endpoint_auth_method",
            "oidc_dynamic_client.userinfo_signed_response_alg",
            "onboarding_portal_link.expires_at",
            "relationship.project_api_key",
            "relationship.project_slug",
            "relationships.project_api_key",
            "relationships.project_slug",
            "saml_provider.acs_url",
            "saml_provider.binding",
            "saml_provider.engine",
            "saml_provider.idp_metadata_url",
            "saml_provider.sp_entity_id",
            "saml_provider.state",
            "saml_provider.update_identity_on_login",
            "scim_client.state",
            "social_provider.account_linking_mode",
            "social_provider.apple_private_key",
            "social_provider.base_redirect_uri",
            "social_provider.pkce",
            "social_provider.state",
            "social_provider.update_identity_on_login",
            "trusted_oauth2_jwt_grant_issuer.project_api_key",
            "trusted_oauth2_jwt_grant_issuer.project_slug",
        ]
    );
    for name in ["oauth2_client.jwks", "oauth2_client.metadata", "oauth2_client.client_credentials_grant_access_token_lifespan"] {
        assert!(unset.contains(name), "{name}");
    }
    assert!(unset.len() > 50, "{unset:?}");
}

#[tokio::test]
async fn refused_empty_texts_are_refused_when_planned() {
    let mut setup = Setup::new().await;
    for way in &ways() {
        for attr in optional(way).filter(|attr| filled(way, attr).is_some() && empty(way, attr).is_none()) {
            let mut config = filled(way, attr).unwrap();
            config[attr.name] = json!("");
            let (name, token) = (format!("ory_{}", way.resource), names::resource_token(ORY.name, way.resource));
            let stop = setup.core.validate(&name, &config).await.unwrap_err();
            assert!(stop.says(attr.name), "{name}.{}: {stop:?}", attr.name);
            let program = spell(&resource(way.resource).table, &config);
            setup.host.check(&token, "it", &json!({}), &program).await.unwrap_err();
        }
    }
    assert_eq!(setup.proxy.asked(), []);
}

/// Where the API's object has the member of an attribute.
fn member<'a>(body: &'a Json, attr: &Attr) -> Option<&'a Json> {
    body.pointer(&format!("/{}", attr.pointer()))
}

/// What an update of an organization leaves out stays, and what it sends empty goes (Ory's description of its API). Of a custom
/// domain nothing says what becomes of it, so that all of it is sent.
fn is_the_way_to_clear(way: &Way) -> bool {
    matches!(way.resource, "organization" | "custom_domain")
}

/// Created empty, left out, filled, emptied: in the end what is there is what would be there without it.
async fn lives_under_terraform(setup: &mut Setup, way: &Way, attr: &'static Attr) -> Result<(), Stop> {
    let name = format!("ory_{}", way.resource);
    let (config, full) = (empty(way, attr).unwrap(), filled(way, attr).unwrap());
    let unset = without(&config, attr);
    let is_sent = |bodies: &[Json]| bodies.iter().any(|body| member(body, attr) == Some(&json!("")));

    let mut thing = setup.core.thing(&name);
    setup.core.apply(&mut thing, &config).await?;
    setup.core.settled(&thing, &config).await?;
    let written = setup.written();
    assert!(attr.empty_counts || !is_sent(&written), "{name}.{} is sent: {written:?}", attr.name);
    // Whatever is known once is not chosen anew.
    let secret = |thing: &crate::terraform::core::Thing| thing.state.as_ref().unwrap().value.get("client_secret").clone();
    let (id, before) = (id(&thing), secret(&thing));
    for config in [&unset, &config] {
        setup.core.apply(&mut thing, config).await?;
        setup.core.settled(&thing, config).await?;
        assert_eq!(setup.written(), [] as [Json; 0], "{name}.{}", attr.name);
        assert_eq!(secret(&thing), before, "{name}.{}", attr.name);
    }
    setup.core.apply(&mut thing, &full).await?;
    setup.core.apply(&mut thing, &config).await?;
    setup.core.settled(&thing, &config).await?;
    let written = setup.written();
    assert!(is_the_way_to_clear(way) || !is_sent(&written), "{name}.{} is sent: {written:?}", attr.name);
    if !attr.replaces && thing.state.as_ref().is_some_and(|_| attr.remote()) {
        let now = held(&setup.url, way, &id).await;
        assert!(member(&now, attr).is_none_or(|now| now != &full[attr.name]), "{name}.{}: {now}", attr.name);
    }
    setup.core.apply(&mut thing, &unset).await?;
    assert_eq!(setup.written(), [] as [Json; 0], "{name}.{}", attr.name);
    setup.core.settled(&thing, &unset).await?;
    setup.core.destroy(&mut thing).await?;
    setup.proxy.asked();
    Ok(())
}

fn id(thing: &crate::terraform::core::Thing) -> String {
    thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned()
}

async fn lives_under_pulumi(setup: &mut Setup, way: &Way, attr: &'static Attr) -> Result<(), crate::pulumi::engine::Stop> {
    let (table, token) = (&resource(way.resource).table, names::resource_token(ORY.name, way.resource));
    let (config, full) = (empty(way, attr).unwrap(), filled(way, attr).unwrap());
    let [config, full, unset] = [&config, &full, &without(&config, attr)].map(|config| spell(table, config));
    setup.host.up(&token, "it", &config).await?;
    setup.proxy.asked();
    for program in [&unset, &config] {
        setup.host.up(&token, "it", program).await?;
        assert_eq!(setup.written(), [] as [Json; 0], "{token}.{}", attr.name);
    }
    assert_eq!(setup.host.up(&token, "it", &config).await?.done, Done::Nothing);
    setup.host.up(&token, "it", &full).await?;
    setup.host.up(&token, "it", &config).await?;
    let written = setup.written();
    let is_sent = written.iter().any(|body| member(body, attr) == Some(&json!("")));
    assert!(is_the_way_to_clear(way) || !is_sent, "{token}.{} is sent: {written:?}", attr.name);
    setup.host.up(&token, "it", &unset).await?;
    assert_eq!(setup.written(), [] as [Json; 0], "{token}.{}", attr.name);
    setup.host.destroy().await?;
    setup.proxy.asked();
    Ok(())
}

mod an_empty_text_is_not_set {
    in_shares!(super::is_not_set);
}

async fn is_not_set(share: Share) {
    let mut setup = Setup::new().await;
    let mut failures = Vec::new();
    let mut runs = 0;
    let ways = ways();
    let all = ways.iter().flat_map(|way| {
        let lives = move |attr: &&Attr| !attr.empty_counts && filled(way, attr).is_some() && empty(way, attr).is_some();
        optional(way).filter(lives).map(move |attr| (way, attr))
    });
    for (way, attr) in share.of(all) {
        runs += 1;
        if let Err(stop) = lives_under_terraform(&mut setup, way, attr).await {
            failures.push(format!("{}.{} under Terraform: {stop:?}", way.resource, attr.name));
        }
        if let Err(stop) = lives_under_pulumi(&mut setup, way, attr).await {
            failures.push(format!("{}.{} under Pulumi: {stop:?}", way.resource, attr.name));
        }
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 12, "only {runs} ran");
}

/// What the tables require is never null, or both tools would write a program that is refused.
#[tokio::test]
async fn generated_configuration_of_an_import_is_accepted() {
    let mut setup = Setup::new().await;
    imported(&mut setup.core, &mut setup.host, &setup.url, "26.2").await;
}

#[tokio::test]
async fn generated_configuration_of_an_import_is_accepted_with_a_real_hydra() {
    let Some(real) = support::hydra().await else { return };
    let provider = super::lifecycle::provider(&real.admin, &real.public);
    let mut core = Core::direct(&ORY, provider.clone()).await.unwrap();
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider)).await.unwrap();
    imported(&mut core, &mut host, &real.admin, "2.3").await;
}

async fn imported(core: &mut Core, host: &mut Host, url: &str, release: &str) {
    let hydra = Hydra::at(url);
    let grant = json!({ "issuer": "i", "subject": "ann", "jwk": super::lifecycle::key("k"), "expires_at": "2031-01-01T00:00:00Z" });
    for (name, path, body) in [
        ("oauth2_client", "clients", json!({})),
        ("oauth2_client", "clients", json!({ "metadata": null })),
        ("oidc_dynamic_client", "clients", json!({})),
        ("trusted_oauth2_jwt_grant_issuer", "trust/grants/jwt-bearer/issuers", grant),
    ] {
        // Hydra 2.3 has no way to show the key of some issuers; not of this one.
        let (status, made) = hydra.ask("POST", path, Some(&body)).await;
        assert_eq!(status, 201, "{made}");
        let id = made.get("client_id").or(made.get("id")).unwrap().as_str().unwrap();
        let thing = core.import(&format!("ory_{name}"), id).await.unwrap();
        // As `terraform plan -generate-config-out` writes it: all that may be written and is not null.
        let state = thing.state.as_ref().unwrap().value.to_json();
        let table = &resource(name).table;
        let written = state
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, value)| !value.is_null() && table.index(name).is_some_and(|place| table.attr(place).configurable()));
        let config = Json::Object(written.map(|(name, value)| (name.clone(), value.clone())).collect());
        for attr in table.attrs().filter(|attr| attr.presence == Presence::Required) {
            assert!(config.get(attr.name).is_some(), "{release}: {name}.{} is null", attr.name);
        }
        assert!(!has_errors(&validate(resource(name), &stored::from_json(table, &config).unwrap())), "{config}");
        core.settled(&thing, &config).await.unwrap();
        // And as Pulumi does.
        let token = names::resource_token(ORY.name, name);
        let inputs = plain(&host.import(&token, "it", id).await.unwrap().unwrap().inputs);
        assert_eq!(host.up(&token, "it", &inputs).await.unwrap().done, Done::Nothing, "{inputs}");
        host.destroy().await.unwrap();
    }
}

#[tokio::test]
async fn json_null_is_no_metadata() {
    let mut setup = Setup::new().await;
    for nothing in ["null", " null ", "{}", ""] {
        let config = json!({ "client_name": "C", "metadata": nothing });
        let mut thing = setup.core.thing("ory_oauth2_client");
        setup.core.apply(&mut thing, &config).await.unwrap();
        setup.core.settled(&thing, &config).await.unwrap();
        let some = json!({ "client_name": "C", "metadata": r#"{"team":"a"}"# });
        setup.core.apply(&mut thing, &some).await.unwrap();
        assert_eq!(setup.core.apply(&mut thing, &config).await.unwrap(), Action::Update, "{nothing}");
        let held = Hydra::at(&setup.url).get(&id(&thing)).await.unwrap()["metadata"].clone();
        assert!(held == json!({}) || held == json!(null), "{nothing}: {held}");
        setup.core.settled(&thing, &config).await.unwrap();
        setup.core.destroy(&mut thing).await.unwrap();
    }
    // An identity's metadata may be any JSON, and null is none of it.
    let base = identity_lives::known("traits").unwrap()[0].clone();
    let config = json!({ "schema_id": "person", "traits": base, "metadata_public": "null", "metadata_admin": "null" });
    let mut thing = setup.core.thing("ory_identity");
    setup.core.apply(&mut thing, &config).await.unwrap();
    setup.core.settled(&thing, &config).await.unwrap();
}

/// What is needed has a value: no empty text stands for a missing JSON or moment.
#[tokio::test]
async fn required_texts_may_not_be_empty_without_a_meaning() {
    let mut setup = Setup::new().await;
    let grant = json!({ "issuer": "i", "subject": "ann", "scope": ["read"], "expires_at": "2031-01-01T00:00:00Z", "jwk": super::lifecycle::key("k").to_string() });
    let person = json!({ "schema_id": "person", "traits": r#"{"email":"a@example.com"}"# });
    for (name, config, required) in [
        ("trusted_oauth2_jwt_grant_issuer", &grant, "expires_at"),
        ("trusted_oauth2_jwt_grant_issuer", &grant, "jwk"),
        ("trusted_oauth2_jwt_grant_issuer", &grant, "issuer"),
        ("identity", &person, "traits"),
        ("json_web_key_set", &json!({ "set_id": "s", "algorithm": "ES256" }), "set_id"),
    ] {
        let mut config = config.clone();
        config[required] = json!("");
        assert!(setup.core.validate(&format!("ory_{name}"), &config).await.is_err(), "{name}.{required}");
    }
}
