//! API keys of Ory Talos: each attribute through its lifecycles, and unexpected behaviour of the service.

mod calls;
pub mod lives;
mod lost;
mod renewal;
mod shown;

use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::faults::{Fault, Proxy},
    terraform::core::Core,
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    encoding::AsDer as _,
    rsa::{KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey},
};
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use janiform::{
    emulator::{self, Options, Running, talos::Settings},
    engine::Engine,
    frontends::pulumi::{Server, names},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

pub const ISSUED: &str = "/v2alpha1/admin/issuedApiKeys";
pub const IMPORTED: &str = "/v2alpha1/admin/importedApiKeys";

/// A key as it is told once it is revoked, and its record was taken away after that.
const GONE: &str = r#"{"error":{"code":404,"message":"API key not found","status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_NOT_FOUND","domain":"www.ory.com/talos","metadata":{}}]}}"#;

/// Talos, asked past the provider.
pub struct Talos {
    pub proxy: Proxy,
    pub emulator: Running,
    client: reqwest::Client,
}

impl Talos {
    pub async fn new() -> Talos {
        let month = Some(30 * 86400);
        Talos::with(Settings { default_ttl: month, public_prefix: (Some("pub".to_owned()), vec![]), ..Settings::default() }).await
    }

    pub async fn with(talos: Settings) -> Talos {
        let emulator = emulator::start(Options { talos, ..Options::default() }).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        Talos { proxy, emulator, client: crate::support::client() }
    }

    /// A request past the provider: its status, and its body if that is JSON.
    pub async fn ask(&self, method: &str, path: &str, body: &Json) -> (u16, Json) {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.emulator.url()));
        let request = if body.is_null() { request } else { request.json(body) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// All keys of a kind.
    pub async fn keys(&self, path: &str) -> Vec<Json> {
        let (status, page) = self.ask("GET", &format!("{path}?page_size=1000"), &Json::Null).await;
        assert_eq!(status, 200, "{page}");
        let member = if path == ISSUED { "issued_api_keys" } else { "imported_api_keys" };
        page[member].as_array().unwrap().clone()
    }

    /// The ids of those of them that have this status.
    pub async fn ids(&self, path: &str, status: &str) -> Vec<String> {
        let keys = self.keys(path).await;
        keys.iter().filter(|key| key["status"] == status).map(|key| key["key_id"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn key(&self, path: &str, id: &str) -> Json {
        self.ask("GET", &format!("{path}/{id}"), &Json::Null).await.1
    }

    pub async fn revoke(&self, path: &str, id: &str, reason: &str) {
        let body = json!({ "reason": format!("REVOCATION_REASON_{reason}") });
        assert_eq!(self.ask("POST", &format!("{path}/{id}:revoke"), &body).await.0, 204);
    }

    pub async fn verify(&self, credential: &str) -> Json {
        self.ask("POST", "/v2alpha1/admin/apiKeys:verify", &json!({ "credential": credential })).await.1
    }

    /// The requests to this path, and what is below it, since the last time.
    pub fn asked(&self, path: &str) -> Vec<(String, Json)> {
        let asked = self.proxy.asked().into_iter().filter(|(line, _)| line.contains(path));
        asked.map(|(line, body)| (line, serde_json::from_str(&body).unwrap_or_default())).collect()
    }

    /// A provider for it, which is also every project of Ory Network: a slug is its host.
    pub fn provider(&self) -> Json {
        let url = self.proxy.url();
        let port = url.rsplit(':').next().unwrap();
        json!({ "talos_url": url, "project_api_url": format!("http://%s:{port}") })
    }

    pub async fn core(&self) -> Core {
        Core::direct(&ORY, self.provider()).await.unwrap()
    }

    pub async fn host(&self) -> Host {
        let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
        let mut host = Host::start(server).await;
        host.configure(spell(ORY.config, &self.provider())).await.unwrap();
        host
    }

    /// What the server answers of this key is that there is none.
    pub fn forget(&self, path: &str, id: &str) {
        for _ in 0..3 {
            self.proxy.then(&format!("GET {path}/{id}"), Fault::Answer(404, "application/json", GONE));
        }
    }
}

/// A pair of keys: what a secret is sealed to, and what opens it.
pub struct Recipient {
    private: PrivateDecryptingKey,
    pub pem: String,
}

impl Recipient {
    pub fn new() -> Recipient {
        let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let der = BASE64_STANDARD.encode(private.public_key().as_der().unwrap().as_ref());
        Recipient { private, pem: format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n") }
    }

    /// As RFC 7516 (5.2) has it.
    pub fn opens(self, sealed: &str) -> String {
        let parts: Vec<_> = sealed.split('.').collect();
        let [header, encrypted_key, nonce, text, tag] = parts[..] else { panic!("{sealed}") };
        let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let opener = OaepPrivateDecryptingKey::new(self.private).unwrap();
        let mut room = vec![0; opener.min_output_size()];
        let content_key = opener.decrypt(&OAEP_SHA256_MGF1SHA256, &decoded(encrypted_key), &mut room, None).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, content_key).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&decoded(nonce)).unwrap();
        let mut both = [decoded(text), decoded(tag)].concat();
        String::from_utf8(key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut both).unwrap().to_vec()).unwrap()
    }
}

/// What a server holds of a key, raw.
pub async fn held(url: &str, resource: &str, id: &str) -> Json {
    let path = if resource == "api_key" { ISSUED } else { IMPORTED };
    let response = crate::support::client().get(format!("{url}{path}/{id}")).send().await.unwrap();
    assert_eq!(response.status(), 200, "{id}");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

pub fn token(resource: &str) -> String {
    names::resource_token("ory", resource)
}
