//! A server's error repeats the request in whatever form its language, logger or gateway writes texts: the provider shows none of
//! them, through either face, nor when an access token is refused.

use super::secrets::{Case, IN_PASSWORD, IN_PROVIDER, cases, config, needles, resource, servers};
use crate::{
    ory::{both_faces::ways, console::lives::with_project, lifecycle::Hydra},
    pulumi::{Recorder, engine::Host, every::spell},
    support::faults::{Fault, Proxy},
    terraform::core::Core,
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use janiform::{
    emulator::{self, Options},
    engine::Engine,
    frontends::pulumi::{self, names},
    ory::ORY,
    rest::hide,
};
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

type Form = fn(&str) -> String;

fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn bytes(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

/// As UTF-16 has it.
fn units(text: &str, write: impl Fn(u16) -> String) -> String {
    text.encode_utf16().map(write).collect()
}

fn percent(text: &str) -> String {
    bytes(text, |byte| if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { (byte as char).into() } else { format!("%{byte:02X}") })
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// As Go's `strconv.Quote` does, and its `QuoteToASCII`.
fn quoted(text: &str, ascii: bool) -> String {
    let inner = each(text, |c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_ascii_graphic() || c == ' ' || !ascii && !c.is_control() => c.into(),
        c if (c as u32) < 0x80 => format!("\\x{:02x}", c as u32),
        c if (c as u32) < 0x10000 => format!("\\u{:04x}", c as u32),
        c => format!("\\U{:08x}", c as u32),
    });
    format!("\"{inner}\"")
}

/// As Go's `html.EscapeString` does.
fn html(text: &str) -> String {
    each(text, |c| match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&#34;".into(),
        '\'' => "&#39;".into(),
        c => c.into(),
    })
}

/// As Go's `encoding/json` does, without the quotes.
fn json_text(text: &str) -> String {
    let quoted = Json::from(text).to_string().replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    quoted[1..quoted.len() - 1].to_owned()
}

const FORMS: &[(&str, Form)] = &[
    ("as it is", str::to_owned),
    ("percent", percent),
    ("percent, lower case", |text| percent(text).replace("%C3%A4", "%c3%a4").replace("%3C", "%3c").replace("%2F", "%2f")),
    ("percent, all of it", |text| bytes(text, |byte| format!("%{byte:02X}"))),
    ("percent, twice", |text| percent(&percent(text))),
    ("form", form_encoded),
    ("HTML", html),
    ("HTML names", |text| html(text).replace("&#34;", "&quot;").replace("&#39;", "&apos;")),
    ("HTML, decimal", |text| each(text, |c| format!("&#{};", c as u32))),
    ("XML, hexadecimal", |text| each(text, |c| format!("&#x{:x};", c as u32))),
    ("XML, upper case", |text| each(text, |c| format!("&#x{:04X};", c as u32))),
    ("base64", |text| BASE64_STANDARD.encode(text)),
    ("base64 without padding", |text| BASE64_STANDARD_NO_PAD.encode(text)),
    ("base64url", |text| BASE64_URL_SAFE.encode(text)),
    ("base64url without padding", |text| BASE64_URL_SAFE_NO_PAD.encode(text)),
    ("base64 in lines", |text| {
        BASE64_STANDARD.encode(text).as_bytes().chunks(7).map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect()
    }),
    ("base64 within a word", |text| format!("token{}", BASE64_STANDARD_NO_PAD.encode(format!("v1.{text}")))),
    ("base64, twice", |text| BASE64_STANDARD.encode(BASE64_STANDARD.encode(text))),
    ("base64, then percent", |text| percent(&BASE64_STANDARD.encode(text))),
    ("form, then base64", |text| BASE64_STANDARD.encode(form_encoded(text))),
    ("base64 of id and secret", |text| BASE64_STANDARD.encode(format!("an-id:{text}"))),
    ("hexadecimal", |text| bytes(text, |byte| format!("{byte:02x}"))),
    ("hexadecimal, upper case", |text| bytes(text, |byte| format!("{byte:02X}"))),
    ("hexadecimal with spaces", |text| bytes(text, |byte| format!("{byte:02x} "))),
    ("hexadecimal with prefixes", |text| bytes(text, |byte| format!("0x{byte:02x}, "))),
    ("hexadecimal of id and secret", |text| bytes(&format!("an-id:{text}"), |byte| format!("{byte:02x}"))),
    ("bytes", |text| format!("{:?}", text.as_bytes())),
    ("bytes in Go", |text| format!("{:?}", text.as_bytes()).replace(',', "")),
    ("JSON in Go", json_text),
    ("JSON within JSON", |text| json_text(&json_text(text))),
    ("JSON, then percent", |text| percent(&json_text(text))),
    ("Unicode escapes", |text| units(text, |unit| format!("\\u{unit:04x}"))),
    ("Unicode escapes, upper case", |text| units(text, |unit| format!("\\u{unit:04X}"))),
    ("Unicode escapes in braces", |text| each(text, |c| format!("\\u{{{:x}}}", c as u32))),
    ("long Unicode escapes", |text| each(text, |c| format!("\\U{:08x}", c as u32))),
    ("JavaScript's escape", |text| units(text, |unit| format!("%u{unit:04X}"))),
    ("byte escapes", |text| bytes(text, |byte| format!("\\x{byte:02x}"))),
    ("octal escapes", |text| bytes(text, |byte| format!("\\{byte:03o}"))),
    ("Go's %q", |text| quoted(text, false)),
    ("Go's %+q", |text| quoted(text, true)),
    ("Rust's Debug", |text| format!("{text:?}")),
    ("shell quoting", |text| format!("'{}'", text.replace('\'', r"'\''"))),
    ("shell escapes", |text| each(text, |c| if c.is_alphanumeric() { c.into() } else { format!("\\{c}") })),
    ("SQL quoting", |text| format!("'{}'", text.replace('\'', "''"))),
    ("cut off", |text| format!("{}…", text.chars().take(24).collect::<String>())),
];

/// Characters that every form writes in its own way.
const SPICE: &str = "cänary&<>'\"%2B+/=\\u 😀 5521";

/// The same case with such characters where any text will do.
fn spiced(case: Case) -> Case {
    fn spice(name: &str, value: &Json) -> Json {
        match value {
            Json::String(text) => match serde_json::from_str::<Json>(text) {
                Ok(inner @ (Json::Object(_) | Json::Array(_))) => spice(name, &inner).to_string().into(),
                _ if text.starts_with("canary") => format!("{SPICE} of {name}").into(),
                _ => value.clone(),
            },
            Json::Object(members) => members.iter().map(|(key, member)| (key.clone(), spice(name, member))).collect(),
            Json::Array(items) => items.iter().map(|item| spice(name, item)).collect(),
            _ => value.clone(),
        }
    }
    let Case { attr, mut config, .. } = case;
    config[attr.name] = spice(attr.name, &config[attr.name]);
    Case { needles: needles(&config[attr.name]), attr, beside: Vec::new(), config }
}

/// What quoting adds and takes says nothing.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\\' | '"' | '\'') && !c.is_whitespace()).collect()
}

fn shows_none<'a>(what: &str, text: &str, form: Form, needles: impl Iterator<Item = &'a str>) {
    let shown = squeezed(text);
    for needle in needles.chain([IN_PROVIDER, IN_PASSWORD]) {
        for part in [squeezed(needle), squeezed(&form(needle))] {
            // A long piece tells as much.
            let part: String = part.chars().skip(1).take(40).collect();
            assert!(!shown.contains(&part), "{what} shows {part}: {text}");
        }
    }
}

/// Those of the forms that this case goes through: each form with a third of the cases, as each is tried with each kind of
/// secret below.
fn some(case: usize) -> impl Iterator<Item = &'static (&'static str, Form)> {
    FORMS.iter().skip(case % 3).step_by(3)
}

/// What such an error still has to say: what was refused, and where there is more.
fn helps(what: &str, text: &str) {
    assert!(text.contains("answered 422"), "{what}: {text}");
    assert!(text.contains("cannot read") || text.contains("own log"), "{what}: {text}");
}

#[tokio::test]
async fn terraform_shows_no_form_of_a_secret() {
    let (emulator, proxy) = servers().await;
    let mut core = Core::direct(&ORY, with_project(config(&proxy.url()), &emulator.url()).await).await.unwrap();
    let mut tried = 0;
    for way in &ways() {
        let resource = resource(way);
        for (place, case) in cases(resource, way).into_iter().map(spiced).enumerate() {
            for (name, form) in some(place) {
                let what = format!("{}.{}: {name}", resource.name, case.attr.name);
                proxy.then("P", Fault::EchoAs(422, *form));
                let stop = core.apply(&mut core.thing(&format!("ory_{}", resource.name)), &case.config).await.unwrap_err();
                shows_none(&what, &stop.text(), *form, case.needles.iter().map(String::as_str));
                helps(&what, &stop.text());
                assert_eq!(proxy.unused(), 0, "{what}");
                tried += 1;
            }
        }
    }
    assert!(tried > 5 * FORMS.len(), "{tried}");
}

#[tokio::test]
async fn pulumi_shows_no_form_of_a_secret() {
    let (emulator, proxy) = servers().await;
    let mut host = Host::start(pulumi::Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &with_project(config(&proxy.url()), &emulator.url()).await)).await.unwrap();
    let mut tried = 0;
    for way in &ways() {
        let resource = resource(way);
        let token = names::resource_token("ory", resource.name);
        for (place, case) in cases(resource, way).into_iter().map(spiced).enumerate() {
            let program = spell(&resource.table, &case.config);
            for (name, form) in some(place) {
                let what = format!("{}.{}: {name}", resource.name, case.attr.name);
                proxy.then("P", Fault::EchoAs(422, *form));
                let stop = format!("{:?}", host.up(&token, "it", &program).await.unwrap_err());
                shows_none(&what, &stop, *form, case.needles.iter().map(String::as_str));
                helps(&what, &stop);
                assert_eq!(proxy.unused(), 0, "{what}");
                tried += 1;
            }
        }
    }
    assert!(tried > 5 * FORMS.len(), "{tried}");
}

/// A credential of the provider's, in the answers to reads as well.
#[tokio::test]
async fn no_form_of_a_credential_is_shown() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let proxy = Proxy::to(&emulator.url()).await;
    let secret = format!("{SPICE} of a client");
    let client = json!({ "client_id": "guard", "client_secret": secret, "grant_types": ["client_credentials"] });
    assert_eq!(Hydra::at(&emulator.url()).ask("POST", "clients", Some(&client)).await.0, 201);
    let oauth2 = json!({ "token_url": format!("{}/oauth2/token", proxy.url()), "client_id": "guard", "client_secret": secret });
    let guards = [
        ("admin_headers", json!({ "X-Guard": IN_PROVIDER, "Authorization": format!("Token {IN_PASSWORD}") })),
        ("admin_basic_auth", json!({ "username": "somebody", "password": secret })),
        ("admin_oauth2", oauth2),
    ];
    for (guard, value) in guards {
        let mut config = json!({ "hydra_admin_url": proxy.url(), "max_retries": 0 });
        config[guard] = value;
        for (name, form) in FORMS {
            let what = format!("{guard}: {name}");
            // The token is fetched when it is needed, and then the object.
            let asked = if guard == "admin_oauth2" { "POST /oauth2/token" } else { "GET" };
            let mut core = Core::direct(&ORY, config.clone()).await.unwrap();
            proxy.then(asked, Fault::EchoAs(422, *form));
            let stop = core.import("ory_oauth2_client", "guard").await.unwrap_err();
            assert_eq!(proxy.unused(), 0, "{what}");
            shows_none(&what, &stop.text(), *form, [secret.as_str()].into_iter());
            helps(&what, &stop.text());
            if guard == "admin_oauth2" {
                // That failure counts for a while, but not for another run.
                let mut core = Core::direct(&ORY, config.clone()).await.unwrap();
                proxy.then("GET", Fault::EchoAs(422, *form));
                let stop = core.import("ory_oauth2_client", "guard").await.unwrap_err();
                let asked = proxy.asked();
                assert!(asked.iter().any(|(line, _)| line.starts_with("GET /admin/clients")), "{asked:?}");
                assert!(!stop.text().contains("ory_at_"), "{what}: {}", stop.text());
            }
        }
    }
}

/// Of every kind and length.
const SECRETS: [&str; 9] = [
    "4711",
    "test",
    "p&ss w\"rd",
    "hunter22",
    "correct-horse-battery-staple",
    "6c2b4b1e-4d3a-4f0e-9d35-5a1b7d1c0f2e",
    "ory_pat_NuQMeKKkXVbXWPBGzdJfqMnBLa1ZUsbB",
    "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
    SPICE,
];

#[test]
fn each_form_of_each_secret_is_recognised() {
    for secret in SECRETS {
        for (name, form) in FORMS {
            // A form that leaves it as it is, or cuts nothing off, is hidden where it stands.
            let written = form(secret);
            let text = format!("the value {written} is not good");
            let shown = hide(&text, &[secret.to_owned()]);
            let shown = shown.as_deref().unwrap_or_default();
            assert!(shown.is_empty() || shown.contains("(hidden)"), "{name}: {shown}");
            assert!(!shown.contains(&written) && !shown.contains(secret), "{name}: {shown}");
        }
    }
}

/// The texts of errors in a recording.
fn errors(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::Object(members) => {
            for (name, member) in members {
                match member {
                    Json::String(text) if ["error", "error_description", "message", "reason", "error_hint"].contains(&name.as_str()) => {
                        found.insert(text.clone());
                    }
                    member => errors(member, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| errors(item, found)),
        _ => {}
    }
}

#[test]
fn texts_of_real_servers_without_secrets_are_shown() {
    let mut recorded = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/traces");
    for file in ["v2.3.0", "v26.2.0"].iter().flat_map(|release| fs::read_dir(root.join(release)).unwrap()) {
        errors(&serde_json::from_str(&fs::read_to_string(file.unwrap().path()).unwrap()).unwrap(), &mut recorded);
    }
    assert!(recorded.len() > 100, "{}", recorded.len());
    // As they are together in one request: a header that says little, a password, a key, a token.
    let key = json!({ "kty": "oct", "kid": "signing-2031", "alg": "HS256", "use": "sig", "k": SECRETS[7] });
    let metadata = json!({ "plan": "enterprise", "note": "called twice about the invoice" });
    let mut secrets = vec![key.to_string(), metadata.to_string(), "called twice about the invoice".to_owned()];
    secrets.extend(SECRETS.iter().map(|secret| (*secret).to_owned()));
    secrets.extend(["signing-2031".to_owned(), "enterprise".to_owned()]);
    for text in recorded {
        let meant = secrets.iter().any(|secret| text.contains(secret.as_str()));
        let shown = hide(&text, &secrets);
        assert!(meant || shown.as_deref() == Some(text.as_str()) || text.len() > 2048, "{text}: {shown:?}");
    }
}
