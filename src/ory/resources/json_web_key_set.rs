//! `ory_json_web_key_set`: keys with which Ory or an application signs, in a set that others may write to as
//! well.
//!
//! Names and types are those of the official provider. Where that takes the whole set for its own, this one
//! tells our keys by their ids: others in the set are neither shown, nor changed, nor deleted.

mod set;

use super::{
    super::client::Client,
    guards::{self, ADVISED, PROTECTION},
    jose,
    target::{TARGET, WHOLE_TARGET},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Observed, State, Write},
    rest::{id_of, secrets},
    schema::{Attr, Draft, Object, Problem, Resource, Rule, Texts, View, conflicts, known, refuse, requires, resource, rule, string, view},
    value::{Path, Value},
};
use async_trait::async_trait;
use serde_json::Value as Json;
use set::{Set, Wanted, taken};

/// The resource.
pub static RESOURCE: Resource = resource(
    "json_web_key_set",
    "Keys in a JSON Web Key Set: one that the server makes (`algorithm`), or keys of your own (`jwks`, or `jwks_wo` to keep them out of the state).\n\n\
     Only the keys that this resource made are its own. Others in the set, as of a rotation elsewhere, are left alone: the set is \
     deleted with the last key, and until then only our keys are. A set that exists already is never taken over silently: import it, \
     by `<set_id>` or `<project_id>/<set_id>`. Of an imported set with several keys, those that the configuration names become ours. \
     A new `algorithm`, `key_id` or key of your own changes the set in place, the new key before the old one goes.\n\n\
     The server's own sets, with which it signs tokens, are refused. So is nothing that belongs to a trusted issuer: leave the set \
     that has an issuer's name to `ory_trusted_oauth2_jwt_grant_issuer`, since writing a key there takes the trust in it away.",
)
.import("set_id")
.imported_as(parts)
.sections(&[SET, KEY, OWN, SHOWN, TARGET, PROTECTION, ADVISED])
.rules(RULES)
.advice(guards::KEYS)
.adjust(out_of_the_state)
.checked();

/// How it is reached.
pub static BACKEND: Keys = Keys;

/// The data source.
pub static VIEW: View =
    view(&RESOURCE, "The public keys of a JSON Web Key Set that is managed elsewhere.").without(&["keys", "jwks", "project_id"]);

static SET: &[Attr] = &[
    string("set_id", "Identifies the set; a change makes a new one.").required().replaces().check(refuse(addressable)),
    string("project_id", "Id of the project, for Ory Network; the provider's when unset. Another project than the provider's needs `project_slug` and `project_api_key` beside it.")
        .or_server()
        .replaces()
        .local(),
];

static KEY: &[Attr] = &[
    string("key_id", "Identifies the key in the set (`kid`). Chosen when unset. With keys of your own it follows from them.")
        .or_server()
        .changes_with(&["algorithm", "use", "jwks", "jwks_wo", "jwks_wo_version"])
        .check(refuse(some_id)),
    string("algorithm", "Algorithm of the key that the server makes: RS, PS or ES with 256, 384 or 512, or `EdDSA`. With keys of your own it follows from them.")
        .or_server()
        .changes_with(&["jwks", "jwks_wo", "jwks_wo_version"])
        .check(refuse(made_by_the_server)),
    string("use", "What the key is for: `sig`, or `enc`. With keys of your own it follows from them.")
        .or_server()
        .changes_with(&["jwks", "jwks_wo", "jwks_wo_version"])
        .check(known(&["sig", "enc"])),
];

const ALGORITHMS: [&str; 10] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

static OWN: &[Attr] = &[
    string("jwks", "Keys of your own, private parts and all, as JSON (`{\"keys\": […]}`). Each needs a `kid`. An import shows them with fingerprints in place of their private parts.")
        .or_server()
        .secret()
        .json()
        .means(jose::KEY_SET)
        .changes_with(&["key_id", "algorithm", "use"])
        .check(refuse(jose::named_keys))
        .unless("jwks_wo"),
    string("jwks_wo", "Keys of your own, kept out of the state.").write_only().at("jwks").json().check(refuse(jose::named_keys)),
    string("jwks_wo_version", "Any text; a change sends `jwks_wo` again.").local(),
];

static SHOWN: &[Attr] = &[
    string("keys", "Our keys in the set with their private parts, as JSON; null where `jwks_wo` keeps them out of the state, and after an import until the keys change.")
        .read_only()
        .secret()
        .json()
        .means(jose::KEY_SET)
        .changes_with(KEY_CHANGES),
    string("public_keys", "The public parts of our keys, as JSON (`{\"keys\": […]}`): what others verify signatures with.")
        .read_only()
        .json()
        .means(jose::KEY_SET)
        .changes_with(KEY_CHANGES),
];

const KEY_CHANGES: &[&str] = &["key_id", "algorithm", "use", "jwks", "jwks_wo", "jwks_wo_version"];

static RULES: &[Rule] = &[
    conflicts(&["jwks", "jwks_wo"]),
    requires(&["jwks_wo_version", "jwks_wo"]),
    rule(&["algorithm", "jwks", "jwks_wo"], some_key),
    rule(&["jwks", "jwks_wo", "key_id", "algorithm", "use"], own_keys_speak_for_themselves),
    WHOLE_TARGET,
];

fn addressable(id: &str) -> Result<(), String> {
    match id {
        "" => Err("Must not be empty.".into()),
        "." | ".." => Err("Cannot be addressed by the API: choose an id that is not a path step.".into()),
        id if is_system(id) => Err(SYSTEM.into()),
        _ => Ok(()),
    }
}

const SYSTEM: &str = "The server signs tokens with the keys of this set and makes them itself: deleting or changing them would break every token. Choose another set.";

fn is_system(set: &str) -> bool {
    matches!(set, "hydra.openid.id-token" | "hydra.jwt.access-token")
}

fn some_id(id: &str) -> Result<(), String> {
    (!matches!(id, "" | "." | ".."))
        .then_some(())
        .ok_or_else(|| "Must be a text that can be part of a URL's path: leave it out to have one chosen.".into())
}

/// In the official provider's list, and nothing that any release of the server makes.
fn made_by_the_server(algorithm: &str) -> Result<(), String> {
    match algorithm {
        known if ALGORITHMS.contains(&known) => Ok(()),
        "HS256" | "HS384" | "HS512" => Err("The server makes no symmetric keys, although its API description names them: choose an asymmetric algorithm such as `ES256`, or bring a key of your own in `jwks`.".into()),
        _ => Err(format!("Must be one of {}: the server makes no other keys.", ALGORITHMS.map(|name| format!("`{name}`")).join(", "))),
    }
}

fn some_key(set: Object<'_>) -> Option<Problem> {
    let nothing = ["algorithm", "jwks", "jwks_wo"].iter().all(|name| set.get(name).is_null());
    nothing.then(|| {
        Problem::refused(
            "algorithm",
            "Nothing to make a key from",
            "Set `algorithm` to have the server make a key, or `jwks` or `jwks_wo` to bring keys of your own.",
        )
    })
}

fn own_keys_speak_for_themselves(set: Object<'_>) -> Option<Problem> {
    let keys = jose::keys(set.str("jwks").or(set.str("jwks_wo"))?)?;
    let said = |name: &str, member: &str| match (set.str(name), keys.as_slice()) {
        (None, _) => true,
        (Some(said), [key]) => key[member].as_str().is_none_or(|own| own == said),
        _ => false,
    };
    let wrong = [("key_id", "kid"), ("algorithm", "alg"), ("use", "use")].into_iter().find(|(name, member)| !said(name, member))?.0;
    Some(Problem::refused(
        wrong,
        format!("{wrong} is not what the keys say"),
        format!("Keys of your own say themselves what they are: remove `{wrong}`, or remove the keys to have the server make one."),
    ))
}

/// What write-only keys are stays out of the state.
fn out_of_the_state(draft: &mut Draft<'_>) {
    if !draft.config.get("jwks_wo").is_null() {
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

/// Sets of keys, of which some are ours.
pub struct Keys;

/// Which keys of a set are ours.
enum Ours {
    /// All of them: it is being imported, or looked at.
    All,
    /// Those with these ids.
    These(Vec<String>),
}

/// What a state shows of our keys.
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
        let attempt = cx.attempt(write, set.target());
        let (own, wanted) = (own_keys(write), Wanted::of(write));
        // There was no set when a run that died began this one: the one key in it that is as wanted was made by it.
        let mut ours = None;
        if let Some(keys) = set.read().await? {
            let met: Vec<_> = keys.iter().filter(|key| wanted.is_met_by(key)).collect();
            if attempt.begun.is_none() || own.is_none() && met.len() != 1 {
                return Err(exists(&set.id, &keys).into());
            }
            ours = met.first().map(|key| (*key).clone());
        }
        cx.begin(&attempt, None);
        let made = match (own, ours) {
            (Some(keys), _) => set.bring(&keys).await,
            (None, Some(key)) => Ok(vec![key]),
            (None, None) => set.make(&wanted).await.map(|key| vec![key]),
        };
        match made {
            Ok(keys) => Ok(observed(&set.id, &keys, shows(write))),
            Err(failed) => Err(set.left_behind(write, failed).await),
        }
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(&RESOURCE, state)?;
        if state.private.imported && is_system(id) {
            return Err(Diagnostic::error("The key set is the server's own", SYSTEM).at(Path::attr("set_id")).into());
        }
        let set = Set::of(cx, id, &state.value, Vec::new()).await?;
        let Some(keys) = set.read().await? else { return Ok(None) };
        let before = Object::new(&RESOURCE.table, &state.value);
        let keys = match ours(before) {
            Ours::All => keys,
            Ours::These(ids) => keys.into_iter().filter(|key| ids.iter().any(|id| id == jose::kid(key))).collect(),
        };
        // What the state does not show is not meant to be in it, whatever else is known of it.
        let shows = Shows { private: !before.get("keys").is_null(), own: state.private.imported || !before.get("jwks").is_null() };
        Ok(Some(observed(id, &keys, shows)))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let set = Set::of(cx, set_id(write), &write.planned, secrets(write)).await?;
        let before = set.read().await?.unwrap_or_default();
        let ours = match ours(Object::new(&RESOURCE.table, &write.prior)) {
            Ours::All => Vec::new(),
            Ours::These(ids) => ids,
        };
        match set.change(&before, &ours, write).await {
            Ok(keys) => Ok(observed(&set.id, &keys, shows(write))),
            Err(failed) => Err(set.left_behind(write, failed).await),
        }
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(&RESOURCE, state)?;
        if is_system(id) {
            return Err(Diagnostic::error("The key set is the server's own", SYSTEM).at(Path::attr("set_id")).into());
        }
        let set = Set::of(cx, id, &state.value, Vec::new()).await?;
        let Some(keys) = set.read().await? else { return Ok(()) };
        // A state that names no key of ours gives no right to any.
        let Ours::These(ours) = ours(Object::new(&RESOURCE.table, &state.value)) else { return Ok(()) };
        // One by one, though there is a request for the whole set: others may have written to it meanwhile.
        for kid in keys.iter().map(jose::kid).filter(|kid| ours.iter().any(|id| id == kid)) {
            set.drop_key(kid).await?;
        }
        Ok(())
    }
}

/// Whether it is open which of the keys are ours: several were imported, and no configuration has named any
/// yet. Such a state has all of them as keys of one's own, and none in `keys`.
fn is_open(state: Object<'_>) -> bool {
    state.get("keys").is_null() && state.str("jwks").and_then(jose::keys).is_some_and(|keys| keys.len() > 1)
}

fn set_id(write: &Write) -> &str {
    Object::new(&RESOURCE.table, &write.planned).str("set_id").unwrap_or_default()
}

/// The user's keys, if they are to be sent.
fn own_keys(write: &Write) -> Option<Vec<Json>> {
    let config = Object::new(&RESOURCE.table, &write.config);
    jose::keys(config.str("jwks").or(config.str("jwks_wo"))?)
}

fn ours(state: Object<'_>) -> Ours {
    let ids = |name: &str| {
        let keys = state.str(name).and_then(jose::keys)?;
        Some(keys.iter().map(|key| jose::kid(key).to_owned()).collect::<Vec<_>>())
    };
    // A state that the official provider wrote has the id alone.
    match ids("public_keys").or_else(|| Some(vec![state.str("key_id")?.to_owned()])) {
        Some(ids) => Ours::These(ids),
        None => Ours::All,
    }
}

fn shows(write: &Write) -> Shows {
    let config = Object::new(&RESOURCE.table, &write.config);
    let hidden = !config.get("jwks_wo").is_null();
    Shows { private: !hidden, own: !hidden && Object::new(&RESOURCE.table, &write.planned).str("jwks").is_some() }
}

/// Our keys as attributes. One key alone says what it is; several have nothing to say in common, and none is
/// what is left where somebody else removed ours.
fn observed(set: &str, keys: &[Json], shows: Shows) -> Observed {
    let text = |name: &str| match keys {
        [key] => key[name].as_str().map(Value::text).unwrap_or_default(),
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
            "There is a key set `{set}` with {} that is not in the state, and keys that others made are never taken over silently. To manage it, import it by its id `{set}` (`terraform import`, an `import` block, or `pulumi import`); otherwise choose another `set_id`.",
            if keys.len() == 1 { "a key".to_owned() } else { format!("{} keys", keys.len()) }
        ),
    )
    .at(Path::attr("set_id"))
}

impl Set<'_> {
    /// Brings our keys to what is planned, and returns them. What is there already is not written again:
    /// the server would take away what depends on it.
    async fn change(&self, before: &[Json], ours: &[String], write: &Write) -> Result<Vec<Json>, Failure> {
        let is_ours = |kid: &str| ours.iter().any(|id| id == kid);
        let there = |kid: &str| before.iter().find(|key| jose::kid(key) == kid);
        let config = Object::new(&RESOURCE.table, &write.config);
        let kept: Vec<Json> = match own_keys(write) {
            Some(_) if !config.get("jwks_wo").is_null() && !write.rewrite.contains(&"jwks_wo") => {
                return Ok(before.iter().filter(|key| is_ours(jose::kid(key))).cloned().collect());
            }
            Some(keys) => {
                let news: Vec<Json> =
                    keys.iter().filter(|key| there(jose::kid(key)).is_none_or(|old| !jose::same_key(old, key))).cloned().collect();
                if let Some(key) = news.iter().find(|key| there(jose::kid(key)).is_some() && !is_ours(jose::kid(key))) {
                    return Err(taken(jose::kid(key)));
                }
                let brought = self.bring(&news).await?;
                let unchanged = before.iter().filter(|old| keys.iter().any(|key| jose::same_key(old, key)));
                unchanged.cloned().chain(brought).collect()
            }
            None => {
                let wanted = Wanted::of(write);
                match there(&wanted.id) {
                    Some(key) if is_ours(&wanted.id) && wanted.is(key) => vec![key.clone()],
                    Some(_) if is_ours(&wanted.id) => {
                        // The server has no two keys of one id: the old one has to go first.
                        self.drop_key(&wanted.id).await?;
                        vec![self.make(&wanted).await.map_err(after)?]
                    }
                    Some(_) => return Err(taken(&wanted.id)),
                    None => vec![self.make(&wanted).await?],
                }
            }
        };
        if is_open(Object::new(&RESOURCE.table, &write.prior)) {
            return Ok(kept);
        }
        for old in ours.iter().filter(|old| there(old).is_some() && !kept.iter().any(|key| jose::kid(key) == old.as_str())) {
            self.drop_key(old).await.map_err(Failure::from).map_err(after)?;
        }
        Ok(kept)
    }

    /// A failure with those of our keys that are there now, so that nothing of them is lost to the state.
    async fn left_behind(&self, write: &Write, failed: Failure) -> Failure {
        // What was refused before anything was changed may be about keys that are not ours.
        if failed.done == Done::No {
            return failed;
        }
        let Ok(Some(keys)) = self.read().await else { return failed };
        let mut ids: Vec<String> = own_keys(write).unwrap_or_default().iter().map(|key| jose::kid(key).to_owned()).collect();
        let planned = Object::new(&RESOURCE.table, &write.planned);
        ids.extend(planned.str("key_id").map(str::to_owned));
        if let (Ours::These(before), true) = (ours(Object::new(&RESOURCE.table, &write.prior)), write.id.is_some()) {
            ids.extend(before);
        }
        let keys: Vec<Json> = keys.into_iter().filter(|key| ids.iter().any(|id| id == jose::kid(key))).collect();
        if keys.is_empty() && write.id.is_none() {
            return failed;
        }
        Failure { left: Some(Box::new(observed(&self.id, &keys, shows(write)))), ..failed }
    }
}

/// Something was changed before this failed.
fn after(failure: Failure) -> Failure {
    Failure { done: Done::Yes, ..failure }
}
