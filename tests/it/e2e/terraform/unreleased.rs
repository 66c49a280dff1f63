//! The pages' programs for features that Ory Network has and no release of the servers yet.

use crate::harness::{
    repository,
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use std::fs;

super::everywhere![a_secret_rotates];
super::with_both_tools![second_factors_stay_out_of_the_state];

fn read(path: &str) -> String {
    fs::read_to_string(repository("examples/terraform").join(path)).unwrap()
}

/// With an overlap where the server has one; on a real Hydra by an update.
fn a_secret_rotates(cli: Cli, kind: Kind) {
    let server = match kind {
        Kind::Emulator => Server::emulator(&["--unreleased"]),
        kind => Server::start(kind),
    };
    let program = read("resources/ory_oauth2_client/rotation.tf");
    let terraform = Terraform::new(cli, "");
    terraform.write("provider.tf", &read("provider/provider.tf").replace("http://127.0.0.1:4445", &server.admin));
    terraform.write("rotation.tf", &program);
    terraform.init().apply();
    terraform.is_settled();
    let secret = || terraform.run(&["output", "-raw", "billing_secret"]).ok().stdout;
    let first = secret();
    terraform.write("rotation.tf", &program.replace("2026-11", "2026-12"));
    let applied = terraform.apply().says(&["0 added, 1 changed"]);
    assert!(!applied.stdout.contains(&first) && !applied.stdout.contains(&secret()));
    terraform.is_settled();
    assert_ne!(first, secret());
    let old = terraform.attributes("ory_oauth2_client.rotated")["old_secrets"].clone();
    assert_eq!(old, if kind == Kind::Emulator { "valid" } else { "none" });
    terraform.destroy();
}

fn second_factors_stay_out_of_the_state(cli: Cli) {
    let server = Server::emulator(&["--unreleased"]);
    let canaries = ["otpauth://totp/Shop:dora?secret=CANARYCANARY2345", "canary-code-1"];
    let mut terraform =
        Terraform::with_config(cli, "", "").env("TF_VAR_dora_totp", canaries[0]).env("TF_VAR_dora_codes", format!("[\"{}\"]", canaries[1]));
    terraform.set_env("ORY_KRATOS_ADMIN_URL", server.admin.clone());
    terraform.write("second-factors.tf", &read("resources/ory_identity/second-factors.tf").replace("\"person\"", "\"default\""));
    terraform.init();
    let applied = terraform.apply();
    terraform.is_settled();
    let state = terraform.state().to_string();
    assert!(canaries.iter().all(|canary| !state.contains(canary) && !applied.stdout.contains(canary)), "{state}");
    terraform.destroy();
}
