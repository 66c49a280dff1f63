//! Requests of users to the engine, besides the program: forced replacements, imports with inputs of their own,
//! secrets. These tests look at the engine's behaviour: the provider's answers are tested in process.

use super::program;
use crate::harness::{
    environment, janiform,
    process::{self, Ran},
    pulumi::{CLIENT, Pulumi, revealed},
    server::{Kind, Ory, Place, Server},
};
use serde_json::{Value as Json, json};
use std::{fs, process::Command, time::Duration};

/// What `janiform orphans` says: of creates that no state is known to hold.
pub fn orphans(pulumi: &Pulumi) -> Ran {
    process::run(Command::new(janiform()).arg("orphans").env_clear().envs(environment(&pulumi.scratch))).ok()
}

#[test]
fn replacements_on_request() {
    let server = Server::start(Kind::Emulator);
    let programs = |name: &str, audience: &str, trigger: &str| {
        let fixed = format!("clientId: fixed\nclientName: {name}\naudience: [{audience}]");
        let options = |lines: &str| format!("    options: {{ {lines} }}\n");
        let client = |id: &str, properties: &str| program(&[(id, properties)]).split_once("resources:\n").unwrap().1.to_owned();
        format!(
            "name: e2e\nruntime: yaml\nresources:\n{}{}{}{}",
            client("fixed", &fixed),
            options("replaceOnChanges: [clientName, \"audience[*]\"]"),
            client("free", "clientName: Free"),
            options(&format!("replacementTrigger: {trigger}")),
        )
    };
    let pulumi = Pulumi::with_program(&server.admin, &programs("One", "a, b", "first"));
    pulumi.up();
    // The engine's last word tells the journal that the state has them.
    orphans(&pulumi).says(&["Nothing is left over"]);
    pulumi.is_settled();

    // Two of one id cannot be: the old one goes first, and the engine is told so although nothing needs a new one.
    pulumi.program(&programs("Two", "b, a", "first"));
    pulumi.up().says(&["replaced"]);
    assert_eq!(server.client("fixed")["client_name"], "Two");
    pulumi.program(&programs("Two", "a, c", "first"));
    let secret = || revealed(&pulumi.resource("fixed")["outputs"]["clientSecret"]);
    let before = secret();
    pulumi.up().says(&["replaced"]);
    assert_eq!(server.client("fixed")["audience"], json!(["a", "c"]));
    assert_ne!(secret(), before, "the path of an element is one of `audience[*]`");

    // Here the engine asks nobody. Of what may be there twice nothing is left over.
    let free = pulumi.id("free");
    pulumi.program(&programs("Two", "a, c", "second"));
    let ran = pulumi.up().says(&["replaced"]);
    assert!(!ran.text().contains("left over"), "{}", ran.text());
    assert_ne!(pulumi.id("free"), free);
    let urn = pulumi.resource("fixed")["urn"].as_str().unwrap().to_owned();
    pulumi.run(&["up", "--yes", "--skip-preview", "--replace", &urn]).fails().says(&["exists already", "`deleteBeforeReplace`"]);
    pulumi.is_settled();
    pulumi.destroy();
    orphans(&pulumi).says(&["Nothing is left over"]);
}

/// The engine is gone before its last word, and the journal has its own.
#[test]
fn a_killed_engine_keeps_the_journal() {
    let server = Server::start(Kind::Emulator);
    let slow = crate::harness::proxy::Stub::slow(&server.admin, "POST", Duration::from_secs(1));
    let text = program(&[("it", "clientName: It"), ("later", "clientName: Later\nowner: ${it.clientId}")]);
    let pulumi = Pulumi::with_program(&slow.url(), &text);
    let running = pulumi.start(&["up", "--yes", "--skip-preview"]);
    slow.wait_for("POST /admin/clients");
    // Asked for by an answer of the first, so that has been given.
    slow.wait_for("POST /admin/clients");
    running.signal("KILL");
    running.finish().fails();
    let made = server.named("It")["client_id"].as_str().unwrap().to_owned();
    let mut tries = 0;
    while !orphans(&pulumi).text().contains(&made) {
        tries += 1;
        assert!(tries < 1000, "{}", orphans(&pulumi).text());
    }

    pulumi.run(&["cancel", "--yes"]).ok();
    pulumi.up();
    pulumi.is_settled();
    assert_eq!((pulumi.id("it"), server.clients().len()), (made, 2), "what was begun is finished");
    orphans(&pulumi).says(&["Nothing is left over"]);
}

#[test]
fn imports_with_secrets() {
    let ory = Ory::start(Place::Emulator);
    let server = &ory.hydra;
    server.create(&json!({"client_id": "shop", "client_name": "Shop", "client_secret": "correct-horse-battery"}));
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    let keys = "  keys:\n    type: ory:index/jsonWebKeySet:JsonWebKeySet\n    properties: { setId: signing, algorithm: ES256, keyId: first, use: sig }\n";
    pulumi.program(&format!("name: e2e\nruntime: yaml\nresources:\n{keys}"));
    pulumi.init();
    pulumi.up();
    let made = pulumi.resource("keys");
    let urn = made["urn"].as_str().unwrap();
    pulumi.run(&["state", "delete", urn, "--yes"]).ok();

    // An import file may say what the server never tells; the state keeps it.
    let secret = json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"correct-horse-battery\""});
    let resources = json!([
        {"type": CLIENT, "name": "shop", "id": "shop", "inputs": {"clientSecret": secret, "deletionProtection": true}},
        {"type": "ory:index/jsonWebKeySet:JsonWebKeySet", "name": "keys", "id": "signing"},
    ]);
    pulumi.scratch.write("w/import.json", &json!({"resources": resources}).to_string());
    let ran = pulumi.run(&["import", "--file", "import.json", "--out", "imported.yaml", "--protect=false", "--yes", "--skip-preview"]).ok();
    let written = fs::read_to_string(pulumi.scratch.join("w/imported.yaml")).unwrap();
    assert!(written.contains("algorithm: ES256") && !written.contains("jwks") && !written.contains("\"d\""), "{written}");
    assert!(!ran.text().contains("config set --secret"), "{}", ran.text());
    // Of several keys nothing else says which they are, so that the program has to, and the user has to know.
    for kid in ["one", "two"] {
        server.ask("POST", "/admin/keys/several", Some(&json!({"alg": "ES256", "kid": kid, "use": "sig"}))).expect(201);
    }
    let import = ["import", "ory:index/jsonWebKeySet:JsonWebKeySet", "several", "several", "--protect=false", "--yes", "--skip-preview"];
    pulumi.run(&import).ok().says(&["`jwks` is secret", "config set --secret"]);
    let urn = pulumi.resource("several")["urn"].as_str().unwrap().to_owned();
    pulumi.run(&["state", "delete", &urn, "--yes"]).ok();

    let shop = "  shop:\n    type: ory:index/oauth2Client:Oauth2Client\n    properties:\n      clientId: shop\n      clientName: Shop\n      tokenEndpointAuthMethod: client_secret_basic\n      deletionProtection: true\n      clientSecret: { fn::secret: correct-horse-battery }\n";
    pulumi.program(&format!("name: e2e\nruntime: yaml\nresources:\n{keys}{shop}"));
    pulumi.is_settled();
    pulumi.run(&["refresh", "--yes", "--skip-preview"]).ok();
    pulumi.is_settled();
    assert_eq!(revealed(&pulumi.resource("shop")["inputs"]["clientSecret"]), "correct-horse-battery");
    assert!(!pulumi.state().to_string().contains("correct-horse-battery"));
    pulumi.run(&["destroy", "--yes", "--skip-preview"]).fails().says(&["is protected"]);

    // The name that Pulumi shows is not the token.
    pulumi.run(&["import", "ory:index:Oauth2Client", "other", "shop", "--yes"]).fails().says(&[&format!("did you mean `{CLIENT}`?")]);
}

#[test]
fn secrecy_passes_to_computed_values() {
    let ory = Ory::start(Place::Emulator);
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    let identity = |more: &str| {
        format!(
            "name: e2e\nruntime: yaml\nresources:\n  ann:\n    type: ory:index/identity:Identity\n    properties:\n      schemaId: default\n      traits:\n        fn::secret: '{{\"email\": \"canary@example.com\"}}'\n{more}  may:\n    type: ory:index/relationship:Relationship\n    properties: {{ namespace: files, object: a, relation: view, subjectId: {{ fn::secret: eve }} }}\n"
        )
    };
    pulumi.program(&identity(""));
    pulumi.init();
    pulumi.up().says(&["cannot be encrypted", "`subjectId`"]);
    pulumi.is_settled();
    pulumi.run(&["refresh", "--yes", "--skip-preview"]).ok();
    let state = pulumi.state().to_string();
    assert!(!state.contains("canary@example.com"), "{state}");
    assert_eq!(revealed(&pulumi.resource("ann")["outputs"]["verifiableAddresses"])[0]["value"], "canary@example.com");

    // A failure that named the property would lead older engines to the value.
    pulumi.program(&identity("      metadataAdmin: { fn::secret: canary }\n"));
    let ran = pulumi.run(&["preview"]).fails().says(&["metadataAdmin is not valid"]);
    assert!(!ran.text().contains("canary"), "{}", ran.text());
    pulumi.run(&["destroy", "--yes", "--skip-preview"]).ok();
    assert_eq!(ory.hydra.clients(), Vec::<Json>::new());
}
