//! States of the official provider with projects and their configuration: the first plan is empty, and so is the next.
//!
//! Nobody has recorded such a state: its names, types and defaults are those of that provider's schema.

use super::{KEY, provider};
use crate::{
    emulator::console::Console,
    pulumi::{
        Recorder,
        engine::{Host, Stored},
        every::spell,
    },
    terraform::core::{Action, Core},
};
use janiform::{engine::Engine, frontends::pulumi::Server, ory::ORY};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A project that is configured as the state says.
async fn console() -> (Console, String, Json) {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let operations = [
        ("/cors_public/origins", json!(["https://shop.example.com"])),
        ("/services/identity/config/session/lifespan", json!("48h0m0s")),
        ("/services/identity/config/selfservice/allowed_return_urls", json!(["https://shop.example.com/welcome"])),
        ("/services/identity/config/selfservice/methods/passkey/enabled", json!(true)),
        ("/services/identity/config/courier/smtp", json!({ "connection_uri": "smtps://u:p@mail.example.com:465/", "from_name": "Shop" })),
        ("/services/oauth2/config/ttl/access_token", json!("30m0s")),
    ];
    let operations = operations.map(|(path, value)| json!({ "op": "add", "path": path, "value": value }));
    console.patch(&id, json!(operations), 200).await;
    (console, id, project)
}

/// What the program says, in Terraform's names.
fn said(id: &str) -> Json {
    json!({
        "project_id": id,
        "cors_origins": ["https://shop.example.com"],
        "session_lifespan": "48h",
        "allowed_return_urls": ["https://shop.example.com/welcome"],
        "enable_passkey": true,
        "smtp_connection_uri": "smtps://u:p@mail.example.com:465/",
        "smtp_from_name": "Shop",
        "oauth2_access_token_lifespan": "30m",
    })
}

/// The defaults that the official provider has of its own, under the names of its releases.
fn unasked() -> [Json; 2] {
    [
        json!({ "cors_enabled": false, "password_min_length": 8, "account_experience_name": null }),
        json!({ "cors_enabled": false, "selfservice_methods_password_config_min_password_length": 8 }),
    ]
}

fn merged(parts: &[&Json]) -> Json {
    parts.iter().flat_map(|part| part.as_object().unwrap().clone()).collect::<serde_json::Map<_, _>>().into()
}

#[tokio::test]
async fn the_official_state_plans_no_change_and_unset_values_are_released() {
    const OFFICIAL: &str = "registry.terraform.io/ory/ory";
    for unasked in unasked() {
        let (console, id, project) = console().await;
        let before = console.get(&format!("/projects/{id}")).await;
        let mut core = Core::direct(&ORY, provider(&console.server.url())).await.unwrap();

        let attributes = merged(&[&said(&id), &unasked, &json!({ "id": id })]);
        let mut thing = core.moved("ory_project_config", OFFICIAL, "ory_project_config", 0, &attributes).await.unwrap();
        let plan = core.plan(&thing, &said(&id)).await.unwrap();
        assert_eq!(plan.action, Action::NoOp);
        core.settled(&plan.prior, &said(&id)).await.unwrap();
        assert_eq!(console.get(&format!("/projects/{id}")).await, before);

        // The minimum is somebody else's from then on: nothing puts it back, and nobody asks for it.
        let operation = json!([{ "op": "replace", "path": "/services/identity/config/selfservice/methods/password/config/min_password_length", "value": 12 }]);
        console.patch(&id, operation, 200).await;
        let mut changed = said(&id);
        changed["session_lifespan"] = json!("24h");
        assert_eq!(core.apply(&mut thing, &changed).await.unwrap(), Action::Update);
        core.settled(&thing, &changed).await.unwrap();
        let after = console.get(&format!("/projects/{id}")).await;
        let identity = &after["services"]["identity"]["config"];
        assert_eq!(identity["selfservice"]["methods"]["password"]["config"]["min_password_length"], 12);
        assert_eq!(identity["session"]["lifespan"], "24h0m0s");

        let names = ["id", "name", "environment", "home_region", "slug", "state"];
        let attributes: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), project[name].clone())).collect();
        let thing = core.moved("ory_project", OFFICIAL, "ory_project", 0, &attributes.into()).await.unwrap();
        for config in
            [json!({ "name": "Acme", "environment": "dev" }), json!({ "name": "Acme", "environment": "dev", "home_region": "eu-central" })]
        {
            let plan = core.plan(&thing, &config).await.unwrap();
            assert_eq!(plan.action, Action::NoOp);
            core.settled(&plan.prior, &config).await.unwrap();
        }
    }
}

const SCHEMA: &str = r#"{"type":"object","properties":{"traits":{"type":"object"}}}"#;
/// What the official provider takes for the same, as it compares JSON where it takes over what is there.
const RESPELLED: &str = r#"{"properties": {"traits": {"type": "object"}}, "type": "object"}"#;

/// A project with a schema that the official provider made, and its id.
async fn with_schema() -> (Console, String, String) {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let console = Console::start().await;
    let (id, _) = console.project().await;
    let value = json!({ "id": "customer", "url": format!("base64://{}", BASE64_STANDARD.encode(SCHEMA)) });
    let patch = json!([
        { "op": "add", "path": "/services/identity/config/identity/schemas/-", "value": value },
        { "op": "add", "path": "/services/identity/config/identity/default_schema_id", "value": "customer" },
    ]);
    let made = console.patch(&id, patch, 200).await;
    let hash = made["project"]["services"]["identity"]["config"]["identity"]["default_schema_id"].as_str().unwrap().to_owned();
    (console, id, hash)
}

/// Of the default, that state says `false` where nobody said anything, whatever the project says.
#[tokio::test]
async fn the_official_state_of_a_schema_plans_no_change() {
    let (console, id, hash) = with_schema().await;
    let before = console.get(&format!("/projects/{id}")).await;
    let mut core = Core::direct(&ORY, provider(&console.server.url())).await.unwrap();
    for (schema, said, default) in
        [(SCHEMA, json!({}), false), (SCHEMA, json!({ "set_default": true }), true), (RESPELLED, json!({ "set_default": false }), false)]
    {
        let state = json!({ "id": hash, "project_id": id, "schema_id": "customer", "schema": schema, "set_default": default });
        let config = merged(&[&json!({ "project_id": id, "schema_id": "customer", "schema": schema }), &said]);
        let thing = core.moved("ory_identity_schema", "registry.terraform.io/ory/ory", "ory_identity_schema", 0, &state).await.unwrap();
        let plan = core.plan(&thing, &config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{state}");
        core.settled(&plan.prior, &config).await.unwrap();
    }
    assert_eq!(console.get(&format!("/projects/{id}")).await, before);
}

#[tokio::test]
async fn the_bridges_stack_of_a_schema_previews_and_refreshes_without_a_change() {
    let (console, id, hash) = with_schema().await;
    let before = console.get(&format!("/projects/{id}")).await;
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &json!({ "console_api_url": console.server.url(), "workspace_api_key": KEY }))).await.unwrap();
    let token = "ory:index/identitySchema:IdentitySchema";
    let inputs = json!({ "projectId": id, "schemaId": "customer", "schema": SCHEMA });
    let outputs = merged(&[&inputs, &json!({ "id": hash, "setDefault": false, "__pulumi_raw_state_delta": { "obj": {} } })]);
    let stored = Stored { token: token.to_owned(), id: hash, inputs: inputs.clone(), outputs, init_errors: Vec::new() };
    host.state.insert("it".to_owned(), stored);
    let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
    assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{diff:?}");
    let diff = host.refresh("it").await.unwrap().unwrap();
    assert_eq!(diff.changes(), DiffChanges::DiffNone, "{:?}", diff.diffs);
    let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
    assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{diff:?}");
    assert_eq!(console.get(&format!("/projects/{id}")).await, before);
}

#[tokio::test]
async fn the_bridges_stack_previews_and_refreshes_without_a_change() {
    for unasked in unasked() {
        let (console, id, project) = console().await;
        let before = console.get(&format!("/projects/{id}")).await;
        let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
        let config = json!({ "console_api_url": console.server.url(), "workspace_api_key": KEY });
        host.configure(spell(ORY.config, &config)).await.unwrap();
        let table = |name: &str| &ORY.resources().find(|entry| entry.resource.name == name).unwrap().resource.table;
        let config = table("project_config");
        let mut unasked = unasked;
        unasked.as_object_mut().unwrap().remove("account_experience_name");
        let stacks = [
            ("ory:index/projectConfig:ProjectConfig", spell(config, &said(&id)), spell(config, &merged(&[&said(&id), &unasked]))),
            (
                "ory:index/project:Project",
                json!({ "name": "Acme", "environment": "dev" }),
                json!({
                    "name": "Acme", "environment": "dev", "homeRegion": "eu-central", "slug": project["slug"], "state": "running",
                }),
            ),
        ];
        for (token, inputs, outputs) in stacks {
            let stored = Stored {
                token: token.to_owned(),
                id: id.clone(),
                inputs: inputs.clone(),
                outputs: merged(&[&outputs, &json!({ "id": id, "__pulumi_raw_state_delta": { "obj": {} } })]),
                init_errors: Vec::new(),
            };
            host.state.insert("it".to_owned(), stored);
            // Without a refresh first, and with one.
            let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
            assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{diff:?}");
            let diff = host.refresh("it").await.unwrap().unwrap();
            assert_eq!(diff.changes(), DiffChanges::DiffNone, "{:?}", diff.diffs);
            let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
            assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{diff:?}");
        }
        assert_eq!(console.get(&format!("/projects/{id}")).await, before);
    }
}

/// Of what is in a project beside its configuration: what the bridge leaves has the official provider's attributes.
#[tokio::test]
async fn the_bridges_streams_and_domains_preview_and_refresh_without_a_change() {
    let console = Console::start().await;
    let (project, _) = console.project().await;
    let stream =
        json!({ "type": "sns", "topic_arn": "arn:aws:sns:us-east-1:123456789012:ory", "role_arn": "arn:aws:iam::123456789012:role/ory" });
    let domain = json!({ "hostname": "auth.example.com" });
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    let config = json!({ "console_api_url": console.server.url(), "workspace_api_key": KEY, "project_id": project });
    host.configure(spell(ORY.config, &config)).await.unwrap();
    let untold =
        json!({ "cors_enabled": false, "verification_status": "pending", "verification_errors": [], "ssl_status": "initializing" });
    for (name, token, path, said, more) in [
        ("event_stream", "ory:index/eventStream:EventStream", "eventstreams", &stream, json!({})),
        ("custom_domain", "ory:index/customDomain:CustomDomain", "cname", &domain, untold),
    ] {
        let (status, made) = console.ask(Some(KEY), "POST", &format!("/projects/{project}/{path}"), said.clone()).await;
        assert_eq!(status, 201, "{made}");
        let go = |name: &str| format!("{} +0000 UTC", made[name].as_str().unwrap().trim_end_matches('Z').replace('T', " "));
        let told = json!({ "project_id": project, "created_at": go("created_at"), "updated_at": go("updated_at") });
        let table = &ORY.resources().find(|entry| entry.resource.name == name).unwrap().resource.table;
        let id = made["id"].as_str().unwrap().to_owned();
        let inputs = spell(table, said);
        let outputs = spell(table, &merged(&[said, &more, &told]));
        let stored = Stored {
            token: token.to_owned(),
            id: id.clone(),
            inputs: inputs.clone(),
            outputs: merged(&[&outputs, &json!({ "id": id, "__pulumi_raw_state_delta": { "obj": {} } })]),
            init_errors: Vec::new(),
        };
        host.state.insert("it".to_owned(), stored);
        // Without a refresh first, and with one.
        let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
        assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{name}: {diff:?}");
        host.refresh("it").await.unwrap();
        let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
        assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{name}: {diff:?}");
    }
}
