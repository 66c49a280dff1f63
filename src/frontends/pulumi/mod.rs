//! Pulumi's face: its provider protocol over the engine.
//!
//! Owns the translation between `pulumirpc` and [`crate::engine`], and nothing else: the engine decides. Only this folder names
//! `pulumirpc`, and only `names` uses camelCase. It knows no particular provider.

mod adopt;
mod autoname;
mod diff;
mod failure;
pub mod log;
pub mod mapping;
mod memory;
pub mod names;
pub mod property;
mod rpc;
mod rpc_action;
mod rpc_config;
mod rpc_invoke;
mod rpc_list;
mod rpc_object;
mod rpc_read;
pub mod schema;
pub mod serve;
pub mod stack_file;

pub use rpc::{Env, Messages, Server, service};
