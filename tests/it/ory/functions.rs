//! Functions, through both faces, with the same results. Expected results come from the RFCs and from other
//! programs: the files in `fixtures/pem` were written by OpenSSL, and their numbers were read with it (`openssl pkey -text`).

use super::queries::Faces;
use crate::pulumi::{every::spell_kind, wire::plain};
use janiform::{
    engine::Engine,
    frontends::pulumi::names,
    ory::ORY,
    schema::{Function, Kind},
};
use serde_json::{Value as Json, json};

/// Nothing is asked: there is no server.
async fn faces() -> Faces {
    Faces::to("http://127.0.0.1:1").await
}

fn function(name: &str) -> &'static Function {
    ORY.each_offer()
        .find_map(|offer| if let janiform::engine::Offer::Function(of) = offer { (of.name == name).then_some(*of) } else { None })
        .unwrap()
}

impl Faces {
    /// What both tools get.
    async fn call(&mut self, name: &str, arguments: &[Json]) -> Json {
        let found = self.core.call(name, arguments).await.unwrap().unwrap_or_else(|why| panic!("{name}: {}", why.text)).to_json();
        let function = function(name);
        let answer = self.host.invoke(&names::function_token(ORY.name, "", name), &given(function, arguments)).await.unwrap();
        let spelled = spell_kind(&function.returns.kind, &found);
        // SDKs take the only member of an answer for the result.
        let is_object = matches!(function.returns.kind, Kind::Object(_));
        let expected = if is_object { spelled } else { json!({ names::camel(function.returns.name): spelled }) };
        assert_eq!(plain(&answer), expected, "{name}");
        found
    }

    /// That both refuse this argument, saying this.
    async fn misfit(&mut self, name: &str, arguments: &[Json], at: Option<i64>, says: &str) {
        let error = self.core.call(name, arguments).await.unwrap().expect_err(name);
        assert!(error.text.contains(says) && error.function_argument == at, "{name} {arguments:?}: {error:?}");
        let stop = self.host.invoke(&names::function_token(ORY.name, "", name), &given(function(name), arguments)).await.unwrap_err();
        assert!(format!("{stop:?}").contains(&says.replace('"', "\\\"")), "{name} {arguments:?}: {stop:?}");
    }
}

/// The arguments by their names.
fn given(function: &Function, arguments: &[Json]) -> Json {
    let fixed = function.fixed();
    let mut given: Vec<_> =
        function.params.attrs().zip(arguments).take(fixed).map(|(attr, value)| (names::camel(attr.name), value.clone())).collect();
    if let Some((attr, _)) = function.further() {
        given.push((names::camel(attr.name), arguments[fixed..].iter().cloned().collect()));
    }
    Json::Object(given.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

fn parsed(text: &Json) -> Json {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/pem/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[tokio::test]
async fn durations_are_those_of_go() {
    let mut faces = faces().await;
    // Of Go's documentation of `time.ParseDuration` and `Duration.String`.
    for (text, seconds, canonical) in [
        ("1h10m10s", json!(4210), "1h10m10s"),
        ("1h15m30.918s", serde_json::from_str("4530.918").unwrap(), "1h15m30.918s"),
        ("720h", json!(2_592_000), "720h0m0s"),
        ("1us", serde_json::from_str("0.000001").unwrap(), "1µs"),
        ("-1.5h", json!(-5400), "-1h30m0s"),
        ("-0.3s", serde_json::from_str("-0.3").unwrap(), "-300ms"),
        ("0", json!(0), "0s"),
        ("2562047h47m16.854775807s", serde_json::from_str("9223372036.854775807").unwrap(), "2562047h47m16.854775807s"),
    ] {
        assert_eq!(
            faces.core.call("duration_parse", &[text.into()]).await.unwrap().unwrap().to_json().to_string(),
            seconds.to_string(),
            "{text}"
        );
        // Pulumi's numbers are doubles, which are spelled in another way.
        if text.len() < 20 && text != "1us" {
            faces.call("duration_parse", &[text.into()]).await;
            assert_eq!(faces.call("duration_format", &[seconds]).await, *canonical);
        }
    }
    for wrong in ["", "1", "1 h", "1d", "h", "2562048h"] {
        faces.misfit("duration_parse", &[wrong.into()], Some(0), "Must be a duration").await;
    }
    for wrong in [json!(1e10), serde_json::from_str("0.0000000001").unwrap()] {
        faces.misfit("duration_format", &[wrong], Some(0), "at most nine digits").await;
    }
}

#[tokio::test]
async fn thumbprints_are_those_of_the_rfcs() {
    let mut faces = faces().await;
    // RFC 7638, 3.1.
    let rsa = json!({
        "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    });
    assert_eq!(faces.call("jwk_thumbprint", &[rsa.to_string().into()]).await, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    // RFC 8037, A.1 to A.3.
    let edwards = json!({
        "kty": "OKP", "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    assert_eq!(faces.call("jwk_thumbprint", &[edwards.to_string().into()]).await, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    assert_eq!(parsed(&faces.call("jwk_public", &[edwards.to_string().into()]).await), public);
    let set = json!({ "keys": [edwards, rsa] });
    assert_eq!(parsed(&faces.call("jwk_public", &[set.to_string().into()]).await), json!({ "keys": [public, rsa] }));
    for wrong in ["", "[]", "{}", r#"{"kty":"EC","crv":"P-256","x":"AA"}"#, r#"{"keys":[]}"#] {
        faces.misfit("jwk_thumbprint", &[wrong.into()], Some(0), "Must be").await;
    }
    for wrong in [r#"{"kty":"oct","k":"c2VjcmV0"}"#, r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#, r#"{"k":"c2VjcmV0"}"#] {
        faces.misfit("jwk_public", &[wrong.into()], Some(0), "has no public half").await;
    }
}

#[tokio::test]
async fn keys_in_pem_are_read() {
    let mut faces = faces().await;
    let read = |text: &str| [Json::from(text), Json::Null];
    // RFC 8410, 10.1 and 10.3: the public key, and its private one.
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    let private =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let mut key = parsed(&faces.call("pem_to_jwk", &read(public)).await);
    assert_eq!(key["kid"], faces.call("jwk_thumbprint", &[key.to_string().into()]).await);
    key.as_object_mut().unwrap().remove("kid");
    assert_eq!(key, json!({ "kty": "OKP", "crv": "Ed25519", "x": "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE" }));
    let members = json!({ "kid": "2026", "use": "sig", "alg": "EdDSA" });
    let key = parsed(&faces.call("pem_to_jwk", &[private.into(), members]).await);
    let expected = json!({
        "kty": "OKP", "crv": "Ed25519", "kid": "2026", "use": "sig", "alg": "EdDSA",
        "x": "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE", "d": "1O5y2_kTWErVttjx92n4rTr-fCjL8dT74Jeoj0R1WEI",
    });
    assert_eq!(key, expected);
    // RFC 9500, 2.3.
    let p256 = "Some words before it.\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIObLW92AqkWunJXowVR2Z5/+yVPBaFHnEedDk5WJxk/BoAoGCCqGSM49\nAwEHoUQDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71vc75eSOkyMsxFxbFsTNEMTLjV\nuKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==\n-----END EC PRIVATE KEY-----\n";
    let key = parsed(&faces.call("pem_to_jwk", &read(p256)).await);
    let number = |text: &str| (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect::<Vec<_>>();
    for (member, digits) in [
        ("d", "e6cb5bdd80aa45ae9c95e8c15476679ffec953c16851e711e743939589c64fc1"),
        ("x", "422548f88fb782ffb5eca3744452c72a1e558fbd6f73be5e48e93232cc45c5b1"),
        ("y", "6c4cd10c4cb8d5b8a17139e94882c8992572993425f41419ab7e90a42a494272"),
    ] {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        assert_eq!(key[member], BASE64_URL_SAFE_NO_PAD.encode(number(digits)), "{member}");
    }
    let keys: Json = serde_json::from_str(&fixture("keys.json")).unwrap();
    for (name, forms) in [
        ("rsa", vec!["", "-traditional", "-public", "-certificate"]),
        ("p256", vec!["", "-traditional", "-public"]),
        ("p384", vec!["", "-traditional", "-public", "-certificate"]),
        ("p521", vec!["", "-traditional", "-public"]),
    ] {
        for form in forms {
            let mut expected = keys[name].clone();
            if form == "-public" || form == "-certificate" {
                ["d", "p", "q", "dp", "dq", "qi"].iter().for_each(|member| drop(expected.as_object_mut().unwrap().remove(*member)));
            }
            let mut key = parsed(&faces.call("pem_to_jwk", &read(&fixture(&format!("{name}{form}.pem")))).await);
            let kid = key.as_object_mut().unwrap().remove("kid").unwrap();
            assert_eq!(key, expected, "{name}{form}");
            assert_eq!(kid, faces.call("jwk_thumbprint", &[expected.to_string().into()]).await, "of the key, whether private or not");
        }
    }
    for (wrong, says) in [
        ("", "which begins with `-----BEGIN`"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no key of a kind that is known here"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n", "no valid PEM"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "has to be unlocked first"),
    ] {
        faces.misfit("pem_to_jwk", &read(wrong), Some(0), says).await;
    }
    faces.misfit("pem_to_jwk", &[public.into(), json!({ "d": "x" })], Some(1), "everything else is taken from the key").await;
}

#[tokio::test]
async fn relationships_are_built_and_parsed() {
    let mut faces = faces().await;
    // The notation of Keto's documentation.
    for (arguments, text, subject) in [
        (vec!["videos", "/cats", "owner", "cat lady"], "videos:/cats#owner@cat lady", json!(["cat lady", null, null, null])),
        (
            vec!["videos", "/cats/1.mp4", "view", "videos", "/cats/1.mp4", "owner"],
            "videos:/cats/1.mp4#view@videos:/cats/1.mp4#owner",
            json!([null, "videos", "/cats/1.mp4", "owner"]),
        ),
        (vec!["Doc", "a", "read", "User", "Tom"], "Doc:a#read@User:Tom#", json!([null, "User", "Tom", ""])),
        (vec!["files", "a#b", "read", "x:y#z"], "%files:a%23b#read@x%3Ay%23z", json!(["x:y#z", null, null, null])),
    ] {
        let given: Vec<_> = arguments.iter().map(|text| Json::from(*text)).collect();
        assert_eq!(faces.call("relationship_build", &given).await, text);
        let parts = faces.call("relationship_parse", &[text.into()]).await;
        let names =
            ["namespace", "object", "relation", "subject_id", "subject_set_namespace", "subject_set_object", "subject_set_relation"];
        let expected = arguments[..3].iter().map(|text| json!(text)).chain(subject.as_array().unwrap().iter().cloned());
        assert_eq!(names.map(|name| parts[name].clone()).to_vec(), expected.collect::<Vec<_>>(), "{text}");
    }
    let in_parentheses = faces.call("relationship_parse", &["a:b#c@(d:e#f)".into()]).await;
    assert_eq!(in_parentheses["subject_set_object"], "e");
    for wrong in ["", "a", "a:b", "a:b#c", "a:b@c"] {
        faces.misfit("relationship_parse", &[wrong.into()], Some(0), "Must be written as").await;
    }
    for further in [vec![], vec!["a"; 4]] {
        let given: Vec<_> = ["a", "b", "c"].into_iter().chain(further).map(Json::from).collect();
        // Of none, there is no place to point at.
        let error = faces.core.call("relationship_build", &given).await.unwrap().unwrap_err();
        assert!(error.text.contains("Must be one text"), "{error:?}");
    }
}

#[tokio::test]
async fn import_ids_are_built_and_parsed() {
    const PROJECT: &str = "9f425a8d-7efc-4768-8f23-7647a74fdf13";
    let mut faces = faces().await;
    // As the resources' pages show them.
    for (resource, parts, id) in [
        ("ory_oauth2_client", json!({ "client_id": "shop" }), "shop".to_owned()),
        ("oauth2_client", json!({ "client_id": "shop" }), "shop".into()),
        ("ory_organization", json!({ "project_id": PROJECT, "id": "o1" }), format!("{PROJECT}/o1")),
        ("ory_organization", json!({ "id": "o1" }), "o1".into()),
        ("ory_social_provider", json!({ "project_id": PROJECT, "provider_id": "google" }), format!("{PROJECT}/google")),
        ("ory_json_web_key_set", json!({ "project_id": PROJECT, "set_id": "session-tokens" }), format!("{PROJECT}/session-tokens")),
        ("ory_onboarding_portal_link", json!({ "project_id": PROJECT, "organization_id": "o1", "id": "l1" }), format!("{PROJECT}/o1/l1")),
        (
            "ory_action",
            json!({ "project_id": PROJECT, "flow": "login", "timing": "after", "auth_method": "oidc", "method": "PUT", "url": "https://example.com:8443/a" }),
            format!("{PROJECT}:login:after:oidc:PUT:https://example.com:8443/a"),
        ),
    ] {
        assert_eq!(faces.call("import_id", &[resource.into(), parts.clone()]).await, *id, "{resource}");
        assert_eq!(faces.call("import_id_parse", &[resource.into(), id.as_str().into()]).await, parts, "{resource}");
    }
    // What is left out has its default.
    let hook = json!({ "project_id": PROJECT, "flow": "login", "timing": "before", "url": "https://example.com/a" });
    let id = format!("{PROJECT}:login:before:password:POST:https://example.com/a");
    assert_eq!(faces.call("import_id", &["ory_action".into(), hook]).await, *id);
    faces.misfit("import_id", &["ory_nothing".into(), json!({ "id": "a" })], Some(0), "no resource of this type").await;
    faces.misfit("import_id", &["ory_organization".into(), json!({ "project": "a" })], Some(1), "has no such part").await;
    faces.misfit("import_id", &["ory_organization".into(), json!({ "id": "" })], Some(1), "non-empty").await;
    for parts in [json!({}), json!({ "project_id": PROJECT }), json!({ "id": "a/b" }), json!({ "id": "o1", "label": "x" })] {
        faces.misfit("import_id", &["ory_organization".into(), parts], Some(1), "There is no import id with exactly these parts").await;
    }
    faces
        .misfit("import_id", &["ory_action".into(), json!({ "flow": "login" })], Some(1), "There is no import id with exactly these parts")
        .await;
}

#[tokio::test]
async fn urls_follow_from_a_project() {
    let mut faces = faces().await;
    for (project, url) in [
        ("elegant-swirles-k2f5a8b3c1", "https://elegant-swirles-k2f5a8b3c1.projects.oryapis.com"),
        ("auth.example.com", "https://auth.example.com"),
    ] {
        assert_eq!(faces.call("issuer_url", &[project.into()]).await, url);
        assert_eq!(faces.call("scim_url", &[project.into(), "okta".into()]).await, format!("{url}/scim/okta/v2"));
    }
    for wrong in ["", "https://auth.example.com", "auth.example.com/x", "a.b@example.com", "-a", "a_b"] {
        faces.misfit("issuer_url", &[wrong.into()], Some(0), "Must be").await;
    }
    faces.misfit("scim_url", &["auth.example.com".into(), "..".into()], Some(1), "is not valid: An id must not be").await;
}

#[tokio::test]
async fn documents_of_the_permission_language_are_checked() {
    let mut faces = faces().await;
    assert_eq!(faces.call("opl_errors", &["class User implements Namespace {}".into()]).await, json!([]));
    assert_eq!(faces.call("opl_errors", &["base64://Y2xhc3MgVXNlciBpbXBsZW1lbnRzIE5hbWVzcGFjZSB7fQ==".into()]).await, json!([]));
    // What Keto says of many documents is recorded in `fixtures/opl`.
    let errors = faces.call("opl_errors", &["class User implements Namespace {\n  related: {\n    a: B[]\n  }\n}".into()]).await;
    assert!(errors[0]["message"].as_str().unwrap().contains("B") && errors[0]["line"] == 3, "{errors}");
    faces.misfit("opl_errors", &["https://example.com/opl.ts".into()], Some(0), "the document itself").await;
}

/// Nothing of a key is in an error; both tools know how many arguments there are.
#[tokio::test]
async fn errors_and_signatures() {
    let mut faces = faces().await;
    let secret = r#"{"kty":"oct","k":"dGhlLXNlY3JldC1vZi10aGUta2V5"}"#;
    let error = faces.core.call("jwk_public", &[secret.into()]).await.unwrap().unwrap_err();
    assert!(!error.text.contains("dGhl"), "{}", error.text);
    let engine = Engine::new(&ORY);
    let names: Vec<_> = engine.functions().map(|(of, _)| of.name).collect();
    for name in names {
        let described = &faces.host.schema["functions"][format!("ory:index/{0}:{0}", names::camel(name))];
        assert!(described["multiArgumentInputs"].as_array().is_some_and(|places| !places.is_empty()), "{name}: {described}");
    }
}
