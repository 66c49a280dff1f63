//! Stacks of one tool as stacks of the other. The states were written by Terraform 1.11 and Pulumi 3.276.

use janiform::{
    crossing::{
        Problem,
        migrate::{Outcome, Target, Wanted, to_pulumi, to_terraform},
        program::Language,
        state::{self, State},
    },
    engine::Engine,
    ory::{Client, ORY},
};
use serde_json::{Value as Json, json};
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

const TERRAFORM: &str = include_str!("../fixtures/crossing/terraform.tfstate");
const PULUMI: &str = include_str!("../fixtures/crossing/pulumi.json");
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

/// What no terminal, no program and no error may show.
const SECRETS: [&str; 4] =
    ["correct-horse-battery", "write-only-secret-1", "J88X5DytcuxXqPm_fP9jtkFEbZEUoxW9zxiWhHK70Lo", "ad756ada11204378a98083517cf5"];

fn engine() -> Engine<Client> {
    Engine::new(&ORY)
}

fn wanted(language: Language) -> Wanted {
    Wanted { project: "shop".into(), language }
}

fn crossed_to_pulumi(state: &State) -> Result<Outcome, Problem> {
    to_pulumi(&engine(), state, None, &wanted(Language::Yaml))
}

fn crossed_to_terraform(text: &str, pulled: &str) -> Result<Outcome, Problem> {
    let state = state::pulumi::read(text.as_bytes()).expect("a stack");
    to_terraform(&engine(), &state, &Target { pulled, lineage: "a-lineage" }, &wanted(Language::Terraform))
}

fn file<'a>(outcome: &'a Outcome, path: &str) -> &'a str {
    match outcome.files.iter().find(|file| file.path == path) {
        Some(file) => &file.content,
        None => panic!("no {path} in {:?}", outcome.files.iter().map(|file| &file.path).collect::<Vec<_>>()),
    }
}

fn json_in(outcome: &Outcome, path: &str) -> Json {
    serde_json::from_str(file(outcome, path)).expect("JSON")
}

/// The fixture after a change.
fn changed(text: &str, change: impl FnOnce(&mut Json)) -> String {
    let mut json: Json = serde_json::from_str(text).expect("JSON");
    change(&mut json);
    json.to_string()
}

/// As Pulumi stores what it imports.
fn imported(import: &Json) -> String {
    let resources = import["resources"].as_array().expect("resources").iter().map(|one| {
        let urn = format!("urn:pulumi:dev::shop::{}::{}", one["type"].as_str().unwrap(), one["name"].as_str().unwrap());
        json!({ "urn": urn, "custom": true, "type": one["type"], "id": one["id"], "inputs": one["inputs"], "outputs": one["outputs"] })
    });
    json!({ "version": 3, "deployment": { "resources": resources.collect::<Vec<_>>() } }).to_string()
}

/// The round trip with the real tools is that of this stack.
#[test]
fn the_round_trip_stack_has_every_resource() {
    let stack = [include_str!("../fixtures/crossing/stack.tf"), include_str!("../fixtures/crossing/team.tf")].concat();
    let missing = ORY.resources().map(|entry| entry.resource.name).filter(|name| !stack.contains(&format!("\nresource \"ory_{name}\" ")));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_state_of_terraform_is_read_with_modules_and_keys() {
    let state = state::read(TERRAFORM.as_bytes()).expect("a state");
    let addresses: Vec<_> = state.objects.iter().map(|held| held.address.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "ory_json_web_key_set.keys",
            "ory_oauth2_client.shop",
            "ory_oauth2_client.wo",
            "ory_relationship.r[\"ann\"]",
            "ory_relationship.r[\"bob\"]",
            "module.team[\"b.c\"].ory_oauth2_client.c[0]",
        ]
    );
    let member = &state.objects[5];
    assert_eq!((member.within.as_slice(), member.instance.as_deref()), (["team[\"b.c\"]".to_owned()].as_slice(), Some("0")));
    assert_eq!(state.objects[3].dependencies, ["module.team.ory_oauth2_client.c"]);
    assert!(state.objects[1].marks.as_str().contains("\"client_secret\""));
    assert_eq!(state.objects[1].provider.source, "registry.terraform.io/janiform/ory");
}

#[test]
fn a_stack_of_pulumi_is_read_with_its_secrets_and_protection() {
    let state = state::read(PULUMI.as_bytes()).expect("a stack");
    let team = state.objects.iter().find(|held| held.name == "team").expect("the client");
    assert_eq!(
        (team.protect, team.id.as_deref(), team.attributes.json().at("clientSecret").as_str()),
        (true, Some("pu-shop"), Some("correct-horse-battery"))
    );
    assert!(team.secret_inputs.contains("clientSecret"));
    let ann = state.objects.iter().find(|held| held.name == "ann").expect("the relationship");
    assert_eq!(ann.dependencies, ["urn:pulumi:dev::shop::ory:index/oauth2Client:Oauth2Client::team"]);
    assert_eq!(ann.options, ["ignoreChanges"]);
    assert!(ann.provider.alias.is_none() && state.providers.len() == 1);
}

#[test]
fn an_invalid_state_is_refused_with_its_kind_and_resource() {
    let terraform = |change: fn(&mut Json)| changed(TERRAFORM, change);
    let pulumi = |change: fn(&mut Json)| changed(PULUMI, change);
    for (text, says) in [
        (String::new(), "is empty"),
        ("resource \"ory_oauth2_client\" {}".into(), "line 1, column 1"),
        ("{\"resources\": []}".into(), "no format version"),
        ("{\"version\": 4}".into(), "no list of resources"),
        (
            json!({ "serial": 1, "lineage": "a", "meta": {}, "encrypted_data": "aGk=", "encryption_version": "v0" }).to_string(),
            "encrypted by OpenTofu",
        ),
        (json!({ "format_version": "1.0", "values": {} }).to_string(), "show -json"),
        (terraform(|state| state["version"] = 3.into()), "an older format, version 3"),
        (terraform(|state| state["version"] = 5.into()), "a newer format, version 5"),
        (
            terraform(|state| state["resources"][1]["provider"] = "provider.ory".into()),
            "ory_oauth2_client.shop: its provider is `provider.ory`",
        ),
        (terraform(|state| state["resources"][1]["instances"] = Json::Null), "ory_oauth2_client.shop: it has no list of instances"),
        (terraform(|state| state["resources"][1]["instances"][0]["attributes"] = 1.into()), "ory_oauth2_client.shop: it has no attributes"),
        (terraform(|state| state["resources"][1]["instances"][0]["attributes_flat"] = json!({})), "Terraform 0.11"),
        (terraform(|state| state["resources"][3]["instances"][0]["private"] = "%".into()), "ory_relationship.r[\"ann\"]: its private data"),
        (terraform(|state| state["resources"][4]["module"] = "team".into()), "the address of its module"),
        (terraform(|state| state["resources"][4]["name"] = "c\n}".into()), "ory_oauth2_client.c\\n}: this is not an address"),
        (pulumi(|stack| stack["version"] = 9.into()), "a newer format, version 9"),
        (pulumi(|stack| stack["version"] = 2.into()), "an older format, version 2"),
        (pulumi(|stack| stack["deployment"]["resources"] = Json::Null), "has no resources"),
        (pulumi(|stack| stack["deployment"]["resources"][2]["urn"] = "x".into()), "Resource 3 of the stack"),
        (
            pulumi(|stack| {
                stack["deployment"]["resources"][2]["outputs"]["clientSecret"] =
                    json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x" })
            }),
            "Oauth2Client::team: the secret `clientSecret` is encrypted. Give the output of `pulumi stack export --show-secrets`",
        ),
        (
            pulumi(|stack| {
                stack["deployment"]["pending_operations"] =
                    json!([{ "resource": { "urn": "urn:pulumi:dev::shop::t::n" }, "type": "creating" }])
            }),
            "urn:pulumi:dev::shop::t::n: an operation on it is still pending",
        ),
    ] {
        let why = state::read(text.as_bytes()).err().unwrap_or_else(|| panic!("is read although: {says}")).to_string();
        assert!(why.contains(says), "{why}\ndoes not say: {says}");
        assert!(SECRETS.iter().all(|secret| !why.contains(secret)), "{why}");
    }
    let shop = |change: fn(&mut Json)| {
        state::read(changed(TERRAFORM, |state| change(&mut state["resources"][1]["instances"][0])).as_bytes()).expect("a state")
    };
    for (state, says) in [
        (shop(|shop| shop["schema_version"] = 7.into()), "ory_oauth2_client.shop: The state is newer than the provider"),
        (
            shop(|shop| shop["attributes"]["grant_types"] = "correct-horse-battery".into()),
            "ory_oauth2_client.shop: The state cannot be read",
        ),
        (shop(|shop| shop["attributes"]["id"] = Json::Null), ""),
    ] {
        match crossed_to_pulumi(&state) {
            Err(why) => assert!(why.what.contains(says) && !format!("{why:?}").contains("correct-horse"), "{why:?}\ndoes not say: {says}"),
            Ok(_) => assert_eq!(says, "", "the id is its key, and everything else is wrong"),
        }
    }
}

#[test]
fn to_pulumi_secrets_go_into_the_import_file_and_nowhere_else() {
    let state = state::read(TERRAFORM.as_bytes()).expect("a state");
    let outcome = crossed_to_pulumi(&state).expect("a migration");
    let import = json_in(&outcome, "import.json");
    let names: Vec<_> = import["resources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["keys", "shop", "wo", "r_ann", "r_bob", "team_b_c_c_0"]);
    let shop = &import["resources"][1];
    assert_eq!(
        shop["outputs"]["clientSecret"],
        json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"correct-horse-battery\"" })
    );
    assert_eq!((&shop["id"], &shop["inputs"]["deletionProtection"]), (&json!("shop"), &json!(true)));
    assert_eq!(shop["outputs"]["metadata"], json!("{\"big\":12345678901234567890}"));
    // Its version says that the write-only secret is in use.
    assert_eq!(import["resources"][2]["inputs"]["clientSecretWoVersion"], "1");
    // The key is there, and no program holds it.
    assert!(import["resources"][0]["outputs"]["keys"]["plaintext"].as_str().unwrap().contains(SECRETS[2]));
    for file in outcome.files.iter().filter(|file| !["import.json", "secrets.sh"].contains(&file.path.as_str())) {
        assert!(SECRETS.iter().all(|secret| !file.content.contains(secret)), "{} holds a secret", file.path);
    }
    let told = format!("{}{}", outcome.report, outcome.report.summary());
    assert!(SECRETS.iter().all(|secret| !told.contains(secret)), "{told}");
    for says in [
        "ory_oauth2_client.shop -> ory:index/oauth2Client:Oauth2Client shop",
        "client_secret_wo",
        "prevent_destroy",
        "--config DIR",
        "until release.sh has run",
    ] {
        assert!(told.contains(says), "{told}\ndoes not say: {says}");
    }
    assert!(file(&outcome, "Pulumi.yaml").contains("dependsOn:\n        - ${oauth2Client_teamBCC_0}"), "{}", file(&outcome, "Pulumi.yaml"));
    // Whether somebody chose that secret or the server did, only the program knows.
    assert!(!file(&outcome, "Pulumi.yaml").contains("clientSecret:"));
    assert!(file(&outcome, "release.sh").contains("'module.team[\"b.c\"].ory_oauth2_client.c[0]'"));
    assert!(file(&outcome, "removed.tf").contains("from = module.team.ory_oauth2_client.c\n"));
}

#[test]
fn to_terraform_nothing_else_of_the_pulled_state_changes() {
    let empty_of_ours = changed(TERRAFORM, |state| {
        state["resources"].as_array_mut().unwrap().truncate(1);
        state["something_new"] = json!({ "kept": [1.5, "as it is"] });
    });
    let outcome = crossed_to_terraform(PULUMI, &empty_of_ours).expect("a migration");
    let (before, after): (Json, Json) = (serde_json::from_str(&empty_of_ours).unwrap(), json_in(&outcome, "terraform.tfstate"));
    assert_eq!(after["serial"], json!(before["serial"].as_i64().unwrap() + 1));
    for member in ["version", "lineage", "terraform_version", "outputs", "something_new", "check_results"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert!(file(&outcome, "terraform.tfstate").contains(r#""something_new":{"kept":[1.5,"as it is"]}"#));
    assert_eq!(after["resources"][0], before["resources"][0]);
    let mut added: Vec<_> = after["resources"].as_array().unwrap()[1..]
        .iter()
        .map(|one| format!("{}.{}", one["type"].as_str().unwrap(), one["name"].as_str().unwrap()))
        .collect();
    added.sort();
    assert_eq!(added, ["ory_json_web_key_set.set", "ory_oauth2_client.team", "ory_oauth2_client.write_only", "ory_relationship.ann"]);
    let write_only = after["resources"].as_array().unwrap().iter().find(|one| one["name"] == "write_only").unwrap();
    assert!(!write_only.to_string().contains("write-only-secret-1"), "a write-only value is in a state");
    assert!(file(&outcome, "secrets.auto.tfvars.json").contains("write-only-secret-1"));
    assert!(file(&outcome, "oauth2_client.tf").contains("prevent_destroy = true"));
    assert!(file(&outcome, "release.sh").contains("--force 'urn:pulumi:dev::shop::ory:index/oauth2Client:Oauth2Client::team'"));
    assert!(format!("{}", outcome.report).contains("ignoreChanges"));

    // Again, it stands in its own way.
    let taken = crossed_to_terraform(PULUMI, file(&outcome, "terraform.tfstate")).err().expect("a collision");
    assert!(taken.what.contains("ory_oauth2_client.team") && taken.hint.contains("terraform state rm"), "{taken:?}");
    // Without a state there is a new one.
    let new = json_in(&crossed_to_terraform(PULUMI, "").expect("a migration"), "terraform.tfstate");
    assert_eq!((&new["lineage"], &new["serial"], &new["version"]), (&json!("a-lineage"), &json!(1), &json!(4)));
}

#[test]
fn provider_settings_move_and_their_secrets_become_variables() {
    let text = changed(PULUMI, |stack| {
        stack["deployment"]["resources"][1]["inputs"] = json!({ "version": "0.1.0", "projectApiKey": { SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"correct-horse-battery\"" } });
    });
    let outcome = crossed_to_terraform(&text, "").expect("a migration");
    assert_eq!(file(&outcome, "providers.tf"), "provider \"ory\" {\n  project_api_key = var.provider_default_project_api_key\n}\n");
    let values = json_in(&outcome, "secrets.auto.tfvars.json");
    assert_eq!(values["provider_default_project_api_key"], "correct-horse-battery");
    let told = outcome.report.summary();
    assert!(!told.contains("correct-horse-battery"), "{told}");
}

#[test]
fn a_round_trip_keeps_every_attribute() {
    let state = state::read(TERRAFORM.as_bytes()).expect("a state");
    let there = json_in(&crossed_to_pulumi(&state).expect("a migration"), "import.json");
    let back = json_in(&crossed_to_terraform(&imported(&there), "").expect("a migration"), "terraform.tfstate");
    let before: Json = serde_json::from_str(TERRAFORM).unwrap();
    let instances = |state: &Json| -> Vec<Json> {
        let blocks = state["resources"].as_array().unwrap().iter();
        let mut all: Vec<_> = blocks.flat_map(|block| block["instances"].as_array().unwrap().clone()).collect();
        all.sort_by_key(|one| one["attributes"]["id"].to_string());
        all
    };
    for (was, is) in instances(&before).iter().zip(&instances(&back)) {
        assert_eq!(is["attributes"], was["attributes"]);
        assert_eq!(is["private"], was["private"], "{}", was["attributes"]["id"]);
        assert_eq!(is["schema_version"], was["schema_version"]);
        let marked = |one: &Json| {
            let mut names: Vec<_> =
                one["sensitive_attributes"].as_array().unwrap().iter().map(|path| path[0]["value"].to_string()).collect();
            names.sort();
            names
        };
        assert_eq!(marked(is), marked(was));
    }
    assert_eq!(instances(&back).len(), instances(&before).len());
}

/// Pulumi's runtime for YAML makes objects and numbers of texts that look like such, whatever type they are declared to have.
#[test]
fn a_secret_that_looks_like_json_stays_a_text_in_yaml() {
    let keys = r#"{"keys":[{"kty":"oct","k":"c2VjcmV0","n":12345678901234567890}]}"#;
    let text = changed(TERRAFORM, |state| state["resources"][1]["instances"][0]["attributes"]["jwks"] = keys.into());
    let state = state::read(text.as_bytes()).expect("a state");
    let yaml = crossed_to_pulumi(&state).expect("a migration");
    assert!(
        file(&yaml, "Pulumi.yaml").contains("jwks:\n        fn::fromBase64: ${oauth2ClientShopJwksBase64}"),
        "{}",
        file(&yaml, "Pulumi.yaml")
    );
    let in_base64 = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, keys);
    assert!(file(&yaml, "secrets.sh").contains(&format!("oauth2ClientShopJwksBase64 <<'END'\n{in_base64}\nEND\n")));
    let go = to_pulumi(&engine(), &state, None, &wanted(Language::Go)).expect("a migration");
    assert!(file(&go, "secrets.sh").contains(&format!("oauth2ClientShopJwks <<'END'\n{keys}\nEND\n")));
}

/// A state that marks more than its program does plans an update of nothing: what is secret inside, the schema says.
#[test]
fn only_secrets_of_the_program_are_marked_as_sensitive() {
    let text = changed(PULUMI, |stack| {
        stack["deployment"]["resources"][2]["inputs"]["owner"] =
            json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"o\"" });
        stack["deployment"]["resources"][2]["outputs"]["scope"] =
            json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"s\"" });
    });
    let after = json_in(&crossed_to_terraform(&text, "").expect("a migration"), "terraform.tfstate");
    let client = after["resources"].as_array().unwrap().iter().find(|one| one["name"] == "team").unwrap();
    let marked: Vec<_> =
        client["instances"][0]["sensitive_attributes"].as_array().unwrap().iter().map(|path| path[0]["value"].as_str().unwrap()).collect();
    assert!(marked.contains(&"owner") && marked.contains(&"client_secret") && !marked.contains(&"scope"), "{marked:?}");
}

/// A step of a path in a state.
fn steps(path: &[Json]) -> Json {
    let step = |step: &Json| match step {
        Json::Number(_) => json!({ "type": "index", "value": { "value": step, "type": "number" } }),
        Json::String(text) if text.starts_with('@') => json!({ "type": "index", "value": { "value": text[1..], "type": "string" } }),
        name => json!({ "type": "get_attr", "value": name }),
    };
    path.iter().map(step).collect()
}

/// The marks of one attribute of an object in a state.
fn marks(state: &Json, name: &str, attr: &str) -> Vec<Json> {
    let object = state["resources"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    let all = object["instances"][0]["sensitive_attributes"].as_array().unwrap().iter();
    let mut marks: Vec<_> = all.filter(|path| path[0]["value"] == attr).cloned().collect();
    marks.sort_by_key(Json::to_string);
    marks
}

#[track_caller]
fn are(marks: &[Json], expected: &[&[Json]]) {
    let mut expected: Vec<_> = expected.iter().map(|path| steps(path)).collect();
    expected.sort_by_key(Json::to_string);
    assert_eq!(marks, expected);
}

/// Terraform 1.11 marks each nested secret of the schema, and each place whose value comes from a sensitive variable. If a state has
/// other marks, it plans an update.
#[test]
fn secrets_within_lists_and_objects_are_marked_where_they_are() {
    let secret = |value: Json| json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": value.to_string() });
    let auth = json!({ "type": "basic_auth", "user": "ann", "password": "correct-horse-battery" });
    let channels = json!([{ "id": "sms", "requestConfig": {
        "url": "https://sms.example.com/", "method": "POST", "body": "function(ctx) {}", "headers": { "X": "1" }, "auth": auth,
    } }]);
    let text = changed(PULUMI, |stack| {
        let resources = stack["deployment"]["resources"].as_array_mut().unwrap();
        for of in ["inputs", "outputs"] {
            resources[2][of]["contacts"] = json!([secret(json!("ann@example.com")), "bob@example.com"]);
        }
        // As Pulumi stores a list with a secret in it.
        let config = json!({ "projectId": "p", "courierChannels": secret(channels), "smtpHeaders": secret(json!({ "Y": "2" })) });
        resources.push(json!({
            "urn": "urn:pulumi:dev::shop::ory:index/projectConfig:ProjectConfig::shop", "custom": true, "id": "p",
            "type": "ory:index/projectConfig:ProjectConfig", "inputs": config, "outputs": config, "provider": resources[2]["provider"],
        }));
    });
    let outcome = crossed_to_terraform(&text, "").expect("a migration");
    let after = json_in(&outcome, "terraform.tfstate");
    are(&marks(&after, "team", "contacts"), &[&[json!("contacts"), json!(0)], &[json!("contacts"), json!(1)]]);
    let headers = json!("smtp_headers");
    are(&marks(&after, "shop", "smtp_headers"), &[std::slice::from_ref(&headers), &[headers.clone(), json!("@Y")]]);
    let program = file(&outcome, "project_config.tf");
    let found = marks(&after, "shop", "courier_channels");
    let request = |rest: &[&str]| -> Vec<Json> {
        [json!("courier_channels"), json!(0), json!("request_config")].into_iter().chain(rest.iter().map(|step| json!(step))).collect()
    };
    // What the schema declares, also where it is null.
    for path in [&["headers"][..], &["headers", "@X"], &["auth", "password"], &["auth", "value"]] {
        assert!(found.contains(&steps(&request(path))), "{path:?}: {found:?}");
    }
    assert!(!found.contains(&steps(&[json!("courier_channels")])), "{found:?}");
    // Each other place has a mark exactly if the program has a variable there.
    for name in ["url", "method", "body"] {
        let is_variable = program.lines().any(|line| line.trim_start().starts_with(name) && line.contains("= var."));
        assert_eq!(found.contains(&steps(&request(&[name]))), is_variable, "{name}: {program}");
    }
}

/// Terraform 1.11 writes the secrets of the schema into the state as well: what is beside them is no secret.
#[test]
fn only_the_secrets_within_an_attribute_become_variables() {
    let text = changed(TERRAFORM, |state| {
        let auth = json!({ "type": "basic_auth", "user": "ann", "password": "correct-horse-battery" });
        let request = json!({ "url": "https://sms.example.com/", "method": "POST", "body": "function(ctx) {}", "auth": auth });
        let request_config = || [json!("courier_channels"), json!(0), json!("request_config")].into_iter();
        let path = |rest: &[&str]| steps(&request_config().chain(rest.iter().map(|step| json!(step))).collect::<Vec<_>>());
        let instance = json!({
            "schema_version": 0,
            "attributes": { "id": "p", "project_id": "p", "courier_channels": [{ "id": "sms", "request_config": request }] },
            "sensitive_attributes": [path(&["headers"]), path(&["auth", "password"]), path(&["auth", "value"])],
        });
        let blocks = state["resources"].as_array_mut().unwrap();
        let provider = blocks[0]["provider"].clone();
        blocks.push(json!({
            "mode": "managed", "type": "ory_project_config", "name": "shop", "provider": provider, "instances": [instance],
        }));
    });
    let outcome = crossed_to_pulumi(&state::read(text.as_bytes()).expect("a state")).expect("a migration");
    let program = file(&outcome, "Pulumi.yaml");
    for line in [
        "url: \"https://sms.example.com/\"",
        "method: POST",
        "user: ann",
        "password: ${projectConfigShopCourierChannels_0RequestConfigAuthPassword}",
    ] {
        assert!(program.contains(line), "{line}: {program}");
    }
}

/// Pulumi has actions as resources. They manage nothing, and Terraform has no state of them.
#[test]
fn actions_of_a_stack_are_left_out_and_released() {
    let urn = "urn:pulumi:dev::shop::ory:index/jsonWebKeySetRotate:JsonWebKeySetRotate::rotate";
    let text = changed(PULUMI, |stack| {
        let resources = stack["deployment"]["resources"].as_array_mut().unwrap();
        let (set, provider) = (resources[4]["urn"].clone(), resources[4]["provider"].clone());
        resources.push(json!({
            "urn": urn, "custom": true, "id": "1", "type": "ory:index/jsonWebKeySetRotate:JsonWebKeySetRotate", "provider": provider,
            "inputs": { "setId": "pset" }, "outputs": { "setId": "pset" }, "dependencies": [set],
        }));
    });
    let outcome = crossed_to_terraform(&text, "").expect("a migration");
    let summary = outcome.report.summary();
    assert!(summary.contains(&format!("Not carried: {urn}: an action, which manages no object.")), "{summary}");
    assert_eq!(outcome.report.left().count(), 0);
    assert!(!file(&outcome, "terraform.tfstate").contains("rotate"));
    // The stack forgets it before what it depends on.
    let release = file(&outcome, "release.sh");
    let place = |text: &str| release.find(text).unwrap_or_else(|| panic!("{text}: {release}"));
    assert!(place(urn) < place("JsonWebKeySet::set"), "{release}");
}

/// What a program took from other objects, and what it made of them.
fn with_references() -> String {
    changed(TERRAFORM, |state| {
        let keys = state["resources"][0]["instances"][0]["attributes"]["public_keys"].clone();
        let id = state["resources"][2]["instances"][0]["attributes"]["id"].clone();
        let shop = &mut state["resources"][1]["instances"][0];
        shop["attributes"]["jwks"] = keys.clone();
        shop["attributes"]["redirect_uris"] = json!([format!("https://example.com/{}/callback", id.as_str().unwrap())]);
        shop["dependencies"] = json!(["ory_json_web_key_set.keys", "ory_oauth2_client.wo"]);
        state["resources"][3]["instances"][0]["attributes"]["subject_id"] = id.clone();
        state["resources"][3]["instances"][0]["dependencies"] = json!(["ory_oauth2_client.wo"]);
        // Nothing says that this one comes from elsewhere.
        state["resources"][4]["instances"][0]["attributes"]["jwks"] = keys;
        state["resources"][4]["instances"][0]["attributes"]["owner"] = id;
    })
}

#[test]
fn references_of_the_program_are_found_by_dependencies_and_values() {
    let state = state::read(with_references().as_bytes()).expect("a state");
    let outcome = crossed_to_pulumi(&state).expect("a migration");
    let program = file(&outcome, "Pulumi.yaml");
    for reference in ["jwks: ${jsonWebKeySet_keys.publicKeys}", "subjectId: ${oauth2Client_wo.id}"] {
        assert_eq!(program.matches(reference).count(), 1, "{reference}: {program}");
    }
    let id = "ee927079-ad33-41eb-89f4-902ec0d842db";
    assert!(program.contains(&format!("owner: {id}")) || program.contains(&format!("owner: \"{id}\"")), "{program}");
    // Public keys are no secret, and nobody has to guess what a text was made of.
    assert!(outcome.files.iter().all(|file| file.path != "secrets.sh"), "{program}");
    assert!(program.contains("eK8_PhRavOnHjfr8Y"), "{program}");
    let summary = outcome.report.summary();
    let part = "ory_oauth2_client.shop: a text with a value of ory:index/oauth2Client:Oauth2Client wo in it is written as it is now";
    assert!(summary.contains(part), "{summary}");
}

#[test]
fn foreign_and_unfinished_resources_stay_and_are_reported() {
    let text = changed(TERRAFORM, |state| {
        let blocks = state["resources"].as_array_mut().unwrap();
        blocks[0]["provider"] = "provider[\"registry.terraform.io/ory/ory\"]".into();
        blocks[2]["instances"][0]["status"] = "tainted".into();
    });
    let state = state::read(text.as_bytes()).expect("a state");
    let outcome = crossed_to_pulumi(&state).expect("a migration");
    let left: Vec<_> = outcome.report.left().map(|[address, why]| format!("{address}: {why}")).collect();
    assert_eq!(left.len(), 2);
    assert!(
        left.iter().any(|line| line.starts_with("ory_json_web_key_set.keys: another provider manages it (registry.terraform.io/ory/ory)")),
        "{left:?}"
    );
    assert!(left.iter().any(|line| line.starts_with("ory_oauth2_client.wo: it is tainted")), "{left:?}");
}

#[test]
fn time_per_object_does_not_grow_with_the_state() {
    let many = |count: usize| {
        changed(TERRAFORM, |state| {
            let block = state["resources"].as_array_mut().unwrap().iter_mut().find(|block| block["name"] == "r").unwrap();
            let one = block["instances"][0].clone();
            let instances = (0..count).map(|at| {
                let mut one = one.clone();
                let name = format!("user-{at}");
                one["index_key"] = name.clone().into();
                one["attributes"]["subject_id"] = name.clone().into();
                one["attributes"]["id"] = format!("files:x#view@{name}").into();
                one
            });
            block["instances"] = instances.collect();
        })
    };
    let took = |count: usize| {
        let text = many(count);
        let start = Instant::now();
        let state = state::read(text.as_bytes()).expect("a state");
        let outcome = crossed_to_pulumi(&state).expect("a migration");
        assert!(outcome.report.moved() > count);
        start.elapsed()
    };
    took(100);
    let (few, all): (Duration, Duration) = (took(500), took(10_000));
    assert!(all < few * 20 * 4, "{few:?} for 500, {all:?} for 10,000");
}

/// A client for each of so many, as Terraform keeps them; each says this much more.
fn clients_of_terraform(count: usize, more: &str) -> String {
    changed(TERRAFORM, |state| {
        let blocks = state["resources"].as_array_mut().unwrap();
        blocks.retain(|block| block["name"] == "shop");
        let one = blocks[0]["instances"][0].clone();
        let instances = (0..count).map(|at| {
            let mut one = one.clone();
            one["index_key"] = at.into();
            for name in ["id", "client_id", "client_name"] {
                one["attributes"][name] = format!("client-{at}").into();
            }
            one["attributes"]["policy_uri"] = format!("https://example.com/{more}").into();
            one
        });
        blocks[0]["instances"] = instances.collect();
    })
}

#[test]
fn a_large_state_is_read_and_a_single_object_has_a_limit() {
    let text = clients_of_terraform(30, &",".repeat(100_000));
    let state = state::read(text.as_bytes()).expect("a state");
    assert_eq!(crossed_to_pulumi(&state).expect("a migration").report.moved(), 30);
    // Of what is one object, there is an end.
    let text = clients_of_terraform(1, &",".repeat(2_000_001));
    let error = state::read(text.as_bytes()).expect_err("too much");
    assert!(error.to_string().contains("more than 2000000 values"), "{error}");
}

/// 300 MiB for ten thousand, of which a few are the process.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_small_for_three_thousand_objects() {
    const MOST: u64 = 75 << 10;
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("state"), clients_of_terraform(3_000, "")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    command.args(["migrate", "--from", "terraform", "--to", "pulumi", "state", "--out", "stack"]).current_dir(dir.path());
    let mut child = command.stdout(Stdio::null()).spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    assert!((1..=MOST).contains(&peak), "{peak} kB");
}

fn janiform(dir: &Path, arguments: &[&str], stdin: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    command.arg("migrate").args(arguments).current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // What it does not read, it does not need.
    let _ = std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), stdin.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn shown(output: &Output) -> String {
    let text = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat();
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "a secret is shown: {text}");
    text
}

#[test]
fn files_are_private_complete_and_never_overwritten() {
    let dir = tempfile::tempdir().expect("a directory");
    let arguments = ["--from", "terraform", "--to", "pulumi", "-", "--out", "stack"];
    let dry = janiform(dir.path(), &["--from", "terraform", "--to", "pulumi", "--dry-run"], TERRAFORM);
    assert!(dry.status.success(), "{}", shown(&dry));
    assert!(shown(&dry).contains("secret, carried: client_secret"), "{}", shown(&dry));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "a dry run wrote something");

    let made = janiform(dir.path(), &arguments, TERRAFORM);
    assert!(made.status.success(), "{}", shown(&made));
    for entry in fs::read_dir(dir.path().join("stack")).unwrap() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&entry.as_ref().unwrap().metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.unwrap().path());
    }
    let import = fs::read(dir.path().join("stack/import.json")).unwrap();
    // One of the files is enough to stop all.
    fs::remove_file(dir.path().join("stack/release.sh")).unwrap();
    let again = janiform(dir.path(), &arguments, &TERRAFORM.replace("correct-horse-battery", "another-secret-1"));
    assert!(!again.status.success() && shown(&again).contains("exists already") && shown(&again).contains("--force"));
    assert_eq!(fs::read(dir.path().join("stack/import.json")).unwrap(), import);
    assert!(!dir.path().join("stack/release.sh").exists());
    let forced = janiform(dir.path(), &[&arguments[..], &["--force"]].concat(), TERRAFORM);
    assert!(forced.status.success() && dir.path().join("stack/release.sh").exists());
    // Both manage the objects until the source lets go.
    let both = janiform(dir.path(), &["--from", "terraform", "--to", "pulumi", "-", "--released", "stack"], TERRAFORM);
    assert!(!both.status.success() && shown(&both).contains("Terraform still manages 6 objects that moved: "), "{}", shown(&both));
    let empty = changed(TERRAFORM, |state| state["resources"] = json!([]));
    let free = janiform(dir.path(), &["--from", "terraform", "--to", "pulumi", "-", "--released", "stack"], &empty);
    assert!(free.status.success() && shown(&free).contains("no longer manages any of the moved objects"), "{}", shown(&free));
    let bad = janiform(dir.path(), &["--from", "pulumi", "--to", "terraform", "-", "--out", "other"], TERRAFORM);
    assert!(!bad.status.success() && shown(&bad).contains("a state of Terraform, not of Pulumi"));
    assert!(!dir.path().join("other").exists());
}

#[test]
fn the_program_keeps_protection_and_names_its_secrets() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::create_dir_all(dir.path().join("tf/mod")).unwrap();
    fs::write(
        dir.path().join("tf/main.tf"),
        r#"
resource "ory_oauth2_client" "shop" {
  client_id     = "shop"
  client_name   = "Shop"
  client_secret = "correct-horse-battery"
  grant_types   = ["client_credentials"]

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [metadata]
  }
}

module "team" {
  source = "./mod"
}
"#,
    )
    .unwrap();
    fs::write(dir.path().join("tf/mod/main.tf"), "resource \"ory_oauth2_client\" \"c\" {\n  client_name = \"x\"\n}\n").unwrap();
    let arguments = ["--from", "terraform", "--to", "pulumi", "-", "--out", "stack", "--config", "tf"];
    let made = janiform(dir.path(), &arguments, TERRAFORM);
    assert!(made.status.success(), "{}", shown(&made));
    assert!(shown(&made).contains("lifecycle.ignore_changes"), "{}", shown(&made));
    let program = fs::read_to_string(dir.path().join("stack/Pulumi.yaml")).unwrap();
    assert!(program.contains("protect: true") && program.contains("clientId: shop"), "{program}");
    assert!(program.contains("clientSecret: ${oauth2ClientShopClientSecret}"), "{program}");
    assert!(!program.contains("correct-horse"));
    assert!(
        fs::read_to_string(dir.path().join("stack/secrets.sh"))
            .unwrap()
            .contains("config set --secret oauth2ClientShopClientSecret <<'END'\ncorrect-horse-battery\nEND\n")
    );
    // What it cannot read is told by its place alone.
    fs::write(dir.path().join("tf/bad.tf"), "resource \"x\" \"y\" {\n  a = = \"correct-horse-battery\"\n}\n").unwrap();
    let bad = janiform(dir.path(), &arguments, TERRAFORM);
    assert!(!bad.status.success() && shown(&bad).contains("bad.tf: line 2"), "{}", shown(&bad));
}
