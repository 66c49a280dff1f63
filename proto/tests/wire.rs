//! What the generated types have to be like beyond their fields.

use janiform_proto::{pulumirpc, tfplugin6};
use prost_types::Any;

#[test]
fn details_of_errors_carry_the_name_that_the_engine_looks_for() {
    let detail = pulumirpc::ErrorResourceInitFailed { id: "a".to_owned(), ..Default::default() };
    let any = Any::from_msg(&detail).ok();
    let url = any.as_ref().map(|any| any.type_url.as_str());
    assert_eq!(url, Some("type.googleapis.com/pulumirpc.ErrorResourceInitFailed"));
    assert_eq!(any.and_then(|any| any.to_msg().ok()), Some(detail));
}

#[test]
fn messages_do_not_show_the_values_that_they_carry() {
    let value = tfplugin6::DynamicValue { msgpack: b"secret".to_vec(), json: b"secret".to_vec() };
    let state = tfplugin6::RawState { json: b"secret".to_vec(), flatmap: [("a".to_owned(), "secret".to_owned())].into() };
    let request = tfplugin6::upgrade_resource_state::Request { raw_state: Some(state), ..Default::default() };
    let response = tfplugin6::upgrade_resource_state::Response { upgraded_state: Some(value), ..Default::default() };
    let shown = format!("{request:?} {response:?}");
    assert!(shown.contains("msgpack_len: 6") && shown.contains("flatmap_len: 1"), "{shown}");
    // As text or, as derived, as bytes.
    assert!(!shown.contains("secret") && !shown.contains("115, 101"), "{shown}");
}
