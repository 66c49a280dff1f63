//! API keys of Ory Talos in each tool: one stack with the snippets of the pages, their imports, revoked keys,
//! and a secret that only its recipient can open. Only on the emulator: no module publishes the server to build it from.

use crate::{
    harness::{
        Scratch, process,
        pulumi::{Pulumi, revealed},
        repository, required,
        server::{Kind, Server},
        terraform::{Cli, Terraform},
    },
    terraform::{Imported, import_again},
};
use serde_json::{Value as Json, json};
use std::{fs, process::Command};

/// Makes a pair of keys and prints them; or opens what is sealed to one, by the cryptography of Node.js.
const SCRIPT: &str = r#"
const crypto = require("crypto");
if (process.argv.length === 2) {
  const pair = crypto.generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  console.log(JSON.stringify(pair));
} else {
  const [, , key, jwe] = process.argv;
  const [header, encryptedKey, iv, text, tag] = jwe.split(".");
  const part = (text) => Buffer.from(text, "base64url");
  const contentKey = crypto.privateDecrypt({ key, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, part(encryptedKey));
  const open = crypto.createDecipheriv("aes-256-gcm", contentKey, part(iv));
  open.setAAD(Buffer.from(header, "ascii"));
  open.setAuthTag(part(tag));
  console.log(JSON.stringify(Buffer.concat([open.update(part(text)), open.final()]).toString()));
}
"#;

/// Whom secrets are sealed to.
struct Recipient {
    scratch: Scratch,
    public: String,
    private: String,
}

impl Recipient {
    fn new() -> Recipient {
        let scratch = Scratch::new();
        scratch.write("seal.js", SCRIPT);
        let pair = process::run(Command::new(required("JANIFORM_NODE")).arg(scratch.join("seal.js"))).ok().json();
        let text = |name: &str| pair[name].as_str().unwrap().to_owned();
        Recipient { public: text("publicKey"), private: text("privateKey"), scratch }
    }

    fn opens(&self, sealed: &str) -> String {
        let mut command = Command::new(required("JANIFORM_NODE"));
        command.arg(self.scratch.join("seal.js")).args([&self.private, sealed]);
        process::run(&mut command).ok().json().as_str().unwrap().to_owned()
    }
}

/// The snippets of the pages.
const SNIPPETS: [&str; 8] = [
    "resources/ory_api_key",
    "resources/ory_imported_api_key",
    "data-sources/ory_api_key",
    "data-sources/ory_imported_api_key",
    "data-sources/ory_api_keys",
    "data-sources/ory_imported_api_keys",
    "data-sources/ory_api_key_verification",
    "data-sources/ory_api_key_jwks",
];

fn verified(server: &Server, credential: &str) -> Json {
    server.ask("POST", "/v2alpha1/admin/apiKeys:verify", Some(&json!({ "credential": credential }))).expect(200)
}

fn revoke(server: &Server, id: &str) {
    let reason = json!({ "reason": "REVOCATION_REASON_KEY_COMPROMISE" });
    server.ask("POST", &format!("/v2alpha1/admin/issuedApiKeys/{id}:revoke"), Some(&reason)).expect(204);
}

fn active(server: &Server) -> usize {
    let page = server.ask("GET", "/v2alpha1/admin/issuedApiKeys?page_size=1000", None).expect(200);
    page["issued_api_keys"].as_array().unwrap().iter().filter(|key| key["status"] == "KEY_STATUS_ACTIVE").count()
}

#[test]
fn the_life_of_api_keys_in_terraform() {
    the_life_of_api_keys(Cli::Terraform);
}

#[test]
fn the_life_of_api_keys_in_tofu() {
    the_life_of_api_keys(Cli::Tofu);
}

fn the_life_of_api_keys(cli: Cli) {
    let (server, recipient) = (Server::start(Kind::Emulator), Recipient::new());
    let read = |path: &str| fs::read_to_string(repository("examples/terraform").join(path)).unwrap();
    let terraform = Terraform::with_example(cli, &server.admin, "api-keys").env("ORY_TALOS_URL", &server.admin);
    let sealed = format!(
        "resource \"ory_api_key\" \"for_nobody_else\" {{\n  name = \"sealed\"\n  actor_id = \"a\"\n  ttl = \"1d\"\n  seal_to = <<-PEM\n{}PEM\n}}\n",
        recipient.public
    );
    terraform.write("own.tf", &sealed);
    for folder in SNIPPETS {
        for entry in fs::read_dir(repository("examples/terraform").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".tf") && !name.starts_with("import") {
                terraform.write(&format!("{}-{name}", folder.replace('/', "-")), &read(&format!("{folder}/{name}")));
            }
        }
    }
    terraform.init().apply().says(&["9 added, 0 changed", "partner_key_is_good = true"]);
    // What was listed beside it is listed again.
    terraform.apply();
    terraform.is_settled();
    let secret = terraform.attributes("ory_api_key.customer")["secret"].as_str().unwrap().to_owned();
    assert_eq!(verified(&server, &secret)["actor_id"], "customer-4711");
    assert_eq!(verified(&server, "acme-2f7e9c4d1b8a")["is_valid"], true);
    let state = terraform.state().to_string();
    assert!(!state.contains("acme-2f7e9c4d1b8a"), "a write-only key is in the state");
    let sealed = terraform.attributes("ory_api_key.for_nobody_else");
    let opened = recipient.opens(sealed["sealed_secret"].as_str().unwrap());
    assert_eq!(verified(&server, &opened)["key_id"], sealed["key_id"]);
    assert!(sealed["secret"].is_null() && !state.contains(&opened));

    // Somebody revokes a key: another one takes its place, and the plan says why.
    revoke(&server, &terraform.id("ory_api_key.customer"));
    terraform.run(&["plan", "-no-color"]).ok().says(&[
        "The API key was revoked",
        "(key_compromise)",
        "1 to add, 0 to change, 1 to destroy",
    ]);
    assert_eq!(terraform.plan(), [("ory_api_key.customer".to_owned(), "create+delete".to_owned())]);
    terraform.apply().says(&["1 added, 0 changed, 1 destroyed"]);
    terraform.apply();
    terraform.is_settled();
    assert_eq!(active(&server), 5);
    let renewed = terraform.attributes("ory_api_key.customer")["secret"].as_str().unwrap().to_owned();
    assert_eq!((&verified(&server, &secret)["is_valid"], &verified(&server, &renewed)["is_valid"]), (&json!(false), &json!(true)));

    // The snippets of imports. What only its making told of a key is written down anew.
    let imported = ["ory_api_key.customer", "ory_imported_api_key.old"].map(|address| {
        let kind = address.split('.').next().unwrap();
        let id = terraform.id(address);
        let own = |file: &str| {
            let text = read(&format!("resources/{kind}/{file}"));
            let sample = text.split(['"', ' ', '\n']).find(|word| word.len() >= 36).expect("an id").to_owned();
            text.replace(&sample, &id)
        };
        Imported { address: address.into(), command: own("import.sh"), block: own("import-by-string-id.tf"), changes: true }
    });
    // Of a key that was imported, there is no secret to show.
    terraform.remove("resources-ory_api_key-resource.tf");
    terraform.write("customer.tf", read("resources/ory_api_key/resource.tf").split("output ").next().unwrap());
    terraform.apply();
    import_again(&terraform, &imported);
    terraform.destroy();
    assert_eq!(active(&server), 0);
}

#[test]
fn the_life_of_api_keys_in_pulumi() {
    let (server, recipient) = (Server::start(Kind::Emulator), Recipient::new());
    let read = |path: &str| fs::read_to_string(repository("examples/pulumi").join(path)).unwrap();
    // The snippets' resources, and one of our own, stand among those of the stack that has all there is.
    let old = read("resources/importedApiKey/Main.yaml");
    let old = old.strip_prefix("resources:\n").expect("one section");
    let pem = recipient.public.lines().map(|line| format!("        {line}\n")).collect::<String>();
    let sealed = format!(
        "  sealed:\n    type: ory:ApiKey\n    properties:\n      name: sealed\n      actorId: a\n      ttl: 1d\n      sealTo: |\n{pem}"
    );
    let customer = read("resources/apiKey/Main.yaml");
    let customer = customer.split("outputs:").next().and_then(|text| text.strip_prefix("resources:\n")).expect("one section").to_owned();
    let stack = fs::read_to_string(repository("examples/pulumi-yaml/api-keys/Pulumi.yaml")).unwrap();
    let program = stack.replace("\nresources:\n", &format!("\nresources:\n{customer}{old}{sealed}"));
    let pulumi = Pulumi::new(&server.admin).env("ORY_TALOS_URL", &server.admin);
    pulumi.program(&program);
    pulumi.init();
    pulumi.up();
    pulumi.is_settled();
    let customer = pulumi.resource("customer");
    let secret = revealed(&customer["outputs"]["secret"]).as_str().unwrap().to_owned();
    assert_eq!(verified(&server, &secret)["actor_id"], "customer-4711");
    let shown = pulumi.state().to_string();
    assert!(!shown.contains(&secret) && !shown.contains("acme-8d1f6c3b5a2e"), "a secret is in the state in the clear");
    let outputs = pulumi.resource("sealed")["outputs"].clone();
    let opened = recipient.opens(outputs["sealedSecret"].as_str().unwrap());
    assert_eq!(verified(&server, &opened)["key_id"], outputs["keyId"]);
    assert!(outputs.get("secret").is_none_or(Json::is_null));

    revoke(&server, customer["id"].as_str().unwrap());
    let ran = pulumi.run(&["up", "--refresh", "--yes", "--skip-preview"]).ok();
    ran.says(&["The API key was revoked", "replaced"]);
    pulumi.is_settled();
    let renewed = revealed(&pulumi.resource("customer")["outputs"]["secret"]).as_str().unwrap().to_owned();
    assert_eq!((&verified(&server, &secret)["is_valid"], &verified(&server, &renewed)["is_valid"]), (&json!(false), &json!(true)));
    assert_eq!(active(&server), 3);
    pulumi.destroy();
    assert_eq!(active(&server), 0);
}
