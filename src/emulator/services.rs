//! The list of all services.
//!
//! Owns their order, since all share one port and are asked in turn, and lists over all of them: the places by which requests are
//! counted, and the kinds of objects.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::console::console::Console;
use super::hydra::Hydra;
use super::keto::Keto;
use super::kind::Kind;
use super::kratos::Kratos;
use super::router::Place;
use super::service::{Answering, Ground, Service, Services};
use super::talos::Talos;

/// A service in the list.
struct Entry {
    kinds: &'static [Kind],
    places: fn() -> Vec<&'static Place>,
    open: fn(&Ground<'_>) -> Result<Answering, String>,
}

/// All services, in the order in which they are asked. Requests that no other service answers go to Hydra.
static SERVICES: [Entry; 5] =
    [Entry::of::<Console>(), Entry::of::<Keto>(), Entry::of::<Talos>(), Entry::of::<Kratos>(), Entry::of::<Hydra>()];
/// The number of services for all projects together.
const ABOUT_PROJECTS: usize = 1;

impl Entry {
    const fn of<S: Service>() -> Self {
        Self {
            kinds: S::KINDS,
            places: || S::ROUTES.iter().map(|route| &route.place).collect(),
            open: |ground| {
                let service = S::open(ground)?;
                Ok(Box::new(move |call| {
                    let reply = service.answer(call);
                    if reply.is_some() {
                        tracing::debug!(service = S::NAME, "emulator: answered");
                    }
                    reply
                }))
            },
        }
    }
}

/// Every service, in the order in which they are asked.
///
/// # Errors
/// Which of the options cannot be used, and why.
pub fn open(ground: &Ground<'_>) -> Result<Vec<Answering>, String> {
    SERVICES.iter().map(|entry| (entry.open)(ground)).collect()
}

/// The services that each project of the console has.
pub const OF_PROJECT: Services = Services { of_project: open_plane, kinds };

fn open_plane(ground: &Ground<'_>) -> Result<Vec<Answering>, String> {
    SERVICES[ABOUT_PROJECTS..].iter().map(|entry| (entry.open)(ground)).collect()
}

/// Every kind of object, in the order in which the window shows them.
#[must_use]
pub fn kinds() -> Vec<&'static Kind> {
    let mut kinds: Vec<_> = SERVICES.iter().flat_map(|entry| entry.kinds).collect();
    kinds.sort_by_key(|kind| kind.rank);
    kinds
}

/// Every place that a service answers at.
static PLACES: LazyLock<Vec<&'static Place>> = LazyLock::new(|| SERVICES.iter().flat_map(|entry| (entry.places)()).collect());

/// How a request is counted: by a path with names in braces, and by the bucket of Ory Network.
#[derive(Clone, Copy)]
pub struct Counted {
    /// The path.
    pub path: &'static str,
    /// The bucket.
    pub bucket: &'static str,
}

/// How a request is counted; `None` if it is in no bucket, and so unlimited.
#[must_use]
pub fn counted(method: &str, path: &str) -> Option<Counted> {
    let segments: Vec<_> = path.split('/').skip(1).collect();
    PLACES.iter().find_map(|place| Some(Counted { path: place.path, bucket: place.bucket(method, &segments)? }))
}

/// Every bucket, once.
#[must_use]
pub fn buckets() -> BTreeSet<&'static str> {
    PLACES.iter().flat_map(|place| place.buckets()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::kind::SERVER;

    #[test]
    fn kinds_are_told_apart() {
        let kinds: Vec<_> = kinds().into_iter().chain([&SERVER]).collect();
        let distinct = |of: fn(&Kind) -> String| kinds.iter().map(|kind| of(kind)).collect::<BTreeSet<_>>().len();
        assert_eq!(distinct(|kind| kind.name.to_owned()), kinds.len());
        assert_eq!(distinct(|kind| kind.rank.to_string()), kinds.len(), "the window shows two at one place");
        let paths: Vec<_> = kinds.iter().flat_map(|kind| kind.paths).collect();
        assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), paths.len(), "a path is about two kinds: {paths:?}");
    }
}
