//! A private key that is not in plain text in the configuration is in none of the tools' files, whatever happens to their
//! states: also if the provider's private data are lost, or the keys are imported.

use crate::harness::{
    pulumi::Pulumi,
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::{fs, path::Path};

/// A key of one's own (RFC 7517, appendix A.2): its private part, and it.
const D: &str = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";
const KEYS: &str = r#"{"keys":[{"kty":"EC","kid":"a","use":"sig","alg":"ES256","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}"#;

const SET: &str = "/admin/keys/own";
const TOKEN: &str = "ory:index/jsonWebKeySet:JsonWebKeySet";

/// Puts the keys onto the server, and says what it has.
fn put(server: &Server) -> Json {
    server.ask("PUT", SET, Some(&serde_json::from_str(KEYS).unwrap())).expect(200);
    held(server)
}

fn held(server: &Server) -> Json {
    server.ask("GET", SET, None).expect(200)
}

/// The configuration, with the keys in this argument, or with what the server says of them.
fn own(arguments: &str) -> String {
    format!(
        "variable \"keys\" {{\n  type      = string\n  ephemeral = true\n}}\n\nresource \"ory_json_web_key_set\" \"own\" {{\n  set_id = \"own\"\n  {arguments}\n}}\n"
    )
}

const WRITE_ONLY: &str = "jwks_wo = var.keys";
const MADE: &str = "algorithm = \"ES256\"\n  key_id = \"a\"\n  use = \"sig\"";
const IMPORT: &str = "\nimport {\n  to = ory_json_web_key_set.own\n  id = \"own\"\n}\n";

fn terraform(cli: Cli, server: &Server, config: &str) -> Terraform {
    let terraform = Terraform::with_config(cli, &server.admin, config).env("TF_VAR_keys", KEYS);
    terraform.init();
    terraform
}

/// No file that the tool or the provider has written holds the private part.
#[track_caller]
fn is_nowhere(dir: &Path) {
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            is_nowhere(&entry.path());
        } else if kind.is_file() && entry.file_name() != "main.tf" {
            let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            assert!(!text.contains(D), "{}", entry.path().display());
        }
    }
}

/// Stores the state without what the provider has it remember, as an old core writes it, or `state replace-provider`
/// from another provider.
fn lose(terraform: &Terraform) {
    let mut state = terraform.state();
    state["serial"] = json!(state["serial"].as_u64().unwrap() + 1);
    state["resources"][0]["instances"][0].as_object_mut().unwrap().remove("private").expect("something is remembered");
    terraform.write("lost.json", &state.to_string());
    terraform.run(&["state", "push", "lost.json"]).ok();
}

fn lost_private_data_puts_no_key_into_the_state(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let terraform = terraform(cli, &server, &own(WRITE_ONLY));
    terraform.apply();
    let before = held(&server);
    lose(&terraform);
    terraform.run(&["apply", "-no-color", "-auto-approve", "-refresh-only"]).ok();
    is_nowhere(terraform.scratch.path());
    lose(&terraform);
    terraform.run(&["plan", "-no-color", "-out", "plan.bin"]).ok();
    let planned = terraform.run(&["show", "-json", "plan.bin"]).ok();
    assert!(!planned.text().contains(D), "{}", planned.text());
    terraform.apply();
    terraform.is_settled();
    is_nowhere(terraform.scratch.path());
    assert_eq!(held(&server), before);
    terraform.destroy();
}

fn an_import_shows_no_private_key(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let before = put(&server);
    // Keys that stay out of the state.
    let hidden = terraform(cli, &server, &(own(WRITE_ONLY) + IMPORT));
    hidden.apply().says(&["1 imported"]);
    hidden.is_settled();
    is_nowhere(hidden.scratch.path());
    // By the command, which stores what it has read before anybody plans.
    hidden.run(&["state", "rm", "ory_json_web_key_set.own"]).ok();
    hidden.config(&own(WRITE_ONLY));
    hidden.run(&["import", "-no-color", "ory_json_web_key_set.own", "own"]).ok();
    is_nowhere(hidden.scratch.path());
    hidden.apply();
    hidden.is_settled();
    is_nowhere(hidden.scratch.path());
    // Keys in the configuration, and one that the server is taken to have made: no change, and nothing more is told.
    for arguments in [&format!("jwks = jsonencode({KEYS})"), MADE] {
        let imported = terraform(cli, &server, &(own(arguments) + IMPORT));
        imported.apply().says(&["1 imported, 0 added, 0 changed"]);
        imported.is_settled();
        is_nowhere(imported.scratch.path());
    }
    assert_eq!(held(&server), before);
    // Where a change asks for them, they are there.
    let asked =
        terraform(cli, &server, &(own(&format!("jwks = jsonencode({})", KEYS.replace("\"use\":\"sig\"", "\"use\":\"enc\""))) + IMPORT));
    asked.apply().says(&["1 imported, 0 added, 1 changed"]);
    asked.is_settled();
    assert!(asked.attributes("ory_json_web_key_set.own")["keys"].as_str().unwrap().contains(D));
    asked.destroy();
    assert_eq!(server.ask("GET", SET, None).status, 404);
}

macro_rules! with_each_tool_on_each_server {
    ($($name:ident: $cli:ident, $kind:ident;)*) => {
        $(mod $name {
            use crate::harness::{server::Kind, terraform::Cli};
            #[test] fn lost_private_data_puts_no_key_into_the_state() { super::lost_private_data_puts_no_key_into_the_state(Cli::$cli, Kind::$kind) }
            #[test] fn an_import_shows_no_private_key() { super::an_import_shows_no_private_key(Cli::$cli, Kind::$kind) }
        })*
    };
}
with_each_tool_on_each_server! {
    terraform_on_the_emulator: Terraform, Emulator;
    terraform_on_hydra: Terraform, Hydra;
    tofu_on_the_emulator: Tofu, Emulator;
    tofu_on_hydra: Tofu, Hydra;
}

fn program(properties: &str, options: &str) -> String {
    format!(
        "name: keys\nruntime: yaml\nresources:\n  own:\n    type: {TOKEN}\n    properties:\n      setId: own\n      {properties}\n{options}"
    )
}

/// All that a stack knows, with every secret of it decrypted.
fn everything(pulumi: &Pulumi) -> Json {
    pulumi.run(&["stack", "export", "--show-secrets"]).ok().json()
}

#[test]
fn pulumi_on_the_emulator() {
    in_pulumi(Kind::Emulator);
}

#[test]
fn pulumi_on_hydra() {
    in_pulumi(Kind::Hydra);
}

fn in_pulumi(kind: Kind) {
    let server = Server::start(kind);
    let write_only =
        program("jwksWo:\n        fn::secret: ${keys}", "").replace("resources:", &format!("variables:\n  keys: '{KEYS}'\nresources:"));
    let pulumi = Pulumi::with_program(&server.admin, &write_only);
    pulumi.up();
    pulumi.is_settled();
    let before = held(&server);
    // An encrypted input, and nothing else.
    let mut stack = everything(&pulumi);
    let own = |stack: &Json| {
        let resources = stack["deployment"]["resources"].as_array().unwrap().clone();
        resources.into_iter().find(|resource| resource["type"] == TOKEN).unwrap()
    };
    assert!(own(&stack)["inputs"].to_string().contains(D) && !own(&stack)["outputs"].to_string().contains(D));
    assert!(!pulumi.run(&["stack", "export"]).ok().text().contains(D));
    // Without that input, as a state that was written by other means.
    let resources = stack["deployment"]["resources"].as_array_mut().unwrap();
    let inputs = resources.iter_mut().find(|resource| resource["type"] == TOKEN).unwrap()["inputs"].as_object_mut().unwrap();
    inputs.remove("jwksWo").expect("an input");
    pulumi.scratch.write("w/lost.json", &stack.to_string());
    pulumi.run(&["stack", "import", "--file", "lost.json"]).ok();
    pulumi.run(&["refresh", "--yes", "--skip-preview"]).ok();
    assert!(!everything(&pulumi).to_string().contains(D), "{:#}", own(&everything(&pulumi)));
    pulumi.up();
    pulumi.is_settled();
    assert!(!own(&everything(&pulumi))["outputs"].to_string().contains(D));

    // Imported by the command, into a state and a program.
    let command = Pulumi::with_program(&server.admin, "name: keys\nruntime: yaml\n");
    let imported = command.run(&["import", TOKEN, "own", "own", "--protect=false", "--yes", "--skip-preview"]).ok();
    assert!(!imported.text().contains(D) && !everything(&command).to_string().contains(D), "{}", imported.text());
    // By the option, which takes no difference to the program.
    for (properties, is_meant) in
        [("algorithm: ES256\n      keyId: a\n      use: sig".to_owned(), false), (format!("jwks:\n        fn::secret: '{KEYS}'"), true)]
    {
        let option = Pulumi::with_program(&server.admin, &program(&properties, "    options:\n      import: own\n"));
        option.up().says(&["1 imported"]);
        option.is_settled();
        assert!(!everything(&option).to_string().contains(D), "{:#}", own(&everything(&option)));
        // The next run has the program's inputs in place of those that were read.
        option.up();
        let own = own(&everything(&option));
        assert!(!own["outputs"].to_string().contains(D), "{own:#}");
        assert_eq!(own["inputs"].to_string().contains(D), is_meant, "{own:#}");
    }
    assert_eq!(held(&server), before);
    pulumi.destroy();
}
