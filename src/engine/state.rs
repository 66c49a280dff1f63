//! What a tool stores of an object between runs.

use super::canonical;
use crate::{
    schema::{Attr, Object, Presence, Resource, Table},
    value::Value,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// An object as the tool's state has it.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The object's id; `None` where it is not known.
    pub id: Option<String>,
    /// Its attributes, in table order.
    pub value: Value,
    /// The private data.
    pub private: Private,
}

impl State {
    /// The state in the form for backends.
    pub(super) fn canonical(&self, table: &Table) -> Cow<'_, State> {
        match canonical(table, &self.value) {
            Cow::Borrowed(_) => Cow::Borrowed(self),
            Cow::Owned(value) => Cow::Owned(State { id: self.id.clone(), value, private: self.private.clone() }),
        }
    }
}

/// Data about an object that no attribute shows. Contains no secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// The write-only arguments in use; `None` in a state that another provider wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_only: Option<Vec<String>>,
    /// The object has just been imported, and these attributes are to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Takes>,
    /// The read is for a data source: all attributes are shown.
    #[serde(skip)]
    pub looks: bool,
    /// An apply has written those attributes in the state that are managed only while they are set: they are cleared when the
    /// configuration no longer sets them. Before that, an import or another provider has put them there. The state itself shows
    /// which they are: a plan makes null what the configuration does not set, and a read adds none.
    #[serde(default, skip_serializing_if = "is_false", deserialize_with = "yes_or_names")]
    pub applied: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Older states have the names of the attributes here.
fn yes_or_names<'de, D: Deserializer<'de>>(reader: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Applied {
        Yes(bool),
        Names(Vec<String>),
    }
    Ok(match Applied::deserialize(reader)? {
        Applied::Yes(yes) => yes,
        Applied::Names(names) => !names.is_empty(),
    })
}

/// Which of the attributes that are managed only while they are set an import reads; it always reads all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// None of them.
    Nothing,
    /// These.
    These(Vec<String>),
    /// All that the server shows.
    All,
}

impl Takes {
    /// The selection of an import whose id selects nothing.
    pub fn unless_told(resource: &Resource) -> Takes {
        if resource.table.has_shared() { Takes::Nothing } else { Takes::All }
    }
}

impl Private {
    /// Whether the write-only argument is known to be in use.
    pub fn uses(&self, write_only: &str) -> bool {
        self.write_only.iter().flatten().any(|name| name == write_only)
    }

    /// Whether a read shows this attribute although the state has no value for it.
    pub(crate) fn takes(&self, attr: &Attr) -> bool {
        match &self.imported {
            _ if attr.presence != Presence::WhileSet => true,
            _ if self.looks => attr.instead_of.is_empty(),
            None | Some(Takes::Nothing) => false,
            Some(Takes::These(names)) => names.iter().any(|name| name == attr.name),
            Some(Takes::All) => attr.instead_of.is_empty(),
        }
    }

    /// The object without attributes that are managed only while they are set and that no apply has written.
    pub(crate) fn owned<'a>(&self, table: &Table, object: &'a Value) -> Cow<'a, Value> {
        let is_ours = |attr: &Attr| attr.presence != Presence::WhileSet;
        if self.applied || !table.has_shared() || Object::new(table, object).iter().all(|(attr, value)| value.is_null() || is_ours(attr)) {
            return Cow::Borrowed(object);
        }
        let fields = Object::new(table, object).iter();
        Cow::Owned(Value::Object(fields.map(|(attr, value)| if is_ours(attr) { value.clone() } else { Value::Null }).collect()))
    }

    /// Whether another provider wrote the state, and this one has not written it since.
    pub(super) fn is_foreign(&self) -> bool {
        self.write_only.is_none() && self.imported.is_none()
    }

    /// From the bytes that a tool stored. Bytes of another provider give the default.
    pub fn from_bytes(bytes: &[u8]) -> Private {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// As bytes for a tool to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The object of another provider's state, without defaults that its user did not set; `is_asked` says which ones the user did set.
pub fn without_unasked<'a>(table: &Table, object: &'a Value, is_asked: impl Fn(&Attr) -> bool) -> Cow<'a, Value> {
    let is_unasked = |(attr, value): (&Attr, &Value)| attr.unasked.is_some_and(|own| own.value() == *value) && !is_asked(attr);
    if !Object::new(table, object).iter().any(is_unasked) {
        return Cow::Borrowed(object);
    }
    let fields = Object::new(table, object).iter().map(|(attr, value)| if is_unasked((attr, value)) { Value::Null } else { value.clone() });
    Cow::Owned(Value::Object(fields.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_older_versions_remembered_is_read() {
        let remembered = |text: &str| Private::from_bytes(text.as_bytes());
        let ours = Private { write_only: Some(Vec::new()), ..Private::default() };
        assert_eq!(remembered(r#"{"write_only":[]}"#), ours);
        let applied = Private { applied: true, ..ours.clone() };
        assert_eq!(remembered(r#"{"write_only":[],"applied":["dark","most"]}"#), applied);
        assert_eq!(remembered(r#"{"write_only":[],"applied":[]}"#), ours);
        let used = Private { write_only: Some(vec!["jwks_wo".to_owned()]), ..Private::default() };
        assert_eq!(remembered(r#"{"write_only":["jwks_wo"]}"#), used);
        // Private data of other providers is ignored.
        for theirs in ["", "{}", r#"{"schema_version":"1"}"#, "\u{0}", r#"{"applied":7}"#] {
            assert_eq!(remembered(theirs), Private::default(), "{theirs}");
        }
    }

    #[test]
    fn what_is_remembered_comes_back() {
        let names = Some(vec!["jwks_wo".to_owned()]);
        for private in [
            Private::default(),
            Private { write_only: names.clone(), applied: true, ..Private::default() },
            Private { write_only: names.clone(), imported: Some(Takes::All), ..Private::default() },
            Private { imported: Some(Takes::These(vec!["theme".to_owned()])), ..Private::default() },
        ] {
            assert_eq!(Private::from_bytes(&private.to_bytes()), private);
        }
    }
}
