//! A new project of Ory Network in one apply: the provider of the objects inside is configured with the key that the
//! same apply makes; and the snippets of the pages about it.

use super::{Imported, import_again};
use crate::harness::{
    changes, repository,
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::fs;

super::with_both_tools![a_project_from_nothing_in_one_apply, every_snippet_of_the_console_runs];

pub(super) fn console(cli: Cli, server: &Server, example: &str) -> Terraform {
    let mut terraform = if example.is_empty() { Terraform::new(cli, "") } else { Terraform::with_example(cli, "", example) };
    terraform.set_env("ORY_HYDRA_ADMIN_URL", "");
    for (name, value) in server.console() {
        terraform.set_env(name, value);
    }
    terraform
}

/// The id of a workspace that somebody has made.
pub(super) fn workspace(server: &Server, name: &str) -> String {
    let made = server.ask_console("POST", "/workspaces", Some(&json!({ "name": name }))).expect(201);
    made["id"].as_str().unwrap().to_owned()
}

fn projects(server: &Server) -> Vec<Json> {
    server.ask_console("GET", "/projects", None).expect(200).as_array().unwrap().clone()
}

fn a_project_from_nothing_in_one_apply(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let workspace = workspace(&server, "As it was");
    let terraform = console(cli, &server, "project").env("TF_VAR_workspace_id", &workspace);
    terraform.init().apply().says(&[
        "1 imported, 17 added, 1 changed",
        "workspace = \"Our company\"",
        "tier = \"stage\"",
        "sessions = \"720h",
    ]);
    terraform.is_settled();
    let project = terraform.id("ory_project.shop");
    assert_eq!(projects(&server).len(), 1);
    let inside = format!("{}/p/{}", server.admin, terraform.attributes("ory_project.shop")["slug"].as_str().unwrap());
    let bearer = format!("Bearer {}", terraform.attributes("ory_project_api_key.terraform")["value"].as_str().unwrap());
    let clients = || {
        let answer = crate::harness::http::try_send_with("GET", &format!("{inside}/admin/clients"), None, &[("authorization", &bearer)]);
        answer.expect("an answer").expect(200).as_array().unwrap().clone()
    };
    assert_eq!((clients().len(), clients()[0]["client_name"].as_str()), (1, Some("Order service")));

    // Drift of each kind is seen, and undone.
    let patch = json!([{ "op": "replace", "path": "/name", "value": "Renamed" }]);
    server.ask_console("PATCH", &format!("/projects/{project}"), Some(&patch)).expect(200);
    server.ask_console("PUT", &format!("/workspaces/{workspace}"), Some(&json!({ "name": "Renamed" }))).expect(200);
    let document = || server.ask_console("GET", &format!("/projects/{project}"), None).expect(200);
    let configured = document();
    let meddled = json!([
        { "op": "replace", "path": "/services/identity/config/session/lifespan", "value": "1h" },
        { "op": "replace", "path": "/services/identity/config/selfservice/flows/login/after/hooks", "value": [] },
        { "op": "replace", "path": "/services/identity/config/selfservice/flows/registration/after/password/hooks/0/config/body", "value": "base64://e30=" },
        { "op": "replace", "path": "/services/identity/config/courier/templates/recovery_code/valid/email/subject", "value": "base64://YQ==" },
        { "op": "add", "path": "/services/oauth2/config/ttl/access_token", "value": "7m" },
        { "op": "replace", "path": "/services/identity/config/selfservice/methods/oidc/config/providers/0/client_id", "value": "theirs" },
        { "op": "add", "path": "/services/identity/config/selfservice/methods/saml/config/providers/0/mapper_url", "value": "base64://e30=" },
    ]);
    let revision = configured["revision_id"].as_str().unwrap();
    server.ask_console("PATCH", &format!("/projects/{project}/revision/{revision}"), Some(&meddled)).expect(200);
    let acme = format!("/projects/{project}/organizations/{}", terraform.id("ory_organization.acme"));
    server.ask_console("PUT", &acme, Some(&json!({ "domains": ["other.example"], "default_region": "eu-central" }))).expect(200);
    let at = |path: &str, address: &str| format!("/projects/{project}/{path}/{}", terraform.id(address));
    server.ask_console("PUT", &at("eventstreams", "ory_event_stream.alerts"), Some(&json!({ "event_types": [] }))).expect(200);
    server.ask_console("PUT", &at("cname", "ory_custom_domain.auth"), Some(&json!({ "cookie_domain": "" }))).expect(200);
    let link = format!("{acme}/onboarding-portal-links/{}", terraform.id("ory_onboarding_portal_link.acme"));
    server.ask_console("POST", &link, Some(&json!({ "enable_sso": false, "enable_scim": true }))).expect(200);
    let names = [
        "ory_action.welcome",
        "ory_custom_domain.auth",
        "ory_email_template.recovery",
        "ory_event_stream.alerts",
        "ory_onboarding_portal_link.acme",
        "ory_organization.acme",
        "ory_project.shop",
        "ory_project_config.shop",
        "ory_project_raw_config.sign_in",
        "ory_saml_provider.acme",
        "ory_social_provider.google",
        "ory_workspace.ours",
    ];
    assert_eq!(terraform.plan(), changes(&names.map(|name| (name, "update"))));
    terraform.apply();
    terraform.is_settled();
    assert_eq!(projects(&server)[0]["name"], "Shop");
    let repaired = document();
    let config = "/services/identity/config";
    let paths = [
        "session/lifespan",
        "selfservice/flows/login/after/hooks/0/config/url",
        "selfservice/flows/registration/after/password/hooks/0/config/body",
        "courier/templates/recovery_code/valid/email/subject",
    ];
    for path in paths.map(|path| format!("{config}/{path}")) {
        assert!(repaired.pointer(&path).is_some_and(|there| Some(there) == configured.pointer(&path)), "{path}: {repaired}");
    }
    assert_eq!(repaired["services"]["oauth2"]["config"]["ttl"]["access_token"], "7m0s", "what nobody set here is left alone");

    // Another state takes all of it over.
    let importer = console(cli, &server, "project").env("TF_VAR_workspace_id", &workspace);
    let key = format!("{project}/{}", terraform.id("ory_project_api_key.terraform"));
    let slug = terraform.attributes("ory_project.shop")["slug"].as_str().unwrap().to_owned();
    let acme = format!("{project}/{}", terraform.id("ory_organization.acme"));
    let customer = format!("{project}/{}", terraform.id("ory_identity_schema.customer"));
    let all = format!("{project}:*");
    let [of_acme, google] = ["acme", "google"].map(|id| format!("{project}/{id}"));
    let of = |owner: &str, address: &str| format!("{owner}/{}", terraform.id(address));
    let (stream, domain) = (of(&project, "ory_event_stream.alerts"), of(&project, "ory_custom_domain.auth"));
    let (link, automation) = (of(&acme, "ory_onboarding_portal_link.acme"), of(&workspace, "ory_workspace_api_key.automation"));
    let imports = [
        ("ory_project.shop", project.as_str()),
        ("ory_project_config.shop", &all),
        ("ory_project_raw_config.sign_in", &project),
        ("ory_project_api_key.terraform", &key),
        ("ory_organization.acme", &acme),
        ("ory_action.welcome", &terraform.id("ory_action.welcome")),
        ("ory_email_template.recovery", &format!("{project}/recovery_code_valid")),
        ("ory_saml_provider.acme", &of_acme),
        ("ory_scim_client.acme", &of_acme),
        ("ory_social_provider.google", &google),
        ("ory_identity_schema.customer", &customer),
        ("ory_permission_namespaces.shop", &project),
        ("ory_onboarding_portal_link.acme", &link),
        ("ory_event_stream.alerts", &stream),
        ("ory_custom_domain.auth", &domain),
        ("ory_workspace_api_key.automation", &automation),
    ];
    let imports = imports.map(|(to, id)| format!("import {{\n  to = {to}\n  id = {id:?}\n}}\n"));
    importer.write("imports.tf", &imports.concat());
    // Nobody is told a key's value again, so that what is inside has to be reached by another one.
    let main = fs::read_to_string(repository("examples/terraform/project/main.tf")).unwrap();
    let value = bearer.trim_start_matches("Bearer ").to_owned();
    let main = main
        .replace("ory_project_api_key.terraform.value", &format!("{value:?}"))
        .replace("ory_project.shop.slug\n  project_api_key", &format!("{slug:?}\n  project_api_key"));
    importer.write("main.tf", &main);
    importer.write(
        "client.tf",
        &format!("import {{\n  to = ory_oauth2_client.orders\n  id = {:?}\n}}\n", terraform.id("ory_oauth2_client.orders")),
    );
    let before = document();
    // Of the configuration, what is not set here is let go; of the other, an import knows nothing, and no secret of the providers,
    // nor where the metadata came from; of a schema, Ory forgets what it is called here; and what a stream masks is sent once.
    importer.init().apply().says(&["18 imported, 0 added, 7 changed, 0 destroyed"]);
    importer.is_settled();
    assert_eq!(document()["services"], before["services"]);

    terraform.destroy().says(&["The workspace was not deleted", "The project_config stays as it is"]);
    assert_eq!((terraform.managed(), projects(&server).len()), (0, 0));
    server.ask_console("GET", &format!("/workspaces/{workspace}"), None).expect(200);
}

/// Of each page, the programs that it shows, beside each other; its imports, by the ids that stand in them.
fn every_snippet_of_the_console_runs(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let workspace = workspace(&server, "Our company");
    let own = server
        .ask_console("POST", "/projects", Some(&json!({ "name": "own", "environment": "stage", "workspace_id": workspace })))
        .expect(201);
    let own = own["id"].as_str().unwrap().to_owned();
    let terraform = console(cli, &server, "").env("ORY_PROJECT_ID", &own).env("ORY_WORKSPACE_ID", &workspace);
    let terraform = terraform.env("TF_VAR_mail_server", "smtps://user:canary-of-the-mails@mail.example.com:465/");
    let terraform = terraform.env("TF_VAR_hook_key", "key-of-the-hooks").env("TF_VAR_hook_password", "canary-of-the-hooks");
    let read = |path: &str| fs::read_to_string(repository("examples/terraform").join(path)).unwrap();
    terraform.config("");
    // What is protected is let go first.
    let project = |protected: bool| match protected {
        true => read("resources/ory_project/resource.tf"),
        false => read("resources/ory_project/resource.tf").replace("\"prod\"\n", "\"prod\"\n  deletion_protection = false\n"),
    };
    terraform.write("project.tf", &project(true));
    terraform.write("organization.tf", &read("resources/ory_organization/resource.tf"));
    terraform.write("workspace.tf", &read("resources/ory_workspace/resource.tf"));
    terraform.write("config.tf", &read("resources/ory_project_config/resource.tf"));
    terraform.write("mail.tf", &read("resources/ory_project_config/write-only.tf"));
    terraform.write("action.tf", &read("resources/ory_action/resource.tf"));
    terraform.write("audit.tf", &read("resources/ory_action/write-only.tf"));
    terraform.write("template.tf", &read("resources/ory_email_template/resource.tf"));
    terraform.write("raw.tf", &read("resources/ory_project_raw_config/resource.tf"));
    terraform.write("social.tf", &read("resources/ory_social_provider/resource.tf"));
    // The organization is the one of its own page.
    let organization = "resource \"ory_organization\" \"acme\" {\n  label   = \"Acme\"\n  domains = [\"acme.example\"]\n}\n";
    for kind in ["saml_provider", "scim_client"] {
        terraform.write(&format!("{kind}.tf"), &read(&format!("resources/ory_{kind}/resource.tf")).replace(organization, ""));
    }
    terraform.write("schema.tf", &read("resources/ory_identity_schema/resource.tf"));
    terraform.write("model.tf", &read("resources/ory_permission_namespaces/resource.tf"));
    terraform.write("model-lookup.tf", &read("data-sources/ory_opl_validation/data-source.tf"));
    for name in ["resource", "bootstrap"] {
        terraform.write(&format!("key-{name}.tf"), &read(&format!("resources/ory_project_api_key/{name}.tf")));
    }
    let import = |path: &str, ids: &[(&str, &str)]| ids.iter().fold(read(path), |text, (sample, id)| text.replace(sample, id));
    let (sample_project, sample_key, sample_workspace) =
        ("9f425a8d-7efc-4768-8f23-7647a74fdf13", "5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b54", "3f1c8e52-9b04-4d67-8a2e-6c5d4b3a2f10");
    let sample_organization = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d";
    terraform.write("import.tf", &import("resources/ory_workspace/import-by-string-id.tf", &[(sample_workspace, &workspace)]));
    terraform.init().apply().says(&["1 imported, 21 added, 0 changed"]);
    terraform.remove("import.tf");
    terraform.is_settled();
    let state = terraform.state().to_string();
    assert!(!state.contains("canary-of-the-mails") && !state.contains("canary-of-the-hooks"), "a write-only value is in the state");
    for kind in ["organization", "project", "project_config", "workspace"] {
        terraform.write(&format!("{kind}-lookup.tf"), &read(&format!("data-sources/ory_{kind}/data-source.tf")));
    }
    terraform.apply();
    terraform.is_settled();
    for kind in ["organization", "project", "project_config", "workspace"] {
        terraform.remove(&format!("{kind}-lookup.tf"));
    }
    let (shop, key) = (terraform.id("ory_project.shop"), terraform.id("ory_project_api_key.pipeline"));
    let acme = terraform.id("ory_organization.acme");
    let customer = terraform.id("ory_identity_schema.customer");
    let sample_schema =
        "26e0ff3bb6a4a1ab9c3d1d29f5ab87c45ff29fbbbd8e4dbd2c0bf4d30d4ac4b9d23f3a1ee07b3e6aafaf7c3e7f2c9b0c0d8b16a5e27aeab2dca1c1f2f3e4d5c6";
    let inside = [(sample_project, own.as_str()), (sample_key, &key), (sample_organization, &acme), (sample_schema, &customer)];
    let imported = |address: &str, ids: &[(&str, &str)], changes: bool| {
        let folder = format!("resources/{}", address.split('.').next().unwrap());
        let text = |file: &str| import(&format!("{folder}/{file}"), ids);
        Imported { address: address.into(), command: text("import.sh"), block: text("import-by-string-id.tf"), changes }
    };
    import_again(
        &terraform,
        &[
            imported("ory_project.shop", &[(sample_project, shop.as_str())], false),
            imported("ory_project_api_key.pipeline", &inside, false),
            imported("ory_organization.acme", &inside, false),
            imported("ory_permission_namespaces.shop", &inside, false),
            imported("ory_workspace.ours", &[(sample_workspace, workspace.as_str())], false),
            // What a configuration is let go of is in the state, and nowhere else: of that plan, something changes. Of an
            // overlay, an import takes nothing over; of a template no SMS, of an action no key, and of a provider or client no
            // secret, nor where the metadata came from; of a schema, Ory forgets what it is called here.
            imported("ory_project_config.shop", &inside, true),
            imported("ory_project_raw_config.sign_in", &inside, true),
            imported("ory_identity_schema.customer", &inside, true),
            imported("ory_action.welcome", &inside, true),
            imported("ory_email_template.login", &inside, true),
            imported("ory_social_provider.google", &inside, true),
            imported("ory_saml_provider.acme", &inside, true),
            imported("ory_scim_client.okta", &inside, true),
        ],
    );
    terraform.run(&["destroy", "-auto-approve"]).fails().says(&["The project is protected", "Its environment is `prod`"]);
    terraform.write("project.tf", &project(false));
    terraform.apply();
    terraform.destroy();
    assert_eq!(projects(&server).len(), 1, "only the provider's own is left");
}
