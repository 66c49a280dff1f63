//! The provider's block: precedence, checks, and where credentials may be sent.

use crate::{
    pulumi::{Recorder, engine::Host, every::spell, wire},
    terraform::core::{Action, Core, unknown},
};
use janiform::{
    emulator,
    engine::{DataSource, Diagnostic, Engine, has_errors, validate},
    frontends::{pulumi::Server, terraform},
    ory::{Client, ORY, resources::oauth2_client, services},
    rest::{Client as _, Service},
    schema::{Kind, Object},
    value::Value,
};
use serde_json::json;
use std::sync::Arc;

fn config(set: &[(&str, Value)]) -> Value {
    let value = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| value.clone()).unwrap_or_default();
    Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect())
}

fn configure(set: &[(&str, Value)], env: &[(&str, &str)]) -> Vec<Diagnostic> {
    let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
    Engine::new(&ORY).configure(&config(set), &env)
}

/// Where a client that is configured like this, and an object with these attributes, are sent to.
async fn endpoint(set: &[(&str, Value)], object: &[(&str, Value)]) -> Result<(String, Option<String>), Diagnostic> {
    endpoint_of(&services::HYDRA_ADMIN, set, object).await
}

async fn endpoint_of(
    service: &'static Service,
    set: &[(&str, Value)],
    object: &[(&str, Value)],
) -> Result<(String, Option<String>), Diagnostic> {
    let resource = &janiform::ory::resources::oauth2_client::RESOURCE;
    let mut all = set.to_vec();
    all.push(("project_api_url", Value::text("https://%s.projects.oryapis.com")));
    let client = Client::new(&config(&all)).map_err(|mut errors| errors.remove(0))?;
    let object = crate::support::object(resource, object);
    let at = client.endpoint(service, Object::new(&resource.table, &object)).await?;
    Ok((at.base.to_string(), at.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned())))
}

#[test]
fn a_server_must_be_configured() {
    let errors = configure(&[], &[]);
    assert_eq!(errors[0].path.to_string(), "workspace_api_key");
    for env in
        [("ORY_PROJECT_API_KEY", "ory_pat_x"), ("ORY_WORKSPACE_API_KEY", "ory_wak_x"), ("ORY_HYDRA_ADMIN_URL", "http://127.0.0.1:4445")]
    {
        assert!(configure(&[], &[env]).is_empty(), "{env:?}");
    }
    // An empty text in the configuration is a word, and silences the environment.
    assert!(has_errors(&configure(&[("project_api_key", "".into())], &[("ORY_PROJECT_API_KEY", "ory_pat_x")])));
}

/// A value that another resource makes is not known while planning. What the environment says instead may be another
/// server, where every object is "gone".
#[test]
fn unknown_values_stay_unknown_whatever_the_environment_says() {
    let mut tried = 0;
    for attr in ORY.config.attrs() {
        let (said, inside) = match &attr.kind {
            Kind::Bool => ("true", vec![]),
            Kind::Number | Kind::Integer => ("3", vec![]),
            Kind::String if attr.name.ends_with("_url") => ("https://%s.example.com", vec![]),
            Kind::String if attr.name == "request_timeout" => ("30s", vec![]),
            Kind::String => ("text", vec![]),
            Kind::List(_) => ("a,b", vec![Value::List(vec!["a".into(), Value::Unknown])]),
            Kind::Map(_) => (r#"{"x":"y"}"#, vec![Value::Map([("x".to_owned(), Value::Unknown)].into())]),
            Kind::Object(nested) => {
                let all = vec![Value::text("https://a.example"); nested.table.len()];
                let one_unknown = |at: usize| {
                    let mut fields = all.clone();
                    fields[at] = Value::Unknown;
                    Value::Object(fields)
                };
                (
                    r#"{"username":"u","password":"p","token_url":"https://a.example","client_id":"i","client_secret":"s"}"#,
                    (0..all.len()).map(one_unknown).collect(),
                )
            }
        };
        for unknown in inside.into_iter().chain([Value::Unknown]) {
            // With and without a variable that stands in where nothing is set; defaults stand in for nothing else either.
            for env in [attr.env.map(|name| (name, said)), None].into_iter().flatten().map(|one| vec![one]).chain([vec![]]) {
                let engine = Engine::new(&ORY);
                let lookup = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
                let set = [("workspace_api_key", "ory_wak_x".into()), (attr.name, unknown.clone())];
                let value = |name: &str| set.iter().rfind(|(set, _)| *set == name).map(|(_, value)| value.clone()).unwrap_or_default();
                let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
                let found = engine.configure(&config, &lookup);
                assert!(!has_errors(&found), "{}: {found:?}", attr.name);
                assert!(engine.client().is_none(), "{} is taken to be known, with {env:?}", attr.name);
                tried += 1;
            }
        }
    }
    assert!(tried > 40, "{tried}");
}

/// The same as the tools see it: the state stays as it is, and the other server is not asked.
#[tokio::test]
async fn a_plan_with_an_unknown_url_sends_no_request_and_keeps_the_state() {
    let [ours, other] = [0, 1].map(|_| emulator::start(emulator::Options { record_requests: true, ..Default::default() }));
    let (ours, other) = (ours.await.unwrap(), other.await.unwrap());
    let elsewhere = other.url();
    let env = move |name: &str| (name == "ORY_HYDRA_ADMIN_URL").then(|| elsewhere.clone());
    let config = json!({ "client_name": "n", "scope": "a" });

    let known = json!({ "hydra_admin_url": ours.url() });
    let face = env.clone();
    let make = move || terraform::service(terraform::Server::new(Arc::new(Engine::new(&ORY)), face.clone()));
    let mut core = Core::direct_over(make, known.clone()).await.unwrap();
    let mut thing = core.thing("ory_oauth2_client");
    core.apply(&mut thing, &config).await.unwrap();
    core.reconfigure(json!({ "hydra_admin_url": unknown() })).await.unwrap();
    let planned = core.plan(&thing, &config).await.unwrap();
    assert_eq!(planned.action, Action::NoOp);
    assert!(planned.prior.state.is_some());

    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(env));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &known)).await.unwrap();
    host.up("ory:index/oauth2Client:Oauth2Client", "it", &spell(&oauth2_client::RESOURCE.table, &config)).await.unwrap();
    let checked = host.configure(json!({ "hydraAdminUrl": wire::unknown(), "adminOauth2": format!(r#"{{"token_url":"https://a.example","client_id":"i","client_secret":"{}"}}"#, wire::unknown().as_str().unwrap()) })).await;
    assert!(checked.is_ok(), "{checked:?}");
    assert!(host.refresh("it").await.unwrap().is_some());
    assert_eq!(other.requests(), []);
}

#[test]
fn mistakes_in_the_environment_are_reported() {
    for (name, value) in
        [("ORY_MAX_RETRIES", "many"), ("ORY_MAX_RETRIES", "21"), ("ORY_HYDRA_ADMIN_URL", "4445"), ("ORY_ALLOW_INSECURE_HTTP", "maybe")]
    {
        let errors = configure(&[("project_api_key", "k".into())], &[(name, value)]);
        assert!(has_errors(&errors), "{name}={value}");
    }
    assert!(configure(&[], &[("ORY_PROJECT_API_KEY", "k"), ("ORY_MAX_RETRIES", " 3 "), ("ORY_ALLOWED_PROJECT_IDS", "a, ,b")]).is_empty());
}

#[tokio::test]
async fn keys_of_ory_network_never_go_to_a_self_hosted_url() {
    let network = [("project_slug", Value::text("slug")), ("project_api_key", "ory_pat_x".into())];
    assert_eq!(endpoint(&network, &[]).await.unwrap(), ("https://slug.projects.oryapis.com/".into(), Some("Bearer ory_pat_x".into())));
    let mut both = network.to_vec();
    both.push(("hydra_admin_url", "http://hydra.internal:4445".into()));
    assert_eq!(endpoint(&both, &[]).await.unwrap(), ("http://hydra.internal:4445/".into(), None));
}

#[tokio::test]
async fn an_object_may_name_its_own_project() {
    let own = [("project_slug", Value::text("other")), ("project_api_key", "ory_pat_y".into())];
    let (url, key) = endpoint(&[("workspace_api_key", "ory_wak_x".into())], &own).await.unwrap();
    assert_eq!((url.as_str(), key.as_deref()), ("https://other.projects.oryapis.com/", Some("Bearer ory_pat_y")));
}

#[tokio::test]
async fn credentials_are_not_sent_over_plain_http() {
    let headers = Value::Map([("Authorization".to_owned(), Value::text("Bearer t0ken"))].into());
    let guarded = |url: &str| vec![("hydra_admin_url", Value::text(url)), ("admin_headers", headers.clone())];
    assert!(endpoint(&guarded("http://hydra.internal:4445"), &[]).await.is_err());
    for url in ["https://hydra.internal", "http://127.0.0.1:4445", "http://localhost:4445", "http://[::1]:4445"] {
        assert!(endpoint(&guarded(url), &[]).await.is_ok(), "{url}");
    }
    let mut allowed = guarded("http://hydra.internal:4445");
    allowed.push(("allow_insecure_http", true.into()));
    assert!(endpoint(&allowed, &[]).await.is_ok());
    let template = [("project_slug", Value::text("slug")), ("project_api_key", "k".into())];
    let client = Client::new(&config(&[template.as_slice(), &[("project_api_url", "http://%s.example.com".into())]].concat()))
        .map_err(drop)
        .unwrap();
    let resource = &janiform::ory::resources::oauth2_client::RESOURCE;
    let nothing = resource.table.nulls();
    assert!(
        client.endpoint(janiform::ory::resources::oauth2_client::BACKEND.0.service, Object::new(&resource.table, &nothing)).await.is_err()
    );
}

#[tokio::test]
async fn only_allowed_projects_are_accessed() {
    let with = |id: Option<&str>| {
        let mut set = vec![
            ("project_slug", Value::text("slug")),
            ("project_api_key", "k".into()),
            ("allowed_project_ids", crate::support::texts(&["AAAA", "bbbb"])),
        ];
        set.extend(id.map(|id| ("project_id", Value::text(id))));
        set
    };
    assert!(endpoint(&with(Some("aaaa")), &[]).await.is_ok());
    let refused = endpoint(&with(Some("cccc")), &[]).await.unwrap_err();
    assert!(refused.detail.contains("cccc") && refused.detail.contains("AAAA, bbbb"), "{refused:?}");
    assert!(endpoint(&with(None), &[]).await.is_err());
    let own = [("project_slug", Value::text("other")), ("project_api_key", "k".into())];
    assert!(endpoint(&with(Some("aaaa")), &own).await.is_err());
}

#[test]
fn debug_output_of_a_client_has_no_secrets() {
    let found = configure(
        &[
            ("admin_headers", Value::Map([("X\nY".to_owned(), Value::text("zzsecret"))].into())),
            ("hydra_admin_url", "http://127.0.0.1:1".into()),
        ],
        &[],
    );
    assert!(has_errors(&found));
    assert!(!format!("{found:?}").contains("zzsecret"));
    assert!(found.iter().any(|found| found.detail.contains("The name of the header `X\\nY`")), "{found:?}");
    let values = [("X-Good", "fine"), ("X-Bad", "zzse\ncret")].map(|(name, value)| (name.to_owned(), Value::text(value)));
    let found = configure(&[("admin_headers", Value::Map(values.into())), ("hydra_admin_url", "http://127.0.0.1:1".into())], &[]);
    assert!(
        found.iter().any(|found| found.detail.contains("The value of the header `X-Bad`") && !found.detail.contains("zz")),
        "{found:?}"
    );
}

/// Each service on its own: where it is self-hosted that wins, and credentials stay where they belong.
#[tokio::test]
async fn each_service_is_configured_by_itself() {
    let places = [
        (&services::HYDRA_ADMIN, "hydra_admin_url", "hydra_public_url"),
        (&services::HYDRA_PUBLIC, "hydra_public_url", "hydra_admin_url"),
        (&services::KETO_READ, "keto_read_url", "keto_write_url"),
        (&services::KETO_WRITE, "keto_write_url", "keto_read_url"),
        (&services::KRATOS_ADMIN, "kratos_admin_url", "kratos_public_url"),
        (&services::KRATOS_PUBLIC, "kratos_public_url", "kratos_admin_url"),
        (&services::TALOS, "talos_url", "talos_url"),
    ];
    let network = [("project_slug", Value::text("slug")), ("project_api_key", "ory_pat_x".into())];
    let own = [("project_slug", Value::text("other")), ("project_api_key", "ory_pat_y".into())];
    let basic = Value::Object(vec!["u".into(), "p".into()]);
    for (service, attr, twin) in places {
        // A public API is told nothing that guards an admin API.
        let guard = |text: &'static str| (!attr.ends_with("_public_url")).then_some(text);
        let hosted = (attr, Value::text("https://ory.internal:1"));
        let everything: Vec<_> = network.iter().cloned().chain([hosted.clone(), ("admin_basic_auth", basic.clone())]).collect();
        let (url, key) = endpoint_of(service, &everything, &[]).await.unwrap();
        assert_eq!((url.as_str(), key.as_deref()), ("https://ory.internal:1/", guard("Basic dTpw")), "{attr}");
        // Whatever else is self-hosted, the rest is the project's.
        let others = places.iter().filter(|(_, other, _)| *other != attr && *other != twin);
        let others: Vec<_> = others.map(|(_, other, _)| (*other, Value::text("http://elsewhere:2"))).chain(network.clone()).collect();
        let (url, key) = endpoint_of(service, &others, &[]).await.unwrap();
        assert_eq!((url.as_str(), key.as_deref()), ("https://slug.projects.oryapis.com/", guard("Bearer ory_pat_x")), "{attr}");
        let (url, key) = endpoint_of(service, &everything, &own).await.unwrap();
        assert_eq!((url.as_str(), key.as_deref()), ("https://other.projects.oryapis.com/", guard("Bearer ory_pat_y")), "{attr}");
        // Half of a server here and half of it there would be two.
        if twin != attr {
            let half: Vec<_> = network.iter().cloned().chain([(twin, Value::text("https://ory.internal:1"))]).collect();
            let refused = endpoint_of(service, &half, &[]).await.unwrap_err();
            assert!(refused.path.to_string() == attr && refused.detail.contains(&attr.to_uppercase()), "{refused:?}");
        }
        // Nothing is sent in the clear.
        let clear = [(attr, Value::text("http://ory.internal:1")), ("admin_basic_auth", basic.clone())];
        assert_eq!(endpoint_of(service, &clear, &[]).await.is_err(), guard("").is_some(), "{attr}");
        // And what is missing is named.
        let nothing = endpoint_of(service, &[("workspace_api_key", "ory_wak_x".into())], &[]).await.unwrap_err();
        assert!(nothing.detail.contains(attr) && nothing.detail.contains("project_slug"), "{nothing:?}");
    }
}

/// What is no label of a host's name, or leads elsewhere as one.
const NO_SLUGS: [&str; 16] = [
    "evil.example/",
    "evil.example/x",
    "evil.example#",
    "evil.example?",
    "evil.example:443/",
    "evil.example\\",
    "user@evil",
    "a.b",
    "127.0.0.1",
    "a_b",
    "-a",
    "a-",
    "ü",
    "a%2eb",
    " a",
    "a\n",
];

#[tokio::test]
async fn a_slug_must_be_one_label_of_a_host() {
    let long = "a".repeat(64);
    let key = ("project_api_key", Value::text("ory_pat_canary"));
    for slug in NO_SLUGS.into_iter().chain([long.as_str()]) {
        let set = [("project_slug", Value::text(slug)), key.clone()];
        // In the provider's block, and in the environment, where what is around it is taken off.
        let mut found = vec![configure(&set, &[])];
        if slug.trim() == slug {
            found.push(configure(&set[1..], &[("ORY_PROJECT_SLUG", slug)]));
        }
        for found in found {
            assert!(has_errors(&found) && found[0].path.to_string() == "project_slug", "{slug:?}: {found:?}");
        }
        // For an object: when it is planned, and whatever a state holds.
        let resource = &janiform::ory::resources::oauth2_client::RESOURCE;
        let object = crate::support::object(resource, &[&set[..], &[("client_name", "n".into())]].concat());
        assert!(has_errors(&validate(resource, &object)), "{slug:?}");
        for provider in [vec![("workspace_api_key", Value::text("ory_wak_x"))], set.to_vec()] {
            let refused = endpoint(&provider, &set).await.unwrap_err();
            assert!(refused.path.to_string() == "project_slug" && !refused.detail.contains("canary"), "{slug:?}: {refused:?}");
        }
    }
    for slug in ["slug", "elegant-swirles-k2f5a8b3c1", "A1", "0", "xn--bcher-kva", &long[1..]] {
        let set = [("project_slug", Value::text(slug)), key.clone()];
        assert!(configure(&set, &[]).is_empty(), "{slug}");
        let (url, _) = endpoint(&[("workspace_api_key", "ory_wak_x".into())], &set).await.unwrap();
        assert_eq!(url, format!("https://{}.projects.oryapis.com/", slug.to_lowercase()));
    }
    // An object's own names a project or is left out.
    let resource = &janiform::ory::resources::oauth2_client::RESOURCE;
    let nothing = crate::support::object(resource, &[("client_name", "n".into()), ("project_slug", "".into()), key.clone()]);
    assert!(has_errors(&validate(resource, &nothing)));
}

#[tokio::test]
async fn a_slug_changes_only_its_part_of_the_url() {
    let key = ("project_api_key", Value::text("ory_pat_x"));
    let at = async |template: &str, slug: &str| {
        let set = [("project_slug", Value::text(slug)), key.clone(), ("project_api_url", Value::text(template))];
        let found = configure(&set, &[]);
        assert!(!has_errors(&found), "{found:?}");
        let client = Client::new(&config(&set)).map_err(drop).unwrap();
        let resource = &janiform::ory::resources::oauth2_client::RESOURCE;
        let at = client.endpoint(&services::HYDRA_ADMIN, Object::new(&resource.table, &resource.table.nulls())).await;
        at.map(|at| at.base.to_string()).map_err(|error| error.path.to_string())
    };
    assert_eq!(at("https://%s.example.com:8443/ory", "slug").await.as_deref(), Ok("https://slug.example.com:8443/ory"));
    assert_eq!(at("https://eu.%s.example.com", "slug").await.as_deref(), Ok("https://eu.slug.example.com/"));
    // One place that serves many projects.
    assert_eq!(at("http://127.0.0.1:4000/p/%s", "slug").await.as_deref(), Ok("http://127.0.0.1:4000/p/slug"));
    assert_eq!(at("https://gateway.example/%s/", "0").await.as_deref(), Ok("https://gateway.example/0/"));
    // A gateway that fronts one project.
    assert_eq!(at("https://ory.example.com", "slug").await.as_deref(), Ok("https://ory.example.com/"));
    // Alone, a number would be an address.
    assert_eq!(at("https://%s", "slug").await.as_deref(), Ok("https://slug/"));
    for number in ["2130706433", "0x7f000001", "0"] {
        assert_eq!(at("https://%s", number).await, Err("project_slug".to_owned()), "{number}");
    }
    for template in [
        "https://gateway.example/p%s",
        "https://gateway.example/%s/%s",
        "https://%s.gateway.example/%s",
        "https://gateway.example:%s",
        "https://%s@gateway.example",
        "%s://gateway.example",
        "https://gateway.example?%s",
        "https://gateway.example#%s",
        "https://%s.%s.example",
        "https://a%s.example",
        "https://%s-a.example",
    ] {
        let found = configure(&[key.clone(), ("project_api_url", Value::text(template))], &[]);
        assert!(has_errors(&found) && found[0].path.to_string() == "project_api_url", "{template}: {found:?}");
    }
}

/// What a data source is asked with is checked too.
#[tokio::test]
async fn the_slug_of_a_data_source_is_checked_when_planned() {
    let engine = Engine::new(&ORY);
    let slug = "evil.example/";
    for (source, block) in engine.data_sources().filter(|(_, block)| block.table.index("project_slug").is_some()) {
        let config = block.table.holding([("project_slug", slug.into()), ("project_api_key", "k".into())]);
        let id = if matches!(source, DataSource::Lookup { .. }) { Value::text("a:b#c@d") } else { Value::Null };
        let found = engine.validate_data_source(source, &id, &config);
        assert!(found.iter().any(|one| one.is_error() && one.path.to_string() == "project_slug"), "{}: {found:?}", block.name);
    }
}
