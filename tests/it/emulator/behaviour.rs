//! Behaviour that no recording shows: data after a restart, many callers at once, stored secrets.

use std::time::{Duration, Instant};

use janiform::emulator::{Options, Profile, Running, start};
use serde_json::json as value;

use super::wire::{Request, Response, bare, form, json, send};

async fn running(options: Options) -> Running {
    start(options).await.expect("the emulator starts")
}

async fn call(server: &Running, request: Request) -> Response {
    send(&server.url(), &request).await.expect("the emulator answers")
}

fn basic(request: Request, id: &str, secret: &str) -> Request {
    use base64::Engine as _;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
    request.with("Authorization", &format!("Basic {pair}"))
}

fn text(response: &Response, member: &str) -> String {
    response.json()[member].as_str().unwrap_or_else(|| panic!("{member} in {}", response.text())).to_owned()
}

#[tokio::test]
async fn data_outlives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ory.sqlite");
    let options = Options { data: Some(file.clone()), ..Options::default() };

    let server = running(options.clone()).await;
    let body = r#"{"client_id":"kept","grant_types":["client_credentials"],"metadata":{"z":1.50,"a":"é"},"implicit_grant_id_token_lifespan":"90m","access_token_strategy":"jwt"}"#;
    let created = call(&server, json("POST", "/admin/clients", body)).await;
    assert_eq!(created.status, 201);
    let (secret, registration) = (text(&created, "client_secret"), text(&created, "registration_access_token"));
    let before = call(&server, bare("GET", "/admin/clients/kept")).await;
    let token = text(&call(&server, basic(form("/oauth2/token", "grant_type=client_credentials"), "kept", &secret)).await, "access_token");
    let keys = call(&server, bare("GET", "/.well-known/jwks.json")).await;
    server.stop().await;

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "only its owner may read the file");
    }
    let bytes = std::fs::read(&file).expect("the file can be read");
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("kept") && holds("$pbkdf2-sha256$"), "the client is in the file");
    assert!(!holds(&secret), "the secret is stored as a hash only");
    assert!(!holds(&registration) && !holds(&token), "tokens are stored as signatures only");

    let server = running(options).await;
    let after = call(&server, bare("GET", "/admin/clients/kept")).await;
    assert_eq!(after.text(), before.text());
    assert_eq!(call(&server, bare("GET", "/.well-known/jwks.json")).await.text(), keys.text());
    let again = call(&server, basic(form("/oauth2/token", "grant_type=client_credentials"), "kept", &secret)).await;
    assert_eq!(again.status, 200, "the secret is still good");
    let bearer = format!("Bearer {registration}");
    let own = call(&server, bare("GET", "/oauth2/register/kept").with("Authorization", &bearer)).await;
    assert_eq!(own.status, 200, "the registration token is still good");
    let introspected = call(&server, form("/admin/oauth2/introspect", &format!("token={token}"))).await;
    assert_eq!(introspected.json()["active"], value!(true), "issued tokens are still good");
    server.stop().await;
}

#[tokio::test]
async fn one_file_serves_both_releases() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Some(folder.path().join("ory.sqlite"));
    let server = running(Options { data: data.clone(), ..Options::default() }).await;
    let body = r#"{"client_id":"both","device_authorization_grant_id_token_lifespan":"5m"}"#;
    assert_eq!(call(&server, json("POST", "/admin/clients", body)).await.status, 201);
    server.stop().await;
    let server = running(Options { data, profile: Profile::V2_3, ..Options::default() }).await;
    let read = call(&server, bare("GET", "/admin/clients/both")).await;
    assert_eq!(read.status, 200);
    assert!(!read.text().contains("device_authorization"), "the older release has no such members");
    server.stop().await;
}

#[tokio::test]
async fn a_taken_port_and_a_foreign_file_are_errors() {
    let server = running(Options::default()).await;
    let port = server.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let taken = start(Options { port, ..Options::default() }).await.map(|_| ()).expect_err("two cannot have it").to_string();
    assert!(taken.starts_with(&format!("127.0.0.1:{port}: ")), "{taken}");
    server.stop().await;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("other");
    std::fs::write(&data, "this is no database, and it is long enough to be sure of that").expect("a file");
    assert!(start(Options { data: Some(data), ..Options::default() }).await.is_err());
    let data = folder.path().join("newer.sqlite");
    running(Options { data: Some(data.clone()), ..Options::default() }).await.stop().await;
    let newer = rusqlite::Connection::open(&data).expect("a database");
    newer.pragma_update(None, "user_version", 99).expect("a format");
    drop(newer);
    assert!(start(Options { data: Some(data), ..Options::default() }).await.is_err(), "what a newer program wrote is not touched");
}

#[tokio::test]
async fn a_hundred_at_once_get_a_client_each() {
    let server = running(Options { record_requests: true, ..Options::default() }).await;
    let url = server.url();
    let calls = (0..100).map(|n| {
        let url = url.clone();
        tokio::spawn(async move {
            // Every second one asks for an id that another one asks for too.
            let id = if n % 2 == 0 { format!("own-{n}") } else { format!("shared-{}", n % 10) };
            send(&url, &json("POST", "/admin/clients", &format!(r#"{{"client_id":"{id}"}}"#))).await
        })
    });
    let mut statuses = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        statuses.push(call.await.expect("no panic").expect("an answer").status);
    }
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(201), count(409)), (55, 45));
    let listed = call(&server, bare("GET", "/admin/clients?page_size=500")).await;
    assert_eq!(listed.json().as_array().map(Vec::len), Some(55));
    let posts = server.requests().iter().filter(|(method, path, _)| method == "POST" && path == "/admin/clients").count();
    assert_eq!(posts, 100, "every request is recorded");
    server.stop().await;
}

/// 100 MiB for a hundred thousand of them, the process included.
#[tokio::test]
async fn a_client_takes_little_room() {
    let dir = tempfile::tempdir().expect("a directory");
    let size = async |count: u64| {
        let data = dir.path().join(format!("{count}.sqlite"));
        let server = running(Options { data: Some(data.clone()), ..Options::default() }).await;
        for number in 0..count {
            let body = format!(r#"{{"client_name":"Client {number}","grant_types":["client_credentials"],"scope":"read write"}}"#);
            assert_eq!(call(&server, json("POST", "/admin/clients", &body)).await.status, 201);
        }
        server.stop().await;
        std::fs::metadata(data).expect("a file").len()
    };
    let (none, many) = (size(0).await, size(300).await);
    assert!(many > none && (many - none) / 300 < 800, "{} bytes a client", (many - none) / 300);
}

#[tokio::test]
async fn a_thousand_clients_take_seconds() {
    let server = running(Options::default()).await;
    let begun = Instant::now();
    for chunk in 0..10 {
        let url = server.url();
        let calls: Vec<_> = (0..100)
            .map(|n| {
                let (url, body) = (url.clone(), format!(r#"{{"client_id":"c-{chunk}-{n}"}}"#));
                tokio::spawn(async move { send(&url, &json("POST", "/admin/clients", &body)).await })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.expect("no panic").expect("an answer").status, 201);
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "took {:?}", begun.elapsed());
    server.stop().await;
}

/// Expected values are those of Hydra 2.3.0.
#[tokio::test]
async fn an_unreadable_allowed_audience_allows_no_audience() {
    let server = running(Options::default()).await;
    let body = r#"{"client_id":"a","client_secret":"a-secret","grant_types":["client_credentials"],"audience":["https://api",":"]}"#;
    assert_eq!(call(&server, json("POST", "/admin/clients", body)).await.status, 201);
    for (audience, status) in [("", 200), ("&audience=https://api", 400), ("&audience=https://other", 400)] {
        let request = form("/oauth2/token", &format!("grant_type=client_credentials{audience}"));
        let answer = call(&server, basic(request, "a", "a-secret")).await;
        assert_eq!(answer.status, status, "{audience}");
        let says = answer.text().contains("Unable to parse whitelisted audience ':'.");
        assert_eq!(says, status == 400, "{audience}: {}", answer.text());
    }
    server.stop().await;
}

#[tokio::test]
async fn secrets_are_checked_and_replaced() {
    let server = running(Options::default()).await;
    let body = r#"{"client_id":"s","client_secret":"first-secret","grant_types":["client_credentials"]}"#;
    call(&server, json("POST", "/admin/clients", body)).await;
    for (secret, status) in [("first-secret", 200), ("First-secret", 401), ("first-secre", 401), ("", 401)] {
        let answer = call(&server, basic(form("/oauth2/token", "grant_type=client_credentials"), "s", secret)).await;
        assert_eq!(answer.status, status, "{secret}");
    }
    let patch = r#"[{"op":"replace","path":"/client_secret","value":"second-secret"}]"#;
    assert_eq!(text(&call(&server, json("PATCH", "/admin/clients/s", patch)).await, "client_secret"), "second-secret");
    for (secret, status) in [("first-secret", 401), ("second-secret", 200)] {
        let answer = call(&server, basic(form("/oauth2/token", "grant_type=client_credentials"), "s", secret)).await;
        assert_eq!(answer.status, status, "{secret}");
    }
    for request in [bare("GET", "/admin/clients/s"), bare("GET", "/admin/clients")] {
        assert!(!call(&server, request).await.text().contains("secret\":"), "no read shows a secret or its hash");
    }
    let generated = call(&server, json("POST", "/admin/clients", "{}")).await;
    assert_eq!(text(&generated, "client_secret").len(), 26);
    server.stop().await;
}

#[tokio::test]
async fn signed_tokens_verify_with_the_published_keys() {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let server = running(Options::default()).await;
    let body = r#"{"client_id":"j","client_secret":"secret","grant_types":["client_credentials"],"access_token_strategy":"JWT"}"#;
    call(&server, json("POST", "/admin/clients", body)).await;
    let issued = call(&server, basic(form("/oauth2/token", "grant_type=client_credentials"), "j", "secret")).await;
    let token = text(&issued, "access_token");
    let keys = call(&server, bare("GET", "/.well-known/jwks.json")).await.json();
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let header: serde_json::Value = serde_json::from_slice(&decode(signed.split('.').next().expect("a header"))).expect("JSON");
    let key = keys["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == header["kid"]).expect("the key is published");
    let (n, e) = (decode(key["n"].as_str().expect("n")), decode(key["e"].as_str().expect("e")));
    RsaPublicKeyComponents { n, e }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature))
        .expect("the signature is good");
    let revoked = call(&server, basic(form("/oauth2/revoke", &format!("token={token}")), "j", "secret")).await;
    assert_eq!(revoked.status, 200);
    let introspected = call(&server, form("/admin/oauth2/introspect", &format!("token={token}"))).await;
    assert_eq!(introspected.json(), value!({ "active": false }));
    server.stop().await;
}

#[tokio::test]
async fn pages_cover_every_client_once() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let server = running(Options { profile, ..Options::default() }).await;
        for n in 0..7 {
            call(&server, json("POST", "/admin/clients", &format!(r#"{{"client_id":"c{n}"}}"#))).await;
        }
        let mut path = "/admin/clients?page_size=3".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = call(&server, bare("GET", &path)).await;
            assert_eq!(page.status, 200);
            seen.extend(page.json().as_array().into_iter().flatten().map(|client| client["client_id"].to_string()));
            let link = page.header("link").unwrap_or_default().to_owned();
            let Some(next) = link.split(',').find(|part| part.ends_with("rel=\"next\"")) else { break };
            path = next.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
        }
        assert_eq!(seen, (0..7).map(|n| format!("\"c{n}\"")).collect::<Vec<_>>());
        server.stop().await;
    }
}

#[tokio::test]
async fn a_foreign_page_token_is_refused() {
    let (one, other) = (running(Options::default()).await, running(Options::default()).await);
    let link = call(&one, bare("GET", "/admin/clients")).await.header("link").unwrap_or_default().to_owned();
    let path = link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
    assert_eq!(call(&one, bare("GET", &path)).await.status, 200);
    assert_eq!(call(&other, bare("GET", &path)).await.status, 400);
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn no_request_crashes_the_newer_release() {
    // Where there is no real server of this release to compare with, at least nothing may come out that
    // is no answer. Only patches that do not apply are a 500, sets with a key that was taken though
    // it cannot be read back, and tokens that such a key would have to sign, as on the real one.
    let server = running(Options::default()).await;
    for step in super::corpus::steps(Profile::V26_2) {
        let (method, name) = (step.request.method.clone(), step.name);
        let may_fail = method == "PATCH" || ["/admin/keys/corpus-put", "/oauth2/token"].contains(&&*step.request.path);
        let answer = call(&server, step.request).await;
        assert!(answer.status < 500 || answer.status == 500 && may_fail, "{name}: {} {}", answer.status, answer.text());
        let is_json = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        assert!(
            !is_json || method == "HEAD" || serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok(),
            "{name}: {}",
            answer.text()
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn nothing_outside_the_loopback_address_is_fetched() {
    let server = running(Options::default()).await;
    let begun = Instant::now();
    let body = r#"{"sector_identifier_uri":"https://192.0.2.1/sector.json"}"#;
    let answer = call(&server, json("POST", "/admin/clients", body)).await;
    assert_eq!(answer.status, 400);
    assert!(text(&answer, "error_description").ends_with("Metadata."), "the reason is not told");
    assert!(begun.elapsed() < Duration::from_secs(2));
    server.stop().await;
}

#[tokio::test]
async fn subjects_are_pairwise_only_where_that_is_set_up() {
    for (pairwise, status) in [(false, 400), (true, 201)] {
        let server = running(Options { pairwise, ..Options::default() }).await;
        assert_eq!(call(&server, json("POST", "/admin/clients", r#"{"subject_type":"pairwise"}"#)).await.status, status);
        let discovery = call(&server, bare("GET", "/.well-known/openid-configuration")).await.json();
        assert_eq!(discovery["subject_types_supported"].as_array().map(Vec::len), Some(if pairwise { 2 } else { 1 }));
        server.stop().await;
    }
}

/// As Hydra 26.2.0 answered, experiments S2 and S10: keys for id tokens come first, and a moment that can be read and
/// not written is the server's own failure.
#[tokio::test]
async fn published_keys_are_ordered_and_years_have_a_limit() {
    let server = running(Options::default()).await;
    let kid = async |path: &str| call(&server, bare("GET", path)).await.json()["keys"][0]["kid"].clone();
    let first = kid("/.well-known/jwks.json").await;
    assert_eq!(first, kid("/admin/keys/hydra.openid.id-token").await);
    assert_ne!(first, kid("/admin/keys/hydra.jwt.access-token").await);
    let key = r#"{"kty":"OKP","kid":"k","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    for (at, (expires, status)) in [
        ("9999-12-31T23:59:59Z", 201),
        ("9999-12-31T23:59:59.6Z", 500),
        ("9999-12-31T23:59:59-01:00", 500),
        ("0000-01-01T00:00:00+01:00", 500),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!(r#"{{"issuer":"i","subject":"s{at}","expires_at":"{expires}","scope":["a"],"jwk":{key}}}"#);
        let answer = call(&server, json("POST", "/admin/trust/grants/jwt-bearer/issuers", &body)).await;
        assert_eq!(answer.status, status, "{expires}");
        if status == 201 {
            assert_eq!(text(&answer, "expires_at"), expires);
        }
    }
    server.stop().await;
}

/// As Hydra 2.3.0 and Kratos 1.3.1 answered: their router lets a segment in the middle be empty, puts a path right before
/// it refuses a method, tells the methods of all routes that fit, and cleans where it sends to.
#[tokio::test]
async fn paths_are_routed_as_in_the_older_release() {
    let server = running(Options { profile: Profile::V2_3, ..Options::default() }).await;
    let no_id = r#"{"error":{"code":400,"status":"Bad Request","message":"uuid: incorrect UUID length 0 in string \"\""}}"#;
    let no_uuid = r#"{"error":{"code":400,"status":"Bad Request","message":"uuid: incorrect UUID length 6 in string \"whoami\""}}"#;
    let nobody = r#"{"error":"Unable to locate the resource","error_description":""}"#;
    for (method, path, status, told) in [
        ("PUT", "/admin/clients//lifespans", 404, nobody),
        ("GET", "/admin/clients//lifespans", 301, "/admin/clients/lifespans"),
        ("PUT", "/admin/clients//lifespans/", 307, "/admin/clients/lifespans"),
        ("POST", "/admin/clients/.", 307, "/admin/clients"),
        ("DELETE", "/admin/keys//x", 204, ""),
        ("GET", "/admin/identities//sessions", 400, no_id),
        ("DELETE", "/admin/identities//sessions", 400, no_id),
        ("GET", "/identities//sessions", 307, "/admin/identities/sessions"),
        ("PATCH", "/admin/sessions//extend", 400, no_id),
        ("DELETE", "/admin/sessions/whoami", 400, no_uuid),
        ("PATCH", "/admin/sessions/whoami", 405, "DELETE, GET, OPTIONS"),
    ] {
        let answer = call(&server, bare(method, path)).await;
        let body = answer.text();
        let said = answer.header("location").or_else(|| answer.header("allow")).unwrap_or_else(|| body.trim());
        assert_eq!((answer.status, said), (status, told), "{method} {path}");
    }
    server.stop().await;
}
