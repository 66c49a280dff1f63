//! The toy server: objects in memory, with the habits of real servers and switches to misbehave.
//!
//! It canonicalises durations, removes slashes, reorders lists that have no order, rewrites JSON, drops
//! empty forms, and changes its own attributes. Must not know any tool or wire.

use async_trait::async_trait;
use janiform::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Objects, Observed, State, Wanted, Write},
    schema::{Attr, Kind, Object, Presence, Reads, Resource, Table},
    value::{Number, Path, Value, duration},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// What the server has of one object, by JSON pointer.
pub type Fields = BTreeMap<String, Value>;

/// How the server misbehaves, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// It refuses before anything is done.
    Refuse,
    /// It does it, and the answer gets lost.
    Lost,
    /// It does it, and a later step fails; the object is told.
    Half,
    /// The provider's own code panics.
    Panic,
    /// It does nothing until the user cancels.
    Hang,
    /// It takes its time, and does it.
    Slow,
}

/// A write that was sent, for tests that compare what two faces cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub verb: &'static str,
    pub resource: &'static str,
    pub id: Option<String>,
    pub body: Fields,
}

/// One server.
pub struct Remote {
    /// What to put into `endpoint`.
    pub name: String,
    objects: Mutex<BTreeMap<(&'static str, String), Fields>>,
    hooks: Mutex<BTreeMap<&'static str, Hook>>,
    ignored: Mutex<Vec<&'static str>>,
    requests: Mutex<Vec<Request>>,
    calls: Mutex<Vec<String>>,
    pub(super) made: AtomicU64,
}

static SERVERS: Mutex<BTreeMap<String, Arc<Remote>>> = Mutex::new(BTreeMap::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A hook panics on purpose; what is behind the lock is whole all the same.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Remote {
    /// A server of one's own.
    pub fn start() -> Arc<Remote> {
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let name = format!("toys-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        let remote = Arc::new(Remote {
            name: name.clone(),
            objects: Mutex::default(),
            hooks: Mutex::default(),
            ignored: Mutex::default(),
            requests: Mutex::default(),
            calls: Mutex::default(),
            made: AtomicU64::new(0),
        });
        lock(&SERVERS).insert(name, remote.clone());
        remote
    }

    /// What calls that are no requests did, in order.
    pub fn calls(&self) -> Vec<String> {
        lock(&self.calls).clone()
    }

    pub(super) fn called(&self, what: String) {
        lock(&self.calls).push(what);
    }

    /// The next `verb` (create, read, update, delete, list, or what [`calls`](super::calls) name) misbehaves like this.
    pub fn hook(&self, verb: &'static str, hook: Hook) {
        lock(&self.hooks).insert(verb, hook);
    }

    /// Whether the hook still waits for its verb.
    pub fn hooked(&self, verb: &str) -> bool {
        lock(&self.hooks).contains_key(verb)
    }

    /// From now on the server accepts this attribute and does not keep it.
    pub fn ignores(&self, pointer: &'static str) {
        lock(&self.ignored).push(pointer);
    }

    /// Changes an object behind the tools' back.
    pub fn edit(&self, resource: &str, id: &str, change: impl FnOnce(&mut Fields)) {
        let mut objects = lock(&self.objects);
        let fields = objects.iter_mut().find(|((name, key), _)| *name == resource && key == id).map(|(_, fields)| fields);
        change(fields.unwrap_or_else(|| panic!("no {resource} {id}")));
    }

    /// Removes an object behind the tools' back; true if it was there.
    pub fn remove(&self, resource: &str, id: &str) -> bool {
        let mut objects = lock(&self.objects);
        let before = objects.len();
        objects.retain(|(name, key), _| !(*name == resource && key == id));
        objects.len() < before
    }

    /// What the server has of the object.
    pub fn get(&self, resource: &str, id: &str) -> Option<Fields> {
        lock(&self.objects).iter().find(|((name, key), _)| *name == resource && key == id).map(|(_, fields)| fields.clone())
    }

    /// The ids of all objects of the resource.
    pub fn ids(&self, resource: &str) -> Vec<String> {
        lock(&self.objects).keys().filter(|(name, _)| *name == resource).map(|(_, id)| id.clone()).collect()
    }

    /// The writes so far; asking forgets them.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut *lock(&self.requests))
    }

    pub(super) async fn misbehave(&self, verb: &'static str, cx: &Cx<Store>) -> Result<Option<Hook>, Failure> {
        let hook = lock(&self.hooks).remove(verb);
        match hook {
            Some(Hook::Refuse) => Err(Diagnostic::error("The toy server refused", format!("It was told to refuse to {verb}.")).into()),
            Some(Hook::Panic) => panic!("told to panic in {verb}"),
            Some(Hook::Hang) => {
                cx.cancel.cancelled().await;
                Err(Diagnostic::error("Cancelled", "Nothing was sent.").into())
            }
            Some(Hook::Slow) => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                Ok(None)
            }
            other => Ok(other),
        }
    }

    fn log(&self, verb: &'static str, resource: &Resource, id: Option<&str>, body: Fields) {
        lock(&self.requests).push(Request { verb, resource: resource.name, id: id.map(str::to_owned), body });
    }

    /// Writes the object and returns its id.
    fn put(&self, write: &Write, id: Option<String>) -> String {
        let (table, turn) = (&write.resource.table, self.made.fetch_add(1, Ordering::Relaxed) + 1);
        let sent = sent(write);
        let verb = if id.is_some() { "update" } else { "create" };
        self.log(verb, write.resource, id.as_deref(), sent.clone());
        let mut objects = lock(&self.objects);
        let ignored = lock(&self.ignored);
        let before = id.as_ref().and_then(|id| objects.get(&(write.resource.name, id.clone()))).cloned();
        let mut fields = before.clone().unwrap_or_default();
        for (pointer, value) in sent {
            let attr = table.attrs().find(|attr| attr.remote() && attr.pointer().to_string() == pointer).expect("a pointer of the table");
            match normal(attr, &attr.kind, &value) {
                value if value.is_null() || !attr.empty_counts && value.is_empty() || ignored.contains(&pointer.as_str()) => {
                    fields.remove(&pointer)
                }
                value => fields.insert(pointer, value),
            };
        }
        // Who would change nothing sends nothing.
        if let (Some(id), true) = (&id, before.as_ref() == Some(&fields)) {
            return id.clone();
        }
        for attr in table.attrs().filter(|attr| attr.remote()) {
            if let Some(value) = own(attr, turn, &fields) {
                fields.insert(attr.pointer().to_string(), value);
            }
        }
        let id = id.unwrap_or_else(|| match fields.get(write.resource.key) {
            Some(Value::String(id)) => id.clone(),
            _ => format!("{}-{turn}", write.resource.name),
        });
        fields.insert(write.resource.key.to_owned(), Value::text(&id));
        objects.insert((write.resource.name, id.clone()), fields);
        id
    }

    pub(super) fn show(&self, resource: &Resource, id: &str, born: bool) -> Option<Observed> {
        let fields = lock(&self.objects).get(&(resource.name, id.to_owned())).cloned()?;
        let shown = resource.table.attrs().map(|attr| {
            if !attr.remote() || attr.write_only || (attr.reads == Reads::Once && !born) {
                return Value::Null;
            }
            let absent = || attr.absent_is.map(|value| value.value()).or(attr.unset_as.map(|value| value.value())).unwrap_or_default();
            fields.get(&attr.pointer().to_string()).map_or_else(absent, |value| told(&attr.kind, value))
        });
        Some(Observed { id: id.to_owned(), value: Value::Object(shown.collect()), warnings: Vec::new() })
    }
}

/// What an answer tells of a value.
fn told(kind: &Kind, value: &Value) -> Value {
    match kind {
        Kind::Object(nested) if matches!(value, Value::Object(_)) => {
            let fields = Object::new(&nested.table, value).iter();
            let told = |(attr, value): (&Attr, &Value)| if attr.reads == Reads::Never { Value::Null } else { told(&attr.kind, value) };
            Value::Object(fields.map(told).collect())
        }
        _ => value.clone(),
    }
}

/// What a client sends: all that is planned and known, null for what is not set, write-only values where
/// they are wanted.
fn sent(write: &Write) -> Fields {
    let table = &write.resource.table;
    let (planned, config) = (Object::new(table, &write.planned), Object::new(table, &write.config));
    let prior = Object::new(table, &write.prior);
    let mut body = Fields::new();
    for (attr, value) in planned.iter().filter(|(attr, _)| attr.remote() && attr.configurable() && !attr.write_only) {
        let kept = matches!(attr.reads, Reads::Unless(twin) if write.private.uses(twin))
            || attr.presence == Presence::WhileSet && value.is_null() && prior.get(attr.name).is_null();
        if !value.has_unknown() && !kept {
            body.insert(attr.pointer().to_string(), value.clone());
        }
    }
    for (attr, value) in config.iter().filter(|(attr, _)| write.rewrite.contains(&attr.name)) {
        body.insert(attr.pointer().to_string(), value.clone());
    }
    body
}

/// The value as the server keeps it.
fn normal(attr: &Attr, kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::String, Value::String(text)) => Value::text(match attr.equality.name {
            "duration" => duration::parse(text).map(duration::format).unwrap_or_else(|_| text.clone()),
            "URL" => text.trim_end_matches('/').to_owned(),
            "words" => text.split_whitespace().collect::<Vec<_>>().join(" "),
            "JSON" => serde_json::from_str::<serde_json::Value>(text).map(|json| json.to_string()).unwrap_or_else(|_| text.clone()),
            "instant" => text.parse::<jiff::Timestamp>().map(|at| at.to_string()).unwrap_or_else(|_| text.clone()),
            _ => text.clone(),
        }),
        (Kind::List(of), Value::List(items)) => {
            let mut items: Vec<_> = items.iter().map(|item| normal(attr, of, item)).collect();
            if attr.unordered || attr.keyed.is_some() {
                items.sort_by_key(|item| janiform::schema::json::kind_to_json(of, item).to_string());
            }
            Value::List(items)
        }
        (Kind::Map(of), Value::Map(map)) => Value::Map(map.iter().map(|(key, item)| (key.clone(), normal(attr, of, item))).collect()),
        (Kind::Object(nested), Value::Object(_)) => Value::Object(
            Object::new(&nested.table, value)
                .iter()
                .map(|(attr, value)| Some(normal(attr, &attr.kind, value)).filter(|value| !value.is_empty()).unwrap_or_default())
                .collect(),
        ),
        _ => value.clone(),
    }
}

/// What the server decides by itself.
fn own(attr: &Attr, turn: u64, fields: &Fields) -> Option<Value> {
    let fixed = |value: Value| (!fields.contains_key(&attr.pointer().to_string())).then_some(value);
    match attr.name {
        "ttl" => fixed("1h0m0s".into()),
        "scope" => fixed("openid".into()),
        "maker" => fixed("acme".into()),
        "theme" => fixed("light".into()),
        "dark" => fixed(false.into()),
        "most" => fixed(Value::from(10)),
        "shape" => fixed("round".into()),
        "weight" => fixed(Value::Number(Number::parse("0.25").expect("a number"))),
        "grants" => fixed(Value::List(vec!["read".into()])),
        "client_secret" => fixed(Value::text(format!("made-up-{turn}"))),
        "created_at" => fixed(Value::text(format!("2030-01-01T00:00:{:02}Z", turn % 60))),
        "updated_at" => Some(Value::text(format!("2030-01-01T00:{:02}:{:02}Z", turn / 60 % 60, turn % 60))),
        "revision" => Some(Value::from(fields.get("revision").and_then(Value::as_i64).unwrap_or(0) + 1)),
        "fingerprint" => Some(Value::text(match fields.get("keys") {
            Some(Value::String(keys)) => format!("of-{}-{}", keys.len(), keys.bytes().map(u64::from).sum::<u64>()),
            _ => "of-nothing".to_owned(),
        })),
        "slug" => fields.get("name").and_then(Value::as_str).map(|name| Value::text(name.to_lowercase())),
        "shelf" => Some(shelf_of(fields.get("region").unwrap_or(&Value::Null))),
        "link_id" => Some(Value::text(format!("{}-{}", fields.get("from")?.as_str()?, fields.get("to")?.as_str()?))),
        _ if attr.presence == Presence::ReadOnly => panic!("the toy server does not know {}", attr.name),
        _ => None,
    }
}

/// Where things of the region lie.
pub fn shelf_of(region: &Value) -> Value {
    match region {
        Value::Unknown => Value::Unknown,
        Value::String(region) if !region.is_empty() => Value::text(format!("shelf of {region}")),
        _ => "front shelf".into(),
    }
}

/// A client of a server.
pub struct Store {
    pub remote: Arc<Remote>,
    /// The resolved provider configuration.
    pub settings: Value,
}

/// Makes a client of the provider's configuration.
pub fn connect(config: &Value) -> Result<Store, Vec<Diagnostic>> {
    let table: &Table = &super::CONFIG;
    let name = Object::new(table, config).str("endpoint").unwrap_or_default();
    match lock(&SERVERS).get(name) {
        Some(remote) => Ok(Store { remote: remote.clone(), settings: config.clone() }),
        None => Err(vec![Diagnostic::error("No such toy server", "Set `endpoint` to one that was started.").at(Path::attr("endpoint"))]),
    }
}

/// The backend of all toys.
pub struct Shelf;

/// The backend of all toys, as tables need it.
pub static SHELF: Shelf = Shelf;

pub(super) fn later(done: Done, left: Option<Observed>) -> Failure {
    let summary = match done {
        Done::Yes => "A later step failed",
        _ => "The toy server did not answer",
    };
    Failure { done, left: left.map(Box::new), diagnostics: vec![Diagnostic::error(summary, "It was told to.")] }
}

#[async_trait]
impl Backend<Store> for Shelf {
    async fn create(&self, cx: &Cx<Store>, write: &Write) -> Result<Observed, Failure> {
        let remote = &cx.client.remote;
        let hook = remote.misbehave("create", cx).await?;
        let id = remote.put(write, None);
        let shown = remote.show(write.resource, &id, true).expect("it was just made");
        match hook {
            Some(Hook::Lost) => Err(later(Done::Maybe, None)),
            Some(Hook::Half) => Err(later(Done::Yes, Some(shown))),
            _ => Ok(shown),
        }
    }

    async fn read(&self, cx: &Cx<Store>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let remote = &cx.client.remote;
        remote.misbehave("read", cx).await?;
        Ok(state.id.as_deref().and_then(|id| remote.show(resource, id, false)))
    }

    async fn update(&self, cx: &Cx<Store>, write: &Write) -> Result<Observed, Failure> {
        let remote = &cx.client.remote;
        let hook = remote.misbehave("update", cx).await?;
        let id = write.id.clone().expect("an update has an id");
        if remote.get(write.resource.name, &id).is_none() {
            return Err(Diagnostic::error("The thing is gone", "Refresh, and apply again.").into());
        }
        remote.put(write, Some(id.clone()));
        let shown = remote.show(write.resource, &id, false).expect("it was just written");
        match hook {
            Some(Hook::Lost) => Err(later(Done::Maybe, None)),
            Some(Hook::Half) => Err(later(Done::Yes, Some(shown))),
            _ => Ok(shown),
        }
    }

    async fn delete(&self, cx: &Cx<Store>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let remote = &cx.client.remote;
        let hook = remote.misbehave("delete", cx).await?;
        if let Some(id) = &state.id {
            remote.log("delete", resource, Some(id), Fields::new());
            remote.remove(resource.name, id);
        }
        match hook {
            Some(_) => Err(later(Done::Maybe, None)),
            None => Ok(()),
        }
    }

    async fn list(&self, cx: &Cx<Store>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let remote = &cx.client.remote;
        let _ended = Ended(remote.clone());
        remote.misbehave("list", cx).await?;
        let names = wanted.filter.strs("names");
        for (place, id) in remote.ids(wanted.resource.name).iter().enumerate() {
            if place == 2 && remote.misbehave("list_more", cx).await? == Some(Hook::Lost) {
                cx.warn(Diagnostic::warning("The list is short", "Some of it was lost."));
                return Ok(());
            }
            let shown = remote.show(wanted.resource, id, false).expect("it was just there");
            let name = Object::new(&wanted.resource.table, &shown.value).str("name");
            if wanted.holds(&shown.value) && (names.is_empty() || name.is_some_and(|name| names.contains(&name))) {
                remote.called(format!("list {id}"));
                objects.send(shown).await;
            }
        }
        Ok(())
    }
}

/// Tells that a list has ended, also one that is dropped.
struct Ended(Arc<Remote>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.called("the list ended".into());
    }
}
