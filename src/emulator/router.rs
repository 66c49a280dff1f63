//! Finds the handler of a service for a method and a path, as the routers of the real servers do.
//!
//! Owns templates, which paths match them, which of several matches wins, and how a method is refused. Each service owns its
//! changes to a path before routing.

use super::call::Call;
use super::go::form::percent_decode;
use super::profile::Profile;
use super::reply::Reply;

/// The arguments of a handler.
pub struct Asked<'a> {
    /// The request.
    pub call: &'a Call,
    /// The routed path, still encoded.
    pub path: &'a str,
    parameters: &'a Parameters,
}

type Parameters = Vec<(&'static str, String)>;

impl Asked<'_> {
    /// The part of the path with this name in the template, decoded once.
    #[must_use]
    pub fn at(&self, name: &str) -> &str {
        self.parameters.iter().find(|one| one.0 == name).map_or("", |one| &one.1)
    }
}

/// A service with routes.
pub trait Routed: Sized + 'static {
    /// Its routes.
    const ROUTES: &'static [Route<Self>];
    /// The error of a handler.
    type Failure: Into<Reply>;
}

/// A handler.
pub type Handler<S> = fn(&S, &Asked<'_>) -> Result<Reply, <S as Routed>::Failure>;

/// A path of a service, and its handlers by method.
pub struct Route<S: Routed> {
    /// The place of the route.
    pub place: Place,
    /// The handlers, in the order of [`METHODS`].
    handlers: [Option<Handler<S>>; METHODS.len()],
}

/// The methods that a handler may have, sorted.
const METHODS: [&str; 5] = ["DELETE", "GET", "PATCH", "POST", "PUT"];

/// A path, and the properties of all requests to it.
pub struct Place {
    /// The path. A segment in braces matches any segment, and gives it that name. Text after the braces must end the segment, such
    /// as a verb (`{key_id}:revoke`).
    pub path: &'static str,
    /// The number of segments: a template with another number cannot match.
    segments: usize,
    /// Whether the public API answers preflight requests.
    pub preflight: bool,
    /// Whether it is about the server itself, not about objects.
    pub probe: bool,
    /// Whether only Ory Network has it, and no release yet.
    pub unreleased: bool,
    only: Option<Profile>,
    reads: Option<&'static str>,
    writes: Option<&'static str>,
}

impl<S: Routed> Route<S> {
    /// A route. Without handlers, it only defines buckets.
    pub const fn at(path: &'static str) -> Self {
        let segments = slashes(path);
        let place = Place { path, segments, preflight: false, probe: false, unreleased: false, only: None, reads: None, writes: None };
        Self { place, handlers: [None; METHODS.len()] }
    }

    /// Adds the handler for DELETE.
    pub const fn delete(mut self, handler: Handler<S>) -> Self {
        self.handlers[0] = Some(handler);
        self
    }

    /// Adds the handler for GET.
    pub const fn get(mut self, handler: Handler<S>) -> Self {
        self.handlers[1] = Some(handler);
        self
    }

    /// Adds the handler for PATCH.
    pub const fn patch(mut self, handler: Handler<S>) -> Self {
        self.handlers[2] = Some(handler);
        self
    }

    /// Adds the handler for POST.
    pub const fn post(mut self, handler: Handler<S>) -> Self {
        self.handlers[3] = Some(handler);
        self
    }

    /// Adds the handler for PUT.
    pub const fn put(mut self, handler: Handler<S>) -> Self {
        self.handlers[4] = Some(handler);
        self
    }

    fn methods(&self) -> impl Iterator<Item = (&'static str, Handler<S>)> {
        METHODS.into_iter().zip(self.handlers).filter_map(|(method, handler)| Some((method, handler?)))
    }

    /// The bucket of Ory Network for reads.
    pub const fn reads(mut self, bucket: &'static str) -> Self {
        self.place.reads = Some(bucket);
        self
    }

    /// The bucket of Ory Network for all other requests.
    pub const fn writes(mut self, bucket: &'static str) -> Self {
        self.place.writes = Some(bucket);
        self
    }

    /// Exists only in this release.
    pub const fn only(mut self, profile: Profile) -> Self {
        self.place.only = Some(profile);
        self
    }

    /// Exists in no release yet.
    pub const fn unreleased(mut self) -> Self {
        self.place.unreleased = true;
        self
    }

    /// Answers preflight requests.
    pub const fn preflight(mut self) -> Self {
        self.place.preflight = true;
        self
    }

    /// Is about the server itself.
    pub const fn probe(mut self) -> Self {
        self.place.probe = true;
        self
    }
}

impl Place {
    /// The bucket of a request to this place, if it is counted.
    #[must_use]
    pub fn bucket(&self, method: &str, segments: &[&str]) -> Option<&'static str> {
        let bucket = match method {
            "GET" | "HEAD" => self.reads,
            "POST" | "PUT" | "PATCH" | "DELETE" => self.writes,
            _ => None,
        };
        bucket.filter(|_| self.fit(segments, |part, _| !part.is_empty()).is_some())
    }

    /// All buckets of this place.
    pub fn buckets(&self) -> impl Iterator<Item = &'static str> {
        self.reads.into_iter().chain(self.writes)
    }

    /// The segments for the template's names, if the segments match it. `takes` decides whether a segment in braces matches; it is
    /// told whether the segment is the last one.
    fn fit<'a>(&self, segments: &[&'a str], takes: impl Fn(&str, bool) -> bool) -> Option<Vec<(&'static str, &'a str)>> {
        if self.segments != segments.len() {
            return None;
        }
        let wanted = self.path.split('/').skip(1);
        let mut parameters = Vec::new();
        for (at, (wanted, given)) in wanted.zip(segments).enumerate() {
            match name_of(wanted) {
                Some((name, end)) => match given.strip_suffix(end) {
                    Some(given) if takes(given, at + 1 == segments.len()) => parameters.push((name, given)),
                    _ => return None,
                },
                None if wanted == *given => {}
                None => return None,
            }
        }
        Some(parameters)
    }

    /// Of two templates that match a path, the one with the greater value wins.
    fn exactness(&self) -> Vec<(bool, usize)> {
        let said = |segment| name_of(segment).map_or((true, 0), |(_, end)| (false, end.len()));
        self.path.split('/').map(said).collect()
    }
}

/// The number of slashes in a path.
const fn slashes(path: &str) -> usize {
    let (mut count, mut at) = (0, 0);
    while at < path.len() {
        count += (path.as_bytes()[at] == b'/') as usize;
        at += 1;
    }
    count
}

/// The name in braces, and the text after it that must end the segment.
fn name_of(segment: &'static str) -> Option<(&'static str, &'static str)> {
    segment.strip_prefix('{')?.split_once('}')
}

/// The segments of a path, each decoded by itself: an escaped slash does not divide. `None` if an escape is malformed.
#[must_use]
pub fn segments(path: &str) -> Option<Vec<String>> {
    path.split('/').skip(1).map(percent_decode).collect()
}

/// The segments of a path that is already decoded.
#[must_use]
pub fn plain_segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(str::to_owned).collect()
}

/// The routes that match a path, the most exact one first.
pub struct Found<S: Routed> {
    /// The place of the first route.
    pub place: &'static Place,
    profile: Profile,
    routes: Vec<(&'static Route<S>, Parameters)>,
}

/// The routes of a service that match these segments in this release; `None` if there is none.
///
/// No segment in braces matches an empty text, except in the middle of a path in the older release; in the newer one, none matches
/// a single slash.
#[must_use]
pub fn find<S: Routed>(segments: &[String], profile: Profile) -> Option<Found<S>> {
    let takes = |part: &str, is_last: bool| match profile {
        Profile::V26_2 => !part.is_empty() && part != "/",
        Profile::V2_3 => !part.is_empty() || !is_last,
    };
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let there = S::ROUTES.iter().filter(|route| route.methods().next().is_some() && route.place.only.is_none_or(|only| only == profile));
    let fitting = there.filter_map(|route| {
        let parameters = route.place.fit(&segments, takes)?;
        Some((route, parameters.into_iter().map(|(name, text)| (name, text.to_owned())).collect()))
    });
    let mut routes: Vec<(_, Parameters)> = fitting.collect();
    routes.sort_by_key(|(route, _)| std::cmp::Reverse(route.place.exactness()));
    let place = &routes.first()?.0.place;
    Some(Found { place, profile, routes })
}

impl<S: Routed> Found<S> {
    /// The answer of the handler for this method, if there is one.
    pub fn answer(&self, service: &S, call: &Call, path: &str) -> Option<Reply> {
        let (handler, parameters) = self.handler(&call.method)?;
        Some(handler(service, &Asked { call, path, parameters }).unwrap_or_else(Into::into))
    }

    /// Whether there is a handler for this method.
    #[must_use]
    pub fn takes(&self, method: &str) -> bool {
        self.handler(method).is_some()
    }

    fn handler(&self, method: &str) -> Option<(Handler<S>, &Parameters)> {
        // In the newer router, the handler for GET answers HEAD too.
        let method = if method == "HEAD" && self.profile == Profile::V26_2 { "GET" } else { method };
        self.routes.iter().find_map(|(route, parameters)| {
            let (_, handler) = route.methods().find(|handler| handler.0 == method)?;
            Some((handler, parameters))
        })
    }

    /// The `Allow` header: sorted, with the methods that the release's router answers by itself.
    #[must_use]
    pub fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.routes.iter().flat_map(|(route, _)| route.methods()).map(|handler| handler.0).collect();
        match self.profile {
            Profile::V26_2 if methods.contains(&"GET") => methods.push("HEAD"),
            Profile::V26_2 => {}
            Profile::V2_3 => methods.push("OPTIONS"),
        }
        methods.sort_unstable();
        methods.dedup();
        methods.join(", ")
    }

    /// The answer to a method without a handler.
    #[must_use]
    pub fn wrong_method(&self) -> Reply {
        Reply::plain_error(405, "Method Not Allowed").with("allow", self.allow())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::go::form::Form;

    /// Answers with the name of the handler and the segments in braces.
    struct Toy;

    const fn at(path: &'static str) -> Route<Toy> {
        Route::at(path)
    }

    fn say(what: &str, to: &Asked<'_>) -> Result<Reply, Reply> {
        Ok(Reply::document(200, format!("{what} {} {}", to.at("id"), to.at("kind"))))
    }

    impl Routed for Toy {
        const ROUTES: &'static [Route<Self>] = &[
            at("/things").reads("high").writes("low").post(|_, to| say("create", to)).get(|_, to| say("list", to)),
            at("/things/{id}").reads("high").writes("low").get(|_, to| say("show", to)).delete(|_, to| say("delete", to)),
            at("/things/mine").get(|_, to| say("mine", to)),
            at("/things/{id}/{kind}").put(|_, to| say("put", to)),
            at("/things/{id}/rotate").writes("high"),
            at("/things/{id}:end").post(|_, to| say("end", to)),
            at("/news").get(|_, to| say("news", to)).only(Profile::V26_2),
        ];
        type Failure = Reply;
    }

    fn call(method: &str, path: &str) -> Call {
        let none = String::new;
        Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Form::default(),
            raw_query: none(),
            host: none(),
            authorization: None,
            session_token: None,
            agent: none(),
            content_type: None,
            cache_control: None,
            pragma: None,
            accept: None,
            body: Vec::new(),
        }
    }

    /// The result of that release's router for a request: the handler's text, or the status and the allowed methods.
    fn asked(profile: Profile, method: &str, path: &str) -> String {
        let Some(found) = segments(path).and_then(|segments| find::<Toy>(&segments, profile)) else { return "404".to_owned() };
        let reply = found.answer(&Toy, &call(method, path), path).unwrap_or_else(|| found.wrong_method());
        match reply.headers.iter().find(|header| header.0 == "allow") {
            Some((_, allow)) => format!("{} {allow}", reply.status),
            None => String::from_utf8(reply.body).unwrap().trim().to_owned(),
        }
    }

    const BOTH: [Profile; 2] = [Profile::V26_2, Profile::V2_3];

    #[test]
    fn what_fits_most_exactly_wins_whatever_the_order() {
        for profile in BOTH {
            assert_eq!(asked(profile, "GET", "/things/a"), "show a");
            assert_eq!(asked(profile, "GET", "/things/mine"), "mine");
            assert_eq!(asked(profile, "PUT", "/things/mine/b"), "put mine b");
            assert_eq!(asked(profile, "GET", "/things/a/b/c"), "404");
            assert_eq!(asked(profile, "GET", "/thing"), "404");
            // If a more exact route does not have the method, another one is used: seen on Kratos 1.3.1 at
            // `/admin/sessions/whoami`.
            assert_eq!(asked(profile, "DELETE", "/things/mine"), "delete mine");
        }
        assert_eq!([Profile::V26_2, Profile::V2_3].map(|profile| asked(profile, "GET", "/news")), ["news", "404"]);
    }

    #[test]
    fn a_verb_ends_its_segment() {
        for profile in BOTH {
            assert_eq!(asked(profile, "POST", "/things/a:end"), "end a");
            assert_eq!(asked(profile, "POST", "/things/a:b:end"), "end a:b");
            assert_eq!(asked(profile, "GET", "/things/a:b"), "show a:b");
        }
        assert_eq!(asked(Profile::V26_2, "POST", "/things/:end"), "405 DELETE, GET, HEAD");
    }

    #[test]
    fn what_stands_in_a_path_is_decoded_once() {
        for profile in BOTH {
            assert_eq!(asked(profile, "GET", "/things/a%2Fb"), "show a/b");
            assert_eq!(asked(profile, "GET", "/things/a%252Fb"), "show a%2Fb");
            assert_eq!(asked(profile, "GET", "/th%69ngs/a+b"), "show a+b");
            assert_eq!(asked(profile, "GET", "/things/%zz"), "404");
        }
        assert_eq!(plain_segments("/a%2Fb/c"), ["a%2Fb", "c"]);
    }

    #[test]
    fn no_name_is_given_to_nothing() {
        for profile in BOTH {
            assert_eq!(asked(profile, "GET", "/things/"), "404");
            assert_eq!(asked(profile, "PUT", "/things/a/"), "404");
        }
        // Go's own router matches no single slash. The router of the older release matches an empty segment if another one follows:
        // seen on Hydra 2.3.0 at `/admin/clients//lifespans` and Kratos 1.3.1 at `/admin/identities//sessions`.
        assert_eq!(BOTH.map(|profile| asked(profile, "PUT", "/things//b")), ["404", "put  b"]);
        assert_eq!(BOTH.map(|profile| asked(profile, "GET", "/things/%2F")), ["404", "show /"]);
    }

    #[test]
    fn other_methods_are_refused_with_those_that_there_are() {
        // As recorded: in the newer routers, GET answers HEAD; the older ones answer OPTIONS themselves.
        assert_eq!(asked(Profile::V26_2, "PUT", "/things"), "405 GET, HEAD, POST");
        assert_eq!(asked(Profile::V2_3, "PUT", "/things"), "405 GET, OPTIONS, POST");
        assert_eq!(asked(Profile::V26_2, "HEAD", "/things/a"), "show a");
        assert_eq!(asked(Profile::V2_3, "HEAD", "/things/a"), "405 DELETE, GET, OPTIONS");
        assert_eq!(asked(Profile::V26_2, "GET", "/things/a/b"), "405 PUT");
        // The methods of all matching routes.
        assert_eq!(asked(Profile::V2_3, "PATCH", "/things/mine"), "405 DELETE, GET, OPTIONS");
    }

    #[test]
    fn requests_are_counted_where_a_bucket_is() {
        let bucket = |method: &str, path: &str| {
            let segments: Vec<_> = path.split('/').skip(1).collect();
            Toy::ROUTES.iter().find_map(|route| Some((route.place.path, route.place.bucket(method, &segments)?)))
        };
        assert_eq!(bucket("HEAD", "/things/mine"), Some(("/things/{id}", "high")));
        assert_eq!(bucket("PATCH", "/things/a%2Fb"), Some(("/things/{id}", "low")));
        assert_eq!(bucket("POST", "/things/a/rotate"), Some(("/things/{id}/rotate", "high")));
        assert_eq!([bucket("OPTIONS", "/things"), bucket("GET", "/things/"), bucket("PUT", "/things/a/b")], [None; 3]);
        // A route that only defines a bucket is not answered.
        assert_eq!(asked(Profile::V26_2, "POST", "/things/a/rotate"), "405 PUT");
    }

    #[test]
    fn every_template_can_be_read() {
        fn check<S: Routed>() {
            for (at, Route { place: Place { path, .. }, .. }) in S::ROUTES.iter().enumerate() {
                let is_whole = path.split('/').skip(1).all(|segment| match name_of(segment) {
                    Some((name, _)) => !name.is_empty() && !name.contains(['{', '}']),
                    None => !segment.is_empty() && !segment.contains(['{', '}']),
                });
                assert!(path.starts_with('/') && is_whole, "{path}");
                assert!(S::ROUTES[..at].iter().all(|other| other.place.path != *path), "{path} is there twice");
            }
        }
        check::<Toy>();
        check::<crate::emulator::hydra::Hydra>();
        check::<crate::emulator::kratos::Kratos>();
        check::<crate::emulator::keto::Keto>();
        check::<crate::emulator::talos::Talos>();
    }
}
