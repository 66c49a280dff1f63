//! Sends requests, one at a time, and repeats those whose repetition is harmless.
//!
//! Owns the class of each failure: not sent, or sent without a complete answer. No other code parses an error's text to find it.

use super::{
    Reply, Request, SendError, Service, address,
    http::{Http, chain, origin, whole},
    pace::{Rate, RateHeaders, Stopped},
    token::{NoToken, Tokens},
};
use crate::engine::{Account, Cx, Diagnostic, Done, one_line};
use backon::{BackoffBuilder, ExponentialBuilder};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use url::Url;

/// A larger answer does not come from an API that the provider uses.
const LARGEST_ANSWER: usize = 256 << 20;
/// The longest pause between two tries that the provider chooses.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause that a server may ask for. Servers are sometimes wrong, and nobody waits for hours.
const LONGEST_HINT: Duration = Duration::from_secs(120);
/// The number of retries of a failed connection: a server that is down should be reported soon.
const CONNECT_RETRIES: usize = 3;

/// The address of a service, and the credentials for it.
#[derive(Clone)]
pub struct Endpoint {
    /// The connections to use.
    pub http: Arc<Http>,
    /// The URL that paths are appended to.
    pub base: Url,
    /// Headers of every request; marked as sensitive.
    pub headers: HeaderMap,
    /// The source of the access token, if one is sent.
    pub tokens: Option<Arc<Tokens>>,
}

impl Endpoint {
    /// The URL of the request, or an error if no URL names exactly what is requested.
    pub(super) fn url(&self, request: &Request) -> Result<Url, SendError> {
        address::url(&self.base, &request.path, &request.query).map_err(|why| {
            let path: String = request.path.iter().map(|segment| format!("/{}", one_line(segment))).collect();
            let detail = format!("{} {path} at {} was not sent. {why}", request.method, origin(&self.base));
            SendError { done: Done::No, status: None, diagnostic: Diagnostic::error("The request cannot be addressed", detail) }
        })
    }

    /// Whether the request may be sent at all.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self, request: &Request) -> Result<(), SendError> {
        match self.http.options.refuses.as_ref().and_then(|refuses| refuses(request)) {
            Some(why) => Err(SendError::unsent(why)),
            None => Ok(()),
        }
    }

    /// The account for which objects are created there.
    pub fn account<C>(&self, cx: &Cx<C>) -> Account {
        cx.journal.account(self.base.as_str(), &self.who())
    }

    /// The bytes that identify whose credentials are used.
    fn who(&self) -> Vec<u8> {
        let headers = self.headers.iter().flat_map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
        self.tokens.iter().flat_map(|tokens| tokens.client()).chain(headers).collect()
    }

    /// The long-term rate limit of such requests, if the server has reported or shown one.
    pub fn rate(&self, service: &'static Service, request: &Request) -> Option<Rate> {
        self.http.limiters.of(service.name, &self.base, &self.headers, request).rate()
    }

    /// Sends the request when its turn comes, and repeats it if that is harmless, until there is an answer. Every complete answer
    /// counts, whatever its status, except those that may change soon: 429, an answer that the service declares busy, and 502 to
    /// 504 if the request may be repeated.
    pub async fn send<C>(&self, cx: &Cx<C>, service: &'static Service, request: Request) -> Result<Reply, SendError> {
        // Any request that may change something invalidates the shared reads.
        let reads = request.method == Method::GET;
        let _writing = (!reads).then(|| self.http.shares.writing());
        let url = self.url(&request)?;
        self.allows(&request)?;
        let asked = format!("{} {}", request.method, url.path());
        let kept =
            self.http.answers.get().filter(|_| reads).map(|answers| (answers, answers.name(&[url.as_str().as_bytes(), &self.who()])));
        if let Some(reply) = kept.as_ref().and_then(|(answers, name)| answers.get(name)) {
            let secrets = request.secrets.iter().cloned().chain(secrets_in(&self.headers)).collect();
            return Ok(Reply { asked, base: origin(&self.base), secrets, ..reply });
        }
        let limiter = self.http.limiters.of(service.name, &self.base, &self.headers, &request);
        let backoff = |first: u64| {
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(first))
                .with_max_delay(LONGEST_PAUSE)
                .with_jitter()
                .without_max_times()
                .build()
        };
        let (mut slow, mut quick) = (backoff(1000), backoff(200));
        let (mut turned_away, mut failed, mut renewed) = (0, 0, false);
        // The worst result of the tries so far.
        let mut done = Done::No;
        loop {
            let headers = self.authorized(cx, &asked, done).await?;
            let turn = limiter.turn(cx).await.map_err(|stopped| match stopped {
                Stopped::Cancelled => given_up("Stopped", &asked, "its turn", done),
                Stopped::TooLate(what) => given_up(TIME_IS_UP, &asked, &what, done),
            })?;
            let sending = self.once(service, &request, url.clone(), &asked, &headers);
            let outcome = if reads {
                tokio::select! {
                    biased;
                    () = cx.stopped() => return Err(given_up("Stopped", &asked, "its answer", Done::No)),
                    outcome = sending => outcome,
                }
            } else {
                // From here on, a request that may change something is awaited even if the user stops the run.
                cx.sends_a_write();
                sending.await
            };
            // A token may be revoked before it expires. A request that was refused because of its token was not carried out.
            if let (Ok(reply), Some(tokens)) = (&outcome, self.tokens.as_ref().filter(|_| !renewed))
                && reply.status == 401
            {
                renewed = true;
                headers.get(AUTHORIZATION).into_iter().for_each(|token| tokens.refused(token));
                turn.passed(&reply.headers);
                continue;
            }
            // A request that a rate limit refused waits for its turn again; other pauses concern this request alone.
            match &outcome {
                Ok(reply) if reply.status == 429 => {
                    let hint = RateHeaders::read(&reply.headers).wait().unwrap_or_default().min(LONGEST_HINT);
                    turn.refused(&reply.headers, slow.next().unwrap_or(LONGEST_PAUSE).max(hint));
                    if turned_away < self.http.options.max_retries && !request.dispensable {
                        turned_away += 1;
                        tracing::debug!(request = asked, "turned away, waiting for another turn");
                        continue;
                    }
                }
                Ok(reply) => turn.passed(&reply.headers),
                // A lost answer says nothing about the rate.
                Err(_) => drop(turn),
            }
            if let (Some((answers, name)), Ok(reply)) = (&kept, &outcome)
                && reply.is_success()
                && !reply.is_foreign()
            {
                answers.put(name, reply);
            }
            if request.dispensable {
                return outcome.map_err(SendError::from);
            }
            let (pause, why) = match outcome {
                Ok(reply) if matches!(reply.status, 502..=504) && request.repeatable && failed < CONNECT_RETRIES => {
                    failed += 1;
                    done = if reads { Done::No } else { Done::Maybe };
                    let hint = RateHeaders::read(&reply.headers).retry_after.unwrap_or_default();
                    (quick.next().unwrap_or(LONGEST_PAUSE).max(hint).min(LONGEST_PAUSE), "its recovery")
                }
                Ok(reply) if failed < CONNECT_RETRIES && service.says_busy(&reply) => {
                    failed += 1;
                    (quick.next().unwrap_or(LONGEST_PAUSE), "other writers")
                }
                Err(error) if (error.done == Done::No || request.repeatable) && failed < CONNECT_RETRIES && error.retry => {
                    failed += 1;
                    if error.done != Done::No && !reads {
                        done = error.done;
                    }
                    (quick.next().unwrap_or(LONGEST_PAUSE), "its recovery")
                }
                // A page from something else than the service does not confirm a write.
                Ok(reply) if !reads && reply.is_success() && reply.is_foreign() => {
                    return Err(service.foreign(&reply));
                }
                Ok(reply) => return Ok(Reply { earlier: done, ..reply }),
                Err(error) => {
                    let error = SendError::from(error);
                    return Err(SendError { done: if error.done == Done::No { done } else { error.done }, ..error });
                }
            };
            if cx.deadline.is_some_and(|deadline| Instant::now() + pause > Instant::from_std(deadline)) {
                return Err(given_up(TIME_IS_UP, &asked, why, done));
            }
            if pause > Duration::from_secs(2) {
                (cx.progress)(&format!("{}: waiting {} s for {why}", service.name, pause.as_secs()));
            }
            tracing::debug!(request = asked, pause_ms = pause.as_millis() as u64, "trying again");
            tokio::select! {
                () = cx.cancel.cancelled() => return Err(given_up("Stopped", &asked, why, done)),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// The headers to send, with a token if one is needed.
    async fn authorized<C>(&self, cx: &Cx<C>, asked: &str, done: Done) -> Result<HeaderMap, SendError> {
        let mut headers = self.headers.clone();
        if let Some(tokens) = &self.tokens {
            let token = tokens.get(cx).await.map_err(|why| match why {
                NoToken::Cancelled => given_up("Stopped", asked, "an access token", done),
                NoToken::TooLate => given_up(TIME_IS_UP, asked, "an access token", done),
                NoToken::Refused(diagnostic) => SendError { done, status: None, diagnostic },
            })?;
            headers.insert(AUTHORIZATION, token);
        }
        Ok(headers)
    }

    /// Fetches a token, if one is needed and none is there.
    pub async fn authorize<C>(&self, cx: &Cx<C>) -> Result<(), SendError> {
        self.authorized(cx, "A request", Done::No).await.map(drop)
    }

    async fn once(&self, service: &'static Service, request: &Request, url: Url, asked: &str, headers: &HeaderMap) -> Result<Reply, Lost> {
        let client = self.http.client(&url).map_err(|error| Lost { done: Done::No, retry: false, error: error.diagnostic })?;
        let mut builder = client.request(request.method.clone(), url).headers(headers.clone());
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        } else if let Some((kind, text)) = &request.text {
            builder = builder.header(CONTENT_TYPE, *kind).body(text.clone());
        }
        let started = Instant::now();
        let lost = |done, retry, error: &reqwest::Error| {
            let summary = if done == Done::No {
                format!("{} cannot be reached", service.name)
            } else {
                format!("{} gave no whole answer", service.name)
            };
            let next = if done == Done::No {
                "Nothing was sent. Check that the service runs there and that the URL, proxy and certificates are right."
            } else {
                "The request may have been carried out. Refresh before the next apply."
            };
            let why = chain(&error);
            Lost { done, retry, error: Diagnostic::error(summary, format!("{asked} at {}: {why}\n\n{next}", origin(&self.base))) }
        };
        let mut response = builder.send().await.map_err(|error| {
            let unsent = error.is_connect() || error.is_builder();
            lost(if unsent { Done::No } else { Done::Maybe }, !error.is_builder(), &error.without_url())
        })?;
        let status = response.status();
        let answered = std::mem::take(response.headers_mut());
        let body = whole(&mut response, LARGEST_ANSWER).await.map_err(|error| lost(Done::Maybe, true, &error.without_url()))?;
        let Some(body) = body else {
            let error = Diagnostic::error(
                format!("The answer of {} is too large", service.name),
                format!("{asked} at {} has an answer of more than {} MiB.", origin(&self.base), LARGEST_ANSWER >> 20),
            );
            return Err(Lost { done: Done::Maybe, retry: false, error });
        };
        tracing::debug!(request = asked, status = status.as_u16(), ms = started.elapsed().as_millis() as u64, "answered");
        let secrets = request.secrets.iter().cloned().chain(secrets_in(headers)).collect();
        let (status, asked, base) = (status.as_u16(), asked.to_owned(), origin(&self.base));
        Ok(Reply { status, asked, base, headers: answered, body, secrets, earlier: Done::No })
    }
}

/// The secret texts in the headers of a request.
fn secrets_in(headers: &HeaderMap) -> impl Iterator<Item = String> {
    headers.iter().filter(|(_, value)| value.is_sensitive()).flat_map(|(name, value)| credentials_in(name, value))
}

/// The secret texts in one header: its value without the authorization scheme, and the password in it.
fn credentials_in(name: &HeaderName, value: &HeaderValue) -> Vec<String> {
    let value = String::from_utf8_lossy(value.as_bytes());
    let (scheme, credential) = match value.split_once(' ') {
        Some(parts) if *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION => parts,
        _ => ("", &*value),
    };
    let pair = if scheme.eq_ignore_ascii_case("Basic") { BASE64_STANDARD.decode(credential).ok() } else { None };
    let password = pair.and_then(|pair| Some(String::from_utf8_lossy(&pair).split_once(':')?.1.to_owned()));
    [Some(credential.to_owned()), password].into_iter().flatten().collect()
}

/// A try without a complete answer.
struct Lost {
    done: Done,
    retry: bool,
    error: Diagnostic,
}

impl From<Lost> for SendError {
    fn from(lost: Lost) -> Self {
        SendError { done: lost.done, status: None, diagnostic: lost.error }
    }
}

/// The message if the tool's own timeout ends a wait.
const TIME_IS_UP: &str = "The time allowed for this object is up";

/// The error for a request that was waiting to be sent and is not sent.
fn given_up(why: &str, asked: &str, waited_for: &str, done: Done) -> SendError {
    let before = match done {
        Done::No => "Nothing was changed by it.",
        Done::Maybe | Done::Yes => "An earlier try may have been carried out: refresh before the next apply.",
    };
    SendError { done, status: None, diagnostic: Diagnostic::error(why, format!("{asked} was waiting for {waited_for}. {before}")) }
}
