//! The frame of an imported credential of any type: an object with the single member `config`.

use crate::emulator::go::decode::Fields;
use crate::emulator::go::json::Json;

/// The fields of `config`, which has these known members.
///
/// # Errors
/// Go's text for the first member that is wrong.
pub fn config<'a>(json: &'a Json, strict: bool, known: &[&str]) -> Result<Fields<'a>, String> {
    let mut outer = Fields::read(json, "identity", "AdminIdentityImportCredentials")?;
    if strict {
        outer.only(&["config"]);
    }
    let config = outer.raw("config").unwrap_or(&Json::Null);
    outer.finish()?;
    let mut inner = Fields::read(config, "identity", "AdminIdentityImportCredentialsConfig")?;
    if strict {
        inner.only(known);
    }
    Ok(inner)
}
