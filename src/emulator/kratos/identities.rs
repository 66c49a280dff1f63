//! The admin API of identities: create one or many, read, replace, patch, delete.
//!
//! Owns what each call does to the store, what an answer shows and what is stored. Bodies are in `body`, traits in `traits`.

use ::uuid::Uuid;

use super::body::{Server, Wanted};
use super::identity::{Address, Identity, NEVER, Show};
use super::{Kratos, factors, json_body, traits};
use crate::emulator::call::Call;
use crate::emulator::envelope::Problem;
use crate::emulator::go::decode::Fields;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::{Json, parse_first, parse_whole};
use crate::emulator::go::uuid;
use crate::emulator::reply::Reply;
use crate::emulator::store::identities::IdentityRow;
use crate::emulator::{Profile, clock, patch};

const TYPES: [&str; 10] =
    ["password", "oidc", "saml", "totp", "lookup_secret", "webauthn", "code", "link_recovery", "code_recovery", "passkey"];
const MOST_PASSWORDS: usize = 200;

fn bad(message: impl Into<String>) -> Problem {
    Problem::bad_request().saying(message)
}

/// The types whose secrets a query requests.
///
/// # Errors
/// When one of them is unknown. The text has the unknown type (`names_it`) or the one before it, depending on the call.
pub fn included(query: &Form, names_it: bool) -> Result<Vec<String>, Problem> {
    let mut found: Vec<String> = Vec::new();
    for kind in query.all("include_credential") {
        if !TYPES.contains(&kind) {
            let shown = if names_it { kind.to_owned() } else { format!("[{}]", found.join(" ")) };
            return Err(Problem::bad_request().because(format!("Invalid value `{shown}` for parameter `include_credential`.")));
        }
        found.push(kind.to_owned());
    }
    Ok(found)
}

/// An identifier in the form in which it is compared with others of its type.
#[must_use]
pub fn normal(kind: &str, identifier: &str) -> String {
    match kind {
        "password" | "code" | "webauthn" => identifier.trim().to_lowercase(),
        _ => identifier.to_owned(),
    }
}

impl Kratos {
    /// `POST /admin/identities`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn create(&self, body: &[u8]) -> Result<Reply, Problem> {
        let read = |json: &Json| Wanted::read(json, "CreateIdentityBody", true, self.server());
        let wanted = parse_first(body).and_then(|json| read(&json)).map_err(bad)?;
        let identity = self.insert(self.build(&wanted)?).map_err(|problem| match problem.is_conflict() {
            true => Problem::conflict().because("This identity conflicts with another identity that already exists."),
            false => problem,
        })?;
        let location = format!("{}/identities/{}", self.base, identity.id);
        Ok(Reply::document(201, identity.wire(&self.base, Show::Only(&[]))).with("location", location))
    }

    /// `PATCH /admin/identities`: each is created by itself, so some may fail.
    ///
    /// # Errors
    /// What is wrong with the request as a whole.
    pub fn create_many(&self, body: &[u8]) -> Result<Reply, Problem> {
        // The only error whose status differs from the code in its body.
        let bad = |why: String| Problem::internal().saying(why).answered(400);
        let json = parse_first(body).map_err(bad)?;
        let mut fields = Fields::read(&json, "identity", "BatchPatchIdentitiesBody").map_err(bad)?;
        fields.only(&["identities"]);
        let items = fields.items("identities", "*identity.BatchIdentityPatch").unwrap_or_default();
        let mut patches = Vec::with_capacity(items.len());
        for item in items {
            let mut fields = Fields::read(item, "identity", "BatchIdentityPatch").map_err(bad)?;
            fields.only(&["create", "patch_id"]);
            let create = fields.raw("create").filter(|json| **json != Json::Null);
            let create = create.map(|json| Wanted::read(json, "CreateIdentityBody", true, self.server())).transpose().map_err(bad)?;
            let id = match fields.raw("patch_id") {
                None | Some(Json::Null) => None,
                Some(id @ Json::Text(_)) => {
                    uuid::parse(&id.as_text().unwrap_or_default()).map_err(|why| fields.inside("patch_id", why)).ok()
                }
                Some(other) => {
                    let place = "Go struct field BatchIdentityPatch.identities.patch_id of type *uuid.UUID";
                    fields.inside("patch_id", format!("json: cannot unmarshal {} into {place}", other.kind()));
                    None
                }
            };
            patches.push((create, id));
            fields.finish().map_err(bad)?;
        }
        fields.finish().map_err(bad)?;
        let newer = self.profile == Profile::V26_2;
        let (most, per_request) = if newer { (1000, "per request ") } else { (2000, "") };
        if patches.len() > most {
            let why = format!("The maximum number of identities {per_request}that can be created or deleted at once is {most}.");
            return Err(Problem::bad_request().because(why));
        }
        // A body with an error of its own fails the whole request before anything is stored.
        let mut built = Vec::with_capacity(patches.len());
        let mut passwords = 0;
        for (create, id) in &patches {
            let clear = create.as_ref().and_then(|wanted| wanted.imports.as_ref()).is_some_and(|imports| imports.has_clear_password());
            passwords += usize::from(clear);
            if newer && passwords > MOST_PASSWORDS {
                let why = format!(
                    "The maximum number of identities per request that can be created with a plaintext password is {MOST_PASSWORDS}."
                );
                return Err(Problem::bad_request().because(why));
            }
            built.push((create.as_ref().map(|wanted| self.build(wanted)).transpose()?, id));
        }
        let alone = built.iter().filter(|built| built.0.is_some()).count() == 1;
        let results = built.into_iter().map(|(identity, patch_id)| {
            let Some(identity) = identity else { return Ok("null".to_owned()) };
            let patch_id = patch_id.as_ref().map_or_else(String::new, |id| format!(r#","patch_id":"{id}""#));
            match self.insert(identity) {
                Ok(identity) => Ok(format!(r#"{{"action":"create","identity":"{}"{patch_id}}}"#, identity.id)),
                Err(problem) if alone && problem.is_conflict() => Err(problem),
                // The older release does not show what is wrong with traits.
                Err(problem) if !newer && !problem.is_conflict() => {
                    let problem = problem.because(Problem::bad_request().message());
                    Ok(format!(r#"{{"action":"error"{patch_id},"error":{}}}"#, problem.document()))
                }
                Err(problem) => Ok(format!(r#"{{"action":"error"{patch_id},"error":{}}}"#, problem.document())),
            }
        });
        let results = results.collect::<Result<Vec<String>, Problem>>()?;
        Ok(Reply::document(200, format!(r#"{{"identities":[{}]}}"#, results.join(","))))
    }

    fn server(&self) -> Server {
        Server { profile: self.profile, unreleased: self.unreleased }
    }

    /// The identity of a body, not yet validated by its schema.
    fn build(&self, wanted: &Wanted) -> Result<Identity, Problem> {
        let state = match wanted.state.as_str() {
            "" => "active",
            state @ ("active" | "inactive") => state,
            _ => return Err(Problem::bad_request().because("identity state is not valid")),
        };
        known_region(&wanted.region)?;
        let mut identity = Identity {
            external_id: wanted.external_id.clone(),
            schema: wanted.schema.clone(),
            state: state.to_owned(),
            traits: wanted.traits.clone(),
            verifiable: wanted.verifiable.clone(),
            recovery: wanted.recovery.clone(),
            metadata_public: wanted.metadata_public.clone(),
            metadata_admin: wanted.metadata_admin.clone(),
            organization: wanted.organization.clone(),
            region: wanted.region.clone(),
            ..Identity::default()
        };
        if let Some(imports) = &wanted.imports {
            imports.apply(&mut identity)?;
        }
        Ok(identity)
    }

    /// Stores a new identity, and returns it in the form for the answer.
    fn insert(&self, mut identity: Identity) -> Result<Identity, Problem> {
        if identity.schema.is_empty()
            && let Some(first) = self.schemas.first()
        {
            identity.schema.clone_from(&first.id);
        }
        identity.shown_schema.clone_from(&identity.schema);
        self.validate(&mut identity)?;
        let now = clock::now();
        identity.id = Uuid::new_v4().to_string();
        identity.state_changed = now.to_string();
        identity.created = clock::to_microsecond(now).to_string();
        identity.updated.clone_from(&identity.created);
        settle_addresses(&mut identity, &Identity::default());
        self.store.add_identity(&self.row(&identity, &Identity::default())?)?;
        Ok(identity)
    }

    /// Validates the traits by the schema.
    fn validate(&self, identity: &mut Identity) -> Result<(), Problem> {
        let schema = self.schema_of(&identity.schema)?;
        traits::apply(identity, &schema.parsed).map_err(|complaint| Problem::bad_request().because(complaint.to_string()))
    }

    /// The row of an identity that replaces `old`.
    fn row(&self, identity: &Identity, old: &Identity) -> Result<IdentityRow, Problem> {
        let mut kept = Identity { shown_schema: identity.schema.clone(), ..identity.clone() };
        let now = clock::to_microsecond(clock::now()).to_string();
        let mut claims = Vec::new();
        for (kind, credential) in &mut kept.credentials {
            factors::name(kind, credential, &kept.id);
            let identifiers = credential.identifiers.get_or_insert_default();
            for identifier in identifiers.iter_mut() {
                *identifier = normal(kind, identifier);
                if identifier.is_empty() {
                    let why = "Unable to create identity credentials with missing or empty identifier.";
                    let problem = if self.profile == Profile::V26_2 { Problem::misconfigured() } else { Problem::internal() };
                    return Err(problem.because(why));
                }
            }
            identifiers.sort();
            claims.extend(identifiers.iter().map(|identifier| (format!("credential:{kind}"), identifier.clone())));
            credential.config.get_or_insert_with(|| Json::Object(Vec::new()));
            if old.credentials.get(kind) != Some(credential) {
                if credential.created == NEVER {
                    credential.created.clone_from(&now);
                }
                credential.updated.clone_from(&now);
            }
        }
        for (kind, addresses) in [("verifiable", &kept.verifiable), ("recovery", &kept.recovery)] {
            claims.extend(addresses.iter().map(|address| (format!("{kind}:{}", address.via), address.value.clone())));
        }
        let document = kept.wire(&self.base, Show::Everything);
        let external_id = Some(kept.external_id).filter(|id| !id.is_empty());
        Ok(IdentityRow { id: kept.id, external_id, organization: kept.organization, document, claims })
    }

    /// An identity in the form for answers: providers without their secrets.
    #[must_use]
    pub fn public(&self, identity: &Identity) -> Identity {
        let mut shown = identity.clone();
        for (kind, credential) in shown.credentials.iter_mut().filter(|(kind, _)| *kind == "oidc" || *kind == "saml") {
            let providers = match credential.config.as_ref().and_then(|config| config.member("providers")) {
                Some(Json::Array(providers)) if !providers.is_empty() => providers.as_slice(),
                // The older release reads null as one provider without a name.
                Some(Json::Null) if self.profile == Profile::V2_3 => &[Json::Null],
                _ => {
                    credential.config = None;
                    continue;
                }
            };
            let providers = providers.iter().map(|provider| {
                let text = |name: &str| Json::text(&provider.member(name).and_then(Json::as_text).unwrap_or_default());
                let mut members = Vec::new();
                if kind == "oidc" {
                    members.extend(["initial_id_token", "initial_access_token", "initial_refresh_token"].map(|name| (name, text(name))));
                }
                members.extend(["subject", "provider"].map(|name| (name, text(name))));
                if provider.member("organization").is_some() || self.profile == Profile::V2_3 {
                    members.push(("organization", text("organization")));
                }
                if let Some(linked) = provider.member("use_auto_link") {
                    members.push(("use_auto_link", linked.clone()));
                }
                Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            });
            let providers = Json::Array(providers.collect());
            credential.config = Some(Json::Object(vec![("providers".to_owned(), providers)]));
        }
        shown
    }

    /// `GET /admin/identities/{id}`, and by the external id.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub fn show(&self, identity: &Identity, call: &Call) -> Result<Reply, Problem> {
        let secret = included(&call.query, false)?;
        Ok(Reply::document(200, self.public(identity).wire(&self.base, Show::Only(&secret))))
    }

    /// `PUT /admin/identities/{id}`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn put(&self, id: &str, call: &Call) -> Result<Reply, Problem> {
        let wrong = |why: String| Problem::bad_request().because(why);
        let wanted = Wanted::read(&json_body(call)?, "UpdateIdentityBody", false, self.server());
        let wanted = wanted.map_err(|why| wrong(format!("Unable to decode JSON payload: {why}")))?;
        let old = self.load(id)?;
        let mut identity = old.clone();
        if !wanted.schema.is_empty() {
            identity.schema.clone_from(&wanted.schema);
        }
        if !wanted.state.is_empty() && wanted.state != identity.state {
            if !matches!(wanted.state.as_str(), "active" | "inactive") {
                return Err(wrong("identity state is not valid".to_owned()));
            }
            identity.state.clone_from(&wanted.state);
            identity.state_changed = clock::now().to_string();
        }
        identity.traits = wanted.traits;
        identity.metadata_public = wanted.metadata_public;
        identity.metadata_admin = wanted.metadata_admin;
        identity.external_id = wanted.external_id;
        known_region(&wanted.region)?;
        if !wanted.region.is_empty() {
            identity.region = wanted.region;
        }
        if let Some(imports) = &wanted.imports {
            imports.apply(&mut identity)?;
        }
        self.update(identity, &old)
    }

    /// `PATCH /admin/identities/{id}`. The older release decodes over the loaded identity, so a patch can only remove parts of
    /// traits and metadata.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn patch(&self, id: &str, body: &[u8]) -> Result<Reply, Problem> {
        let failed = |why: String| bad(why).because("An error occured when applying the JSON patch");
        let old = self.load(id)?;
        let newer = self.profile == Profile::V26_2;
        let denied = |path: &str| match newer {
            true => {
                let path = path.to_lowercase();
                matches!(path.as_str(), "/id" | "/statechangedat" | "/credentials") || path.starts_with("/credentials/oidc/")
            }
            false => matches!(path, "/id" | "/stateChangedAt" | "/credentials"),
        };
        let show = if newer { Show::Everything } else { Show::Nothing };
        let document = parse_whole(old.wire(&self.base, show).as_bytes()).map_err(|_| Problem::internal())?;
        let patched = patch::apply(body, &document, self.profile, denied).map_err(|patch::BadPatch(why)| failed(why))?;
        let base = if newer { Identity::default() } else { old.clone() };
        let mut identity = base.read_over(&patched).map_err(failed)?;
        // A patch that replaces the whole document cannot change the id.
        identity.id.clone_from(&old.id);
        identity.shown_schema.clone_from(&old.shown_schema);
        if !newer {
            identity.external_id.clear();
        }
        if identity.state != old.state {
            if !matches!(identity.state.as_str(), "active" | "inactive") {
                let why = format!("The supplied state ('{}') was not valid. Valid states are ('active', 'inactive').", identity.state);
                return Err(bad("identity state is not valid").because(why));
            }
            identity.state_changed = clock::now().to_string();
        }
        self.update(identity, &old)
    }

    /// Replaces a stored identity, and returns it without secrets.
    fn update(&self, mut identity: Identity, old: &Identity) -> Result<Reply, Problem> {
        self.validate(&mut identity)?;
        identity.updated = clock::to_microsecond(clock::now()).to_string();
        settle_addresses(&mut identity, old);
        self.store.replace_identity(&self.row(&identity, old)?)?;
        Ok(Reply::document(200, identity.wire(&self.base, Show::Only(&[]))))
    }

    /// `DELETE /admin/identities/{id}`.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn delete(&self, id: &str) -> Result<Reply, Problem> {
        let id = Uuid::parse_str(id).map_err(|_| Problem::absent())?;
        self.store.remove_identity(&id.to_string())?;
        Ok(Reply::empty(204))
    }

    /// `DELETE /admin/identities/{id}/credentials/{type}`.
    ///
    /// # Errors
    /// When there is no such credential, or it must not be removed.
    pub fn delete_credential(&self, id: &str, kind: &str, identifier: &str) -> Result<Reply, Problem> {
        let wrong = |why: &str| Problem::bad_request().because(why);
        let old = self.load(id)?;
        let mut identity = old.clone();
        let Some(credential) = identity.credentials.get_mut(kind) else {
            let why = format!("You tried to remove a {kind} but this user have no {kind} set up.");
            return Err(Problem::not_found().because(why));
        };
        let newer = self.profile == Profile::V26_2;
        match kind {
            "lookup_secret" | "totp" | "webauthn" => {
                let removed = identity.credentials.remove(kind);
                if let Some(kept) = removed.filter(|_| kind == "webauthn").and_then(factors::without_second_factors) {
                    identity.credentials.insert(kind.to_owned(), kept);
                }
            }
            "password" | "code" if !newer => return Err(wrong("You cannot remove first factor credentials.")),
            "password" | "oidc" | "saml" if newer && first_factors(&old) < 2 => {
                return Err(wrong("You cannot remove the last first factor credential."));
            }
            "password" => credential.config = Some(Json::Object(Vec::new())),
            "oidc" | "saml" => {
                if identifier.is_empty() {
                    return Err(wrong("You must provide an identifier to delete this credential."));
                }
                let providers = match credential.config.as_ref().and_then(|config| config.member("providers")) {
                    Some(Json::Array(providers)) => providers.clone(),
                    _ => Vec::new(),
                };
                let count = providers.len();
                let rest: Vec<Json> = providers.into_iter().filter(|provider| unique_id(provider) != identifier).collect();
                if rest.len() == count {
                    let why = format!("The identifier `{identifier}` was not found among OIDC credentials.");
                    return Err(Problem::not_found().because(why));
                }
                credential.identifiers = Some(rest.iter().map(unique_id).collect());
                let rest = if rest.is_empty() && !newer { Json::Null } else { Json::Array(rest) };
                credential.config = Some(Json::Object(vec![("providers".to_owned(), rest)]));
            }
            _ if newer => return Err(wrong(&format!("Credentials type {kind} cannot be deleted."))),
            _ => return Err(wrong(&format!("Unknown credentials type {kind}."))),
        }
        self.update(identity, &old)?;
        Ok(Reply::empty(204))
    }
}

/// An unknown region is refused, whatever the project's region is.
fn known_region(region: &str) -> Result<(), Problem> {
    let known = ["", "eu-central", "asia-northeast", "us-east", "us-west", "eu", "asia", "us", "global"].contains(&region);
    if known { Ok(()) } else { Err(Problem::bad_request().because("The region is not valid.")) }
}

fn unique_id(provider: &Json) -> String {
    let text = |name: &str| provider.member(name).and_then(Json::as_text).unwrap_or_default();
    format!("{}:{}", text("provider"), text("subject"))
}

/// The number of first factors.
fn first_factors(identity: &Identity) -> usize {
    let config = |kind: &str, name: &str| identity.credentials.get(kind)?.config.as_ref()?.member(name).cloned();
    let named = |kind: &str| identity.credentials.get(kind).and_then(|found| found.identifiers.clone()).unwrap_or_default();
    let password = config("password", "hashed_password").and_then(|hash| hash.as_text()).is_some_and(|hash| !hash.is_empty());
    let mut count = usize::from(password && !named("password").is_empty());
    for kind in ["oidc", "saml"] {
        if let Some(Json::Array(providers)) = config(kind, "providers") {
            let named = named(kind);
            count += providers.iter().filter(|provider| named.contains(&unique_id(provider))).count();
        }
    }
    count
}

/// Completes addresses. A changed address is a new one.
fn settle_addresses(identity: &mut Identity, old: &Identity) {
    let now = clock::now();
    let stored = clock::to_microsecond(now).to_string();
    let settle = |address: &mut Address, old: &[Address], verifiable: bool| {
        address.value = address.value.trim().to_lowercase();
        if address.via.is_empty() {
            address.via = "email".to_owned();
        }
        if verifiable {
            if address.status.is_empty() {
                address.status = if address.verified { "completed" } else { "pending" }.to_owned();
            }
            if !address.verified {
                address.verified_at = None;
            } else if address.verified_at.is_none() {
                address.verified_at = Some(now.to_string());
            }
        }
        // An address that was found again is the same if its stored values are.
        let kept = |address: &Address| (address.value.clone(), address.via.clone(), address.status.clone(), address.verified_at.clone());
        if let Some(old) = old.iter().find(|old| kept(old) == kept(address)) {
            address.clone_from(old);
            return;
        }
        if address.id.is_empty() {
            address.id = Uuid::new_v4().to_string();
        }
        for time in [&mut address.created, &mut address.updated] {
            if time.is_empty() || *time == NEVER {
                time.clone_from(&stored);
            }
        }
    };
    identity.verifiable.iter_mut().for_each(|address| settle(address, &old.verifiable, true));
    identity.recovery.iter_mut().for_each(|address| settle(address, &old.recovery, false));
}
