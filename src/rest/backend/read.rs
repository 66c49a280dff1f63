//! How objects are read: one by one, from lists that answer many reads, and as lists.
//!
//! Owns the order of the requests, and which objects of a list are left out.

use super::{
    rest::Rest,
    seen::{id_of, member, observed_in},
};
use crate::{
    engine::{Cx, Diagnostic, Failure, Objects, Observed, State, Wanted, one_line},
    rest::{Client, Collection, Listed, Next, PAGE_SIZE, Page, Pages, Paging, SendError, address},
    schema::{Object, Resource},
    value::{Reader, Value},
};
use reqwest::Method;

impl Rest {
    /// The object, from a list page that other reads share if that is possible.
    pub(super) async fn read_object<C: Client>(
        &self,
        cx: &Cx<C>,
        resource: &'static Resource,
        state: &State,
    ) -> Result<Option<Observed>, Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        let at = self.collection(cx, Object::new(&resource.table, &state.value)).await?;
        match self.listed(cx, &at, resource, id).await {
            Some(observed) => Ok(Some(observed)),
            None => self.ask(cx, &at, resource, id).await,
        }
    }

    /// Passes on the wanted objects as they arrive.
    pub(super) async fn list_objects<C: Client>(&self, cx: &Cx<C>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let at = self.collection(cx, wanted.filter).await?;
        let (mut pages, mut left_out) = (self.pages(cx, &at, wanted), LeftOut::default());
        while let Some(page) = pages.next_by(text).await? {
            for object in self.found(&at, &page, wanted, &mut left_out) {
                pages.meanwhile(objects.send(object?)).await;
            }
        }
        left_out.tell(cx);
        Ok(())
    }

    /// The objects there whose attribute has this value.
    pub async fn listing<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        attr: &'static str,
        value: &str,
    ) -> Result<Vec<Observed>, SendError> {
        self.those(cx, at, resource, &resource.table.holding([(attr, Value::text(value))])).await
    }

    /// All objects there.
    pub async fn all<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource) -> Result<Vec<Observed>, SendError> {
        self.those(cx, at, resource, &resource.table.nulls()).await
    }

    /// The objects there that match this filter.
    async fn those<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        filter: &Value,
    ) -> Result<Vec<Observed>, SendError> {
        let wanted = Wanted { resource, filter: Object::new(&resource.table, filter), whole: true, all: true };
        let (mut pages, mut left_out, mut all) = (self.pages(cx, at, &wanted), LeftOut::default(), Vec::new());
        while let Some(page) = pages.next_by(text).await? {
            let found = self.found(at, &page, &wanted, &mut left_out).collect::<Result<Vec<_>, _>>()?;
            pages.keep(found.len() * resource.table.len(), &page.reply)?;
            all.extend(found);
        }
        left_out.tell(cx);
        Ok(all)
    }

    /// The collection, page by page, as far as the server can filter it.
    fn pages<'a, C: Client>(&self, cx: &'a Cx<C>, at: &'a Collection, wanted: &Wanted<'_>) -> Pages<'a, C> {
        let mut list = at.request(Method::GET);
        for (name, member) in self.filters {
            // A list means several values of the same filter.
            for value in wanted.filter.str(name).into_iter().chain(wanted.filter.strs(name)) {
                list = list.query(member, value);
            }
        }
        Pages::new(cx, &at.endpoint, self.service, self.paging, list).ahead(wanted.all)
    }

    /// The wanted objects of a page, without those that no request can address.
    fn found<'a>(
        &'a self,
        at: &'a Collection,
        page: &'a Listed<Box<str>>,
        wanted: &'a Wanted<'_>,
        left_out: &'a mut LeftOut,
    ) -> impl Iterator<Item = Result<Observed, SendError>> + 'a {
        page.items.iter().filter_map(|item| match observed_in(wanted.resource, item.as_bytes()) {
            Ok(mut observed) => {
                at.name(&wanted.resource.table, &mut observed.value);
                (wanted.holds(&observed.value) && left_out.passes(&observed.id)).then_some(Ok(observed))
            }
            Err(why) => Some(Err(self.service.unreadable(&page.reply, &why))),
        })
    }

    /// The object as the server shows it now; `None` if the server says that it does not exist.
    pub async fn fetch<C: Client>(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let at = self.collection(cx, Object::new(&resource.table, &state.value)).await?;
        self.ask(cx, &at, resource, id_of(resource, state.id.as_deref())?).await
    }

    async fn ask<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        id: &str,
    ) -> Result<Option<Observed>, Failure> {
        if self.only_listed {
            return Ok(self.find(cx, at, resource, id).await?);
        }
        let reply = at.endpoint.send(cx, self.service, at.about(Method::GET, id)).await?;
        if self.service.says_missing(&reply) {
            return Ok(None);
        }
        if !reply.is_success() {
            return Err(self.service.refuse(&reply).into());
        }
        self.show(at, resource, &reply, self.envelope.read, Some(id)).map(Some).map_err(Failure::from)
    }

    /// The object with this id in the list.
    pub async fn find<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        id: &str,
    ) -> Result<Option<Observed>, SendError> {
        let nothing = resource.table.nulls();
        let wanted = Wanted { resource, filter: Object::new(&resource.table, &nothing), whole: true, all: false };
        let (mut pages, mut left_out) = (self.pages(cx, at, &wanted), LeftOut::default());
        loop {
            let page = match pages.next_by(text).await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(None),
                Err(_) if pages.is_missing() => return Ok(None),
                Err(error) => return Err(error),
            };
            for object in self.found(at, &page, &wanted, &mut left_out) {
                let object = object?;
                if self.service.about(&page.reply, id, &object.id).is_ok() {
                    return Ok(Some(object));
                }
            }
        }
    }

    /// The object from a list page that other reads share; `None` if it has to be requested by itself.
    async fn listed<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource, id: &str) -> Option<Observed> {
        // Shared pages are read object by object, which works only for lists of this form.
        if !matches!(self.paging, Paging { items: "", next: Next::Link }) {
            return None;
        }
        let list = at.request(Method::GET).query("page_size", PAGE_SIZE);
        let item = at.endpoint.shared(cx, self.service, list, id, |reply| Page::of_objects(reply, &member(resource))).await?;
        let mut observed = observed_in(resource, item.as_bytes()).ok()?;
        at.name(&resource.table, &mut observed.value);
        (observed.id == id).then_some(observed)
    }
}

/// The text of an object in a list, which is read when its turn comes.
fn text(reader: &mut Reader<'_>) -> Option<Box<str>> {
    reader.skip().map(Box::from)
}

/// Objects that are left out of a list, since no request can use their ids.
#[derive(Default)]
struct LeftOut {
    shown: Vec<String>,
    more: usize,
    why: String,
}

impl LeftOut {
    const SHOWN: usize = 5;

    /// Whether requests can use this id; if not, the object is left out.
    fn passes(&mut self, id: &str) -> bool {
        let Err(why) = address::id(id) else { return true };
        match self.shown.len() {
            0 => (self.shown, self.why) = (vec![format!("`{}`", one_line(id))], why),
            Self::SHOWN => self.more += 1,
            _ => self.shown.push(format!("`{}`", one_line(id))),
        }
        false
    }

    fn tell<C>(self, cx: &Cx<C>) {
        if self.shown.is_empty() {
            return;
        }
        let more = if self.more > 0 { format!(" and {} more", self.more) } else { String::new() };
        let (ids, why) = (self.shown.join(", "), self.why);
        let detail = format!("The server lists {ids}{more}, which is left out, since no request can have such an id. {why}");
        cx.warn(Diagnostic::warning("Something was left out", detail));
    }
}
