//! Where the API of Ory Talos is: its paths, with the version that is spoken, which is not stable yet; and who shares a request
//! to it.
//!
//! A verb that an object or a collection has stands behind it after a colon, in the same segment of the path.

use crate::{
    engine::Observed,
    rest::{Batchers, Door, SendError},
    value::Json,
};

/// Those who import keys at the same time, by where they import them and as whom. Each gives the body of its own request, and
/// is told the key as the server has it.
pub type Importers = Batchers<Door, Json, Result<Observed, SendError>>;

/// A path of the version that is spoken.
macro_rules! at {
    ($path:literal) => {
        concat!("/v2alpha1", $path)
    };
}

/// Keys that Ory Talos has issued.
pub const ISSUED: &str = at!("/admin/issuedApiKeys");
/// One of them, and what can be done with it.
pub const ANY_ISSUED: &str = at!("/admin/issuedApiKeys/*");
/// Keys that were made elsewhere.
pub const IMPORTED: &str = at!("/admin/importedApiKeys");
/// One of them, and what can be done with it.
pub const ANY_IMPORTED: &str = at!("/admin/importedApiKeys/*");
/// Imports many at once.
pub const BATCH_CREATE: &str = at!("/admin/importedApiKeys:batchCreate");
/// Says whether a key or a derived token is good.
pub const VERIFY: &str = at!("/admin/apiKeys:verify");
/// Says so of many.
pub const BATCH_VERIFY: &str = at!("/admin/apiKeys:batchVerify");
/// Derives a token from a key.
pub const DERIVE: &str = at!("/admin/apiKeys:derive");
/// Lets who holds a key revoke it.
pub const SELF_REVOKE: &str = at!("/apiKeys:selfRevoke");
/// The keys that derived tokens are signed with.
pub const KEY_SET: &str = at!("/derivedKeys/jwks.json");
