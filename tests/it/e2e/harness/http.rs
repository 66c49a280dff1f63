//! Plain HTTP to the servers under test: a test looks at a server only this way, never through the
//! client under test.

use reqwest::{Client, Method};
use serde_json::Value as Json;
use std::{sync::OnceLock, time::Duration};
use tokio::runtime::{self, Runtime};

/// An answer: its status, and its body, if that is JSON.
pub struct Answer {
    pub status: u16,
    pub body: Json,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Json {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }
}

struct Wire {
    runtime: Runtime,
    client: Client,
}

fn wire() -> &'static Wire {
    static WIRE: OnceLock<Wire> = OnceLock::new();
    WIRE.get_or_init(|| Wire {
        runtime: runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
        client: Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(20)).build().expect("a client"),
    })
}

/// Sends a request; `None` if nothing answers.
pub fn try_send(method: &str, url: &str, body: Option<&Json>) -> Option<Answer> {
    try_send_with(method, url, body, &[])
}

/// The same, with headers.
pub fn try_send_with(method: &str, url: &str, body: Option<&Json>, headers: &[(&str, &str)]) -> Option<Answer> {
    let Wire { runtime, client } = wire();
    let mut request = client.request(Method::from_bytes(method.as_bytes()).expect("a method"), url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    runtime.block_on(async {
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.ok()?;
        Some(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default() })
    })
}

#[track_caller]
pub fn send(method: &str, url: &str, body: Option<&Json>) -> Answer {
    try_send(method, url, body).unwrap_or_else(|| panic!("{method} {url}: no answer"))
}

/// Asks for a token with the client's id and secret in the body or, if `basic`, in the header.
pub fn token(url: &str, id: &str, secret: &str, basic: bool) -> Answer {
    let Wire { runtime, client } = wire();
    let request = client.post(format!("{url}/oauth2/token"));
    let request = match basic {
        true => request.basic_auth(id, Some(secret)).form_body(&[("grant_type", "client_credentials")]),
        false => request.form_body(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]),
    };
    runtime.block_on(async {
        let response = request.send().await.expect("the token endpoint answers");
        let status = response.status().as_u16();
        Answer { status, body: response.json().await.unwrap_or_default() }
    })
}

/// The library is built without its forms.
trait FormBody {
    fn form_body(self, pairs: &[(&str, &str)]) -> Self;
}

impl FormBody for reqwest::RequestBuilder {
    fn form_body(self, pairs: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }
}
