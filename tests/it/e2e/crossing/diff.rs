//! A real Ory Hydra beside the emulator: the same objects on both are equal.

use crate::harness::{
    Scratch, environment, janiform, process,
    server::{Kind, Server},
};
use serde_json::json;
use std::process::Command;

#[test]
fn a_real_server_and_the_emulator_are_compared_by_what_things_mean() {
    let (scratch, hydra, emulator) = (Scratch::new(), Server::start(Kind::Hydra), Server::emulator(&["--profile", "2.3"]));
    let compare = |more: &[&str]| {
        let mut command = Command::new(janiform());
        command.args(["diff", "env", &format!("emulator:{}", emulator.admin), "--only", "ory_oauth2_client"]).args(more);
        process::run(command.env_clear().envs(environment(&scratch)).env("ORY_HYDRA_ADMIN_URL", &hydra.admin))
    };
    for server in [&hydra, &emulator] {
        server.create(&json!({
            "client_name": "shop", "client_secret": "a-secret-of-the-shop", "scope": "openid offline", "redirect_uris": ["https://a.example/cb"],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "metadata": { "team": 1.0 },
            "authorization_code_grant_access_token_lifespan": "90m", "audience": ["x", "y"],
        }));
        server.create(
            &json!({ "client_name": "batch", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic" }),
        );
    }
    compare(&[]).ok().says(&["Nothing differs."]);
    let id = emulator.named("shop")["client_id"].as_str().expect("an id").to_owned();
    emulator.change(&id, |client| drop(client.insert("scope".into(), "openid".into())));
    let said = compare(&["--json"]).exits(1).json();
    let changed = &said["kinds"][0]["changed"];
    assert_eq!(changed.as_array().map(Vec::len), Some(1), "{said:#}");
    assert_eq!(changed[0]["attributes"], json!([{ "attribute": "scope", "left": "openid offline", "right": "openid" }]));
}
