//! The emulator's document of a project, trap by trap: one setting in two views, defaults that are filled in, values that are never
//! returned, values that cannot be cleared. Expected values come by hand from Ory's description of the API and from reports of
//! users.

use super::console::{Console, KEY, set};
use serde_json::{Value, json};

const I: &str = "/services/identity/config";
const O: &str = "/services/oauth2/config";
const P: &str = "/services/permission/config";
const A: &str = "/services/account_experience/config";
const T: &str = "/services/talos/config";

/// `{"local": 1}`, and its SHA-512, as `sha512sum` prints it.
const CONTENT: &str = "base64://eyJsb2NhbCI6IDF9";
const SHA512: &str =
    "af1d2b88696f089ef519e9228a918b78a102d84bfe7bb777bbae5322830d613bdc7e6b6dd1169d61f2e3595cf07ce9f0f77ccedb939e91e49f72012bde885a9e";

struct Project {
    console: Console,
    id: String,
}

impl Project {
    async fn start() -> Self {
        let console = Console::start().await;
        // One for development has no organizations.
        let (id, _) = console.project_of(json!({"name": "Acme", "environment": "stage"})).await;
        Self { console, id }
    }

    async fn document(&self) -> Value {
        self.console.get(&format!("/projects/{}", self.id)).await
    }

    async fn at(&self, path: &str) -> Value {
        self.document().await.pointer(path).cloned().unwrap_or_default()
    }

    async fn column(&self, name: &str) -> Value {
        self.console.columns(&self.id).await[name].clone()
    }

    async fn set(&self, path: &str, value: Value) -> Value {
        self.console.patch(&self.id, set(path, value), 200).await
    }

    async fn set_column(&self, name: &str, value: Value) {
        self.console.patch_revision(&self.id, set(&format!("/{name}"), value), 200).await;
    }

    async fn remove(&self, path: &str, wanted: u16) {
        self.console.patch(&self.id, json!([{"op": "remove", "path": path}]), wanted).await;
    }
}

/// The URL that content has become, without the place before its name.
fn file(url: &Value) -> String {
    let url = url.as_str().unwrap_or_default();
    assert!(url.starts_with("https://storage.googleapis.com/"), "{url}");
    url.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_property_has_a_path_and_most_follow_from_the_name() {
    use janiform::emulator::console::fields::{FIELDS, field};
    let listed = FIELDS.iter().filter(|field| !field.column.unlisted);
    assert_eq!(listed.count(), 314);
    for (name, path) in [
        ("kratos_session_lifespan", "services/identity/config/session/lifespan"),
        ("hydra_ttl_access_token", "services/oauth2/config/ttl/access_token"),
        ("keto_feature_flags_strict_mode", "services/permission/config/feature_flags/strict_mode"),
        ("account_experience_default_locale", "services/account_experience/config/default_locale"),
        ("talos_cache_ttl", "services/talos/config/cache/ttl"),
        // Those that do not.
        ("serve_public_cors_allowed_origins", "cors_public/origins"),
        ("serve_admin_cors_enabled", "cors_admin/enabled"),
        ("account_experience_favicon_light", "services/account_experience/config/favicon_light_url"),
        ("account_experience_logo_dark", "services/account_experience/config/logo_dark_url"),
        ("enable_ax_v2", "services/account_experience/config/enabled"),
        ("hydra_oauth2_token_hook", "services/oauth2/config/oauth2/token_hook/url"),
        ("keto_namespace_configuration", "services/permission/config/namespaces/location"),
        ("kratos_courier_http_request_config_auth_api_key_in", "services/identity/config/courier/http/request_config/auth/config/in"),
        (
            "kratos_courier_templates_login_code_valid_sms_body_plaintext",
            "services/identity/config/courier/templates/login_code/valid/sms/body/plaintext",
        ),
        ("strict_security", ""),
        ("feature_flags", ""),
        ("scim_clients", ""),
        ("disable_account_experience_welcome_screen", ""),
    ] {
        assert_eq!(field(name).unwrap_or_else(|| panic!("{name}")).path.join("/"), path, "{name}");
    }
}

/// In the process, for the sake of speed: 300 settings, twice each.
#[test]
fn values_written_in_one_view_are_shown_and_removed_in_both() {
    use janiform::emulator::console::{column::Kind, fields::FIELDS};
    use janiform::emulator::console::{document, document::View, revision, revision::About, settings::Settings, tree};
    use janiform::emulator::go::json::{Json, parse_whole};
    let about = About { id: "", project: "", name: "", created: "", updated: "" };
    let json = |text: &str| parse_whole(text.as_bytes()).unwrap();
    // What each kind takes, in the document and in the revision, and what is read; none that is a default.
    let taken = |kind: Kind| -> Option<[Json; 3]> {
        let same = |text: &str| Some([json(text), json(text), json(text)]);
        match kind {
            Kind::Number(least, _) => same(&(least + 9).to_string()),
            Kind::Text | Kind::Content(_) => same(r#""https://a.example""#),
            Kind::Starts(starts) => same(&format!("\"{}a.example\"", starts[0])),
            Kind::Duration { .. } => Some([json(r#""90m""#), json(r#""90m""#), json(r#""1h30m0s""#)]),
            Kind::Texts => same(r#"["a", "b"]"#),
            Kind::Headers => same(r#"{"A": "b"}"#),
            Kind::JsonText => Some([json(r#"{"a": "b"}"#), json(r#""{\"a\":\"b\"}""#), json(r#"{"a": "b"}"#)]),
            _ => None,
        }
    };
    let mut seen = 0;
    for field in FIELDS.iter().filter(|field| !field.path.is_empty() && !field.column.secret && !field.column.unlisted) {
        // What another setting decides about has a test of its own.
        if field.column.with.is_some() || field.column.picked.is_some() || field.column.sticky || field.column.appended {
            continue;
        }
        let fresh = Settings::new("https://p.example");
        let values = match field.column.kind {
            Kind::OneOf(words) => {
                let other = words.iter().map(|word| Json::text(word)).find(|word| Some(word) != fresh.value(field).as_ref()).unwrap();
                Some([other.clone(), other.clone(), other])
            }
            Kind::Flag if field.name != "keto_feature_flags_strict_mode" => {
                let other = Json::Bool(fresh.value(field) != Some(Json::Bool(true)));
                Some([other.clone(), other.clone(), other])
            }
            kind => taken(kind),
        };
        let Some([sent, sent_flat, read]) = values else { continue };
        let mut whole = document::render(&fresh, View::Whole);
        tree::put(&mut whole, &field.path, sent);
        let by_document = document::read(&whole, &fresh).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(by_document.ignored, [""; 0], "{}", field.name);
        let mut flat = revision::render(&fresh, &about, View::Whole);
        tree::put(&mut flat, &[&field.name], sent_flat);
        let by_revision = revision::read(&flat, &fresh).unwrap_or_else(|why| panic!("{why}")).settings;
        assert_eq!(by_document.settings, by_revision, "{}", field.name);
        let document = document::render(&by_revision, View::Read);
        assert_eq!(tree::get(&document, &field.read_path), Some(&read), "{}", field.name);
        let flat = revision::render(&by_document.settings, &about, View::Read);
        assert!(
            flat.member(&field.name).is_some_and(|value| *value == read || matches!(field.column.kind, Kind::JsonText)),
            "{}",
            field.name
        );
        // Gone again, and what was filled in is back.
        let mut whole = document::render(&by_revision, View::Whole);
        tree::put(&mut whole, &field.path, Json::Null);
        assert_eq!(document::read(&whole, &by_revision).unwrap().settings, fresh, "{}", field.name);
        seen += 1;
    }
    assert!(seen > 230, "{seen}");
}

#[tokio::test]
async fn a_new_project_has_orys_defaults() {
    let project = Project::start().await;
    for (path, value) in [
        // Of Ory's description.
        (format!("{O}/ttl/access_token"), json!("30m0s")),
        (format!("{O}/ttl/refresh_token"), json!("720h0m0s")),
        (format!("{O}/strategies/scope"), json!("wildcard")),
        (format!("{O}/oauth2/grant/jwt/omit_assertion_audience"), json!(true)),
        // Of the configuration schemas of Kratos and Hydra.
        (format!("{I}/session/lifespan"), json!("24h0m0s")),
        (format!("{I}/selfservice/methods/password/config/min_password_length"), json!(8)),
        (format!("{I}/selfservice/flows/recovery/use"), json!("code")),
        (format!("{O}/webfinger/jwks/broadcast_keys"), json!(["hydra.openid.id-token"])),
    ] {
        assert_eq!(project.at(&path).await, value, "{path}");
    }
    // What is nowhere published is not there.
    for path in
        [format!("{I}/selfservice/flows/login/brute_force_protection"), format!("{O}/urls/registration"), "/cors_public/origins".to_owned()]
    {
        assert_eq!(project.at(&path).await, Value::Null, "{path}");
    }
    // What was set and is taken away is filled in again.
    project.set(&format!("{I}/session/lifespan"), json!("1h")).await;
    project.remove(&format!("{I}/session/lifespan"), 200).await;
    assert_eq!(project.column("kratos_session_lifespan").await, "24h0m0s");
}

#[tokio::test]
async fn empty_values_are_not_shown() {
    let project = Project::start().await;
    let urls = format!("{O}/urls/registration");
    for (set, empty) in [(json!("https://a.example"), json!("")), (json!("https://a.example"), Value::Null)] {
        project.set(&urls, set).await;
        project.set(&urls, empty).await;
        assert!(project.document().await.pointer(&urls).is_none());
        assert!(project.console.columns(&project.id).await.get("hydra_urls_registration").is_none());
        project.remove(&urls, 400).await;
    }
    for (path, empty) in [("/cors_public/origins", json!([])), (&format!("{I}/oauth2_provider/headers"), json!({}))] {
        project.set(path, empty).await;
        assert!(project.document().await.pointer(path).is_none(), "{path}");
    }
    // False is a value.
    project.set(&format!("{O}/oauth2/pkce/enforced"), json!(false)).await;
    assert_eq!(project.column("hydra_oauth2_pkce_enforced").await, json!(false));
}

#[tokio::test]
async fn secrets_are_kept_and_never_shown() {
    let project = Project::start().await;
    let secrets = json!([
        {"op": "add", "path": format!("{I}/courier/smtp/connection_uri"), "value": "smtps://a:canary@mail.example"},
        {"op": "add", "path": format!("{O}/oidc/subject_identifiers/pairwise_salt"), "value": "canary-salt"},
        {"op": "add", "path": format!("{I}/selfservice/methods/captcha/config/cf_turnstile/secret"), "value": "canary-captcha"},
        {"op": "add", "path": format!("{T}/secrets/hmac/current"), "value": "canary-hmac"},
        {"op": "add", "path": format!("{I}/secrets/cipher"), "value": ["canary-cipher"]},
        {"op": "add", "path": format!("{O}/oauth2/token_hook"), "value": {"url": "https://a.example", "auth": {"type": "api_key", "config": {"name": "X", "value": "canary-key", "in": "header"}}}},
        {"op": "add", "path": format!("{I}/session/whoami/tokenizer/templates"), "value": {"jwt": {"ttl": "90s", "jwks_url": CONTENT}}},
        {"op": "add", "path": format!("{I}/selfservice/methods/oidc/config/providers"), "value": [{"id": "a", "provider": "generic", "client_secret": "canary-client"}]},
    ]);
    let answer = project.console.patch(&project.id, secrets, 200).await;
    // Who has SCIM clients has an organization, which no project for development has.
    let tier = format!("/projects/{}/environment", project.id);
    assert_eq!(project.console.ask(Some(KEY), "PUT", &tier, json!({"environment": "stage"})).await.0, 200);
    let organization = json!({"id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "label": "One", "domains": []});
    project.console.patch(&project.id, set("/organizations/-", organization), 200).await;
    project.set_column("scim_clients", json!([{"client_id": "c", "state": "enabled", "label": "l", "mapper_url": CONTENT, "organization_id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "authorization_header_secret": "canary-scim"}])).await;
    let told = [answer, project.document().await, project.console.columns(&project.id).await];
    for told in &told {
        assert!(!told.to_string().contains("canary"), "{told:#}");
    }
    // Where the description has it as needed, it is empty.
    assert_eq!(told[2]["scim_clients"][0]["authorization_header_secret"], "");
    let templates = format!("{I}/session/whoami/tokenizer/templates");
    assert_eq!(project.at(&format!("{templates}/jwt")).await, json!({"ttl": "1m30s", "subject_source": "id"}));
    assert!(project.column("kratos_session_whoami_tokenizer_templates").await[0].get("jwks_url").is_none());
}

/// In the process, since no answer tells what is kept.
#[test]
fn a_secret_stays_when_other_values_change() {
    use janiform::emulator::console::{document, document::View, settings::Settings, tree};
    use janiform::emulator::go::json::{Json, parse_whole};
    let salt = ["services", "oauth2", "config", "oidc", "subject_identifiers", "pairwise_salt"];
    let system = ["services", "oauth2", "config", "secrets", "system"];
    let templates = ["services", "identity", "config", "session", "whoami", "tokenizer", "templates"];
    let jwks = [&templates[..], &["jwt", "jwks_url"]].concat();
    let write = |settings: &Settings, changes: &[(&[&str], &str)]| {
        let mut whole = document::render(settings, View::Whole);
        changes.iter().for_each(|(path, value)| tree::put(&mut whole, path, parse_whole(value.as_bytes()).unwrap()));
        document::read(&whole, settings).unwrap().settings
    };
    let of = |settings: &Settings, path: &[&str]| tree::get(&document::render(settings, View::Whole), path).and_then(Json::as_text);
    let template = format!(r#"{{"jwt": {{"jwks_url": "{CONTENT}"}}}}"#);
    let first: [(&[&str], &str); 3] = [(&salt, r#""pepper""#), (&system, r#"["one"]"#), (&templates, &template)];
    let settings = write(&Settings::new("https://a.example"), &first);
    let kept = of(&settings, &jwks).unwrap();
    assert!(kept.contains(SHA512));
    // The empty salt, and a template without its keys, keep what there is.
    let settings = write(&settings, &[(&salt, r#""""#), (&templates, r#"{"jwt": {"ttl": "1h"}, "other": {}}"#)]);
    assert_eq!((of(&settings, &salt).as_deref(), of(&settings, &jwks)), (Some("pepper"), Some(kept)));
    assert_eq!(of(&settings, &[&templates[..], &["other", "jwks_url"]].concat()), None);
    assert!(tree::get(&document::render(&settings, View::Whole), &system).is_some());
    // Others can be emptied.
    let settings = write(&settings, &[(&system, "[]")]);
    assert!(tree::get(&document::render(&settings, View::Whole), &system).is_none());
}

#[tokio::test]
async fn content_becomes_a_file_named_by_its_hash() {
    let project = Project::start().await;
    let provider = json!([{"id": "a", "provider": "generic", "mapper_url": CONTENT}]);
    project.set(&format!("{I}/selfservice/methods/oidc/config/providers"), provider).await;
    let mapper = project.at(&format!("{I}/selfservice/methods/oidc/config/providers/0/mapper_url")).await;
    assert_eq!(file(&mapper), format!("{SHA512}.jsonnet"));
    assert_eq!(project.column("kratos_selfservice_methods_oidc_config_providers").await[0]["mapper_url"], mapper);
    project.set(&format!("{A}/favicon_light_url"), json!("data:image/svg+xml;base64,eyJsb2NhbCI6IDF9")).await;
    assert_eq!(file(&project.column("account_experience_favicon_light").await), format!("{SHA512}.svg"));
    project.set(&format!("{I}/courier/templates/recovery_code/valid/email/body"), json!({"html": CONTENT, "plaintext": CONTENT})).await;
    assert!(file(&project.column("kratos_courier_templates_recovery_code_valid_email_body_html").await).starts_with(SHA512));
    // A URL stays as it is, and what is no base64 is refused.
    project.set(&format!("{A}/logo_light_url"), json!("https://a.example/logo.png")).await;
    assert_eq!(project.column("account_experience_logo_light").await, "https://a.example/logo.png");
    project.console.patch(&project.id, set(&format!("{A}/logo_light_url"), json!("base64://?")), 400).await;
}

#[tokio::test]
async fn a_schema_is_named_by_its_hash() {
    let project = Project::start().await;
    assert_eq!(project.at(&format!("{I}/identity/default_schema_id")).await, "preset://email");
    let operations = json!([
        {"op": "add", "path": format!("{I}/identity/schemas/-"), "value": {"id": "person", "url": CONTENT}},
        {"op": "add", "path": format!("{I}/identity/default_schema_id"), "value": "person"},
    ]);
    project.console.patch(&project.id, operations, 200).await;
    let identity = project.at(&format!("{I}/identity")).await;
    assert_eq!((&identity["default_schema_id"], &identity["schemas"][1]["id"]), (&json!(SHA512), &json!(SHA512)));
    assert_eq!(file(&identity["schemas"][1]["url"]), format!("{SHA512}.json"));
    let rows = project.column("kratos_identity_schemas").await;
    assert_eq!([&rows[0]["is_default"], &rows[1]["is_default"]], [false, true]);
    assert_eq!((&rows[1]["import_id"], &rows[1]["import_url"]), (&json!(SHA512), &identity["schemas"][1]["url"]));
    // `none` is no JSON.
    let broken = json!({"id": "broken", "url": "base64://bm9uZQ=="});
    project.console.patch(&project.id, set(&format!("{I}/identity/schemas/-"), broken), 400).await;
    // Of defaults there is one, and it is one of them.
    project.console.patch(&project.id, set(&format!("{I}/identity/default_schema_id"), json!("nothing")), 400).await;
    project.console.patch_revision(&project.id, set("/kratos_identity_schemas/0/is_default", json!(true)), 400).await;
    let back = project.set(&format!("{I}/identity/default_schema_id"), json!("preset://email")).await;
    assert_eq!(back["project"].pointer(&format!("{I}/identity/default_schema_id")).unwrap(), "preset://email");
}

#[tokio::test]
async fn hooks_are_lists_in_the_document_and_rows_in_the_revision() {
    let project = Project::start().await;
    let hook = |url: &str| {
        let auth = json!({"type": "basic_auth", "config": {"user": "u", "password": "canary"}});
        json!({"hook": "web_hook", "config": {"url": url, "method": "POST", "body": CONTENT, "response": {"ignore": true, "parse": false}, "can_interrupt": false, "auth": auth}})
    };
    let list = format!("{I}/selfservice/flows/registration/after/password/hooks");
    project.set(&list, json!([{"hook": "session"}, hook("https://a.example")])).await;
    project.set(&format!("{I}/selfservice/flows/verification/after/hooks"), json!([hook("https://b.example")])).await;
    let hooks = project.at(&list).await;
    assert_eq!(hooks[0], json!({"hook": "session"}));
    assert_eq!(hooks[1]["config"]["auth"], json!({"type": "basic_auth", "config": {"user": "u"}}));
    assert_eq!(hooks[1]["config"]["response"], json!({"ignore": true, "parse": false}));
    let rows = project.column("project_revision_hooks").await;
    let row = rows.as_array().unwrap().iter().find(|row| row["web_hook_config_url"] == "https://a.example").unwrap();
    assert_eq!(
        (&row["hook"], &row["web_hook_config_method"], &row["web_hook_config_auth_basic_auth_user"]),
        (&json!("web_hook"), &json!("POST"), &json!("u"))
    );
    assert_eq!(rows.as_array().unwrap().len(), 3);
    // Known by users: after a verification there is no way to sign in, so what is said of one goes nowhere.
    let nowhere = format!("{I}/selfservice/flows/verification/after/password/hooks");
    project.set(&nowhere, json!([hook("https://c.example")])).await;
    assert_eq!(project.at(&nowhere).await, Value::Null);
    // A part of the list can be changed without the secrets of the others.
    project.remove(&format!("{list}/0"), 200).await;
    assert_eq!(project.at(&list).await[0]["config"]["url"], "https://a.example");
}

/// As the configuration schema of Ory Kratos has it (`selfServiceWebHook` in `embedx/config.schema.json`).
#[tokio::test]
async fn a_webhook_needs_its_members_and_excludes_contradictions() {
    let project = Project::start().await;
    let list = format!("{I}/selfservice/flows/login/before/hooks");
    let auth = |config: Value| json!({"url": "https://a.example", "method": "POST", "auth": config});
    let hook = |config: Value| json!([{"hook": "web_hook", "config": config}]);
    for refused in [
        json!({"url": "https://a.example"}),
        json!({"method": "POST"}),
        json!({"url": "https://a.example", "method": "POST", "response": {"ignore": true, "parse": true}}),
        json!({"url": "https://a.example", "method": "POST", "response": {"ignore": true}, "can_interrupt": true}),
        auth(json!({"type": "oauth2", "config": {"user": "u", "password": "p"}})),
        auth(json!({"config": {"user": "u", "password": "p"}})),
        auth(json!({"type": "basic_auth", "config": {"user": "u"}})),
        auth(json!({"type": "basic_auth"})),
        auth(json!({"type": "api_key", "config": {"name": "n", "value": "v"}})),
        auth(json!({"type": "api_key", "config": {"name": "n", "value": "v", "in": "query"}})),
        auth(json!({"type": "api_key", "config": {"name": "n", "value": "v", "in": "header", "password": "p"}})),
    ] {
        let operations = json!([{"op": "add", "path": list, "value": hook(refused.clone())}]);
        let answer = project.console.patch(&project.id, operations, 400).await;
        assert!(!answer.to_string().contains("\"p\""), "{refused}: {answer}");
    }
    project.set(&list, hook(auth(json!({"type": "api_key", "config": {"name": "n", "value": "v", "in": "cookie"}})))).await;
    // What is not shown is still there: another kind of credentials does not go with it.
    let operations = json!([
        {"op": "replace", "path": format!("{list}/0/config/auth/type"), "value": "basic_auth"},
        {"op": "remove", "path": format!("{list}/0/config/auth/config/name")},
        {"op": "remove", "path": format!("{list}/0/config/auth/config/in")},
        {"op": "add", "path": format!("{list}/0/config/auth/config/user"), "value": "u"},
        {"op": "add", "path": format!("{list}/0/config/auth/config/password"), "value": "q"},
    ]);
    project.console.patch(&project.id, operations, 400).await;
}

#[tokio::test]
async fn rows_have_other_names_in_the_revision() {
    let project = Project::start().await;
    let provider = json!([{"id": "ms", "provider": "microsoft", "microsoft_tenant": "common", "scope": ["email"], "unheard_of": 1}]);
    let answer = project.set(&format!("{I}/selfservice/methods/oidc/config/providers"), provider).await;
    // Within rows nothing is said.
    assert_eq!(answer["warnings"], json!([]));
    let row = project.column("kratos_selfservice_methods_oidc_config_providers").await[0].clone();
    assert_eq!((&row["provider_id"], &row["azure_tenant"], row.get("microsoft_tenant")), (&json!("ms"), &json!("common"), None));
    assert!(row["id"].is_string() && row["created_at"].is_string() && row.get("unheard_of").is_none());
    project.set_column("kratos_courier_channels", json!([{"channel_id": "sms", "request_config_url": "https://a.example", "request_config_method": "POST", "request_config_body": CONTENT, "request_config_auth_type": "api_key", "request_config_auth_config_api_key_name": "X", "request_config_auth_config_api_key_in": "query"}])).await;
    let channel = project.at(&format!("{I}/courier/channels/0")).await;
    assert_eq!((&channel["id"], &channel["request_config"]["auth"]["config"]), (&json!("sms"), &json!({"name": "X", "in": "query"})));
    let organization =
        json!([{"id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "label": "Acme", "domains": ["acme.example"], "session_lifespan": "24h"}]);
    project.set("/organizations", organization.clone()).await;
    assert_eq!(project.at("/organizations").await, organization);
    let row = project.column("organizations").await[0].clone();
    assert_eq!((&row["label"], row["created_at"].is_string()), (&json!("Acme"), true));
    project.console.patch(&project.id, set("/organizations/0/session_lifespan", json!("1d")), 400).await;
    // Retired values may be bare; those that are secret come back in neither view.
    project.set(&format!("{T}/credentials/issuer_retired"), json!(["https://old.example"])).await;
    assert_eq!(project.column("talos_credentials_issuer_retired_entries").await, json!([{"value": "https://old.example"}]));
    assert_eq!(project.column("talos_credentials_issuer_retired").await, json!(["https://old.example"]));
    project.set(&format!("{T}/secrets/hmac/retired"), json!(["canary"])).await;
    assert_eq!(project.column("talos_secrets_hmac_retired").await, json!([]));
}

#[tokio::test]
async fn types_differ_between_the_views() {
    let project = Project::start().await;
    let group = format!("{I}/feature_flags/password_profile_registration_node_group");
    project.set_column("kratos_feature_flags_password_profile_registration_node_group", json!(true)).await;
    assert_eq!(project.at(&group).await, "password");
    // As seen: a boolean is taken, and stored as the other one.
    project.set(&group, json!(true)).await;
    assert_eq!(
        (project.at(&group).await, project.column("kratos_feature_flags_password_profile_registration_node_group").await),
        (json!("default"), json!(false))
    );
    project.set(&format!("{A}/theme_variables_light"), json!({"brand-500": "#123456"})).await;
    let text = project.column("account_experience_theme_variables_light").await;
    assert_eq!(serde_json::from_str::<Value>(text.as_str().unwrap()).unwrap(), json!({"brand-500": "#123456"}));
    project.set_column("account_experience_theme_variables_dark", json!(r##"{"brand-500": "#654321"}"##)).await;
    assert_eq!(project.at(&format!("{A}/theme_variables_dark")).await, json!({"brand-500": "#654321"}));
    // Every flag is told, and some may be sent.
    project.set_column("feature_flags", json!({"kratos.something_new": true})).await;
    project.set_column("kratos_feature_flags_cacheable_sessions", json!(true)).await;
    let flags = project.column("feature_flags").await;
    assert_eq!(
        (&flags["kratos.something_new"], &flags["kratos.cacheable_sessions"], &flags["kratos.faster_session_extend"]),
        (&json!(true), &json!(true), &json!(false))
    );
    // One that has a column is written there.
    project.console.patch_revision(&project.id, set("/feature_flags/kratos.cacheable_sessions", json!(false)), 400).await;
}

#[tokio::test]
async fn fixed_values_stay() {
    let project = Project::start().await;
    let domains = format!("{I}/selfservice/methods/captcha/config/allowed_domains");
    project.set(&domains, json!(["a.example"])).await;
    project.set(&domains, json!([])).await;
    project.remove(&domains, 200).await;
    assert_eq!(project.at(&domains).await, json!(["a.example"]));
    project.set(&domains, json!(["b.example"])).await;
    assert_eq!(project.at(&domains).await, json!(["b.example"]));
    // New projects are locked to Keto's strict mode, and nobody is told.
    let strict = format!("{P}/feature_flags/strict_mode");
    assert_eq!((project.at(&strict).await, project.column("keto_strict_mode_readonly").await), (json!(true), json!(true)));
    project.set(&strict, json!(false)).await;
    assert_eq!(project.at(&strict).await, json!(true));
    project.set_column("keto_strict_mode_readonly", json!(false)).await;
    project.set(&strict, json!(false)).await;
    assert_eq!(project.at(&strict).await, json!(false));
    // Only another operation changes these.
    project.set("/environment", json!("prod")).await;
    project.set("/slug", json!("mine")).await;
    assert_eq!(project.at("/environment").await, "stage");
    let (status, answer) =
        project.console.ask(Some(KEY), "PUT", &format!("/projects/{}/environment", project.id), json!({"environment": "stage"})).await;
    assert_eq!((status, &answer["environment"], answer.get("services"), answer.get("revision_id")), (200, &json!("stage"), None, None));
    assert_eq!(project.at("/environment").await, "stage");
    let (status, _) =
        project.console.ask(Some(KEY), "PUT", &format!("/projects/{}/environment", project.id), json!({"environment": "test"})).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn values_with_other_paths_for_reads() {
    let project = Project::start().await;
    // Written one level above where it is read; what is written there is lost.
    let (write, read) =
        (format!("{I}/selfservice/methods/code/max_submissions"), format!("{I}/selfservice/methods/code/config/max_submissions"));
    project.set(&write, json!(9)).await;
    assert_eq!((project.at(&read).await, project.at(&write).await), (json!(9), Value::Null));
    project.set(&read, json!(3)).await;
    assert_eq!(project.column("kratos_selfservice_methods_code_config_max_submissions").await, 9);
    // Read only while something else is so.
    let from = format!("{I}/courier/smtp/from_name");
    project.set(&from, json!("Acme")).await;
    assert_eq!((project.at(&from).await, project.column("kratos_courier_smtp_from_name").await), (Value::Null, json!("Acme")));
    project.set(&format!("{I}/courier/smtp/connection_uri"), json!("smtp://mail.example")).await;
    assert_eq!(project.at(&from).await, "Acme");
    let url = format!("{I}/courier/http/request_config/url");
    project.set(&url, json!("https://a.example")).await;
    assert_eq!(project.at(&url).await, Value::Null);
    project.set(&format!("{I}/courier/delivery_strategy"), json!("http")).await;
    assert_eq!(project.at(&url).await, "https://a.example");
    // One key of the captcha's, and two columns: whose it is, the flag says.
    let key = format!("{I}/selfservice/methods/captcha/config/cf_turnstile/sitekey");
    let column = |byo: &str| format!("kratos_selfservice_methods_captcha_config_cf_turnstile_{byo}sitekey");
    project.set(&key, json!("managed")).await;
    project.set(&format!("{I}/selfservice/methods/captcha/config/byo"), json!(true)).await;
    project.set(&key, json!("own")).await;
    assert_eq!(
        (project.column(&column("")).await, project.column(&column("byo_")).await, project.at(&key).await),
        (json!("managed"), json!("own"), json!("own"))
    );
    // A list at first, so that there is no member to replace.
    let location = json!([{"op": "replace", "path": format!("{P}/namespaces/location"), "value": CONTENT}]);
    project.console.patch(&project.id, location, 400).await;
    // `class User implements Namespace {}`, and the beginning of its hash.
    project.set(&format!("{P}/namespaces"), json!({"location": "base64://Y2xhc3MgVXNlciBpbXBsZW1lbnRzIE5hbWVzcGFjZSB7fQ=="})).await;
    assert!(file(&project.at(&format!("{P}/namespaces/location")).await).starts_with("e0768f9cc5ccc99107027eaf382d92c4"));
    // A hook by its URL alone.
    project.set(&format!("{O}/oauth2/token_hook"), json!("https://a.example")).await;
    assert_eq!(project.at(&format!("{O}/oauth2/token_hook")).await, json!({"url": "https://a.example"}));
    // Ory adds an address of its own.
    project.set(&format!("{I}/selfservice/allowed_return_urls"), json!(["https://a.example"])).await;
    let urls = project.at(&format!("{I}/selfservice/allowed_return_urls")).await;
    assert_eq!((&urls[0], urls.as_array().unwrap().len()), (&json!("https://a.example"), 2));
    assert_eq!(project.column("kratos_selfservice_allowed_return_urls").await, json!(["https://a.example"]));
    // Taken, and never told.
    let extend = format!("{I}/session/earliest_possible_extend");
    project.set(&extend, json!("1h")).await;
    assert_eq!(project.at(&extend).await, Value::Null);
}

#[tokio::test]
async fn setting_a_service_replaces_all_of_it() {
    let project = Project::start().await;
    project.set(&format!("{I}/session/lifespan"), json!("1h")).await;
    project.set(&format!("{O}/ttl/id_token"), json!("1h")).await;
    project.set("/organizations", json!([{"id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "label": "Acme", "domains": []}])).await;
    let path = format!("/projects/{}", project.id);
    let services = json!({"identity": {"config": {"session": {"cookie": {"same_site": "Strict"}}}}});
    let body = json!({"name": "Set", "services": services, "cors_public": {"enabled": true, "origins": ["https://a.example"]}, "cors_admin": {}, "organizations": []});
    let (status, answer) = project.console.ask(Some(KEY), "PUT", &path, body).await;
    assert_eq!((status, &answer["project"]["name"]), (200, &json!("Set")));
    let columns = project.console.columns(&project.id).await;
    assert_eq!((&columns["kratos_session_lifespan"], &columns["kratos_session_cookie_same_site"]), (&json!("24h0m0s"), &json!("Strict")));
    assert_eq!((&columns["hydra_ttl_id_token"], &columns["serve_public_cors_enabled"]), (&json!("1h0m0s"), &json!(true)));
    assert_eq!(project.at("/organizations").await, json!([]));
    let (status, _) = project.console.ask(Some(KEY), "PUT", &path, json!({"name": "Set"})).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn workspaces_are_listed_by_pages_and_their_policy_needs_an_organization() {
    let console = Console::start().await;
    for name in ["b", "c"] {
        let (status, workspace) = console.ask(Some(KEY), "POST", "/workspaces", json!({ "name": name })).await;
        assert_eq!((status, &workspace["name"]), (201, &json!(name)));
    }
    let first = console.get("/workspaces?page_size=2").await;
    assert_eq!((first["workspaces"].as_array().unwrap().len(), &first["has_next_page"]), (2, &json!(true)));
    let second = console.get(&format!("/workspaces?page_size=2&page_token={}", first["next_page_token"].as_str().unwrap())).await;
    assert_eq!(
        (&second["workspaces"][0]["name"], &second["has_next_page"], &second["next_page_token"]),
        (&json!("c"), &json!(false), &json!(""))
    );
    let path = format!("/workspaces/{}", second["workspaces"][0]["id"].as_str().unwrap());
    let (_, renamed) = console.ask(Some(KEY), "PUT", &path, json!({"name": "d"})).await;
    assert_eq!((&renamed["name"], renamed.get("access_policy")), (&json!("d"), None));
    let (_, policy) = console.ask(Some(KEY), "PUT", &path, json!({"name": "d", "access_policy": "CHECK_ACCESS_PERMISSION"})).await;
    // A value outside of the description: so it is said.
    assert_eq!(policy["access_policy"], "INVITED_MEMBERS");
    assert_eq!(console.get(&path).await, policy);
    let (status, _) = console.ask(Some(KEY), "GET", "/workspaces/5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", Value::Null).await;
    assert_eq!(status, 403);
}
