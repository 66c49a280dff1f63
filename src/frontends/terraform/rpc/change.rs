//! Plan and apply.
//!
//! The engine plans; an apply carries out the plan that core sends back, and plans nothing itself.

use super::{
    Server,
    answer::{Failed, attribute_path, diagnostics},
};
use crate::{
    engine::{self, Applied, Call, Change, Entry, Plan, Prior, Private, State, Told, Unapplied},
    frontends::terraform::{identity, object, wire::WireObject},
    schema::BlockSchema,
    value::Value,
};
use janiform_proto::tfplugin6::{apply_resource_change, plan_resource_change};
use serde::{Deserialize, Serialize};

/// Private data that the plan passes to the apply: core sends only the plan's private data, and the apply also needs that of the
/// state, to compare and to keep it if the apply fails.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Carried {
    #[serde(flatten)]
    after: Private,
    before: Private,
}

pub(super) async fn plan<C: Send + Sync + 'static>(
    server: Server<C>,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Failed> {
    let (entry, block) = server.resource(&request.type_name)?;
    let prior = object::decode(block, request.prior_state.as_ref())?
        .map(|seen| seen.into_state(entry.resource, Private::from_bytes(&request.prior_private)));
    // Core's proposal shows only whether the object is deleted; the engine plans from the configuration.
    if object::is_null(request.proposed_new_state.as_ref()) {
        let refused = prior.and_then(|prior| engine::guard_deletion(entry.resource, &prior));
        return Ok(plan_resource_change::Response {
            diagnostics: diagnostics(refused),
            planned_state: object::encode(block, None),
            planned_private: request.prior_private,
            planned_identity: request.prior_identity,
            ..Default::default()
        });
    }
    let config = object::given(block, request.config.as_ref())?;
    if let Some(prior) = &prior {
        server.engine.seen(entry.resource, prior.id.as_deref(), &prior.value, false);
    }
    let before = prior.as_ref().map(|State { id, value, private }| Prior { id: id.as_deref(), value, private, config: None });
    let mut plan = server.engine.plan(entry.resource, before, &config);
    plan.diagnostics.extend(server.engine.contradiction(entry, Told::Before(before.map(|before| before.value)), &config));
    let requires_replace = plan.replace_paths().map(|path| attribute_path(&path)).collect();
    let planned_identity = identity::encode(entry.resource, plan.id.as_deref(), &plan.planned);
    let planned_state = match before {
        // Nothing changes: the same bytes are returned.
        Some(before) if plan.planned == *before.value && plan.id.as_deref() == before.id => request.prior_state,
        _ => object::encode(block, Some(&WireObject { id: plan.id.map_or(Value::Unknown, Value::String), value: plan.planned })),
    };
    let carried = Carried { after: plan.private, before: prior.map(|prior| prior.private).unwrap_or_default() };
    Ok(plan_resource_change::Response {
        planned_state,
        requires_replace,
        diagnostics: diagnostics(plan.diagnostics),
        planned_private: serde_json::to_vec(&carried).unwrap_or_default(),
        planned_identity,
        ..Default::default()
    })
}

pub(super) async fn apply<C: Send + Sync + 'static>(
    server: Server<C>,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Failed> {
    let (entry, block) = server.resource(&request.type_name)?;
    let carried: Carried = serde_json::from_slice(&request.planned_private).unwrap_or_default();
    let prior = || {
        let seen = object::decode(block, request.prior_state.as_ref());
        seen.map(|seen| seen.map(|seen| seen.into_state(entry.resource, carried.before.clone())))
    };
    let Some(planned) = object::decode(block, request.planned_state.as_ref())? else {
        return Ok(delete(&server, entry, block, prior()?, &request.planned_private).await);
    };
    // The plan has all values of the configuration except these.
    let config = match engine::has_write_only(&entry.resource.table) {
        true => object::given(block, request.config.as_ref())?,
        false => entry.resource.table.nulls(),
    };
    let plan = Plan {
        id: planned.id.as_str().map(str::to_owned),
        planned: planned.value,
        // The changes were decided by the plan, and are not read again.
        changes: Vec::new(),
        replace: Vec::new(),
        private: carried.after,
        diagnostics: Vec::new(),
    };
    let call = Call::default();
    let result = match prior()? {
        None => server.engine.create(entry, plan, config, call).await,
        Some(prior) => server.engine.update(entry, Change { prior, plan, config, last_config: None }, call).await,
    };
    Ok(match result {
        Ok(Applied { state, warnings }) => {
            apply_resource_change::Response { diagnostics: diagnostics(warnings), ..after(entry, block, Some(state)) }
        }
        // Without a state, nothing was created, or the old object is unchanged. It is read again, since most writes succeed.
        Err(Unapplied { state, diagnostics: why }) => {
            let state = state.or_else(|| prior().ok().flatten());
            apply_resource_change::Response { diagnostics: diagnostics(why), ..after(entry, block, state) }
        }
    })
}

async fn delete<C: Send + Sync + 'static>(
    server: &Server<C>,
    entry: &'static Entry<C>,
    block: &BlockSchema,
    prior: Option<State>,
    private: &[u8],
) -> apply_resource_change::Response {
    let Some(prior) = prior else { return after(entry, block, None) };
    // The plan of a delete returns the state's private data.
    let prior = State { private: Private::from_bytes(private), ..prior };
    match server.engine.delete(entry, prior.clone(), Call::default()).await {
        Ok(warnings) => apply_resource_change::Response { diagnostics: diagnostics(warnings), ..after(entry, block, None) },
        Err(Unapplied { state, diagnostics: why }) => {
            apply_resource_change::Response { diagnostics: diagnostics(why), ..after(entry, block, Some(state.unwrap_or(prior))) }
        }
    }
}

fn after<C>(entry: &Entry<C>, block: &BlockSchema, state: Option<State>) -> apply_resource_change::Response {
    let Some(state) = state else {
        return apply_resource_change::Response { new_state: object::encode(block, None), ..Default::default() };
    };
    apply_resource_change::Response {
        private: state.private.to_bytes(),
        new_identity: identity::encode(entry.resource, state.id.as_deref(), &state.value),
        new_state: object::encode(block, Some(&WireObject::stored(state).wholly_known())),
        ..Default::default()
    }
}
