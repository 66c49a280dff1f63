//! The emulator's window, by its HTTP: access, what it shows and hides, and the effect of its switches.

use janiform::emulator::{Options, Running, start, window::Place};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

struct Window {
    emulator: Running,
    url: String,
    client: Client,
}

impl Window {
    async fn open(options: Options) -> Window {
        let emulator = start(Options { window: Place::Port(0), ..options }).await.unwrap();
        let url = emulator.window_url().unwrap().trim_end_matches('/').to_owned();
        Window { emulator, url, client: crate::support::client() }
    }

    async fn state(&self) -> Json {
        self.client.get(format!("{}/api/state", self.url)).send().await.unwrap().json().await.unwrap()
    }

    async fn events(&self) -> Vec<Json> {
        self.state().await["events"].as_array().unwrap().clone()
    }

    /// The changes so far: kind, id, and which of before and after there is.
    async fn changes(&self) -> Vec<(String, String, bool, bool)> {
        let text = |event: &Json, name: &str| event[name].as_str().unwrap().to_owned();
        let changes = self.events().await.into_iter().filter(|event| event["type"] == "change");
        changes.map(|event| (text(&event, "kind"), text(&event, "id"), !event["before"].is_null(), !event["after"].is_null())).collect()
    }

    async fn switch(&self, what: Json) -> (StatusCode, Json) {
        let request = self.client.post(format!("{}/api/switch", self.url)).header("origin", &self.url).json(&what);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Asks the emulator.
    async fn ask(&self, method: Method, path: &str, body: Option<Json>) -> (StatusCode, Json) {
        let mut request =
            self.client.request(method, format!("{}{path}", self.emulator.url())).header("user-agent", "janiform/1 (terraform)");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    async fn create(&self, path: &str, body: Json) -> Json {
        let (status, answer) = self.ask(Method::POST, path, Some(body)).await;
        assert_eq!(status, 201, "{answer:#}");
        answer
    }
}

#[tokio::test]
async fn requests_and_changes_are_reported_in_order() {
    let window = Window::open(Options::default()).await;
    window.create("/admin/clients", json!({ "client_id": "one", "client_name": "First" })).await;
    window.ask(Method::PUT, "/admin/clients/one", Some(json!({ "client_name": "Second" }))).await;
    window.ask(Method::GET, "/admin/clients/one", None).await;
    window.ask(Method::DELETE, "/admin/clients/one", None).await;
    window.ask(Method::GET, "/admin/clients/one", None).await;
    let events = window.events().await;
    let told: Vec<_> = events.iter().map(|event| (event["type"].as_str().unwrap(), event["method"].as_str().unwrap_or(""))).collect();
    let expected = [
        ("change", ""),
        ("request", "POST"),
        ("change", ""),
        ("request", "PUT"),
        ("request", "GET"),
        ("change", ""),
        ("request", "DELETE"),
    ];
    assert_eq!(told[..7], expected);
    assert_eq!(events.iter().map(|event| event["seq"].as_u64().unwrap()).collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    let [created, changed, deleted] = [&events[0], &events[2], &events[5]];
    assert_eq!((&created["before"], &created["after"]["client_name"]), (&Json::Null, &json!("First")));
    assert_eq!((&changed["before"]["client_name"], &changed["after"]["client_name"]), (&json!("First"), &json!("Second")));
    assert_eq!((&deleted["before"]["client_name"], &deleted["after"]), (&json!("Second"), &Json::Null));
    for event in &events {
        assert_eq!((&event["kind"], &event["id"], &event["who"]), (&json!("client"), &json!("one"), &json!("terraform")), "{event:#}");
    }
    assert_eq!((&events[1]["status"], &events[1]["bucket"]), (&json!(201), &json!("hydra-admin-low")));
    assert_eq!((&events[7]["status"], events[7]["why"].is_string()), (&json!(404), true));
    let status = &window.state().await["status"];
    assert_eq!((&status["objects"]["client"], &status["routes"]["GET /admin/clients/{id}"]["requests"]), (&json!(0), &json!(2)));
}

#[tokio::test]
async fn changes_of_every_kind_of_object_are_reported() {
    let window = Window::open(Options::default()).await;
    let change = |kind: &str, id: &str, before, after| (kind.to_owned(), id.to_owned(), before, after);
    // A set of keys is one object, however many rows it has and steps it takes.
    window.create("/admin/keys/set", json!({ "alg": "ES256", "use": "sig", "kid": "a" })).await;
    window.create("/admin/keys/set", json!({ "alg": "ES256", "use": "sig", "kid": "b" })).await;
    let (_, set) = window.ask(Method::GET, "/admin/keys/set", None).await;
    window.ask(Method::PUT, "/admin/keys/set", Some(json!({ "keys": [set["keys"][0]] }))).await;
    let events = window.events().await;
    let sizes = events.iter().filter(|event| event["kind"] == "key_set" && event["type"] == "change");
    let sizes: Vec<_> = sizes.map(|event| ["before", "after"].map(|when| event[when]["keys"].as_array().map(Vec::len))).collect();
    assert_eq!(sizes, [[None, Some(1)], [Some(1), Some(2)], [Some(2), Some(1)]]);
    // A key that is taken away takes the trust in it along.
    let mut key = set["keys"][0].clone();
    key.as_object_mut().unwrap().remove("d");
    let trust =
        json!({ "issuer": "https://issuer.example", "subject": "s", "scope": ["a"], "expires_at": "2099-01-01T00:00:00Z", "jwk": key });
    let trust = window.create("/admin/trust/grants/jwt-bearer/issuers", trust).await["id"].as_str().unwrap().to_owned();
    window.ask(Method::DELETE, "/admin/keys/https:%2F%2Fissuer.example", None).await;
    let identity = json!({ "schema_id": "default", "traits": { "email": "ann@example.com" } });
    let identity = window.create("/admin/identities", identity).await["id"].as_str().unwrap().to_owned();
    let tuple = json!({ "namespace": "files", "object": "a", "relation": "view", "subject_set": { "namespace": "g", "object": "o", "relation": "m" } });
    window.ask(Method::PUT, "/admin/relation-tuples", Some(tuple)).await;
    let other = json!({ "namespace": "files", "object": "b", "relation": "view", "subject_id": "ann" });
    window.ask(Method::PATCH, "/admin/relation-tuples", Some(json!([{ "action": "insert", "relation_tuple": other }]))).await;
    window.ask(Method::DELETE, "/admin/relation-tuples?namespace=files", None).await;
    let changes = window.changes().await;
    for expected in [
        change("trust", &trust, false, true),
        change("trust", &trust, true, false),
        change("key_set", "https://issuer.example", true, false),
        change("identity", &identity, false, true),
        change("tuple", "files:a#view@g:o#m", false, true),
        change("tuple", "files:a#view@g:o#m", true, false),
        change("tuple", "files:b#view@ann", false, true),
        change("tuple", "files:b#view@ann", true, false),
    ] {
        assert_eq!(changes.iter().filter(|one| **one == expected).count(), 1, "{expected:?} in {changes:#?}");
    }
    // What is refused changes nothing, and what writes the same is no change.
    let so_far = changes.len();
    assert_eq!(
        window
            .ask(Method::POST, "/admin/identities", Some(json!({ "schema_id": "default", "traits": { "email": "ann@example.com" } })))
            .await
            .0,
        409
    );
    assert_eq!(window.changes().await.len(), so_far);
    // What is there can be looked at, also by somebody who comes later.
    let state = window.state().await;
    assert!(state["objects"].as_array().unwrap().contains(&json!(["identity", identity, "ann@example.com"])));
    assert_eq!((&state["status"]["objects"]["identity"], &state["status"]["objects"]["tuple"]), (&json!(1), &json!(0)));
    let shown =
        window.client.get(format!("{}/api/object", window.url)).query(&[("kind", "identity"), ("id", &identity)]).send().await.unwrap();
    assert_eq!(shown.json::<Json>().await.unwrap()["traits"]["email"], "ann@example.com");
}

/// Every secret that goes in, and every one that comes out.
#[tokio::test]
async fn no_secret_is_shown() {
    let window = Window::open(Options::default()).await;
    let mut secrets: Vec<String> =
        ["canary-client-secret", "canary-second-secret", "canary-password", "canary-in-metadata", "canary-for-admins"]
            .map(str::to_owned)
            .to_vec();
    let mut learn = |answer: &Json, names: &[&str]| {
        for name in names {
            let secret = answer.pointer(name).and_then(Json::as_str).unwrap_or_else(|| panic!("no {name} in {answer:#}"));
            secrets.push(secret.to_owned());
        }
    };
    let client = json!({
        "client_id": "one", "client_secret": "canary-client-secret", "grant_types": ["client_credentials"],
        "metadata": { "deep": [{ "db_password": "canary-in-metadata" }] },
        "jwks": { "keys": [{ "kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "n": "AQAB", "e": "AQAB" }] },
    });
    learn(&window.create("/admin/clients", client).await, &["/registration_access_token"]);
    window
        .ask(
            Method::PUT,
            "/admin/clients/one",
            Some(json!({ "client_secret": "canary-second-secret", "grant_types": ["client_credentials"] })),
        )
        .await;
    learn(&window.create("/oauth2/register", json!({})).await, &["/client_secret", "/registration_access_token"]);
    let token = window.client.post(format!("{}/oauth2/token", window.emulator.url())).basic_auth("one", Some("canary-second-secret"));
    let token = token.header("content-type", "application/x-www-form-urlencoded").body("grant_type=client_credentials&client_secret=");
    let token: Json = token.send().await.unwrap().json().await.unwrap();
    if token["access_token"].is_string() {
        learn(&token, &["/access_token"]);
    }
    learn(
        &window.create("/admin/keys/rsa", json!({ "alg": "RS256", "use": "sig", "kid": "r" })).await,
        &["/keys/0/d", "/keys/0/p", "/keys/0/q", "/keys/0/dp"],
    );
    let hmac =
        json!({ "keys": [{ "kty": "oct", "kid": "h", "use": "sig", "alg": "HS256", "k": "Y2FuYXJ5LXN5bW1ldHJpYy1jYW5hcnktNTUyMQ" }] });
    assert_eq!(window.ask(Method::PUT, "/admin/keys/hmac", Some(hmac.clone())).await.0, 200);
    learn(&hmac, &["/keys/0/k"]);
    let identity = json!({
        "schema_id": "default", "traits": { "email": "ann@example.com" }, "metadata_admin": { "note": "canary-for-admins" },
        "credentials": { "password": { "config": { "password": "canary-password" } } },
    });
    let id = window.create("/admin/identities", identity).await["id"].as_str().unwrap().to_owned();
    // Errors that repeat what was sent.
    for (path, body) in [
        ("/admin/clients", json!({ "client_id": "two", "client_secret": "canary-client-secret", "grant_types": "canary-second-secret" })),
        ("/admin/clients", json!({ "metadata": { "password": "canary-in-metadata" }, "redirect_uris": ["canary-in-metadata"] })),
        (
            "/admin/identities",
            json!({ "schema_id": "canary-password", "traits": {}, "credentials": { "password": { "config": { "password": "canary-password" } } } }),
        ),
    ] {
        let (status, _) = window.ask(Method::POST, path, Some(body)).await;
        assert!(status.is_client_error());
    }
    let mut told = vec![window.state().await.to_string()];
    for (kind, id) in [("client", "one"), ("key_set", "rsa"), ("key_set", "hmac"), ("identity", &id)] {
        let answer = window.client.get(format!("{}/api/object", window.url)).query(&[("kind", kind), ("id", id)]).send().await.unwrap();
        let text = answer.text().await.unwrap();
        assert!(text.contains("••••••"), "nothing is hidden in {kind}: {text}");
        told.push(text);
    }
    let mut stream = window.client.get(format!("{}/api/events?from=0", window.url)).send().await.unwrap();
    told.push(String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap());
    assert!(secrets.len() > 10 && told[5].contains("\"type\":\"change\""));
    for secret in &secrets {
        // "canary-second-secret" is no secret where it stands for a grant type, but it is one of this run.
        told.iter().for_each(|text| assert!(!text.contains(secret.as_str()), "{secret} is told in {text}"));
    }
    assert!(!told.concat().contains("$2a$") && !told.concat().contains("pbkdf2"), "hashes are told");
}

#[tokio::test]
async fn only_the_page_itself_has_access() {
    let window = Window::open(Options::default()).await;
    let port = window.url.rsplit(':').next().unwrap();
    let local = format!("http://localhost:{port}");
    let get = |headers: &[(&str, &str)]| {
        let request = window.client.get(format!("{}/api/state", window.url));
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    for (headers, status) in [
        (vec![], 200),
        (vec![("host", &*format!("localhost:{port}"))], 200),
        (vec![("host", "attacker.example")], 421),
        (vec![("host", &*format!("attacker.example:{port}"))], 421),
        (vec![("host", "127.0.0.1")], 200),
        (vec![("sec-fetch-site", "same-origin")], 200),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "http://attacker.example")], 403),
        (vec![("origin", &*local)], 403),
    ] {
        assert_eq!(get(&headers).await.unwrap().status(), status, "{headers:?}");
    }
    let post = |headers: &[(&str, &str)], kind: &str| {
        let request = window.client.post(format!("{}/api/switch", window.url)).header("content-type", kind).body(r#"{"read_only":true}"#);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    let own = ("origin", &*window.url);
    for (headers, kind, status) in [
        (vec![], "application/json", 403),
        (vec![("origin", "null")], "application/json", 403),
        (vec![("origin", "http://attacker.example")], "application/json", 403),
        (vec![own, ("sec-fetch-site", "cross-site")], "application/json", 403),
        (vec![own], "text/plain", 415),
        (vec![own, ("host", "attacker.example")], "application/json", 421),
    ] {
        assert_eq!(post(&headers, kind).await.unwrap().status(), status, "{headers:?}");
    }
    assert_eq!(window.state().await["status"]["faults"]["read_only"], false);
    assert_eq!(post(&[own], "application/json").await.unwrap().status(), 200);
    assert_eq!(window.state().await["status"]["faults"]["read_only"], true);
    let other = window.client.delete(format!("{}/", window.url)).send().await.unwrap();
    assert_eq!(other.status(), 405);
}

#[tokio::test]
async fn the_page_loads_nothing_from_other_origins() {
    let window = Window::open(Options::default()).await;
    let get = async |path: &str| window.client.get(format!("{}{path}", window.url)).send().await.unwrap();
    let page = get("/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none';") && policy.contains("require-trusted-types-for 'script'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("data:") && !policy.contains('*'), "{policy}");
    let mut open = vec!["/".to_owned()];
    let mut seen = Vec::new();
    while let Some(path) = open.pop() {
        if seen.contains(&path) {
            continue;
        }
        let answer = get(&path).await;
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-security-policy"].to_str().unwrap()), (200, &&*policy), "{path}");
        let text = answer.text().await.unwrap();
        let foreign = text.replace("http://www.w3.org/2000/svg", "").replace("replace(\"http://\"", "");
        assert!(!foreign.contains("http:") && !foreign.contains("https:") && !foreign.contains("//cdn"), "{path} names another place");
        assert!(!text.contains("innerHTML") && !text.contains(" style=") && !text.contains("eval("), "{path} makes markup of text");
        for quoted in text.split('"').filter(|word| [".js", ".css", ".svg"].iter().any(|end| word.ends_with(end)) && !word.contains(' ')) {
            open.push(format!("/{}", quoted.trim_start_matches("./")));
        }
        seen.push(path);
    }
    assert!(seen.len() >= 8, "{seen:?}");
    assert_eq!(get("/nothing.js").await.status(), 404);
}

#[tokio::test]
async fn faults_act_while_they_are_on() {
    let window = Window::open(Options::default()).await;
    let create = || window.ask(Method::POST, "/admin/clients", Some(json!({ "client_name": "a" })));
    let list = || window.ask(Method::GET, "/admin/clients", None);
    for (fault, status) in [("too_many", 429), ("broken", 500), ("unavailable", 503)] {
        assert_eq!(window.switch(json!({ fault: 100 })).await.0, 200);
        let (answered, body) = create().await;
        assert_eq!((answered.as_u16(), &body["error"]["code"]), (status, &json!(status)));
        assert_eq!(window.switch(json!({ fault: 0 })).await.0, 200);
    }
    assert_eq!(list().await.1, json!([]), "what was refused was carried out");
    window.switch(json!({ "read_only": true })).await;
    assert_eq!((create().await.0.as_u16(), list().await.0.as_u16()), (403, 200));
    let token = window.ask(Method::POST, "/oauth2/token", None).await.0.as_u16();
    assert_ne!(token, 403, "asking for a token is no write");
    // Carried out, and nobody hears of it.
    window.switch(json!({ "read_only": false, "lost": 100 })).await;
    let lost = window.client.post(format!("{}/admin/clients", window.emulator.url())).json(&json!({ "client_id": "lost" })).send().await;
    assert!(lost.is_err_and(|error| !error.is_connect() && !error.is_timeout()));
    window.switch(json!({ "lost": 0, "latency": 150 })).await;
    let before = Instant::now();
    assert_eq!(list().await.1[0]["client_id"], "lost");
    assert!(before.elapsed() >= Duration::from_millis(150));
    let faults: Vec<_> = window.events().await.iter().filter_map(|event| Some(event["fault"].as_str()?.to_owned())).collect();
    assert_eq!(faults, ["too_many", "broken", "unavailable", "read_only", "lost"]);
    // What makes no sense changes nothing.
    let before = window.state().await["status"]["faults"].clone();
    for (what, says) in [
        (json!({ "latency": 0, "frobnicate": 1 }), "there is no switch `frobnicate`"),
        (json!({ "lost": 101 }), "from 0 to 100"),
        (json!({ "lost": "10" }), "from 0 to 100"),
        (json!({ "lost": 60, "broken": 50 }), "more than 100"),
        (json!({ "latency": 60_001 }), "from 0 to 60000"),
        (json!({ "read_only": 1 }), "true or false"),
        (json!({ "plan": "gold" }), "a plan of Ory Network"),
        (json!([]), "expected a JSON object"),
    ] {
        let (status, body) = window.switch(what.clone()).await;
        assert!(status == 400 && body["error"].as_str().unwrap().contains(says), "{what}: {body}");
    }
    assert_eq!(window.state().await["status"]["faults"], before);
}

#[tokio::test]
async fn buckets_fill_and_plans_can_be_chosen() {
    let window = Window::open(Options { limits: vec!["hydra-admin-low=2/s,3/m".parse().unwrap()], ..Options::default() }).await;
    let create = || window.ask(Method::POST, "/admin/clients", Some(json!({})));
    create().await;
    let status = window.state().await["status"].clone();
    let minute = &status["buckets"][0]["rates"][1];
    assert_eq!((&status["plan"], &status["buckets"][0]["name"]), (&json!("its own"), &json!("hydra-admin-low")));
    assert_eq!((&minute["requests"], &minute["seconds"], &minute["used"]), (&json!(3), &json!(60), &json!(1)));
    assert!((0.0..=60_000.0).contains(&minute["reset"].as_f64().unwrap()));
    window.switch(json!({ "plan": "developer" })).await;
    let status = window.state().await["status"].clone();
    assert_eq!((&status["plan"], status["buckets"].as_array().unwrap().len()), (&json!("developer"), 15));
    let mut refused = 0;
    for _ in 0..20 {
        refused += usize::from(create().await.0 == 429);
    }
    // Fifteen a minute, and the minute may end in between.
    assert!(refused > 0, "nothing is limited");
    window.switch(json!({ "plan": "none" })).await;
    assert_eq!(create().await.0, 201);
    assert_eq!(window.state().await["status"]["buckets"], json!([]));
}

#[tokio::test]
async fn a_long_run_takes_no_more_memory_than_a_short_one() {
    let window = Window::open(Options::default()).await;
    let url = format!("{}/health/alive", window.emulator.url());
    for _ in 0..60 {
        let asked = (0..100).map(|_| {
            let request = window.client.get(&url).send();
            tokio::spawn(request)
        });
        for one in asked.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap().unwrap().status(), 200);
        }
    }
    let state = window.state().await;
    let kept = state["events"].as_array().unwrap().len() as u64;
    assert_eq!(kept, 5000, "as many as the guide says");
    assert_eq!((state["missed"].as_u64().unwrap() + kept, state["next"].as_u64().unwrap()), (6000, 6000));
    assert_eq!(state["status"]["routes"]["GET elsewhere"]["requests"], 6000);
}

#[tokio::test]
async fn events_come_live_and_end_with_the_server() {
    let window = Window::open(Options::default()).await;
    window.ask(Method::GET, "/health/alive", None).await;
    let next = window.state().await["next"].as_u64().unwrap();
    let mut stream = window.client.get(format!("{}/api/events?from={next}", window.url)).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.starts_with(&format!("id: {next}\ndata: {{\"events\":[]")), "{first}");
    window.ask(Method::GET, "/admin/clients", None).await;
    let news = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(
        news.starts_with(&format!("id: {}\n", next + 1)) && news.contains("\"path\":\"/admin/clients\"") && news.ends_with("\n\n"),
        "{news}"
    );
    // A browser that was away names the last that it saw.
    let again = window.client.get(format!("{}/api/events?from=0", window.url)).header("last-event-id", next.to_string()).send().await;
    let again = String::from_utf8(again.unwrap().chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(again.contains("/admin/clients") && !again.contains("/health/alive"), "{again}");
    let url = window.url.clone();
    let before = Instant::now();
    window.emulator.stop().await;
    while let Ok(Some(_)) = stream.chunk().await {}
    assert!(before.elapsed() < Duration::from_secs(4), "somebody who looks keeps the server from ending");
    assert!(window.client.get(url).send().await.is_err());
}

#[tokio::test]
async fn the_window_has_a_configurable_port() {
    let without = start(Options::default()).await.unwrap();
    assert_eq!(without.window_url(), None);
    let beside = start(Options { window: Place::Beside, ..Options::default() }).await.unwrap();
    let port = |url: &str| url.trim_end_matches('/').rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let (own, next) = (port(&beside.url()), port(&beside.window_url().unwrap()));
    assert_ne!(own, next);
    // A port that is taken: by hand that is an error, beside it is another one.
    let taken = start(Options { window: Place::Port(next), ..Options::default() }).await;
    assert!(taken.is_err());
}
