//! The Terraform face: tfplugin6 ⇄ engine, and nothing else.
//!
//! | module | what |
//! |---|---|
//! | [`rpc`] | the `Provider` service; one thin file a group of RPCs |
//! | [`schema`] | tables as tfplugin6 schemas, and as `terraform providers schema -json` prints them |
//! | [`object`] | objects, states and identities between messages and the engine |
//! | [`msgpack`] | the encoding of values |
//! | [`serve`], [`plugin`], [`tls`] | the process: go-plugin's handshake, certificates, ends |
//! | [`log`] | hclog's lines on stderr |
//! | [`state_file`] | objects as state files hold them |
//!
//! It does no I/O of its own, decides nothing that the engine decides, and keeps nothing between RPCs except the engine.

pub mod identity;
pub mod log;
pub mod msgpack;
pub mod object;
pub mod plugin;
pub mod rpc;
pub mod schema;
pub mod serve;
pub mod state_file;
pub mod tls;
pub mod wire;

pub use rpc::{Server, service};
pub use schema::schema_json;
