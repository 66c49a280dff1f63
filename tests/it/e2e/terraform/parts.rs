//! Parts of a project or a workspace: the snippets of their pages together, and their imports.

use super::{
    Imported, import_again,
    project::{console, workspace},
};
use crate::harness::{
    repository,
    server::{Kind, Server},
    terraform::Cli,
};
use serde_json::json;
use std::fs;

super::with_both_tools![every_snippet_of_a_part_runs];

const LISTS: [&str; 10] = [
    "data-sources/ory_workspaces",
    "data-sources/ory_workspace_api_keys",
    "data-sources/ory_projects",
    "data-sources/ory_project_api_keys",
    "data-sources/ory_project_members",
    "data-sources/ory_organizations",
    "data-sources/ory_onboarding_portal_links",
    "data-sources/ory_event_streams",
    "data-sources/ory_custom_domains",
    "data-sources/ory_relationship_namespaces",
];
/// The ids that stand in the imports: of a project, a workspace and an organization.
const SAMPLES: [&str; 3] =
    ["9f425a8d-7efc-4768-8f23-7647a74fdf13", "b7d3c0a1-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d"];

fn every_snippet_of_a_part_runs(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let ours = workspace(&server, "Our company");
    let body = json!({ "name": "own", "environment": "stage", "workspace_id": ours });
    let own = server.ask_console("POST", "/projects", Some(&body)).expect(201);
    let own = own["id"].as_str().unwrap().to_owned();
    let acme = json!({ "label": "Acme", "domains": ["acme.example"] });
    server.ask_console("POST", &format!("/projects/{own}/organizations"), Some(&acme)).expect(201);
    let terraform = console(cli, &server, "").env("ORY_PROJECT_ID", &own).env("ORY_WORKSPACE_ID", &ours);
    // Namespaces are asked of the project, or of a server: here, of that.
    let terraform = terraform.env("ORY_KETO_READ_URL", &server.admin);
    let read = |path: &str| fs::read_to_string(repository("examples/terraform").join(path)).unwrap().replace(SAMPLES[1], &ours);
    terraform.config("");
    let parts = [
        ("resources/ory_onboarding_portal_link", "ory_onboarding_portal_link.globex", "1e2d3c4b-5a69-4788-9796-a5b4c3d2e1f0"),
        ("resources/ory_event_stream", "ory_event_stream.alerts", "0f6a3c1e-52d7-4b8e-9f10-6a7b8c9d0e1f"),
        ("resources/ory_custom_domain", "ory_custom_domain.auth", "7c2e9d40-1b3a-4f5c-8e6d-9a0b1c2d3e4f"),
        ("resources/ory_workspace_api_key", "ory_workspace_api_key.automation", "5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b55"),
    ];
    for (folder, ..) in parts {
        terraform.write(&format!("{}.tf", folder.replace('/', "-")), &read(&format!("{folder}/resource.tf")));
    }
    terraform.init().apply().says(&["6 added, 0 changed"]);
    terraform.is_settled();
    for folder in LISTS {
        terraform.write(&format!("{}.tf", folder.replace('/', "-")), &read(&format!("{folder}/data-source.tf")));
    }
    terraform.apply().says(&["\"auth.example.com\" = \"active\"", "owner@example.com"]);
    terraform.is_settled();
    let globex = terraform.id("ory_organization.globex");
    let imported = parts.map(|(folder, address, sample)| {
        let id = terraform.id(address);
        let import = |file: &str| {
            let text = read(&format!("{folder}/{file}"));
            [(SAMPLES[0], own.as_str()), (SAMPLES[2], &globex), (sample, &id)]
                .iter()
                .fold(text, |text, (sample, id)| text.replace(sample, id))
        };
        // A secret that nobody is told is sent once.
        let changes = folder.ends_with("event_stream");
        Imported { address: address.into(), command: import("import.sh"), block: import("import-by-string-id.tf"), changes }
    });
    import_again(&terraform, &imported);
    terraform.destroy();
}
