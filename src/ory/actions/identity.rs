//! Actions on identities: ending their sessions, and sending a message to recover an account.

use super::{gone, tell};
use crate::{
    engine::{ActionBackend, Cx, Diagnostic, Failure},
    ory::{
        Client,
        resources::target::{TARGET_OF_CALL, WHOLE_TARGET},
        services::{KRATOS_ADMIN, KRATOS_PUBLIC},
    },
    rest::{Client as _, Endpoint, Reply, Request},
    schema::{Action, Attr, Object, UUID, action, only, refuse, string, text},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// Ends the sessions.
pub(super) static REVOKE_SESSIONS: Action = action(
    "identity_revoke_sessions",
    "Ends all sessions of an identity: the person has to sign in again everywhere. The `state` `inactive` alone does not end sessions: they \
     continue when the identity is active again.",
    &[IDENTITY, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

/// Sends a recovery message.
pub(super) static SEND_RECOVERY: Action = action(
    "identity_send_recovery",
    "Makes Ory send a person the message to recover their account, as if they had asked for it themselves. Recovery has to be \
     enabled, and a courier configured. Ory does not show whether the message was really sent.",
    &[IDENTITY, MESSAGE, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

static IDENTITY: &[Attr] = &[string("identity_id", "Id (UUID) of the identity.").required().check(refuse(UUID.valid))];

static MESSAGE: &[Attr] = &[
    string("address", "One of the identity's recovery addresses; the first one when unset."),
    string("method", "What is sent: a `code` or a `link`. It has to be the method that recovery uses.")
        .check(only(&["code", "link"]))
        .default(text("code")),
];

pub(super) struct RevokeSessions;
pub(super) struct SendRecovery;

#[async_trait]
impl ActionBackend<Client> for RevokeSessions {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let asked = Object::new(&action.table, config);
        let id = asked.str("identity_id").unwrap_or_default();
        let at = cx.client.endpoint(&KRATOS_ADMIN, asked).await?;
        let reply = at.send(cx, &KRATOS_ADMIN, Request::new(Method::DELETE, "/admin/identities").id(id).id("sessions")).await?;
        match () {
            () if reply.is_success() => tell(cx, &format!("The sessions of the identity {id} have ended.")),
            // Kratos gives the same answer for an identity that does not exist.
            () if KRATOS_ADMIN.says_missing(&reply) => tell(cx, &format!("The identity {id} has no sessions, or does not exist.")),
            () => return Err(KRATOS_ADMIN.refuse(&reply).into()),
        }
        Ok(())
    }
}

#[async_trait]
impl ActionBackend<Client> for SendRecovery {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let asked = Object::new(&action.table, config);
        let [id, method] = ["identity_id", "method"].map(|name| asked.str(name).unwrap_or_default());
        let admin = cx.client.endpoint(&KRATOS_ADMIN, asked).await?;
        let reply = admin.send(cx, &KRATOS_ADMIN, Request::new(Method::GET, "/admin/identities").id(id)).await?;
        if KRATOS_ADMIN.says_missing(&reply) {
            gone(cx, "identity");
            return Ok(());
        }
        if !reply.is_success() {
            return Err(KRATOS_ADMIN.refuse(&reply).into());
        }
        let identity = KRATOS_ADMIN.json(&reply)?;
        let address = address(&identity, asked.str("address"))?;
        let public = cx.client.endpoint(&KRATOS_PUBLIC, asked).await?;
        let flow = opened(&public.send(cx, &KRATOS_PUBLIC, Request::new(Method::GET, "/self-service/recovery/api")).await?)?;
        send(cx, &public, &flow, method, address).await?;
        // A log need not have the address.
        tell(cx, &format!("Ory was asked to send the identity {id} a {method}."));
        Ok(())
    }
}

/// The wanted one of the identity's recovery addresses.
fn address<'a>(identity: &'a Json, wanted: Option<&str>) -> Result<&'a str, Diagnostic> {
    let addresses = identity.at("recovery_addresses").as_array().unwrap_or_default();
    let mut values = addresses.iter().filter_map(|address| address.at("value").as_str());
    let found = match wanted {
        Some(wanted) => values.find(|value| value.eq_ignore_ascii_case(wanted)),
        None => values.next(),
    };
    found.ok_or_else(|| {
        let why = "Recovery addresses come from the traits that the identity schema marks with `recovery`. Give one of the identity's addresses, or mark a trait.";
        Diagnostic::error("The identity has no such recovery address", why).at(Path::attr("address"))
    })
}

/// The id of the flow that was begun.
fn opened(reply: &Reply) -> Result<String, Failure> {
    if !reply.is_success() {
        let mut error = KRATOS_PUBLIC.refuse(reply);
        error.diagnostic.detail.push_str(
            "\n\nRecovery may be disabled: `selfservice.flows.recovery.enabled` in Ory Kratos' configuration, `selfservice_flows_recovery_enabled` of `ory_project_config`.",
        );
        return Err(error.into());
    }
    let flow = KRATOS_PUBLIC.json(reply)?;
    let id = flow.at("id").as_str().map(str::to_owned);
    id.ok_or_else(|| KRATOS_PUBLIC.unreadable(reply, "`id` is missing").into())
}

async fn send(cx: &Cx<Client>, at: &Endpoint, flow: &str, method: &str, address: &str) -> Result<(), Failure> {
    let body = Json::object([("method", method.into()), ("email", address.into())]);
    // Each request sends another message.
    let request =
        Request::new(Method::POST, "/self-service/recovery").query("flow", flow).body(body).hiding(vec![address.to_owned()]).once();
    let reply = at.send(cx, &KRATOS_PUBLIC, request).await?;
    if !reply.is_success() {
        // The form has the errors of the values that were sent.
        let form = reply.json().unwrap_or_default();
        let said =
            form.at("ui/messages").as_array().unwrap_or_default().iter().find_map(|message| reply.scrub(message.at("text").as_str()?));
        let mut error = KRATOS_PUBLIC.refuse(&reply);
        if let Some(said) = said {
            error.diagnostic.detail.push_str(&format!(" It says: {said}"));
        }
        return Err(error.into());
    }
    match KRATOS_PUBLIC.json(&reply)?.at("state").as_str() {
        Some("sent_email") => Ok(()),
        _ => Err(KRATOS_PUBLIC.unreadable(&reply, "the flow is not in the state `sent_email`").into()),
    }
}
