//! What several tests share.

pub mod faults;
pub mod many;
pub mod pages;
pub mod scripted;

pub use janiform_testing::json as stored;

use janiform::{
    engine::{Plan, Prior, Private, State, plan},
    schema::{Object, Resource},
    value::Value,
};
use tokio::sync::{Mutex, MutexGuard};

/// A client for servers on this machine, in the clear: it loads none of the system's trusted authorities, which takes longer than
/// most tests.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

/// An object of the resource with these attributes set; the last word on one counts.
pub fn object(resource: &Resource, set: &[(&str, Value)]) -> Value {
    for (name, _) in set {
        assert!(resource.table.index(name).is_some(), "no attribute {name}");
    }
    let value = |name: &str| set.iter().rfind(|(set, _)| *set == name).map(|(_, value)| value.clone()).unwrap_or_default();
    Value::Object(resource.table.attrs().map(|attr| value(attr.name)).collect())
}

/// A list of texts.
pub fn texts(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| Value::text(*text)).collect())
}

/// The attribute of a state or plan.
pub fn get<'a>(resource: &'a Resource, value: &'a Value, name: &str) -> &'a Value {
    Object::new(&resource.table, value).get(name)
}

/// Plans a change of the state.
pub fn replan(resource: &'static Resource, state: &State, config: &Value) -> Plan {
    let prior = Prior { id: state.id.as_deref(), value: &state.value, private: &state.private, config: None };
    plan(resource, Some(prior), config)
}

/// A state as another provider would have left it.
pub fn foreign(id: &str, value: Value) -> State {
    State { id: Some(id.to_owned()), value, private: Private::default() }
}

/// A real server that may be emptied, for one test at a time.
pub struct Real {
    /// Its admin URL.
    pub admin: String,
    /// Its public URL.
    pub public: String,
    _turn: MutexGuard<'static, ()>,
}

/// The real Hydra that `scripts/test` has started.
pub async fn hydra() -> Option<Real> {
    static TURN: Mutex<()> = Mutex::const_new(());
    real("Hydra", &TURN).await
}

/// The real Kratos that `scripts/test` has started.
pub async fn kratos() -> Option<Real> {
    static TURN: Mutex<()> = Mutex::const_new(());
    real("Kratos", &TURN).await
}

/// Without the server, tests that need it say that they did not run, and fail where it is not to be missing.
async fn real(name: &str, turn: &'static Mutex<()>) -> Option<Real> {
    let variables = ["ADMIN", "PUBLIC"].map(|api| format!("JANIFORM_{}_{api}", name.to_uppercase()));
    let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let [Some(admin), Some(public)] = variables.each_ref().map(|name| get(name)) {
        return Some(Real { admin, public, _turn: turn.lock().await });
    }
    let message = format!("no real {name}: set {} and {} (scripts/test starts one)", variables[0], variables[1]);
    assert!(get("CI").is_none() && get("JANIFORM_REQUIRE_TOOLS").is_none(), "{message}");
    // Past the capture of output: seen in a passing test too.
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "NOT RUN: {message}");
    None
}

/// Posts a form; the status and the JSON of the answer.
pub async fn post_form(url: &str, form: &[(&str, &str)]) -> (u16, serde_json::Value) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = crate::support::client().post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

/// Whether Hydra, at this admin URL, takes the token for good.
pub async fn is_active(admin: &str, token: &str) -> bool {
    post_form(&format!("{admin}/admin/oauth2/introspect"), &[("token", token)]).await.1["active"] == true
}
