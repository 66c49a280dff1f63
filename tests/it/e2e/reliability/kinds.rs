//! The objects that are created, changed and deleted: for each kind its properties, and where a server and a state show
//! the object and its version. The `mark` contains both, such as `p7-second`.
//!
//! Some updates create something: a key with an id from the configuration, a key of the server's choice, relationships.

use crate::harness::server::Server;
use serde_json::{Value as Json, json};

/// The mark that an attribute tells, given the id.
type Mark = fn(&str, &Json) -> Option<String>;

/// One kind of object.
pub struct Kind {
    /// The resource's name.
    pub resource: &'static str,
    /// What marks start with.
    pub letter: char,
    /// The properties of the object of this number with this mark.
    pub properties: fn(usize, &str) -> Json,
    /// The attribute of the state that tells the mark, and how it does, given the id.
    pub shown: (&'static str, Mark),
    /// Whether the object of this id is of this kind, where several are of one resource.
    pub owns: fn(&str) -> bool,
    /// What a server holds: ids and marks, looked for among so many.
    pub held: fn(&Server, usize) -> Vec<(String, String)>,
}

const CLIENT: Kind = Kind {
    resource: "oauth2_client",
    letter: 'c',
    properties: |_, mark| json!({ "client_name": mark }),
    shown: ("client_name", itself),
    owns: |_| true,
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
    shown: ("metadata_public", |_, text| Some(serde_json::from_str::<Json>(text.as_str()?).ok()?["mark"].as_str()?.to_owned())),
    owns: |_| true,
    held: |server, _| server.list("/admin/identities?page_size=500").iter().map(|one| both(one, "/id", "/metadata_public/mark")).collect(),
};

/// A new key is one of a new id.
const KEY_SET: Kind = Kind {
    resource: "json_web_key_set",
    letter: 's',
    properties: |at, mark| json!({ "set_id": format!("s{at}"), "key_id": mark, "algorithm": "ES256" }),
    shown: ("key_id", itself),
    owns: |id| id.starts_with('s'),
    held: |server, most| keys(server, 's', most).map(|(set, key)| (set, text(&key["kid"]))).collect(),
};

/// A new key is one of another algorithm, whose id nobody says.
const ROTATED: Kind = Kind {
    resource: "json_web_key_set",
    letter: 'k',
    properties: |at, mark| json!({ "set_id": format!("k{at}"), "algorithm": if mark.ends_with("first") { "ES256" } else { "EdDSA" } }),
    shown: ("algorithm", rotated),
    owns: |id| id.starts_with('k'),
    held: |server, most| keys(server, 'k', most).map(|(set, key)| (set.clone(), rotated(&set, &key["alg"]).unwrap_or_default())).collect(),
};

fn rotated(set: &str, algorithm: &Json) -> Option<String> {
    Some(format!("{set}-{}", if algorithm.as_str()? == "ES256" { "first" } else { "second" }))
}

fn keys(server: &Server, letter: char, most: usize) -> impl Iterator<Item = (String, Json)> {
    let set = move |at| {
        let name = format!("{letter}{at}");
        let answer = server.ask("GET", &format!("/admin/keys/{name}"), None);
        let keys = if answer.status == 404 { Vec::new() } else { answer.expect(200)["keys"].as_array().cloned().unwrap_or_default() };
        keys.into_iter().map(move |key| (name.clone(), key))
    };
    (0..most).flat_map(set)
}

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
    shown: ("key_id", itself),
    owns: |_| true,
    held: |server, _| {
        let grants = server.list("/admin/trust/grants/jwt-bearer/issuers?page_size=500");
        grants.iter().map(|one| both(one, "/id", "/public_key/kid")).collect()
    },
};

const RELATIONSHIP: Kind = Kind {
    resource: "relationship",
    letter: 'r',
    properties: |at, mark| json!({ "namespace": "files", "object": format!("o{at}"), "relation": mark, "subject_id": "ann" }),
    shown: ("relation", itself),
    owns: |_| true,
    held: |server, _| {
        let id = |one: &Json| format!("files:{}#{}@ann", text(&one["object"]), text(&one["relation"]));
        tuples(server, "files").iter().map(|one| (id(one), text(&one["relation"]))).collect()
    },
};

const THREE: [&str; 3] = ["ann", "bob", "eve"];

/// Three at once, about one object.
const RELATIONSHIPS: Kind = Kind {
    resource: "relationships",
    letter: 'm',
    properties: |at, mark| {
        let all = THREE.map(|subject| json!({ "relation": mark, "subject_id": subject }));
        json!({ "namespace": "groups", "object": format!("m{at}"), "relationships": all })
    },
    shown: ("relationships", |_, all| of_all(all.as_array()?)),
    owns: |_| true,
    held: |server, most| {
        let all = tuples(server, "groups");
        let of = |at: usize| {
            let object = format!("m{at}");
            let own: Vec<Json> = all.iter().filter(|one| one["object"] == *object).cloned().collect();
            (!own.is_empty()).then(|| (format!("groups:{object}"), of_all(&own).unwrap_or_else(|| format!("not what was wanted: {own:?}"))))
        };
        (0..most).filter_map(of).collect()
    },
};

/// The relation that three subjects have, and nobody else, and each once.
fn of_all(relationships: &[Json]) -> Option<String> {
    let relation = relationships.first()?["relation"].as_str()?;
    let subject = |one: &Json| one.get("subject_id").or(one.get("subjectId")).map(text);
    let mut subjects: Vec<_> = relationships.iter().filter(|one| one["relation"] == *relation).filter_map(subject).collect();
    subjects.sort();
    (subjects == THREE && relationships.len() == 3).then(|| relation.to_owned())
}

fn tuples(server: &Server, namespace: &str) -> Vec<Json> {
    let page = server.ask("GET", &format!("/relation-tuples?namespace={namespace}&page_size=500"), None).expect(200);
    page["relation_tuples"].as_array().cloned().unwrap_or_default()
}

static KINDS: [Kind; 7] = [CLIENT, IDENTITY, KEY_SET, ISSUER, RELATIONSHIP, ROTATED, RELATIONSHIPS];

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

fn itself(_: &str, value: &Json) -> Option<String> {
    Some(value.as_str()?.to_owned())
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn both(object: &Json, id: &str, mark: &str) -> (String, String) {
    let at = |pointer| object.pointer(pointer).map(text).unwrap_or_default();
    (at(id), at(mark))
}
