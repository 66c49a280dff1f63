//! `ory_json_web_key_set`, ephemeral: the private keys of a set, for signing.

use crate::{
    engine::{Backend as _, Cx, Diagnostic, EphemeralBackend, Failure, Opened, Private, State},
    ory::{
        Client,
        resources::{
            json_web_key_set::{self as keys, RESOURCE},
            target::{TARGET_OF_CALL, WHOLE_TARGET},
        },
    },
    rest::address,
    schema::{Attr, Ephemeral, Object, ephemeral, refuse, string},
    value::{Path, Value},
};
use async_trait::async_trait;

/// The ephemeral resource.
pub(super) static EPHEMERAL: Ephemeral = ephemeral(
    "json_web_key_set",
    "The keys of a JSON Web Key Set with their private parts, for a write-only argument or to configure another provider: they \
     are in no plan and no state.\n\n\
     Nothing is made. To verify signatures, the `public_keys` of the resource or the data source are enough.",
    &[ASKED, GIVEN, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

static ASKED: &[Attr] = &[
    string("set_id", "Identifies the set.").required().check(refuse(address::id)),
    string("key_id", "Only the key with this id (`kid`); all of them when unset.").check(refuse(address::id)),
];

static GIVEN: &[Attr] = &[
    string("keys", "The keys with their private parts, as JSON (`{\"keys\": […]}`).").read_only().secret(),
    string("public_keys", "Their public parts, as JSON.").read_only(),
];

/// How it is read.
pub(super) static BACKEND: Keys = Keys;

pub(super) struct Keys;

#[async_trait]
impl EphemeralBackend<Client> for Keys {
    async fn open(&self, cx: &Cx<Client>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure> {
        let asked = Object::new(&ephemeral.table, config);
        let id = asked.str("set_id").unwrap_or_default();
        // The state has to have keys, so that the read shows them.
        let own = |name: &'static str| (name, asked.get(name).clone());
        let looked = RESOURCE.table.holding([
            own("set_id"),
            own("key_id"),
            own("project_slug"),
            own("project_api_key"),
            ("keys", Value::text(String::new())),
        ]);
        let state = State { id: Some(id.to_owned()), value: looked, private: Private::default() };
        let found = keys::BACKEND.read(cx, &RESOURCE, &state).await?;
        let found = found.ok_or_else(|| missing("set_id", "There is no key set with this `set_id`."))?;
        let shown = Object::new(&RESOURCE.table, &found.value);
        if asked.str("key_id").is_some() && shown.get("key_id").is_null() {
            return Err(missing("key_id", "The set has no key with this `key_id`.").into());
        }
        let shown = |name: &'static str| (name, shown.get(name).clone());
        Ok(Opened { value: ephemeral.table.holding([shown("keys"), shown("public_keys")]), ..Opened::default() })
    }
}

fn missing(at: &'static str, why: &str) -> Diagnostic {
    Diagnostic::error("No such keys", format!("{why} Check the spelling and which server the provider is configured for."))
        .at(Path::attr(at))
}
