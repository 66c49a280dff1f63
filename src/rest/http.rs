//! Connections: how they are made, and what is asked over them before anything else can be, an access token.
//!
//! Owns certificates, proxies and the limits of an answer. Redirects are not followed. Knows no service: requests are sent
//! in `endpoint`.

use super::{
    Answers, Request, SendError,
    document::Coordinators,
    error::{WITHHELD, codes},
    hide,
    pace::{Limiters, Pacing},
    share::Shares,
};
use crate::{
    engine::{Diagnostic, Done, one_line},
    value::Json,
};
use reqwest::header::{HeaderName, HeaderValue};
use std::{
    error::Error,
    sync::{Arc, OnceLock},
    time::Duration,
};
use url::{Host, Url};

/// An answer with an access token that is larger than this is none.
const LONGEST_TOKEN_ANSWER: usize = 1 << 20;
/// A token that is said to live longer is fetched anew all the same.
const LONGEST_TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How connections are made.
#[derive(Clone, Default)]
pub struct HttpOptions {
    /// Sent with every request.
    pub user_agent: String,
    /// A limit for each request; `None` is two minutes.
    pub timeout: Option<Duration>,
    /// How often a request that was turned away by a rate limit is sent again.
    pub max_retries: usize,
    /// Further trusted certificate authorities, as PEM.
    pub ca_cert_pem: Option<String>,
    /// Our own certificate and key, as PEM.
    pub identity_pem: Option<String>,
    /// How the API counts requests.
    pub pacing: Pacing,
    /// What is not sent, whoever asks for it.
    pub refuses: Option<Refuses>,
}

/// Why a request must not be sent; `None` if it may.
pub type Refuses = Arc<dyn Fn(&Request) -> Option<Diagnostic> + Send + Sync>;

/// A pool of connections, made when it is first used (loading the system's trust roots takes time), and the pace of
/// what is sent over them.
pub struct Http {
    pub(super) options: HttpOptions,
    pub(super) limiters: Limiters,
    /// To this machine in the clear: straight there, without the system's trust roots.
    plain: OnceLock<Result<reqwest::Client, String>>,
    /// To this machine: straight there.
    inside: OnceLock<Result<reqwest::Client, String>>,
    /// To anywhere else: by way of the proxy that the environment or the system names, if it does.
    outside: OnceLock<Result<reqwest::Client, String>>,
    pub(super) shares: Shares,
    pub(super) documents: Coordinators,
    /// What was answered before, where that is used and kept.
    pub(super) answers: OnceLock<Arc<Answers>>,
}

impl Http {
    /// Connections made like this, when they are needed.
    pub fn new(options: HttpOptions) -> Http {
        Http {
            limiters: Limiters::new(options.pacing),
            options,
            plain: OnceLock::new(),
            inside: OnceLock::new(),
            outside: OnceLock::new(),
            shares: Shares::default(),
            documents: Coordinators::default(),
            answers: OnceLock::new(),
        }
    }

    /// From now on, reads are answered by what is kept there, and what is answered is kept. Counts the first time.
    pub fn keep(&self, answers: Arc<Answers>) {
        // Whoever comes second is not heard.
        let _ = self.answers.set(answers);
    }

    pub(super) fn client(&self, url: &Url) -> Result<&reqwest::Client, SendError> {
        let (client, way) = match (is_this_machine(url), url.scheme()) {
            (true, "http") => (&self.plain, Way::Plain),
            (true, _) => (&self.inside, Way::Straight),
            (false, _) => (&self.outside, Way::ByProxy),
        };
        client.get_or_init(|| build(&self.options, way)).as_ref().map_err(|why| SendError {
            done: Done::No,
            status: None,
            diagnostic: Diagnostic::error(
                "The HTTP client cannot be set up",
                format!("{why}. Check the certificates and the proxy settings."),
            ),
        })
    }

    /// The text behind a URL, without credentials; redirects are not followed. It is an error if it is longer than so many bytes.
    pub async fn fetch_text(&self, url: &Url, longest: usize) -> Result<String, String> {
        let why = |error: reqwest::Error| chain(&error.without_url());
        let client = self.client(url).map_err(|error| error.diagnostic.detail)?;
        let mut response = client.get(url.clone()).send().await.map_err(why)?;
        if !response.status().is_success() {
            return Err(format!("the server answered {}", response.status()));
        }
        let body = whole(&mut response, longest).await.map_err(why)?.ok_or_else(|| format!("it is longer than {longest} bytes"))?;
        String::from_utf8(body).map_err(|_| "it is not text".to_owned())
    }

    /// An access token by client credentials (RFC 6749, 4.4), and how long it lives.
    pub async fn fetch_token(
        &self,
        url: &Url,
        (id, secret): (&str, &str),
        form: &[(&str, &str)],
    ) -> Result<(String, Duration), Diagnostic> {
        let failed = |why: String| {
            Diagnostic::error("No access token for the admin API", format!("POST {}: {why}. Check `admin_oauth2`.", origin(url)))
        };
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.client(url).map_err(|error| error.diagnostic)?.post(url.clone()).basic_auth(encode(id), Some(encode(secret)));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let mut response = request.send().await.map_err(|error| failed(chain(&error.without_url())))?;
        let status = response.status();
        let body = match whole(&mut response, LONGEST_TOKEN_ANSWER).await {
            Ok(Some(body)) => Json::parse(&body).unwrap_or_default(),
            Ok(None) => return Err(failed(format!("answered more than {} KiB", LONGEST_TOKEN_ANSWER >> 10))),
            Err(error) => return Err(failed(chain(&error.without_url()))),
        };
        match body.at("access_token").as_str() {
            Some(token) if status.is_success() => Ok((
                token.to_owned(),
                Duration::from_secs(body.at("expires_in").as_i64().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(60))
                    .min(LONGEST_TOKEN_LIFE),
            )),
            _ => {
                let why = body.at("error").as_str().unwrap_or_default();
                Err(failed(match hide(why, &[secret.to_owned()]) {
                    Some(why) => format!("answered {status} {}", one_line(&why.chars().take(200).collect::<String>())),
                    None => format!("answered {status}{}. {WITHHELD}", codes(why)),
                }))
            }
        }
    }
}

/// Whether nobody else can listen on the way there: credentials may go there in the clear, and no proxy is asked.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// How a server is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Straight, and never by TLS.
    Plain,
    /// Straight.
    Straight,
    /// By the proxy that the environment or the system names, if it does.
    ByProxy,
}

fn build(options: &HttpOptions, way: Way) -> Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder()
        .user_agent(&options.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(options.timeout.unwrap_or(Duration::from_secs(120)));
    if way != Way::ByProxy {
        builder = builder.no_proxy();
    }
    if way == Way::Plain {
        // Redirects are not followed: no certificate is ever looked at.
        builder = builder.tls_certs_only([]);
    }
    if let Some(pem) = &options.ca_cert_pem {
        let roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| "`ca_cert_pem` has no PEM certificate".to_owned())?;
        builder = roots.into_iter().fold(builder, |builder, root| builder.add_root_certificate(root));
    }
    if let Some(pem) = &options.identity_pem {
        let identity = reqwest::Identity::from_pem(pem.as_bytes())
            .map_err(|_| "`client_cert_pem` and `client_key_pem` are not a PEM certificate with its key".to_owned())?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|error| chain(&error))
}

/// A credential as a header value, or `None` if it holds what no header may hold. Never shown by `Debug`.
pub fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A header's name.
pub fn header_name(text: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(text.as_bytes()).ok()
}

/// The body, unless it is longer than this.
pub(super) async fn whole(response: &mut reqwest::Response, longest: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > longest {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Scheme, host, port and path: what a user recognises, without user info or query.
pub(super) fn origin(url: &Url) -> String {
    let mut shown = url.clone();
    let _ = shown.set_password(None);
    let _ = shown.set_username("");
    shown.set_query(None);
    shown.to_string()
}

pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
