//! API keys of Ory Talos: issued, imported and verified ones, and the public keys for checking derived tokens.
//!
//! Not to be confused with the keys of Ory's console (`ory_project_api_key`, `ory_workspace_api_key`), with which Ory itself is
//! managed.

pub mod imported;
pub mod issued;
pub mod key_set;
pub(in crate::ory) mod keys;
pub(in crate::ory) mod seal;
pub(in crate::ory) mod ttl;
pub mod verification;
