//! Creates, updates and deletes objects. Each write runs in its own task, to its end even if the call ends, and never at the same
//! time as another write of the same object.

use super::{
    Call, Cx, Diagnostic, Done, Engine, Entry, Failure, Observed, Plan, Prior, Private, State, Write,
    canonical::{by_name_in, by_place, name_in},
    configure::Reach,
    guard_deletion, keep_spelling_of, semantically_equal,
    spelling::with_untold,
    write_only,
};
use crate::{
    schema::{Object, Occupied, Presence, Reads, Resource},
    value::{Path, Value},
};
use std::{borrow::Cow, future::Future, sync::Arc};

/// An object after a write.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The new state.
    pub state: State,
    /// Warnings for the user, although the write succeeded.
    pub warnings: Vec<Diagnostic>,
}

/// A failed write, with the state of the object after it.
#[derive(Clone, Debug)]
pub struct Unapplied {
    /// The state of the object if it exists; for an update, `None` means that the prior state is still valid.
    pub state: Option<State>,
    /// The messages; at least one error.
    pub diagnostics: Vec<Diagnostic>,
}

/// An update: the prior state, the plan and the configuration.
pub struct Change {
    /// The object before.
    pub prior: State,
    /// The plan.
    pub plan: Plan,
    /// The configuration.
    pub config: Value,
    /// The last configuration, where the tool keeps it.
    pub last_config: Option<Value>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// Creates the planned object.
    pub async fn create(&self, entry: &'static Entry<C>, plan: Plan, config: Value, call: Call) -> Result<Applied, Unapplied> {
        let resource = entry.resource;
        let (rewrite, inside) = to_send(resource, None, &plan, &config)?;
        let write = Write {
            resource,
            id: None,
            prior: Value::Null,
            planned: plan.planned,
            config,
            rewrite,
            withdrawn: Vec::new(),
            private: plan.private,
        };
        let cx = self.ready(call)?;
        self.unplan(entry, &[&write.config, &write.planned], false);
        self.run(&cx, write, &inside, move |cx, write| async move { cx.ended(entry.backend.create(&cx, &write).await) }).await
    }

    /// Updates the object to the plan.
    pub async fn update(&self, entry: &'static Entry<C>, change: Change, call: Call) -> Result<Applied, Unapplied> {
        let resource = entry.resource;
        let Change { prior, plan, config, last_config } = change;
        let before = Prior { id: prior.id.as_deref(), value: &prior.value, private: &prior.private, config: last_config.as_ref() };
        let (rewrite, inside) = to_send(resource, Some(before), &plan, &config)?;
        let withdrawn = in_use(resource, &prior.private).into_iter().filter(|name| !plan.private.uses(name)).collect();
        // A value that came by an import and that no configuration has set is not cleared.
        let ours = owned(prior.private.owned(&resource.table, &prior.value)).unwrap_or(prior.value);
        let write = Write { resource, id: prior.id, prior: ours, planned: plan.planned, config, rewrite, withdrawn, private: plan.private };
        let cx = self.ready(call)?;
        self.unplan(entry, &[&write.config, &write.prior, &write.planned], false);
        self.run(&cx, write, &inside, move |cx, write| async move { cx.ended(entry.backend.update(&cx, &write).await) }).await
    }

    /// Deletes the object. Returns warnings.
    pub async fn delete(&self, entry: &'static Entry<C>, state: State, call: Call) -> Result<Vec<Diagnostic>, Unapplied> {
        let resource = entry.resource;
        if let Some(refused) = guard_deletion(resource, &state) {
            return Err(Failure::from(refused))?;
        }
        let state = state.canonical(&resource.table).into_owned();
        self.seen(resource, state.id.as_deref(), &state.value, false);
        let cx = self.ready(call)?;
        self.unplan(entry, &[&state.value], true);
        let occupied = occupied(resource, state.id.as_deref(), &state.value, &Value::Null);
        let claims = self.claims.clone();
        let delete = async move {
            let _alone = cx.alone(&claims, occupied).await?;
            cx.hear(entry.backend.delete(&cx, resource, &state)).await
        };
        self.in_task(&format!("writing {}", resource.name), delete).await.map(|((), warnings)| warnings).map_err(Unapplied::from)
    }

    fn ready(&self, call: Call) -> Result<Cx<C>, Failure> {
        match self.reach(call)? {
            Reach::Ready(cx) => Ok(cx),
            Reach::Unknown => Err(Diagnostic::error(
                "The provider's configuration is still unknown",
                "A value in the provider's configuration is not known yet, so nothing was sent. Apply the resource that it comes from first.",
            )
            .into()),
        }
    }

    /// Waits until all running writes have ended, also those whose call has ended, and all open ephemeral resources are closed.
    pub async fn finish(&self) {
        self.ending.cancel();
        self.writes.close();
        self.writes.wait().await;
        self.journal.settle();
    }

    /// Runs a write while no other write of this process concerns the same object. The caller sends the result to the tool next.
    async fn run<F, R>(&self, cx: &Cx<C>, write: Write, inside: &[Path], send: F) -> Result<Applied, Unapplied>
    where
        F: FnOnce(Cx<C>, Arc<Write>) -> R + Send + 'static,
        R: Future<Output = Result<Observed, Failure>> + Send + 'static,
    {
        let write = Arc::new(write);
        let told = match write.canonical() {
            None if inside.is_empty() => write.clone(),
            told => {
                let told = told.unwrap_or_else(|| Write::clone(&write));
                let planned = write_only::with(&told.resource.table, told.planned, &told.config, inside);
                Arc::new(Write { planned, ..told })
            }
        };
        let occupied = occupied(told.resource, told.id.as_deref(), &told.prior, &told.planned);
        let claims = self.claims.clone();
        let work = {
            let cx = cx.clone();
            async move {
                let _alone = cx.alone(&claims, occupied).await?;
                cx.hear(send(cx.clone(), told)).await
            }
        };
        let ended = match self.in_task(&format!("writing {}", write.resource.name), work).await {
            Ok((observed, warnings)) => {
                // The task is over: usually nobody else holds the write.
                let mut applied = settled(Arc::unwrap_or_clone(write), observed);
                applied.warnings.extend(warnings);
                Ok(applied)
            }
            Err(mut failure) => {
                let left = failure.left.take().map(|observed| left(&write, *observed));
                let mut unapplied = Unapplied::from(failure);
                if let Some(Applied { state, warnings }) = left {
                    unapplied.diagnostics.extend(warnings);
                    unapplied.state = Some(state);
                }
                Err(unapplied)
            }
        };
        cx.told();
        ended
    }

    /// Runs a write to its end, even if the call ends; a panic in it becomes a failure.
    pub(super) async fn in_task<T: Send + 'static>(
        &self,
        doing: &str,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        self.writes.spawn(work).await.unwrap_or_else(|_| Err(broke_down(doing)))
    }
}

/// The failure for a panic.
pub(super) fn broke_down(doing: &str) -> Failure {
    Failure {
        done: Done::Maybe,
        left: None,
        diagnostics: vec![Diagnostic::error(
            format!("The provider failed while {doing}"),
            "This is a bug in the provider; its log has the details. The write may have been carried out: refresh before the next apply.",
        )],
    }
}

/// The value, if it is not that of somebody else.
fn owned(value: Cow<'_, Value>) -> Option<Value> {
    match value {
        Cow::Owned(value) => Some(value),
        Cow::Borrowed(_) => None,
    }
}

/// The names that no other write of this process may create or change at the same time.
fn occupied(resource: &'static Resource, id: Option<&str>, before: &Value, after: &Value) -> Vec<Occupied> {
    let own = |name: String| (resource.name, name);
    let mut all: Vec<_> = id.map(str::to_owned).map(own).into_iter().collect();
    // An object that does not exist occupies nothing.
    let objects = [before, after].into_iter().filter(|object| !object.is_empty()).map(|object| Object::new(&resource.table, object));
    match (resource.occupies, resource.occupies_parts) {
        (_, Some(parts)) => all.extend(parts(Object::new(&resource.table, before), Object::new(&resource.table, after))),
        (Some(occupies), None) => all.extend(objects.flat_map(occupies)),
        (None, None) => all.extend(objects.filter_map(|object| resource.name_of(object)).map(own)),
    }
    all
}

/// The planned object with the answer's values where the plan was unknown. Known planned values stay, since tools require that; if
/// the server has another value, a warning names the attribute.
fn settled(write: Write, observed: Observed) -> Applied {
    let table = &write.resource.table;
    let mut warnings = observed.warnings;
    let (planned, prior) = (by_place(table, &write.planned), by_place(table, &write.prior));
    let (answer, prior) = (Object::new(table, &observed.value), Object::new(table, &prior));
    let mut decided = Vec::new();
    for (place, (attr, planned)) in Object::new(table, &planned).iter().enumerate() {
        let answer = with_untold(attr, planned, answer.at(place));
        if planned.has_unknown() {
            decided.push((place, answer.into_owned()));
            continue;
        }
        let answer = &*answer;
        let shows = attr.presence != Presence::WhileSet || !planned.is_null();
        if attr.remote() && attr.configurable() && attr.reads == Reads::Always && shows && !semantically_equal(attr, planned, answer) {
            let name = name_in(table, &write.planned, attr.name);
            let was_written = write.id.is_none() || !semantically_equal(attr, prior.at(place), planned);
            warnings.push(if was_written { ignored(name, answer.is_null()) } else { changed_elsewhere(name) });
        }
    }
    let decide = |mut planned: Value| {
        if let Value::Object(fields) = &mut planned {
            decided.into_iter().for_each(|(place, value)| fields[place] = value);
        }
        planned
    };
    let value = match owned(planned) {
        Some(planned) => by_name_in(table, &write.planned, decide(planned)),
        // Without aliases, it is the plan itself, which is not copied.
        None => decide(write.planned),
    };
    Applied { state: State { id: Some(observed.id), value, private: write.private }, warnings }
}

/// The state after a failed write: what the answer shows, the rest as planned. The spelling is the plan's. With an error, tools
/// accept values that differ from the plan.
fn left(write: &Write, observed: Observed) -> Applied {
    let table = &write.resource.table;
    let seen = Object::new(table, &observed.value);
    let planned = by_place(table, &write.planned);
    let fields = Object::new(table, &planned).iter().enumerate().map(|(place, (attr, planned))| match (attr.reads, seen.at(place)) {
        (_, _) if attr.presence == Presence::WhileSet && planned.is_null() => Value::Null,
        (_, seen) if planned.has_unknown() => seen.clone(),
        (Reads::Unless(twin), _) if write.private.uses(twin) => planned.clone(),
        (Reads::Once | Reads::Never, Value::Null) => planned.clone(),
        (_, seen) => keep_spelling_of(attr, planned, &with_untold(attr, planned, seen)),
    });
    let value = by_name_in(table, &write.planned, Value::Object(fields.collect()));
    Applied { state: State { id: Some(observed.id), value, private: write.private.clone() }, warnings: observed.warnings }
}

fn ignored(name: &'static str, dropped: bool) -> Diagnostic {
    let what = if dropped { "dropped" } else { "changed" };
    Diagnostic::warning(
        format!("The server {what} {name}"),
        format!(
            "The request was accepted, but the server {what} `{name}`: its version may not support this setting, or its configuration may not allow it. The next plan shows the difference again; remove `{name}` from the configuration, or use a server that keeps it."
        ),
    )
    .at(Path::attr(name))
}

/// The warning about an attribute that others have changed, and that this plan did not change and therefore did not write.
fn changed_elsewhere(name: &'static str) -> Diagnostic {
    Diagnostic::warning(
        format!("{name} was changed elsewhere"),
        format!(
            "Somebody else changed `{name}` after this plan was made. This plan does not change it, so it was left as it is on the server; the next plan shows the difference."
        ),
    )
    .at(Path::attr(name))
}

fn in_use(resource: &'static Resource, private: &Private) -> Vec<&'static str> {
    resource.table.attrs().filter(|attr| private.uses(attr.name)).map(|attr| attr.name).collect()
}

/// The write-only arguments whose values are sent. A tool may pass null although the plan had a value: if a value that must be sent
/// is missing, the write stops before any request.
fn to_send(
    resource: &'static Resource,
    prior: Option<Prior<'_>>,
    plan: &Plan,
    config: &Value,
) -> Result<(Vec<&'static str>, Vec<Path>), Failure> {
    let inside = write_only::inside(resource, prior, &plan.planned, config);
    let (planned, config) = (Object::new(&resource.table, &plan.planned), Object::new(&resource.table, config));
    let in_use = in_use(resource, &plan.private);
    let missing: Vec<_> = write_only::missing(resource, prior, planned, config, &in_use).chain(inside.missing).collect();
    if !missing.is_empty() {
        return Err(Failure { done: Done::No, left: None, diagnostics: missing });
    }
    let sent = write_only::sent(resource, prior, planned, config, &in_use);
    Ok((sent.filter(|attr| !config.get(attr.name).is_null()).map(|attr| attr.name).collect(), inside.sent))
}

impl From<Failure> for Unapplied {
    fn from(failure: Failure) -> Self {
        Unapplied { state: None, diagnostics: failure.into_errors() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{resource, string};

    static DOOR: Resource = resource("door", "A door.")
        .import("name")
        .sections(&[&[string("name", "Its name.").required(), string("house", "Its house.")]])
        .occupies(|door| vec![("door", format!("{}/{}", door.str("house").unwrap_or_default(), door.str("name").unwrap_or_default()))])
        .checked();

    /// Otherwise all creates of a resource would wait for each other.
    #[test]
    fn an_object_that_does_not_exist_yet_occupies_nothing() {
        let door = |name: &str| DOOR.table.holding([("name", Value::text(name))]);
        let create = |name: &str| occupied(&DOOR, None, &DOOR.table.nulls(), &door(name));
        assert_eq!(create("front"), [("door", "/front".to_owned())]);
        let update = occupied(&DOOR, Some("front"), &door("front"), &door("back"));
        assert_eq!(update, ["front", "/front", "/back"].map(|name| ("door", name.to_owned())));
    }
}
