//! Lists of objects, for `terraform query` and Pulumi's own lists: each shows all objects, with the identity by which
//! they can be imported, and with the values of the import.

use super::console::lives::{Console, ORGANIZATION};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell, wire::properties},
    terraform::core::Core,
};
use janiform::{
    emulator::{self, Options, Running},
    engine::{Engine, Offer},
    frontends::pulumi::{Server, names},
    ory::ORY,
    schema::ListResource,
};
use janiform_proto::pulumirpc::{ListRequest, list_response::Response};
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, sync::Arc};

struct Setup {
    emulator: Running,
    console: Console,
    core: Core,
    host: Host,
}

impl Setup {
    async fn new() -> Setup {
        let emulator = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
        let console = Console::at(&emulator.url()).await;
        let mut config = console.provider();
        let services = ["hydra_admin_url", "kratos_admin_url", "kratos_public_url", "keto_read_url", "keto_write_url", "talos_url"];
        services.iter().for_each(|name| config[*name] = emulator.url().into());
        let core = Core::new(&ORY, config.clone()).await.unwrap();
        let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
        let mut host = Host::start(server).await;
        host.configure(spell(ORY.config, &config)).await.unwrap();
        Setup { emulator, console, core, host }
    }

    /// Makes an object; its identity.
    async fn make(&mut self, name: &str, config: &Json) -> Json {
        let type_name = format!("ory_{name}");
        let mut thing = self.core.thing(&type_name);
        self.core.apply(&mut thing, config).await.unwrap_or_else(|stop| panic!("{name}: {stop:?}"));
        thing.state.unwrap().identity.unwrap().to_json()
    }

    /// What Pulumi lists: ids with what people know the objects by.
    async fn listed(&mut self, list: &ListResource, filter: &Json) -> Vec<(String, String)> {
        let token = names::resource_token(ORY.name, list.of.name);
        let query = Some(properties(&spell(&list.table, filter)));
        let mut answers = self.host.client.list(ListRequest { token, query, ..Default::default() }).await.unwrap().into_inner();
        let mut found = Vec::new();
        while let Some(answer) = answers.message().await.unwrap() {
            match answer.response.unwrap() {
                Response::Result(one) => found.push((one.id, one.name)),
                other => panic!("{other:?}"),
            }
        }
        found
    }
}

fn lists() -> impl Iterator<Item = &'static ListResource> {
    ORY.each_offer().filter_map(|offer| if let Offer::ListResource(entry) = offer { Some(entry.list) } else { None })
}

const SCHEMA: &str = r#"{"$id":"https://schemas.example/customer.json","type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string"}}}}}"#;
const KEY: &str = r#"{"kty":"EC","kid":"partner-2026","use":"sig","alg":"ES256","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;

/// An object of each kind, with a filter that lets it through, one that does not where there is any, and its name.
fn samples(workspace: &str) -> Vec<(&'static str, Json, Json, Option<Json>, &'static str)> {
    let of = |organization: &str| json!({ "organization_id": organization });
    let none = || Some(of("00000000-0000-4000-8000-000000000000"));
    vec![
        (
            "oauth2_client",
            json!({ "client_id": "a", "client_name": "Shop", "owner": "sales", "grant_types": ["client_credentials"] }),
            json!({ "owner": "sales" }),
            Some(json!({ "client_name": "shop" })),
            "Shop",
        ),
        (
            "trusted_oauth2_jwt_grant_issuer",
            json!({ "issuer": "https://partner.example", "subject": "orders", "scope": ["a"], "expires_at": "2035-01-01T00:00:00Z", "jwk": KEY }),
            json!({ "issuer": "https://partner.example" }),
            Some(json!({ "issuer": "https://partner.example/" })),
            "https://partner.example",
        ),
        (
            "identity",
            json!({ "schema_id": "default", "external_id": "ann-1", "traits": r#"{"email":"ann@example.com"}"#, "metadata_admin": r#"{"a":1}"# }),
            json!({ "credentials_identifier": "ann@example.com" }),
            Some(json!({ "credentials_identifier": "bob@example.com" })),
            "ann-1",
        ),
        (
            "relationship",
            json!({ "namespace": "files", "object": "a", "relation": "view", "subject_id": "ann" }),
            json!({ "namespace": "files", "object": "a" }),
            Some(json!({ "namespace": "files", "object": "b" })),
            "files:a#view@ann",
        ),
        (
            "api_key",
            json!({ "name": "Acme", "actor_id": "acme", "ttl": "48h" }),
            json!({ "actor_id": "acme", "status": "active" }),
            Some(json!({ "status": "revoked" })),
            "Acme",
        ),
        (
            "imported_api_key",
            json!({ "name": "Acme", "actor_id": "acme", "ttl": "48h", "raw_key": "of-acme" }),
            json!({ "status": "active" }),
            Some(json!({ "actor_id": "acm" })),
            "Acme",
        ),
        ("workspace_api_key", json!({ "name": "automation" }), json!({ "workspace_id": workspace }), None, "automation"),
        ("project", json!({ "name": "another" }), json!({ "workspace_id": workspace }), None, "another"),
        ("project_api_key", json!({ "name": "ci" }), json!({}), None, "ci"),
        (
            "organization",
            json!({ "label": "Acme", "domains": ["acme.example"] }),
            json!({ "domain": "acme.example" }),
            Some(json!({ "domain": "other.example" })),
            "Acme",
        ),
        (
            "action",
            json!({ "flow": "login", "timing": "before", "url": "https://example.com/hook" }),
            json!({ "flow": "login" }),
            Some(json!({ "flow": "settings" })),
            "https://example.com/hook",
        ),
        (
            "email_template",
            json!({ "template_type": "login_code_valid", "subject": "Your code", "body_html": "<p>a</p>", "body_plaintext": "a" }),
            json!({}),
            None,
            "login_code_valid",
        ),
        (
            "social_provider",
            json!({ "provider_id": "corporate", "provider_type": "google", "client_id": "a", "client_secret": "b", "organization_id": ORGANIZATION }),
            json!({ "provider_type": "google" }),
            Some(json!({ "provider_type": "github" })),
            "corporate",
        ),
        (
            "saml_provider",
            json!({ "provider_id": "acme", "label": "Acme", "organization_id": ORGANIZATION, "raw_idp_metadata_xml": "https://idp.acme.example/metadata" }),
            of(ORGANIZATION),
            none(),
            "acme",
        ),
        (
            "scim_client",
            json!({ "client_id": "okta", "label": "Okta", "organization_id": ORGANIZATION, "authorization_header_secret": "a-secret-for-okta", "mapper_url": "local claims = std.extVar('claims'); { identity: { traits: { email: claims.email } } }" }),
            of(ORGANIZATION),
            none(),
            "Okta",
        ),
        ("identity_schema", json!({ "schema_id": "customer", "schema": SCHEMA }), json!({}), None, ""),
        (
            "onboarding_portal_link",
            json!({ "organization_id": ORGANIZATION, "enable_sso": true, "enable_scim": false }),
            of(ORGANIZATION),
            None,
            "",
        ),
        ("event_stream", json!({ "type": "https", "https_endpoint": "https://hooks.example.com/ory" }), json!({}), None, ""),
        ("custom_domain", json!({ "hostname": "auth.example.com" }), json!({}), None, "auth.example.com"),
    ]
}

#[tokio::test]
async fn each_list_shows_what_can_be_imported() {
    let mut setup = Setup::new().await;
    let samples = samples(&setup.console.workspace);
    let named: BTreeSet<_> = samples.iter().map(|(name, ..)| *name).chain(["workspace"]).collect();
    assert_eq!(lists().map(|list| list.of.name).collect::<BTreeSet<_>>(), named, "every list is asked here");
    // What is read of a project is shared for a while, so that all is made before anything is listed.
    let mut made = Vec::new();
    for (name, config, ..) in &samples {
        made.push(setup.make(name, config).await);
    }
    for ((name, _, filter, other, shown), identity) in samples.into_iter().zip(made) {
        let (list, type_name) = (lists().find(|list| list.of.name == name).unwrap(), format!("ory_{name}"));
        for filter in [json!({}), filter] {
            // Of which organization has to be said.
            let filter = if name == "onboarding_portal_link" { json!({ "organization_id": ORGANIZATION }) } else { filter };
            let found = setup.core.query(&type_name, &filter, 1000, true).await.unwrap_or_else(|stop| panic!("{name} {filter}: {stop:?}"));
            let one = found
                .iter()
                .find(|one| one.identity.to_json() == identity)
                .unwrap_or_else(|| panic!("{name} {filter}: {identity} is not in {found:?}"));
            // All that an import would tell.
            let imported = setup.core.import_identity(&type_name, &identity).await.unwrap().state.unwrap();
            assert_eq!(one.state.as_ref().unwrap().to_json(), imported.value.to_json(), "{name}");
            let id = imported.value.get("id").text().unwrap().to_owned();
            assert_eq!(one.name, if shown.is_empty() { &id } else { shown }, "{name}");
            let without = setup.core.query(&type_name, &filter, 1000, false).await.unwrap();
            assert!(without.iter().all(|one| one.state.is_none()) && without.len() == found.len());
            let (listed, wanted) = (setup.listed(list, &filter).await, (id, one.name.clone()));
            assert!(listed.contains(&wanted), "{name}: {wanted:?} is not in {listed:?}");
        }
        if let Some(filter) = other {
            let found = setup.core.query(&type_name, &filter, 1000, false).await.unwrap();
            assert!(found.is_empty() && setup.listed(list, &filter).await.is_empty(), "{name} {filter}: {found:?}");
        }
    }
    let found = setup.core.query("ory_workspace", &json!({}), 1000, true).await.unwrap();
    assert!(found.iter().any(|one| one.state.as_ref().unwrap().get("id").text() == Some(setup.console.workspace.as_str())));
}

/// What is not a user's own is left out, unless it is asked for.
#[tokio::test]
async fn presets_are_left_out() {
    let mut setup = Setup::new().await;
    let names = async |setup: &mut Setup, filter: Json| {
        let found = setup.core.query("ory_identity_schema", &filter, 1000, true).await.unwrap();
        found.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    assert!(names(&mut setup, json!({})).await.iter().all(|name| !name.starts_with("preset://")));
    let all = names(&mut setup, json!({ "include_presets": true })).await;
    assert!(all.iter().any(|name| name.starts_with("preset://")), "{all:?}");
}

/// As many as are wanted are asked for, and no more: pages are not fetched ahead.
#[tokio::test]
async fn a_limit_ends_the_list() {
    let mut setup = Setup::new().await;
    let http = crate::support::client();
    for number in 0..620 {
        let body = json!({ "client_id": format!("c{number:03}"), "client_name": "n" });
        let url = format!("{}/admin/clients", setup.emulator.url());
        assert!(http.post(url).json(&body).send().await.unwrap().status().is_success());
    }
    let before = setup.emulator.requests().len();
    assert_eq!(setup.core.query("ory_oauth2_client", &json!({}), 3, true).await.unwrap().len(), 3);
    let asked = setup.emulator.requests()[before..].iter().filter(|(_, path, _)| path == "/admin/clients").count();
    assert_eq!(asked, 1);
    assert_eq!(setup.core.query("ory_oauth2_client", &json!({}), 10_000, false).await.unwrap().len(), 620);
    // What is wrong with a filter is said before anything is asked.
    let before = setup.emulator.requests().len();
    let stop = setup.core.query("ory_identity", &json!({ "ids": ["x"] }), 3, false).await.unwrap_err();
    assert!(stop.says("Must be a UUID") && setup.emulator.requests().len() == before, "{stop:?}");
    let both = json!({ "credentials_identifier": "a", "organization_id": ORGANIZATION });
    setup.core.query("ory_identity", &both, 3, false).await.unwrap_err();
}
