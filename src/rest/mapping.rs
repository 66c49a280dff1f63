//! Maps attributes to an API's JSON and back, at any depth. The one place that reads the mapping in tables.
//!
//! Works on raw JSON, so that members that the table does not have survive an update.

use crate::{
    engine::{Write, semantically_equal, sent_along},
    schema::{Attr, Cleared, Codec, Kind, Object, Reads, Table, json},
    value::{Json, Path, Reader, Step, Value},
};
use std::collections::BTreeMap;

/// An answer without the shape that the table declares; names the attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {why}")]
pub struct Misfit {
    /// The attribute.
    pub path: Path,
    /// What was expected and what was found; never the content.
    pub why: String,
}

impl Misfit {
    fn new(attr: &Attr, why: impl Into<String>) -> Misfit {
        Misfit { path: Path::attr(attr.name), why: why.into() }
    }

    fn within(mut self, step: Step) -> Misfit {
        self.path.0.insert(0, step);
        self
    }
}

/// The body of a create: all attributes that are set.
pub fn create(write: &Write) -> Json {
    let mut body = object(&write.resource.table, &write.planned);
    put_write_only(&mut body, write);
    body
}

/// The body of a full replacement: `current` with the plan's changes; `None` if the object would stay as it is. Changes by others
/// since the plan, and members that the table does not have, stay.
///
/// # Errors
/// If `current` has another value where an object must be.
pub fn update(write: &Write, current: Json) -> Result<Option<Json>, Misfit> {
    let (before, after) = change(write, current)?;
    Ok((after != before).then_some(after))
}

/// The object as it can be sent, before and after the plan's changes.
///
/// # Errors
/// As for [`update`].
pub fn change(write: &Write, mut current: Json) -> Result<(Json, Json), Misfit> {
    let table = &write.resource.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    // Servers show members that are not set, and may treat them as set when they are sent back.
    for (attr, _) in planned.iter().filter(|(attr, _)| ours(attr) && attr.cleared == Cleared::Omit) {
        if matches!(decode(attr, current.at(&attr.pointer())), Ok(value) if attr.is_unset(&value)) {
            current.remove(&attr.pointer());
        }
    }
    let mut body = current.clone();
    for (place, (attr, value)) in planned.iter().enumerate().filter(|(_, (attr, _))| ours(attr)) {
        let before = prior.at(place);
        let is_withdrawn = is_withdrawn(attr, write);
        match value {
            value
                if value.has_unknown()
                    || semantically_equal(attr, before, value) && !is_withdrawn && sent_along(table, attr, prior, planned).is_none() => {}
            Value::Null if clears(attr, write) => clear(&mut body, attr),
            Value::Null => {}
            value => merge(attr, before, value, &mut body)?,
        }
    }
    put_write_only(&mut body, write);
    Ok((current, body))
}

/// Replaces a value. Members of the old value that the table does not have stay.
fn merge(attr: &Attr, before: &Value, value: &Value, body: &mut Json) -> Result<(), Misfit> {
    let pointer = attr.pointer();
    let within = |misfit: Misfit| misfit.within(Step::Attr(attr.name));
    let in_its_place = || Misfit::new(attr, "another value is in its place");
    match (&attr.kind, attr.keyed) {
        _ if body.at(&pointer).is_null() => put(attr, encode(attr, value), body),
        (Kind::Object(nested), _) => {
            let there = body.at_mut(&pointer).filter(|there| there.is_object()).ok_or_else(in_its_place)?;
            merge_members(&nested.table, before, value, there).map_err(within)
        }
        (Kind::List(Kind::Object(nested)), Some(_)) => {
            let Some(Json::Array(there)) = body.at_mut(&pointer) else { return Err(in_its_place()) };
            merge_elements(attr, &nested.table, before, value, there).map_err(within)
        }
        (Kind::Map(of), _) if attr.grows => {
            let there = body.at_mut(&pointer).filter(|there| there.is_object()).ok_or_else(in_its_place)?;
            merge_entries(of, before, value, there);
            Ok(())
        }
        _ => put(attr, encode(attr, value), body),
    }
}

/// Changes the entries of a map that may have entries by others.
fn merge_entries(of: &Kind, before: &Value, value: &Value, there: &mut Json) {
    let Value::Map(planned) = value else { return };
    if let Value::Map(before) = before {
        before.keys().filter(|key| !planned.contains_key(*key)).for_each(|key| drop(there.remove([key.clone()].as_slice())));
    }
    for (key, item) in planned {
        there.put([key.clone()].as_slice(), encode_kind(of, item));
    }
}

fn merge_members(table: &Table, before: &Value, value: &Value, there: &mut Json) -> Result<(), Misfit> {
    let (prior, planned) = (Object::new(table, before), Object::new(table, value));
    for (place, (inner, value)) in planned.iter().enumerate().filter(|(_, (inner, _))| is_sent(inner)) {
        match value {
            value if semantically_equal(inner, prior.at(place), value) => {}
            Value::Null => clear(there, inner),
            value => merge(inner, prior.at(place), value, there)?,
        }
    }
    Ok(())
}

/// Changes elements with keys in place. Elements that others have added since stay.
fn merge_elements(attr: &Attr, table: &Table, before: &Value, value: &Value, there: &mut Vec<Json>) -> Result<(), Misfit> {
    fn of_key<'a>(attr: &Attr, list: &'a Value, key: Option<&str>) -> Option<&'a Value> {
        list.as_list().unwrap_or_default().iter().find(|item| attr.key_of(item) == key)
    }
    let pointer = attr.keyed.and_then(|key| table.index(key)).map(|place| table.attr(place).pointer());
    let key_in = |item: &Json| pointer.as_ref().and_then(|pointer| item.at(pointer).as_str().map(str::to_owned));
    there.retain(|item| {
        let key = key_in(item);
        // A list that was not set before is decided as a whole; in one that was, elements of others stay.
        let is_others = !before.is_null() && of_key(attr, before, key.as_deref()).is_none();
        is_others || of_key(attr, value, key.as_deref()).is_some()
    });
    for (index, item) in value.as_list().unwrap_or_default().iter().enumerate() {
        let key = attr.key_of(item);
        match there.iter_mut().find(|there| key_in(there).as_deref() == key) {
            Some(there) => {
                let before = of_key(attr, before, key).unwrap_or(&Value::Null);
                merge_members(table, before, item, there).map_err(|misfit| misfit.within(Step::Index(index)))?;
            }
            None => there.push(object(table, item)),
        }
    }
    Ok(())
}

fn put(attr: &Attr, value: Json, body: &mut Json) -> Result<(), Misfit> {
    match body.put(&attr.pointer(), value) {
        true => Ok(()),
        false => Err(Misfit::new(attr, "its path has a value that is not an object")),
    }
}

/// Whether the planned value is sent: not if only the server decides it, since its state may contain more than the server accepts.
pub(super) fn ours(attr: &Attr) -> bool {
    attr.remote() && attr.configurable() && !attr.write_only
}

/// Within a nested object, a write-only value is in the plan only if it is sent.
fn is_sent(attr: &Attr) -> bool {
    attr.remote() && attr.configurable()
}

/// Whether a null clears the value. It does not if no answer shows the value (then null means "not known"), or if a write-only twin
/// has set it.
pub(super) fn clears(attr: &Attr, write: &Write) -> bool {
    match attr.reads {
        Reads::Unless(twin) => !write.private.uses(twin),
        Reads::Once | Reads::Never => false,
        Reads::Always => attr.cleared != Cleared::Never,
    }
}

/// Whether a write-only twin had set the value and is no longer in use: then the state says nothing about the value.
pub(super) fn is_withdrawn(attr: &Attr, write: &Write) -> bool {
    matches!(attr.reads, Reads::Unless(twin) if write.withdrawn.contains(&twin))
}

fn put_write_only(body: &mut Json, write: &Write) {
    let config = Object::new(&write.resource.table, &write.config);
    for (attr, value) in config.iter().filter(|(attr, value)| write.rewrite.contains(&attr.name) && !value.is_null()) {
        body.put(&attr.pointer(), encode(attr, value));
    }
}

/// The server's object as an object of the table. A missing member is null, or the value that its absence means.
///
/// # Errors
/// They name the attribute.
pub fn observe(table: &Table, body: &Json) -> Result<Value, Misfit> {
    let fields = table.attrs().map(|attr| {
        if attr.write_only || !attr.remote() {
            return Ok(Value::Null);
        }
        match decode(attr, body.at(&attr.pointer()))? {
            Value::Null => Ok(attr.absent_is.map(|default| default.value()).unwrap_or_default()),
            value => Ok(value),
        }
    });
    fields.collect::<Result<_, _>>().map(Value::Object)
}

/// The same from a text, for a table whose attributes are members of the object; skips other members without building them. `None`
/// if the text must be parsed as a whole, because of its form or to find an error.
pub fn read(table: &Table, text: &[u8]) -> Option<Value> {
    if !table.is_flat() {
        return None;
    }
    let mut fields = table.unset();
    let mut reader = Reader::new(text).ok()?;
    reader.members(|reader, name| {
        match table.of_member(&name) {
            Some(place) => fields[place] = decode_own(table.attr(place), reader.value()?).ok()?,
            None => drop(reader.skip()?),
        }
        Some(())
    })?;
    for (attr, field) in table.attrs().zip(&mut fields).filter(|(attr, _)| attr.remote() && !attr.write_only) {
        if let (Value::Null, Some(absent)) = (&*field, attr.absent_is) {
            *field = absent.value();
        }
    }
    reader.is_at_end().then_some(Value::Object(fields))
}

/// All attributes that are set. Others are not sent: a server may not know them.
fn object(table: &Table, value: &Value) -> Json {
    let mut body = Json::Object(BTreeMap::new());
    for (attr, value) in Object::new(table, value).iter().filter(|(attr, _)| is_sent(attr)) {
        if !value.is_null() && !value.has_unknown() {
            // No two attributes of a table exclude each other.
            body.put(&attr.pointer(), encode(attr, value));
        }
    }
    body
}

/// The JSON of a value of the attribute.
pub(super) fn encode(attr: &Attr, value: &Value) -> Json {
    match (attr.codec, value) {
        // The text was checked to be JSON. If it is not, the server reports the error.
        (Codec::Json, Value::String(text)) => Json::parse(text).unwrap_or_else(|_| Json::String(text.clone())),
        (Codec::Plain, Value::List(items)) if attr.equality.sent.is_some() => {
            Json::Array(items.iter().map(|item| encode(attr, item)).collect())
        }
        (Codec::Plain, Value::String(text)) => {
            Json::String(attr.equality.sent.map_or_else(|| text.clone(), |sent| sent(text).into_owned()))
        }
        _ => encode_kind(&attr.kind, value),
    }
}

fn encode_kind(kind: &Kind, value: &Value) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Value::Object(_)) => object(&nested.table, value),
        (Kind::List(of), Value::List(items)) => items.iter().map(|item| encode_kind(of, item)).collect(),
        (Kind::Map(of), Value::Map(members)) => Json::object(members.iter().map(|(key, item)| (key, encode_kind(of, item)))),
        (kind, value) => json::kind_to_json(kind, value),
    }
}

fn decode(attr: &Attr, member: &Json) -> Result<Value, Misfit> {
    match (attr.codec, member) {
        (_, Json::Null) => Ok(Value::Null),
        (Codec::Json, Json::Object(members)) if members.is_empty() => Ok(Value::Null),
        (Codec::Json, member) => Ok(Value::String(member.to_string())),
        (Codec::Plain, member) => decode_kind(&attr.kind, member).map_err(|misfit| misfit.within(Step::Attr(attr.name))),
    }
}

/// The same for a value that is used only here, so that it need not be copied.
fn decode_own(attr: &Attr, member: Json) -> Result<Value, Misfit> {
    match (attr.codec, &attr.kind, member) {
        (Codec::Plain, kind @ (Kind::String | Kind::List(Kind::String)), member) => {
            json::kind_of_json(kind, member).map_err(|why| Misfit::new(attr, why))
        }
        (_, _, member) => decode(attr, &member),
    }
}

fn decode_kind(kind: &Kind, member: &Json) -> Result<Value, Misfit> {
    match (kind, member) {
        (Kind::Object(nested), Json::Object(_)) => observe(&nested.table, member),
        (Kind::List(of), Json::Array(items)) => {
            let each = |(index, item)| decode_kind(of, item).map_err(|misfit| misfit.within(Step::Index(index)));
            items.iter().enumerate().map(each).collect::<Result<_, _>>().map(Value::List)
        }
        (Kind::Map(of), Json::Object(members)) => {
            let each = |(key, item): (&String, _)| {
                let value = decode_kind(of, item).map_err(|misfit| misfit.within(Step::Key(key.clone())))?;
                Ok((key.clone(), value))
            };
            members.iter().map(each).collect::<Result<_, _>>().map(Value::Map)
        }
        (kind, member) => json::kind_from_json(kind, member).map_err(|why| Misfit { path: Path::ROOT, why }),
    }
}

fn clear(body: &mut Json, attr: &Attr) {
    let empty = match (attr.cleared, &attr.kind) {
        (Cleared::Never, _) => return,
        (Cleared::Null, _) => Json::Null,
        (Cleared::To(value), _) => encode(attr, &value.value()),
        (Cleared::Empty, Kind::String) => Json::String(String::new()),
        (Cleared::Empty, Kind::List(_)) => Json::Array(Vec::new()),
        (Cleared::Empty, _) => Json::Object(BTreeMap::new()),
        (Cleared::Omit, _) => {
            body.remove(&attr.pointer());
            return;
        }
    };
    // If another value is in the way, there is nothing to clear.
    body.put(&attr.pointer(), empty);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Private;
    use crate::schema::{Nested, Resource, int, integer, list, map, object, objects, resource, string, text, under};

    static AUTH: Nested = Nested {
        name: "Auth",
        table: Table::new(&[&[
            string("kind", "-").required().at("type"),
            string("header", "-").at("config/name"),
            string("body", "-").json().at("config/body"),
            string("place", "-").absent_is(text("header")).at("config/in"),
            list("tags", "-").cleared_by(Cleared::Empty),
        ]]),
    };
    static AUTHS: Kind = Kind::Object(&AUTH);
    static HOOK: Resource = resource("hook", "-")
        .import("hook_id")
        .sections(&[
            &[string("hook_id", "-").read_only().at("id")],
            &under(
                "services/hooks",
                [
                    string("url", "-").at("url"),
                    object("auth", "-", &AUTH),
                    objects("others", "-", &AUTHS),
                    string("label", "-").cleared_by(Cleared::Null).at("meta/label"),
                    integer("tries", "-").default(int(3)),
                ],
            ),
        ])
        .checked();

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    /// An object of the table whose members are the ones in this JSON, by their names.
    fn value(text: &str) -> Value {
        json::from_json(&HOOK.table, &json(text)).unwrap()
    }

    fn write(prior: &str, planned: &str) -> Write {
        Write {
            resource: &HOOK,
            id: None,
            prior: value(prior),
            planned: value(planned),
            config: Value::Null,
            rewrite: Vec::new(),
            withdrawn: Vec::new(),
            private: Private::default(),
        }
    }

    const SET: &str = r#"{
        "hook_id": "1", "url": "https://a.example", "label": "one", "tries": 3,
        "auth": { "kind": "key", "header": "X-Key", "body": "{\"a\":1}", "place": "header", "tags": ["t"] },
        "others": [{ "kind": "none", "place": "header" }]
    }"#;
    const SENT: &str = r#"{ "services": { "hooks": {
        "url": "https://a.example", "meta": { "label": "one" }, "tries": 3,
        "auth": { "type": "key", "config": { "name": "X-Key", "body": { "a": 1 }, "in": "header" }, "tags": ["t"] },
        "others": [{ "type": "none", "config": { "in": "header" } }]
    } } }"#;

    #[test]
    fn places_codecs_and_absences_count_at_any_depth() {
        assert_eq!(create(&write("{}", SET)), json(SENT));
        let mut told = json(SENT);
        told.put("id", Json::from("1"));
        assert_eq!(observe(&HOOK.table, &told).unwrap(), value(SET));
        // An answer without a member means what the table says, in nested objects too.
        told.remove("services/hooks/auth/config/in");
        assert_eq!(observe(&HOOK.table, &told).unwrap(), value(SET));
    }

    #[test]
    fn an_update_keeps_what_the_table_does_not_know_at_any_depth() {
        let mut there = json(SENT);
        there.put("services/hooks/auth/config/extra", Json::from("kept"));
        there.put("services/other", Json::from("kept"));
        let change = SET.replace("X-Key", "X-Other").replace(r#""label": "one","#, "").replace(r#", "tags": ["t"]"#, "");
        let sent = update(&write(SET, &change), there.clone()).unwrap().unwrap();
        let mut wanted = there.clone();
        wanted.put("services/hooks/auth/config/name", Json::from("X-Other"));
        wanted.put("services/hooks/meta/label", Json::Null);
        wanted.put("services/hooks/auth/tags", Json::Array(Vec::new()));
        assert_eq!(sent, wanted);
        // Without a change, there is no body.
        assert_eq!(update(&write(SET, SET), there).unwrap(), None);
    }

    #[test]
    fn elements_with_keys_are_changed_where_they_are() {
        static TABLE: Resource = resource("set", "-")
            .import("set_id")
            .sections(&[&[string("set_id", "-").read_only().at("id"), objects("auths", "-", &AUTHS).keyed("kind")]])
            .checked();
        let write = |prior: &str, planned: &str| {
            let value = |text: &str| json::from_json(&TABLE.table, &json(text)).unwrap();
            Write { resource: &TABLE, prior: value(prior), planned: value(planned), ..write("{}", "{}") }
        };
        let prior = r#"{ "auths": [{ "kind": "a", "header": "A", "place": "header" }, { "kind": "b", "place": "header" }] }"#;
        let planned =
            r#"{ "auths": [{ "kind": "c", "header": "C", "place": "header" }, { "kind": "a", "header": "B", "place": "header" }] }"#;
        // Others have added an element, and a member to one of our elements.
        let there =
            r#"{ "auths": [{ "type": "x" }, { "type": "b" }, { "type": "a", "config": { "name": "A", "in": "header", "extra": 1 } }] }"#;
        let sent = r#"{ "auths": [
            { "type": "x" },
            { "type": "a", "config": { "name": "B", "in": "header", "extra": 1 } },
            { "type": "c", "config": { "name": "C", "in": "header" } }
        ] }"#;
        assert_eq!(update(&write(prior, planned), json(there)).unwrap(), Some(json(sent)));
    }

    #[test]
    fn what_is_in_the_way_is_told_with_its_path_and_never_overwritten() {
        let misfit = |text: &str| observe(&HOOK.table, &json(text)).unwrap_err().to_string();
        let said = misfit(r#"{ "services": { "hooks": { "auth": { "type": "key", "config": { "name": ["canary"] } } } } }"#);
        assert!(said.starts_with("`auth.header`: ") && !said.contains("canary"), "{said}");
        let said = misfit(r#"{ "services": { "hooks": { "others": [{ "type": "key" }, { "type": 1.5e3, "tags": "canary" }] } } }"#);
        assert!(said.starts_with("`others[1].tags`: ") && !said.contains("canary"), "{said}");
        for there in [r#"{ "services": ["kept"] }"#, r#"{ "services": { "hooks": { "auth": "kept" } } }"#] {
            let said = update(&write(SET, &SET.replace("X-Key", "X-Other").replace("a.example", "b.example")), json(there)).unwrap_err();
            assert!(["url", "auth"].contains(&said.path.to_string().as_str()), "{said}");
        }
    }

    /// A table whose attributes are members of the object.
    static FLAT: Table = Table::new(&[&[
        string("name", "-"),
        string("kind", "-").at("type"),
        string("body", "-").json(),
        string("place", "-").absent_is(text("header")),
        list("tags", "-"),
        integer("tries", "-"),
        map("labels", "-"),
        object("auth", "-", &AUTH),
        objects("others", "-", &AUTHS),
        string("key", "-").write_only(),
        string("own", "-").local(),
    ]]);

    #[test]
    fn a_text_is_read_as_its_json_is() {
        assert!(FLAT.is_flat());
        for told in [
            "{}",
            r#"{"name":"a","type":"b","body":{"b":[1,{"c":null}],"a":1.50},"place":"query","tags":["x","y"],"tries":3,"labels":{"k":"v"}}"#,
            r#" { "name" : "a\u00e9\n\"\ud83d\ude00" , "tags" : [ ] , "labels" : { } , "body" : { } } "#,
            r#"{"auth":{"type":"key","config":{"name":"X","body":[1],"in":"query"},"tags":["t"]},"others":[{"type":"a"},{"type":"b","config":{}}]}"#,
            r#"{"name":null,"tags":null,"tries":null,"labels":null,"auth":null,"others":null,"body":null,"place":null}"#,
            // What the table does not have, at every depth; by the names of attributes, which are no members, too.
            r#"{"extra":{"name":"no","tags":[{}]},"kind":"no","more":[[],{"a":"\\"}],"name":"a","own":"no","key":"no","auth":{"extra":1,"kind":"no"}}"#,
            // Of a member that comes twice, the last counts.
            r#"{"name":"first","name":"last","tags":["a"],"tags":["b","c"]}"#,
            r#"{"n\u0061me":"by an escape"}"#,
            r#"{"tries":1e1,"body":"text"}"#,
        ] {
            assert_eq!(read(&FLAT, told.as_bytes()), Some(observe(&FLAT, &json(told)).unwrap()), "{told}");
        }
    }

    #[test]
    fn what_a_text_cannot_tell_is_left_to_the_whole() {
        // Something is wrong, of which only the whole can tell what.
        for told in [
            r#"{"name":["a"]}"#,
            r#"{"tags":"a"}"#,
            r#"{"tries":"three"}"#,
            r#"{"auth":[1]}"#,
            r#"{"name":"a""#,
            r#"{"name":"a"} more"#,
            r#"{"name":"a",}"#,
            r#"{"extra":[1,}"#,
            r#"["name"]"#,
            "null",
            "",
        ] {
            assert_eq!(read(&FLAT, told.as_bytes()), None, "{told}");
        }
        // Members that are deeper than the object's own.
        assert_eq!(read(&HOOK.table, b"{}"), None);
    }
}
