//! Pulumi: YAML programs, and TypeScript, Python and Go with the generated SDKs, by the Automation API.

mod adoption;
mod asked;
mod automation;
mod contents;
mod engine;
mod faults;
mod lifecycle;
mod programs;
mod project;
mod shop;

/// Each test on each server.
macro_rules! everywhere {
    ($($name:ident),* $(,)?) => {
        mod on_the_emulator {
            use crate::harness::server::Kind;
            $(#[test] fn $name() { super::$name(Kind::Emulator) })*
        }
        mod on_hydra {
            use crate::harness::server::Kind;
            $(#[test] fn $name() { super::$name(Kind::Hydra) })*
        }
    };
}
use everywhere;

/// A YAML program with these resources, each its properties' lines.
fn program(resources: &[(&str, &str)]) -> String {
    let mut text = String::from("name: e2e\nruntime: yaml\nresources:\n");
    for (name, properties) in resources {
        text.push_str(&format!("  {name}:\n    type: {}\n    properties:\n", crate::harness::pulumi::CLIENT));
        for line in properties.lines() {
            text.push_str(&format!("      {line}\n"));
        }
    }
    text
}
