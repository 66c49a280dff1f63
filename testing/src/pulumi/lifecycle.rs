//! Lifecycles of any resource, attribute by attribute, derived from its table.
//!
//! A new resource is tested by naming it. The server's specifics are behind [`Backdoor`].

use super::{
    engine::{Done, Host, Stop},
    wire::{plain, secret, unknown, with},
};
use crate::{
    Backdoor, json as stored,
    samples::{self, Known, Way},
};
use janiform::{
    engine::Entry,
    frontends::pulumi::names,
    schema::{Attr, Guards, Kind, Presence, Reads, Resource, Table},
    value::Number,
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Map, Value as Json, json};

/// Attributes with their names in Pulumi.
pub fn spell(table: &Table, config: &Json) -> Json {
    let members = config.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let members = members.map(|(name, value)| {
        let attr = table.attr(table.index(name).unwrap());
        (names::camel(name), spell_kind(&attr.kind, value))
    });
    Json::Object(members.collect::<Map<_, _>>())
}

/// The same for a value of this kind.
pub fn spell_kind(kind: &Kind, value: &Json) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Json::Object(_)) => spell(&nested.table, value),
        (Kind::List(of), Json::Array(items)) => Json::Array(items.iter().map(|item| spell_kind(of, item)).collect()),
        (Kind::Map(of), Json::Object(members)) => {
            Json::Object(members.iter().map(|(key, item)| (key.clone(), spell_kind(of, item))).collect())
        }
        _ => value.clone(),
    }
}

/// Whether doubles can represent every number in it, as Pulumi's properties require.
pub fn fits(value: &Json) -> bool {
    match value {
        Json::Number(number) => Number::parse(&number.to_string()).unwrap().fits_f64(),
        Json::Array(items) => items.iter().all(fits),
        Json::Object(members) => members.values().all(fits),
        _ => true,
    }
}

/// One resource in its lifecycles.
pub struct Lifecycle<'a> {
    host: &'a mut Host,
    backdoor: &'a dyn Backdoor,
    resource: &'static Resource,
    token: String,
    known: Known,
    base: Json,
    runs: usize,
    failures: Vec<String>,
}

type Step = Result<(), String>;

fn told(stop: Stop) -> String {
    format!("{stop:?}")
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, wanted: T, found: T) -> Step {
    if wanted == found { Ok(()) } else { Err(format!("{what} was to be {wanted:?} and is {found:?}")) }
}

impl<'a> Lifecycle<'a> {
    /// The lifecycles of this resource of the provider with this name, with objects as its table requires. The engine must be
    /// configured.
    pub fn new<C>(host: &'a mut Host, backdoor: &'a dyn Backdoor, provider: &str, entry: &'static Entry<C>, known: Known) -> Lifecycle<'a> {
        Lifecycle::on(host, backdoor, provider, entry.resource, &Way::only(entry.resource, known))
    }

    /// The lifecycles of objects that are made in this way.
    pub fn on(host: &'a mut Host, backdoor: &'a dyn Backdoor, provider: &str, resource: &'static Resource, way: &Way) -> Lifecycle<'a> {
        let token = names::resource_token(provider, resource.name);
        Lifecycle { host, backdoor, resource, token, known: way.known, base: way.base.clone(), runs: 0, failures: Vec::new() }
    }

    fn spelled(&self, config: &Json) -> Json {
        spell(&self.resource.table, config)
    }

    async fn up(&mut self, program: &Json) -> Result<Done, String> {
        let token = self.token.clone();
        self.host.up(&token, "it", program).await.map(|up| up.done).map_err(told)
    }

    fn id(&self) -> String {
        self.host.state["it"].id.clone()
    }

    async fn end(&mut self) -> Step {
        let id = self.id();
        self.host.destroy().await.map_err(told)?;
        match self.backdoor.exists(self.resource, &id).await {
            true => Err("it is still there".into()),
            false => Ok(()),
        }
    }

    async fn note(&mut self, what: String, step: Step) {
        self.runs += 1;
        if let Err(why) = step {
            self.failures.push(format!("{} {what}: {why}", self.resource.name));
            // The next lifecycle begins without the object.
            let _ = self.host.destroy().await;
            self.host.state.clear();
        }
    }

    /// Runs every lifecycle of the resource and of each of its attributes; returns their number and the failures.
    pub async fn run(mut self) -> (usize, Vec<String>) {
        let step = self.whole().await;
        self.note("the whole object".into(), step).await;
        if let Some(guard) = self.resource.guard(Guards::Deletion) {
            let step = self.guarded(guard).await;
            self.note(guard.name.into(), step).await;
        }
        let base = self.base.clone();
        for attr in self.resource.table.attrs().filter(|attr| attr.configurable()) {
            let configs: Vec<_> = samples::values(attr, self.known)
                .into_iter()
                .filter(fits)
                .filter_map(|value| Some((value.clone(), samples::with(self.resource, &base, attr, &value, self.known)?)))
                .collect();
            let Some((value, config)) = configs.first().cloned() else { continue };
            if let Some((_, other)) = configs.get(1) {
                let step = self.changed(attr, &config, other).await;
                self.note(format!("{}: change", attr.name), step).await;
            }
            let step = self.foreseen(attr, &base, &config).await;
            self.note(format!("{}: unknown", attr.name), step).await;
            if attr.presence != Presence::Required && base.get(attr.name).is_none() {
                let step = self.removed(attr, &base, &value, &config).await;
                self.note(format!("{}: removal", attr.name), step).await;
            }
            if let Some(other) = samples::respelled(attr, &value).filter(fits) {
                let mut respelled = config.clone();
                respelled[attr.name] = other;
                let step = self.respelled(&config, &respelled).await;
                self.note(format!("{}: respelling", attr.name), step).await;
            }
            if attr.remote() && matches!(attr.reads, Reads::Always | Reads::Unless(_)) {
                let other = configs.iter().map(|(value, _)| value).rfind(|other| **other != value).cloned().unwrap_or(value);
                let step = self.drifted(attr, &base, &config, &other).await;
                self.note(format!("{}: drift", attr.name), step).await;
            }
        }
        (self.runs, self.failures)
    }

    async fn whole(&mut self) -> Step {
        let read = |attr: &Attr| attr.reads != Reads::Never && attr.reads != Reads::Once;
        for wanted in [|_: &Attr| true, read] {
            let config = samples::full(self.resource, &self.base, self.known, wanted);
            let table = &self.resource.table;
            let config = Json::Object(
                config
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(_, value)| fits(value))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            );
            assert!(table.len() > 1);
            let program = self.spelled(&config);
            self.up(&program).await?;
            self.is_quiet().await?;
            expect("a second run", Done::Nothing, self.up(&program).await?)?;
            let (token, id) = (self.token.clone(), self.id());
            self.host.import(&token, "imported", &id).await.map_err(told)?.ok_or("there is nothing to import")?;
            self.host.get(&token, "got", &id, &json!({})).await.map_err(told)?.ok_or("there is nothing to get")?;
            self.host.state.remove("imported");
            self.end().await?;
        }
        let program = self.spelled(&self.base);
        self.up(&program).await?;
        self.backdoor.remove(self.resource, &self.id()).await;
        if self.host.refresh("it").await.map_err(told)?.is_some() {
            return Err("what is gone is still seen".into());
        }
        expect("a new one", Done::Created, self.up(&program).await?)?;
        self.end().await
    }

    async fn is_quiet(&mut self) -> Step {
        let diff = self.host.refresh("it").await.map_err(told)?.ok_or("it is gone")?;
        match diff.changes() {
            DiffChanges::DiffNone => Ok(()),
            _ => Err(format!("a refresh sees changes of {:?}", diff.diffs)),
        }
    }

    async fn changed(&mut self, attr: &'static Attr, config: &Json, other: &Json) -> Step {
        let mut program = self.spelled(config);
        // With a secret value, whose secrecy the rules check.
        let property = names::camel(attr.name);
        program[&property] = secret(program[&property].clone());
        expect("the first run", Done::Created, self.up(&program).await?)?;
        self.is_quiet().await?;
        let program = self.spelled(other);
        expect("the change", done(attr), self.up(&program).await?)?;
        self.is_quiet().await?;
        expect("a second run", Done::Nothing, self.up(&program).await?)?;
        self.end().await
    }

    async fn foreseen(&mut self, attr: &'static Attr, base: &Json, config: &Json) -> Step {
        let (token, property) = (self.token.clone(), names::camel(attr.name));
        let open = with(&self.spelled(config), json!({ &property: unknown() }));
        let (_, foreseen) = self.host.preview(&token, "it", &open).await.map_err(told)?;
        if !attr.write_only {
            expect("what is foreseen", unknown(), plain(&foreseen[&property]))?;
        }
        self.up(&self.spelled(base)).await?;
        let (diff, _) = self.host.preview(&token, "it", &open).await.map_err(told)?;
        let diff = diff.ok_or("there is no diff")?;
        if !diff.diffs.contains(&property) {
            return Err(format!("only {:?} are said to change", diff.diffs));
        }
        expect("the replacement", attr.replaces, diff.replaces.contains(&property))?;
        self.end().await
    }

    async fn removed(&mut self, attr: &'static Attr, base: &Json, value: &Json, config: &Json) -> Step {
        self.up(&self.spelled(base)).await?;
        self.up(&self.spelled(config)).await?;
        self.is_quiet().await?;
        let removed = self.up(&self.spelled(base)).await?;
        let is_default = attr.default.is_some_and(|default| stored::kind_to_json(&attr.kind, &default.value()) == *value);
        if attr.presence != Presence::OrServer && !is_default && removed == Done::Nothing {
            return Err("the removal is no change".into());
        }
        self.is_quiet().await?;
        self.end().await
    }

    /// An object that its state protects stays until the state allows its destruction.
    async fn guarded(&mut self, guard: &'static Attr) -> Step {
        let mut config = self.base.clone();
        config[guard.name] = Json::Bool(true);
        self.up(&self.spelled(&config)).await?;
        let refused = self.host.destroy().await.err().map(told).ok_or("it is deleted although it is protected")?;
        expect("the reason", true, refused.contains("is protected"))?;
        expect("its existence", true, self.backdoor.exists(self.resource, &self.id()).await)?;
        config[guard.name] = Json::Bool(false);
        expect("the end of the protection", Done::Updated, self.up(&self.spelled(&config)).await?)?;
        self.is_quiet().await?;
        self.end().await
    }

    async fn respelled(&mut self, config: &Json, respelled: &Json) -> Step {
        self.up(&self.spelled(config)).await?;
        expect("another spelling", Done::Nothing, self.up(&self.spelled(respelled)).await?)?;
        self.is_quiet().await?;
        expect("the first spelling", Done::Nothing, self.up(&self.spelled(config)).await?)?;
        self.end().await
    }

    async fn drifted(&mut self, attr: &'static Attr, base: &Json, config: &Json, to: &Json) -> Step {
        let to = stored::kind_from_json(&attr.kind, to)?;
        let property = names::camel(attr.name);
        self.up(&self.spelled(config)).await?;
        if attr.name != self.resource.key && self.backdoor.change(self.resource, &self.id(), attr, Some(&to)).await {
            let seen = self.host.refresh("it").await.map_err(told)?.ok_or("it is gone")?;
            expect("what is seen", true, seen.diffs.contains(&property))?;
            expect("the repair", done(attr), self.up(&self.spelled(config)).await?)?;
            self.is_quiet().await?;
        }
        self.end().await?;
        if base.get(attr.name).is_some() || attr.name == self.resource.key {
            return Ok(());
        }
        self.up(&self.spelled(base)).await?;
        let default = attr.default.map(|default| default.value());
        if default.as_ref() != Some(&to) && self.backdoor.change(self.resource, &self.id(), attr, Some(&to)).await {
            self.host.refresh("it").await.map_err(told)?.ok_or("it is gone")?;
            // Values that others own are theirs to change.
            let theirs = matches!(attr.presence, Presence::OrServer | Presence::WhileSet);
            let wanted = if theirs { Done::Nothing } else { done(attr) };
            expect("the repair of what nobody set", wanted, self.up(&self.spelled(base)).await?)?;
            self.is_quiet().await?;
        }
        self.end().await
    }
}

fn done(attr: &Attr) -> Done {
    if attr.replaces { Done::Replaced } else { Done::Updated }
}
