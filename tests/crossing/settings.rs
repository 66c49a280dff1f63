//! Servers' files and what a project says, both ways.

use janiform::{
    crossing::program::{AtHand, Language, said_by},
    emulator::{self, Options},
    engine::semantically_equal,
    ory::{
        ORY,
        resources::project_config,
        settings::{Contents, File, Left, Made, Servers, objects, print, read, render},
    },
    schema::{Attr, Object, Reads},
    value::{Json, Value},
};
use janiform_testing::{json as stored, samples};
use std::{fs, path::Path, process::Command};

/// In the words of Ory Kratos' own documentation of its configuration.
const KRATOS: &str = r#"
version: v1.3.0
dsn: memory
serve:
  public:
    base_url: http://127.0.0.1:4433/
    cors: { enabled: true, allowed_origins: ["https://shop.example.com"], allowed_methods: [GET] }
identity:
  default_schema_id: customer
  schemas:
    - id: customer
      url: base64://eyIkaWQiOiJjdXN0b21lciIsInR5cGUiOiJvYmplY3QiLCJwcm9wZXJ0aWVzIjp7InRyYWl0cyI6eyJ0eXBlIjoib2JqZWN0In19fQ==
selfservice:
  default_browser_return_url: https://shop.example.com/
  allowed_return_urls: ["https://shop.example.com/welcome"]
  methods:
    password: { enabled: true, config: { min_password_length: 12 } }
    oidc:
      enabled: true
      config:
        providers:
          - id: google
            provider: google
            client_id: shop
            client_secret: hunter22
            mapper_url: base64://bG9jYWwgY2xhaW1zID0gc3RkLmV4dFZhcignY2xhaW1zJyk7Cnt9
            scope: [email]
  flows:
    error: { ui_url: https://shop.example.com/error }
    settings: { privileged_session_max_age: 15m, required_aal: highest_available }
    registration:
      lifespan: 90m
      after:
        password:
          hooks:
            - hook: session
            - hook: web_hook
              config:
                url: https://hooks.example.com/registered
                method: POST
                body: base64://ZnVuY3Rpb24oY3R4KSB7fQ==
                auth: { type: api_key, config: { name: X-Key, value: s3same-0pen, in: header } }
        hooks:
          - hook: organization
session: { lifespan: 720h, cookie: { name: shop } }
courier:
  smtp: { connection_uri: "smtps://user:pa55word@mail.example.com:465/", from_address: no-reply@shop.example.com }
  templates:
    recovery_code: { valid: { email: { subject: "base64://SGk=", body: { html: "base64://PGI+SGk8L2I+", plaintext: "base64://SGk=" } } } }
secrets: { cookie: [a-cookie-secret-of-32-characters], cipher: [32-LONG-SECRET-NOT-SECURE-AT-ALL] }
hashers: { algorithm: bcrypt, bcrypt: { cost: 8 } }
log: { level: debug }
"#;

const HYDRA: &str = r#"
dsn: memory
urls: { self: { issuer: https://id.example.com, public: "https://id.example.com" }, login: https://shop.example.com/login, consent: https://shop.example.com/consent }
ttl: { access_token: 1h, refresh_token: "-1" }
oauth2: { token_hook: https://hooks.example.com/token, pkce: { enforced_for_public_clients: true } }
oidc: { subject_identifiers: { supported_types: [public, pairwise], pairwise: { salt: a-salt-of-pairwise-subjects } } }
secrets: { system: [a-system-secret-of-hydra] }
"#;

const KETO: &str = "namespaces: [{ id: 0, name: files }, { id: 1, name: groups }]\nlog: { level: info }\n";

const SECRETS: &[&str] =
    &["hunter22", "s3same-0pen", "pa55word", "a-cookie-secret", "NOT-SECURE-AT-ALL", "a-salt-of-pairwise", "a-system-secret"];

fn files() -> Vec<File> {
    let texts = [("kratos.yml", KRATOS), ("conf/hydra.yaml", HYDRA), ("keto.yml", KETO)];
    texts.map(|(name, text)| File::parse(name, text).unwrap()).into()
}

fn made() -> (Vec<Made>, Vec<Left>) {
    objects(&read(&files(), &Contents::new()).unwrap()).unwrap()
}

fn text(made: &[Made], resource: &str, attr: &str) -> String {
    let one = made.iter().find(|made| made.resource.name == resource).unwrap_or_else(|| panic!("no {resource}"));
    Object::new(&one.resource.table, &one.value).str(attr).unwrap_or_default().to_owned()
}

#[test]
fn files_become_resources_and_settings_without_a_counterpart_are_reported() {
    let (made, left) = made();
    let names: Vec<_> = made.iter().map(|made| made.resource.name).collect();
    assert_eq!(names, ["identity_schema", "email_template", "social_provider", "action", "project_config"]);
    assert_eq!(text(&made, "identity_schema", "schema_id"), "customer");
    assert!(text(&made, "identity_schema", "schema").starts_with(r#"{"$id":"customer""#));
    assert_eq!(text(&made, "email_template", "body_html"), "<b>Hi</b>");
    assert_eq!(text(&made, "social_provider", "client_secret"), "hunter22");
    assert_eq!(text(&made, "action", "body"), "function(ctx) {}");
    assert_eq!(text(&made, "action", "webhook_auth_api_key_value"), "s3same-0pen");
    assert_eq!(text(&made, "project_config", "selfservice_flows_registration_lifespan"), "90m", "the spelling is the user's");
    assert_eq!(text(&made, "project_config", "oauth2_token_hook"), "https://hooks.example.com/token");
    assert_eq!(text(&made, "project_config", "oidc_subject_identifiers_pairwise_salt"), "a-salt-of-pairwise-subjects");
    let config = made.iter().find(|made| made.resource.name == "project_config").unwrap();
    let config = Object::new(&config.resource.table, &config.value);
    assert_eq!(config.strs("cors_origins"), ["https://shop.example.com"]);
    assert_eq!(config.strs("keto_namespaces"), ["files", "groups"]);
    assert_eq!(config.bool("selfservice_flows_registration_after_password_hook_session"), Some(true));
    assert!(
        config.get("selfservice_flows_login_after_password_hook_require_verified_address").is_null(),
        "nobody says anything of that list"
    );

    let places: Vec<_> = left.iter().map(|left| left.at.as_str()).collect();
    let wanted = [
        "hydra: dsn",
        "hydra: urls.self.public",
        "keto: log",
        "keto: namespaces",
        "kratos: dsn",
        "kratos: hashers",
        "kratos: log",
        "kratos: selfservice.flows.registration.after.hooks.0",
        "kratos: serve",
        "kratos: session.cookie",
        "kratos: version",
    ];
    assert_eq!(places, wanted);
    assert!(left.iter().all(|left| left.why.len() > 10 && SECRETS.iter().all(|secret| !left.why.contains(secret))));
}

/// What comes back is what was said, but for what was named.
#[test]
fn resources_become_the_same_files_again() {
    let (made, left) = made();
    let (files, unsaid) = render(&made, Servers::V26_2).unwrap();
    assert_eq!(unsaid, []);
    let texts: Vec<_> = files.iter().map(|(server, config)| (format!("{}.yml", server.name()), print(config))).collect();
    let again: Vec<_> = texts.iter().map(|(name, text)| File::parse(name, text).unwrap()).collect();
    let (back, left_again) = objects(&read(&again, &Contents::new()).unwrap()).unwrap();
    assert_eq!(back.len(), made.len());
    for (one, other) in made.iter().zip(&back) {
        for (attr, value) in Object::new(&one.resource.table, &one.value).iter() {
            let there = Object::new(&other.resource.table, &other.value).get(attr.name);
            assert!(semantically_equal(attr, value, there), "{}: {}", one.resource.name, attr.name);
        }
    }
    let places: Vec<_> = left_again.iter().map(|left| left.at.as_str()).collect();
    assert!(places.is_empty(), "{places:?}, and at first {left:?}");
}

/// From the tables alone: each attribute that has a place in a file is written there and read again, or named.
#[test]
fn every_attribute_of_a_project_survives_a_round_trip() {
    let resource = &project_config::RESOURCE;
    let (mut carried, mut named) = (0, 0);
    for (place, attr) in
        resource.table.attrs().enumerate().filter(|(_, attr)| attr.remote() && !attr.write_only && attr.name != "project_id")
    {
        for sample in samples::values(attr, samples::none).iter().take(2) {
            let mut value = resource.table.nulls();
            let Value::Object(fields) = &mut value else { unreachable!() };
            fields[place] = stored::kind_from_json(&attr.kind, sample).unwrap();
            let (files, left) = render(&[Made { resource, value: value.clone() }], Servers::V26_2).unwrap();
            let again: Vec<_> =
                files.iter().map(|(server, config)| File::parse(&format!("{}.yml", server.name()), &print(config)).unwrap()).collect();
            let (back, _) = objects(&read(&again, &Contents::new()).unwrap()).unwrap();
            let there =
                back.iter().find(|made| made.resource.name == resource.name).map(|made| &made.value.fields()[place]).or(Some(&Value::Null));
            match there {
                Some(there) if is_kept(attr, &value.fields()[place], there) => carried += 1,
                _ if !left.is_empty() || attr.is_unset(&value.fields()[place]) || !attr.instead_of.is_empty() => named += 1,
                there => panic!("{}: {sample} came back as {there:?}, and nothing says so", attr.name),
            }
        }
    }
    assert!(carried > 300 && named > 30, "{carried} carried, {named} named");
}

fn is_kept(attr: &Attr, said: &Value, there: &Value) -> bool {
    let toggles_need_a_list = attr.name.contains("_hook_") && *said == Value::Bool(false) && there.is_null();
    semantically_equal(attr, said, there) || toggles_need_a_list || attr.reads == Reads::Never
}

#[test]
fn secrets_are_variables_of_the_program() {
    let (made, _) = made();
    let objects: Vec<_> = made.iter().map(|made| AtHand { of: made.resource, shown: made.shown(), value: &made.value }).collect();
    let (program, secrets) = said_by(&objects, "shop", Language::Terraform);
    let names: Vec<_> = program.variables.iter().map(|variable| variable.name.as_str()).collect();
    let values: Vec<_> = secrets.iter().map(|secret| secret.value.as_deref().unwrap()).collect();
    assert_eq!(names.len(), SECRETS.len(), "{names:?}");
    for secret in SECRETS {
        assert!(values.iter().any(|value| value.contains(secret)), "{secret}");
    }
    assert!(program.variables.iter().all(|variable| variable.secret));
}

#[test]
fn unreadable_files_are_refused_without_showing_content() {
    let refused = |name: &str, text: &str| File::parse(name, text).err().unwrap_or_else(|| panic!("{name} was taken"));
    assert!(refused("kratos.yml", "a: [").contains("line"));
    assert!(refused("kratos.yml", "").contains("empty"));
    assert!(refused("conf.yml", "secret: hunter22").contains("it is unclear which server"));
    assert!(!refused("conf.yml", "secret: hunter22").contains("hunter22"));
    let twice = [File::parse("kratos.yml", "selfservice: {}").unwrap(), File::parse("b.yml", "identity: {}").unwrap()];
    assert!(read(&twice, &Contents::new()).err().unwrap().contains("kratos.yml and b.yml"));
    let elsewhere = [File::parse("kratos.yml", "identity: { schemas: [{ id: a, url: \"file:///etc/a.json\" }] }").unwrap()];
    assert!(elsewhere[0].wants().contains("file:///etc/a.json"));
    assert!(read(&elsewhere, &Contents::new()).err().unwrap().contains("file:///etc/a.json"));
}

#[test]
fn a_setting_of_another_type_is_named_by_its_file_and_path() {
    for (name, text, path, wanted) in [
        ("kratos.yml", "session: { lifespan: [1] }", "session.lifespan", "a string"),
        ("conf/kratos.yml", "selfservice: { methods: { code: { enabled: yes } } }", "selfservice.methods.code.enabled", "a boolean"),
        ("kratos.yml", "serve: { public: { cors: { allowed_origins: a } } }", "serve.public.cors.allowed_origins", "a list"),
        (
            "kratos.yml",
            "selfservice: { methods: { oidc: { config: { providers: [{ id: a, provider: google }, { id: b, provider: google, scope: x }] } } } }",
            "selfservice.methods.oidc.config.providers.1.scope",
            "a list",
        ),
        (
            "kratos.yml",
            "selfservice: { flows: { login: { after: { oidc: { hooks: [{ hook: session }, { hook: web_hook, config: { url: 'https://a.example', method: {} } }] } } } } }",
            "selfservice.flows.login.after.oidc.hooks.1.config.method",
            "a string",
        ),
        (
            "hydra.yml",
            "oidc: { subject_identifiers: { pairwise: { salt: [hunter22] } } }",
            "oidc.subject_identifiers.pairwise.salt",
            "a string",
        ),
    ] {
        let settings = read(&[File::parse(name, text).unwrap()], &Contents::new()).unwrap();
        let error = objects(&settings).err().unwrap_or_else(|| panic!("{path} was taken"));
        assert!(error.summary.contains(&format!("in {name} ")), "{error:?}");
        assert!(error.detail.starts_with(&format!("{path}: expected {wanted}, found ")), "{error:?}");
        assert!(!error.detail.contains("URL") && !format!("{error:?}").contains("hunter22"), "{error:?}");
        assert_eq!(error.detail.contains("booleans are `true` and `false`"), text.contains("yes"), "{error:?}");
    }
}

/// The configuration schemas of the servers: `refresh_token` of Hydra is a duration or -1, and Kratos demands all parts of a hook's
/// credentials (`webHookAuthBasicAuthProperties`).
#[test]
fn a_setting_is_either_carried_or_reported() {
    let hydra = File::parse("hydra.yml", "ttl: { refresh_token: -1 }").unwrap();
    let (made, left) = objects(&read(&[hydra], &Contents::new()).unwrap()).unwrap();
    assert_eq!(text(&made, "project_config", "oauth2_ttl_refresh_token"), "-1");
    assert!(left.iter().all(|left| !left.at.contains("refresh_token")), "{left:?}");
    // What Ory Network shows of a hook has no password.
    let hook =
        "{ hook: web_hook, config: { url: https://hooks.example.com/, method: POST, auth: { type: basic_auth, config: { user: u } } } }";
    let kratos = format!(
        "selfservice: {{ default_browser_return_url: https://a.example/, flows: {{ login: {{ after: {{ oidc: {{ hooks: [{hook}] }} }} }} }} }}"
    );
    let (made, _) = objects(&read(&[File::parse("kratos.yml", &kratos).unwrap()], &Contents::new()).unwrap()).unwrap();
    let (_, left) = render(&made, Servers::V2_3).unwrap();
    let password = "kratos: selfservice.flows.login.after.oidc.hooks.0.config.auth.config.password";
    assert!(left.iter().any(|left| left.at == password), "{left:?}");
}

fn janiform(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ORY_")) {
        command.env_remove(name);
    }
    let output = command.args(args).current_dir(dir).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// `file://…` is read beside the configuration, since it names the place in a container.
#[test]
fn the_command_writes_private_files_and_overwrites_none() {
    let dir = tempfile::tempdir().unwrap();
    let kratos = KRATOS.replace(
        "base64://eyIkaWQiOiJjdXN0b21lciIsInR5cGUiOiJvYmplY3QiLCJwcm9wZXJ0aWVzIjp7InRyYWl0cyI6eyJ0eXBlIjoib2JqZWN0In19fQ==",
        "file:///etc/config/kratos/customer.schema.json",
    );
    fs::write(dir.path().join("customer.schema.json"), r#"{"$id":"customer","properties":{"traits":{"type":"object"}}}"#).unwrap();
    for (name, text) in [("kratos.yml", kratos.as_str()), ("hydra.yml", HYDRA)] {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let render = ["config", "render", "config:kratos.yml,hydra.yml", "--out", "rendered", "--servers", "2.3"];
    let (code, out, told) = janiform(dir.path(), &render);
    assert_eq!(code, 0, "{told}");
    assert_eq!(out.lines().map(|line| line.replace('\\', "/")).collect::<Vec<_>>(), ["rendered/kratos.yml", "rendered/hydra.yml"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| fs::metadata(dir.path().join("rendered").join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("kratos.yml"), mode("hydra.yml")), (0o600, 0o600));
    }
    let written = fs::read_to_string(dir.path().join("rendered/kratos.yml")).unwrap();
    assert!(written.contains("hunter22") && written.contains("base64://"), "{written}");
    assert!(SECRETS.iter().all(|secret| !out.contains(secret) && !told.contains(secret)));
    let (code, _, told) = janiform(dir.path(), &render);
    assert!(code == 1 && told.contains("exists already"), "{told}");
    assert_eq!(janiform(dir.path(), &[&render[..], &["--force"]].concat()).0, 0);
    let (code, _, told) = janiform(dir.path(), &["config", "render", "config:nothing.yml", "--out", "x"]);
    assert!(code == 1 && told.contains("nothing.yml cannot be read"), "{told}");
}

/// Ory Kratos does not start without a schema, and a project that has only what Ory brings says nothing of it in its
/// configuration.
#[tokio::test]
async fn defaults_of_ory_network_are_only_in_a_projects_files() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let (url, dir) = (emulator.url(), tempfile::tempdir().unwrap());
    let project = reqwest::Client::new().post(format!("{url}/projects")).bearer_auth("ory_wak_of-the-tests");
    let project: serde_json::Value =
        project.json(&serde_json::json!({ "name": "Shop", "environment": "stage" })).send().await.unwrap().json().await.unwrap();
    let target = format!("project:{}", project["slug"].as_str().unwrap());
    let variables = [
        ("ORY_CONSOLE_API_URL", url.clone()),
        ("ORY_PROJECT_API_URL", format!("{url}/p/%s")),
        ("ORY_WORKSPACE_API_KEY", "ory_wak_of-the-tests".into()),
    ];
    let run = async |args: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_janiform"));
        command.args(args).current_dir(dir.path()).env_clear().envs(variables.iter().map(|(name, value)| (*name, value.as_str())));
        let output = command.output().await.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (is_done, _, told) = run(&["config", "render", &target, "--out", "rendered"]).await;
    assert!(is_done && !told.contains("identity.schemas") && !told.contains("ory_identity_schema"), "{told}");
    let kratos = File::parse("kratos.yml", &fs::read_to_string(dir.path().join("rendered/kratos.yml")).unwrap()).unwrap();
    let (made, _) = objects(&read(&[kratos], &Contents::new()).unwrap()).unwrap();
    let presets: Vec<_> = made.iter().filter(|made| made.is_preset()).map(|made| Object::new(&made.resource.table, &made.value)).collect();
    let [preset] = presets.as_slice() else { panic!("{} presets", presets.len()) };
    assert_eq!((preset.str("schema_id"), preset.bool("set_default")), (Some("preset://email"), Some(true)));
    // What the project serves.
    let served: serde_json::Value =
        reqwest::get(format!("{url}/p/{}/schemas/preset%3A%2F%2Femail", &target["project:".len()..])).await.unwrap().json().await.unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(preset.str("schema").unwrap()).unwrap(), served);
    // It is nobody's own: no difference, and no resource.
    let (is_same, said, told) =
        run(&["diff", "config:rendered/kratos.yml", &target, "--only", "identity_schema,ory_identity_schema"]).await;
    assert!(!said.contains("preset://") && !told.contains("preset://"), "{is_same} {said} {told}");
    let (is_done, _, told) = run(&["discover", "--from-config", "rendered/kratos.yml", "--out", "program"]).await;
    assert!(is_done && !dir.path().join("program/identity_schema.tf").exists(), "{told}");
}

/// A document that only Ory Network understands is not written into a file that a server would refuse.
#[test]
fn settings_of_ory_network_alone_are_reported_and_not_written() {
    let config = |attrs: &[(&str, Json)]| {
        let resource = &project_config::RESOURCE;
        let mut value = resource.table.nulls();
        let Value::Object(fields) = &mut value else { unreachable!() };
        for (name, json) in attrs {
            let place = resource.table.index(name).unwrap();
            fields[place] = janiform::schema::json::kind_from_json(&resource.table.attr(place).kind, json).unwrap();
        }
        Made { resource, value }
    };
    let made = [config(&[
        ("account_experience_default_locale", "de".into()),
        ("strict_security", true.into()),
        ("selfservice_methods_captcha_enabled", true.into()),
        ("feature_flags_choose_recovery_address", true.into()),
        ("session_lifespan", "1h".into()),
    ])];
    let places = |servers| {
        let (files, left) = render(&made, servers).unwrap();
        let text: Vec<_> = files.values().map(Json::to_string).collect();
        (text, left.into_iter().map(|left| left.at).collect::<Vec<_>>())
    };
    // Ory Kratos' own configuration schema demands the first and the last of its settings.
    let named = [
        "kratos: identity.schemas",
        "kratos: selfservice.default_browser_return_url",
        "kratos: selfservice.methods.captcha",
        "ory_project_config: account_experience_default_locale",
        "ory_project_config: strict_security",
    ];
    let (files, left) = places(Servers::V26_2);
    assert_eq!(left, named);
    assert_eq!(files, [r#"{"feature_flags":{"choose_recovery_address":true},"session":{"lifespan":"1h"}}"#]);
    let (files, left) = places(Servers::V2_3);
    assert_eq!(left.len(), named.len() + 1);
    assert_eq!(files, [r#"{"session":{"lifespan":"1h"}}"#]);
    assert_eq!(ORY.name, "ory");
}
