//! `ory_json_web_key_set`: keys with which Ory or an application signs, in a set that others may write to.
//!
//! Names and types are those of the official provider. That provider manages the whole set; this one identifies its own keys by
//! their ids, and neither shows, changes nor deletes other keys of the set.

pub(in crate::ory) mod set;

use super::{
    super::client::Client,
    guards::{self, ADVISED, PROTECTION},
    jose,
    target::{TARGET, WHOLE_TARGET},
};
use crate::{
    engine::{Backend, Begun, Cx, Diagnostic, Done, Failure, Looked, Makes, Name, Observed, Offer, State, Write, one_line},
    rest::{REPLACING, address, id_of, secrets, stored_unaddressable},
    schema::{Attr, Lookup, Object, PlanDraft, Problem, Resource, Rule, Texts, conflicts, known, lookup, refuse, resource, rule, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use set::{Set, Wanted, taken};
use std::collections::{HashMap, HashSet};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "json_web_key_set",
    "Keys in a JSON Web Key Set: one that the server makes (`algorithm`), or keys of your own (`jwks`, or `jwks_wo` to keep them out of the state).\n\n\
     This resource manages only the keys that it made. Other keys in the set, such as those of a rotation elsewhere, are left alone: \
     destroying the resource deletes its own keys, and the set with them if no other key is left. A set that exists already is never \
     taken over silently: import it, by `<set_id>` or `<project_id>/<set_id>`. Of an imported set with several keys, those that the \
     configuration names are managed. A new `algorithm`, `key_id` or key of your own changes the set in place: the new key is added \
     before the old one is removed.\n\n\
     The server's own sets, with which it signs tokens, are refused. Leave a set that has the name of a trusted issuer to \
     `ory_trusted_oauth2_jwt_grant_issuer`, since writing a key there takes the trust in it away.",
)
.import("set_id")
.imported_as(parts)
.sections(&[SET, KEY, OWN, SHOWN, TARGET, PROTECTION, ADVISED])
.rules(RULES)
.advice(guards::KEYS)
.modify_plan(out_of_the_state)
.parts(|set| {
    let id = set.str("set_id").unwrap_or_default();
    let keys = set.str("public_keys").and_then(jose::keys).unwrap_or_default();
    keys.iter().map(jose::kid).flat_map(|kid| [part(id, kid), kid.to_owned()]).collect()
})
.checked();

/// How it is reached.
pub static BACKEND: Keys = Keys;

/// The data source.
static LOOKUP: Lookup =
    lookup(&RESOURCE, "The public keys of a JSON Web Key Set that is managed elsewhere.").without(&["keys", "jwks", "project_id"]);

static SET: &[Attr] = &[
    string("set_id", "Identifies the set; a change makes a new one.").required().replaces().check(refuse(address::id)),
    string("project_id", "Id of the project, for Ory Network. When unset, it is the project that the provider is configured with; another project needs `project_slug` and `project_api_key` beside this.")
        .or_server()
        .replaces()
        .local(),
];

static KEY: &[Attr] = &[
    string("key_id", "Identifies the key in the set (`kid`). Chosen when unset. With keys of your own, it is taken from them.")
        .or_server()
        .changes_with(&["algorithm", "use", "jwks", "jwks_wo", "jwks_wo_version"])
        .check(refuse(address::id)),
    string("algorithm", "Algorithm of the key that the server makes: RS, PS or ES with 256, 384 or 512, or `EdDSA`. With keys of your own, it is taken from them.")
        .or_server()
        .changes_with(&["jwks", "jwks_wo", "jwks_wo_version"])
        .check(refuse(made_by_the_server)),
    string("use", "What the key is for: `sig`, or `enc`. With keys of your own, it is taken from them.")
        .or_server()
        .changes_with(&["jwks", "jwks_wo", "jwks_wo_version"])
        .check(known(&["sig", "enc"])),
];

const ALGORITHMS: [&str; 10] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

static OWN: &[Attr] = &[
    string("jwks", "Keys of your own with their private parts, as JSON (`{\"keys\": […]}`). Each needs a `kid`. An import shows them with fingerprints in place of their private parts.")
        .or_server()
        .secret()
        .json()
        .means(jose::KEY_SET)
        .changes_with(&["key_id", "algorithm", "use"])
        .check(refuse(jose::named_keys))
        .unless("jwks_wo"),
    string("jwks_wo", "Keys of your own, kept out of the state.").write_only().at("jwks").json().means(jose::KEY_SET).check(refuse(jose::named_keys)),
    string("jwks_wo_version", "Any text; a change sends `jwks_wo` again.").local(),
];

static SHOWN: &[Attr] = &[
    string("keys", "The managed keys of the set with their private parts, as JSON; null where `jwks_wo` keeps them out of the state, and after an import until the keys change.")
        .read_only()
        .secret()
        .json()
        .means(jose::KEY_SET)
        .changes_with(KEY_CHANGES),
    string("public_keys", "The public parts of the managed keys, as JSON (`{\"keys\": […]}`). Signatures are verified with them.")
        .read_only()
        .json()
        .means(jose::KEY_SET)
        .changes_with(KEY_CHANGES),
];

const KEY_CHANGES: &[&str] = &["key_id", "algorithm", "use", "jwks", "jwks_wo", "jwks_wo_version"];

static RULES: &[Rule] = &[
    conflicts(&["jwks", "jwks_wo"]),
    rule(&["set_id"], not_the_servers),
    rule(&["algorithm", "jwks", "jwks_wo"], some_key),
    rule(&["jwks", "jwks_wo", "key_id", "algorithm", "use"], own_keys_speak_for_themselves),
    WHOLE_TARGET,
];

pub(in crate::ory) fn not_the_servers(set: Object<'_>) -> Option<Problem> {
    set.str("set_id").is_some_and(is_system).then(|| Problem::refused("set_id", "The key set belongs to the server", SYSTEM))
}

const SYSTEM: &str = "The server signs tokens with the keys of this set and makes them itself: deleting or changing them would make every token invalid. Choose another set.";

fn is_system(set: &str) -> bool {
    matches!(set, "hydra.openid.id-token" | "hydra.jwt.access-token")
}

/// Symmetric algorithms are in the official provider's list, but no release of the server makes such keys.
pub(in crate::ory) fn made_by_the_server(algorithm: &str) -> Result<(), String> {
    match algorithm {
        known if ALGORITHMS.contains(&known) => Ok(()),
        "HS256" | "HS384" | "HS512" => Err("The server makes no symmetric keys, although its API description names them: choose an asymmetric algorithm such as `ES256`, or give a key of your own as `jwks`.".into()),
        _ => Err(format!("Must be one of {}: the server makes no other keys.", ALGORITHMS.map(|name| format!("`{name}`")).join(", "))),
    }
}

fn some_key(set: Object<'_>) -> Option<Problem> {
    let nothing = ["algorithm", "jwks", "jwks_wo"].iter().all(|name| set.get(name).is_null());
    nothing.then(|| {
        Problem::refused(
            "algorithm",
            "No algorithm and no keys",
            "Set `algorithm` to have the server make a key, or `jwks` or `jwks_wo` to use keys of your own.",
        )
    })
}

fn own_keys_speak_for_themselves(set: Object<'_>) -> Option<Problem> {
    let keys = jose::keys(set.str("jwks").or(set.str("jwks_wo"))?)?;
    let said = |name: &str, member: &str| match (set.str(name), keys.as_slice()) {
        (None, _) => true,
        (Some(said), [key]) => key.at(member).as_str().is_none_or(|own| own == said),
        _ => false,
    };
    let wrong = [("key_id", "kid"), ("algorithm", "alg"), ("use", "use")].into_iter().find(|(name, member)| !said(name, member))?.0;
    Some(Problem::refused(
        wrong,
        format!("{wrong} differs from the keys"),
        format!(
            "With keys of your own, `{wrong}` is taken from the keys: remove `{wrong}`, or remove the keys to have the server make one."
        ),
    ))
}

/// Keeps write-only keys, and values that follow from them, out of the state. Id, algorithm and use are those of the user's keys;
/// if a configuration without keys sets others, the server makes a key.
fn out_of_the_state(draft: &mut PlanDraft<'_>) {
    let asked = |name: &str| draft.config.get(name);
    let is_another = |name: &&str| draft.prior.is_some_and(|prior| !asked(name).is_null() && prior.get(name) != asked(name));
    if ["key_id", "algorithm", "use"].iter().any(is_another) {
        draft.withdraw("jwks_wo");
    }
    if draft.uses("jwks_wo") {
        draft.set("jwks", Value::Null);
        draft.set("keys", Value::Null);
    }
}

/// `<set_id>`, or `<project_id>/<set_id>` as the official provider has it. A set's id may hold slashes too.
fn parts(id: &str) -> Texts {
    match id.split_once('/') {
        Some((project, set)) if uuid::Uuid::parse_str(project).is_ok() && !set.is_empty() => {
            vec![("project_id", project.to_owned()), ("set_id", set.to_owned())]
        }
        _ => vec![("set_id", id.to_owned())],
    }
}

/// Key sets. Some keys of a set are managed by this resource, others are not.
pub struct Keys;

/// Which keys of a set are managed.
enum Ours {
    /// All of them: the set is being imported, or read by the data source.
    All,
    /// Those with these ids.
    These(Vec<String>),
}

/// Which attributes of a state show keys.
#[derive(Clone, Copy)]
struct Shows {
    /// `keys`.
    private: bool,
    /// `jwks`.
    own: bool,
}

#[async_trait]
impl Backend<Client> for Keys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let set = Set::of(cx, set_id(write), &write.planned, secrets(write)).await?;
        let own = own_keys(write);
        let makes = if own.is_some() { Makes::TheObject } else { Makes::APart(key_name(cx, write)) };
        let attempt = cx.attempt(write, set.account(), makes);
        let wanted = Wanted::of(write, &attempt);
        let (keys, looked) = set.look().await?;
        if let Some(keys) = keys {
            // The set did not exist when an earlier, crashed run began it: its keys that are as planned were made by that run.
            let is_begun = attempt.begun.as_ref().is_some_and(Begun::saw_nothing)
                && match &own {
                    Some(own) => keys.iter().any(|key| own.iter().any(|own| jose::same_key(own, key))) && foreign(own, &keys).is_none(),
                    None => keys.iter().any(|key| wanted.is(key)),
                };
            if !is_begun {
                return Err(exists(&set.id, &keys).into());
            }
            cx.resume(&attempt);
            let mut ours: Vec<Json> = keys.into_iter().filter(|key| wanted.is(key) || is_among(key, own.as_deref())).collect();
            let missing: Vec<Json> = own.into_iter().flatten().filter(|own| !ours.iter().any(|key| jose::same_key(own, key))).collect();
            return match set.bring(&missing).await {
                Ok(brought) => {
                    ours.extend(brought);
                    Ok(observed(&set.id, &ours, shows(write)))
                }
                Err(failed) => Err(set.left_behind(write, &wanted.id, failed).await),
            };
        }
        match &own {
            None if !has_key_id(write) => cx.begin_chosen(&attempt, &wanted.id),
            _ => cx.begin(&attempt, looked),
        }
        let made = match own {
            Some(keys) => set.bring(&keys).await,
            None => set.make(&wanted).await.map(|key| vec![key]),
        };
        match made {
            Ok(keys) => Ok(observed(&set.id, &keys, shows(write))),
            Err(failed) => Err(set.left_behind(write, &wanted.id, failed).await),
        }
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(&RESOURCE, state.id.as_deref())?;
        if state.private.imported.is_some() && is_system(id) {
            return Err(Diagnostic::error("The key set belongs to the server", SYSTEM).at(Path::attr("set_id")).into());
        }
        let set = Set::of(cx, id, &state.value, Vec::new()).await?;
        let Some(keys) = set.read().await? else { return Ok(None) };
        let before = Object::new(&RESOURCE.table, &state.value);
        let keys = match ours(before)? {
            Ours::All if state.private.imported.is_some() => addressable(cx, id, keys)?,
            Ours::All => keys,
            Ours::These(ids) => of_these(keys, &ids),
        };
        // An attribute that the state does not have is kept out of it, even if its value is known.
        let shows =
            Shows { private: !before.get("keys").is_null(), own: state.private.imported.is_some() || !before.get("jwks").is_null() };
        Ok(Some(observed(id, &keys, shows)))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let set = Set::of(cx, id_of(&RESOURCE, write.id.as_deref())?, &write.planned, secrets(write)).await?;
        let ours = ours(Object::new(&RESOURCE.table, &write.prior))?;
        let (before, looked) = set.look().await?;
        let ours = match ours {
            Ours::All => Vec::new(),
            Ours::These(ids) => ids,
        };
        let before = before.unwrap_or_default();
        set.change(cx, &Change::of(write, &before, &ours, looked)).await.map(|keys| observed(&set.id, &keys, shows(write)))
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(&RESOURCE, state.id.as_deref())?;
        if is_system(id) {
            return Err(Diagnostic::error("The key set belongs to the server", SYSTEM).at(Path::attr("set_id")).into());
        }
        let set = Set::of(cx, id, &state.value, Vec::new()).await?;
        // If the state names no managed key, no key is deleted.
        let ours = ours(Object::new(&RESOURCE.table, &state.value))?;
        let (Some(keys), Ours::These(ours)) = (set.read().await?, ours) else { return Ok(()) };
        // The keys are deleted one by one, although one request could delete the set: others may have written to it meanwhile.
        for key in of_these(keys, &ours) {
            set.drop_key(jose::kid(&key)).await?;
        }
        Ok(())
    }
}

/// Those of the keys that have one of these ids.
fn of_these(keys: Vec<Json>, ids: &[String]) -> Vec<Json> {
    let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
    keys.into_iter().filter(|key| ids.contains(jose::kid(key))).collect()
}

/// Whether it is undecided which keys are managed: an import found several, and no configuration has named any of them yet.
/// Such a state has all of them in `jwks`, and none in `keys`.
fn is_open(state: Object<'_>) -> bool {
    state.get("keys").is_null() && state.str("jwks").and_then(jose::keys).is_some_and(|keys| keys.len() > 1)
}

fn set_id(write: &Write) -> &str {
    Object::new(&RESOURCE.table, &write.planned).str("set_id").unwrap_or_default()
}

/// The user's keys, if the write sends them.
fn own_keys(write: &Write) -> Option<Vec<Json>> {
    let config = Object::new(&RESOURCE.table, &write.config);
    jose::keys(config.str("jwks").or(config.str("jwks_wo"))?)
}

/// The managed keys of a state. An error if the state has a key whose id cannot be in a URL: then nothing is done to the set.
fn ours(state: Object<'_>) -> Result<Ours, Diagnostic> {
    let ids = |name: &str| {
        let keys = state.str(name).and_then(jose::keys)?;
        Some(keys.iter().map(|key| jose::kid(key).to_owned()).collect::<Vec<_>>())
    };
    // A state that the official provider wrote only has the id.
    match ids("public_keys").or_else(|| Some(vec![state.str("key_id")?.to_owned()])) {
        Some(ids) => match ids.iter().find_map(|kid| Some((kid, address::id(kid).err()?))) {
            Some((kid, why)) => Err(stored_unaddressable("key in the set", kid, &why).at(Path::attr("public_keys"))),
            None => Ok(Ours::These(ids)),
        },
        None => Ok(Ours::All),
    }
}

/// The keys of an imported set whose ids requests can use, with a warning about the others.
fn addressable(cx: &Cx<Client>, set: &str, keys: Vec<Json>) -> Result<Vec<Json>, Diagnostic> {
    let (keys, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| address::id(jose::kid(key)).is_ok());
    if !others.is_empty() {
        let kids: Vec<_> = others.iter().map(|key| format!("`{}`", one_line(jose::kid(key)))).collect();
        let detail = format!(
            "A key with the `kid` {} cannot be named in a URL, so such keys of the set `{set}` are not managed: they are neither changed nor deleted.",
            kids.join(", ")
        );
        if keys.is_empty() {
            return Err(Diagnostic::error("The set has no keys that can be managed", detail).at(Path::attr("set_id")));
        }
        cx.warn(Diagnostic::warning("Some keys of the set are left out", detail).at(Path::attr("set_id")));
    }
    Ok(keys)
}

fn shows(write: &Write) -> Shows {
    let hidden = write.private.uses("jwks_wo");
    Shows { private: !hidden, own: !hidden && Object::new(&RESOURCE.table, &write.planned).str("jwks").is_some() }
}

/// The managed keys as attributes. A single key gives its id, algorithm and use; several keys have none in common; and there is
/// none if somebody else has removed all managed keys.
fn observed(set: &str, keys: &[Json], shows: Shows) -> Observed {
    let text = |name: &str| match keys {
        [key] => key.at(name).as_str().map(Value::text).unwrap_or_default(),
        _ => Value::Null,
    };
    let value = |name: &str| match name {
        "set_id" => Value::text(set),
        "key_id" => text("kid"),
        "algorithm" => text("alg"),
        "use" => text("use"),
        "jwks" if shows.own => Value::String(jose::set(keys)),
        "keys" if shows.private => Value::String(jose::set(keys)),
        "public_keys" => Value::String(jose::public_set(keys)),
        _ => Value::Null,
    };
    Observed {
        id: set.to_owned(),
        value: Value::Object(RESOURCE.table.attrs().map(|attr| value(attr.name)).collect()),
        warnings: Vec::new(),
    }
}

fn exists(set: &str, keys: &[Json]) -> Diagnostic {
    Diagnostic::error(
        "The key set exists already",
        format!(
            "There is a key set `{set}` with {} that is not in the state. Keys that others made are never taken over silently. To manage it, import it by its id `{set}` (`terraform import`, an `import` block, or `pulumi import`); otherwise choose another `set_id`.{REPLACING}",
            if keys.len() == 1 { "a key".to_owned() } else { format!("{} keys", keys.len()) }
        ),
    )
    .at(Path::attr("set_id"))
}

/// An update of a set.
struct Change<'a> {
    write: &'a Write,
    /// The existing keys.
    before: &'a [Json],
    /// The same by their ids.
    by_id: HashMap<&'a str, &'a Json>,
    /// The ids of the managed keys.
    ours: HashSet<&'a str>,
    /// The time at which the keys were read.
    looked: Looked,
}

impl<'a> Change<'a> {
    fn of(write: &'a Write, before: &'a [Json], ours: &'a [String], looked: Looked) -> Change<'a> {
        let by_id = before.iter().rev().map(|key| (jose::kid(key), key)).collect();
        Change { write, before, by_id, ours: ours.iter().map(String::as_str).collect(), looked }
    }

    fn is_ours(&self, kid: &str) -> bool {
        self.ours.contains(kid)
    }

    fn there(&self, kid: &str) -> Option<&'a Json> {
        self.by_id.get(kid).copied()
    }
}

impl Set<'_> {
    /// Changes the managed keys to the plan, and returns them. A key that exists already is not written again: the server would
    /// delete what depends on it.
    async fn change(&self, cx: &Cx<Client>, change: &Change<'_>) -> Result<Vec<Json>, Failure> {
        let Change { write, before, .. } = *change;
        let kept: Vec<Json> = match own_keys(write) {
            // The keys are unchanged, whether this run has their values or not.
            _ if write.private.uses("jwks_wo") && !write.rewrite.contains(&"jwks_wo") => {
                return Ok(before.iter().filter(|key| change.is_ours(jose::kid(key))).cloned().collect());
            }
            Some(keys) => {
                let is_new = |key: &&Json| change.there(jose::kid(key)).is_none_or(|old| !jose::same_key(old, key));
                let news: Vec<Json> = keys.iter().filter(is_new).cloned().collect();
                let is_foreign = |kid: &str| change.there(kid).is_some() && !change.is_ours(kid);
                if let Some(kid) = news.iter().map(jose::kid).find(|kid| is_foreign(kid)) {
                    return Err(taken(kid));
                }
                let brought = match self.bring(&news).await {
                    Ok(brought) => brought,
                    Err(failed) => return Err(self.left_behind(write, "", failed).await),
                };
                let wanted: HashSet<String> = keys.iter().map(jose::canonical).collect();
                let unchanged = before.iter().filter(|old| wanted.contains(&jose::canonical(old)));
                unchanged.cloned().chain(brought).collect()
            }
            None => vec![self.one_key(cx, change).await?],
        };
        if is_open(Object::new(&RESOURCE.table, &write.prior)) {
            return Ok(kept);
        }
        let kept_ids: HashSet<&str> = kept.iter().map(jose::kid).collect();
        for old in change.ours.iter().filter(|old| change.there(old).is_some() && !kept_ids.contains(*old)) {
            if let Err(error) = self.drop_key(old).await {
                let kid = kept.first().map(jose::kid).unwrap_or_default();
                return Err(self.left_behind(write, kid, after(error.into())).await);
            }
        }
        Ok(kept)
    }

    /// The key that the server makes: the existing one, if it is managed and as planned; otherwise a new one.
    async fn one_key(&self, cx: &Cx<Client>, change: &Change<'_>) -> Result<Json, Failure> {
        let write = change.write;
        let attempt = cx.attempt(write, self.account(), Makes::APart(key_name(cx, write)));
        let wanted = Wanted::of(write, &attempt);
        match change.there(&wanted.id) {
            Some(key) if change.is_ours(&wanted.id) && wanted.is(key) => return Ok(key.clone()),
            // The server has no two keys with the same id: the old one is deleted first.
            Some(_) if change.is_ours(&wanted.id) => self.drop_key(&wanted.id).await?,
            // The key did not exist when an earlier run began to make it.
            Some(key) if attempt.begun.as_ref().is_some_and(Begun::saw_nothing) && wanted.is(key) => {
                cx.resume(&attempt);
                return Ok(key.clone());
            }
            Some(_) => return Err(taken(&wanted.id)),
            None => {}
        }
        match has_key_id(write) {
            true => cx.begin(&attempt, change.looked),
            false => cx.begin_chosen(&attempt, &wanted.id),
        }
        let replaced = change.there(&wanted.id).is_some();
        match self.make(&wanted).await {
            Ok(key) => Ok(key),
            Err(failed) => Err(self.left_behind(write, &wanted.id, if replaced { after(failed) } else { failed }).await),
        }
    }

    /// A failure with the managed keys that exist now, so that the state does not lose any. `new` is the id of the key that was to
    /// be made.
    async fn left_behind(&self, write: &Write, new: &str, failed: Failure) -> Failure {
        // A request that was refused before any change may concern keys that are not managed.
        if failed.done == Done::No {
            return failed;
        }
        let Ok(Some(keys)) = self.read().await else { return failed };
        let mut ids: Vec<String> = own_keys(write).unwrap_or_default().iter().map(|key| jose::kid(key).to_owned()).collect();
        ids.push(new.to_owned());
        if let (Ok(Ours::These(before)), true) = (ours(Object::new(&RESOURCE.table, &write.prior)), write.id.is_some()) {
            ids.extend(before);
        }
        let keys = of_these(keys, &ids);
        if keys.is_empty() && write.id.is_none() {
            return failed;
        }
        Failure { left: Some(Box::new(observed(&self.id, &keys, shows(write)))), ..failed }
    }
}

/// The journal's name for a key of a set; a key whose id the journal chose has only that id.
fn part(set: &str, kid: &str) -> String {
    format!("{set}#{kid}")
}

/// The journal's name for the planned key, if the plan has its id.
fn key_name(cx: &Cx<Client>, write: &Write) -> Option<Name> {
    let planned = Object::new(&RESOURCE.table, &write.planned);
    let secret = ["set_id", "key_id"].iter().any(|name| cx.secret.contains(name));
    Some(Name { text: part(planned.str("set_id")?, planned.str("key_id")?), secret })
}

fn has_key_id(write: &Write) -> bool {
    Object::new(&RESOURCE.table, &write.planned).str("key_id").is_some()
}

fn is_among(key: &Json, own: Option<&[Json]>) -> bool {
    own.into_iter().flatten().any(|own| jose::same_key(own, key))
}

/// A key of the set with the id of one of the user's keys and other content.
fn foreign<'a>(own: &[Json], keys: &'a [Json]) -> Option<&'a Json> {
    keys.iter().find(|key| own.iter().any(|own| jose::kid(own) == jose::kid(key) && !jose::same_key(own, key)))
}

/// The failure, after something was changed.
fn after(failure: Failure) -> Failure {
    Failure { done: Done::Yes, ..failure }
}
