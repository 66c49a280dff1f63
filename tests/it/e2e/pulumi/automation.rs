//! The Node and Python examples, driven by their own drivers.

use crate::harness::{
    copy_files, process,
    pulumi::Pulumi,
    repository, required,
    server::{Kind, Server},
};
use serde_json::{Value as Json, json};
use std::{os::unix::fs::symlink, path::Path};

super::everywhere![typescript, python];

fn typescript(kind: Kind) {
    let server = Server::start(kind);
    let pulumi = Pulumi::new(&server.admin);
    let dir = pulumi.scratch.join("w");
    copy_files(&repository("examples/pulumi-typescript"), &dir);
    let modules = required("JANIFORM_NODE_MODULES");
    symlink(&modules, dir.join("node_modules")).unwrap();
    // The compiler checks the types too.
    let node = required("JANIFORM_NODE");
    process::run(pulumi.in_environment(&node).arg(modules.join("typescript/bin/tsc"))).ok();
    drive(&server, pulumi, &node, "bin/automation.js");
}

fn python(kind: Kind) {
    let server = Server::start(kind);
    let pulumi = Pulumi::new(&server.admin);
    copy_files(&repository("examples/pulumi-python"), &pulumi.scratch.join("w"));
    drive(&server, pulumi, &required("JANIFORM_PYTHON"), "automation.py");
}

fn drive(server: &Server, pulumi: Pulumi, interpreter: &Path, script: &str) {
    let settings = pulumi.scratch.dir("settings");
    let run = |op: &str| -> Json {
        let mut command = pulumi.in_environment(interpreter);
        command.arg(script).env("OP", op).env("WORK_DIR", &settings).env("PYTHONDONTWRITEBYTECODE", "1");
        let ran = process::run(&mut command).ok();
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
