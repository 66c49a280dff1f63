//! The encoding of values: core's own vectors, round trips against rmpv, and invalid bytes.

use crate::toy::{THING, TOY};
use janiform::{
    engine::Engine,
    frontends::terraform::{msgpack, object, schema_json, wire::WireObject},
    schema::{BlockSchema, Kind, Nested, Table, boolean, string},
    value::{Number, Value},
};
use janiform_proto::tfplugin6::DynamicValue;
use proptest::prelude::*;

static PAIR: Nested = Nested { name: "Pair", table: Table::new(&[&[string("a", "-"), boolean("b", "-")]]) };
static TEXTS: Kind = Kind::List(&Kind::String);
static BY_KEY: Kind = Kind::Map(&Kind::String);
static OBJECT: Kind = Kind::Object(&PAIR);
static OBJECTS: Kind = Kind::List(&OBJECT);

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

fn texts(items: &[Value]) -> Value {
    Value::List(items.to_vec())
}

/// What Go's implementation writes for a value is what we read and write for it.
#[test]
fn core_and_we_write_the_same_bytes() {
    let text_number = |text: &str| format!("{:02x}{}", 0xa0 + text.len(), text.bytes().map(|b| format!("{b:02x}")).collect::<String>());
    for (kind, value, bytes) in [
        (&Kind::String, Value::Null, "c0".to_owned()),
        (&Kind::String, Value::Unknown, "d40000".to_owned()),
        (&Kind::Bool, Value::Bool(true), "c3".to_owned()),
        (&Kind::Number, number("1"), "01".to_owned()),
        (&Kind::Number, number("-1"), "ff".to_owned()),
        (&Kind::Number, number("300"), "cd012c".to_owned()),
        (&Kind::Number, number("0.5"), "cb3fe0000000000000".to_owned()),
        (&Kind::Number, number("0.1"), "a3302e31".to_owned()),
        (&Kind::Number, number("9223372036854775807"), "cf7fffffffffffffff".to_owned()),
        (&Kind::Number, number("9223372036854775808"), text_number("9223372036854775808")),
        (&Kind::Number, number("1e30"), text_number("1000000000000000000000000000000")),
        (&TEXTS, texts(&["a".into(), Value::Unknown]), "92a161d40000".to_owned()),
        (&TEXTS, texts(&[]), "90".to_owned()),
        (&BY_KEY, Value::Map([("k".to_owned(), "v".into())].into()), "81a16ba176".to_owned()),
        (&OBJECT, Value::Object(vec!["x".into(), Value::Null]), "82a161a178a162c0".to_owned()),
    ] {
        let encoded: String = msgpack::encode_kind(kind, &value).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(encoded, bytes);
        assert!(msgpack::decode_kind(kind, &hex(&bytes)).unwrap() == value, "{bytes}");
    }
}

/// Unknown values come with an extension of any code and length; what they promise is not used.
#[test]
fn unknowns_of_every_form_are_unknown() {
    for bytes in ["d40000", "d40c00", "c70000", "c7030c8101c2", "c7070c8201c202a26162", "c7090c82039200c304920ac2", "c7050c8205010603"] {
        for kind in [&Kind::String, &Kind::Number, &TEXTS, &OBJECT] {
            assert!(msgpack::decode_kind(kind, &hex(bytes)).unwrap().is_unknown(), "{bytes}");
        }
    }
}

#[test]
fn numbers_come_in_many_forms() {
    for (bytes, text) in [
        ("ca3f000000", "0.5"),
        ("cb4024000000000000", "10"),
        ("d1ff00", "-256"),
        ("cfffffffffffffffff", "18446744073709551615"),
        ("a4312e3530", "1.50"),
        ("a431653330", "1e30"),
    ] {
        assert!(msgpack::decode_kind(&Kind::Number, &hex(bytes)).unwrap() == number(text), "{bytes}");
    }
    for bytes in ["cb7ff0000000000000", "cb7ff8000000000000", "a3496e66", "c3", "90"] {
        assert!(msgpack::decode_kind(&Kind::Number, &hex(bytes)).is_err(), "{bytes}");
    }
}

#[test]
fn texts_are_normalised_on_entry() {
    let decomposed = msgpack::encode_kind(&Kind::String, &"Zoe\u{308}".into());
    assert!(msgpack::decode_kind(&Kind::String, &decomposed).unwrap() == Value::text("Zo\u{eb}"));
    // bin for str, as core accepts it.
    assert!(msgpack::decode_kind(&Kind::String, &hex("c40161")).unwrap() == Value::text("a"));
    let key = msgpack::encode_kind(&BY_KEY, &Value::Map([("e\u{301}".to_owned(), "v".into())].into()));
    assert!(msgpack::decode_kind(&BY_KEY, &key).unwrap() == Value::Map([("\u{e9}".to_owned(), "v".into())].into()));
}

#[test]
fn a_misfit_is_an_error_with_its_path_and_without_its_value() {
    for (kind, bytes, message) in [
        (&OBJECT, "81a161a178", "the value has 1 of the 2 attributes of the schema"),
        (&OBJECT, "82a161a178a161a178", "the value has 1 of the 2 attributes of the schema"),
        (&OBJECT, "83a161a178a162c0a163c0", "the value has the attribute \"c\", which is not in the schema"),
        (&OBJECTS, "9182a161c3a162c0", "[0].a is not a string"),
        (&TEXTS, "9201a161", "[0] is not a string"),
        (&TEXTS, "a161", "the value is not a list"),
        (&Kind::String, "a2fffe", "the value is not UTF-8"),
        (&Kind::String, "", "the value ends too early"),
        (&Kind::String, "db7fffffff61", "the value ends too early"),
        (&TEXTS, "ddffffffff", "the value ends too early"),
        (&BY_KEY, "dfffffffff", "the value ends too early"),
        (&Kind::String, "c9ffffffff0c", "the value ends too early"),
        (&Kind::Bool, "c1", "the value is not a boolean"),
    ] {
        assert_eq!(msgpack::decode_kind(kind, &hex(bytes)).unwrap_err().to_string(), message, "{bytes}");
    }
}

#[test]
fn messages_hold_msgpack_or_json_or_null() {
    let block = BlockSchema::resource(&THING);
    let decode = |msgpack: &[u8], json: &str| {
        object::decode(&block, Some(&DynamicValue { msgpack: msgpack.to_vec(), json: json.as_bytes().to_vec() }))
    };
    assert_eq!(decode(&[], ""), Ok(None));
    assert_eq!(decode(&[0xc0], ""), Ok(None));
    assert_eq!(decode(&[], "null"), Ok(None));
    let seen = decode(&[], r#"{"id":"x","name":"Zoe\u0308","serial":12345678901234567890.5}"#).unwrap().unwrap();
    assert_eq!(seen.id, "x".into());
    let bytes = msgpack::encode(&block, Some(&seen));
    assert_eq!(msgpack::decode(&block, &bytes), Ok(Some(seen)));
    assert!(decode(&[], "{").is_err());
    assert!(decode(&[], &"[".repeat(100_000)).is_err());
    assert_eq!(object::decode(&block, None), Ok(None));
}

/// What the exported schema says is what core would print: the layout's obligatory parts, and types that
/// core can read.
#[test]
fn the_exported_schema_has_the_layout_of_core() {
    let json = schema_json(&Engine::new(&TOY));
    assert_eq!(json["format_version"], "1.0");
    let provider = &json["provider_schemas"]["registry.terraform.io/janiform/toy"];
    assert_eq!(provider["provider"]["version"], 0);
    let thing = &provider["resource_schemas"]["toy_thing"]["block"]["attributes"];
    assert_eq!(
        thing["id"],
        serde_json::json!({ "type": "string", "description": "The object's id.", "description_kind": "markdown", "computed": true })
    );
    assert_eq!(thing["tags"]["type"], serde_json::json!(["map", "string"]));
    assert_eq!(thing["ports"]["nested_type"]["nesting_mode"], "list");
    assert_eq!(thing["owner"]["nested_type"]["attributes"]["desk"]["nested_type"]["nesting_mode"], "single");
    assert_eq!(thing["password"]["write_only"], true);
    assert_eq!(thing["tagline"]["deprecation_message"], "Use `label`.");
    let view = &provider["data_source_schemas"]["toy_thing"]["block"]["attributes"];
    assert!(view.get("password").is_none() && view.get("client_secret").is_none());
    assert_eq!((&view["owner"]["computed"], view["owner"].get("optional")), (&true.into(), None));
    let identity = &provider["resource_identity_schemas"]["toy_thing"];
    assert_eq!(identity["attributes"]["thing_id"]["required_for_import"], true);
}

/// A value of the kind, with nulls and unknowns anywhere.
fn value(kind: &'static Kind) -> BoxedStrategy<Value> {
    let known = match kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Number | Kind::Integer => prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter_map("finite", |double| Number::from_f64(double).map(Value::Number)),
            "-?[1-9][0-9]{0,40}(\\.[0-9]{1,40})?".prop_map(|text| number(&text)),
        ]
        .boxed(),
        Kind::String => any::<String>().prop_map(|text| Value::text(msgpack::normalised(&text))).boxed(),
        Kind::List(of) => prop::collection::vec(value(of), 0..4).prop_map(Value::List).boxed(),
        Kind::Map(of) => {
            let key = any::<String>().prop_map(|text| msgpack::normalised(&text));
            prop::collection::btree_map(key, value(of), 0..4).prop_map(Value::Map).boxed()
        }
        Kind::Object(nested) => nested.table.attrs().map(|attr| value(&attr.kind)).collect::<Vec<_>>().prop_map(Value::Object).boxed(),
    };
    prop_oneof![1 => Just(Value::Null), 1 => Just(Value::Unknown), 8 => known].boxed()
}

fn thing() -> impl Strategy<Value = WireObject> {
    let fields = THING.table.attrs().map(|attr| value(&attr.kind)).collect::<Vec<_>>();
    (value(&Kind::String), fields).prop_map(|(id, fields)| WireObject { id, value: Value::Object(fields) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn encoded_values_are_decoded_unchanged(seen in thing()) {
        let block = BlockSchema::resource(&THING);
        let bytes = msgpack::encode(&block, Some(&seen));
        prop_assert_eq!(msgpack::decode(&block, &bytes), Ok(Some(seen.clone())));
        // Another implementation finds one well-formed value in the bytes, with all keys, in order.
        let mut rest = bytes.as_slice();
        let rmpv::Value::Map(members) = rmpv::decode::read_value(&mut rest).unwrap() else { panic!("not a map") };
        prop_assert!(rest.is_empty());
        let keys: Vec<_> = members.iter().map(|(key, _)| key.as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(keys.len(), block.fields.len());
        prop_assert!(keys.is_sorted());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = msgpack::decode(&BlockSchema::resource(&THING), &bytes);
        for kind in [&Kind::Bool, &Kind::Number, &Kind::String, &TEXTS, &BY_KEY, &OBJECT, &OBJECTS] {
            let _ = msgpack::decode_kind(kind, &bytes);
        }
    }

    #[test]
    fn broken_messages_do_not_panic(seen in thing(), at in any::<prop::sample::Index>(), byte: u8) {
        let block = BlockSchema::resource(&THING);
        let mut bytes = msgpack::encode(&block, Some(&seen));
        let at = at.index(bytes.len());
        let _ = msgpack::decode(&block, &bytes[..at]);
        bytes[at] = byte;
        let _ = msgpack::decode(&block, &bytes);
    }
}
