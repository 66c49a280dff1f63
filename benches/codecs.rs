//! What one object costs on its way through the provider: each codec, and the plan of an object that does not
//! change. Figures for people: `cargo bench --bench codecs`.
#![allow(clippy::unwrap_used, missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use janiform::{
    engine::{Engine, Prior, Private, keep_spelling, plan},
    frontends::{
        pulumi::property::{Form, Origin, Secrets, decode, encode},
        terraform::{msgpack, schema::provider_schema, wire::WireObject},
    },
    ory::{ORY, resources::oauth2_client::RESOURCE},
    rest::mapping,
    schema::json,
    value::{Json, Value},
};
use prost::Message as _;
use serde_json::json;
use std::hint::black_box;

/// A client as Ory Hydra shows it.
fn answer() -> String {
    json!({
        "client_id": "5d1c3c8c-9d0c-4d5c-8f1c-1f1f3f6f7f8f", "client_name": "Client", "redirect_uris": ["https://a.example/cb", "https://b.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "scope": "openid offline read write",
        "audience": ["https://api.example"], "owner": "", "policy_uri": "", "allowed_cors_origins": [], "tos_uri": "", "client_uri": "",
        "logo_uri": "", "contacts": null, "client_secret_expires_at": 0, "subject_type": "public", "jwks": {},
        "token_endpoint_auth_method": "client_secret_basic", "userinfo_signed_response_alg": "none", "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00.000001Z", "metadata": { "team": "a" }, "skip_consent": false, "skip_logout_consent": null,
        "authorization_code_grant_access_token_lifespan": "1h0m0s", "refresh_token_grant_access_token_lifespan": null,
    })
    .to_string()
}

fn codecs(bench: &mut Criterion) {
    let engine = Engine::new(&ORY);
    let (_, surface) = engine.resource(RESOURCE.name).unwrap();
    let table = &RESOURCE.table;
    let body = answer();
    let value = mapping::observe(table, &Json::parse(&body).unwrap()).unwrap();
    let seen = WireObject { id: Value::text("5d1c3c8c-9d0c-4d5c-8f1c-1f1f3f6f7f8f"), value: value.clone() };
    let packed = msgpack::encode(surface, Some(&seen));
    let stored = json::to_json(table, &value).to_string();
    let properties = encode(surface, &value, None, &Secrets::new(), Form::Outputs).properties;

    bench.bench_function("answer to value", |bench| {
        bench.iter(|| mapping::observe(table, &Json::parse(black_box(&body)).unwrap()).unwrap());
    });
    bench.bench_function("stored state to value", |bench| {
        bench.iter(|| json::read(surface, black_box(stored.as_bytes())).unwrap());
    });
    bench.bench_function("terraform: decode", |bench| bench.iter(|| msgpack::decode(surface, black_box(&packed)).unwrap()));
    bench.bench_function("terraform: encode", |bench| bench.iter(|| msgpack::encode(surface, Some(black_box(&seen)))));
    bench.bench_function("pulumi: decode", |bench| bench.iter(|| decode(surface, black_box(&properties), Origin::Stored)));
    bench.bench_function("pulumi: encode", |bench| {
        bench.iter(|| encode(surface, black_box(&value), None, &Secrets::new(), Form::Outputs));
    });
    bench.bench_function("settle", |bench| bench.iter(|| keep_spelling(table, black_box(&value), black_box(&value))));

    // As a configuration has it: without what only the server decides.
    let config = table.attrs().zip(value.fields()).map(|(attr, value)| if attr.configurable() { value.clone() } else { Value::Null });
    let config = Value::Object(config.collect());
    let private = Private { write_only: Some(Vec::new()), ..Private::default() };
    let prior = Prior { id: Some("c"), value: &value, private: &private, config: None };
    assert!(plan(&RESOURCE, Some(prior), &config).changes.is_empty());
    bench.bench_function("plan without a change", |bench| bench.iter(|| plan(&RESOURCE, Some(prior), black_box(&config))));
    bench.bench_function("plan of a create", |bench| bench.iter(|| plan(&RESOURCE, None, black_box(&config))));
    bench.bench_function("terraform: every schema", |bench| bench.iter(|| provider_schema(&Engine::new(&ORY)).encode_to_vec()));
}

criterion_group!(benches, codecs);
criterion_main!(benches);
