//! Messages that are small, or at least possible to send, and that cost a careless reader much time or memory.

use super::decoders::TARGETS;
use crate::pulumi::engine;
use janiform::{
    emulator::{Profile, go::json::parse_whole, patch},
    engine::Engine,
    frontends::{
        pulumi::{
            self,
            property::{self, Origin, Struct},
        },
        terraform::{msgpack, object},
    },
    ory::{ORY, resources::oauth2_client::RESOURCE},
    rest::{Page, Reply, mapping},
    schema::{BlockSchema, Kind},
    value::{Json, MOST_VALUES, ParseError, Value},
};
use janiform_proto::tfplugin6::DynamicValue;
use prost::Message as _;
use reqwest::header::HeaderMap;
use std::{sync::Arc, time::Instant};

const DEEP: usize = 100_000;
const HUGE: usize = 256 << 20;

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let nested = |open: &[u8], close: &[u8]| [open.repeat(DEEP), close.repeat(DEEP)].concat();
    let bombs = [
        // Lists of one, maps of one (of one), extensions; JSON; an escape that never ends.
        nested(&[0x91], &[0xc0]),
        nested(&[0x81, 0xa1, b'a'], &[0xc0]),
        nested(&[0xc7, 0xff, 0x00], &[]),
        nested(b"[", b"]"),
        nested(b"{\"a\":", b"}"),
        nested(b"[", b""),
        nested(b"%25", b""),
        nested(b"(", b")"),
        // A patch whose path goes as deep.
        [b"{}\n[{\"op\":\"add\",\"path\":\"".as_slice(), &b"/a".repeat(DEEP), b"\",\"value\":1}]"].concat(),
        [b"{}\n[{\"op\":\"add\",\"path\":\"".as_slice(), &b"/9999".repeat(DEEP), b"\",\"value\":1}]"].concat(),
    ];
    for target in TARGETS {
        for bomb in &bombs {
            (target.check)(bomb);
            // After the byte that chooses a table.
            (target.check)(&[&[0], bomb.as_slice()].concat());
        }
    }
}

/// Protobuf is read before anything of ours sees it; each level holds the length of what is in it.
#[test]
fn nested_structs_are_refused() {
    let mut nested = Vec::new();
    for _ in 0..2000 {
        let field = |tag: u8, inner: &[u8]| {
            let mut out = vec![tag];
            prost::encoding::encode_varint(inner.len() as u64, &mut out);
            [out, inner.to_vec()].concat()
        };
        // Struct { fields: { "a": Value { struct_value } } }
        let value = field(0x2a, &nested);
        nested = field(0x0a, &[field(0x0a, b"a"), field(0x12, &value)].concat());
    }
    assert!(Struct::decode(nested.as_slice()).is_err());
}

#[test]
fn the_number_of_values_has_a_limit() {
    let many = u32::try_from(MOST_VALUES + 1).unwrap();
    // A list of so many nulls, at a byte each.
    let bomb = [&[0xdd], many.to_be_bytes().as_slice(), &vec![0xc0; many as usize]].concat();
    let error = msgpack::decode_kind(&Kind::List(&Kind::String), &bomb).unwrap_err().to_string();
    assert!(error.contains("more than 2000000 values"), "{error}");
    // Many lists that are each allowed.
    let one = [&[0xdd], 1_500_000u32.to_be_bytes().as_slice(), &vec![0xc0; 1_500_000]].concat();
    let bomb = [&[0x92], one.as_slice(), &one].concat();
    assert!(msgpack::decode_kind(&Kind::List(&Kind::List(&Kind::String)), &bomb).unwrap_err().to_string().contains("values"));
    // A length for which there are no bytes.
    assert!(msgpack::decode_kind(&Kind::List(&Kind::String), &[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0]).is_err());

    let zeros = [b"[0".as_slice(), &b",0".repeat(many as usize), b"]"].concat();
    assert_eq!(Json::parse(&zeros), Err(ParseError::TooMany));
    assert_eq!(Reply::new(200, HeaderMap::new(), zeros.clone()).json(), None);
    assert!(Page::of_objects(&Reply::new(200, HeaderMap::new(), zeros.clone()), "client_id").is_none());
    let block = BlockSchema::resource(&RESOURCE);
    let value = DynamicValue { msgpack: Vec::new(), json: zeros };
    assert!(object::decode(&block, Some(&value)).unwrap_err().to_string().contains("values"));
}

#[test]
fn the_longest_messages_are_read_or_refused() {
    let resource = &RESOURCE;
    let block = BlockSchema::resource(resource);
    let long = [&[0xdb], u32::try_from(HUGE).unwrap().to_be_bytes().as_slice(), &vec![b'x'; HUGE]].concat();
    match msgpack::decode_kind(&Kind::String, &long).unwrap() {
        Value::String(text) => assert_eq!(text.len(), HUGE),
        other => panic!("{other:?}"),
    }
    // As the name of an attribute, which there is not.
    let error = msgpack::decode(&block, &[&[0x81], long.as_slice()].concat()).unwrap_err().to_string();
    assert!(error.len() < 1000, "an error of {} bytes", error.len());
    drop(long);
    let body = [b"{\"client_name\":\"".as_slice(), &vec![b'x'; HUGE - 32], b"\"}"].concat();
    let reply = Reply::new(200, HeaderMap::new(), body);
    assert!(mapping::observe(&resource.table, &reply.json().unwrap()).is_ok());
    assert!(Page::of_objects(&reply, "client_id").is_none());
}

/// Each of a great many wrong properties would be told, and what it may have meant.
#[test]
fn the_number_of_reported_mistakes_has_a_limit() {
    let resource = &RESOURCE;
    let block = BlockSchema::resource(resource);
    let properties = Struct { fields: (0..200_000).map(|at| (format!("clientNam{at}"), property::text("x"))).collect() };
    let began = Instant::now();
    let decoded = property::decode(&block, &properties, Origin::Inputs);
    assert!((1..=100).contains(&decoded.problems.len()), "{}", decoded.problems.len());
    assert!(began.elapsed().as_secs() < 60, "it hangs");
}

#[test]
fn the_growth_by_a_patch_has_a_limit() {
    let document = parse_whole(b"{}").unwrap();
    let apply = |text: String| patch::apply(text.as_bytes(), &document, Profile::V2_3, |_| false).map_err(|patch::BadPatch(why)| why);
    let add = |path: &str| format!("{{\"op\":\"add\",\"path\":\"{path}\",\"value\":1}}");
    assert!(apply(format!("[{}]", add("/l/9999"))).is_ok());
    let twice = apply(format!("[{},{}]", add("/l/9999"), add("/m/9999"))).unwrap_err();
    assert!(twice.contains("invalid index"), "{twice}");
    let deep = apply(format!("[{}]", add(&"/a".repeat(1000)))).unwrap_err();
    assert!(deep.contains("max depth"), "{deep}");
    // Neither all at once nor step by step.
    let steps: Vec<_> = (1..40)
        .map(|step| {
            format!("{{\"op\":\"add\",\"path\":\"{}\",\"value\":{}1{}}}", "/a".repeat(400), "[".repeat(step * 10), "]".repeat(step * 10))
        })
        .collect();
    let deep = apply(format!("[{}]", steps.join(","))).unwrap_err();
    assert!(deep.contains("max depth"), "{deep}");
}

/// Over the wire, through both faces: it answers with an error, and goes on serving.
#[tokio::test]
async fn both_faces_survive_too_large_messages() {
    let server = pulumi::Server::new(Arc::new(Engine::new(&ORY)), Arc::new(crate::pulumi::Recorder::default()), Arc::new(|_| None));
    let host = engine::Host::start_service(pulumi::service(server)).await;
    let mut client = host.client.clone();
    let long = Struct { fields: [("x".to_owned(), property::text("x".repeat(HUGE)))].into() };
    let refused =
        client.check_config(janiform_proto::pulumirpc::CheckRequest { news: Some(long), ..Default::default() }).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::OutOfRange, "{refused}");
    assert!(refused.message().contains("limit"), "{refused}");
    client.get_plugin_info(()).await.unwrap();

    let core = crate::terraform::core::Core::direct(&ORY, serde_json::json!({ "hydra_admin_url": "http://127.0.0.1:1" })).await.unwrap();
    let mut client = core.client.clone();
    let config = DynamicValue {
        msgpack: [&[0x81, 0xdb], 0x0fff_fff0u32.to_be_bytes().as_slice(), &vec![b'x'; HUGE - 16]].concat(),
        json: Vec::new(),
    };
    let request = janiform_proto::tfplugin6::validate_resource_config::Request {
        type_name: "ory_oauth2_client".into(),
        config: Some(config),
        ..Default::default()
    };
    let answer = client.validate_resource_config(request).await;
    assert_eq!(answer.unwrap_err().code(), tonic::Code::OutOfRange);
    client.get_metadata(janiform_proto::tfplugin6::get_metadata::Request {}).await.unwrap();
}
