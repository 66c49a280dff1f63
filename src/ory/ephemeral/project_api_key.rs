//! `ory_project_api_key`, ephemeral: a key of a project for the duration of a run.

use super::{ends, in_time, known, looked_after, private, recovery_link::some_time};
use crate::{
    engine::{Backend as _, Cx, EphemeralBackend, Failure, Opened, Private, Renewed, State, Write, plan},
    ory::{
        Client,
        resources::project_api_key::{BACKEND as KEYS, RESOURCE},
    },
    schema::{Attr, DURATION, Ephemeral, ID, Object, ephemeral, refuse, string, text},
    value::{Value, duration},
};
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};

/// The ephemeral resource.
pub(super) static EPHEMERAL: Ephemeral = ephemeral(
    "project_api_key",
    "An API key of a project of Ory Network (`ory_pat_…`) for the duration of a run: to configure another provider that \
     manages what is in the project. It is in no plan and no state.\n\n\
     It needs a key of the workspace (`workspace_api_key`). Opening it makes a key, once in each phase of a run, and closing it \
     deletes that key. If a run breaks off in between, the key stays until its `expires_at`: its name begins with `name` and \
     ends in a unique number, so that it can be found. A key cannot be extended, so make it last as long as your runs \
     (`expires_in`). Pulumi, whose previews would make keys too, has the resource instead.",
    &[ASKED, GIVEN],
)
.leaves_something();

static ASKED: &[Attr] = &[
    string("project_id", "Id of the Ory Network project; the provider's `project_id` when unset.").or_server(),
    string("name", "The beginning of its name.").default(text("ephemeral")),
    string("expires_in", "After how long it expires if it is not deleted, such as `1h`.")
        .means(DURATION)
        .check(refuse(some_time))
        .default(text("1h")),
];

static GIVEN: &[Attr] = &[
    string("value", "The key.").read_only().secret(),
    string("key_id", "Its id.").read_only(),
    string("expires_at", "When it expires (RFC 3339).").read_only(),
];

/// How it is made.
pub(super) static BACKEND: Keys = Keys;

pub(super) struct Keys;

#[async_trait]
impl EphemeralBackend<Client> for Keys {
    async fn open(&self, cx: &Cx<Client>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure> {
        let asked = Object::new(&ephemeral.table, config);
        let nanoseconds = asked.str("expires_in").and_then(|text| duration::parse(text).ok()).unwrap_or_default();
        let life = Duration::from_nanos(nanoseconds.unsigned_abs());
        let expires_at = in_time(life);
        let number = uuid::Uuid::new_v4().simple().to_string();
        let name = format!("{}-{}", asked.str("name").unwrap_or_default(), &number[..12]);
        let wanted = RESOURCE.table.holding([
            ("project_id", asked.get("project_id").clone()),
            ("name", Value::String(name.clone())),
            ("expires_at", Value::text(expires_at.as_str())),
        ]);
        let write = Write {
            resource: &RESOURCE,
            id: None,
            prior: Value::Null,
            planned: plan(&RESOURCE, None, &wanted).planned,
            config: wanted,
            rewrite: Vec::new(),
            withdrawn: Vec::new(),
            private: Private::default(),
        };
        // No state will ever have it, so nothing is written to the journal.
        let made = KEYS.create(&cx.clone().recording(Arc::default()), &write).await?;
        let key = Object::new(&RESOURCE.table, &made.value);
        made.warnings.iter().for_each(|warning| cx.warn(warning.clone()));
        let project = key.str("project_id").unwrap_or_default();
        let members = [("id", made.id.as_str()), ("project_id", project), ("name", &name), ("expires_at", &expires_at)];
        let value = ephemeral.table.holding([
            ("value", key.get("value").clone()),
            ("project_id", key.get("project_id").clone()),
            ("key_id", Value::text(made.id.as_str())),
            ("expires_at", Value::text(expires_at.as_str())),
        ]);
        Ok(Opened { value, private: private(&members), renew_in: Some(looked_after(life)) })
    }

    async fn renew(&self, cx: &Cx<Client>, _: &'static Ephemeral, private: &[u8]) -> Result<Renewed, Failure> {
        let (warning, renewed) = ends("project API key", private, "Set a longer `expires_in`.");
        cx.warn(warning);
        Ok(renewed)
    }

    async fn close(&self, cx: &Cx<Client>, _: &'static Ephemeral, private: &[u8]) -> Result<(), Failure> {
        let known = known(private);
        let text = |name: &str| known.at(name).as_str().unwrap_or_default();
        let value = RESOURCE.table.holding([("project_id", Value::text(text("project_id")))]);
        let state = State { id: Some(text(ID).to_owned()), value, private: Private::default() };
        KEYS.delete(cx, &RESOURCE, &state).await.map_err(|mut failure| {
            let left = format!(
                "\n\nThe API key `{}` (`{}`) is left in the project and works until {}: delete it.",
                text("name"),
                text(ID),
                text("expires_at")
            );
            failure.diagnostics.iter_mut().take(1).for_each(|diagnostic| diagnostic.detail.push_str(&left));
            failure
        })
    }
}
