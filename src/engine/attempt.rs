//! A write that creates something, and its entry in the journal.
//!
//! A backend reports where it creates the object and when it is about to send; the resource's table says how the object is found;
//! the result of the write decides what happens to the entry. So each resource recovers from a crash as far as its server allows.
//! Knows no server.

use super::{
    Account, Cx, Diagnostic, Done, Failure, Intent, Looked, Name, Observed, Sought, Stage, Write, context::Making, one_line,
    semantically_equal,
};
use crate::{
    schema::{Attr, Object, Reads, Resource},
    value::{Value, instant},
};

/// A server may round its times down: an object created now may seem older by this many seconds.
const ROUNDING: i64 = 2;
/// The longest time, in seconds, between the check that a name is free and the creation of the object, for it still to be the begun
/// one.
const LONGEST_MAKING: i64 = 15 * 60;

/// The object that a write is about to create, as in the journal.
#[derive(Clone)]
pub struct Attempt {
    resource: &'static Resource,
    account: Account,
    fingerprint: String,
    /// The text that finds it, if that is known before its creation.
    name: Option<Name>,
    /// Whether the state has no object yet.
    creates: bool,
    /// The unfinished create of an interrupted run, for the same object.
    pub begun: Option<Begun>,
}

/// A create of an interrupted run, whose result no tool has. It must be checked whether an existing object is the created one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id, or else the text that finds it.
    pub id: String,
    /// Whether the provider chose the id at random: then an object with this id was created by the provider.
    pub chosen: bool,
    looked: Looked,
    /// Its name in the journal.
    called: String,
}

impl Begun {
    /// Whether the existing object can only be the begun one: the provider chose its id; or no object had its name when it was
    /// begun, it was created right after that, and everything that can be read is as planned.
    pub fn is(&self, resource: &'static Resource, planned: &Value, found: &Value) -> bool {
        self.chosen || (self.is_of_that_time(resource, found) && is_as_planned(resource, planned, found))
    }

    /// Whether no object had its name when it was begun. If objects differ only by their names, the existing one is then the
    /// created one.
    pub fn saw_nothing(&self) -> bool {
        self.chosen || matches!(self.looked, Looked::Missing(_))
    }

    fn is_of_that_time(&self, resource: &'static Resource, found: &Value) -> bool {
        let Looked::Missing(at) = self.looked else { return false };
        // If the server does not show the time of creation, it is only known that the object did not exist.
        let Some(dated) = resource.created_at else { return true };
        let created = Object::new(&resource.table, found).str(dated).and_then(instant::parse);
        let created = created.and_then(|moment| i64::try_from(moment.div_euclid(instant::SECOND)).ok());
        at.zip(created).is_some_and(|(at, created)| (at - ROUNDING..=at + LONGEST_MAKING).contains(&created))
    }
}

/// Whether the object is as planned in everything that can be read.
pub fn is_as_planned(resource: &'static Resource, planned: &Value, found: &Value) -> bool {
    let found = Object::new(&resource.table, found);
    Object::new(&resource.table, planned).iter().enumerate().all(|(place, (attr, planned))| {
        let readable = attr.remote() && attr.reads == Reads::Always;
        !readable || planned.has_unknown() || semantically_equal(attr, planned, found.at(place))
    })
}

/// What a write creates.
pub enum Makes {
    /// The object that is planned.
    TheObject,
    /// A part of it with this name; `None` if the name is not known yet.
    APart(Option<Name>),
}

impl<C> Cx<C> {
    /// Starts the write of the planned object with this account. It takes over an unfinished create of an interrupted run.
    pub fn attempt(&self, write: &Write, account: Account, makes: Makes) -> Attempt {
        let resource = write.resource;
        let fingerprint = self.journal.fingerprint(resource, &write.planned);
        let name = match makes {
            Makes::TheObject => self.name_of(resource, &write.planned),
            Makes::APart(name) => name,
        };
        let sought = Sought { resource: resource.name, account: &account, fingerprint: &fingerprint };
        // An object that another state may contain is not taken over. A part that an update created in an object of this state is
        // in no other state, even if the tool has the result.
        let creates = write.id.is_none();
        let stages: &[Stage] = if creates { &[Stage::Begun] } else { &[Stage::Begun, Stage::Answered] };
        let begun = self.journal.unfinished(sought, name.as_ref(), stages).map(|intent| Begun {
            id: name.as_ref().map_or_else(|| intent.id.clone(), |name| name.text.clone()),
            chosen: intent.chosen,
            looked: intent.looked,
            called: intent.id,
        });
        Attempt { resource, account, fingerprint, name, creates, begun }
    }

    /// The text that finds the object. If the tool keeps the source of this text secret, so does the journal.
    fn name_of(&self, resource: &'static Resource, planned: &Value) -> Option<Name> {
        let planned = Object::new(&resource.table, planned);
        let text = resource.name_of(planned)?;
        // A name never contains an attribute that the table declares secret, except for its public parts.
        let is_kept = |attr: &Attr| self.secret.contains(&attr.name) && !attr.secret;
        let told = planned.iter().map(|(attr, value)| if is_kept(attr) { Value::Null } else { value.clone() });
        let secret = resource.name_of(Object::new(&resource.table, &Value::Object(told.collect()))).as_ref() != Some(&text);
        Some(Name { text, secret })
    }

    /// Records that the request is about to be sent.
    pub fn begin(&self, attempt: &Attempt, looked: Looked) {
        self.note(attempt, attempt.name.clone(), false, looked);
    }

    /// The same, for an object with this id, which the provider has chosen.
    pub fn begin_chosen(&self, attempt: &Attempt, id: &str) {
        self.note(attempt, Some(Name::plain(id)), true, Looked::Not);
    }

    /// Records that this run completes the create of an interrupted run.
    pub fn resume(&self, attempt: &Attempt) {
        if let Some(begun) = &attempt.begun {
            *self.making() = Some(Making { attempt: attempt.clone(), called: begun.called.clone(), is_made: false });
        }
    }

    fn note(&self, attempt: &Attempt, name: Option<Name>, chosen: bool, looked: Looked) {
        let called = self.journal.begin(attempt.sought(), name.as_ref(), chosen, looked);
        if let Some(complaint) = self.journal.complaint() {
            self.warn(complaint);
        }
        *self.making() = Some(Making { attempt: attempt.clone(), called, is_made: false });
    }

    /// Records the result of the write, which the tool does not have yet.
    pub(super) fn ended(&self, made: Result<Observed, Failure>) -> Result<Observed, Failure> {
        let Some(Making { attempt, called, .. }) = self.making().take() else { return made };
        let resource = attempt.resource;
        match made {
            Ok(mut observed) => {
                self.made(&attempt, called, &observed);
                // If the plan names the object, it cannot have been created twice.
                if attempt.creates && attempt.name.is_none() && attempt.begun.is_none() {
                    let unseen = self.journal.unseen(attempt.sought());
                    observed.warnings.extend(unseen.iter().map(|intent| left_over(resource, intent)));
                }
                Ok(observed)
            }
            Err(failure) => {
                match &failure.left {
                    Some(left) if attempt.creates || resource.shows(&left.value).contains(&called) => {
                        self.made(&attempt, called, left);
                    }
                    None if failure.done == Done::No && attempt.begun.is_none() => self.journal.refused(resource.name, &called),
                    _ => {}
                }
                Err(failure)
            }
        }
    }

    /// Records that this was created. From now on the object is known by its id, which states and lists show.
    fn made(&self, attempt: &Attempt, called: String, observed: &Observed) {
        let resource = attempt.resource.name;
        let is_its_id = called == observed.id || attempt.name.as_ref().is_some_and(|name| name.text == observed.id);
        let called = match attempt.creates && !is_its_id {
            true => {
                let id = Name { text: observed.id.clone(), secret: self.secret.contains(&attempt.resource.key) };
                let now = self.journal.begin(attempt.sought(), Some(&id), false, Looked::Not);
                self.journal.refused(resource, &called);
                // No plan has this id, so that no other run can complete the create: it is listed from now on.
                self.journal.answered(resource, &now);
                now
            }
            false => called,
        };
        *self.making() = Some(Making { attempt: attempt.clone(), called, is_made: true });
    }

    /// Records that the tool is about to get the result of the write.
    pub(super) fn told(&self) {
        if let Some(Making { attempt, called, is_made: true }) = self.making().take() {
            self.journal.answered(attempt.resource.name, &called);
        }
    }
}

impl Attempt {
    fn sought(&self) -> Sought<'_> {
        Sought { resource: self.resource.name, account: &self.account, fingerprint: &self.fingerprint }
    }
}

/// The warning about an object that an earlier write of the same object may have left.
fn left_over(resource: &'static Resource, intent: &Intent) -> Diagnostic {
    let (name, id) = (resource.name, one_line(&intent.id));
    let (summary, why) = match intent.stage {
        Stage::Begun => (
            format!("Another {name} may be left over"),
            format!(
                "An earlier run started to create an object like this one and ended before the server answered, so this run created another. The first one may exist on {}, with an unknown id. If it does and no state has it, delete it or import it.",
                intent.target
            ),
        ),
        _ => (
            format!("The {name} `{id}` may be left over"),
            "An earlier run created it with the same configuration, and it has not been in a state since, so this run created another. If no other state has it, delete it or import it.".to_owned(),
        ),
    };
    Diagnostic::warning(
        summary,
        format!(
            "{why} The command `orphans` of the provider's program lists everything that may be left over, and `orphans --forget {id}` removes this entry."
        ),
    )
}
