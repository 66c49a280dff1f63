//! Connections, and the requests that come before any other: for access tokens.
//!
//! Owns certificates, proxies and the limit of an answer's size. Redirects are not followed. Knows no service: `endpoint` sends the
//! other requests.

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

/// A larger answer contains no access token.
const LONGEST_TOKEN_ANSWER: usize = 1 << 20;
/// Tokens with a longer life are nevertheless fetched again after this time.
const LONGEST_TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How connections are made.
#[derive(Clone, Default)]
pub struct HttpOptions {
    /// Sent with every request.
    pub user_agent: String,
    /// A limit for each request; `None` is two minutes.
    pub timeout: Option<Duration>,
    /// How often a request is sent again that a rate limit refused.
    pub max_retries: usize,
    /// Further trusted certificate authorities, as PEM.
    pub ca_cert_pem: Option<String>,
    /// The client's certificate and key, as PEM.
    pub identity_pem: Option<String>,
    /// How the API counts requests for its rate limits.
    pub pacing: Pacing,
    /// Decides which requests are not sent at all.
    pub refuses: Option<Refuses>,
}

/// Why a request must not be sent; `None` if it may.
pub type Refuses = Arc<dyn Fn(&Request) -> Option<Diagnostic> + Send + Sync>;

/// A pool of connections, and the pace of its requests. It is made at its first use, since loading the system's trust roots takes
/// time.
pub struct Http {
    pub(super) options: HttpOptions,
    pub(super) limiters: Limiters,
    /// To a loopback address without TLS: directly, without loading the system's trust roots.
    plain: OnceLock<Result<reqwest::Client, String>>,
    /// To a loopback address with TLS: directly.
    inside: OnceLock<Result<reqwest::Client, String>>,
    /// To all other addresses: through the proxy of the environment or the system, if there is one.
    outside: OnceLock<Result<reqwest::Client, String>>,
    pub(super) shares: Shares,
    pub(super) documents: Coordinators,
    /// Kept answers of an earlier run, if the command uses them.
    pub(super) answers: OnceLock<Arc<Answers>>,
}

impl Http {
    /// A pool with these options; it connects when a request needs it.
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

    /// From now on, reads are answered from these answers, and new answers are kept there. Only the first call has an effect.
    pub fn keep(&self, answers: Arc<Answers>) {
        // A second call has no effect.
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

    /// The text at a URL, requested without credentials. A text longer than `longest` bytes is an error.
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

/// Whether the address is loopback: nobody else can read the connection, so credentials may be sent without TLS, and no proxy is
/// used.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The way to a server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Directly, without TLS.
    Plain,
    /// Directly.
    Straight,
    /// Through the proxy of the environment or the system, if there is one.
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
        // Redirects are not followed, so no certificate is ever checked.
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

/// A credential as a header value, or `None` if it contains characters that headers must not contain. `Debug` never shows it.
pub fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A header's name.
pub fn header_name(text: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(text.as_bytes()).ok()
}

/// The body; an error if it is longer than `longest` bytes.
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

/// Scheme, host, port and path of a URL, without user info and query: the part that is shown to users.
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
