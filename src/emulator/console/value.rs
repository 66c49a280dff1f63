//! Values: which texts, numbers and lists a column accepts, and how they are stored.
//!
//! Owns types, enumerations, the spelling of durations, and content that becomes a URL. Does not know columns by name.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::column::{Column, Form, Kind, Rows};
use super::tree;
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::kratos::identity_schema::IdentitySchema;
use crate::value::duration;

/// The beginning of the URL of uploaded content. The part between the host and the file's name is not published; the name
/// is.
const STORAGE: &str = "https://storage.googleapis.com/bac-gcs-production/";

/// The results of reading values.
#[derive(Default)]
pub struct Found {
    /// Files: their URL and content.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Found {
    /// The value in the stored form; `None` if it is empty.
    ///
    /// # Errors
    /// Why it cannot be a value of this kind.
    pub fn read(&mut self, kind: Kind, value: &Json) -> Result<Option<Json>, String> {
        if tree::is_empty(value) {
            return Ok(None);
        }
        let wanted = |what: &str| Err(format!("expected {what}, but got {}", value.kind()));
        let text = || value.as_text().map_or_else(|| Err(format!("expected string, but got {}", value.kind())), Ok);
        match kind {
            Kind::Own => Ok(None),
            Kind::Flag => match value {
                Json::Bool(_) => Ok(Some(value.clone())),
                _ => wanted("boolean"),
            },
            Kind::Number(least, most) => match value {
                Json::Number(raw) => match raw.parse::<i64>() {
                    Ok(number) if (least..=most).contains(&number) => Ok(Some(value.clone())),
                    Ok(_) if most == i64::MAX => Err(format!("must be >= {least} but found {raw}")),
                    Ok(_) => Err(format!("must be from {least} to {most} but found {raw}")),
                    Err(_) => wanted("integer"),
                },
                _ => wanted("integer"),
            },
            Kind::Text => Ok(Some(Json::text(&text()?))),
            Kind::Starts(starts) => match text()? {
                text if starts.iter().any(|start| text.starts_with(start)) => Ok(Some(Json::text(&text))),
                _ => Err(format!("must begin with {}", starts.join(" or "))),
            },
            Kind::OneOf(words) => match text()? {
                word if words.contains(&word.as_str()) => Ok(Some(Json::text(&word))),
                other => Err(format!("value must be one of {}, but got {other:?}", quoted(words))),
            },
            Kind::Duration { endless } => span(&text()?, endless).map(Some),
            Kind::Plain => match text()? {
                text if is_plain(&text) => Ok(Some(Json::text(&text))),
                other => Err(format!("does not match pattern \"^[0-9]+(s|m|h)$\": {other:?}")),
            },
            Kind::Texts => match value {
                Json::Array(items) if items.iter().all(|item| matches!(item, Json::Text(_))) => Ok(Some(value.clone())),
                Json::Array(_) => Err("expected strings in the array".to_owned()),
                _ => wanted("array"),
            },
            Kind::Headers | Kind::JsonText => match value {
                Json::Object(_) => Ok(Some(tree::sorted(value.clone()))),
                _ => wanted("object"),
            },
            Kind::Content(ending) => self.content(&text()?, ending).map(Some),
            Kind::Fetched(ending) => match text()? {
                text if text.starts_with(STORAGE) => Ok(Some(Json::text(&text))),
                text if text.starts_with("https://") || text.starts_with("http://") => Ok(Some(self.store(text.into_bytes(), ending))),
                text if text.starts_with("base64://") => self.content(&text, ending).map(Some),
                _ => Err("must begin with base64://, https:// or http://".to_owned()),
            },
            Kind::Flags => flags(value).map(Some),
            // A boolean is accepted and stored as the second text: the real server was seen to do so.
            Kind::FlagAs([set, unset]) => match value {
                Json::Bool(_) => Ok(Some(Json::text(unset))),
                _ if [set, unset].contains(&text()?.as_str()) => Ok(Some(value.clone())),
                _ => Err(format!("value must be one of {}", quoted(&[set, unset]))),
            },
            Kind::Rows(rows) => self.rows(rows, value),
        }
    }

    /// Content becomes the URL of a file that is named by its hash.
    fn content(&mut self, text: &str, ending: &str) -> Result<Json, String> {
        let encoded = match (text.strip_prefix("base64://"), text.strip_prefix("data:")) {
            (Some(encoded), _) => Some((encoded, ending)),
            (None, Some(data)) => {
                data.split_once(";base64,").map(|(kind, encoded)| (encoded, kind.rsplit(['/', '.']).next().unwrap_or(ending)))
            }
            (None, None) => None,
        };
        let Some((encoded, ending)) = encoded else { return Ok(Json::text(text)) };
        let bytes = STANDARD.decode(encoded).map_err(|error| format!("the content is not base64: {error}"))?;
        Ok(self.store(bytes, ending.split('+').next().unwrap_or(ending)))
    }

    /// The URL of a file with this content.
    fn store(&mut self, bytes: Vec<u8>, ending: &str) -> Json {
        let url = format!("{STORAGE}{}.{ending}", sha512(&bytes));
        self.files.push((url.clone(), bytes));
        Json::text(&url)
    }

    /// Rows in the stored form: objects with the revision's names, and values in the form of the document.
    fn rows(&mut self, rows: &Rows, value: &Json) -> Result<Option<Json>, String> {
        let items: Vec<Json> = match (rows.form, value) {
            (Form::Map, Json::Object(members)) => members.iter().map(|(name, row)| keyed(rows, name, row)).collect(),
            (Form::Map, other) => return Err(format!("expected object, but got {}", other.kind())),
            (Form::Loose, Json::Array(items)) => items.iter().map(|item| loose(rows, item)).collect(),
            (_, Json::Array(items)) => items.clone(),
            (_, other) => return Err(format!("expected array, but got {}", other.kind())),
        };
        self.list(rows, &items)
    }

    /// Rows from their objects in the document, in whichever form the document has these.
    ///
    /// # Errors
    /// Which of them is not valid, and why.
    pub fn list(&mut self, rows: &Rows, items: &[Json]) -> Result<Option<Json>, String> {
        let kept = items.iter().enumerate().map(|(at, item)| self.row(rows, item).map_err(|why| format!("{at}: {why}")));
        kept.collect::<Result<Vec<_>, _>>().map(|rows| Some(Json::Array(rows)))
    }

    /// One row, from its object in the document.
    fn row(&mut self, rows: &Rows, item: &Json) -> Result<Json, String> {
        if !matches!(item, Json::Object(_)) {
            return Err(format!("expected object, but got {}", item.kind()));
        }
        let (mut kept, before) = (Vec::new(), self.files.len());
        for column in rows.columns {
            let name = column.row_name();
            // A value that the document has at another path was put under its name in the revision.
            let path: Vec<&str> = if column.path.is_empty() { vec![name] } else { column.path.split('/').collect() };
            let value =
                tree::get(item, &path).map_or(Ok(None), |value| self.read(column.kind, value)).map_err(|why| format!("{name}: {why}"))?;
            match value {
                Some(value) if !column.fixed => kept.push((name.to_owned(), value)),
                None if column.required && !matches!(column.kind, Kind::Texts) => return Err(format!("missing properties: {name:?}")),
                _ => {}
            }
        }
        if rows.form == Form::Hooks {
            web_hook(item)?;
        }
        if rows.form == Form::Schemas && self.files.len() > before {
            // The real console names a schema by its content, whatever name was sent.
            let bytes = self.files.last().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
            let name = sha512(bytes);
            IdentitySchema::new(&name, &String::from_utf8_lossy(bytes)).map_err(|why| format!("the schema cannot be used: {why}"))?;
            kept.retain(|member| member.0 != "import_id");
            kept.push(("import_id".to_owned(), Json::text(&name)));
        }
        Ok(Json::Object(kept))
    }
}

/// The rules for a webhook in the configuration schema of Ory Kratos (`selfServiceWebHook`), beyond the types of its members: which
/// are required, and which exclude each other.
fn web_hook(hook: &Json) -> Result<(), String> {
    let at = |path: &str| tree::get(hook, &path.split('/').collect::<Vec<_>>()).filter(|value| !tree::is_empty(value));
    let is_on = |path: &str| at(path) == Some(&Json::Bool(true));
    if hook.member("hook").and_then(Json::as_text).as_deref() != Some("web_hook") {
        return Ok(());
    }
    if let Some(missing) = ["url", "method"].into_iter().find(|name| at(&format!("config/{name}")).is_none()) {
        return Err(format!("config: missing properties: {missing:?}"));
    }
    if is_on("config/response/ignore") && (is_on("config/response/parse") || is_on("config/can_interrupt")) {
        return Err("config: an answer that is ignored cannot be parsed, nor interrupt the flow".to_owned());
    }
    let Some(Json::Object(_)) = at("config/auth") else { return Ok(()) };
    let wanted: &[&str] = match at("config/auth/type").and_then(Json::as_text).as_deref() {
        Some("basic_auth") => &["user", "password"],
        Some("api_key") => &["name", "value", "in"],
        _ => return Err("config.auth: neither basic_auth nor api_key".to_owned()),
    };
    let Some(Json::Object(members)) = at("config/auth/config") else {
        return Err("config.auth: missing properties: \"config\"".to_owned());
    };
    let is_there = |name: &&str| members.iter().any(|(member, value)| member == *name && !tree::is_empty(value));
    match (wanted.iter().find(|name| !is_there(name)), members.iter().find(|(name, _)| !wanted.contains(&name.as_str()))) {
        (Some(missing), _) => Err(format!("config.auth.config: missing properties: {missing:?}")),
        (None, Some((odd, _))) => Err(format!("config.auth.config: additionalProperties {odd:?} not allowed")),
        (None, None) => Ok(()),
    }
}

/// The row of a map, with its key as a member.
fn keyed(rows: &Rows, name: &str, row: &Json) -> Json {
    let mut row = row.clone();
    if let (Json::Object(members), Some(first)) = (&mut row, rows.columns.first()) {
        members.push((first.path.to_owned(), Json::text(name)));
    }
    row
}

fn loose(rows: &Rows, item: &Json) -> Json {
    match (item, rows.columns.first()) {
        (Json::Text(_), Some(first)) => tree::object([(first.path, item.clone())]),
        _ => item.clone(),
    }
}

/// Ory's own spelling of a duration: that of Go.
fn span(text: &str, endless: bool) -> Result<Json, String> {
    if endless && text == "-1" {
        return Ok(Json::text(text));
    }
    match duration::parse(text) {
        Ok(nanoseconds) if nanoseconds >= 0 => Ok(Json::text(&duration::format(nanoseconds))),
        Ok(_) => Err(format!("does not match pattern of a duration: {text:?}")),
        Err(error) => Err(error.to_string()),
    }
}

fn is_plain(text: &str) -> bool {
    let digits = text.strip_suffix(['s', 'm', 'h']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn flags(value: &Json) -> Result<Json, String> {
    let Json::Object(members) = value else { return Err(format!("expected object, but got {}", value.kind())) };
    match members.iter().find(|(name, value)| !matches!(value, Json::Bool(_)) || !name.contains('.')) {
        Some((name, _)) => Err(format!("{name:?} is not a feature flag, or not a boolean")),
        None => Ok(value.clone()),
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}

/// The SHA-512 of these bytes, in hexadecimal digits.
#[must_use]
pub fn sha512(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA512, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The default of a column, if it has one.
#[must_use]
pub fn default_of(column: &Column, base: &str) -> Option<Json> {
    let text = column.default?;
    Some(match column.kind {
        Kind::Flag | Kind::Number(..) | Kind::Texts => parse_whole(text.as_bytes()).unwrap_or(Json::Null),
        _ => Json::text(&text.replacen('@', base, usize::from(text.starts_with('@')))),
    })
}
