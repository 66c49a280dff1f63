//! Creating, updating and deleting: each in a task of its own that runs to its end whatever becomes of
//! the call that asked for it.

use super::{Call, Cx, Diagnostic, Done, Engine, Entry, Failure, Observed, Plan, State, Write, configure::Reach, guard_deletion, same};
use crate::{
    schema::{Attr, Object, Reads, Resource},
    value::{Path, Value},
};
use std::{future::Future, sync::Arc};

/// An object after a write.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The new state.
    pub state: State,
    /// What the user should hear although it worked.
    pub warnings: Vec<Diagnostic>,
}

/// A write that failed, with the state that it left behind.
#[derive(Clone, Debug)]
pub struct Unapplied {
    /// The state of what exists, if something does; for an update `None` means that prior stands.
    pub state: Option<State>,
    /// What to tell the user; at least one error.
    pub diagnostics: Vec<Diagnostic>,
}

/// An update: what was there, what is to be there, and where that comes from.
pub struct Change {
    /// The object before.
    pub prior: State,
    /// What is planned.
    pub plan: Plan,
    /// The configuration.
    pub config: Value,
    /// The last configuration, where the tool keeps it.
    pub last_config: Option<Value>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// Makes the planned object.
    pub async fn create(&self, entry: &'static Entry<C>, plan: Plan, config: Value, call: Call) -> Result<Applied, Unapplied> {
        let resource = entry.resource;
        let rewrite = in_use(resource, &config).map(|attr| attr.name).collect();
        let write = Write { resource, id: None, prior: Value::Null, planned: plan.planned, config, rewrite, private: plan.private };
        let cx = self.ready(call)?;
        let made =
            self.run(write, move |write| async move { cx.hear(async { cx.ended(entry.backend.create(&cx, &write).await) }).await }).await;
        let state = match &made {
            Ok(applied) => Some(&applied.state),
            Err(unapplied) => unapplied.state.as_ref(),
        };
        if let Some(id) = state.and_then(|state| state.id.as_deref()) {
            self.journal.answered(resource.name, id);
        }
        made
    }

    /// Changes the object to what is planned.
    pub async fn update(&self, entry: &'static Entry<C>, change: Change, call: Call) -> Result<Applied, Unapplied> {
        let resource = entry.resource;
        let rewrite = rewrites(resource, &change);
        let Change { prior, plan, config, .. } = change;
        let write = Write { resource, id: prior.id, prior: prior.value, planned: plan.planned, config, rewrite, private: plan.private };
        let cx = self.ready(call)?;
        self.run(write, move |write| async move { cx.hear(entry.backend.update(&cx, &write)).await }).await
    }

    /// Takes the object away. What it returns is what the user should hear all the same.
    pub async fn delete(&self, entry: &'static Entry<C>, state: State, call: Call) -> Result<Vec<Diagnostic>, Unapplied> {
        if let Some(refused) = guard_deletion(entry.resource, &state) {
            return Err(Failure::from(refused))?;
        }
        self.seen(entry.resource, state.id.as_deref(), false);
        let cx = self.ready(call)?;
        let delete = async move { cx.hear(entry.backend.delete(&cx, entry.resource, &state)).await };
        self.in_task(entry.resource, delete).await.map(|((), warnings)| warnings).map_err(Unapplied::from)
    }

    fn ready(&self, call: Call) -> Result<Cx<C>, Unapplied> {
        match self.reach(call)? {
            Reach::Ready(cx) => Ok(cx),
            Reach::Unknown => Err(Failure::from(Diagnostic::error(
                "The provider's configuration is still unknown",
                "A value in the provider's configuration is not known yet, so nothing was sent. Apply first what it comes from.",
            )))?,
        }
    }

    /// Waits until the writes that are under way have ended, also those that nobody waits for.
    pub async fn finish(&self) {
        self.writes.close();
        self.writes.wait().await;
    }

    async fn run<F, R>(&self, write: Write, send: F) -> Result<Applied, Unapplied>
    where
        F: FnOnce(Arc<Write>) -> R,
        R: Future<Output = Result<(Observed, Vec<Diagnostic>), Failure>> + Send + 'static,
    {
        let write = Arc::new(write);
        match self.in_task(write.resource, send(write.clone())).await {
            Ok((observed, warnings)) => {
                let mut applied = settled(&write, observed);
                applied.warnings.extend(warnings);
                Ok(applied)
            }
            Err(mut failure) => {
                let left = failure.left.take().map(|observed| settled(&write, *observed));
                let mut unapplied = Unapplied::from(failure);
                if let Some(Applied { state, warnings }) = left {
                    unapplied.diagnostics.extend(warnings);
                    unapplied.state = Some(state);
                }
                Err(unapplied)
            }
        }
    }

    /// Runs a write to its end, also if nobody waits for it any more; a panic in it becomes a failure.
    async fn in_task<T: Send + 'static>(
        &self,
        resource: &'static Resource,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        match self.writes.spawn(work).await {
            Ok(result) => result,
            Err(_) => Err(Failure {
                done: Done::Maybe,
                left: None,
                diagnostics: vec![Diagnostic::error(
                    format!("The provider failed while writing {}", resource.name),
                    "This is a bug in the provider; its log has the details. The write may have been carried out: refresh before the next apply.",
                )],
            }),
        }
    }
}

/// The planned object with what was open filled in from the answer. What was planned stands, since
/// tools hold providers to it; where the server did something else, a warning names the attribute.
fn settled(write: &Write, observed: Observed) -> Applied {
    let table = &write.resource.table;
    let mut warnings = observed.warnings;
    let answer = Object::new(table, &observed.value);
    let fields = Object::new(table, &write.planned).iter().enumerate().map(|(place, (attr, planned))| {
        let answer = answer.at(place);
        if planned.has_unknown() {
            return answer.clone();
        }
        if attr.remote() && attr.reads == Reads::Always && !same(attr, planned, answer) {
            warnings.push(ignored(attr.name, answer.is_null()));
        }
        planned.clone()
    });
    let value = Value::Object(fields.collect());
    Applied { state: State { id: Some(observed.id), value, private: write.private.clone() }, warnings }
}

fn ignored(name: &'static str, dropped: bool) -> Diagnostic {
    let what = if dropped { "dropped" } else { "changed" };
    Diagnostic::warning(
        format!("The server {what} {name}"),
        format!(
            "The request was accepted, but the server {what} `{name}`: its version may not have this setting, or it may rule it out. The next plan shows the difference again; remove `{name}` from the configuration, or use a server that keeps it."
        ),
    )
    .at(Path::attr(name))
}

fn in_use(resource: &'static Resource, config: &Value) -> impl Iterator<Item = &'static Attr> {
    Object::new(&resource.table, config).iter().filter(|(attr, value)| attr.write_only && !value.is_null()).map(|(attr, _)| attr)
}

/// A write-only value is sent again when it came into use, when its version (`<name>_version`) moved, or
/// when the tool's record of the last configuration shows that it changed.
fn rewrites(resource: &'static Resource, change: &Change) -> Vec<&'static str> {
    let object = |value| Object::new(&resource.table, value);
    let (before, planned, config) = (object(&change.prior.value), object(&change.plan.planned), object(&change.config));
    let moved = |attr: &&'static Attr| {
        let version = format!("{}_version", attr.name);
        let remembered = &change.prior.private;
        before.get(&version) != planned.get(&version)
            || (remembered.write_only.is_some() && !remembered.uses(attr.name))
            || change.last_config.as_ref().is_some_and(|last| !same(attr, object(last).get(attr.name), config.get(attr.name)))
    };
    in_use(resource, &change.config).filter(moved).map(|attr| attr.name).collect()
}

impl From<Failure> for Unapplied {
    fn from(failure: Failure) -> Self {
        let mut diagnostics = failure.diagnostics;
        if failure.done == Done::Maybe && !super::has_errors(&diagnostics) {
            diagnostics.push(Diagnostic::error("The write may have been carried out", "Refresh before the next apply."));
        }
        Unapplied { state: None, diagnostics }
    }
}
