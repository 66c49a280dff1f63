//! States of other providers as states of this one: whole files, and what refuses them.

use janiform::{
    crossing::adopt::{Adopted, adopt},
    engine::Engine,
    ory::ORY,
};
use serde_json::{Value as Json, json};

fn fixture(name: &str) -> Json {
    let path = format!("{}/tests/fixtures/peers/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn adopted(state: &Json) -> (Adopted, Json) {
    let adopted = adopt(&Engine::new(&ORY), state.to_string().as_bytes()).unwrap_or_else(|why| panic!("{why:?}"));
    let state = serde_json::from_str(&adopted.text).unwrap();
    (adopted, state)
}

fn refused(state: &Json) -> String {
    let Err(why) = adopt(&Engine::new(&ORY), state.to_string().as_bytes()) else { panic!("{state}") };
    format!("{} {}", why.what, why.hint)
}

/// The resources of a state by their addresses.
fn blocks(state: &Json) -> Vec<(String, &Json)> {
    let blocks = state["resources"].as_array().unwrap().iter();
    blocks.map(|block| (format!("{}.{}", block["type"].as_str().unwrap(), block["name"].as_str().unwrap()), block)).collect()
}

#[test]
fn every_object_gets_this_providers_type_address_and_attributes() {
    let before = fixture("svrakitin.tfstate");
    let (report, after) = adopted(&before);
    let names: Vec<_> = blocks(&after).into_iter().map(|(address, _)| address).collect();
    assert_eq!(
        names,
        [
            "ory_json_web_key_set.made",
            "ory_json_web_key_set.own",
            "ory_oauth2_client.machine",
            "ory_oauth2_client.maester",
            "ory_oauth2_client.minimal",
            "ory_oauth2_client.signer",
            "ory_oauth2_client.web"
        ]
    );
    assert_eq!(after["serial"].as_i64().unwrap(), before["serial"].as_i64().unwrap() + 1);
    assert_eq!(after["lineage"], before["lineage"]);
    assert!(!after.to_string().contains("svrakitin"));
    let of = |address: &str| blocks(&after).into_iter().find(|(name, _)| name == address).unwrap().1["instances"][0].clone();
    let machine = of("ory_oauth2_client.machine");
    assert_eq!(machine["attributes"]["scope"], "read write");
    assert_eq!(machine["attributes"]["client_secret"], "peer-secret-machine");
    let metadata: Json = serde_json::from_str(machine["attributes"]["metadata"].as_str().unwrap()).unwrap();
    assert_eq!(metadata, json!({ "team": "payments", "tier": "2" }));
    // As Terraform 1.11 does, it marks each secret of the schema, also where there is none.
    let marked = machine["sensitive_attributes"].as_array().unwrap().iter().map(|path| path[0]["value"].as_str().unwrap());
    assert_eq!(marked.collect::<Vec<_>>(), ["client_secret", "client_secret_wo", "jwks", "jwks_wo", "project_api_key"]);
    let signer = of("ory_oauth2_client.signer");
    let keys: Json = serde_json::from_str(signer["attributes"]["jwks"].as_str().unwrap()).unwrap();
    assert_eq!(keys["keys"][0]["kid"], "signer-1");
    assert!(keys["keys"][0].get("d").is_none() && keys["keys"][0].get("x5c").is_none());
    // What made a key is not what brought one.
    assert_eq!(of("ory_json_web_key_set.made")["attributes"]["algorithm"], "ES256");
    assert_eq!(of("ory_json_web_key_set.made")["attributes"]["jwks"], Json::Null);
    assert!(of("ory_json_web_key_set.own")["attributes"]["jwks"].as_str().unwrap().contains("own-1"));
    // Told: what is called otherwise, and whose client it may be.
    let became = |address: &str| report.moved.iter().find(|became| became.was == address).unwrap();
    assert!(became("hydra_oauth2_client.web").notes.iter().any(|note| note.contains("`scopes`") && note.contains("`scope`")));
    // Only what it says.
    assert!(!became("hydra_oauth2_client.minimal").notes.iter().any(|note| note.contains("jwk")));
    assert!(became("hydra_oauth2_client.maester").warnings.iter().any(|warning| warning.summary.contains("hydra-maester")));
    assert!(became("hydra_oauth2_client.machine").warnings.is_empty());
    // What the peer's server decides and ours is told.
    let notes =
        |address: &str| became(address).notes.iter().any(|note| note.contains("token_endpoint_auth_method = \"client_secret_basic\""));
    assert!(notes("hydra_oauth2_client.minimal") && !notes("hydra_oauth2_client.machine"));
}

#[test]
fn the_official_state_keeps_its_types() {
    let (report, after) = adopted(&fixture("official.tfstate"));
    assert_eq!(report.moved.len(), 11);
    for ((was, _), became) in blocks(&after).iter().zip(&report.moved) {
        assert_eq!([&became.was, &became.is], [was, was]);
    }
    assert!(after.to_string().contains("registry.terraform.io/janiform/ory"));
    // Once is enough.
    let (again, same) = adopted(&after);
    assert!(again.moved.is_empty());
    assert_eq!(same, after);
}

#[test]
fn providers_of_one_type_name_are_told_apart_by_their_addresses() {
    let (_, after) = adopted(&fixture("nitra.tfstate"));
    let machine = blocks(&after).into_iter().find(|(name, _)| name == "ory_oauth2_client.machine").unwrap().1;
    // Its scope is one text, where the other's is a list.
    assert_eq!(machine["instances"][0]["attributes"]["scope"], "read write");
    assert_eq!(machine["provider"], "provider[\"registry.opentofu.org/janiform/ory\"]");
}

/// A state of two modules, with keys, an alias, a data source, an object of somebody else's, and one that depends on all of them.
fn composed() -> Json {
    let block = |module: Option<&str>, mode: &str, kind: &str, provider: &str, instances: Json| {
        let mut block = json!({ "mode": mode, "type": kind, "name": "it", "provider": provider, "instances": instances });
        if let Some(module) = module {
            block["module"] = json!(module);
        }
        block
    };
    let client = |id: &str| json!({ "schema_version": 0, "attributes": { "id": id, "client_id": id, "client_name": id, "scopes": ["a"] } });
    let mut keyed = client("k");
    keyed["index_key"] = json!("one");
    keyed["status"] = json!("tainted");
    keyed["identity"] = json!({ "theirs": 1 });
    keyed["identity_schema_version"] = json!(0);
    let dependent = json!({ "schema_version": 0, "attributes": { "id": "1" }, "dependencies":
        ["data.hydra_jwks.it", "hydra_oauth2_client.it", "module.shop.hydra_oauth2_client.it", "random_pet.it"] });
    json!({ "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "l", "outputs": { "o": { "value": "kept", "type": "string" } },
        "resources": [
            block(None, "data", "hydra_jwks", "provider[\"registry.terraform.io/svrakitin/hydra\"]", json!([{}])),
            block(None, "managed", "hydra_oauth2_client", "provider[\"registry.terraform.io/svrakitin/hydra\"].eu", json!([keyed])),
            block(Some("module.shop"), "managed", "hydra_oauth2_client", "module.shop.provider[\"registry.terraform.io/svrakitin/hydra\"]", json!([client("s")])),
            block(None, "managed", "random_pet", "provider[\"registry.terraform.io/hashicorp/random\"]", json!([dependent])),
        ],
        "check_results": null })
}

#[test]
fn modules_aliases_instances_and_dependencies_are_kept() {
    let (report, after) = adopted(&composed());
    let [first, shop, other] = after["resources"].as_array().unwrap().as_slice() else { panic!("{after}") };
    assert_eq!(first["provider"], "provider[\"registry.terraform.io/janiform/ory\"].eu");
    assert_eq!(shop["provider"], "module.shop.provider[\"registry.terraform.io/janiform/ory\"]");
    assert_eq!([&shop["module"], &shop["type"]], [&json!("module.shop"), &json!("ory_oauth2_client")]);
    let instance = &first["instances"][0];
    assert_eq!([&instance["index_key"], &instance["status"]], [&json!("one"), &json!("tainted")]);
    assert!(instance.get("identity").is_none() && instance.get("identity_schema_version").is_none());
    assert_eq!(other["instances"][0]["dependencies"], json!(["ory_oauth2_client.it", "module.shop.ory_oauth2_client.it", "random_pet.it"]));
    assert_eq!(other["provider"], composed()["resources"][3]["provider"]);
    assert_eq!(after["outputs"], composed()["outputs"]);
    assert_eq!(report.data_sources, ["data.hydra_jwks.it"]);
    assert_eq!(report.moved.len(), 2);
}

#[test]
fn an_existing_address_is_refused_with_both_names() {
    for place in [0, 4] {
        let mut state = composed();
        let mut ours = state["resources"][1].clone();
        ours["type"] = json!("ory_oauth2_client");
        ours["provider"] = json!("provider[\"registry.terraform.io/janiform/ory\"]");
        state["resources"].as_array_mut().unwrap().insert(place, ours);
        let why = refused(&state);
        assert!(why.contains("hydra_oauth2_client.it") && why.contains("ory_oauth2_client.it") && why.contains("state mv"), "{why}");
    }
}

#[test]
fn an_unreadable_resource_is_refused_by_name_without_values() {
    let mut state = composed();
    state["resources"][1]["instances"][0]["attributes"]["client_name"] = json!(["hunter22"]);
    let why = refused(&state);
    assert!(why.contains("hydra_oauth2_client.it[\"one\"]") && why.contains("client_name") && !why.contains("hunter22"), "{why}");
    let mut newer = composed();
    newer["resources"][1]["instances"][0]["schema_version"] = json!(2);
    assert!(refused(&newer).contains("version 2"));
    let mut old = composed();
    old["resources"][1]["instances"][0].as_object_mut().unwrap().remove("attributes");
    assert!(refused(&old).contains("hydra_oauth2_client.it[\"one\"]: it has no attributes"));
    for (state, says) in [
        (json!({ "version": 5, "resources": [] }), "version 5"),
        (json!({ "version": 3, "modules": [] }), "version 3"),
        (json!({ "encrypted_data": "…", "encryption_version": "v0", "serial": 1 }), "encrypted"),
        (json!({ "format_version": "1.0", "values": {} }), "show -json"),
        (json!({ "resources": [] }), "not a state"),
        (json!([]), "not a state"),
        (json!({ "version": 4 }), "no list of resources"),
    ] {
        let why = refused(&state);
        assert!(why.contains(says), "{says}: {why}");
    }
    let Err(why) = adopt(&Engine::new(&ORY), b"hunter22") else { panic!("it was read") };
    assert!(!format!("{why:?}").contains("hunter22"));
}

#[test]
fn a_type_without_a_counterpart_stays_and_is_reported() {
    let mut state = composed();
    state["resources"][2]["type"] = json!("hydra_new_thing");
    let (report, after) = adopted(&state);
    assert_eq!(after["resources"][1], state["resources"][2]);
    assert!(report.stays[0].contains("module.shop.hydra_new_thing.it"), "{:?}", report.stays);
}

#[test]
fn a_stack_of_the_bridge_becomes_one_of_this_package() {
    let before = fixture("bridge-stack.json");
    let (report, after) = adopted(&before);
    let resources = |stack: &Json| stack["deployment"]["resources"].as_array().unwrap().clone();
    for (was, is) in resources(&before).iter().zip(&resources(&after)) {
        if was["type"] != "pulumi:providers:ory" {
            assert_eq!(was, is);
            continue;
        }
        assert_eq!(report.moved[0].was, was["urn"].as_str().unwrap());
        assert!(is["inputs"].get("__internal").is_none());
        assert_eq!(is["inputs"]["version"], ORY.version);
        assert_eq!([&is["inputs"]["projectApiKey"], &is["id"]], [&was["inputs"]["projectApiKey"], &was["id"]]);
    }
    assert!(adopted(&after).0.moved.is_empty());
}

/// The blocks of a state, which stand at the addresses of the new one.
#[test]
fn the_program_has_a_block_for_each_object_and_names_the_rest() {
    let (mut report, _) = adopted(&fixture("svrakitin.tfstate"));
    let blocks = report.program(&Engine::new(&ORY)).unwrap();
    let file = |name: &str| &blocks.files.iter().find(|file| file.path == name).unwrap_or_else(|| panic!("no {name}")).content;
    let clients = file("oauth2_client.tf");
    for name in ["machine", "maester", "minimal", "signer", "web"] {
        assert!(clients.contains(&format!("resource \"ory_oauth2_client\" \"{name}\" {{\n")), "{clients}");
    }
    // What differs is said in the words of this provider, and no secret is.
    for line in [" scope = \"read write\"\n", " token_endpoint_auth_method = \"client_secret_basic\"\n", "= jsonencode({"] {
        let narrow = clients.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        assert!(narrow.contains(line), "{line}: {clients}");
    }
    assert_eq!((blocks.count, &blocks.by_hand), (7, &vec![]));
    for file in blocks.files.iter().filter(|file| !file.path.ends_with(".json")) {
        assert!(!file.content.contains("peer-secret"), "{}", file.path);
    }
}

/// A secret of the program within a secret of the schema has its own mark, as Terraform 1.11 writes it: without it, the next plan
/// updates the object.
#[test]
fn marks_within_secrets_are_those_of_the_program() {
    let attr = |name: &str| json!({ "type": "get_attr", "value": name });
    let first = json!({ "type": "index", "value": { "value": 0, "type": "number" } });
    let headers = json!([attr("courier_channels"), first, attr("request_config"), attr("headers")]);
    let mut header = headers.clone();
    header.as_array_mut().unwrap().push(json!({ "type": "index", "value": { "value": "A", "type": "string" } }));
    let password = json!([attr("courier_channels"), first, attr("request_config"), attr("auth"), attr("password")]);
    let request = json!({ "url": "https://sms.example.com/", "method": "POST", "body": "function(ctx) {}", "headers": { "A": "1" },
        "auth": { "type": "basic_auth", "user": "ann", "password": "hunter22" } });
    let state = |marks: Json| {
        let attributes = json!({ "id": "p", "project_id": "p", "courier_channels": [{ "id": "sms", "request_config": request }] });
        let instance = json!({ "schema_version": 0, "attributes": attributes, "sensitive_attributes": marks });
        json!({ "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "l", "outputs": {}, "check_results": null,
            "resources": [{ "mode": "managed", "type": "ory_project_config", "name": "c",
                "provider": "provider[\"registry.terraform.io/ory/ory\"]", "instances": [instance] }] })
    };
    let marks = |state: &Json| state["resources"][0]["instances"][0]["sensitive_attributes"].as_array().unwrap().clone();
    let (mut report, plain) = adopted(&state(json!([])));
    assert!([&headers, &password].iter().all(|mark| marks(&plain).contains(mark)) && !marks(&plain).contains(&header), "{plain}");
    let (_, kept) = adopted(&state(json!([header, [attr("project_id")]])));
    assert!(marks(&kept).contains(&header) && !marks(&kept).contains(&json!([attr("project_id")])), "{kept}");
    // In the program that is written, each header is a variable.
    let blocks = report.program(&Engine::new(&ORY)).unwrap();
    assert!(blocks.files.iter().any(|file| file.path == "project_config.tf" && file.content.contains("A = var.")));
    let written: Json = serde_json::from_str(&report.text).unwrap();
    assert!([&headers, &header, &password].iter().all(|mark| marks(&written).contains(mark)), "{written}");
    assert_eq!(marks(&written).len(), marks(&plain).len() + 1);
}

#[test]
fn blocks_of_modules_have_own_files_and_counted_blocks_are_reported() {
    let mut state = composed();
    state["resources"][1]["instances"][0]["status"].take();
    let (mut report, _) = adopted(&state);
    let blocks = report.program(&Engine::new(&ORY)).unwrap();
    let paths: Vec<_> = blocks.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["shop/oauth2_client.tf"]);
    assert!(blocks.files[0].content.contains("resource \"ory_oauth2_client\" \"it\" {\n"), "{}", blocks.files[0].content);
    let [several, _alias] = blocks.by_hand.as_slice() else { panic!("{:?}", blocks.by_hand) };
    assert!(several.starts_with("ory_oauth2_client.it: it has several instances"), "{several}");
}

#[test]
fn blocks_name_the_alias_of_their_provider() {
    let mut state = composed();
    let resources = state["resources"].as_array_mut().unwrap();
    let first = resources[1]["instances"][0].as_object_mut().unwrap();
    first.retain(|name, _| name != "index_key" && name != "status");
    resources[2]["provider"] = json!("module.shop.provider[\"registry.terraform.io/svrakitin/hydra\"].us");
    let mut passed = resources[2].clone();
    (passed["name"], passed["provider"]) = (json!("passed"), json!("provider[\"registry.terraform.io/svrakitin/hydra\"].eu"));
    passed["instances"][0]["attributes"]["id"] = json!("p");
    resources.push(passed);
    let (mut report, _) = adopted(&state);
    let blocks = report.program(&Engine::new(&ORY)).unwrap();
    let file = |path: &str| &blocks.files.iter().find(|file| file.path == path).unwrap().content;
    let narrow = |path: &str| file(path).split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    assert!(narrow("oauth2_client.tf").contains("provider = ory.eu\n"), "{}", file("oauth2_client.tf"));
    let shop = narrow("shop/oauth2_client.tf");
    // What the root passes to a module may have another name there.
    assert!(shop.contains("provider = ory.us\n") && shop.matches("provider").count() == 1, "{shop}");
    for todo in [
        "the root module: add `provider \"ory\" { alias = \"eu\" }`, with the settings that the old provider has there",
        "module.shop: add `provider \"ory\" { alias = \"us\" }`, with the settings that the old provider has there",
        "module.shop.ory_oauth2_client.passed: `ory.eu` of the root module manages it: pass that to the module in `providers`, and name it in the block if the module has several",
    ] {
        assert!(blocks.by_hand.iter().any(|line| line == todo), "{todo}: {:?}", blocks.by_hand);
    }
    assert_eq!(blocks.by_hand.len(), 3, "{:?}", blocks.by_hand);
}

/// As OpenTofu 1.12 writes it where the block of the provider has `for_each`.
#[test]
fn an_instance_may_name_its_provider() {
    let mut state = composed();
    let resources = state["resources"].as_array_mut().unwrap();
    resources.truncate(2);
    resources[1].as_object_mut().unwrap().remove("provider");
    let mut one = resources[1].clone();
    for (key, region) in [("one", "eu"), ("two", "us")] {
        let mut instance = one["instances"][0].clone();
        instance.as_object_mut().unwrap().remove("status");
        instance["index_key"] = json!(key);
        instance["attributes"]["id"] = json!(key);
        instance["provider"] = json!(format!("provider[\"registry.opentofu.org/svrakitin/hydra\"].by[\"{region}\"]"));
        resources[1]["instances"].as_array_mut().unwrap().push(instance);
    }
    resources[1]["instances"].as_array_mut().unwrap().remove(0);
    one["name"] = json!("single");
    one["instances"] = json!([resources[1]["instances"][0].clone()]);
    one["instances"][0].as_object_mut().unwrap().remove("index_key");
    resources.push(one);
    let (mut report, after) = adopted(&state);
    assert_eq!(report.moved.len(), 2);
    let [keyed, single] = after["resources"].as_array().unwrap().as_slice() else { panic!("{after}") };
    assert_eq!(keyed["instances"][1]["provider"], "provider[\"registry.opentofu.org/janiform/ory\"].by[\"us\"]");
    assert_eq!(single.get("provider"), None);
    let blocks = report.program(&Engine::new(&ORY)).unwrap();
    let [clients] = blocks.files.as_slice() else { panic!("{:?}", blocks.files.len()) };
    assert!(clients.content.contains("= ory.by[\"eu\"]\n"), "{}", clients.content);
    assert!(blocks.by_hand.iter().any(|line| line.contains("{ alias = \"by\" }")), "{:?}", blocks.by_hand);
}
