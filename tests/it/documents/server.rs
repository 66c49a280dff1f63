//! A server of one document, in process: it applies patches (RFC 6902) only to the revision that they name,
//! counts its requests, and misbehaves on demand. Shares nothing with the provider.

use crate::support::scripted::{Answer, Asked, HELD, NEVER, Scripted};
use serde_json::{Value as Json, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

/// How the next patch fares.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Somebody else puts this value in this place first, so that it comes too late.
    Overtaken(&'static str, Json),
    /// It is carried out, and a gateway answers in place of the server.
    AnswerLost,
    /// It is carried out, and no answer ever comes.
    Silence,
    /// It is not carried out, and a gateway answers in place of the server.
    RequestLost,
    /// It is carried out, and the answer comes when the server is opened.
    Held,
    /// It is refused as one of an old revision, though it is not.
    Conflict,
}

#[derive(Default)]
pub struct State {
    pub document: Json,
    /// What stale answers show.
    before: Json,
    revision: u64,
    /// So many reads to come show what was before the last write.
    pub stale: usize,
    pub faults: VecDeque<Fault>,
    /// Patches with one of these in a path or a value are refused.
    pub refused: Vec<&'static str>,
    /// Members that are taken, and not kept.
    pub dropped: Vec<&'static str>,
    /// Whether answers to patches hold nothing.
    pub is_mute: bool,
    /// The patches that were carried out.
    pub patches: Vec<Json>,
    /// The names of those who are let in, if not everybody is.
    pub tokens: Option<Vec<&'static str>>,
}

/// The server.
#[derive(Clone)]
pub struct Warehouse {
    pub server: Scripted,
    state: Arc<Mutex<State>>,
}

pub const ID: &str = "main";

impl Warehouse {
    pub async fn start() -> Warehouse {
        let document = json!({
            "id": ID,
            "services": { "heating": { "config": { "kept": "by others", "mode": "eco" } } },
            "shelves": [],
            "hooks": [{ "kind": "other" }],
        });
        Warehouse::of(document).await
    }

    pub async fn of(document: Json) -> Warehouse {
        let state = Arc::new(Mutex::new(State::default()));
        state.lock().unwrap().write(document);
        let script = {
            let state = state.clone();
            move |asked: &Asked, _| state.lock().unwrap().answer(asked)
        };
        Warehouse { server: Scripted::start(script).await, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// How often it was read, and how often somebody tried to patch it.
    pub fn asked(&self) -> (usize, usize) {
        (self.server.count("GET"), self.server.count("PATCH"))
    }

    /// What is at this pointer.
    pub fn at(&self, pointer: &str) -> Json {
        self.state().document.pointer(pointer).cloned().unwrap_or_default()
    }

    /// Changes it behind everybody's back.
    pub fn edit(&self, change: impl FnOnce(&mut Json)) {
        let mut state = self.state();
        let mut document = state.document.clone();
        change(&mut document);
        state.write(document);
    }

    pub fn then(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }
}

impl State {
    fn write(&mut self, mut document: Json) {
        self.revision += 1;
        document["revision_id"] = format!("revision-{}", self.revision).into();
        self.before = std::mem::replace(&mut self.document, document);
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let token = asked.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        if let Some(tokens) = &self.tokens
            && !tokens.iter().any(|known| token == format!("Bearer {known}"))
        {
            return error(401, "who are you?");
        }
        let path: Vec<_> = asked.path.split('/').skip(1).collect();
        match (asked.method.as_str(), &path[..]) {
            ("GET", ["warehouses", ID]) => {
                let stale = self.stale.checked_sub(1).map(|left| self.stale = left).is_some();
                ok(if stale && !self.before.is_null() { self.before.clone() } else { self.document.clone() })
            }
            ("PATCH", ["warehouses", ID, "revision", revision]) => self.patch(revision, &asked.body),
            _ => error(404, "no such warehouse"),
        }
    }

    fn patch(&mut self, revision: &str, body: &str) -> Answer {
        let fault = self.faults.pop_front();
        match &fault {
            Some(Fault::Overtaken(pointer, value)) => {
                let mut document = self.document.clone();
                *document.pointer_mut(pointer).unwrap() = value.clone();
                self.write(document);
            }
            Some(Fault::RequestLost) => return (504, Vec::new(), "{}".into()),
            Some(Fault::Conflict) => return error(409, "the revision is not the latest"),
            _ => {}
        }
        if self.document["revision_id"] != revision {
            return error(409, "the revision is not the latest");
        }
        let operations: Json = serde_json::from_str(body).unwrap();
        if let Some(refused) = self.refused.iter().find(|refused| body.contains(*refused)) {
            // As some servers do, it repeats what it was sent.
            return error(400, &format!("{refused} is not allowed in {body}"));
        }
        let mut document = self.document.clone();
        for operation in operations.as_array().expect("a list of operations") {
            if let Err(why) = apply(&mut document, operation) {
                return error(400, &why);
            }
        }
        for dropped in &self.dropped {
            let (parent, name) = dropped.rsplit_once('/').unwrap();
            match document.pointer_mut(parent) {
                Some(Json::Object(members)) => drop(members.remove(name)),
                Some(Json::Array(items)) => items.retain(|item| !item.to_string().contains(name)),
                _ => {}
            }
        }
        if let Some(Json::String(ttl)) = document.pointer_mut("/services/heating/config/ttl")
            && *ttl == "90m"
        {
            *ttl = "1h30m0s".into();
        }
        self.write(document);
        self.patches.push(operations);
        match fault {
            Some(Fault::AnswerLost) => (504, Vec::new(), "{}".into()),
            Some(Fault::Held) => {
                let (status, _, body) = ok(json!({ "warehouse": self.document }));
                (status, vec![(HELD.0, String::new())], body)
            }
            Some(Fault::Silence) => (NEVER, Vec::new(), String::new()),
            _ if self.is_mute => ok(json!({})),
            _ => ok(json!({ "warehouse": self.document, "warnings": [] })),
        }
    }
}

fn ok(body: Json) -> Answer {
    (200, Vec::new(), body.to_string())
}

fn error(status: u16, why: &str) -> Answer {
    (status, Vec::new(), json!({ "error": { "reason": why } }).to_string())
}

/// One operation, as RFC 6902 has it.
fn apply(document: &mut Json, operation: &Json) -> Result<(), String> {
    let path = operation["path"].as_str().ok_or("no path")?;
    let (parent, name) = path.rsplit_once('/').ok_or("the whole document is not replaced here")?;
    let name = name.replace("~1", "/").replace("~0", "~");
    let value = operation.get("value").cloned();
    let parent = document.pointer_mut(parent).ok_or_else(|| format!("nothing is at {parent}"))?;
    match (operation["op"].as_str(), parent) {
        (Some("add"), Json::Object(members)) => drop(members.insert(name, value.ok_or("no value")?)),
        (Some("replace"), Json::Object(members)) if members.contains_key(&name) => drop(members.insert(name, value.ok_or("no value")?)),
        (Some("remove"), Json::Object(members)) if members.contains_key(&name) => drop(members.remove(&name)),
        (Some("add"), Json::Array(items)) if name == "-" => items.push(value.ok_or("no value")?),
        (Some(op), Json::Array(items)) => {
            let place: usize = name.parse().map_err(|_| format!("{name} is no place"))?;
            match op {
                "add" if place <= items.len() => items.insert(place, value.ok_or("no value")?),
                "replace" if place < items.len() => items[place] = value.ok_or("no value")?,
                "remove" if place < items.len() => drop(items.remove(place)),
                _ => return Err(format!("{op} does not apply at {path}")),
            }
        }
        (op, _) => return Err(format!("{op:?} does not apply at {path}")),
    }
    Ok(())
}

#[test]
fn the_server_applies_patches_as_the_rfc_says() {
    let patched = |operation: Json| {
        let mut document = json!({ "a": { "b": 1 }, "l": [1, 2] });
        apply(&mut document, &operation).map(|()| document)
    };
    assert_eq!(patched(json!({ "op": "add", "path": "/l/1", "value": 9 })).unwrap()["l"], json!([1, 9, 2]));
    assert_eq!(patched(json!({ "op": "add", "path": "/l/-", "value": 9 })).unwrap()["l"], json!([1, 2, 9]));
    assert_eq!(patched(json!({ "op": "remove", "path": "/l/0" })).unwrap()["l"], json!([2]));
    assert_eq!(patched(json!({ "op": "add", "path": "/a/c~1d", "value": 9 })).unwrap()["a"], json!({ "b": 1, "c/d": 9 }));
    for (op, path) in [("replace", "/a/c"), ("remove", "/a/c"), ("add", "/x/c"), ("remove", "/l/2"), ("replace", "/l/-"), ("add", "/l/3")] {
        assert!(patched(json!({ "op": op, "path": path, "value": 1 })).is_err(), "{op} {path}");
    }
}
