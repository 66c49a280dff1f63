//! Every attribute of API keys through its lifecycles, in both faces; the test changes and checks the server's data without the
//! provider.

use super::{IMPORTED, ISSUED, Talos};
use crate::{
    pulumi::every::{live_ways, spell},
    support::stored,
    terraform::{
        lifecycle::{Backdoor, Lifecycle},
        samples::{Known, Way},
    },
};
use async_trait::async_trait;
use janiform::{
    ory::{
        ORY,
        resources::talos::{imported, issued},
    },
    schema::{Attr, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

fn path(resource: &Resource) -> &'static str {
    if resource.name == "api_key" { ISSUED } else { IMPORTED }
}

#[async_trait]
impl Backdoor for Talos {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let told = value.map(|value| stored::kind_to_json(&attr.kind, value));
        let (mask, body) = match attr.name {
            "name" => ("name", told),
            "scopes" => ("scopes", told),
            "metadata" => ("metadata", told.map(|text| serde_json::from_str(text.as_str().unwrap()).unwrap())),
            "rate_limit" => {
                let seconds = |policy: &Json| {
                    let window = policy["window"].as_str().unwrap();
                    format!("{}s", janiform::value::duration::parse(window).unwrap() / 1_000_000_000)
                };
                ("rate_limit_policy", told.map(|policy| json!({ "quota": policy["quota"].to_string(), "window": seconds(&policy) })))
            }
            "allowed_cidrs" => ("ip_restriction", told.map(|cidrs| json!({ "allowed_cidrs": cidrs }))),
            // Nobody can change the rest.
            _ => return false,
        };
        let is_needed = attr.name == "name" && body.is_none();
        let body = body.map_or_else(|| json!({}), |body| json!({ mask: body }));
        let before = self.key(path(resource), id).await[mask].clone();
        let (status, after) = self.ask("PATCH", &format!("{}/{id}?update_mask={mask}", path(resource)), &body).await;
        !is_needed && status == 200 && after[mask] != before
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        match resource.name {
            // Its record goes when it was revoked long enough ago.
            "api_key" => {
                self.revoke(ISSUED, id, "SUPERSEDED").await;
                self.forget(ISSUED, id);
            }
            _ => assert_eq!(self.ask("DELETE", &format!("{IMPORTED}/{id}"), &Json::Null).await.0, 204),
        }
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.key(path(resource), id).await["status"] == "KEY_STATUS_ACTIVE"
    }
}

/// Public keys of 2048 bits, of no use to anybody: the private ones were thrown away.
pub const RECIPIENTS: [&str; 2] = [
    include_str!("../../../fixtures/recipient.pem"),
    r#"{"kty":"RSA","kid":"of-the-tests","e":"AQAB","n":"xdTTB7Us7AKnRLKBSzQcmICJCmIcgkAU9lM2RRPcOSZVskliIVDdnmlNt1puFPraVTbS_pfQpO234TDUcVUxQmJE6TO_PvEiB80Oa1vqa8rWWKEIkzy_MpGujhmozifbaO2emVWFiXPJiOVBbG7cqAVBMlr552tsH00mZ_6lNuiooR3M6KQsczIRQ3KYEt3M9Y3Nd9rrBEZ7gygUkjMJckQoU6gntbAgWX9zhkukyzQmVfbhRaqFay5l-tKoD0oSl7hP4QMY5r00SBdqw9YOxrctjH3uBrow_VzCecbuW17fDhx0jP5jxnzcP0IY9FflyMiSKieiQFRxUTCL0JmSyw"}"#,
];

/// What the tables cannot say: values that the server takes.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "ttl" => vec![json!("48h"), json!("72h")],
        "renew_before" => vec![json!("1h"), json!("90m")],
        "allowed_cidrs" => vec![json!(["192.0.2.0/24", "2001:db8::/32"]), json!(["10.0.0.0/8"])],
        "metadata" => vec![json!(r#"{"b":[1,2.50],"a":{"c":true}}"#), json!(r#"{"d":null}"#)],
        "rate_limit" => vec![
            json!({ "quota": 100, "window": "60s" }),
            json!({ "quota": 999_999_999_999_999_i64, "window": "1h" }),
            json!({ "quota": 1, "window": "1s" }),
        ],
        "seal_to" => RECIPIENTS.map(Json::from).to_vec(),
        "revocation_reason" => vec![json!("privilege_withdrawn")],
        "revocation_description" => vec![json!("left"), json!("moved")],
        "project_slug" => vec![json!("localhost"), json!("LOCALHOST")],
        _ => return None,
    })
}

/// A record that stays is in the way of the next life.
fn of_imported(name: &str) -> Option<Vec<Json>> {
    match name {
        "on_destroy" => Some(vec![json!("delete")]),
        "revocation_reason" | "revocation_description" => Some(vec![]),
        _ => known(name),
    }
}

/// With the key in the state.
pub fn of_raw(name: &str) -> Option<Vec<Json>> {
    match name {
        "raw_key" => Some(vec![json!("raw-one"), json!("raw-two")]),
        "raw_key_wo" | "raw_key_wo_version" => Some(vec![]),
        _ => of_imported(name),
    }
}

/// With the key kept out of it.
fn of_write_only(name: &str) -> Option<Vec<Json>> {
    match name {
        "raw_key_wo" => Some(vec![json!("raw-three"), json!("raw-four")]),
        // Another version of the same key would be in the way of itself.
        "raw_key_wo_version" => Some(vec![json!("1")]),
        "raw_key" => Some(vec![]),
        _ => of_imported(name),
    }
}

/// Everything that there is to make.
pub fn ways() -> Vec<Way> {
    let imported = |known: Known, more: Json| {
        let mut base = json!({ "name": "alpha", "actor_id": "beta" });
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Way { resource: imported::RESOURCE.name, known, base }
    };
    vec![
        Way::only(&issued::RESOURCE, known),
        imported(of_raw, json!({ "raw_key": "raw-one" })),
        imported(of_write_only, json!({ "raw_key_wo": "raw-three", "raw_key_wo_version": "1" })),
    ]
}

/// The same on a server that is set up for nothing: it has no default for how long keys last, and no prefix for public ones.
pub fn bounded_ways() -> Vec<Way> {
    macro_rules! bounded {
        ($known:ident) => {
            |name| match name {
                "visibility" => Some(vec![json!("secret")]),
                _ => $known(name),
            }
        };
    }
    let known: [Known; 3] = [bounded!(known), bounded!(of_raw), bounded!(of_write_only)];
    let bounded = |(mut way, known): (Way, Known)| {
        way.base["ttl"] = json!("72h");
        Way { known, ..way }
    };
    ways().into_iter().zip(known).map(bounded).collect()
}

#[tokio::test]
async fn every_attribute_lives_under_terraform() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let (mut runs, mut failures) = (0, Vec::new());
    for way in ways() {
        let resource = ORY.resources().find(|entry| entry.resource.name == way.resource).unwrap().resource;
        let (more, failed) = Lifecycle::on(&mut core, &talos, "ory", resource, &way).run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 150, "only {runs} ran");
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi() {
    let talos = Talos::new().await;
    let config = spell(ORY.config, &talos.provider());
    let runs = live_ways(&ORY, config, &talos, &ways()).await;
    assert!(runs > 100, "only {runs} ran");
}
