//! One write that makes something, and its entry in the journal. A backend says where it makes the object and when it
//! is about to send; by what the object is found is said by its resource; what becomes of the entry follows from how
//! the write ended. So every resource has the way back after a crash that its server allows. Knows no server.

use super::{
    Account, Cx, Diagnostic, Done, Failure, Intent, Looked, Name, Observed, Sought, Stage, Write, context::Making, one_line,
    semantically_equal,
};
use crate::{
    schema::{Attr, Object, Reads, Resource},
    value::{Value, instant},
};

/// A server's clock may be read before it is rounded: what was made then seems to be as old as this.
const ROUNDING: i64 = 2;
/// So long after its name was seen to be free, an object may still be the one that was begun then.
const LONGEST_MAKING: i64 = 15 * 60;

/// What a write is about to make, as the journal knows it.
#[derive(Clone)]
pub struct Attempt {
    resource: &'static Resource,
    account: Account,
    fingerprint: String,
    /// By what it is found, where that is known before it is made.
    name: Option<Name>,
    /// Whether the state has no object yet.
    creates: bool,
    /// What a run that died began to make, of the same write.
    pub begun: Option<Begun>,
}

/// What a run that died has begun, and nobody was told of. Whether what is there now is that has to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id, or else by what it is found.
    pub id: String,
    /// Whether the id is a random one of our choice: what has it was made by us.
    pub chosen: bool,
    looked: Looked,
    /// What it is called in the journal.
    called: String,
}

impl Begun {
    /// Whether the object that is there now can only be the one that was begun: its id was chosen by us, or nothing of
    /// its name was there at that moment, it was made right then, and it is as it was planned in all that can be read.
    pub fn is(&self, resource: &'static Resource, planned: &Value, found: &Value) -> bool {
        self.chosen || (self.is_of_that_time(resource, found) && is_as_planned(resource, planned, found))
    }

    /// Whether nothing of its name was there. Where objects differ by their names alone, the one that is there now is then ours.
    pub fn saw_nothing(&self) -> bool {
        self.chosen || matches!(self.looked, Looked::Missing(_))
    }

    fn is_of_that_time(&self, resource: &'static Resource, found: &Value) -> bool {
        let Looked::Missing(at) = self.looked else { return false };
        // Where the server does not say when it was made, all that is known is that it was not there.
        let Some(dated) = resource.created_at else { return true };
        let created = Object::new(&resource.table, found).str(dated).and_then(instant::parse);
        let created = created.and_then(|moment| i64::try_from(moment.div_euclid(instant::SECOND)).ok());
        at.zip(created).is_some_and(|(at, created)| (at - ROUNDING..=at + LONGEST_MAKING).contains(&created))
    }
}

/// Whether the object is as it was planned in all that can be read.
pub fn is_as_planned(resource: &'static Resource, planned: &Value, found: &Value) -> bool {
    let found = Object::new(&resource.table, found);
    Object::new(&resource.table, planned).iter().enumerate().all(|(place, (attr, planned))| {
        let readable = attr.remote() && attr.reads == Reads::Always;
        !readable || planned.has_unknown() || semantically_equal(attr, planned, found.at(place))
    })
}

/// What a write is about to make.
pub enum Makes {
    /// The object that is planned.
    TheObject,
    /// A part of it of this name; `None` where the name is still to be chosen.
    APart(Option<Name>),
}

impl<C> Cx<C> {
    /// The write of what is planned, as this account. What a run that died has begun of it is this run's from now on.
    pub fn attempt(&self, write: &Write, account: Account, makes: Makes) -> Attempt {
        let resource = write.resource;
        let fingerprint = self.journal.fingerprint(resource, &write.planned);
        let name = match makes {
            Makes::TheObject => self.name_of(resource, &write.planned),
            Makes::APart(name) => name,
        };
        let sought = Sought { resource: resource.name, account: &account, fingerprint: &fingerprint };
        // Of what another state may have, nothing is taken over. What an update made in an object of this state is in no
        // other one, also if the tool was told of it.
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

    /// By what the object is found. Where the tool keeps secret what that says, so does the journal.
    fn name_of(&self, resource: &'static Resource, planned: &Value) -> Option<Name> {
        let planned = Object::new(&resource.table, planned);
        let text = resource.name_of(planned)?;
        // Of what the table calls secret, a resource takes into a name only what is none.
        let is_kept = |attr: &Attr| self.secret.contains(&attr.name) && !attr.secret;
        let told = planned.iter().map(|(attr, value)| if is_kept(attr) { Value::Null } else { value.clone() });
        let secret = resource.name_of(Object::new(&resource.table, &Value::Object(told.collect()))).as_ref() != Some(&text);
        Some(Name { text, secret })
    }

    /// The request is about to be sent.
    pub fn begin(&self, attempt: &Attempt, looked: Looked) {
        self.note(attempt, attempt.name.clone(), false, looked);
    }

    /// The same, of what gets this id of our choice.
    pub fn begin_chosen(&self, attempt: &Attempt, id: &str) {
        self.note(attempt, Some(Name::plain(id)), true, Looked::Not);
    }

    /// What a run that died has begun is finished now.
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

    /// The write has ended like this. The tool has not been told yet.
    pub(super) fn ended(&self, made: Result<Observed, Failure>) -> Result<Observed, Failure> {
        let Some(Making { attempt, called, .. }) = self.making().take() else { return made };
        let resource = attempt.resource;
        match made {
            Ok(mut observed) => {
                self.made(&attempt, called, &observed);
                // Of what the plan names, another one cannot have been made.
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

    /// This was made. An object is known by its id from now on, as that is what states and lists show.
    fn made(&self, attempt: &Attempt, called: String, observed: &Observed) {
        let resource = attempt.resource.name;
        let is_its_id = called == observed.id || attempt.name.as_ref().is_some_and(|name| name.text == observed.id);
        let called = match attempt.creates && !is_its_id {
            true => {
                let id = Name { text: observed.id.clone(), secret: self.secret.contains(&attempt.resource.key) };
                let now = self.journal.begin(attempt.sought(), Some(&id), false, Looked::Not);
                self.journal.refused(resource, &called);
                now
            }
            false => called,
        };
        *self.making() = Some(Making { attempt: attempt.clone(), called, is_made: true });
    }

    /// The tool is about to be told of what the write has made.
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

/// What an earlier write of the same may have left.
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
