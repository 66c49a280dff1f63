//! One create and its entry in the journal. A backend says where it makes the object and when it is about to send;
//! by what the object is found is said by its resource; what becomes of the entry follows from how the create ended.
//! So every resource has the way back after a crash that its server allows. Knows no server.

use super::{Cx, Diagnostic, Done, Failure, Intent, Observed, Stage, Write, fingerprint, one_line};
use crate::schema::{Object, Resource};

/// A create that may be written down.
#[derive(Clone)]
pub struct Attempt {
    resource: &'static Resource,
    target: String,
    fingerprint: String,
    /// By what the object is found, where the plan says that.
    name: Option<String>,
    /// What a run that died began to make, of the same create: its id, or else by what it is found. No tool was told of
    /// it, so that what there is under this name is ours, if there was nothing before.
    pub begun: Option<String>,
}

impl<C> Cx<C> {
    /// The create of what is planned, on the server at this URL. What a run that died has begun of it is this run's from
    /// now on.
    pub fn attempt(&self, write: &Write, target: &str) -> Attempt {
        let (resource, planned) = (write.resource, Object::new(&write.resource.table, &write.planned));
        let fingerprint = fingerprint(resource, &write.planned);
        let name = resource.name_of(planned);
        let begun = self.journal.unfinished(resource.name, target, &fingerprint, name.as_deref());
        Attempt { resource, target: target.to_owned(), fingerprint, name, begun }
    }

    /// The create is about to be sent, and nothing is there under its name: with this id, where we chose one.
    pub fn begin(&self, attempt: &Attempt, id: Option<&str>) {
        let name = id.or(attempt.name.as_deref());
        let name = self.journal.begin(attempt.resource.name, &attempt.target, name, &attempt.fingerprint);
        *self.begun() = Some((attempt.clone(), name));
    }

    /// The create has ended like this.
    pub(super) fn ended(&self, made: Result<Observed, Failure>) -> Result<Observed, Failure> {
        let Some((attempt, name)) = self.begun().take() else { return made };
        let Attempt { resource, target, fingerprint, name: planned, begun } = attempt;
        let become_of = |id: &str| {
            if let (Some(name), true) = (&name, name.as_deref() != Some(id)) {
                self.journal.begin(resource.name, &target, Some(id), &fingerprint);
                self.journal.refused(resource.name, name);
            }
        };
        match made {
            Ok(mut observed) => {
                become_of(&observed.id);
                // Of what the plan names, another one cannot have been made.
                if planned.is_none() && begun.is_none() {
                    let unseen = self.journal.unseen(resource.name, &target, &fingerprint);
                    observed.warnings.extend(unseen.iter().map(|intent| left_over(resource, intent)));
                }
                Ok(observed)
            }
            Err(failure) => {
                match (&failure.left, &name) {
                    (Some(left), _) => become_of(&left.id),
                    (None, Some(name)) if failure.done == Done::No && begun.is_none() => self.journal.refused(resource.name, name),
                    _ => {}
                }
                Err(failure)
            }
        }
    }
}

/// What an earlier create of the same may have left.
fn left_over(resource: &'static Resource, intent: &Intent) -> Diagnostic {
    let (name, id) = (resource.name, one_line(&intent.id));
    let (summary, why) = match intent.stage {
        Stage::Begun => (
            format!("Another {name} may be left over"),
            format!(
                "An earlier run began to make one like this and ended before the server had answered, so this run made another. Whether the first is there, under an id that nobody was told, only the server knows ({}): if no state has it, delete it or import it.",
                intent.target
            ),
        ),
        _ => (
            format!("The {name} `{id}` may be left over"),
            "An earlier run made it like this one and ended before any state showed it, so this run made another. If no other state has it, delete it or import it.".to_owned(),
        ),
    };
    Diagnostic::warning(
        summary,
        format!(
            "{why} The command `orphans` of the provider's program lists all that may be left over, and `orphans --forget {id}` takes this one off."
        ),
    )
}
