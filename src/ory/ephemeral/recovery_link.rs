//! `ory_recovery_link`: a link or a code for recovering an account, made by an administrator.

use super::{looked_after, private, until};
use crate::{
    engine::{Cx, Diagnostic, EphemeralBackend, Failure, Opened, Renewed},
    ory::{
        Client,
        resources::target::{TARGET_OF_CALL, WHOLE_TARGET},
        services::KRATOS_ADMIN,
    },
    rest::{Client as _, Request},
    schema::{Attr, DURATION, Ephemeral, Object, UUID, ephemeral, only, refuse, string, text},
    value::{Json, Path, Value, duration},
};
use async_trait::async_trait;
use reqwest::Method;

/// The ephemeral resource.
pub(super) static EPHEMERAL: Ephemeral = ephemeral(
    "recovery_link",
    "A link, with a code or without one, by which a person recovers their account. Anybody who has it can sign in: it is in no \
     plan and no state, and no mail is sent.\n\n\
     Opening it makes a link, which Ory cannot revoke: each phase of a run leaves one behind that works until its \
     `expires_at`, so make its life as short as you can (`expires_in`). Pulumi, whose previews would make links too, does not have it.",
    &[ASKED, GIVEN, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET])
.leaves_something();

static ASKED: &[Attr] = &[
    string("identity_id", "Id (UUID) of the identity.").required().check(refuse(UUID.valid)),
    string("method", "`code`: a link to a page that asks for the code. `link`: a link that needs no code, if that method is enabled.")
        .check(only(&["code", "link"]))
        .default(text("code")),
    string("expires_in", "How long it works, such as `15m`.").means(DURATION).check(refuse(some_time)).default(text("1h")),
];

static GIVEN: &[Attr] = &[
    string("recovery_link", "The link.").read_only().secret(),
    string("recovery_code", "The code that the page asks for; null with `link`.").read_only().secret(),
    string("expires_at", "When it expires (RFC 3339).").read_only(),
];

/// Checks that a duration is longer than zero.
pub(super) fn some_time(text: &str) -> Result<(), String> {
    let is_some = duration::parse(text).is_ok_and(|nanoseconds| nanoseconds > 0);
    is_some.then_some(()).ok_or_else(|| "Must be longer than zero, such as `15m`.".to_owned())
}

/// How it is made.
pub(super) static BACKEND: Links = Links;

pub(super) struct Links;

#[async_trait]
impl EphemeralBackend<Client> for Links {
    async fn open(&self, cx: &Cx<Client>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure> {
        let asked = Object::new(&ephemeral.table, config);
        let [identity, method, expires_in] = ["identity_id", "method", "expires_in"].map(|name| asked.str(name).unwrap_or_default());
        let at = cx.client.endpoint(&KRATOS_ADMIN, asked).await?;
        let body = Json::object([("identity_id", identity.into()), ("expires_in", expires_in.into())]);
        // Each request makes another link; if it were repeated, the first one would be lost.
        let reply = at.send(cx, &KRATOS_ADMIN, Request::new(Method::POST, &format!("/admin/recovery/{method}")).body(body).once()).await?;
        if !reply.is_success() {
            let mut error = KRATOS_ADMIN.refuse(&reply);
            if reply.status == 404 {
                error.diagnostic.detail.push_str(
                    "\n\nEither the identity does not exist, or the method is disabled: `selfservice.methods.code.enabled` or `selfservice.methods.link.enabled` in Ory Kratos' configuration, `selfservice_methods_code_enabled` or `selfservice_methods_link_enabled` of `ory_project_config`.",
                );
            }
            if matches!(reply.status, 400 | 404) {
                error.diagnostic.path = Path::attr("identity_id");
            }
            return Err(error.into());
        }
        let answer = KRATOS_ADMIN.json(&reply)?;
        let text = |name: &'static str| (name, answer.at(name).as_str().map(Value::text).unwrap_or_default());
        if answer.at("recovery_link").as_str().is_none() {
            return Err(KRATOS_ADMIN.unreadable(&reply, "`recovery_link` is missing").into());
        }
        let expires_at = answer.at("expires_at").as_str().unwrap_or_default();
        Ok(Opened {
            value: ephemeral.table.holding([text("recovery_link"), text("recovery_code"), text("expires_at")]),
            private: private(&[("expires_at", expires_at), ("identity_id", identity)]),
            renew_in: until(expires_at).map(looked_after),
        })
    }

    async fn renew(&self, _: &Cx<Client>, _: &'static Ephemeral, private: &[u8]) -> Result<Renewed, Failure> {
        // It is for a person, who does not use it in this run, so it is not renewed.
        Ok(Renewed { private: private.to_vec(), renew_in: None })
    }

    async fn close(&self, cx: &Cx<Client>, _: &'static Ephemeral, private: &[u8]) -> Result<(), Failure> {
        let known = super::known(private);
        let [identity, then] = ["identity_id", "expires_at"].map(|name| known.at(name).as_str().unwrap_or_default());
        let detail =
            format!("Anybody who has it can sign in as the identity `{identity}` once, until {then}. Ory cannot revoke it before.");
        cx.warn(Diagnostic::warning("A recovery link stays valid", detail));
        Ok(())
    }
}
