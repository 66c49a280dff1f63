//! What the official provider left of projects and their configuration: the first plan is empty, and so is the next.
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
async fn the_official_state_plans_nothing_and_is_let_go_of() {
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

#[tokio::test]
async fn the_bridges_stack_previews_and_refreshes_to_nothing() {
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
async fn the_bridges_streams_and_domains_preview_and_refresh_to_nothing() {
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
