//! Access tokens for services behind a guard: by client credentials (RFC 6749, 4.4), kept until shortly before they expire.
//!
//! Owns when one is fetched: once for all who wait for it, and they share a failure too. A separate task fetches
//! it, so that a waiter that gives up does not stop it. Knows no service; `http` sends the request.

use super::http::{Http, sensitive};
use crate::engine::{Cx, Diagnostic};
use reqwest::header::HeaderValue;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};
use url::Url;

/// How long a failure answers all requests: those that waited for the same token, and those shortly after.
const FAILURE_LIFE: Duration = Duration::from_secs(2);

/// The tokens of one client.
pub struct Tokens {
    http: Arc<Http>,
    url: Url,
    id: String,
    secret: String,
    form: Vec<(&'static str, String)>,
    state: Mutex<State>,
}

type Fetched = Result<HeaderValue, Diagnostic>;

enum State {
    None,
    /// A task fetches it, and will send the result.
    Fetching(watch::Receiver<Option<Fetched>>),
    /// The result of a fetch, valid until this time.
    Known(Fetched, Instant),
}

/// Why there is no token.
pub(super) enum NoToken {
    /// The run was cancelled.
    Cancelled,
    /// The tool's own timeout ended.
    TooLate,
    /// The service refuses to issue one.
    Refused(Diagnostic),
}

impl Tokens {
    /// The tokens that this client gets at this URL with this id and secret; `form` is sent in addition to the grant type.
    pub fn new(http: Arc<Http>, url: Url, (id, secret): (String, String), form: Vec<(&'static str, String)>) -> Arc<Tokens> {
        Arc::new(Tokens { http, url, id, secret, form, state: Mutex::new(State::None) })
    }

    /// The URL that issues them.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The identity of the client, for comparisons: a secret text.
    pub(super) fn client(&self) -> Vec<u8> {
        let form = self.form.iter().flat_map(|(name, value)| [*name, value]);
        [self.url.as_str(), &self.id].into_iter().chain(form).flat_map(|part| [part.as_bytes(), b"\n"].concat()).collect()
    }

    /// A token as the value of the `Authorization` header.
    pub(super) async fn get<C>(self: &Arc<Self>, cx: &Cx<C>) -> Result<HeaderValue, NoToken> {
        let mut fetching = {
            let mut state = self.state();
            match &*state {
                State::Known(known, until) if Instant::now() < *until => return known.clone().map_err(NoToken::Refused),
                State::Fetching(fetching) => fetching.clone(),
                State::Known(..) | State::None => {
                    let fetching = self.clone().fetch();
                    *state = State::Fetching(fetching.clone());
                    fetching
                }
            }
        };
        let late = async || match cx.deadline {
            Some(deadline) => tokio::time::sleep_until(Instant::from_std(deadline)).await,
            None => std::future::pending().await,
        };
        let fetched = tokio::select! {
            biased;
            () = cx.stopped() => return Err(NoToken::Cancelled),
            fetched = fetching.wait_for(Option::is_some) => fetched.ok().and_then(|fetched| fetched.clone()),
            () = late() => return Err(NoToken::TooLate),
        };
        fetched
            .unwrap_or_else(|| Err(Diagnostic::error("No access token", "Fetching it ended without a result.")))
            .map_err(NoToken::Refused)
    }

    /// The service no longer accepts this token: the next call gets another one.
    pub(super) fn refused(&self, token: &HeaderValue) {
        let mut state = self.state();
        if matches!(&*state, State::Known(Ok(known), _) if known == token) {
            *state = State::None;
        }
    }

    fn fetch(self: Arc<Self>) -> watch::Receiver<Option<Fetched>> {
        let (tell, fetching) = watch::channel(None);
        tokio::spawn(async move {
            let form =
                [("grant_type", "client_credentials")].into_iter().chain(self.form.iter().map(|(name, value)| (*name, value.as_str())));
            let fetched = self.http.fetch_token(&self.url, (&self.id, &self.secret), &form.collect::<Vec<_>>()).await;
            let (known, life) = match fetched {
                // A token about to expire would be refused on the way.
                Ok((token, life)) => (sensitive(&format!("Bearer {token}")).ok_or_else(unsendable), life.mul_f32(0.9)),
                Err(why) => (Err(why), FAILURE_LIFE),
            };
            *self.state() = State::Known(known.clone(), Instant::now() + life);
            // All waiters may have given up.
            let _ = tell.send(Some(known));
        });
        fetching
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unsendable() -> Diagnostic {
    Diagnostic::error(
        "The access token cannot be sent",
        "It contains characters that are not allowed in HTTP headers, such as line breaks. Nothing was sent. Check the token's URL.",
    )
}
