//! The pages' snippets of keys, issuers and clients that register themselves, on both servers.

use super::{Imported, import_again};
use crate::harness::{
    repository,
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use std::fs;

super::everywhere![every_snippet_runs];

/// A resource's snippets, its data source's, the object that both name, and the id that stands for it.
const SNIPPETS: &[(&str, &str, &str, &str)] = &[
    ("resources/ory_json_web_key_set", "data-sources/ory_json_web_key_set", "sessions", "session-tokens"),
    ("resources/ory_oidc_dynamic_client", "data-sources/ory_oidc_dynamic_client", "wiki", "5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b54"),
    (
        "resources/ory_trusted_oauth2_jwt_grant_issuer",
        "data-sources/ory_trusted_oauth2_jwt_grant_issuer",
        "partner",
        "9edc811f-4e28-453c-9b46-4de65f00217f",
    ),
];

fn every_snippet_runs(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let read = |path: &str| fs::read_to_string(repository("examples/terraform").join(path)).unwrap();
    let keys = r#"{"keys":[{"kty":"EC","kid":"w","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}"#;
    let terraform = Terraform::new(cli, "").env("TF_VAR_signing_keys", keys).env("ORY_HYDRA_PUBLIC_URL", &server.public);
    terraform.write("provider.tf", &read("provider/provider.tf").replace("http://127.0.0.1:4445", &server.admin));
    for (resource, ..) in SNIPPETS {
        for entry in fs::read_dir(repository("examples/terraform").join(resource)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".tf") && !name.starts_with("import") {
                terraform.write(&format!("{}-{name}", resource.rsplit('/').next().unwrap()), &read(&format!("{resource}/{name}")));
            }
        }
    }
    terraform.init().apply();
    terraform.is_settled();
    assert!(!terraform.state().to_string().contains("870MB6gfuTJ4"), "a write-only key is in the state");

    let mut imported = Vec::new();
    for (resource, view, name, sample) in SNIPPETS {
        let kind = resource.rsplit('/').next().unwrap();
        let address = format!("{kind}.{name}");
        let id = terraform.id(&address);
        let own = |path: &str| read(path).replace(sample, &id);
        terraform.write(&format!("{kind}-lookup.tf"), &own(&format!("{view}/data-source.tf")));
        let (command, block) = (own(&format!("{resource}/import.sh")), own(&format!("{resource}/import-by-string-id.tf")));
        imported.push(Imported { address, command, block, changes: false });
    }
    terraform.apply();
    terraform.is_settled();
    import_again(&terraform, &imported);
    terraform.destroy();
}
