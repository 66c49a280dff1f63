//! Ory's resources in Pulumi's face, on the emulator.

use super::{
    Recorder,
    engine::{Done, Host, Stop},
    every::spell,
    wire::{is_secret, secret, with},
};
use crate::ory::{both_faces::ways, console::lives::Console, identity_lives::kratos};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::Engine,
    frontends::pulumi::{Server, names, schema::schema},
    ory::ORY,
};
use janiform_proto::pulumirpc::{ReadRequest, diff_response::DiffChanges};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const CLIENT: &str = "ory:index/oauth2Client:Oauth2Client";
const KEYS: &str = "ory:index/jsonWebKeySet:JsonWebKeySet";
const IDENTITY: &str = "ory:index/identity:Identity";

async fn start() -> (Running, Host, Arc<Recorder>) {
    at(emulator::start(Options::default()).await.unwrap()).await
}

async fn at(emulator: Running) -> (Running, Host, Arc<Recorder>) {
    let messages = Arc::new(Recorder::default());
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), messages.clone(), Arc::new(|_| None))).await;
    let urls = ["hydraAdminUrl", "hydraPublicUrl", "kratosAdminUrl", "kratosPublicUrl", "ketoReadUrl", "ketoWriteUrl", "talosUrl"];
    let mut config: Json = urls.iter().map(|name| ((*name).to_owned(), json!(emulator.url()))).collect();
    for (name, value) in Console::at(&emulator.url()).await.provider().as_object().unwrap() {
        config[names::camel(name)] = value.clone();
    }
    host.configure(config).await.unwrap();
    (emulator, host, messages)
}

/// Engines replace what does not need it: `replaceOnChanges`, `--replace`. Of what cannot be there twice they have to
/// know, and where they ask nobody, the user.
#[tokio::test]
async fn an_object_that_cannot_exist_twice_is_deleted_before_its_replacement() {
    let (_emulator, mut host, messages) = at(kratos(Profile::V26_2).await).await;
    let (mut twice, mut once) = (0, 0);
    for way in ways() {
        let resource = ORY.resources().find(|entry| entry.resource.name == way.resource).unwrap().resource;
        let (token, program) = (names::resource_token("ory", way.resource), spell(&resource.table, &way.base));
        host.up(&token, "it", &program).await.unwrap();
        let stored = host.state["it"].clone();
        let other = with(&program, json!({ "deletionProtection": true }));
        let inputs = host.check(&token, "it", &stored.inputs, &other).await.unwrap();
        let diff = host.diff("it", &stored, &inputs, &[]).await.unwrap();
        assert!(diff.changes() == DiffChanges::DiffSome && diff.replaces.is_empty());
        match host.up(&token, "second", &other).await {
            Ok(_) => {
                twice += 1;
                // The protection would keep it.
                host.up(&token, "second", &program).await.unwrap();
            }
            Err(Stop::Failed(_, message)) => {
                once += 1;
                assert!(diff.delete_before_replace, "{}: {message}", way.resource);
                assert!(message.contains("`deleteBeforeReplace`"), "{}: {message}", way.resource);
            }
            Err(other) => panic!("{}: {other:?}", way.resource),
        }
        host.destroy().await.unwrap();
        messages.warnings();
    }
    assert!(twice > 1 && once > 4, "{twice} could be there twice, {once} could not");
}

#[tokio::test]
async fn an_imported_key_set_keeps_its_private_key_out_of_the_program() {
    let (emulator, mut host, messages) = start().await;
    let made = json!({ "setId": "made", "algorithm": "ES256", "keyId": "first", "use": "sig" });
    host.up(KEYS, "it", &made).await.unwrap();
    let stored = host.import(KEYS, "imported", "made").await.unwrap().unwrap();
    assert_eq!(stored.inputs, made);
    assert!(is_secret(&stored.outputs["jwks"]));
    assert_eq!(host.up(KEYS, "imported", &made).await.unwrap().done, Done::Nothing);
    assert_eq!(messages.warnings(), [""; 0]);

    // Of several nothing else says which they are, and of one that the server does not make, neither.
    let client = crate::support::client();
    let put = async |set: &str, keys: Json| {
        let url = format!("{}/admin/keys/{set}", emulator.url());
        assert_eq!(client.put(url).json(&json!({ "keys": keys })).send().await.unwrap().status(), 200, "{set}");
    };
    let key =
        |kid: &str| json!({ "kty": "oct", "kid": kid, "use": "sig", "alg": "HS256", "k": "FdFYFzERwC2uCBB46pZQi4GG85LujR8obt-KWRBICVQ" });
    put("several", json!([key("one"), key("two")])).await;
    put("foreign", json!([key("one")])).await;
    for set in ["several", "foreign"] {
        let stored = host.import(KEYS, set, set).await.unwrap().unwrap();
        assert!(is_secret(&stored.inputs["jwks"]), "{}", stored.inputs);
        let said = messages.warnings();
        assert!(said.iter().any(|said| said.contains("`jwks`") && said.contains("config set --secret")), "{said:?}");
    }
}

/// Import files may say what servers do not.
#[tokio::test]
async fn inputs_of_an_import_are_kept() {
    let (_emulator, mut host, _) = start().await;
    let program = json!({ "clientId": "s1", "clientName": "S", "clientSecret": secret("correct-horse-battery") });
    host.up(CLIENT, "maker", &program).await.unwrap();
    host.import(CLIENT, "s", "s1").await.unwrap().unwrap();
    let said = json!({ "clientSecret": secret("correct-horse-battery"), "deletionProtection": true });
    let imported = host.state.get_mut("s").unwrap();
    imported.inputs = with(&imported.inputs, said.clone());
    host.state.remove("maker");
    let program = with(&program, said);
    for _ in 0..2 {
        assert_eq!(host.up(CLIENT, "s", &program).await.unwrap().done, Done::Nothing);
        host.refresh("s").await.unwrap().unwrap();
        assert!(is_secret(&host.state["s"].inputs["clientSecret"]));
    }
    assert!(is_secret(&host.state["s"].outputs["clientSecret"]), "and looking shows it from now on");
    match host.destroy().await {
        Err(Stop::Failed(_, message)) => assert!(message.contains("is protected"), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn addresses_of_secret_traits_are_secret() {
    let (_emulator, mut host, _) = start().await;
    let traits = |email: &str| json!(format!("{{\"email\":\"{email}\"}}"));
    let program = json!({ "schemaId": "default", "traits": secret(traits("ann@example.com")) });
    let up = host.up(IDENTITY, "it", &program).await.unwrap();
    let is_closed = |outputs: &Json| is_secret(&outputs["verifiableAddresses"]) && is_secret(&outputs["recoveryAddresses"]);
    assert!(is_closed(&up.outputs), "{}", up.outputs);
    host.refresh("it").await.unwrap();
    assert!(is_closed(&host.state["it"].outputs));
    let up = host.up(IDENTITY, "it", &with(&program, json!({ "traits": secret(traits("eve@example.com")) }))).await.unwrap();
    assert!(up.done == Done::Updated && is_closed(&up.outputs));
    let open = host.up(IDENTITY, "open", &json!({ "schemaId": "default", "traits": traits("bob@example.com") })).await.unwrap();
    assert!(!is_secret(&open.outputs["verifiableAddresses"]), "what nobody called a secret is none");
}

#[tokio::test]
async fn messages_use_pulumis_names() {
    let (emulator, mut host, _) = start().await;
    // As Pulumi shows types, and as it guesses them where it does not ask the provider.
    for (token, meant) in
        [("ory:index:Oauth2Client", CLIENT), ("ory:index/oauth2client:Oauth2client", CLIENT), ("ory:index:Identiti", IDENTITY)]
    {
        let request = ReadRequest { id: "x".into(), r#type: token.into(), ..Default::default() };
        let said = host.client.read(request).await.unwrap_err().message().to_owned();
        assert!(said.contains(&format!("did you mean `{meant}`?")), "{said}");
    }
    match host.invoke("ory:index:getOauth2Client", &json!({})).await {
        Err(Stop::Failed(_, message)) => {
            assert!(message.contains("did you mean `ory:index/getOauth2Client:getOauth2Client`?"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    // Settings are in no resource's table.
    host.configure(json!({ "hydraAdminUrl": emulator.url() })).await.unwrap();
    for (function, setting) in [("getIdentitySchemas", "`kratosPublicUrl`"), ("getIdentities", "`kratosAdminUrl`")] {
        match host.invoke(&format!("ory:index/{function}:{function}"), &json!({})).await {
            Err(Stop::Failed(_, message)) => assert!(message.contains(setting), "{message}"),
            other => panic!("{other:?}"),
        }
    }
    let described = schema(&Engine::new(&ORY)).to_string();
    for attr in ORY.config.attrs().filter(|attr| attr.name.contains('_')) {
        let bare = format!("`{}`", attr.name);
        assert!(!described.contains(&bare), "{bare} is not how Pulumi has it");
    }
}
