//! API keys of Ory Talos: issued by it, imported into it, verified, and the keys that derived tokens are checked with.
//!
//! Not to be taken for the keys of Ory's console (`ory_project_api_key`, `ory_workspace_api_key`), with which Ory itself is
//! managed.

pub mod imported;
pub mod issued;
pub mod key_set;
pub(in crate::ory) mod keys;
pub(in crate::ory) mod seal;
pub(in crate::ory) mod ttl;
pub mod verification;
