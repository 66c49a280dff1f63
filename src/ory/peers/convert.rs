//! Values of other providers as ours.

use crate::value::Json;

/// A list of words as one text.
pub(super) fn words(list: &Json) -> Json {
    let words: Vec<_> = list.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    words.join(" ").into()
}

/// A list of keys, each a block with mostly empty members, as a key set.
pub(super) fn key_set(blocks: &Json) -> Json {
    let is_said = |member: &Json| member.as_str() != Some("") && member.as_array().is_none_or(|items| !items.is_empty());
    let key = |block: &Json| {
        let members = block.as_object().into_iter().flatten().filter(|(_, member)| !member.is_null() && is_said(member));
        Json::object(members.map(|(name, member)| (name.clone(), member.clone())))
    };
    let keys: Json = blocks.as_array().into_iter().flatten().map(key).collect();
    json(&Json::object([("keys", keys)]))
}

/// The value, as JSON in a text; null stays null.
pub(super) fn json(value: &Json) -> Json {
    value.to_string().into()
}

/// A member of the only block of a list.
pub(super) fn first(blocks: &Json, name: &str) -> Json {
    blocks.as_array().and_then(|blocks| blocks.first()).map(|block| block.at(name).clone()).unwrap_or(Json::Null)
}

/// Null for `none`, which the server uses for "not set".
pub(super) fn unless_none(algorithm: &Json) -> Json {
    if algorithm.as_str() == Some("none") { Json::Null } else { algorithm.clone() }
}

/// Null for `false`, where that means "not set".
pub(super) fn unless_false(flag: &Json) -> Json {
    if flag.as_bool() == Some(false) { Json::Null } else { flag.clone() }
}
