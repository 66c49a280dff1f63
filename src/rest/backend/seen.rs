//! The objects that answers contain, and their ids.
//!
//! Owns what an answer must say of the object that was asked for. Sends nothing.

use super::rest::Rest;
use crate::{
    engine::{Diagnostic, Done, Failure, Observed, one_line},
    rest::{Collection, Reply, SendError, address, error::NOT_JSON, mapping},
    schema::{Object, Resource},
    value::Json,
};

impl Rest {
    /// The object in the member of the body that contains it.
    pub(super) fn body(&self, reply: &Reply, envelope: &str) -> Result<Json, SendError> {
        let mut body = self.service.json(reply)?;
        match envelope {
            "" => Ok(body),
            member => body.remove(member).ok_or_else(|| self.service.unreadable(reply, &format!("`{member}` is missing"))),
        }
    }

    /// The object in an answer, whatever its id.
    pub(super) fn read_whole(&self, resource: &'static Resource, reply: &Reply, envelope: &str) -> Result<Observed, SendError> {
        let read = match envelope {
            "" => observed_in(resource, &reply.body),
            _ => observed(resource, &self.body(reply, envelope)?),
        };
        read.map_err(|why| self.service.unreadable(reply, &why))
    }

    /// The object in an answer, which must have the requested id if there is one, with the attributes in its path.
    pub(super) fn show(
        &self,
        at: &Collection,
        resource: &'static Resource,
        reply: &Reply,
        envelope: &str,
        asked: Option<&str>,
    ) -> Result<Observed, SendError> {
        self.accept(at, resource, reply, self.read_whole(resource, reply, envelope)?, asked)
    }

    pub(super) fn accept(
        &self,
        at: &Collection,
        resource: &'static Resource,
        reply: &Reply,
        mut observed: Observed,
        asked: Option<&str>,
    ) -> Result<Observed, SendError> {
        self.check_id(resource, reply, &observed.id, asked)?;
        at.name(&resource.table, &mut observed.value);
        Ok(observed)
    }

    /// The object in a part of an answer, which must have the requested id if there is one.
    pub fn observe(&self, resource: &'static Resource, reply: &Reply, body: &Json, asked: Option<&str>) -> Result<Observed, SendError> {
        let observed = observed(resource, body).map_err(|why| self.service.unreadable(reply, &why))?;
        self.check_id(resource, reply, &observed.id, asked)?;
        Ok(observed)
    }

    fn check_id(&self, resource: &'static Resource, reply: &Reply, id: &str, asked: Option<&str>) -> Result<(), SendError> {
        match asked {
            Some(asked) => self.service.about(reply, asked, id),
            // An id that the server chose must be usable in a URL, too.
            None => address::id(id).map_err(|why| {
                let why = format!("the `{}` in it is `{}`. {why}", resource.key, one_line(id));
                self.service.unreadable(reply, &why)
            }),
        }
    }

    /// The server's JSON of the object with this id, as it was read.
    pub(super) fn current(&self, resource: &'static Resource, reply: &Reply, id: &str) -> Result<Json, SendError> {
        let read = self.body(reply, self.envelope.read).and_then(|body| {
            let answered = id_in(resource, &body).ok_or_else(|| self.service.unreadable(reply, &missing(resource)))?;
            self.service.about(reply, id, answered)?;
            Ok(body)
        });
        read.map_err(|error| SendError { done: Done::No, ..error })
    }
}

/// The path of the id in the server's JSON.
pub(super) fn member(resource: &'static Resource) -> String {
    resource.table.index(resource.key).map_or_else(|| resource.key.to_owned(), |place| resource.table.attr(place).pointer().to_string())
}

/// The id in a body.
pub(super) fn id_in<'a>(resource: &'static Resource, body: &'a Json) -> Option<&'a str> {
    body.at(&member(resource)).as_str()
}

fn missing(resource: &'static Resource) -> String {
    format!("`{}` is missing", resource.key)
}

/// The object in a body, or why it cannot be understood.
fn observed(resource: &'static Resource, body: &Json) -> Result<Observed, String> {
    let value = mapping::observe(&resource.table, body).map_err(|misfit| misfit.to_string())?;
    let id = id_in(resource, body).ok_or_else(|| missing(resource))?;
    Ok(Observed { id: id.to_owned(), value, warnings: Vec::new() })
}

/// The same from the body's text.
pub(super) fn observed_in(resource: &'static Resource, text: &[u8]) -> Result<Observed, String> {
    if let Some(value) = mapping::read(&resource.table, text)
        && let Some(id) = Object::new(&resource.table, &value).str(resource.key)
    {
        return Ok(Observed { id: id.to_owned(), value, warnings: Vec::new() });
    }
    // The general functions report what is wrong.
    observed(resource, &Json::parse(text).map_err(|_| NOT_JSON.to_owned())?)
}

/// The id in a state, if requests can use it.
pub fn id_of<'a>(resource: &'static Resource, id: Option<&'a str>) -> Result<&'a str, Failure> {
    let id = id.unwrap_or_default();
    address::id(id).map(|()| id).map_err(|why| stored_unaddressable(resource.name, id, &why).into())
}

/// The message about an id in a state that no request can use.
pub fn stored_unaddressable(what: &str, id: &str, why: &str) -> Diagnostic {
    let mut diagnostic = unaddressable(what, id, why);
    diagnostic.detail.push_str(
        "\n\nThe API cannot read, change or delete it. If a state has it, remove it from the state (`terraform state rm`, `pulumi state delete`): on the server it stays as it is.",
    );
    diagnostic
}

pub(super) fn unaddressable(what: &str, id: &str, why: &str) -> Diagnostic {
    Diagnostic::error(format!("The {what} cannot be addressed"), format!("No request was sent for `{}`. {why}", one_line(id)))
}
