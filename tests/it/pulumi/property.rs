//! Values survive the wire, and no bytes on the wire crash the process.

use crate::toy::{THING, TOY};
use janiform::{
    engine::Engine,
    frontends::pulumi::property::{Form, Origin, SECRET, SIGNATURE, Secrets, Struct, UNKNOWN, Wire, decode, encode, secret, text, wire},
    schema::{BlockSchema, Kind, Table},
    value::{Number, Path, Step, Value},
};
use proptest::{prelude::*, sample::Index};
use prost_types::{ListValue, value::Kind as WireKind};

fn value(kind: &'static Kind) -> BoxedStrategy<Value> {
    let known = match kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Integer => any::<i32>().prop_map(|number| Value::from(i64::from(number))).boxed(),
        Kind::Number => prop_oneof![any::<i32>().prop_map(f64::from), -1e300..1e300f64]
            .prop_map(|number| Value::Number(Number::from_f64(number).unwrap()))
            .boxed(),
        Kind::String => ".{0,8}".prop_map(Value::text).boxed(),
        Kind::List(of) => prop::collection::vec(value(of), 0..3).prop_map(Value::List).boxed(),
        Kind::Map(of) => prop::collection::btree_map("[a-z_.\"]{0,4}", value(of), 0..3).prop_map(Value::Map).boxed(),
        Kind::Object(nested) => object(&nested.table),
    };
    prop_oneof![8 => known, 1 => Just(Value::Unknown)].boxed()
}

fn object(table: &'static Table) -> BoxedStrategy<Value> {
    let fields: Vec<_> = table
        .attrs()
        .map(|attr| {
            let set = if attr.configurable() { 3 } else { 0 };
            prop_oneof![1 => Just(Value::Null), set => value(&attr.kind)].boxed()
        })
        .collect();
    fields.prop_map(Value::Object).boxed()
}

/// Every path at which a secret may be marked.
fn places(table: &Table, value: &Value, here: &Path, found: &mut Vec<Path>) {
    for (attr, value) in janiform::schema::Object::new(table, value).iter() {
        if !value.is_null() {
            inside(&attr.kind, value, here.then(Step::Attr(attr.name)), found);
        }
    }
}

fn inside(kind: &Kind, value: &Value, here: Path, found: &mut Vec<Path>) {
    match (kind, value) {
        (Kind::Object(nested), Value::Object(_)) => places(&nested.table, value, &here, found),
        (Kind::Map(of), Value::Map(map)) => {
            map.iter().for_each(|(key, value)| inside(of, value, here.then(Step::Key(key.clone())), found));
        }
        _ => {}
    }
    found.push(here);
}

/// Anything that the wire can carry.
fn anything() -> BoxedStrategy<Wire> {
    let leaf = prop_oneof![
        Just(Wire { kind: None }),
        Just(wire(WireKind::NullValue(0))),
        any::<bool>().prop_map(|flag| wire(WireKind::BoolValue(flag))),
        any::<f64>().prop_map(|number| wire(WireKind::NumberValue(number))),
        ".{0,6}".prop_map(text),
        prop::sample::select(UNKNOWN.to_vec()).prop_map(text),
        Just(text(SECRET)),
    ];
    let key = prop_oneof![
        Just(SIGNATURE.to_owned()),
        Just("value".to_owned()),
        Just("id".to_owned()),
        Just("login".to_owned()),
        Just("number".to_owned()),
        Just("__defaults".to_owned()),
        ".{0,4}"
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| wire(WireKind::ListValue(ListValue { values }))),
            prop::collection::btree_map(key.clone(), inner.clone(), 0..4).prop_map(|fields| wire(WireKind::StructValue(Struct { fields }))),
            inner.prop_map(secret),
        ]
    })
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn values_and_secrets_survive(value in object(&THING.table), marks in prop::collection::vec(any::<Index>(), 0..4)) {
        let block = BlockSchema::resource(&THING);
        let mut all = Vec::new();
        places(&THING.table, &value, &Path::ROOT, &mut all);
        let secrets: Secrets = if all.is_empty() { Secrets::new() } else { marks.iter().map(|mark| mark.get(&all).clone()).collect() };
        let encoded = encode(&block, &value, None, &secrets, Form::Inputs);
        prop_assert!(encoded.rounded.is_empty());
        let decoded = decode(&block, &encoded.properties, Origin::Inputs);
        prop_assert!(decoded.problems.is_empty(), "{:?}", decoded.problems);
        prop_assert!(decoded.value == value);
        for secret in &secrets {
            let kept = decoded.secrets.iter().any(|kept| secret.0.starts_with(&kept.0));
            prop_assert!(kept, "{secret} is open");
        }
        // What was secret stays so, and once it has been there it is there in the same way.
        let again = encode(&block, &decoded.value, None, &decoded.secrets, Form::Inputs);
        prop_assert_eq!(again.properties, encoded.properties);
    }

    #[test]
    fn arbitrary_properties_cause_no_panic(properties in prop::collection::btree_map(prop::sample::select(NAMES), anything(), 0..6)) {
        let engine = Engine::new(&TOY);
        let properties = Struct { fields: properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() };
        for block in [&BlockSchema::resource(&THING), &BlockSchema::lookup(&crate::toy::THING_LOOKUP), engine.config()] {
            for source in [Origin::Inputs, Origin::Config, Origin::Stored] {
                let decoded = decode(block, &properties, source);
                for form in [Form::Inputs, Form::Outputs, Form::Preview] {
                    encode(block, &decoded.value, Some("id"), &decoded.secrets, form);
                }
            }
        }
    }
}

const NAMES: &[&str] = &[
    "name",
    "label",
    "size",
    "enabled",
    "steps",
    "tags",
    "owner",
    "ports",
    "audience",
    "audiences",
    "password",
    "createdAt",
    "id",
    "__meta",
    "version",
    "retries",
    "regions",
    "nonsense",
    "thing_id",
    "",
    "4dabf18193072939515e22adb298388d",
];

#[test]
fn a_too_deeply_nested_value_is_refused() {
    let mut deep = text("x");
    for _ in 0..100_000 {
        deep = wire(WireKind::ListValue(ListValue { values: vec![deep] }));
    }
    let wrapped = (0..100).fold(text("x"), |inner, _| secret(inner));
    let properties = Struct { fields: [("steps".to_owned(), deep), ("label".to_owned(), wrapped)].into() };
    let decoded = decode(&BlockSchema::resource(&THING), &properties, Origin::Inputs);
    assert_eq!(decoded.problems.len(), 1, "{:?}", decoded.problems);
    // To take it apart is as deep; that a real message is never so deep is the decoder's doing.
    std::mem::forget(properties);
}

#[test]
fn a_number_that_no_double_represents_is_reported() {
    let block = BlockSchema::resource(&THING);
    let index = THING.table.index("serial").unwrap();
    let Value::Object(mut fields) = THING.table.nulls() else { unreachable!() };
    fields[index] = Value::Number(Number::parse("12345678901234567890").unwrap());
    let encoded = encode(&block, &Value::Object(fields), None, &Secrets::new(), Form::Outputs);
    assert_eq!(encoded.rounded, [Path::attr("serial")]);
}
