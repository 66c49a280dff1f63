//! `examples/custom-provider`: a provider for another API than Ory's, on the same engine, in all tools.

use crate::harness::{
    Scratch, copy_files, environment, process,
    pulumi::Pulumi,
    repository, required,
    server::free_port,
    terraform::{Cli, Terraform},
};
use serde_json::Value as Json;
use std::{fs, path::PathBuf, process::Command, thread, time::Duration};

#[test]
fn in_terraform() {
    under_terraform(Cli::Terraform);
}

#[test]
fn in_tofu() {
    under_terraform(Cli::Tofu);
}

/// Cargo builds examples beside the binary, when asked; `scripts/test e2e` asks.
fn binary() -> PathBuf {
    let path = crate::harness::built().join("examples").join("custom-provider");
    assert!(path.is_file(), "{} is not there: run these tests with `scripts/test e2e`, which builds it", path.display());
    path
}

/// The example's own API.
struct Api {
    url: String,
    _running: process::Running,
    _scratch: Scratch,
}

impl Api {
    fn start() -> Api {
        let (scratch, port) = (Scratch::new(), free_port());
        let mut command = Command::new(required("JANIFORM_PYTHON"));
        command.arg(repository("examples/custom-provider/server.py")).args([&port.to_string(), "canary-token"]);
        let running = process::start(command.env_clear().envs(environment(&scratch)));
        let api = Api { url: format!("http://127.0.0.1:{port}"), _running: running, _scratch: scratch };
        while api.ask("GET", "", None).is_none() {
            thread::sleep(Duration::from_millis(20));
        }
        api
    }

    fn ask(&self, method: &str, id: &str, body: Option<&Json>) -> Option<Json> {
        let url = format!("{}/bookmarks{}{id}", self.url, if id.is_empty() { "" } else { "/" });
        crate::harness::http::try_send_with(method, &url, body, &[("authorization", "Bearer canary-token")]).map(|answer| answer.body)
    }

    fn titled(&self, title: &str) -> Json {
        let all = self.ask("GET", "", None).expect("the API answers");
        all.as_array().unwrap().iter().find(|bookmark| bookmark["title"] == title).unwrap_or_else(|| panic!("{all}")).clone()
    }
}

fn under_terraform(cli: Cli) {
    let api = Api::start();
    let terraform = Terraform::new(cli, "").env("BOOKMARKS_ENDPOINT", &api.url).env("BOOKMARKS_TOKEN", "canary-token");
    // As its README says.
    fs::copy(binary(), terraform.scratch.dir("plugins").join("terraform-provider-bookmarks")).unwrap();
    let plugins = terraform.scratch.join("plugins");
    terraform.scratch.write(
        "cli.tfrc",
        &format!("provider_installation {{\n  dev_overrides {{\n    \"example/bookmarks\" = {plugins:?}\n  }}\n  direct {{}}\n}}\n"),
    );
    copy_files(&repository("examples/custom-provider/terraform"), &terraform.scratch.join("w"));

    terraform.apply().says(&["2 added", "title = \"www.ory.sh\""]);
    terraform.is_settled();
    let mut bookmark = api.titled("Terraform");
    let id = bookmark["id"].as_str().unwrap().to_owned();
    bookmark["title"] = "Somebody else's".into();
    api.ask("PUT", &id, Some(&bookmark));
    assert_eq!(terraform.plan().len(), 1);
    terraform.apply();
    terraform.is_settled();
    assert_eq!(api.titled("Terraform")["id"], *id);
    terraform.run(&["state", "rm", "bookmarks_bookmark.docs"]).ok();
    terraform.run(&["import", "-no-color", "bookmarks_bookmark.docs", &id]).ok();
    terraform.is_settled();
    terraform.destroy();
    assert_eq!(api.ask("GET", "", None).unwrap(), Json::Array(Vec::new()));
}

#[test]
fn in_pulumi() {
    let api = Api::start();
    let mut pulumi = Pulumi::new("").env("BOOKMARKS_ENDPOINT", &api.url).env("BOOKMARKS_TOKEN", "canary-token");
    // As its README says: found on PATH.
    fs::copy(binary(), pulumi.scratch.dir("plugins").join("pulumi-resource-bookmarks")).unwrap();
    let path = pulumi.scratch.join("plugins");
    pulumi.prepend_path(path);
    copy_files(&repository("examples/custom-provider/pulumi-yaml"), &pulumi.scratch.join("w"));
    pulumi.init();

    pulumi.up();
    pulumi.is_settled();
    assert_eq!(pulumi.run(&["stack", "output", "title"]).ok().stdout.trim(), "www.ory.sh");
    let mut bookmark = api.titled("Pulumi");
    let id = bookmark["id"].as_str().unwrap().to_owned();
    bookmark["shared"] = false.into();
    api.ask("PUT", &id, Some(&bookmark));
    assert_eq!(pulumi.plan(), crate::harness::changes(&[("docs", "update")]));
    pulumi.run(&["up", "--yes", "--skip-preview", "--refresh"]).ok();
    pulumi.is_settled();
    assert_eq!(api.titled("Pulumi")["shared"], true);
    pulumi.destroy();
    assert_eq!(api.ask("GET", "", None).unwrap(), Json::Array(Vec::new()));
}
