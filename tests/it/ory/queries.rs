//! Data sources that list, through both faces.

use super::lifecycle::provider;
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    terraform::core::Core,
};
use janiform::{
    emulator::{self, Options},
    engine::Engine,
    frontends::pulumi::Server,
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

#[tokio::test]
async fn clients_are_listed_over_all_pages_and_by_filter() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let http = reqwest::Client::new();
    let ids: Vec<String> = (0..620).map(|number| format!("c{number:03}")).collect();
    for (number, id) in ids.iter().enumerate() {
        let owner = if number % 2 == 0 { "even" } else { "odd" };
        let body = json!({ "client_id": id, "client_name": format!("n{}", number % 3), "owner": owner, "metadata": { "n": number } });
        assert_eq!(http.post(format!("{}/admin/clients", emulator.url())).json(&body).send().await.unwrap().status(), 201);
    }
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(&emulator.url(), &emulator.url()))).await.unwrap();
    for (config, wanted) in [
        (json!({}), 620),
        (json!({ "owner": "odd" }), 310),
        (json!({ "owner": "even", "client_name": "n0" }), 104),
        (json!({ "owner": "nobody" }), 0),
    ] {
        let found = core.data("ory_oauth2_clients", &config).await.unwrap().to_json();
        let clients = found["clients"].as_array().unwrap().clone();
        assert_eq!(clients.len(), wanted, "{config}");
        assert!(clients.windows(2).all(|pair| pair[0]["client_id"].as_str() < pair[1]["client_id"].as_str()));
        let other = host
            .invoke("ory:index/getOauth2Clients:getOauth2Clients", &spell(&janiform::ory::resources::oauth2_client::LIST.table, &config))
            .await
            .unwrap();
        let id = |client: &Json| client["clientId"].as_str().or(client["client_id"].as_str()).map(str::to_owned);
        let same: Vec<_> = other["clients"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(same, clients.iter().map(id).collect::<Vec<_>>());
        if let Some(first) = clients.first() {
            assert!(first["metadata"].as_str().unwrap().starts_with("{\"n\":"));
        }
    }
}
