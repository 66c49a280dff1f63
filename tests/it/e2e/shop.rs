//! The stack of every type, in both tools: its objects on the servers, objects of others beside it, and
//! changes behind its back.

use crate::harness::server::Ory;
use serde_json::{Value as Json, json};

const ISSUERS: &str = "/admin/trust/grants/jwt-bearer/issuers";
const KEYS: &str = "/admin/keys/shop-reports";
const ISSUER: &str = "https://partner.example.com";

/// The ids that the servers chose, as the tool's state has them.
pub struct Ids {
    pub reports: String,
    pub wiki: String,
    pub ann: String,
}

fn without(mut object: Json, names: &[&str]) -> Json {
    for name in names {
        object.as_object_mut().unwrap().remove(*name);
    }
    object
}

/// What others have, close to what the stack makes.
pub struct Others {
    client: Json,
    issuer: Json,
    identity: Json,
    tuples: [Json; 2],
}

impl Others {
    pub fn move_in(ory: &Ory) -> Others {
        let key = json!({
            "kty": "EC", "kid": "somebody-else", "use": "sig", "alg": "ES256", "crv": "P-256",
            "x": "t3wABkyxMe5Se3aQCD4wrWAKMfioxc01AB4rd5pL02Q", "y": "X8UJHVqL-GFQars9QTm-pQL8uz10Su3J_fmTDu3FwSI",
        });
        let issuer = json!({ "issuer": ISSUER, "subject": "bob", "scope": ["read"], "expires_at": "2035-01-01T00:00:00Z", "jwk": key });
        let tuples = [("groups", "clerks", "member"), ("shops", "garden", "own")].map(
            |(namespace, object, relation)| json!({ "namespace": namespace, "object": object, "relation": relation, "subject_id": "bob" }),
        );
        for tuple in &tuples {
            ory.keto.ask("PUT", "/admin/relation-tuples", Some(tuple)).expect(201);
        }
        let identity = json!({ "schema_id": "default", "traits": { "email": "bob@shop.example.com" } });
        let identity = ory.kratos.ask("POST", "/admin/identities", Some(&identity)).expect(201)["id"].take();
        Others {
            client: ory.hydra.create(&json!({ "client_name": "Reports", "owner": "somebody else" }))["client_id"].take(),
            issuer: ory.hydra.ask("POST", ISSUERS, Some(&issuer)).expect(201)["id"].take(),
            identity,
            tuples,
        }
    }

    /// They write to the stack's own key set, too.
    pub fn use_the_key_set(&self, ory: &Ory) {
        let key = json!({
            "kty": "EC", "kid": "theirs", "use": "sig", "alg": "ES256", "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        });
        ory.hydra.ask("PUT", &format!("{KEYS}/theirs"), Some(&key)).expect(200);
    }

    /// Of a set with several keys, an import could not know which are the stack's.
    pub fn leave_the_key_set(&self, ory: &Ory) {
        ory.hydra.ask("DELETE", &format!("{KEYS}/theirs"), None).expect(204);
    }

    /// That all of theirs is there, and nothing else.
    #[track_caller]
    pub fn are_alone(&self, ory: &Ory) {
        let ids = |objects: Vec<Json>, id: &str| objects.into_iter().map(|mut object| object[id].take()).collect::<Vec<_>>();
        assert_eq!(ids(ory.hydra.clients(), "client_id"), std::slice::from_ref(&self.client));
        assert_eq!(ids(ory.hydra.list(ISSUERS), "id"), std::slice::from_ref(&self.issuer));
        assert_eq!(ids(ory.kratos.list("/admin/identities"), "id"), std::slice::from_ref(&self.identity));
        assert_eq!(ory.tuples(&["groups", "shops"]), self.tuples);
        let keys = ory.hydra.ask("GET", KEYS, None).expect(200);
        assert_eq!((keys["keys"].as_array().unwrap().len(), &keys["keys"][0]["kid"]), (1, &json!("theirs")));
    }
}

/// What the servers hold, without what a repair has to change: times, what is chosen anew for what was gone.
pub fn held(ory: &Ory, ids: &Ids) -> Vec<Json> {
    let times = ["created_at", "updated_at", "state_changed_at"];
    let mut reports = without(ory.hydra.client(&ids.reports), &times);
    let keys = ory.hydra.ask("GET", KEYS, None).expect(200);
    let ours = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == "2026-01").expect("our key");
    let published = reports["jwks"].take();
    assert_eq!(published["keys"][0]["x"], ours["x"], "the client has another key");
    assert!(published["keys"][0].get("d").is_none(), "the client has the private key");
    let partner = ory.hydra.list(ISSUERS).into_iter().find(|grant| grant["subject"] == "orders@partner.example.com");
    let mut ann = without(ory.kratos.ask("GET", &format!("/admin/identities/{}", ids.ann), None).expect(200), &times);
    // Changed and changed back, an address is a new one.
    for addresses in ["verifiable_addresses", "recovery_addresses"] {
        for address in ann[addresses].as_array_mut().into_iter().flatten() {
            *address = without(address.take(), &[&times[..], &["id"]].concat());
        }
    }
    // Those that were not asked for, in an order of the server's.
    ann.as_object_mut().unwrap().remove("credentials");
    let mut held = vec![
        reports,
        without(ory.hydra.client(&ids.wiki), &times),
        without(ours.clone(), &["x", "y", "d"]),
        without(partner.expect("the partner"), &["id", "created_at"]),
        ann,
    ];
    held.extend(ory.tuples(&["groups", "shops"]));
    held
}

/// Changes one thing of each type, or takes it away.
pub fn meddle(ory: &Ory, ids: &Ids) {
    for id in [&ids.reports, &ids.wiki] {
        ory.hydra.change(id, |client| {
            client["client_name"] = json!("Somebody else's");
            client.remove("scope");
        });
    }
    ory.hydra.ask("DELETE", &format!("{KEYS}/2026-01"), None).expect(204);
    let partner = ory.hydra.list(ISSUERS).into_iter().find(|grant| grant["subject"] == "orders@partner.example.com").expect("the partner");
    ory.hydra.ask("DELETE", &format!("{ISSUERS}/{}", partner["id"].as_str().unwrap()), None).expect(204);
    let changed = json!({ "schema_id": "default", "state": "inactive", "traits": { "email": "eve@shop.example.com" } });
    ory.kratos.ask("PUT", &format!("/admin/identities/{}", ids.ann), Some(&changed)).expect(200);
    for tuple in ["namespace=shops&object=flowers&relation=own", "namespace=groups&object=clerks&relation=member"] {
        ory.keto.ask("DELETE", &format!("/admin/relation-tuples?{tuple}&subject_id={}", ids.ann), None).expect(204);
    }
}
