//! The form of values that servers generate, and when one may stand for another.

use janiform::emulator::go::json::{Json, parse_whole};

use super::trace::text;

/// Every list in the order of what its elements look like.
pub fn sorted(json: &Json) -> Json {
    match json {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(sorted).collect();
            items.sort_by_key(Json::compact);
            Json::Array(items)
        }
        Json::Object(members) => Json::Object(members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect()),
        other => other.clone(),
    }
}

pub fn public_half(key: &Json) -> String {
    [text(key, "x"), text(key, "n")].concat()
}

pub fn ids(list: &str) -> Vec<String> {
    match parse_whole(list.as_bytes()) {
        Ok(Json::Array(items)) => items.iter().map(|item| text(item, "client_id")).collect(),
        _ => Vec::new(),
    }
}

pub fn token_of(path: &str) -> Option<&str> {
    path.split("page_token=").nth(1).and_then(|rest| rest.split(['&', '>']).next())
}

pub fn tokens(link: &str) -> Vec<String> {
    link.split(',').filter_map(token_of).map(str::to_owned).collect()
}

/// A link whose tokens, where they are ids, may be those of others.
pub fn without_ids(link: &str) -> String {
    let ids = tokens(link).into_iter().filter(|token| looks_like_uuid(token));
    ids.fold(link.to_owned(), |link, id| link.replace(&format!("page_token={id}"), "page_token=id"))
}

pub fn next_of(link: Option<&str>) -> Option<String> {
    let link = link?.split(',').find(|part| part.ends_with("rel=\"next\""))?;
    link.strip_prefix('<')?.split('>').next().map(str::to_owned)
}

pub fn looks_like_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            14 => c == '4',
            _ => matches!(c, '0'..='9' | 'a'..='f'),
        })
}

pub fn is_generated(secret: &str) -> bool {
    secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.~".contains(&b))
}

pub fn is_token(text: &str) -> bool {
    text.strip_prefix("ory_at_").and_then(|rest| rest.split_once('.')).is_some_and(|(a, b)| a.len() == 43 && b.len() == 43)
}

/// Both with a fraction or both without; how many digits is chance.
pub fn same_kind_of_time(a: &str, b: &str) -> bool {
    let now = b.starts_with("20") && b.ends_with('Z');
    let digits = |time: &str| time.split('.').nth(1).map_or(0, |fraction| fraction.len() - 1);
    let class = |time: &str| -> u8 {
        match digits(time) {
            0 => 0,
            1..=6 => 1,
            _ => 2,
        }
    };
    // A fraction may happen to end in zeros.
    now && (class(a) == class(b) || class(a).abs_diff(class(b)) == 1 && class(a).max(class(b)) == 2)
}
