//! Identity schemas in a document in memory: elements of a list with the URLs of their content.

use crate::{
    engine::Diagnostic,
    ory::resources::{content, identity_schema::RESOURCE},
    rest::document::{Parts, Unfit},
    schema::{Object, Resource},
    value::{Json, Value},
};

const LIST: &str = "services/identity/config/identity/schemas";
const DEFAULT: &str = "services/identity/config/identity/default_schema_id";
/// The servers' name of the default schema if the configuration does not set it.
const UNNAMED: &str = "default";

/// The schemas of a document in memory.
pub struct Schemas;

impl Parts for Schemas {
    /// The schemas whose content is in the document. Those that Ory provides, and those behind a URL, are left out.
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Unfit> {
        let default = document.at(DEFAULT).as_str().unwrap_or(UNNAMED);
        let schemas = document.at(LIST).as_array().unwrap_or_default();
        let object = |schema: &Json| {
            let (id, text) = (schema.at("id").as_str()?, content::carried(schema.at("url").as_str()?)?);
            let is_default = Some(true).filter(|_| id == default).map_or(Value::Null, Value::Bool);
            Some(resource.table.holding([("schema_id", id.into()), ("schema", text.into()), ("set_default", is_default)]))
        };
        Ok(schemas.iter().filter_map(object).collect())
    }

    fn put(&self, _resource: &'static Resource, object: &Value, document: &mut Json) -> Result<(), Diagnostic> {
        let object = Object::new(&RESOURCE.table, object);
        let (Some(id), Some(text)) = (object.str("schema_id"), object.str("schema")) else { return Ok(()) };
        if object.bool("set_default") == Some(true) {
            document.put(DEFAULT, id.into());
        }
        let url = if content::is_written(text) { content::encoded(text) } else { text.to_owned() };
        let schema = Json::object([("id", id.into()), ("url", url.into())]);
        match document.at_mut(LIST) {
            Some(Json::Array(schemas)) => schemas.push(schema),
            _ => drop(document.put(LIST, Json::Array(vec![schema]))),
        }
        Ok(())
    }
}
