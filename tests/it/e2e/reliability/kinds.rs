//! What is made, changed and deleted: for each kind of object its properties, and where a server and a state show
//! which one it is and in which version. The `mark` says both, such as `p7-second`.

use crate::harness::server::Server;
use serde_json::{Value as Json, json};

/// One kind of object.
pub struct Kind {
    /// The resource's name.
    pub resource: &'static str,
    /// What marks start with.
    pub letter: char,
    /// The properties of the object of this number with this mark.
    pub properties: fn(usize, &str) -> Json,
    /// The attribute of the state that holds the mark, and where in it.
    pub shown: (&'static str, &'static str),
    /// What a server holds: ids and marks, looked for among so many.
    pub held: fn(&Server, usize) -> Vec<(String, String)>,
}

const CLIENT: Kind = Kind {
    resource: "oauth2_client",
    letter: 'c',
    properties: |_, mark| json!({ "client_name": mark }),
    shown: ("client_name", ""),
    held: |server, _| server.clients().iter().map(|client| both(client, "/client_id", "/client_name")).collect(),
};

const IDENTITY: Kind = Kind {
    resource: "identity",
    letter: 'p',
    properties: |at, mark| {
        json!({
            "schema_id": "default",
            "traits": json!({ "email": format!("p{at}@example.com") }).to_string(),
            "external_id": format!("p{at}"),
            "metadata_public": json!({ "mark": mark }).to_string(),
        })
    },
    shown: ("metadata_public", "/mark"),
    held: |server, _| server.list("/admin/identities?page_size=500").iter().map(|one| both(one, "/id", "/metadata_public/mark")).collect(),
};

const KEY_SET: Kind = Kind {
    resource: "json_web_key_set",
    letter: 's',
    properties: |at, mark| json!({ "set_id": format!("s{at}"), "key_id": mark, "algorithm": "ES256" }),
    shown: ("key_id", ""),
    held: |server, most| {
        let set = |at| {
            let answer = server.ask("GET", &format!("/admin/keys/s{at}"), None);
            let keys = if answer.status == 404 { Vec::new() } else { answer.expect(200)["keys"].as_array().cloned().unwrap_or_default() };
            keys.into_iter().map(move |key| (format!("s{at}"), text(&key["kid"])))
        };
        (0..most).flat_map(set).collect()
    },
};

const ISSUER: Kind = Kind {
    resource: "trusted_oauth2_jwt_grant_issuer",
    letter: 'i',
    properties: |at, mark| {
        // The example of RFC 7517, A.1.
        let key = json!({
            "kty": "EC", "crv": "P-256", "kid": mark, "use": "sig", "alg": "ES256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        });
        json!({
            "issuer": format!("issuer-{at}"), "subject": "s", "scope": ["read"], "expires_at": "2035-01-01T00:00:00Z",
            "jwk": key.to_string(),
        })
    },
    shown: ("key_id", ""),
    held: |server, _| {
        let grants = server.list("/admin/trust/grants/jwt-bearer/issuers?page_size=500");
        grants.iter().map(|one| both(one, "/id", "/public_key/kid")).collect()
    },
};

const RELATIONSHIP: Kind = Kind {
    resource: "relationship",
    letter: 'r',
    properties: |at, mark| json!({ "namespace": "files", "object": format!("o{at}"), "relation": mark, "subject_id": "ann" }),
    shown: ("relation", ""),
    held: |server, _| {
        let page = server.ask("GET", "/relation-tuples?namespace=files&page_size=500", None).expect(200);
        let tuples = page["relation_tuples"].as_array().cloned().unwrap_or_default();
        let id = |one: &Json| format!("files:{}#{}@ann", text(&one["object"]), text(&one["relation"]));
        tuples.iter().map(|one| (id(one), text(&one["relation"]))).collect()
    },
};

static KINDS: [Kind; 5] = [CLIENT, IDENTITY, KEY_SET, ISSUER, RELATIONSHIP];

/// What a run makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    Clients,
    /// As many of each kind.
    Mixed,
}

impl Stack {
    pub fn name(self) -> &'static str {
        match self {
            Stack::Clients => "clients",
            Stack::Mixed => "mixed",
        }
    }

    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Stack::Clients => &KINDS[..1],
            Stack::Mixed => &KINDS,
        }
    }

    /// Whether a second one like it cannot be made, since the plan says by what it is found.
    pub fn is_named_by_plans(resource: &str) -> bool {
        resource != CLIENT.resource
    }

    /// So many objects: each with its kind, number and mark.
    pub fn objects(self, count: usize, version: &str) -> impl Iterator<Item = (&'static Kind, usize, String)> {
        let kinds = self.kinds();
        (0..count).map(move |at| {
            let kind = &kinds[at % kinds.len()];
            (kind, at, format!("{}{at}-{version}", kind.letter))
        })
    }

    /// All that the server holds of these kinds: resource, id and mark.
    pub fn held(self, server: &Server, count: usize) -> Vec<(String, String, String)> {
        let of =
            |kind: &Kind| (kind.held)(server, count).into_iter().map(|(id, mark)| (kind.resource.to_owned(), id, mark)).collect::<Vec<_>>();
        self.kinds().iter().flat_map(of).collect()
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn both(object: &Json, id: &str, mark: &str) -> (String, String) {
    let at = |pointer| object.pointer(pointer).map(text).unwrap_or_default();
    (at(id), at(mark))
}
