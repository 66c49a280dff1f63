//! The toy provider under Terraform.

use super::core::{Action, Core};
use crate::toy::{Remote, TOY};
use serde_json::json;

#[tokio::test]
async fn a_thing_lives() {
    let remote = Remote::start();
    let mut core = Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    let mut thing = core.thing("toy_thing");
    let config = json!({
        "name": "Ball",
        "ttl": "90m",
        "origins": ["https://b.example/", "https://a.example"],
        "serial": serde_json::from_str::<serde_json::Value>("12345678901234567890.123456789").unwrap(),
        "owner": { "login": "ann", "leave": "60m", "desk": { "floor": 2 } },
        "ports": [{ "number": 80, "idle": "60s" }],
        "password": "hunter22",
        "password_version": 1,
    });
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Create);
    core.settled(&thing, &config).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    assert!(remote.ids("thing").is_empty());
}
