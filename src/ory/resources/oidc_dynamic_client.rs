//! `ory_oidc_dynamic_client`: a client that registered itself (OpenID Connect dynamic client registration).
//!
//! Names and types are those of the official provider; the attributes that a client may set itself are shared with
//! `ory_oauth2_client`. The client is read and changed with its own registration token. The server renews that with each
//! change, and revokes it when an administrator changes the client. Without a valid token, the admin API is used.

use super::{
    super::{
        client::Client,
        services::{HYDRA_ADMIN, HYDRA_PUBLIC, says_registration_is_off},
    },
    guards::{self, ADVISED, PROTECTION},
    oauth2_client as client,
    target::{TARGET, WHOLE_TARGET, steered},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, one_line},
    rest::{Client as _, Endpoint, Reply, Request, Rest, SendError, address, id_of, mapping, maybe_left, secrets},
    schema::{Attr, Lookup, Object, Resource, known, lookup, refuse, resource, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "oidc_dynamic_client",
    "An OAuth 2.0 client made by OpenID Connect dynamic client registration, which has to be enabled at the server \
     and, for a self-hosted Ory Hydra, needs `hydra_public_url`. The server chooses its id and secret, and gives it a token with which the client manages itself.\n\n\
     The token changes with each update, and the state holds the new one. When an administrator changes the \
     client, the token becomes invalid; after that, and for an imported client, the admin API is used instead. What only an \
     administrator decides (`metadata`, `access_token_strategy`, skipping consent, an id or secret of your own) is set with \
     `ory_oauth2_client`.",
)
.import("client_id")
.sections(&[IDENTITY, client::OWNERS, client::FLOWS, client::PAGES, client::LOGOUT, client::KEYS, client::LIFESPANS, TARGET, PROTECTION, ADVISED, client::TIMES])
.rules(&[
    client::ONE_KEY_SOURCE,
    client::KEYS_TO_AUTHENTICATE,
    client::SIGNING_ALG,
    client::LOGOUT_URIS,
    WHOLE_TARGET,
])
.advice(guards::CLIENT)
.on_change(&[guards::secret_in_use])
.listed_as(&client::RESOURCE)
.checked();

/// How it is reached.
pub static BACKEND: Registered = Registered { admin: Rest::new(&HYDRA_ADMIN, "/admin/clients").filters(&[("client_name", "client_name")]) };

/// The data source.
static LOOKUP: Lookup = lookup(&RESOURCE, "A client that registered itself, by its id or its name.").or_by("client_name");

const PATH: &str = "/oauth2/register";

static IDENTITY: &[Attr] = &[
    string("client_id", "Identifies the client. The server chooses it.").read_only().check(refuse(address::id)),
    string("client_name", "The name shown to people, on consent pages for one.").required(),
    string("client_secret", "The secret of a confidential client. The server chooses it and shows it only when it is made, so an imported client has none in the state.")
        .read_only()
        .secret()
        .once(),
    string("token_endpoint_auth_method", "How the client authenticates at the token endpoint; `none` makes it a public client. The server's default, `client_secret_basic`, when unset.")
        .or_server()
        .check(known(&["client_secret_post", "client_secret_basic", "private_key_jwt", "none"])),
    string("registration_access_token", "The token with which the client manages itself; null for an imported client, and after the server has revoked it.")
        .read_only()
        .secret()
        .once()
        .changes(),
    string("registration_client_uri", "URL at which the client manages itself.").read_only().once(),
];

/// Clients that manage themselves.
pub struct Registered {
    admin: Rest,
}

/// The result of a request with the registration token.
enum Own {
    /// An answer to it.
    Answered(Reply),
    /// There is no token, or the server does not accept it: the client no longer exists, or the token is invalid.
    Unheard,
}

#[async_trait]
impl Backend<Client> for Registered {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let at = cx.client.endpoint(&HYDRA_PUBLIC, Object::new(&RESOURCE.table, &write.planned)).await?;
        let post = Request::new(Method::POST, PATH).body(mapping::create(write)).hiding(secrets(write)).once();
        cx.begin(&cx.attempt(write, at.account(cx), Makes::TheObject), Looked::Not);
        // The server chooses the id, and shows secret and token only once: without the answer, the client is of no use.
        let reply = match at.send(cx, &HYDRA_PUBLIC, post).await {
            Ok(reply) if reply.is_success() => reply,
            Ok(reply) => return Err(self.unfinished(cx, write, HYDRA_PUBLIC.refuse(&reply)).await),
            Err(error) => return Err(self.unfinished(cx, write, error).await),
        };
        let body = HYDRA_PUBLIC.json(&reply)?;
        Ok(self.admin.observe(&RESOURCE, &reply, &body, None)?)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        match own(cx, &state.value, id, Method::GET, None).await? {
            Own::Answered(reply) => {
                let body = HYDRA_PUBLIC.json(&reply)?;
                Ok(Some(self.admin.observe(resource, &reply, &body, Some(id))?))
            }
            // Only the admin API shows whether the client is gone, or just its token.
            Own::Unheard => self.admin.read(cx, resource, state).await,
        }
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(&RESOURCE, write.id.as_deref())?;
        let steered = steered(&RESOURCE, &write.prior, &write.planned);
        let mut observed = match own(cx, &steered, id, Method::GET, None).await? {
            Own::Answered(current) => {
                let there = HYDRA_PUBLIC.json(&current)?;
                let before = self.admin.observe(&RESOURCE, &current, &there, Some(id))?;
                let merged = mapping::update(write, there).map_err(|misfit| HYDRA_PUBLIC.unreadable(&current, &misfit.to_string()))?;
                match merged {
                    None => with_token_of(&write.prior, before),
                    Some(body) => match own(cx, &steered, id, Method::PUT, Some((body, secrets(write)))).await {
                        Ok(Own::Answered(reply)) => {
                            let body = HYDRA_PUBLIC.json(&reply)?;
                            self.admin.observe(&RESOURCE, &reply, &body, Some(id))?
                        }
                        // The change may have been made, and with it a new token that was lost with the answer.
                        Err(failure) if failure.done != Done::Maybe => return Err(failure),
                        Ok(Own::Unheard) | Err(_) => self.by_admin(cx, write, true).await?,
                    },
                }
            }
            Own::Unheard => {
                let had_token = Object::new(&RESOURCE.table, &write.prior).str("registration_access_token").is_some();
                self.by_admin(cx, write, had_token).await?
            }
        };
        let method = |value| Object::new(&RESOURCE.table, value).str("token_endpoint_auth_method") == Some("none");
        if method(&write.prior) && !method(&write.planned) {
            observed.warnings.push(
                Diagnostic::warning(
                    "The client's secret is unknown",
                    "The server made a secret when the client registered as a public one, and never shows it. If the client is to use a secret, replace it (`terraform apply -replace=…`, `pulumi up --replace …`).",
                )
                .at(Path::attr("token_endpoint_auth_method")),
            );
        }
        Ok(observed)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        match own(cx, &state.value, id, Method::DELETE, None).await? {
            Own::Answered(_) => Ok(()),
            Own::Unheard => self.admin.delete(cx, resource, state).await,
        }
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        self.admin.list(cx, wanted, objects).await
    }
}

impl Registered {
    /// The error of a registration whose answer was lost, with the clients that it may have made.
    async fn unfinished(&self, cx: &Cx<Client>, write: &Write, error: SendError) -> Failure {
        if error.done != Done::Maybe {
            return error.into();
        }
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let name = planned.str("client_name").unwrap_or_default();
        let found = match self.admin.collection(cx, planned).await {
            Ok(at) => self.admin.listing(cx, &at, &RESOURCE, "client_name", name).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let mut failure = maybe_left(&RESOURCE, None, error);
        if let (Some(diagnostic), false) = (failure.diagnostics.first_mut(), found.is_empty()) {
            let ids = found.iter().map(|client| format!("`{}`", one_line(&client.id))).collect::<Vec<_>>().join(", ");
            diagnostic.detail.push_str(&format!(
                " The clients with this name are {ids}. If one of them is in no state, this registration made it: its secret is unknown, so delete it."
            ));
        }
        failure
    }

    /// Makes the change through the admin API.
    async fn by_admin(&self, cx: &Cx<Client>, write: &Write, had_token: bool) -> Result<Observed, Failure> {
        let mut observed = self.admin.update(cx, write).await?;
        if had_token {
            observed.warnings.push(Diagnostic::warning(
                "The client no longer has a registration token",
                "The token in the state was no longer accepted, most likely because an administrator changed the client. The change was made through the admin API instead, which is used from now on: the client has no token any more. Replace the client if it has to manage itself.",
            )
            .at(Path::attr("registration_access_token")));
        }
        Ok(observed)
    }
}

/// Nothing was sent, so the token is still the one of the state.
fn with_token_of(prior: &Value, mut observed: Observed) -> Observed {
    let token = Object::new(&RESOURCE.table, prior).get("registration_access_token").clone();
    if let (Value::Object(fields), Some(place)) = (&mut observed.value, RESOURCE.table.index("registration_access_token")) {
        fields[place] = token;
    }
    observed
}

/// A request by the client itself, with the token of the state and to the server of the plan.
async fn own(cx: &Cx<Client>, object: &Value, id: &str, method: Method, body: Option<(Json, Vec<String>)>) -> Result<Own, Failure> {
    let object = Object::new(&RESOURCE.table, object);
    let Some(token) = object.str("registration_access_token").filter(|token| !token.is_empty()) else { return Ok(Own::Unheard) };
    let at: Endpoint = cx.client.with_token(cx.client.endpoint(&HYDRA_PUBLIC, object).await?, token)?;
    let mut request = Request::new(method, PATH).id(id);
    if let Some((body, hidden)) = body {
        // If it were sent twice, the answer to the first would have a new token, which the second does not have.
        request = request.body(body).hiding(hidden).once();
    }
    let reply = at.send(cx, &HYDRA_PUBLIC, request).await?;
    let off = reply.status == 404 && reply.json().is_some_and(|body| says_registration_is_off(&body));
    match reply.status {
        401 => Ok(Own::Unheard),
        404 if off => Ok(Own::Unheard),
        _ if reply.is_success() => Ok(Own::Answered(reply)),
        _ => Err(HYDRA_PUBLIC.refuse(&reply).into()),
    }
}
