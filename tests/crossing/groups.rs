//! Modules, components and explicit providers on their way across.

use janiform::{
    crossing::{
        migrate::{Config, Outcome, Target, Wanted, to_pulumi, to_terraform},
        program::Language,
        state,
    },
    engine::Engine,
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::fs;

const TERRAFORM: &str = include_str!("../fixtures/crossing/terraform.tfstate");
const PULUMI: &str = include_str!("../fixtures/crossing/pulumi.json");
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

fn file<'a>(outcome: &'a Outcome, path: &str) -> &'a str {
    match outcome.files.iter().find(|file| file.path == path) {
        Some(file) => &file.content,
        None => panic!("no {path} in {:?}", outcome.files.iter().map(|file| &file.path).collect::<Vec<_>>()),
    }
}

fn wanted(language: Language) -> Wanted {
    Wanted { project: "shop".into(), language }
}

fn there(text: &str, config: Option<&Config>, language: Language) -> Outcome {
    let state = state::read(text.as_bytes()).expect("a state");
    to_pulumi(&Engine::new(&ORY), &state, config, &wanted(language)).expect("a migration")
}

fn back(text: &str, pulled: &str) -> Outcome {
    let state = state::read(text.as_bytes()).expect("a stack");
    let into = Target { pulled, lineage: "a-lineage" };
    to_terraform(&Engine::new(&ORY), &state, &into, &wanted(Language::Terraform)).expect("a migration")
}

fn changed(text: &str, change: impl FnOnce(&mut Json)) -> String {
    let mut json: Json = serde_json::from_str(text).expect("JSON");
    change(&mut json);
    json.to_string()
}

fn imports(outcome: &Outcome) -> Vec<Json> {
    let document: Json = serde_json::from_str(file(outcome, "import.json")).expect("JSON");
    document["resources"].as_array().expect("resources").clone()
}

fn named<'a>(imports: &'a [Json], name: &str) -> &'a Json {
    imports.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {imports:#?}"))
}

#[test]
fn modules_become_components_in_languages_with_components() {
    let outcome = there(TERRAFORM, None, Language::TypeScript);
    let all = imports(&outcome);
    // A name that no object has, and the one that it is to have.
    let team = json!({ "type": "modules:index:Team", "name": "component team_b_c", "logicalName": "team_b_c", "component": true });
    assert_eq!(*named(&all, "component team_b_c"), team);
    assert_eq!(named(&all, "team_b_c_c_0")["parent"], "component team_b_c");
    assert_eq!(named(&all, "shop")["parent"], Json::Null);
    assert!(
        file(&outcome, "components.ts")
            .contains("export const teamBC = new pulumi.ComponentResource(\"modules:index:Team\", \"team_b_c\", {});")
    );
    assert!(file(&outcome, "oauth2_client.ts").contains("parent: components.teamBC,"), "{}", file(&outcome, "oauth2_client.ts"));
    assert!(file(&there(TERRAFORM, None, Language::Python), "oauth2_client.py").contains("parent=components.team_b_c"));
    assert!(file(&there(TERRAFORM, None, Language::Go), "oauth2_client.go").contains("pulumi.Parent(&component_teamBC)"));
    // A program in YAML would be refused with them.
    let yaml = there(TERRAFORM, None, Language::Yaml);
    assert!(imports(&yaml).iter().all(|one| one.get("component").is_none() && one.get("parent").is_none()));
}

#[test]
fn an_alias_becomes_an_explicit_provider_with_its_settings() {
    let text = changed(TERRAFORM, |state| {
        state["resources"][1]["provider"] = "provider[\"registry.terraform.io/janiform/ory\"].eu".into();
        state["resources"][4]["provider"] = "module.team[\"b.c\"].provider[\"registry.terraform.io/janiform/ory\"]".into();
    });
    let dir = tempfile::tempdir().expect("a directory");
    fs::create_dir(dir.path().join("mod")).unwrap();
    let main = r#"
terraform {
  required_providers {
    janiform = { source = "janiform/ory" }
    ory      = { source = "ory/ory" }
  }
}

variable "eu" {
  default = "http://127.0.0.1:1"
}

variable "password" {
  sensitive = true
}

variable "key" {}

provider "janiform" {
  max_retries = 3
}

provider "janiform" {
  alias               = "eu"
  hydra_admin_url     = var.eu
  max_retries         = 6
  request_timeout     = "${var.eu}s"
  project_api_key     = var.key
  admin_basic_auth    = { username = "ann", password = (var.password) }
  allowed_project_ids = ["1", "2"]
}

provider "ory" {
  alias       = "eu"
  project_slug = "another-provider"
}

module "team" {
  source = "./mod"
}
"#;
    fs::write(dir.path().join("main.tf"), main).unwrap();
    fs::write(dir.path().join("mod/main.tf"), "provider \"janiform/ory\" {}\n").unwrap();
    fs::write(dir.path().join("terraform.tfvars"), "password = \"hunter2-of-the-proxy\"\neu = \"http://127.0.0.1:2\"\n").unwrap();
    let config = Config::read(dir.path()).expect("a program");
    let outcome = there(&text, Some(&config), Language::Yaml);
    let all = imports(&outcome);
    let eu = named(&all, "provider eu");
    assert_eq!((&eu["type"], &eu["logicalName"]), (&json!("pulumi:providers:ory"), &json!("eu")));
    assert_eq!(eu["inputs"]["hydraAdminUrl"], "http://127.0.0.1:2", "files of values win over defaults");
    assert_eq!(eu["inputs"]["allowedProjectIds"], json!(["1", "2"]));
    assert_eq!(eu["inputs"].get("maxRetries"), None, "that is the default");
    assert_eq!(eu["inputs"]["adminBasicAuth"]["plaintext"].as_str().map(|text| text.contains("hunter2-of-the-proxy")), Some(true));
    assert_eq!(named(&all, "shop")["provider"], "provider eu");
    assert_eq!(named(&all, "keys")["provider"], Json::Null);
    // One that a module configures for itself is one of its own.
    assert_eq!(named(&all, "team_b_c_c_0")["provider"], "provider team_b_c");
    let program = file(&outcome, "Pulumi.yaml");
    assert!(program.contains("  provider_eu:\n    type: pulumi:providers:ory\n    name: eu\n    properties:\n"), "{program}");
    assert!(program.contains("      provider: ${provider_eu}\n"), "{program}");
    let told = format!("{program}{}{}", outcome.report, outcome.report.summary());
    assert!(!told.contains("hunter2") && !told.contains("another-provider"), "{told}");
    assert!(told.contains("request_timeout, project_api_key of the provider's configuration `eu`"), "{told}");
    let secrets = file(&outcome, "secrets.sh");
    assert!(secrets.contains("pulumi config set ory:maxRetries <<'END'\n3\nEND\n"), "{secrets}");
    assert!(secrets.contains("hunter2-of-the-proxy"), "{secrets}");
    for (language, path, says) in [
        (Language::TypeScript, "providers.ts", "export const eu = new ory.Provider(\"eu\", {"),
        (Language::Python, "providers.py", "eu = ory.Provider(\n    \"eu\","),
        (Language::Go, "providers.go", "provider_eu, err = ory.NewProvider(ctx, \"eu\", &ory.ProviderArgs{"),
    ] {
        let outcome = there(&text, Some(&config), language);
        assert!(file(&outcome, path).contains(says), "{}", file(&outcome, path));
    }
    // Without its program nobody knows what it is configured with.
    let told = there(&text, None, Language::Yaml).report.summary();
    assert!(told.contains("the settings of the provider's configuration `eu`: they are in no state. `--config DIR`"), "{told}");
}

/// The stack with its client `team` in a component, and of an explicit provider.
fn grouped() -> String {
    changed(PULUMI, |stack| {
        let resources = stack["deployment"]["resources"].as_array_mut().unwrap();
        let root = resources[0]["urn"].clone();
        let component = "urn:pulumi:dev::shop::acme:index:Team::crew";
        let provider = "urn:pulumi:dev::shop::pulumi:providers:ory::eu-west";
        let secret = json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"hunter2-of-the-key\"" });
        resources.insert(1, json!({ "urn": component, "custom": false, "type": "acme:index:Team", "parent": root }));
        resources.insert(
            1,
            json!({
                "urn": provider, "custom": true, "id": "4711", "type": "pulumi:providers:ory",
                "inputs": { "hydraAdminUrl": "http://127.0.0.1:2", "maxRetries": "3", "projectApiKey": secret },
            }),
        );
        let team = resources.iter_mut().find(|one| one["urn"].as_str().unwrap().ends_with("Oauth2Client::team")).unwrap();
        team["parent"] = component.into();
        team["provider"] = format!("{provider}::4711").into();
    })
}

/// Whether a program in HCL gives an attribute this value.
fn says(program: &str, name: &str, value: &str) -> bool {
    program.lines().filter_map(|line| line.split_once('=')).any(|(left, right)| left.trim() == name && right.trim() == value)
}

#[test]
fn a_component_becomes_a_module_in_a_directory() {
    let outcome = back(&grouped(), "");
    let state: Json = serde_json::from_str(file(&outcome, "terraform.tfstate")).unwrap();
    let blocks = state["resources"].as_array().unwrap();
    let team = blocks.iter().find(|one| one["module"] == "module.crew").expect("the client");
    assert_eq!((&team["name"], &team["type"]), (&json!("crew_team"), &json!("ory_oauth2_client")));
    assert_eq!(team["provider"], "provider[\"registry.terraform.io/janiform/ory\"].eu_west");
    let ann = blocks.iter().find(|one| one["name"] == "ann").expect("the relationship");
    assert_eq!(ann["instances"][0]["dependencies"], json!(["module.crew.ory_oauth2_client.crew_team"]));
    assert_eq!(ann.get("module"), None);
    let call = file(&outcome, "modules.tf");
    assert!(call.starts_with("module \"crew\" {\n  source = \"./modules/crew\"\n"), "{call}");
    assert!(call.contains("  providers = {\n    ory.eu_west = ory.eu_west\n  }\n"), "{call}");
    assert!(file(&outcome, "modules/crew/versions.tf").contains("configuration_aliases = [ory.eu_west]"));
    assert!(says(file(&outcome, "modules/crew/oauth2_client.tf"), "provider", "ory.eu_west"));
    // What waits for something in it waits for all of it.
    assert!(says(file(&outcome, "relationship.tf"), "depends_on", "[module.crew]"));
    let provider = file(&outcome, "providers.tf");
    for (name, value) in [
        ("alias", "\"eu_west\""),
        ("hydra_admin_url", "\"http://127.0.0.1:2\""),
        ("project_api_key", "var.provider_eu_west_project_api_key"),
        ("max_retries", "3"),
    ] {
        assert!(says(provider, name, value), "{provider}");
    }
    // A module is given the secrets that it needs.
    assert!(file(&outcome, "modules/crew/variables.tf").contains("sensitive   = true"));
    let told = format!("{}{}", outcome.report, outcome.report.summary());
    assert!(!told.contains("hunter2") && !told.contains("components"), "{told}");
    let open: Vec<_> =
        outcome.files.iter().filter(|file| file.path.ends_with(".tf")).filter(|file| file.content.contains("hunter2")).collect();
    assert!(open.is_empty(), "a program holds a secret");

    // The address of a module is one that can be taken.
    let again = {
        let state = state::read(grouped().as_bytes()).unwrap();
        let into = Target { pulled: file(&outcome, "terraform.tfstate"), lineage: "x" };
        to_terraform(&Engine::new(&ORY), &state, &into, &wanted(Language::Terraform)).err().expect("a collision")
    };
    assert!(again.what.contains("module.crew.ory_oauth2_client.crew_team"), "{again}");
}

/// A circle in which each part waits for the other is nothing that a module as a whole can wait for.
#[test]
fn a_module_gets_no_circular_dependency() {
    let text = changed(&grouped(), |stack| {
        let resources = stack["deployment"]["resources"].as_array_mut().unwrap();
        let urn = |name: &str| {
            let mut urns = resources.iter().filter_map(|one| one["urn"].as_str());
            urns.find(|urn| urn.ends_with(name)).unwrap().to_owned()
        };
        let (set, team, component) = (urn("::set"), urn("::team"), urn("::crew"));
        let mut of =
            |name: &str| resources.iter_mut().find(|one| one["urn"].as_str().is_some_and(|urn| urn.ends_with(name))).unwrap().take();
        let (mut waiting, mut waited_for) = (of("::writeOnly"), of("::set"));
        resources.retain(|one| !one.is_null());
        waiting["parent"] = component.into();
        waiting["dependencies"] = json!([set]);
        waited_for["dependencies"] = json!([team]);
        resources.extend([waited_for, waiting]);
    });
    let outcome = back(&text, "");
    let (call, set) = (file(&outcome, "modules.tf"), file(&outcome, "json_web_key_set.tf"));
    let waits = [call.contains("depends_on"), set.contains("depends_on")];
    assert_eq!(waits, [false, false], "{call}{set}");
    let state = file(&outcome, "terraform.tfstate");
    assert!(state.contains("\"dependencies\":[\"ory_json_web_key_set.set\"]"), "the state says it: {state}");
}

/// As OpenTofu 1.12 writes it: the block of the provider has `for_each`, and each instance names its provider.
#[test]
fn configurations_of_one_block_become_explicit_providers() {
    let client = |key: &str| {
        json!({
            "index_key": key, "schema_version": 0, "provider": format!("provider[\"registry.opentofu.org/janiform/ory\"].by[\"{key}\"]"),
            "attributes": { "id": key, "client_id": key, "client_name": key },
        })
    };
    let state = json!({
        "version": 4, "terraform_version": "1.12.6", "serial": 1, "lineage": "l", "outputs": {},
        "resources": [{ "mode": "managed", "type": "ory_oauth2_client", "name": "each", "instances": [client("eu"), client("us")] }],
    });
    let dir = tempfile::tempdir().unwrap();
    let config = "terraform {\n  required_providers {\n    ory = { source = \"janiform/ory\" }\n  }\n}\nprovider \"ory\" {\n  alias = \"by\"\n  \
                  for_each = local.regions\n  hydra_admin_url = each.value\n  project_slug = \"shop\"\n}\n";
    fs::write(dir.path().join("main.tf"), config).unwrap();
    let outcome = there(&state.to_string(), Some(&Config::read(dir.path()).unwrap()), Language::Yaml);
    let program = file(&outcome, "Pulumi.yaml");
    for line in ["provider_byEu:\n", "provider_byUs:\n", "provider: ${provider_byEu}\n", "projectSlug: shop\n"] {
        assert!(program.contains(line), "{line}: {program}");
    }
    assert!(!program.contains("forEach"), "{program}");
    let report = outcome.report.summary();
    assert!(report.contains("hydra_admin_url") && !report.contains("for_each"), "{report}");
}
