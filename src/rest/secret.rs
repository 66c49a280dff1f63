//! The secret texts of a write, in every form in which a server may repeat them.

use crate::{
    engine::Write,
    schema::{Object, json},
    value::Json,
};

/// Shorter texts in a secret that has a structure are names of algorithms and the like.
const SHORTEST_PART: usize = 8;

/// Every secret text of the write: none of them may come back in an error.
pub fn secrets(write: &Write) -> Vec<String> {
    let table = &write.resource.table;
    let values = [&write.planned, &write.config].into_iter().flat_map(|value| Object::new(table, value).iter());
    let mut texts = Vec::new();
    for (attr, value) in values.filter(|(attr, _)| attr.secret) {
        texts_of(&json::kind_to_json(&attr.kind, value), 0, &mut texts);
    }
    // What holds others comes before them.
    texts.sort_unstable_by_key(|text| std::cmp::Reverse(text.len()));
    texts.dedup();
    texts
}

/// The texts in a secret, in the forms in which a server may repeat them: as they are, as JSON without white space
/// and what that holds, and as each is written within a text. In what has a structure, short ones are names.
fn texts_of(value: &Json, shortest: usize, texts: &mut Vec<String>) {
    match value {
        Json::String(text) if text.len() >= shortest => {
            if let Ok(inner @ (Json::Object(_) | Json::Array(_))) = Json::parse(text) {
                texts_of(&inner, SHORTEST_PART, texts);
                texts.push(inner.to_string());
            }
            let quoted = value.to_string();
            texts.extend([text.clone(), quoted[1..quoted.len() - 1].to_owned()]);
        }
        Json::Array(items) => items.iter().for_each(|item| texts_of(item, SHORTEST_PART, texts)),
        Json::Object(members) => members.values().for_each(|member| texts_of(member, SHORTEST_PART, texts)),
        _ => {}
    }
}
