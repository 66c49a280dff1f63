//! The TypeScript, Python and Go examples on the generated SDKs, run by their own drivers.

use crate::harness::{
    copy_files, process,
    pulumi::Pulumi,
    repository, required, sdks,
    server::{Kind, Server},
};
use serde_json::{Value as Json, json};
use std::process::Command;

super::everywhere![typescript, python, go];

/// A project, with the files of an example.
fn project(server: &Server, example: &str) -> Pulumi {
    let pulumi = Pulumi::new(&server.admin);
    copy_files(&repository(example), &pulumi.scratch.join("w"));
    pulumi
}

fn typescript(kind: Kind) {
    let server = Server::start(kind);
    let pulumi = project(&server, "examples/pulumi-typescript");
    // The compiler checks the types too.
    sdks::compile_typescript(&pulumi.scratch.join("w"));
    let mut command = pulumi.in_environment(&required("JANIFORM_NODE"));
    command.arg("bin/automation.js");
    drive(&server, &pulumi, command);
}

fn python(kind: Kind) {
    let server = Server::start(kind);
    let pulumi = project(&server, "examples/pulumi-python");
    sdks::check_python(&pulumi.scratch.join("w"), &["__main__.py", "automation.py"].map(str::to_owned));
    let mut command = pulumi.in_environment(&required("JANIFORM_PYTHON"));
    command.arg("automation.py").env("PYTHONPATH", sdks::python_path()).env("PYTHONDONTWRITEBYTECODE", "1");
    drive(&server, &pulumi, command);
}

fn go(kind: Kind) {
    let server = Server::start(kind);
    let pulumi = project(&server, "examples/pulumi-go");
    let dir = pulumi.scratch.join("w");
    sdks::go(&dir, &["build", "-o", "clients", "."]);
    let command = pulumi.in_environment(&dir.join("clients"));
    drive(&server, &pulumi, command);
}

fn drive(server: &Server, pulumi: &Pulumi, mut driver: Command) {
    driver.env("WORK_DIR", pulumi.scratch.dir("settings"));
    let mut run = |op: &str| -> Json {
        let ran = process::run(driver.env("OP", op)).ok();
        serde_json::from_str(ran.stdout.lines().last().expect("a line")).expect("JSON")
    };
    let settled = json!({"same": 4});

    let up = run("up");
    assert_eq!(up["changes"], json!({"create": 4}));
    assert_eq!(up["outputs"]["machineClientSecret"], "[secret]");
    assert_eq!(up["outputs"]["machineScope"], "orders:read orders:write");
    assert_eq!(run("preview")["changes"], settled);
    assert_eq!(run("refresh")["changes"], settled);
    let machine = up["outputs"]["machineClientId"].as_str().unwrap();
    assert_eq!(server.client(machine)["client_name"], "Order service");

    server.change(machine, |client| {
        client["client_name"] = json!("Somebody else's");
        client.remove("audience");
    });
    server.delete(up["outputs"]["spaClientId"].as_str().unwrap());
    assert_eq!(run("refresh")["changes"], json!({"same": 2, "update": 1, "delete": 1}));
    assert_eq!(run("preview")["changes"], json!({"same": 2, "update": 1, "create": 1}));
    run("up");
    assert_eq!(server.client(machine)["client_name"], "Order service");
    assert_eq!(server.client(machine)["audience"], json!(["https://orders.example.com"]));
    assert_eq!(run("preview")["changes"], settled);

    assert_eq!(run("destroy")["changes"], json!({"delete": 4}));
    assert_eq!(server.clients(), Vec::<Json>::new());
}
