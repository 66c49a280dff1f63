//! Writes down the tables for the stage `contract` of `scripts/test`, which compares them with Ory's own description and with the
//! configuration schemas of Ory Kratos and Ory Hydra: the place of each attribute, and its allowed words;
//! the routes that no description names; and the rate limit buckets.
//!
//! `scripts/tools/contract` judges; this file writes down what that program cannot read.

use janiform::{
    ory::{ORY, buckets::BUCKETS, unpublished::UNPUBLISHED},
    rest::pace::Access,
    schema::{Attr, Check, Resource},
};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

fn resources() -> impl Iterator<Item = &'static Resource> {
    ORY.resources().map(|entry| entry.resource)
}

/// An attribute's line.
fn line(resource: &Resource, attr: &Attr) -> Json {
    let place: Vec<_> = [attr.under, attr.at.unwrap_or(attr.name)].into_iter().filter(|part| !part.is_empty()).collect();
    let words = attr.checks.iter().chain(&attr.each).flatten().find_map(|check| match check {
        Check::Only(words) | Check::Known(words) => Some(*words),
        _ => None,
    });
    json!({ "resource": resource.name, "attribute": attr.name, "place": place.join("/"), "words": words })
}

#[test]
fn the_tables_are_written_for_the_contract() {
    let mut lines = String::new();
    for resource in resources() {
        for attr in resource.table.attrs().filter(|attr| attr.remote()) {
            writeln!(lines, "{}", line(resource, attr)).unwrap();
        }
    }
    for door in UNPUBLISHED {
        writeln!(lines, "{}", json!({ "door": format!("{} {}", door.method, door.path) })).unwrap();
    }
    for bucket in BUCKETS {
        for (access, path) in bucket.routes {
            let access = if *access == Access::Read { "read" } else { "write" };
            writeln!(lines, "{}", json!({ "bucket": bucket.name, "route": format!("{access} {path}") })).unwrap();
        }
    }
    assert!(lines.contains(r#""attribute":"grant_types","place":"grant_types","resource":"oauth2_client""#), "{lines}");
    if let Some(file) = std::env::var_os("JANIFORM_TABLES") {
        std::fs::write(file, lines).unwrap();
    }
}

/// Where no recorded exchange shows that the description is wrong, a test against a real server does.
#[test]
fn tests_named_as_evidence_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    let mut sources = String::new();
    let mut open = vec![root.join("it")];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { sources += &read(&path) }
        }
    }
    let lists = read(&root.join("contract.yaml"));
    let named: Vec<_> = lists.lines().filter_map(|line| line.trim().strip_prefix("test: ")).collect();
    assert!(!named.is_empty());
    for test in named {
        assert!(test.contains("_real_") && sources.contains(&format!("fn {test}(")), "tests/contract.yaml names the test {test}");
    }
}
