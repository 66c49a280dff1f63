//! Special contents: write-only arguments, look-ups, the schema as the tools see it, secrets.

use crate::harness::{
    Scratch, changes, http, process,
    secrets::{journal_holds_no_secret, refusing_server_repeats},
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::process::Command;

super::everywhere![a_write_only_secret_stays_out_of_the_state, a_client_is_looked_up];
super::with_both_tools![
    the_schema_equals_the_export,
    secrets_are_never_shown,
    every_example_runs,
    the_pages_of_relationships_and_identities_run,
    identities_and_permissions_are_looked_up
];

fn a_write_only_secret_stays_out_of_the_state(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let client = |version: &str| {
        format!(
            r#"
variable "secret" {{
  type      = string
  ephemeral = true
}}
resource "ory_oauth2_client" "it" {{
  client_id                = "billing"
  client_name              = "Billing"
  grant_types              = ["client_credentials"]
  client_secret_wo         = var.secret
  client_secret_wo_version = "{version}"
}}"#
        )
    };
    let mut terraform = Terraform::with_config(cli, &server.admin, &client("1")).env("TF_VAR_secret", "first-canary");
    terraform.init().apply();
    terraform.is_settled();
    http::token(&server.public, "billing", "first-canary", false).expect(200);

    // Another secret alone is no change: Terraform does not compare what it does not keep.
    terraform.set_env("TF_VAR_secret", "second-canary");
    terraform.is_settled();
    terraform.config(&client("2"));
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.it", "update")]));
    terraform.apply();
    terraform.is_settled();
    http::token(&server.public, "billing", "second-canary", false).expect(200);
    http::token(&server.public, "billing", "first-canary", false).expect(401);

    let state = terraform.state().to_string();
    assert!(!state.contains("canary"), "a secret is in the state: {state}");
}

fn a_client_is_looked_up(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let made = server.create(&json!({
        "client_name": "Elsewhere",
        "scope": "read write",
        "grant_types": ["client_credentials"],
        "audience": ["https://api.example.com"],
        "metadata": {"big": 12345678901234567890u64},
        "client_credentials_grant_access_token_lifespan": "90m",
    }));
    let id = made["client_id"].as_str().unwrap();
    let terraform = Terraform::with_config(
        cli,
        &server.admin,
        &format!(
            r#"
data "ory_oauth2_client" "by_id" {{
  client_id = "{id}"
}}
data "ory_oauth2_client" "by_name" {{
  client_name = "Elsewhere"
}}"#
        ),
    );
    terraform.init().apply();
    let by_id = terraform.attributes("data.ory_oauth2_client.by_id");
    assert_eq!(by_id, terraform.attributes("data.ory_oauth2_client.by_name"));
    for (name, value) in [
        ("id", json!(id)),
        ("client_name", json!("Elsewhere")),
        ("scope", json!("read write")),
        ("audience", json!(["https://api.example.com"])),
        ("metadata", json!(r#"{"big":12345678901234567890}"#)),
        ("client_credentials_grant_access_token_lifespan", json!("1h30m0s")),
        ("token_endpoint_auth_method", made["token_endpoint_auth_method"].clone()),
    ] {
        assert_eq!(by_id[name], value, "{name}");
    }

    // Two of a name, none of a name, none of an id.
    server.create(&json!({"client_name": "Elsewhere"}));
    terraform.run(&["plan", "-no-color"]).fails().says(&["client_name", "Elsewhere"]);
    for (argument, value) in [("client_name", "Nobody"), ("client_id", "0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1")] {
        terraform.config(&format!("data \"ory_oauth2_client\" \"none\" {{\n  {argument} = \"{value}\"\n}}"));
        terraform.run(&["plan", "-no-color"]).fails().says(&[value]);
    }
}

/// In the sections that the tool at hand knows.
fn the_schema_equals_the_export(cli: Cli) {
    let terraform = Terraform::with_config(cli, "http://127.0.0.1:9", "");
    let seen = terraform.init().run(&["providers", "schema", "-json"]).ok().json();
    let mut export = Command::new(crate::harness::janiform());
    let exported = process::run(export.args(["schema", "export", "--format", "terraform"])).ok().json();
    assert_eq!(seen["format_version"].as_str().unwrap().split('.').next(), exported["format_version"].as_str().unwrap().split('.').next());
    let seen = &seen["provider_schemas"][format!("{}/janiform/ory", cli.host())];
    let exported = &exported["provider_schemas"]["registry.terraform.io/janiform/ory"];
    let sections = seen.as_object().expect("the provider's schemas");
    assert!(sections.contains_key("provider") && sections.contains_key("resource_schemas") && sections.contains_key("data_source_schemas"));
    for (section, content) in sections {
        let mut exported = exported[section].clone();
        // Terraform 1.11 leaves out why an attribute is deprecated; OpenTofu, and newer ones of it, do not.
        if matches!(cli, Cli::Terraform) && !content.to_string().contains("deprecation_message") {
            strip(&mut exported, "deprecation_message");
        }
        assert_eq!(&exported, content, "{section}");
    }
}

/// Without the members of this name, at any depth.
fn strip(value: &mut Json, name: &str) {
    match value {
        Json::Object(members) => {
            members.remove(name);
            members.values_mut().for_each(|member| strip(member, name));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| strip(item, name)),
        _ => {}
    }
}

fn secrets_are_never_shown(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let journal = tempfile::tempdir().unwrap();
    let mut terraform = Terraform::with_config(
        cli,
        &server.admin,
        r#"
provider "ory" {
  admin_headers = { "X-Guard" = "canary-header" }
}
resource "ory_oauth2_client" "it" {
  client_name   = "It"
  grant_types   = ["client_credentials"]
  client_secret = "canary-secret"
  jwks          = jsonencode({ keys = [{ kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = "canary-key", x = "t3wABkyxMe5Se3aQCD4wrWAKMfioxc01AB4rd5pL02Q", y = "X8UJHVqL-GFQars9QTm-pQL8uz10Su3J_fmTDu3FwSI" }] })
}"#,
    )
    .env("TF_LOG_PROVIDER", "TRACE")
    .env("JANIFORM_STATE_DIR", journal.path().to_str().unwrap());
    let mut logs = 0;
    for arguments in [&["init"][..], &["apply", "-auto-approve"], &["plan"], &["show"], &["destroy", "-auto-approve"]] {
        let ran = terraform.run(&[arguments, &["-no-color"]].concat()).ok();
        let text = ran.text();
        let shown: Vec<&str> = text.lines().filter(|line| line.contains("canary")).collect();
        assert!(shown.is_empty(), "{arguments:?} shows a secret: {shown:#?}");
        logs += ran.stderr.lines().filter(|line| line.contains("/admin/clients")).count();
    }
    assert!(logs > 0, "the provider logged nothing");
    refusing_server_repeats(|url| {
        terraform.set_env("ORY_HYDRA_ADMIN_URL", url);
        terraform.run(&["apply", "-auto-approve", "-no-color"])
    });
    journal_holds_no_secret(journal.path());
}

/// Those that stand for themselves, beside the stack of the lifecycle.
fn every_example_runs(cli: Cli) {
    let server = Server::start(Kind::Emulator);

    let maker = Terraform::with_example(cli, &server.admin, "oauth2-clients");
    maker.init().apply();
    let id = maker.id("ory_oauth2_client.machine");
    let import = Terraform::with_example(cli, &server.admin, "import").env("TF_VAR_client_id", &id);
    import.init();
    import.apply().says(&["1 imported, 0 added, 0 changed"]);
    import.is_settled();

    // The pages' snippets, in one configuration that points at this server.
    let read = |path: &str| std::fs::read_to_string(crate::harness::repository("examples/terraform").join(path)).unwrap();
    let provider = Terraform::new(cli, "").env("TF_VAR_billing_client_secret", "from-a-vault");
    provider.write("provider.tf", &read("provider/provider.tf").replace("http://127.0.0.1:4445", &server.admin));
    provider.write("resource.tf", &read("resources/ory_oauth2_client/resource.tf"));
    provider.write("write-only.tf", &read("resources/ory_oauth2_client/write-only.tf"));
    provider.init().apply();
    provider.is_settled();
    let machine = provider.id("ory_oauth2_client.machine");
    let command = read("resources/ory_oauth2_client/import.sh");
    let sample = "0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1";
    provider.run(&["state", "rm", "ory_oauth2_client.machine"]).ok();
    let words: Vec<&str> = command.split_whitespace().skip(1).map(|word| if word == sample { &machine } else { word }).collect();
    provider.run(&words).ok();
    provider.is_settled();
    provider.run(&["state", "rm", "ory_oauth2_client.machine"]).ok();
    provider.write("import.tf", &read("resources/ory_oauth2_client/import-by-string-id.tf").replace(sample, &machine));
    provider.apply().says(&["1 imported, 0 added, 0 changed"]);
    provider.is_settled();
    provider.destroy();

    maker.apply();
    let lookup = Terraform::with_config(
        cli,
        &server.admin,
        &read("data-sources/ory_oauth2_client/data-source.tf").replace(sample, &maker.id("ory_oauth2_client.machine")),
    );
    lookup.init().apply().says(&["order_service_scope = \"orders:read orders:write\""]);
    let listing = read("data-sources/ory_oauth2_clients/data-source.tf").replace("owner = \"payments\"", "client_name = \"Order service\"");
    let listing = Terraform::with_config(cli, &server.admin, &listing);
    listing.init().apply().says(&[&format!("\"{}\" = \"Order service\"", maker.id("ory_oauth2_client.machine"))]);

    // Ory Network cannot be reached from here; what its example says is valid.
    let network = Terraform::with_example(cli, "", "provider-ory-network");
    network.init().run(&["validate", "-no-color"]).ok();
}

/// Each page's programs, and its imports of what they made.
fn the_pages_of_relationships_and_identities_run(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let read = |path: &str| std::fs::read_to_string(crate::harness::repository("examples/terraform").join(path)).unwrap();
    // The emulator has a schema of its own.
    let program = |path: String| read(&path).replace("\"person\"", "\"default\"");
    let mut terraform = Terraform::with_config(cli, "", "").env("TF_VAR_robot_password", "from-a-vault");
    for name in ["ORY_KRATOS_ADMIN_URL", "ORY_KETO_READ_URL", "ORY_KETO_WRITE_URL"] {
        terraform.set_env(name, server.admin.clone());
    }
    terraform.init();
    let sample = "9f425a8d-7efc-4768-8f23-7647a74fdf13";
    for (dir, more, made) in [
        ("resources/ory_identity", &["credentials.tf", "write-only.tf"][..], "ory_identity.ann"),
        ("resources/ory_relationship", &[], "ory_relationship.staff_views"),
        ("resources/ory_relationships", &[], "ory_relationships.report"),
    ] {
        terraform.write("resource.tf", &program(format!("{dir}/resource.tf")));
        for file in more {
            terraform.write(file, &program(format!("{dir}/{file}")));
        }
        terraform.apply();
        terraform.is_settled();
        let id = id_of(&terraform, made);
        for file in ["import-by-string-id.tf", "import-by-identity.tf"] {
            // Terraform has identities since 1.12; the pinned OpenTofu has them in any case.
            if file.contains("identity") && cli == Cli::Terraform {
                continue;
            }
            terraform.run(&["state", "rm", made]).ok();
            terraform.write("import.tf", &read(&format!("{dir}/{file}")).replace(sample, &id));
            terraform.apply().says(&["1 imported, 0 added"]);
            terraform.is_settled();
            assert_eq!(id_of(&terraform, made), id);
            terraform.remove("import.tf");
        }
        // The page's commands for what its program has made.
        let commands = read(&format!("{dir}/import.sh"));
        for command in commands.lines().filter(|line| !line.starts_with('#') && !line.contains("external_id=")) {
            let command = command.replace(sample, &id).replace(['\''], "");
            let words: Vec<&str> = command.split_whitespace().skip(1).collect();
            if !terraform.run(&["state", "list"]).ok().stdout.lines().any(|address| address == words[1]) {
                continue;
            }
            terraform.run(&["state", "rm", words[1]]).ok();
            terraform.run(&words).ok();
            terraform.apply().says(&["0 added"]);
            terraform.is_settled();
        }
        let lookup = match dir {
            "resources/ory_identity" => Some("data-sources/ory_identity"),
            "resources/ory_relationship" => Some("data-sources/ory_relationship"),
            _ => None,
        };
        if let Some(lookup) = lookup {
            let external = "\nresource \"ory_identity\" \"customer\" {\n  schema_id   = \"default\"\n  traits      = jsonencode({ email = \"c@example.com\" })\n  external_id = \"customer-4711\"\n}\n";
            terraform.write("customer.tf", external);
            terraform.apply();
            terraform.write("data-source.tf", &read(&format!("{lookup}/data-source.tf")).replace(sample, &id));
            terraform.apply();
            terraform.is_settled();
            if lookup == "data-sources/ory_identity" {
                // The other command of its page.
                terraform.run(&["state", "rm", "ory_identity.customer"]).ok();
                terraform.run(&["import", "ory_identity.customer", "external_id=customer-4711"]).ok();
                terraform.is_settled();
            }
            terraform.remove("data-source.tf");
            terraform.remove("customer.tf");
        }
        terraform.destroy();
        for file in more {
            terraform.remove(file);
        }
    }
}

/// The example that has all of them, and the pages' look-ups of what it made.
fn identities_and_permissions_are_looked_up(cli: Cli) {
    let scratch = Scratch::new();
    let person = r#"{"type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string","ory.sh/kratos":{"credentials":{"password":{"identifier":true}}}},"name":{"type":"string"}}}}}"#;
    scratch.write("person.schema.json", person);
    let schema = format!("person={}", scratch.join("person.schema.json").display());
    let server = Server::emulator(&["--namespace", "files", "--namespace", "groups", "--identity-schema", &schema]);
    let mut terraform = Terraform::with_example(cli, "", "identities-and-permissions").env("TF_VAR_schema_id", "person");
    for name in ["ORY_KRATOS_ADMIN_URL", "ORY_KRATOS_PUBLIC_URL", "ORY_KETO_READ_URL", "ORY_KETO_WRITE_URL"] {
        terraform.set_env(name, server.admin.clone());
    }
    terraform.init().apply();
    terraform.is_settled();
    let output = |name: &str| terraform.run(&["output", "-json", name]).ok().json();
    assert_eq!(output("bob_may"), json!({ "view": true, "edit": false }));
    assert_eq!(output("report_relationships"), json!(2));
    assert_eq!(output("active"), json!(["ann@example.com"]));
    assert_eq!(output("schema_type"), json!("object"));

    let mut members = ["ory_identity.ann", "ory_identity.bob"].map(|person| id_of(&terraform, person));
    members.sort();
    let pages = [
        ("data-sources/ory_identities", "ann", json!(id_of(&terraform, "ory_identity.ann"))),
        ("data-sources/ory_identities", "inactive", json!([id_of(&terraform, "ory_identity.bob")])),
        ("data-sources/ory_identity_schema", "person_traits", json!(["email", "name"])),
        ("data-sources/ory_identity_schemas", "schema_ids", json!(["person"])),
        ("data-sources/ory_relationships", "viewers", json!([])),
        ("data-sources/ory_relationships", "of_staff", json!(["files:report.pdf#view@groups:staff#member"])),
        ("data-sources/ory_permission_check", "ann_may_view", json!(false)),
        ("data-sources/ory_permission_checks", "may_view", json!({ "ann": false, "bob": false })),
        ("data-sources/ory_permission_expand", "viewers", json!(members)),
        ("data-sources/ory_identity_by_identifier", "ann_by_identifier", json!(id_of(&terraform, "ory_identity.ann"))),
    ];
    for (page, name, said) in pages {
        terraform.write(
            "page.tf",
            &std::fs::read_to_string(crate::harness::repository(&format!("examples/terraform/{page}/data-source.tf"))).unwrap(),
        );
        terraform.apply();
        assert_eq!(output(name), said, "{page}");
    }
    terraform.remove("page.tf");
    terraform.destroy();
}

fn id_of(terraform: &Terraform, address: &str) -> String {
    terraform.attributes(address)["id"].as_str().expect("an id").to_owned()
}
