//! The paths of the API of Ory Talos, with its version, which is not stable yet; and the requests that several keys share.
//!
//! An operation on an object or a collection comes after a colon, in the same segment of the path.

use crate::{
    engine::Observed,
    rest::{Batchers, Door, SendError},
    value::Json,
};

/// Keys that are imported at the same time, by server and account. Each ticket has the body of a key's own request, and gets the
/// key as the server shows it.
pub type Importers = Batchers<Door, Json, Result<Observed, SendError>>;

/// A path with the version of the API.
macro_rules! at {
    ($path:literal) => {
        concat!("/v2alpha1", $path)
    };
}

/// Keys that Ory Talos has issued.
pub const ISSUED: &str = at!("/admin/issuedApiKeys");
/// An issued key, with or without an operation.
pub const ANY_ISSUED: &str = at!("/admin/issuedApiKeys/*");
/// Keys that were imported.
pub const IMPORTED: &str = at!("/admin/importedApiKeys");
/// An imported key, with or without an operation.
pub const ANY_IMPORTED: &str = at!("/admin/importedApiKeys/*");
/// Imports many keys at once.
pub const BATCH_CREATE: &str = at!("/admin/importedApiKeys:batchCreate");
/// Verifies a key or a derived token.
pub const VERIFY: &str = at!("/admin/apiKeys:verify");
/// Verifies many.
pub const BATCH_VERIFY: &str = at!("/admin/apiKeys:batchVerify");
/// Derives a token from a key.
pub const DERIVE: &str = at!("/admin/apiKeys:derive");
/// Revokes the key that is sent.
pub const SELF_REVOKE: &str = at!("/apiKeys:selfRevoke");
/// The keys that derived tokens are signed with.
pub const KEY_SET: &str = at!("/derivedKeys/jwks.json");
