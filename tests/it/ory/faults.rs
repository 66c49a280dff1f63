//! Network faults during a client's writes, and what remains afterwards: on the server and in the state.

use crate::support::{
    faults::{Fault, Proxy},
    get, object, replan, texts,
};
use janiform::{
    emulator,
    engine::{Applied, Call, Change, Engine, Entry, State, Unapplied, plan},
    ory::{
        Client, ORY,
        resources::oauth2_client::{BACKEND, RESOURCE},
    },
    value::Value,
};
use serde_json::Value as Json;

/// The provider, a server, and what stands between them.
pub(super) struct Setup {
    pub(super) emulator: emulator::Running,
    pub(super) proxy: Proxy,
    pub(super) engine: Engine<Client>,
}

pub(super) const ENTRY: &Entry<Client> = &Entry { resource: &RESOURCE, backend: &BACKEND };

impl Setup {
    pub(super) async fn new() -> Setup {
        let emulator = emulator::start(emulator::Options::default()).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let engine = Engine::new(&ORY);
        let setup = Setup { emulator, proxy, engine };
        setup.at(&setup.proxy.url());
        setup
    }

    /// Configures the provider for a server at this URL.
    pub(super) fn at(&self, url: &str) {
        self.at_with(url, "", Value::Null);
    }

    /// The same with one more attribute of the provider's configuration.
    pub(super) fn at_with(&self, url: &str, attr: &str, set: Value) {
        let value = |name: &str| match name {
            "hydra_admin_url" => Value::text(url),
            "max_retries" => Value::from(2),
            name if name == attr => set.clone(),
            _ => Value::Null,
        };
        let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
        assert_eq!(self.engine.configure(&config, &|_| None), []);
    }

    pub(super) async fn create(&self, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
        let config = object(&RESOURCE, set);
        self.engine.create(ENTRY, plan(&RESOURCE, None, &config), config, Call::default()).await
    }

    async fn update(&self, state: &State, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
        let config = object(&RESOURCE, set);
        let change = Change { prior: state.clone(), plan: replan(&RESOURCE, state, &config), config, last_config: None };
        self.engine.update(ENTRY, change, Call::default()).await
    }

    /// What the server holds, asked past the provider.
    pub(super) async fn clients(&self) -> Vec<Json> {
        let url = format!("{}/admin/clients?page_size=500", self.emulator.url());
        serde_json::from_str(&crate::support::client().get(url).send().await.unwrap().text().await.unwrap()).unwrap()
    }

    /// Whether the id and secret of the state open the token endpoint.
    pub(super) async fn opens(&self, state: &State) -> bool {
        let secret = get(&RESOURCE, &state.value, "client_secret").as_str().unwrap().to_owned();
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", state.id.as_deref().unwrap());
        let request = crate::support::client().post(format!("{}/oauth2/token", self.emulator.url()));
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap().status().is_success()
    }
}

pub(super) fn machine() -> Vec<(&'static str, Value)> {
    vec![("client_name", Value::text("n")), ("grant_types", texts(&["client_credentials"]))]
}

pub(super) fn text(unapplied: &Unapplied) -> String {
    unapplied.diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_completed() {
    for faults in [
        vec![Fault::LoseAnswer],
        vec![Fault::LoseRequest, Fault::LoseAnswer],
        vec![Fault::CutAnswer],
        vec![Fault::LoseRequest],
        vec![Fault::Answer(503, "text/plain", "busy")],
    ] {
        let setup = Setup::new().await;
        for fault in &faults {
            setup.proxy.then("POST /admin/clients", fault.clone());
        }
        let applied = setup.create(&machine()).await.unwrap_or_else(|error| panic!("{faults:?}: {}", text(&error)));
        assert_eq!(setup.proxy.unused(), 0, "{faults:?}");
        let clients = setup.clients().await;
        assert_eq!(clients.len(), 1, "{faults:?}");
        assert_eq!(clients[0]["client_id"].as_str(), applied.state.id.as_deref());
        assert!(setup.opens(&applied.state).await, "{faults:?}: the secret in the state is not the client's");
        // What the state holds is what a refresh sees.
        let reread = setup.engine.read(ENTRY, applied.state.clone(), Call::default()).await.unwrap();
        assert_eq!(reread.state.unwrap().value, applied.state.value, "{faults:?}");
    }
}

#[tokio::test]
async fn an_object_with_a_chosen_id_is_recognised_after_a_lost_answer() {
    let setup = Setup::new().await;
    setup.proxy.then("POST", Fault::LoseAnswer);
    let mut wanted = machine();
    wanted.push(("client_id", "chosen".into()));
    let applied = setup.create(&wanted).await.unwrap();
    assert_eq!(applied.state.id.as_deref(), Some("chosen"));
    assert!(setup.opens(&applied.state).await);
}

#[tokio::test]
async fn an_existing_client_is_never_taken_over() {
    let setup = Setup::new().await;
    let mut wanted = machine();
    wanted.push(("client_id", "theirs".into()));
    let theirs = setup.create(&wanted).await.unwrap();
    // Neither at once, nor when the answer to our own create is lost.
    for fault in [None, Some(Fault::LoseAnswer)] {
        if let Some(fault) = fault {
            setup.proxy.then("POST", fault);
        }
        let error = setup.create(&wanted).await.unwrap_err();
        assert!(text(&error).contains("import"), "{}", text(&error));
        assert!(error.state.is_none());
    }
    assert!(setup.opens(&theirs.state).await, "the other client's secret was changed");
}

#[tokio::test]
async fn a_create_with_an_unreadable_answer_is_in_the_state() {
    let setup = Setup::new().await;
    setup.proxy.then("POST", Fault::Answer(201, "application/json", "{\"client_id\": \"tr"));
    setup.proxy.then("GET", Fault::Answer(500, "application/json", "{}"));
    let applied = setup.create(&machine()).await.unwrap();
    assert!(applied.state.id.is_some() && !get(&RESOURCE, &applied.state.value, "client_secret").is_null());
    assert_eq!(applied.warnings.len(), 1);
}

/// A portal that wants people to log in answers everything with 200.
#[tokio::test]
async fn an_html_page_does_not_confirm_a_create() {
    let page = || Fault::Answer(200, "text/html", "<!doctype html><title>Sign in</title>");
    let setup = Setup::new().await;
    setup.proxy.then("POST", page());
    let error = setup.create(&machine()).await.unwrap_err();
    assert!(error.state.is_none() && text(&error).contains("may have been created"), "{}", text(&error));
    assert!(setup.clients().await.is_empty());

    let applied = setup.create(&machine()).await.unwrap();
    setup.proxy.then("PUT", page());
    let mut wanted = machine();
    wanted[0].1 = "renamed".into();
    assert!(text(&setup.update(&applied.state, &wanted).await.unwrap_err()).contains("not understood"));
    // Nor that it went well, if what is called JSON is none and the service knows nothing of the object.
    setup.proxy.then("POST", Fault::Answer(201, "application/json", "{"));
    assert!(text(&setup.create(&machine()).await.unwrap_err()).contains("may have been created"));
    assert_eq!(setup.clients().await.len(), 1);
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect() {
    let setup = Setup::new().await;
    let applied = setup.create(&machine()).await.unwrap();
    let elsewhere = Proxy::to("127.0.0.1:1").await;
    setup.at_with(&setup.proxy.url(), "admin_headers", Value::Map([("authorization".into(), "Bearer canary".into())].into()));
    for status in [301, 302, 303, 307, 308] {
        setup.proxy.then("", Fault::Redirect(status, format!("{}/admin/clients", elsewhere.url())));
        let error = setup.create(&machine()).await.unwrap_err();
        assert!(text(&error).contains("is a redirect to another host") && !text(&error).contains("canary"), "{}", text(&error));
        setup.proxy.then("", Fault::Redirect(status, elsewhere.url()));
        assert!(setup.engine.delete(ENTRY, applied.state.clone(), Call::default()).await.is_err());
    }
    assert_eq!(setup.proxy.unused(), 0);
    assert_eq!(elsewhere.asked(), []);
    assert_eq!(setup.clients().await.len(), 1);
}

#[tokio::test]
async fn an_object_that_may_exist_is_reported() {
    let setup = Setup::new().await;
    for _ in 0..8 {
        setup.proxy.then("POST", Fault::LoseRequest);
    }
    let error = setup.create(&machine()).await.unwrap_err();
    assert!(text(&error).contains("may have been created"), "{}", text(&error));
}

#[tokio::test]
async fn requests_are_repeated_after_rate_limits_and_lost_connections() {
    let setup = Setup::new().await;
    setup.proxy.then("POST", Fault::Answer(429, "application/json", "{}"));
    let applied = setup.create(&machine()).await.unwrap();
    setup.proxy.then("GET", Fault::LoseAnswer).then("PUT", Fault::LoseAnswer).then("PUT", Fault::Answer(502, "text/html", "<p>"));
    let mut wanted = machine();
    wanted[0].1 = "renamed".into();
    let renamed = setup.update(&applied.state, &wanted).await.unwrap();
    assert_eq!(setup.proxy.unused(), 0);
    assert_eq!(setup.clients().await[0]["client_name"], "renamed");
    setup.proxy.then("DELETE", Fault::LoseAnswer);
    setup.engine.delete(ENTRY, renamed.state.clone(), Call::default()).await.unwrap();
    assert!(setup.clients().await.is_empty());
    // Gone already is gone.
    setup.engine.delete(ENTRY, renamed.state, Call::default()).await.unwrap();
}

#[tokio::test]
async fn requests_are_repeated_after_conflicts_with_other_writers() {
    const BUSY: &str = r#"{"error":"Unable to serialize access due to a concurrent update in another session","error_description":""}"#;
    let setup = Setup::new().await;
    setup.proxy.then("POST", Fault::Answer(400, "application/json", BUSY)).then("POST", Fault::Answer(400, "application/json", BUSY));
    let applied = setup.create(&machine()).await.unwrap();
    setup.proxy.then("DELETE", Fault::Answer(400, "application/json", BUSY));
    setup.engine.delete(ENTRY, applied.state, Call::default()).await.unwrap();
    assert_eq!(setup.proxy.unused(), 0);
    assert!(setup.clients().await.is_empty());
}

#[tokio::test]
async fn errors_name_the_request_and_never_the_secret() {
    let setup = Setup::new().await;
    let error = |status| {
        Fault::Answer(
            status,
            "application/json",
            r#"{"error":{"id":"feature_not_available","code":403,"request":"r-1","reason":"zz s3cret-value zz","message":"No","details":{"feature":"clients"}}}"#,
        )
    };
    for status in [400, 401, 403, 409, 422] {
        setup.proxy.then("POST", error(status));
        let mut wanted = machine();
        wanted.push(("client_secret", "s3cret-value".into()));
        let unapplied = setup.create(&wanted).await.unwrap_err();
        let text = text(&unapplied);
        assert!(text.contains("/admin/clients") && text.contains(&status.to_string()), "{text}");
        assert!(!text.contains("s3cret-value"), "{text}");
        if status == 403 {
            assert!(text.contains("r-1") && text.contains("`clients`"), "{text}");
        }
        assert!(setup.clients().await.is_empty());
    }
}

#[tokio::test]
async fn only_the_services_own_404_removes_an_object_from_the_state() {
    let setup = Setup::new().await;
    let applied = setup.create(&machine()).await.unwrap();
    for foreign in [
        Fault::Answer(404, "text/plain", "404 page not found\n"),
        Fault::Answer(404, "text/html", "<html>"),
        Fault::Answer(
            404,
            "application/json",
            r#"{"error":{"code":404,"message":"Not Found","reason":"The requested route does not exist. Make sure you are using the right path, domain, and port."}}"#,
        ),
        Fault::Answer(404, "application/json", r#"{"error":{"code":404,"status":"Not Found","message":"project not found"}}"#),
        Fault::Answer(302, "text/html", ""),
        Fault::Answer(200, "text/html", "<html>"),
        Fault::Answer(200, "application/json", "[]"),
    ] {
        setup.proxy.then("GET", foreign.clone());
        assert!(setup.engine.read(ENTRY, applied.state.clone(), Call::default()).await.is_err(), "{foreign:?}");
        setup.proxy.then("DELETE", foreign.clone());
        if !matches!(foreign, Fault::Answer(200, "application/json", _)) {
            assert!(setup.engine.delete(ENTRY, applied.state.clone(), Call::default()).await.is_err(), "{foreign:?}");
        }
    }
    assert_eq!(setup.clients().await.len(), 1);
}

#[tokio::test]
async fn a_wrong_url_is_explained() {
    let setup = Setup::new().await;
    let applied = setup.create(&machine()).await.unwrap();
    for url in [format!("{}/typo", setup.emulator.url()), format!("{}/.well-known", setup.emulator.url()), "http://127.0.0.1:1".to_owned()]
    {
        setup.at(&url);
        let error = setup.engine.read(ENTRY, applied.state.clone(), Call::default()).await.unwrap_err();
        let text = error.diagnostics.iter().map(|one| one.detail.as_str()).collect::<String>();
        assert!(text.contains("URL"), "{text}");
    }
}

#[tokio::test]
async fn a_field_that_the_server_drops_is_reported() {
    let emulator = emulator::start(emulator::Options { profile: emulator::Profile::V2_3, ..Default::default() }).await.unwrap();
    let setup = Setup { proxy: Proxy::to(&emulator.url()).await, engine: Engine::new(&ORY), emulator };
    setup.at(&setup.proxy.url());
    let mut wanted = machine();
    wanted.push(("device_authorization_grant_access_token_lifespan", "1h".into()));
    let applied = setup.create(&wanted).await.unwrap();
    assert_eq!(applied.warnings.len(), 1, "{:?}", applied.warnings);
    assert_eq!(applied.warnings[0].path.to_string(), "device_authorization_grant_access_token_lifespan");
}

#[tokio::test]
async fn a_public_client_made_confidential_gets_a_secret_that_works() {
    let setup = Setup::new().await;
    let mut wanted = machine();
    wanted.push(("token_endpoint_auth_method", "none".into()));
    let public = setup.create(&wanted).await.unwrap();
    assert!(get(&RESOURCE, &public.state.value, "client_secret").is_null());
    let confidential = setup.update(&public.state, &machine()).await.unwrap();
    assert!(setup.opens(&confidential.state).await);
}

#[tokio::test]
async fn a_dropped_call_does_not_abort_the_write() {
    let setup = Setup::new().await;
    let config = object(&RESOURCE, &machine());
    let create = setup.engine.create(ENTRY, plan(&RESOURCE, None, &config), config.clone(), Call::default());
    // The caller goes away as soon as the write is under way.
    tokio::select! {
        biased;
        _ = create => panic!("the write ended before its caller left"),
        () = tokio::task::yield_now() => {}
    }
    setup.engine.finish().await;
    assert_eq!(setup.clients().await.len(), 1);
}
