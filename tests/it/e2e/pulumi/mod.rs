//! Pulumi: YAML programs, and Node and Python programs by the Automation API.

mod automation;
mod lifecycle;

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
