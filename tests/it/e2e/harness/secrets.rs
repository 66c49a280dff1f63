//! Places that neither tool shows, where secrets could be.

use super::{process::Ran, proxy::Stub};
use std::{fs, path::Path};

/// A server that refuses everything and repeats the secrets of the tests: what a tool then says of it, without them.
pub fn refusing_server_repeats(mut run: impl FnMut(String) -> Ran) {
    for status in ["400 Bad Request", "403 Forbidden", "500 Internal Server Error"] {
        let body = r#"{"error":"invalid_request","error_description":"sent were canary-secret, canary-key and canary-header"}"#;
        let stub = Stub::answering(status, "application/json", body);
        let ran = run(stub.url()).fails().says(&["sent were"]);
        assert!(!ran.text().contains("canary"), "{status}: {}", ran.text());
    }
}

/// The provider's record of creates, after some.
pub fn journal_holds_no_secret(dir: &Path) {
    let record = fs::read_to_string(dir.join("ory/creates.jsonl")).expect("the provider records creates");
    assert!(record.contains("fingerprint") && !record.contains("canary"), "{record}");
}
