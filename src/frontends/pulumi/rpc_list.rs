//! Lists of objects, streamed as they are found.
//!
//! Owns pages: a token is the number of objects before the page. Each page lists from the beginning, so that nothing is kept
//! between calls.

use super::{
    failure,
    property::{Decoded, Origin, decode},
    rpc::Server,
};
use crate::{
    engine::{Asked, Listed, has_errors, named},
    frontends::stream::{Event, Events},
};
use janiform_proto::pulumirpc::{
    ListRequest, ListResponse,
    list_response::{Computed, Continuation, Response, Result as Found},
};
use tonic::Status;

impl<C: Send + Sync + 'static> Server<C> {
    /// Sends the objects, and warnings to the user.
    pub(super) async fn list_objects(self, request: ListRequest, events: Events<ListResponse>) -> Option<Event<ListResponse>> {
        let ended = self.send_objects(request, &events).await;
        self.messages.flush().await;
        match ended {
            Ok(last) => last.map(|last| Ok(event(last))),
            Err(status) => Some(Err(status)),
        }
    }

    async fn send_objects(&self, request: ListRequest, events: &Events<ListResponse>) -> Result<Option<Response>, Status> {
        let (resource, _) = self.resource("", &request.token)?;
        let list = named(self.engine.list_resources(), resource.resource.name);
        let (entry, block) = list.ok_or_else(|| Status::invalid_argument(format!("Objects of {} cannot be listed.", request.token)))?;
        let Decoded { value: filter, secrets, problems, .. } = decode(block, &request.query.unwrap_or_default(), Origin::Inputs);
        if !problems.is_empty() {
            return Err(failure::refused(&problems));
        }
        let tables = self.tables(block.table);
        let wrong = self.engine.validate_list(entry, &filter);
        self.warn("", block.table, &wrong);
        if has_errors(&wrong) {
            return Err(Status::invalid_argument(failure::errors(&tables, &wrong).join("\n")));
        }
        if filter.has_unknown() {
            return Ok(Some(Response::Computed(Computed {})));
        }
        let no_page = || Status::invalid_argument(format!("{:?} is not a page of this list.", request.continuation_token));
        let skipped: usize = match request.continuation_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| no_page())?,
        };
        let most = |count: i64| usize::try_from(count).ok().filter(|count| *count > 0);
        let page = most(request.page_size).filter(|page| most(request.limit).is_none_or(|limit| *page < limit));
        // One more object shows whether there is another page.
        let taken = page.map(|page| page.saturating_add(1)).or(most(request.limit));
        let asked = Asked { filter, limit: taken.map(|taken| taken.saturating_add(skipped)), whole: false };
        let mut came = 0;
        let make = |Listed { id, name, warnings, .. }| {
            self.warn("", block.table, &warnings);
            came += 1;
            match page {
                _ if came <= skipped => None,
                Some(page) if came - skipped > page => {
                    Some(Ok(event(Response::Continuation(Continuation { continuation_token: (came - 1).to_string() }))))
                }
                _ => Some(Ok(event(Response::Result(Found { id, name })))),
            }
        };
        let listed = self.engine.list(entry, asked, self.call("", 0.0, &secrets), events, make).await;
        let warnings =
            listed.map_err(|failure| Status::failed_precondition(failure::errors(&tables, &failure.into_errors()).join("\n")))?;
        self.warn("", block.table, &warnings);
        Ok(None)
    }
}

fn event(response: Response) -> ListResponse {
    ListResponse { response: Some(response) }
}
