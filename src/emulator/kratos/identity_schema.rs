//! An identity schema: the given document, and its parsed form.

use super::schema;
use crate::emulator::go::json::{Json, parse_whole};

/// A schema without requirements: the e-mail address identifies the person, if there is one.
pub const PERMISSIVE: &str = r#"{"$id":"https://schemas.invalid/default.schema.json","$schema":"http://json-schema.org/draft-07/schema#","title":"Person","type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string","format":"email","title":"E-Mail","ory.sh/kratos":{"credentials":{"password":{"identifier":true}},"verification":{"via":"email"},"recovery":{"via":"email"}}}}}}}"#;

/// A schema that identities may have.
#[derive(Clone, Debug)]
pub struct IdentitySchema {
    /// Its id.
    pub id: String,
    /// The JSON document in its original spelling.
    pub document: String,
    pub(super) parsed: Json,
}

impl IdentitySchema {
    /// Reads a document as a schema.
    ///
    /// # Errors
    /// Why it is not a schema.
    pub fn new(id: &str, document: &str) -> Result<Self, String> {
        let parsed = parse_whole(document.as_bytes()).map_err(|why| format!("it is not JSON: {why}"))?;
        schema::check_patterns(&parsed)?;
        Ok(Self { id: id.to_owned(), document: document.to_owned(), parsed })
    }
}
