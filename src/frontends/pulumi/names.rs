//! Names and paths as Pulumi spells them: the one place that knows camelCase and tokens.
//!
//! The mapping is lexical and injective: it can be reversed without a table, and nothing is pluralised. Knows nothing of messages
//! or values.

use crate::{
    schema::{Kind, Table},
    value::{Path, Step},
};

/// The input of an action whose change runs it again.
pub(super) const TRIGGERS: &str = "triggers";

/// A snake_case name in camelCase. An underscore that is not followed by a letter stays, so that different names stay different.
pub fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('_') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.as_bytes().first() {
            Some(next) if next.is_ascii_lowercase() => {
                out.push(char::from(next.to_ascii_uppercase()));
                rest = &rest[1..];
            }
            _ => out.push('_'),
        }
    }
    out + rest
}

/// The reverse of [`camel`].
pub fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for char in name.chars() {
        if char.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(char.to_ascii_lowercase());
    }
    out
}

/// A snake_case name in PascalCase.
pub fn pascal(name: &str) -> String {
    let camel = camel(name);
    let mut chars = camel.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// The PascalCase name of one of an input's listed values; for a URN, of its last part.
pub fn member(value: &str) -> String {
    let last = value.rsplit(':').next().unwrap_or(value);
    last.split(|char: char| !char.is_ascii_alphanumeric()).map(pascal).collect()
}

/// The type token of a resource.
pub fn resource_token(package: &str, name: &str) -> String {
    format!("{package}:index/{}:{}", camel(name), pascal(name))
}

/// The token of the function for an offer: its [verb](crate::engine::Offer::verb), then its name.
pub fn function_token(package: &str, verb: &str, name: &str) -> String {
    let name = camel(&format!("{verb}{name}"));
    format!("{package}:index/{name}:{name}")
}

/// The token of a nested object's type.
pub fn type_token(package: &str, name: &str) -> String {
    format!("{package}:index/{name}:{name}")
}

/// A path as Pulumi writes it: `a`, `a.b`, `a[0].b`, `a["key.with.dots"]`.
pub fn path(path: &Path) -> String {
    path.0.iter().fold(String::new(), |mut text, step| {
        match step {
            Step::Attr(name) => push(&mut text, &camel(name)),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            Step::Key(key) => push(&mut text, key),
        }
        text
    })
}

fn push(text: &mut String, key: &str) {
    if key.is_empty() || key.contains(['.', '[', ']', '"', '\\', ' ']) {
        text.push_str(&format!("[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")));
    } else {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(key);
    }
}

/// The top-level property of a path in Pulumi's form, and whether the path continues.
pub fn root(path: &str) -> (String, bool) {
    if let Some(quoted) = path.strip_prefix("[\"") {
        let key = quoted.split("\"]").next().unwrap_or(quoted);
        return (key.replace("\\\"", "\""), quoted.len() > key.len() + 2);
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    (path[..end].to_owned(), end < path.len())
}

/// The text with the tables' attribute names in Pulumi's spelling. Only words with an underscore are replaced, so that no ordinary
/// word is taken for a name.
pub fn speak(tables: &[&Table], text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        let start = rest[..at].trim_end_matches(is_word).len();
        let end = rest[at..].find(|char| !is_word(char)).map_or(rest.len(), |length| at + length);
        let word = &rest[start..end];
        out.push_str(&rest[..start]);
        match tables.iter().any(|table| knows(table, word, 0)) {
            true => out.push_str(&camel(word)),
            false => out.push_str(word),
        }
        rest = &rest[end..];
    }
    out + rest
}

/// Whether the text has this word.
pub fn has_word(text: &str, word: &str) -> bool {
    at_word(text, word).is_some()
}

/// The text with another word in place of this one.
pub fn with_word(text: &str, word: &str, other: &str) -> String {
    match at_word(text, word) {
        Some(at) => format!("{}{other}{}", &text[..at], with_word(&text[at + word.len()..], word, other)),
        None => text.to_owned(),
    }
}

fn at_word(text: &str, word: &str) -> Option<usize> {
    let is_whole = |at: usize| !text[..at].ends_with(is_word) && !text[at + word.len()..].starts_with(is_word);
    text.match_indices(word).map(|(at, _)| at).find(|at| is_whole(*at))
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

fn knows(table: &Table, name: &str, depth: usize) -> bool {
    // A limit, since tables may contain themselves; texts name only a few levels.
    depth < 8 && (table.index(name).is_some() || table.attrs().any(|attr| knows_inside(&attr.kind, name, depth)))
}

fn knows_inside(kind: &Kind, name: &str, depth: usize) -> bool {
    match kind {
        Kind::Object(nested) => knows(&nested.table, name, depth + 1),
        Kind::List(of) | Kind::Map(of) => knows_inside(of, name, depth),
        _ => false,
    }
}

/// The token that the user probably meant. Pulumi shows types without the part after the slash, and accepts such tokens where it
/// does not ask the provider.
pub fn suggest_token(meant: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let name = |token: &str| token.rsplit(':').next().unwrap_or_default().to_owned();
    let mut known: Vec<_> = known.collect();
    let found = suggest(&name(meant), known.iter().map(|token| token.rsplit(':').next().unwrap_or_default())).map(str::to_owned)?;
    known.retain(|token| name(token) == found);
    known.pop()
}

/// The known name that the user probably meant.
pub fn suggest<'a>(meant: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // No name is this long, and the search takes quadratic time.
    if meant.len() > 128 {
        return None;
    }
    let bound = (meant.len() / 3).clamp(1, 4);
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    let wanted = plain(meant);
    known.map(|name| (strsim::levenshtein(&wanted, &plain(name)), name)).filter(|(far, _)| *far <= bound).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{list, string};
    use proptest::prelude::*;

    #[test]
    fn names_and_tokens_are_those_of_the_bridge() {
        assert_eq!(resource_token("toy", "oauth2_client"), "toy:index/oauth2Client:Oauth2Client");
        assert_eq!(function_token("toy", "get_", "oauth2_client"), "toy:index/getOauth2Client:getOauth2Client");
        assert_eq!(function_token("toy", "", "say_aloud"), "toy:index/sayAloud:sayAloud");
        assert_eq!(camel("tls_13_on"), "tls_13On");
    }

    #[test]
    fn values_have_names() {
        let named = ["client_secret_post", "RS256", "urn:ietf:params:oauth:grant-type:jwt-bearer"].map(member);
        assert_eq!(named, ["ClientSecretPost", "RS256", "JwtBearer"]);
    }

    #[test]
    fn paths_are_written_as_pulumi_reads_them() {
        let at = |steps: &[Step]| path(&Path(steps.to_vec()));
        assert_eq!(at(&[Step::Attr("web_hook"), Step::Index(0), Step::Attr("auth_type")]), "webHook[0].authType");
        assert_eq!(at(&[Step::Attr("labels"), Step::Key("a.b\"c".into())]), "labels[\"a.b\\\"c\"]");
        assert_eq!(at(&[Step::Attr("labels"), Step::Key("team_x".into())]), "labels.team_x");
        assert_eq!(root("webHook[0].x"), ("webHook".into(), true));
        assert_eq!(root("webHook"), ("webHook".into(), false));
        assert_eq!(root("[\"a.b\"].c"), ("a.b".into(), true));
    }

    #[test]
    fn texts_speak_of_properties() {
        static ATTRS: &[crate::schema::Attr] = &[string("client_name", "-"), list("scope", "-")];
        static TABLE: Table = Table::new(&[ATTRS]);
        static SETTINGS: Table = Table::new(&[&[string("admin_url", "-")]]);
        let text = "client_name: set `client_name` or `admin_url`, not other_name.";
        assert_eq!(speak(&[&TABLE, &SETTINGS], text), "clientName: set `clientName` or `adminUrl`, not other_name.");
        let text = "_ and __, a_, _scope, “client_name”, client_name_wo, ö_client_name, client_name";
        assert_eq!(speak(&[&TABLE], text), "_ and __, a_, _scope, “clientName”, client_name_wo, ö_client_name, clientName");
    }

    #[test]
    fn typing_errors_are_seen_through() {
        let known = ["clientName", "clientUri", "scope"];
        assert_eq!(suggest("client_name", known.into_iter()), Some("clientName"));
        assert_eq!(suggest("clientNmae", known.into_iter()), Some("clientName"));
        assert_eq!(suggest("scopes", known.into_iter()), Some("scope"));
        assert_eq!(suggest("something", known.into_iter()), None);
    }

    proptest! {
        #[test]
        fn camel_case_is_injective(name in "[a-z_][a-z0-9_]{0,20}") {
            prop_assert_eq!(snake(&camel(&name)), name);
        }
    }
}
